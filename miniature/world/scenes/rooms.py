"""Rooms: a box of walls around the camera, and what belongs into each kind of room."""

from dataclasses import dataclass

import numpy as np

from miniature.world.paint.light import Light, random_light
from miniature.world.scenes.classes import LABELS
from miniature.world.scenes.site import Site, Wall
from miniature.world.scenes.things.interior import ceiling_texture, wall_texture
from miniature.world.scenes.view import Frame, View

BEHIND = 1.2  # metres of the room behind the camera


@dataclass(frozen=True)
class RoomKind:
    """A kind of room.

    Attributes
    ----------
    category : str
        Its name among the scene categories.
    usual : str
        What it holds, as "class number, class number": so many on average.
    guests : str
        Classes, of which every room of the kind gets some for certain.
    size : tuple of float
        Usual width, depth and height, metres.
    stand : str
        What its small things stand on.
    tiled : bool
        Whether its walls are.
    """

    category: str
    usual: str
    guests: str
    size: tuple = (4.6, 5.0, 2.6)
    stand: str = "table"
    tiled: bool = False


def room_light(rng):
    """The light of a room: soft, from a window's side and from above."""
    day = random_light(rng)
    sun = np.array((rng.uniform(-0.7, 0.7), rng.uniform(0.5, 0.9), -rng.uniform(0.4, 0.8)))
    return Light(
        zenith=day.zenith,
        horizon=day.horizon,
        tint=np.array((1.0, 0.99, 0.96)) * rng.uniform(0.94, 1.06, 3),
        sun=sun / np.linalg.norm(sun),
        sun_strength=rng.uniform(0.25, 0.6),
        haze_metres=1e6,
        exposure=rng.uniform(0.85, 1.15),
        contrast=rng.uniform(0.9, 1.2),
        saturation=rng.uniform(0.65, 1.1),
        cloudiness=day.cloudiness,
    )


def room_view(rng, height, width):
    """A camera at the eye's height that looks into the room, straight or towards a corner."""
    yaw = 0.0 if rng.random() < 0.35 else rng.uniform(-0.55, 0.55)
    return View(
        focal=max(height, width) * rng.uniform(0.68, 0.9),
        centre=width * rng.uniform(0.46, 0.54),
        horizon=height * rng.uniform(0.36, 0.48),
        eye=(0.0, rng.uniform(1.35, 1.65), 0.0),
        yaw=yaw,
    )


def build_room(stage, style, kind):
    """Paint floor, walls and ceiling of a room: the site for its furniture."""
    rng = stage.rng
    width, depth, tall = np.array(kind.size) * rng.uniform(0.88, 1.15, 3)
    left = -width * rng.uniform(0.38, 0.62)
    right = left + width
    site = Site(stage, style, reach=(1.5, depth - 0.3), ceiling=tall)
    site.lay("floor", [(left, -BEHIND), (right, -BEHIND), (right, depth), (left, depth)])
    surface = wall_texture(rng, style.wall, tiled=kind.tiled)
    other = wall_texture(rng, style.accent) if rng.random() < 0.12 else surface
    long = depth + BEHIND
    middle = (depth - BEHIND) / 2
    sides = (
        (Frame((left + right) / 2, 0, depth, 0.0), width, other),
        (Frame(left, 0, middle, -np.pi / 2), long, surface),
        (Frame(right, 0, middle, np.pi / 2), long, surface),
    )
    for frame, length, texture in sides:
        half = length / 2
        corners = [(-half, 0, 0), (half, 0, 0), (half, tall, 0), (-half, tall, 0)]
        stage.fill(frame.to_world(corners), texture, LABELS["wall"])
        _skirting(stage, frame, half, style)
        site.walls.append(Wall(frame, length - 0.1, tall))
    top = [(left, tall, -BEHIND), (right, tall, -BEHIND), (right, tall, depth), (left, tall, depth)]
    stage.fill(top, ceiling_texture(rng), LABELS["ceiling"])
    _general_light(site, (left + right) / 2, depth, tall)
    return site


