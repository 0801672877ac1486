"""Whole scenes: which kind of place an item shows, what is sure to be in it, and the painting."""

from dataclasses import replace

import numpy as np

from miniature.world.paint.textures import NoiseBank
from miniature.world.scenes import things  # noqa: F401 (fills the table of recipes)
from miniature.world.scenes.classes import LABELS
from miniature.world.scenes.finish import SUPERSAMPLING, photograph
from miniature.world.scenes.palette import random_style
from miniature.world.scenes.place_kinds import PLACES
from miniature.world.scenes.places import (
    FORMS,
    add_ground,
    add_skyline,
    add_street,
    build_place,
    place_light,
    place_view,
)
from miniature.world.scenes.recipes import RECIPES
from miniature.world.scenes.rooms import (
    ROOMS,
    RoomKind,
    build_room,
    room_light,
    room_view,
)
from miniature.world.scenes.stage import Stage

SIZES = ((300, 400), (384, 512), (512, 683), (512, 384), (375, 500), (384, 576))
N_GUESTS = 3
MOST_TRIES = 3
# A guest is there if the grid of patches of a 448 x 672 frame shows it.
GRID = (28, 42)
# Kinds that come up more than once in a round, as they hold more classes than others.
OFTEN_INDOORS = (
    "kitchen bathroom living_room bedroom kitchen bathroom dining_room living_room bedroom "
    "game_room bathroom"
)
OFTEN_OUTDOORS = "street house park beach street market farm river garden"


def _in_turn(kinds, often):
    """Kinds, the categories in `often` once more for each mention."""
    by_name = {kind.category: kind for kind in kinds}
    return [*kinds, *(by_name[name] for name in often.split())]


# Rooms and outdoor places in turn, so that neighbouring numbers show both.
KINDS = tuple(
    kind
    for pair in zip(
        _in_turn(ROOMS, OFTEN_INDOORS),
        _in_turn(PLACES, OFTEN_OUTDOORS),
        strict=True,
    )
    for kind in pair
)


def plan(number):
    """The kind of place and the guest classes of an item, from its number alone.

    Numbers go through the kinds in turn and, visit by visit, through the guests of each kind, so
    that a few hundred images show every class several times.

    Returns
    -------
    kind : rooms.RoomKind or places.PlaceKind
    guests : list of str
    """
    rounds, turn = divmod(number, len(KINDS))
    kind = KINDS[turn]
    visit = rounds * KINDS.count(kind) + KINDS[:turn].count(kind)
    names = kind.guests.split(", ")
    guests = [names[(N_GUESTS * visit + i) % len(names)] for i in range(N_GUESTS)]
    return kind, list(dict.fromkeys(guests))


def paint_scene(rng, number, size=None):
    """Paint one scene.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance; equal generators give equal scenes.
    number : int
        Steers what is shown, see `plan`.
    size : tuple of int, optional
        Height and width in pixels; drawn if not given.

    Returns
    -------
    image : numpy.ndarray of uint8, shape (height, width, 3)
    labels : numpy.ndarray of uint8, shape (height, width)
        1..150, and 0 where nothing is labelled.
    """
    kind, guests = plan(number)
    height, width = size or SIZES[rng.integers(len(SIZES))]
    best = None
    for _ in range(MOST_TRIES):
        stage = _paint_once(rng, kind, guests, height, width)
        missing = len(guests) - len(_shown(stage.labels, guests))
        if best is None or missing < best[0]:
            best = missing, stage
        if missing == 0:
            break
    return photograph(best[1], rng, indoors=isinstance(kind, RoomKind))


def _shown(labels, guests):
    """Those guests that a patch centre of the picture shows."""
    rows, columns = (
        ((np.arange(cells) + 0.5) * length / cells).astype(int)
        for cells, length in zip(GRID, labels.shape, strict=True)
    )
    there = np.unique(labels[np.ix_(rows, columns)])
    return [name for name in guests if LABELS[name] in there]


def _paint_once(rng, kind, guests, height, width):
    indoors = isinstance(kind, RoomKind)
    shape = height * SUPERSAMPLING, width * SUPERSAMPLING
    light = room_light(rng) if indoors else place_light(rng)
    view = room_view(rng, *shape) if indoors else place_view(rng, *shape, kind.eye)
    stage = Stage(*shape, view, light, NoiseBank(rng), rng)
    style = random_style(rng)
    if indoors:
        site = build_room(stage, replace(style, autumn=False), kind)
    else:
        site = build_place(stage, style, kind)
    _furnish(site, kind, guests)
    return stage


def _furnish(site, kind, guests):
    """Lay grounds, then put the guests, what they stand on, and the usual things."""
    names = _drawn(site.rng, kind.usual)
    for name in guests:
        if name in names:
            names.remove(name)
    laid = _lay_grounds(site, [*names, *guests])
    guests = sorted((name for name in guests if name not in laid), key=_bulk)
    names = [name for name in names if name not in laid]
    early, late = _parted(guests, site)
    usual_early, usual_late = _parted(names, site)
    for name in early:
        site.place(name, wanted=True)
    for host in dict.fromkeys(_host(name, kind) for name in late):
        if host and host not in guests:
            site.place(host, wanted=host in HOSTS.values(), near=True)
    for name in usual_early:
        site.place(name)
    for name in late:
        site.place(name, wanted=True)
    for name in usual_late:
        site.place(name)


def _lay_grounds(site, names):
    """Lay those of the names that are grounds or whole settings, the lowest first."""
    laid = sorted({name for name in names if name in SETTINGS or name in FORMS}, key=_order)
    for name in laid:
        if name in SETTINGS:
            SETTINGS[name](site)
        else:
            add_ground(site, name)
    return laid


def _parted(names, site):
    """Things that need nothing but the ground or a room, and those that need other things."""
    late = [name for name in names if _needs_another(name, site)]
    return [name for name in names if name not in late], late


def _drawn(rng, usual):
    """The usual things of one scene, in the order of the list, as often as was drawn."""
    names = []
    for entry in usual.split(", "):
        name, number = entry.rsplit(" ", 1)
        number = float(number)
        count = int(number) + (rng.random() < number % 1)
        if number > 1.5:
            count = max(1, count + int(rng.integers(-1, 2)))
        names += [name] * count
    return names


def _bulk(name):
    """Rank of a thing by its size: the largest comes first, as the hardest to place."""
    return -np.prod(RECIPES[name].size)


def _needs_another(name, site):
    """Whether a thing stands on others, or hangs on a building."""
    habit = RECIPES[name].habit
    return habit == "top" or (habit == "hung" and site.ceiling is None)


HOSTS = {
    "pillow": "bed", "blanket": "bed", "cushion": "sofa", "hood": "stove", "curtain": "windowpane",
    "blind": "windowpane",
}  # fmt: skip


def _host(name, kind):
    if RECIPES[name].habit != "top":
        return None
    return kind.stand if RECIPES[name].on == "table" else HOSTS[name]


SETTINGS = {
    "buildings": add_street,
    "houses in a row": lambda site: add_skyline(site, "building"),
    "skyscrapers": lambda site: add_skyline(site, "skyscraper"),
    "wide water": lambda site: FORMS["sea"](site, "water"),
}


def _order(name):
    """Patches below waters below ways below whole settings."""
    ranks = ("field", "land", "earth", "sand", "grass", "sidewalk", "sea", "wide water", "lake",
             "water", "river", "swimming pool", "path", "dirt track", "road", "runway")  # fmt: skip
    return (ranks.index(name) if name in ranks else len(ranks)), name
