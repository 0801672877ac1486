"""Videos of the miniature world: what moves in them, how it is annotated, how it lies on disk."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from miniature.world import mot17 as mot17_writer
from miniature.world.drives.film import Part, Sighting
from miniature.world.drives.plaza import CAMERAS, plaza
from miniature.world.drives.shot import shoot
from miniature.world.drives.world import drive
from patchprobe.datasets import bdd100k, mot17

pytestmark = pytest.mark.painters

SMALL = (198, 352)
VIDEO, OTHER_VIDEO = "b1c66a42-6f7d68ca", "b1c81faa-3df17267"
SEQUENCE = "MOT17-05"


def box_of(mask):
    """Box (x1, y1, x2, y2) of a mask; x2 and y2 are those after the last pixel."""
    rows, columns = np.nonzero(mask)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def tracks(shots):
    """The frames in which each part is visible: {number: [frame, ...]}."""
    found = defaultdict(list)
    for index, shot in enumerate(shots):
        for seen in shot.sightings:
            if seen.n_visible:
                found[seen.number].append(index)
    return found


@pytest.fixture(scope="module")
def film():
    """Three seconds of a drive."""
    return drive(4, 15, SMALL)


@pytest.fixture(scope="module")
def shots(film):
    return [shoot(film, index) for index in range(film.n_frames)]


@pytest.fixture(scope="module")
def square():
    """Three seconds of people on a square, the camera standing."""
    return plaza(3, 9, SMALL, rate=3)


@pytest.fixture(scope="module")
def square_shots(square):
    return [shoot(square, index) for index in range(square.n_frames)]


# ------------------------------------------------------------------------------ frames


def test_equal_seeds_give_equal_frames(film, shots):
    again = shoot(drive(4, 15, SMALL), 7)
    np.testing.assert_array_equal(again.image, shots[7].image)
    np.testing.assert_array_equal(again.owners, shots[7].owners)
    assert again.sightings == shots[7].sightings


def test_seeds_give_different_films(shots):
    other = shoot(drive(6, 2, SMALL), 0)
    assert np.mean(other.image != shots[0].image) > 0.5


@pytest.mark.parametrize("camera", CAMERAS)
def test_frames_have_the_size_and_type_asked_for(camera):
    shot = shoot(plaza(1, 1, (120, 160), camera=camera), 0)
    assert shot.image.shape == (120, 160, 3)
    assert shot.owners.shape == (120, 160)
    assert shot.image.dtype == np.uint8


def test_unknown_camera_is_refused():
    with pytest.raises(ValueError, match="expected a camera of .* found 'flying'"):
        plaza(1, 1, SMALL, camera="flying")


@pytest.mark.parametrize("name", ["shots", "square_shots"])
def test_boxes_are_those_of_the_visible_pixels(name, request):
    n_boxes = 0
    for shot in request.getfixturevalue(name):
        numbers = {seen.number for seen in shot.sightings if seen.n_visible}
        assert numbers == set(np.unique(shot.owners)) - {0}
        for seen in shot.sightings:
            visible = shot.owners == seen.number
            assert seen.n_visible == visible.sum()
            assert seen.box == (box_of(visible) if visible.any() else None)
            n_boxes += visible.any()
    assert n_boxes > 100


@pytest.mark.parametrize("name", ["shots", "square_shots"])
def test_boxes_of_the_whole_hold_those_of_the_visible(name, request):
    for shot in request.getfixturevalue(name):
        for seen in shot.sightings:
            assert 0 <= seen.n_visible <= seen.n_inside <= seen.n_whole
            if seen.box:
                x1, y1, x2, y2 = seen.whole
                assert x1 <= seen.box[0] < seen.box[2] <= x2
                assert y1 <= seen.box[1] < seen.box[3] <= y2


def test_what_is_neither_hidden_nor_cut_off_has_one_box(shots):
    seen = [seen for shot in shots for seen in shot.sightings]
    clear = [s for s in seen if s.n_visible == s.n_whole]
    assert len(clear) > 20
    assert all(s.box == s.whole and not s.is_occluded and not s.is_truncated for s in clear)
    assert all(s.is_truncated for s in seen if s.n_inside < 0.9 * s.n_whole)


@pytest.mark.parametrize(
    ("name", "frames", "index"), [("film", "shots", 12), ("square", "square_shots", 5)]
)
def test_pixels_of_a_thing_change_when_it_is_taken_away(name, frames, index, request):
    film, shot = request.getfixturevalue(name), request.getfixturevalue(frames)[index]
    largest = max(
        (seen for seen in shot.sightings if not seen.is_truncated), key=lambda seen: seen.n_visible
    )
    things = [thing for thing in film.things if largest.part not in thing.parts]
    assert len(things) == len(film.things) - 1
    without = shoot(replace(film, things=things), index)
    change = np.abs(without.image.astype(int) - shot.image).max(axis=2)
    own = shot.owners == largest.number
    assert own.sum() > 300
    assert np.mean(change[own] > 3) > 0.9
    # Beside it only its shadow goes, and that lies below the middle of its box.
    x1, y1, x2, y2 = largest.box
    above = change[: (y1 + y2) // 2].copy()
    above[max(0, y1 - 3) :, max(0, x1 - 3) : x2 + 3] = 0
    assert above.max() <= 3


@pytest.mark.parametrize("name", ["film", "square"])
def test_nothing_is_cut_off_by_its_reach(name, request):
    film = request.getfixturevalue(name)
    things = [
        replace(thing, reach=(2 * thing.reach[0] + 1, 2 * thing.reach[1] + 1))
        for thing in film.things
    ]
    shot, wide = shoot(film, 8), shoot(replace(film, things=things), 8)
    # A few pixels may be rounded differently.
    assert (wide.image != shot.image).any(axis=2).sum() < 20


def test_sighting_tells_what_is_hidden_and_cut_off():
    part = Part(1, "car")
    box, whole = (90, 10, 100, 18), (90, 10, 110, 18)
    seen = Sighting(part, 1, box, whole, n_visible=40, n_inside=80, n_whole=160)
    assert (seen.visibility, seen.is_occluded, seen.is_truncated) == (0.25, True, True)
    assert seen.shows(0.5, box)
    assert not seen.shows(0.51, box)
    assert not seen.shows(0.1, (90, 10, 97, 40))
    assert not seen.shows(0.1, None)
    clear = replace(seen, n_visible=79, n_whole=81)
    assert not clear.is_occluded and not clear.is_truncated


# ------------------------------------------------------------------------------ films


def test_objects_appear_leave_are_hidden_and_return(shots):
    seen, last = tracks(shots), len(shots) - 1
    assert any(frames[0] > 0 for frames in seen.values())
    assert any(frames[-1] < last for frames in seen.values())
    assert any(frames[-1] - frames[0] + 1 > len(frames) for frames in seen.values())
    assert any(s.is_occluded and s.n_visible for shot in shots for s in shot.sightings)
    assert any(s.is_truncated and s.n_visible for shot in shots for s in shot.sightings)


def test_people_on_a_square_come_leave_and_hide_each_other(square_shots):
    seen, last = tracks(square_shots), len(square_shots) - 1
    assert any(frames[0] > 0 for frames in seen.values())
    assert any(frames[-1] < last for frames in seen.values())
    hidden = [s for shot in square_shots for s in shot.sightings if s.visibility < 0.3]
    assert any(s.part.category == "pedestrian" for s in hidden)


def test_objects_grow_and_shrink(shots):
    heights = defaultdict(list)
    for shot in shots:
        for seen in shot.sightings:
            if not seen.is_truncated:
                heights[seen.number].append(seen.whole[3] - seen.whole[1])
    ratios = [of_one[-1] / of_one[0] for of_one in heights.values() if len(of_one) > 3]
    assert max(ratios) > 1.5
    assert min(ratios) < 0.9


@pytest.mark.parametrize("name", ["shots", "square_shots"])
def test_objects_keep_their_look(name, request):
    colours = defaultdict(list)
    for shot in request.getfixturevalue(name):
        for seen in shot.sightings:
            if seen.n_visible > max(60, 0.95 * seen.n_whole):
                colours[seen.number].append(shot.image[shot.owners == seen.number].mean(axis=0))
    pairs = [(c[0], c[1]) for c in colours.values() if len(c) > 1]
    assert len(pairs) > 6
    first, later = (np.array(side) for side in zip(*pairs, strict=True))
    distances = np.linalg.norm(first[:, None] - later[None], axis=2)
    own, others = np.diag(distances), distances[~np.eye(len(pairs), dtype=bool)]
    assert np.median(own) < 0.3 * np.median(others)


def test_identities_are_unique_and_keep_their_category(film, shots):
    assert len({part.identity for part in film.parts}) == len(film.parts)
    for shot in shots:
        for seen in shot.sightings:
            assert seen.part is film.parts[seen.number - 1]


def speeds(thing, rate):
    return np.hypot(*np.diff(thing.path[:, :2], axis=0).T) * rate


@pytest.mark.parametrize("rate", [5, 30])
def test_speeds_do_not_depend_on_the_rate(rate):
    film = drive(2, 8 * rate, SMALL, rate)
    for thing in film.things:
        for part in thing.parts:
            limit = {"pedestrian": 3, "other person": 0, "bicycle": 7}.get(part.category, 18)
            assert np.nanmax(speeds(thing, rate), initial=0) <= limit
            turns = np.abs(np.diff(thing.path[:, 2]))
            assert np.nanmax(turns, initial=0) < 0.2
    driven = film.eyes[-1].z - film.eyes[0].z
    assert 4 < driven < 110


def test_all_categories_occur_within_a_few_films():
    parts = [part for seed in range(16) for part in drive(seed, 10, SMALL).parts]
    expected = set(bdd100k.CLASSES.names)
    assert {part.category for part in parts} == expected
    assert any(part.is_crowd for part in parts)


def test_categories_on_squares_are_classes_of_mot17():
    seen = {part.category for seed in range(4) for part in plaza(seed, 2, SMALL).parts}
    assert seen <= set(mot17_writer.CLASSES)
    assert {"pedestrian", "static person", "distractor", "occluder", "bicycle"} <= seen
    assert len(mot17_writer.CLASSES) == mot17.N_CLASSES


def test_the_world_stands_still_behind_a_standing_camera(square, square_shots):
    first, last = square_shots[0], square_shots[-1]
    top = slice(0, int(square.eyes[0].camera.horizon))
    free = (first.owners[top] == 0) & (last.owners[top] == 0)
    change = np.abs(first.image[top].astype(int) - last.image[top])[free]
    assert free.mean() > 0.3
    assert np.median(change) < 8
