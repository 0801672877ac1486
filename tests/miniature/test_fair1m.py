"""Miniature FAIR1M: what is painted, where its boxes lie, and how it lies on disk."""

import re
from collections import Counter
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageDraw

from miniature.world.aerial import (
    airplanes,
    buildings,
    courts,
    roads,
    ships,
    vehicles,
)
from miniature.world.aerial.canvas import Canvas, Frame
from miniature.world.aerial.light import Light
from miniature.world.aerial.scenes import KINDS, paint_scene
from miniature.world.aerial.sketch import Sketch
from miniature.world.fair1m import KIND_OF, write_images
from miniature.world.folders import MARKER
from patchprobe.datasets import fair1m_images as reader
from patchprobe.errors import DatasetError
from tests.miniature.files import folder_bytes

pytestmark = pytest.mark.painters

# as torchgeo and JDet spell them
NAMES = {
    *("Boeing737", "Boeing747", "Boeing777", "Boeing787", "ARJ21", "C919", "A220", "A321"),
    *("A330", "A350", "other-airplane", "Passenger Ship", "Motorboat", "Fishing Boat", "Tugboat"),
    *("other-ship", "Engineering Ship", "Liquid Cargo Ship", "Dry Cargo Ship", "Warship"),
    *("Small Car", "Bus", "Cargo Truck", "Dump Truck", "other-vehicle", "Van", "Trailer"),
    *("Tractor", "Excavator", "Truck Tractor", "Baseball Field", "Basketball Court"),
    *("Football Field", "Tennis Court", "Roundabout", "Intersection", "Bridge"),
}
GROUND = 0.45
PIXEL_METRES = 0.55


def paint_alone(name, angle, rng):
    """A canvas with one object on plain ground; nothing is left of it where it is not painted."""
    light = Light(0.7, 1.0, 0.8, np.ones(3), 0, 1, 1, 1, 0, 0)
    canvas = Canvas(240, 240, PIXEL_METRES, light, rng)
    canvas.image[:] = GROUND
    frame = Frame(66.0, 66.0, angle)
    if name in airplanes.AIRPLANES:
        airplanes.add_airplane(canvas, rng, name, frame)
    elif name in ships.SHIPS:
        ships.add_ship(canvas, rng, name, frame)
    elif name in vehicles.VEHICLES:
        vehicles.add_vehicle(canvas, rng, name, frame)
    elif name in courts.COURTS:
        courts.paint_court(canvas, rng, name, frame)
    elif name == "Bridge":
        roads.paint_bridge(canvas, rng, frame, 90, roads.Road(np.zeros((2, 2))))
    elif name == "Roundabout":
        roads.paint_roundabout(canvas, rng, frame, 21)
    else:
        roads.paint_intersection(canvas, rng, frame, 8, 15)
    return canvas, canvas.finish(rng)


def inside(corners, shape, margin):
    """Mask of the pixels in a box grown by `margin` pixels."""
    middle = corners.mean(axis=0)
    steps = (corners[1] - corners[0], corners[3] - corners[0])
    along, across = (step / np.linalg.norm(step) for step in steps)
    signs = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    grown = [c + margin * (a * along + b * across)
             for c, (a, b) in zip(corners, signs, strict=True)]  # fmt: skip
    assert np.allclose(np.mean(grown, axis=0), middle)
    mask = Image.new("1", shape[::-1])
    ImageDraw.Draw(mask).polygon([tuple(p - 0.5) for p in grown], fill=1)
    return np.asarray(mask)


def extents(corners, mask):
    """The range of a mask along both sides of a box, as shares of the sides, 0..1 at its ends."""
    rows, columns = np.nonzero(mask)
    points = np.stack([columns + 0.5, rows + 0.5], axis=1) - corners[0]
    shares = [points @ side / (side @ side) for side in (corners[1] - corners[0],
                                                         corners[3] - corners[0])]  # fmt: skip
    return [(share.min(), share.max()) for share in shares]