def _skirting(stage, frame, half, style):
    """The board at the foot of a wall, which nobody labels as another thing."""
    corners = [(-half, 0, -0.015), (half, 0, -0.015), (half, 0.09, -0.015), (-half, 0.09, -0.015)]

    def board(noise, s, t, px):
        return np.broadcast_to(np.float32(style.wood), (len(s), 3))

    stage.fill(frame.to_world(corners), board, LABELS["wall"])


def _general_light(site, x, depth, tall):
    strength = site.rng.uniform(0.5, 1.0)
    point = np.array((x, tall - 0.4, depth * site.rng.uniform(0.3, 0.6)))
    site.stage.lamps.append((point, np.array((1.0, 0.97, 0.92)), strength))


ROOMS = (
    RoomKind(
        "bedroom",
        "bed 1, windowpane 1, pillow 2, curtain .9, painting .8, chest of drawers .6, door .4, "
        "rug .5, lamp .8, light .3, chair .3, desk .35, computer .35",
        "pillow, blanket, wardrobe, chest of drawers, curtain, armchair, lamp, blind, blanket, "
        "mirror, ottoman, bed, apparel",
        (4.4, 5.2, 2.6), "chest of drawers",
    ),
    RoomKind(
        "nursery",
        "rug .8, windowpane .9, curtain .5, shelf .5, plaything 1.2, poster .5, chair .4, bed .3",
        "cradle, plaything, ball, basket, box, cradle, book, blind, poster, cushion, armchair",
        (3.8, 4.4, 2.6),
    ),
    RoomKind(
        "living_room",
        "sofa 1, coffee table .9, windowpane 1, curtain .8, painting .9, rug .7, armchair .7, "
        "cushion 1.5, lamp .4, plant .5, light .3, door .3",
        "fireplace, television, cushion, ottoman, vase, plant, sofa, coffee table, armchair, lamp, "
        "book, mirror, sconce, chandelier, fireplace, bookcase, radiator, flower",
        (5.2, 5.6, 2.7), "coffee table",
    ),
    RoomKind(
        "dining_room",
        "table 1, chair 4, chandelier .6, windowpane .9, curtain .6, painting .8, cabinet .5, "
        "rug .4",
        "plate, glass, chandelier, buffet, vase, bottle, food, tray, sconce, clock, cabinet, "
        "radiator",
        (4.6, 5.2, 2.7),
    ),
    RoomKind(
        "kitchen",
        "countertop 2, sink 1, stove .9, refrigerator .8, hood .5, windowpane .7, table .4, "
        "chair .5, light .5",
        "oven, microwave, dishwasher, hood, kitchen island, stove, sink, refrigerator, pot, "
        "countertop, stool, tray, bottle, plate",
        (4.2, 4.6, 2.6), "kitchen island",
    ),
    RoomKind(
        "bathroom",
        "sink 1, toilet .8, bathtub .6, mirror .7, towel 1, windowpane .3, rug .3, light .4",
        "shower, screen door, bathtub, towel, toilet, radiator, screen door, bathtub, mirror, "
        "basket, blind, washer, sink, sconce",
        (3.6, 4.3, 2.5), "cabinet", True,
    ),
    RoomKind(
        "office",
        "desk 2, swivel chair 1.5, computer .8, monitor .6, bookcase .5, windowpane .8, blind .4, "
        "light .8, plant .4, cabinet .4, sofa .4",
        "monitor, computer, crt screen, swivel chair, bulletin board, book, ashcan, fan, clock, "
        "poster, desk, blind",
        (4.8, 5.2, 2.6), "desk",
    ),
    RoomKind(
        "classroom",
        "table 2, chair 5, light 1, windowpane .6, blind .4, door .4, clock .3",
        "screen, bulletin board, clock, flag, chair, blind, bottle, monitor, crt screen, poster",
        (6.5, 7.0, 2.9),
    ),
    RoomKind(
        "library",
        "bookcase 4, table 1, chair 2, light .8, shelf .6, lamp .5, sofa .4, "
        "windowpane .4, desk .5, computer .3",
        "book, bookcase, fireplace, column, armchair, stairway, computer, crt screen, desk, "
        "shelf, sculpture",
        (6.0, 6.5, 3.1),
    ),
    RoomKind(
        "hotel_lobby",
        "column 1.2, sofa .7, armchair .8, counter .5, rug .6, door .7, plant .7, painting .5, "
        "chandelier .4, light .7",
        "counter, escalator, column, chandelier, bannister, plant, bag, stairway, ottoman, clock, "
        "flower, railing",
        (8.5, 9.0, 3.8), "counter",
    ),
    RoomKind(
        "bar",
        "bar 1, stool 3, bottle 1.2, table .6, sconce .7, painting .4, light .4",
        "bar, stool, bottle, glass, barrel, trade name, sconce, tray, signboard, television, "
        "poster",
        (5.2, 5.4, 2.8), "bar",
    ),
    RoomKind(
        "restaurant",
        "table 2.2, chair 5, painting .5, light .7, plant .6, windowpane .6, person .6",
        "plate, glass, food, buffet, tray, conveyer belt, vase, bottle, person, case, trade name",
        (6.0, 6.5, 2.9),
    ),
    RoomKind(
        "shop",
        "shelf 2, case .8, counter .6, person .6, signboard .5, light 1.2, box .6",
        "case, apparel, counter, trade name, poster, basket, box, bag, shelf, mirror, booth, food",
        (6.0, 6.5, 3.0), "counter",
    ),
    RoomKind(
        "art_gallery",
        "painting 3.5, light .9, bench .6, person .6, base .5",
        "sculpture, base, case, railing, bench, column, screen, vase, sculpture, ottoman",
        (7.0, 7.5, 3.4),
    ),
    RoomKind(
        "game_room",
        "pool table .6, arcade machine .8, poster .6, light .8, stool .6, sofa .7",
        "pool table, arcade machine, fireplace, ball, stool, television, fan, arcade machine, "
        "pool table, plaything, clock",
        (6.0, 6.5, 2.8),
    ),
    RoomKind(
        "utility_room",
        "washer .8, cabinet .7, shelf .6, sink .4, windowpane .4, light .4, basket .4",
        "washer, dishwasher, basket, towel, radiator, ashcan, fan, box, apparel, oven, microwave",
        (3.4, 3.8, 2.5), "washer",
    ),
    RoomKind(
        "theater",
        "stage 1, seat 4, light 1, sconce .6",
        "stage, seat, screen, stage, person, seat, flag, bannister",
        (9.5, 12.0, 4.6),
    ),
    RoomKind(
        "airport_terminal",
        "seat 2, windowpane 1.2, signboard .8, person 1.5, light 1.5, column .7, ashcan .3",
        "escalator, conveyer belt, seat, bag, escalator, railing, conveyer belt, trade name, flag, "
        "signboard, crt screen",
        (10.0, 11.0, 4.2), "counter",
    ),
    RoomKind(
        "storage_room",
        "box 4, shelf 1, barrel .5, light .5, cabinet .4, door .3",
        "barrel, bicycle, box, ball, minibike, tray, bag, fan, basket, conveyer belt, ashcan",
        (4.8, 5.4, 2.7), "cabinet",
    ),
    RoomKind(
        "dressing_room",
        "wardrobe 1, apparel 1, mirror .7, shelf .5, rug .4, light .5, box .4",
        "apparel, wardrobe, bag, ottoman, box, mirror, stool, sconce, wardrobe",
        (3.8, 4.4, 2.6), "chest of drawers",
    ),
    RoomKind(
        "stairwell",
        "stairway .6, door .8, painting .7, rug .5, light .5, windowpane .3",
        "stairway, bannister, step, sconce, vase, stairway, bannister, chandelier, radiator, "
        "clock, door",
        (5.4, 6.4, 3.4), "chest of drawers",
    ),
)  # fmt: skip
