"""Miniature ADE20K: the classes and their recipes, whole scenes, and how they lie on disk."""

from collections import Counter

import numpy as np
import pytest

from miniature.world.paint.light import random_light
from miniature.world.paint.textures import NoiseBank
from miniature.world.scenes import scene, surfaces
from miniature.world.scenes.classes import CLASS_NAMES, FULL_NAMES, LABELS
from miniature.world.scenes.grounds import GROUNDS
from miniature.world.scenes.palette import random_style
from miniature.world.scenes.recipes import RECIPES, recipe
from miniature.world.scenes.rooms import RoomKind
from miniature.world.scenes.scene import paint_scene, plan
from miniature.world.scenes.shapes import Thing
from miniature.world.scenes.site import Site
from miniature.world.scenes.stage import Stage
from miniature.world.scenes.view import Frame, View
from patchprobe.datasets.ade20k import classes_in

pytestmark = pytest.mark.painters

SMALL = (96, 128)
TRAIN = ["ADE_train_00000004", "ADE_train_00000007"]
VAL = ["ADE_val_00000012"]
# from objectInfo150.txt of the official toolkit
OFFICIAL = {
    **{"wall": 1, "bed": 8, "windowpane": 9, "person": 13, "water": 22, "base": 41, "sand": 47},
    **{"screen door": 59, "stairway": 60, "arcade machine": 79, "light": 83, "land": 95},
    **{"buffet": 100, "swimming pool": 110, "step": 122, "screen": 131, "crt screen": 142},
    **{"clock": 149, "flag": 150},
}


@pytest.fixture(scope="module")
def noise():
    return NoiseBank(np.random.default_rng(0))


def empty_stage(noise, view, size=SMALL, seed=0):
    rng = np.random.default_rng(seed)
    return Stage(*size, view, random_light(rng), noise, rng)


def straight_view(focal=100.0, eye=(0, 0, 0), size=SMALL, yaw=0.0):
    return View(focal, size[1] / 2, size[0] / 2, eye, yaw)


def square(z, half=0.5):
    return [(-half, -half, z), (half, -half, z), (half, half, z), (-half, half, z)]


def paint_alone(name, noise, seed):
    """A blank stage with one thing of a class in its middle, seen at a slant from above."""
    width, height, depth = size = RECIPES[name].size
    hangs = RECIPES[name].habit == "ceiling"
    away = 2 * max(width * 0.8, height, depth) + depth / 2 + 0.4
    eye = (height / 2 + 0.3 * max(size)) * (-1 if hangs else 1)
    horizon = SMALL[0] / 2 - 120 * (eye - (-height if hangs else height) / 2) / away
    view = View(120, SMALL[1] / 2, horizon, (0, eye, -away))
    stage = empty_stage(noise, view, seed=seed)
    style = random_style(stage.rng)
    RECIPES[name].paint(Thing(stage, Frame(heading=0.4), size, name, style))
    return stage


def test_classes_are_the_official_ones():
    assert len(CLASS_NAMES) == len(set(CLASS_NAMES)) == len(FULL_NAMES) == 150
    assert {name: LABELS[name] for name in OFFICIAL} == OFFICIAL
    assert LABELS["other"] == 0 and sorted(LABELS.values()) == list(range(151))


def test_every_class_has_a_recipe_and_nothing_else_has():
    assert set(RECIPES) == set(CLASS_NAMES)
    assert {recipe.name for recipe in RECIPES.values()} == set(CLASS_NAMES)


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_recipe_paints_its_class(name, noise):
    for seed in range(2):
        stage = paint_alone(name, noise, seed)
        labels = stage.labels
        assert np.count_nonzero(labels == LABELS[name]) > 6
        assert labels.max() <= 150
        painted = np.isfinite(stage.depth)
        assert np.array_equal(labels[~painted], np.zeros(np.count_nonzero(~painted)))
        assert np.array_equal(stage.image.any(axis=2) & ~painted, np.zeros(SMALL, bool))
        assert np.isfinite(stage.image).all() and stage.image.max() < 3