@pytest.fixture
def small_scenes(monkeypatch):
    """Let the writer paint small scenes, where only the bytes matter."""
    monkeypatch.setattr("miniature.world.fair1m.SIDES", (160, 200))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with one scene in each split, full size."""
    root = tmp_path_factory.mktemp("world")
    write_images(root, {"train": ["part1/2"], "val": ["4"]}, seed=3)
    return root


@pytest.fixture(scope="module")
def scenes():
    """Every kind of scene twice, smaller than on disk."""
    return [
        paint_scene(np.random.default_rng([1, i]), kind, 640, 640)
        for i, kind in enumerate((*KIND_OF, "suburb", "river"))
    ]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_box_fits_the_painted_object(name):
    rng = np.random.default_rng(7)
    for angle in (0.0, 2.5):
        canvas, objects = paint_alone(name, angle, rng)
        assert [thing.name for thing in objects] == [name]
        corners, mask = objects[0].corners, canvas.owners == 1
        assert not (mask & ~inside(corners, mask.shape, 1.0)).any()
        sides = np.linalg.norm([corners[1] - corners[0], corners[3] - corners[0]], axis=1)
        for (low, high), side in zip(extents(corners, mask), sides, strict=True):
            assert abs(low * side) < 2.5 and abs((1 - high) * side) < 2.5
        changed = np.abs(canvas.image - GROUND).max(axis=2) > 0.02
        assert changed[mask].mean() > 0.5


def test_an_object_changes_nothing_outside_but_by_its_shadow():
    canvas, objects = paint_alone("A330", 0.4, np.random.default_rng(0))
    outside = canvas.image[~inside(objects[0].corners, canvas.shape, 1.0)]
    assert outside.max() <= GROUND + 1e-6
    assert outside.min() >= GROUND * (1 - canvas.light.shadow) - 1e-6


def test_sizes_are_those_of_small_and_large_things():
    rng = np.random.default_rng(1)
    ranges = {"Small Car": (7, 12), "Bus": (18, 27), "Boeing747": (100, 140), "ARJ21": (45, 70),
              "Motorboat": (20, 40), "Warship": (120, 210), "Tennis Court": (50, 80)}  # fmt: skip
    for name, (least, most) in ranges.items():
        _, (thing,) = paint_alone(name, 1.0, rng)
        assert least <= np.linalg.norm(np.ptp(thing.corners[:2], axis=0)) <= most, name


def test_hidden_objects_are_not_listed():
    rng = np.random.default_rng(0)
    light = Light(0.7, 1.0, 0.8, np.ones(3), 0, 1, 1, 1, 0, 0)
    canvas = Canvas(120, 120, PIXEL_METRES, light, rng)
    for x in (15, 50):
        vehicles.add_vehicle(canvas, rng, "Bus", Frame(x, 30.0))
    buildings.add_hall(canvas, rng, Frame(15.0, 30.0), 20, 20)
    objects = canvas.finish(rng)
    assert len(objects) == 1
    assert objects[0].corners[:, 0].min() * PIXEL_METRES > 40
    assert set(np.unique(canvas.owners)) == {0, 1}


def test_an_object_across_the_edge_is_left_out():
    canvas = Canvas(100, 100, 1.0, Light(0, 1, 0.5, np.ones(3), 0, 1, 1, 1, 0, 0),
                    np.random.default_rng(0))  # fmt: skip
    stands = []
    for x in (50, 98):
        sketch = Sketch(Frame(x, 50.0), canvas.light)
        sketch.rectangle(0, 0, 20, 4, (1, 0, 0))
        stands.append(canvas.add(sketch, "Bus"))
    assert stands == [True, False]


def test_all_categories_occur_within_few_images(scenes):
    found = Counter(thing.name for scene in scenes for thing in scene.objects)
    assert set(found) == NAMES
    assert found["Small Car"] > 100


def test_owned_pixels_lie_in_their_boxes(scenes):
    for scene in scenes[:3]:
        numbers, counts = np.unique(scene.owners, return_counts=True)
        assert set(numbers) - {0} == set(range(1, len(scene.objects) + 1))
        assert counts.min() >= 4
        for i in range(0, len(scene.objects), 7):
            corners = scene.objects[i].corners
            assert not ((scene.owners == i + 1) & ~inside(corners, scene.owners.shape, 1.0)).any()


def test_some_objects_are_partly_hidden(scenes):
    shares = []
    for scene in scenes:
        counts = np.bincount(scene.owners.ravel())
        for i, thing in enumerate(scene.objects):
            if thing.name == "Small Car":
                shares.append(counts[i + 1] / inside(thing.corners, scene.owners.shape, 0).sum())
    assert 0.02 < np.mean(np.array(shares) < 0.65) < 0.5


def test_boxes_are_rectangles_with_their_centres_in_the_image(scenes):
    for scene in scenes:
        for thing in scene.objects:
            a, b, c, d = thing.corners
            np.testing.assert_allclose(a + c, b + d, atol=1e-6)
            assert abs((b - a) @ (d - a)) < 1e-6 * np.linalg.norm(b - a) * np.linalg.norm(d - a)
            height, width = scene.owners.shape
            assert 0 <= thing.corners[:, 0].mean() < width
            assert 0 <= thing.corners[:, 1].mean() < height


def test_scenes_are_textured_and_differ(scenes):
    means = np.array([scene.image.mean(axis=(0, 1)) for scene in scenes])
    assert np.ptp(means, axis=0).min() > 15
    for scene in scenes:
        assert np.abs(np.diff(scene.image.astype(int), axis=1)).mean() > 2


@pytest.mark.parametrize("kind", KINDS)
def test_scene_has_the_size_and_type_asked_for(kind):
    for size in [(220, 160), (97, 61)]:
        scene = paint_scene(np.random.default_rng(0), kind, *size)
        assert scene.image.shape == (*size, 3) and scene.image.dtype == np.uint8
        assert scene.owners.shape == size


def test_files_lie_as_in_fair1m(written):
    assert set(folder_bytes(written)) == {
        MARKER,
        "train/part1/images/2.tif",
        "train/part1/labelXml/2.xml",
        "validation/images/4.tif",
        "validation/labelXml/4.xml",
    }


@pytest.mark.parametrize("folder, number", [("train/part1", 2), ("validation", 4)])
def test_annotation_is_as_in_fair1m(written, folder, number):
    with Image.open(written / folder / f"images/{number}.tif") as image:
        assert (image.format, image.mode) == ("TIFF", "RGB")
        assert all(700 <= side <= 1500 for side in image.size)
        size = image.size
    tree = ElementTree.parse(written / folder / f"labelXml/{number}.xml")
    assert all(element.attrib == {} for element in tree.iter())
    assert tree.getroot().tag == "annotation"
    assert tree.findtext("source/filename") == f"{number}.tif"
    assert [tree.findtext(f"size/{tag}") for tag in ("width", "height", "depth")] == [
        *map(str, size),
        "3",
    ]
    objects = tree.findall("objects/object")
    assert len(objects) > 20
    for thing in objects:
        assert [child.tag for child in thing] == [
            *("coordinate", "type", "description", "possibleresult", "points")
        ]
        assert (thing[0].text, thing[1].text) == ("pixel", "rectangle")
        assert thing.findtext("possibleresult/name") in NAMES
        points = [point.text for point in thing.findall("points/point")]
        assert len(points) == 5 and points[0] == points[4]
        assert all(re.fullmatch(r"-?\d+\.\d{6},-?\d+\.\d{6}", point) for point in points)


def test_boxes_on_disk_lie_on_the_ships(written):
    """Upper left origin: the boxes of ships cover little of the water's colour."""
    image = np.asarray(Image.open(written / "validation/images/4.tif")).astype(int)
    tree = ElementTree.parse(written / "validation/labelXml/4.xml")
    water = np.median(image.reshape(-1, 3), axis=0)
    is_water = np.abs(image - water).max(axis=2) < 25
    for thing in tree.findall("objects/object"):
        if thing.findtext("possibleresult/name") in ("Liquid Cargo Ship", "Dry Cargo Ship"):
            points = thing.findall("points/point")[:4]
            corners = np.array([[float(v) for v in point.text.split(",")] for point in points])
            assert is_water[inside(corners, is_water.shape, -1)].mean() < 0.35


