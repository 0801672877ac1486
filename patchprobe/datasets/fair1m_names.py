"""Names of FAIR1M: categories, images, and the tiles of 224 px that the paper uses.

The categories and their order are those of the paper's Table 3; their spelling in the annotations
is that of torchgeo's and JDet's readers.
"""

import re
from dataclasses import dataclass
from itertools import chain

from patchprobe.errors import DatasetError

TILE_PX = 224

# a320 has no object: the annotations know A321 only
_FINE = {
    "airplane": (
        *("boeing737", "boeing777", "boeing747", "boeing787", "a320", "a220"),
        *("a330", "a350", "a321", "c919", "arj21", "other-airplane"),
    ),
    "ship": (
        *("passenger ship", "motorboat", "fishing boat", "tugboat", "engineering ship"),
        *("liquid cargo ship", "dry cargo ship", "warship", "other-ship"),
    ),
    "car": (
        *("small car", "bus", "cargo truck", "dump truck", "van", "trailer", "tractor"),
        *("truck tractor", "excavator", "other-vehicle"),
    ),
    "court": ("baseball field", "basketball court", "football field", "tennis court"),
    "road": ("roundabout", "intersection", "bridge"),
}
CLASS_NAMES = ("background", *chain.from_iterable(_FINE.values()))  # 0..38
SUPER_NAMES = ("background", *_FINE)  # 0..5
SUPER_OF = (0, *(i for i, fine in enumerate(_FINE.values(), 1) for _ in fine))  # fine -> super
N_CLASSES = len(CLASS_NAMES)

_ITEM = re.compile(r"(?:(?P<part>part[0-9]+)/)?(?P<id>[0-9]+)")
_TILE = re.compile(
    r"(?:(?P<part>part[0-9]+)-)?(?P<id>[0-9]+)__1__(?P<x>0|[1-9][0-9]{0,5})___"
    rf"(?P<y>0|[1-9][0-9]{{0,5}})\.{TILE_PX}_(?P<row>[0-3])_(?P<column>[0-3])(?:\.png)?"
)


@dataclass(frozen=True)
class Tile:
    """One of the 4x4 tiles of a window of an image.

    Attributes
    ----------
    item : str
        The image, e.g. `123` or `part1/123`.
    x, y : int
        Left and top edge of the window in the image, px.
    row, column : int
        Place in the window, 0..3.
    """

    item: str
    x: int
    y: int
    row: int
    column: int

    @property
    def name(self):
        """As in lists, e.g. `123__1__0___800.224_1_0`, with a part `part1-123__1__0...`."""
        image = self.item.replace("/", "-")
        return f"{image}__1__{self.x}___{self.y}.{TILE_PX}_{self.row}_{self.column}"

    @property
    def box(self):
        """Edges left, top, right, bottom in the image, px."""
        left, top = self.x + TILE_PX * self.column, self.y + TILE_PX * self.row
        return left, top, left + TILE_PX, top + TILE_PX


def parse_tile(name):
    """The tile of a name, which may end in `.png` as the published ones do."""
    match = _TILE.fullmatch(name)
    if match is None:
        raise DatasetError(
            f"{name!r} is not the name of a FAIR1M tile: expected <id>__1__<x>___<y>.224_<row>_"
            "<column> with rows and columns 0..3, e.g. 123__1__0___800.224_1_0, or with a part "
            "part1-123__1__0___800.224_1_0. Mend the subset list."
        )
    item = f"{match['part']}/{match['id']}" if match["part"] else match["id"]
    return Tile(item, *(int(match[group]) for group in ("x", "y", "row", "column")))


def split_item(item):
    """Part ("" where there is none) and id of an image, e.g. ("part1", "123")."""
    match = _ITEM.fullmatch(item)
    if match is None:
        raise DatasetError(
            f"{item!r} is not the name of a FAIR1M image: expected digits, e.g. 123, or a part and "
            "digits, e.g. part1/123, without suffix. Mend the subset list."
        )
    return match["part"] or "", match["id"]


def category_of(name):
    """Fine category (1..38) of a name; case, spaces, hyphens and underscores do not matter.

    Returns
    -------
    int or None
        None if the name is unknown.
    """
    return _BY_NAME.get(_plain(name))


def _plain(name):
    return re.sub(r"[\s_-]", "", name).casefold()


_BY_NAME = {_plain(name): i for i, name in enumerate(CLASS_NAMES) if i}