def test_classes_look_different(noise):
    """A nearest neighbour of mean colours and its spread finds classes far better than chance."""

    def features(name, seed):
        stage = paint_alone(name, noise, seed)
        inside = stage.labels == LABELS[name]
        colours = stage.image[inside]
        rows, columns = np.nonzero(inside)
        shape = inside.mean(), np.ptp(rows) / SMALL[0], np.ptp(columns) / SMALL[1]
        steps = np.abs(np.diff(stage.image.mean(axis=2), axis=1))[inside[:, 1:] & inside[:, :-1]]
        return [*colours.mean(axis=0), colours.std(), steps.mean() * 5, *shape]

    names = CLASS_NAMES[::8]
    bank = np.array([features(name, seed) for name in names for seed in (3, 4, 5)])
    queries = np.array([features(name, 6) for name in names])
    nearest = np.linalg.norm(queries[:, None] - bank[None], axis=2).argmin(axis=1) // 3
    assert np.mean(nearest == np.arange(len(names))) > 5 / len(names)


def test_a_thing_that_nobody_labelled_has_label_0(noise):
    stage = empty_stage(noise, straight_view(eye=(0, 0.6, -2.5)))
    size = RECIPES["chair"].size
    thing = Thing(stage, Frame(), size, "chair", random_style(stage.rng), labelled=False)
    RECIPES["chair"].paint(thing)
    assert np.isfinite(stage.depth).any()
    assert not stage.labels.any()


def test_an_unknown_habit_is_refused():
    with pytest.raises(ValueError, match="expected a habit of"):
        recipe("wall", (1, 1, 1), "anywhere")
    assert RECIPES["wall"].habit == "floor"


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_nearer_hides_what_is_farther(noise, order):
    stage = empty_stage(noise, straight_view())
    for z, half, label in [(2.0, 0.4, 5), (4.0, 1.2, 6)][::order]:
        stage.fill(square(z, half), surfaces.plain((0.5, 0.5, 0.5)), label)
    # 0.4 m at 2 m and 1.2 m at 4 m, with a focal length of 100 pixels.
    expected = np.zeros(SMALL, np.uint8)
    expected[48 - 30 : 48 + 31, 64 - 30 : 64 + 31] = 6
    expected[48 - 20 : 48 + 21, 64 - 20 : 64 + 21] = 5
    assert np.mean(stage.labels != expected) < 0.003
    assert stage.depth[48, 64] == pytest.approx(2) and stage.depth[20, 64] == pytest.approx(4)


def test_of_two_surfaces_in_one_place_the_later_is_seen(noise):
    stage = empty_stage(noise, straight_view())
    for label in (1, 2):
        stage.fill(square(3.0), surfaces.plain((0.5, 0.5, 0.5)), label)
    assert set(np.unique(stage.labels)) == {0, 2}


def test_what_is_behind_the_camera_is_not_painted(noise):
    stage = empty_stage(noise, straight_view())
    stage.fill(square(-3.0), surfaces.plain((0.5, 0.5, 0.5)), 1)
    assert not stage.labels.any()
    floor = [(-1, -1, -5), (1, -1, -5), (1, -1, 5), (-1, -1, 5)]
    stage.fill(floor, surfaces.plain((0.5, 0.5, 0.5)), 1)
    assert stage.labels[-1].any() and not stage.labels[:48].any()


def test_a_ball_is_round_and_bulges_towards_the_camera(noise):
    stage = empty_stage(noise, straight_view(focal=300.0))
    angles = np.linspace(0, np.pi, 31)
    profile = np.column_stack([(1 - np.cos(angles)) / 2, 0.5 * np.sin(angles)])
    stage.spindle((0, -0.5, 4), (0, 0.5, 4), profile, surfaces.plain((0.5, 0.5, 0.5)), 9)
    rows, columns = np.nonzero(stage.labels)
    assert abs(np.ptp(rows) - 75) <= 2 and abs(np.ptp(columns) - 75) <= 2
    assert rows.size == pytest.approx(np.pi * 37.5**2, rel=0.05)
    assert stage.depth[48, 64] == pytest.approx(3.5, abs=0.03)


def test_view_and_frame_turn_the_way_they_say():
    view = View(100, 0, 0, (1, 2, 3), yaw=np.pi / 2)
    points = np.array([(4.0, 2, 3), (1, 5, 3)])
    np.testing.assert_allclose(view.to_eye(points), [(0, 0, 3), (0, 3, 0)], atol=1e-12)
    np.testing.assert_allclose(view.from_eye(view.to_eye(points)), points, atol=1e-12)
    front = Frame(1, 0, 1, heading=np.pi / 2).to_world([(0, 0, -1)])
    np.testing.assert_allclose(front, [(0, 0, 1)], atol=1e-12)