def test_the_reader_finds_nothing_wrong(written):
    assert reader.missing(written) is None
    for split, item in (("train", "part1/2"), ("val", "4")):
        assert reader.items(written, split) == [item]
        assert list(reader.problems(written, split, item)) == []


@pytest.mark.usefixtures("small_scenes")
def test_writing_again_gives_the_same_bytes(tmp_path):
    images = {"train": ["part1/0", "part2/1"], "val": ["5"]}
    write_images(tmp_path, images, seed=3)
    before = folder_bytes(tmp_path)
    write_images(tmp_path, images, seed=3)
    assert folder_bytes(tmp_path) == before


@pytest.mark.usefixtures("small_scenes")
def test_a_scene_does_not_depend_on_the_others(tmp_path):
    write_images(tmp_path / "one", {"val": ["6"]}, seed=3)
    write_images(tmp_path / "many", {"val": ["5", "6", "7"], "train": ["6"]}, seed=3)
    one, many = folder_bytes(tmp_path / "one"), folder_bytes(tmp_path / "many")
    assert len(one) == 3 and len(many) == 9
    assert all(many[path] == content for path, content in one.items())


@pytest.mark.usefixtures("small_scenes")
def test_seed_split_part_and_number_each_change_the_scene(tmp_path):
    variants = [("train", "1", 3), ("train", "1", 4), ("val", "1", 3), ("train", "9", 3),
                ("train", "part1/1", 3)]  # fmt: skip
    contents = set()
    for i, (split, key, seed) in enumerate(variants):
        write_images(tmp_path / str(i), {split: [key]}, seed)
        contents |= {c for path, c in folder_bytes(tmp_path / str(i)).items() if ".tif" in path}
    assert len(contents) == len(variants)


@pytest.mark.usefixtures("small_scenes")
def test_a_real_dataset_is_never_written_into(tmp_path):
    (tmp_path / "train" / "part1").mkdir(parents=True)
    with pytest.raises(DatasetError, match="not a miniature world: nothing was written"):
        write_images(tmp_path, {"val": ["1"]}, seed=0)
    assert folder_bytes(tmp_path) == {}


@pytest.mark.parametrize(
    "split, key",
    [("train", "part3/1"), ("train", "../1"), ("val", "part1/1"), ("val", "01"), ("val", "1\n")],
)
def test_bad_key_is_refused_before_anything_is_written(tmp_path, split, key):
    with pytest.raises(DatasetError, match="is not the key of a FAIR1M image"):
        write_images(tmp_path, {split: ["1", key]}, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_bad_split_and_seed_are_refused(tmp_path):
    with pytest.raises(ValueError, match="expected the splits"):
        write_images(tmp_path, {"test": ["1"]}, seed=0)
    for seed in (-1, True, 0.5):
        with pytest.raises(ValueError, match="expected a seed"):
            write_images(tmp_path, {"val": ["1"]}, seed=seed)
