"""Whole scenes from above, as FAIR1M shows them: towns, airports, harbours, rivers, country."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from miniature.world.aerial import country, homes, leisure, roads, surfaces, works
from miniature.world.aerial.airport import APRON, build_airport
from miniature.world.aerial.blocks import car_park
from miniature.world.aerial.canvas import Canvas, Frame
from miniature.world.aerial.harbour import QUAY_METRES, SMALL, build_harbour, lie
from miniature.world.aerial.light import develop, random_light
from miniature.world.aerial.town import Net, build_town, drive, fill_blocks

PIXEL_METRES = (0.50, 0.62)


@dataclass(frozen=True)
class Scene:
    """A photograph from above and what can be seen on it.

    Attributes
    ----------
    image : numpy.ndarray of uint8, shape (height, width, 3)
    objects : list of AerialObject
        Names of FAIR1M and rotated boxes, those on the ground before those that stand on it.
    owners : numpy.ndarray of int32, shape (height, width)
        Which object is seen at each pixel: its position in `objects` + 1, or 0.
    """

    image: np.ndarray
    objects: list
    owners: np.ndarray


def paint_scene(rng, kind, height=1000, width=1000):
    """Paint one scene.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance; equal generators give equal scenes.
    kind : str
        One of `KINDS`.
    height, width : int
        Size in pixels.

    Returns
    -------
    Scene
    """
    light = random_light(rng)
    canvas = Canvas(height, width, rng.uniform(*PIXEL_METRES), light, rng)
    ground = (surfaces.GRASS, surfaces.DRY_GRASS)[int(rng.random() < 0.25)].varied(rng)
    canvas.put(canvas.whole(), 1.0, ground.colours(canvas, rng, canvas.whole()))
    frame = canvas.centre.at(0, 0, rng.uniform(0, 2 * np.pi))
    KINDS[kind](canvas, rng, frame, float(np.hypot(*canvas.size)) / 2)
    objects = canvas.finish(rng)
    return Scene(develop(canvas.image, light, rng), objects, canvas.owners)


def suburb(canvas, rng, frame, radius):
    """Homes, courts, parks, roundabouts."""
    uses = {
        homes.houses: 8, homes.terraces: 3, homes.flats: 3, homes.sparse_houses: 2,
        homes.mobile_homes: 1, leisure.park: 2, leisure.sports: 3, car_park: 1, works.shops: 1,
        works.offices: 1, country.forest: 1,
    }  # fmt: skip
    span = (-radius, radius)
    net = Net.random(rng, frame, span, span, (94, 140))
    wanted = [partial(leisure.sports, first=name) for name in ("Baseball Field", "Football Field")]
    wanted += [homes.houses, car_park]
    build_town(canvas, rng, net, uses, wanted, roundabouts=2)


def industrial_town(canvas, rng, frame, radius):
    """Industry, depots, building sites, shops."""
    uses = {
        works.industry: 6, works.depot: 4, works.building_site: 3, works.shops: 2,
        works.offices: 2, works.tanks: 1, car_park: 1, country.meadow: 1, homes.flats: 1,
    }  # fmt: skip
    span = (-radius, radius)
    net = Net.random(rng, frame, span, span, (95, 150), lanes=(2, 4, 4))
    wanted = [works.building_site, works.depot, works.industry, works.building_site]
    build_town(canvas, rng, net, uses, wanted, roundabouts=1)


def airport(canvas, rng, frame, radius):
    """An airport, car parks and offices behind it."""
    uses = {car_park: 3, works.offices: 2, works.depot: 1, country.meadow: 2, works.shops: 1}
    net = Net.random(rng, frame, (-radius, radius), (APRON[1] + 52, radius + 60), (95, 140))
    net.add_row(APRON[1] + 64)
    build_town(canvas, rng, net, uses, [works.depot], roundabouts=1)
    build_airport(canvas, rng, frame, radius)


def harbour(canvas, rng, frame, radius):
    """A harbour, and the industry behind it."""
    coast = rng.uniform(-0.35, -0.1) * min(canvas.size)
    along, _ = frame.to_local(*canvas.coordinates(canvas.whole()))
    surfaces.cover_with_water(canvas, rng, along - coast)
    uses = {
        works.industry: 3, works.depot: 2, works.tanks: 2, homes.terraces: 1, works.shops: 1,
        works.building_site: 1,
    }  # fmt: skip
    land = (-radius, coast - QUAY_METRES - 8)
    net = Net.random(rng, frame, land, (-radius, radius), (95, 140))
    net.add_column(land[1] - 6)
    build_town(canvas, rng, net, uses, [works.depot, works.tanks])
    build_harbour(canvas, rng, frame, coast, radius)


def river(canvas, rng, frame, radius):
    """A river with bridges between two halves of a town, boats on it."""
    half, swing = rng.uniform(30, 58), rng.uniform(4, 24)
    wave, phase = rng.uniform(380, 700), rng.uniform(0, 2 * np.pi)

    def middle(along):
        return swing * np.sin(2 * np.pi * along / wave + phase)

    along, across = frame.to_local(*canvas.coordinates(canvas.whole()))
    meander = 4 * canvas.noise.crop(rng, "cloud", *canvas.shape)
    surfaces.cover_with_water(
        canvas, rng, half - np.abs(across - middle(along)) + meander, rng.random() < 0.5
    )
    uses = {
        homes.houses: 4, homes.terraces: 2, leisure.park: 3, country.field: 2, works.industry: 2,
        country.forest: 2, leisure.sports: 2,
    }  # fmt: skip
    margin, span = half + swing + 14, (-radius, radius)
    net = Net.random(rng, frame, span, span, (95, 150), barred=(-margin, margin))
    build_town(canvas, rng, net, uses, [homes.houses, leisure.park], roundabouts=1)
    for place, road in zip(net.places, net.columns(), strict=True):
        spot = frame.at(place, middle(place), np.pi / 2)
        roads.paint_bridge(canvas, rng, spot, 2 * half + 22, road)
    taken = list(net.places)
    for name in [SMALL[i] for _ in range(3) for i in rng.permutation(len(SMALL))]:
        place = rng.uniform(-0.9, 0.9) * radius
        if min([abs(place - other) for other in taken], default=100) > 34:
            aside = middle(place) + rng.uniform(-0.6, 0.6) * half
            lie(canvas, rng, name, frame.at(place, aside, rng.choice([0, np.pi])))
            taken.append(place)


def countryside(canvas, rng, frame, radius):
    """Fields, farms and woods between tracks, and two winding roads that cross."""
    uses = {
        country.field: 9, country.farm: 3, country.forest: 3, country.meadow: 2,
        country.orchard: 1, homes.houses: 1,
    }  # fmt: skip
    span = (-radius, radius)
    net = Net.random(rng, frame, span, span, (110, 200), lanes=(2,), is_urban=False)
    wanted = [country.farm, country.field, country.farm, country.forest]
    fill_blocks(canvas, rng, net, uses, wanted)
    first, second = _winding(rng, frame, radius), _winding(rng, frame.at(0, 0, np.pi / 2), radius)
    spot = _meeting(first, second)
    for road in (first, second):
        metres = road.nearest(spot.x, spot.y)
        road.gaps.append((metres - 9, metres + 9))
    canvas.clear([roads.ribbon(road.points, road.width + 7) for road in (first, second)])
    roads.paint_roads(canvas, rng, [first, second])
    roads.paint_intersection(canvas, rng, spot, first.width, second.width, has_zebras=False)
    for road in (first, second):
        drive(canvas, rng, road, rng.uniform(20, 45))


def _winding(rng, frame, radius):
    """A country road in bends along a frame."""
    along = np.linspace(-radius, radius, 80)
    wave, phase = rng.uniform(350, 800), rng.uniform(0, 2 * np.pi)
    across = rng.uniform(10, 45) * np.sin(2 * np.pi * along / wave + phase)
    points = np.stack([along, across + rng.uniform(-0.3, 0.3) * radius], axis=1)
    return roads.Road(frame.to_world(points), 2, is_urban=False)


def _meeting(first, second):
    """The frame where two roads come nearest to each other, along the first."""
    places, headings = first.at(np.arange(0, first.length, 1.0))
    others, _ = second.at(np.arange(0, second.length, 1.0))
    distances = np.hypot(*(places[:, None] - others[None]).transpose(2, 0, 1))
    i = np.unravel_index(np.argmin(distances), distances.shape)[0]
    return Frame(*places[i], headings[i])


KINDS = {
    "suburb": suburb, "airport": airport, "industrial town": industrial_town, "harbour": harbour,
    "river": river, "countryside": countryside,
}  # fmt: skip