def test_things_of_a_site_do_not_stand_in_each_other(noise):
    size = (240, 320)
    stage = empty_stage(noise, straight_view(260.0, (0, 1.6, 0), size), size)
    site = Site(stage, random_style(stage.rng))
    site.lay("grass", [(-50, 0.1), (50, 0.1), (50, 100), (-50, 100)])
    placed = [site.place(name) for name in ["bench", "person", "rock", "ashcan"] * 5]
    assert sum(placed) == len(site.spots) >= 10
    grid = Counter()
    for spot in site.spots:
        # Points inside each foot, at a fine grid: no point belongs to two.
        a, b = np.meshgrid(np.linspace(0.02, 0.98, 60), np.linspace(0.02, 0.98, 60))
        foot = spot.foot
        inside = foot[0] + a[..., None] * (foot[1] - foot[0]) + b[..., None] * (foot[3] - foot[0])
        cells = {tuple(cell) for cell in np.floor(inside.reshape(-1, 2) / 0.01).astype(int)}
        grid.update(cells)
    assert max(grid.values()) == 1


def test_some_seven_hundred_numbers_ask_for_every_class():
    asked = Counter()
    for number in range(1, 701):
        kind, guests = plan(number)
        usual = [entry.rsplit(" ", 1) for entry in kind.usual.split(", ")]
        asked.update(guests)
        asked.update(name for name, count in usual if float(count) >= 0.5)
        if isinstance(kind, RoomKind):
            asked.update(["wall", "floor", "ceiling"])
        else:
            asked.update(["sky", *kind.ground.split(", ")])
        asked.update({"buildings": ["road", "building"]}.get(usual[0][0], []))
    assert [name for name in CLASS_NAMES if asked[name] < 5] == []


def test_plans_name_only_known_classes():
    for kind in scene.KINDS:
        usual = [entry.rsplit(" ", 1)[0] for entry in kind.usual.split(", ")]
        known = {*RECIPES, *scene.SETTINGS}
        assert {*usual, *kind.guests.split(", "), kind.stand} <= known
        if not isinstance(kind, RoomKind):
            assert set(kind.ground.split(", ")) <= set(GROUNDS)


@pytest.fixture(scope="module")
def scenes():
    """Small scenes of every third number: (number, image, labels)."""
    numbers = range(0, 45, 3)
    return [(n, *paint_scene(np.random.default_rng(n), n, SMALL)) for n in numbers]


def test_scenes_show_what_their_numbers_ask_for(scenes):
    asked = [(LABELS[name], labels) for n, _, labels in scenes for name in plan(n)[1]]
    shown = [label in classes_in(labels) for label, labels in asked]
    assert np.mean(shown) > 0.85


def test_rooms_are_closed_and_places_open(scenes):
    for number, _, labels in scenes:
        present = set(np.unique(labels))
        indoors = isinstance(plan(number)[0], RoomKind)
        assert (LABELS["sky"] in present) is not indoors
        assert ({LABELS["wall"], LABELS["floor"]} <= present) or not indoors


def test_labels_are_valid_and_some_pixels_have_none(scenes):
    shares = [np.mean(labels == 0) for _, _, labels in scenes]
    assert max(labels.max() for *_, labels in scenes) <= 150
    assert 0.001 < np.mean(shares) < 0.1


def test_scenes_are_varied(scenes):
    assert all(len(np.unique(labels)) >= 4 for *_, labels in scenes)
    assert all(image.std() > 15 for _, image, _ in scenes)


def test_scene_has_the_size_and_type_asked_for():
    image, labels = paint_scene(np.random.default_rng(1), 3, (80, 120))
    assert image.shape == (80, 120, 3) and labels.shape == (80, 120)
    assert image.dtype == labels.dtype == np.uint8


def test_equal_generators_give_equal_scenes():
    first, again, other = (paint_scene(np.random.default_rng(i), 5, SMALL) for i in (5, 5, 6))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert np.mean(first[0] != other[0]) > 0.5
    assert np.mean(first[1] != other[1]) > 0.05
