"""Names of ADE20K SceneParsing: its images and its 150 classes, of which 0 = other is none.

The label table is that of the official toolkit (CSAILVision/sceneparsing: objectInfo150.txt).
"""

import re
from pathlib import Path

from patchprobe.errors import DatasetError, DatasetNotFoundError

NAME = "ADE20K"
N_CLASSES = 151
SEE = "see config/README.md#ade20k"
HELP = f"Wanted is ADEChallengeData2016.zip, {SEE}."

_ITEM = re.compile(r"ADE_(?P<split>train|val)_[0-9]{8}")


def split_of(item):
    """Split of an image, the second word of its name."""
    match = _ITEM.fullmatch(item)
    if match is None:
        raise DatasetError(
            f"{item!r} is not the name of an image of {NAME} with labels: expected ADE_train_ or "
            "ADE_val_ and 8 digits, e.g. ADE_train_00000001, without suffix. Mend the subset list, "
            f"or rename the file; {SEE}."
        )
    return match["split"]


def class_names(root):
    """Names of the 151 labels: other, and the first synonym of each class of objectInfo150.txt.

    Returns
    -------
    tuple of str
    """
    path = Path(root) / "objectInfo150.txt"
    header, *rows = [line.split("\t") for line in _text(path).splitlines() if line.strip()] or [[]]
    columns = [cell.strip() for cell in header]
    if not {"Idx", "Name"} <= set(columns):
        raise DatasetError(
            f"{path}: expected columns Idx and Name, separated by tabs; "
            f"found {str(columns)[:80]}. {HELP}"
        )
    if len(rows) != N_CLASSES - 1:
        raise DatasetError(
            f"{path}: expected {N_CLASSES - 1} lines below the header, found {len(rows)}. {HELP}"
        )
    names = ["other"]
    for number, row in enumerate(rows, 1):
        cells = dict(zip(columns, map(str.strip, row), strict=False))
        name = cells.get("Name", "").split(",")[0].strip()
        if cells.get("Idx") != str(number) or not name:
            raise DatasetError(
                f"{path}: expected Idx {number} and a Name on line {number} below the header, "
                f"found {str(row)[:80]}. {HELP}"
            )
        names.append(name)
    return tuple(names)


def _text(path):
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DatasetNotFoundError(f"missing: {path}. {HELP}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read as UTF-8 text ({error}). {HELP}") from error
