"""The miniature world: what is painted, and how it lies on disk."""

import numpy as np
import pytest
from PIL import Image

from miniature.world import cityscapes
from miniature.world.folders import MARKER
from miniature.world.paint import labels
from miniature.world.streets.street import paint_street
from patchprobe.errors import DatasetError
from tests.miniature.files import folder_bytes

pytestmark = pytest.mark.painters

EVALUATED = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]
SMALL = (256, 512)
STEM = "aachen_000000_000019"
OTHER_STEM = "bochum_000001_000019"


def paint_small(seed):
    return paint_street(np.random.default_rng(seed), *SMALL)


@pytest.fixture(scope="module")
def scenes():
    """Sixteen small scenes, as (image, label ids)."""
    return [paint_small(seed) for seed in range(16)]


@pytest.fixture(scope="module")
def shares(scenes):
    """The share of all pixels that each label id has over the scenes."""
    counts = sum(np.bincount(label_ids.ravel(), minlength=34) for _, label_ids in scenes)
    return counts / counts.sum()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with one scene in each split, full size."""
    root = tmp_path_factory.mktemp("world")
    cityscapes.write(root, {"train": [STEM], "val": [OTHER_STEM]}, seed=3)
    return root


def test_equal_generators_give_equal_scenes():
    for first, second in zip(paint_small(5), paint_small(5), strict=True):
        np.testing.assert_array_equal(first, second)


def test_seeds_give_different_scenes(scenes):
    (image, label_ids), (other_image, other_ids) = scenes[:2]
    assert np.mean(image != other_image) > 0.5
    assert np.mean(label_ids != other_ids) > 0.05


@pytest.mark.parametrize("size", [(256, 512), (128, 128), (96, 400)])
def test_scene_has_the_size_and_type_asked_for(size):
    image, label_ids = paint_street(np.random.default_rng(0), *size)
    assert image.shape == (*size, 3)
    assert label_ids.shape == size
    assert image.dtype == label_ids.dtype == np.uint8


def test_too_small_a_scene_is_refused():
    with pytest.raises(ValueError, match="at least 32 pixels, found 16 x 512"):
        paint_street(np.random.default_rng(0), 16, 512)


def test_all_evaluated_classes_occur(shares):
    assert [label for label in EVALUATED if shares[label] == 0] == []


def test_only_label_ids_of_cityscapes_occur(shares):
    known = {value for name, value in vars(labels).items() if name.isupper()}
    assert set(np.flatnonzero(shares)) <= known


def test_every_scene_shows_a_street(scenes):
    always = {labels.ROAD, labels.SIDEWALK, labels.VEGETATION, labels.SKY, labels.CAR}
    for _, label_ids in scenes:
        present = set(np.unique(label_ids))
        assert always <= present
        assert present & {labels.BUILDING, labels.WALL}


def test_every_scene_has_void_borders_and_bonnet(scenes):
    borders = {labels.EGO_VEHICLE, labels.RECTIFICATION_BORDER, labels.OUT_OF_ROI}
    for _, label_ids in scenes:
        assert borders <= set(np.unique(label_ids))
        rim = [label_ids[0], label_ids[-1], label_ids[:, 0], label_ids[:, -1]]
        assert set(np.concatenate(rim)) == {labels.OUT_OF_ROI}


def test_class_shares_are_plausible(shares):
    ranked = sorted(EVALUATED, key=lambda label: -shares[label])
    assert labels.ROAD in ranked[:2]
    assert labels.BUILDING in ranked[:3]
    assert labels.VEGETATION in ranked[:5]
    assert 0.04 < 1 - shares[EVALUATED].sum() < 0.12
    for rare in (labels.MOTORCYCLE, labels.TRAIN, labels.BUS):
        assert shares[rare] < 0.03


@pytest.mark.parametrize("label", [labels.ROAD, labels.BUILDING, labels.VEGETATION])
def test_surfaces_are_textured(scenes, label):
    for image, label_ids in scenes:
        grey = image.mean(axis=2)
        inside = label_ids == label
        assert grey[inside].std() > 3
        across = np.abs(np.diff(grey, axis=1))[inside[:, 1:] & inside[:, :-1]]
        assert across.mean() > 0.8


def test_files_lie_and_are_encoded_as_in_cityscapes(written):
    assert set(folder_bytes(written)) == {
        MARKER,
        f"leftImg8bit/train/aachen/{STEM}_leftImg8bit.png",
        f"gtFine/train/aachen/{STEM}_gtFine_labelIds.png",
        f"leftImg8bit/val/bochum/{OTHER_STEM}_leftImg8bit.png",
        f"gtFine/val/bochum/{OTHER_STEM}_gtFine_labelIds.png",
    }
    with Image.open(written / f"leftImg8bit/train/aachen/{STEM}_leftImg8bit.png") as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (2048, 1024))
    with Image.open(written / f"gtFine/train/aachen/{STEM}_gtFine_labelIds.png") as label_ids:
        assert (label_ids.format, label_ids.mode, label_ids.size) == ("PNG", "L", (2048, 1024))
        assert np.asarray(label_ids).max() <= 33


@pytest.fixture
def small_scenes(monkeypatch):
    """Let the writer paint small scenes, where only the bytes matter."""

    def paint(rng):
        return paint_street(rng, 64, 128)

    monkeypatch.setattr("miniature.world.cityscapes.paint_street", paint)


@pytest.mark.usefixtures("small_scenes")
def test_writing_again_gives_the_same_bytes(tmp_path):
    stems = {"train": [STEM, OTHER_STEM]}
    cityscapes.write(tmp_path, stems, seed=3)
    before = folder_bytes(tmp_path)
    cityscapes.write(tmp_path, stems, seed=3)
    assert folder_bytes(tmp_path) == before


@pytest.mark.usefixtures("small_scenes")
def test_a_scene_does_not_depend_on_the_others(tmp_path):
    many = {"train": [OTHER_STEM, "ulm_000002_000019", STEM], "val": ["jena_000000_000019"]}
    cityscapes.write(tmp_path / "one", {"train": [STEM]}, seed=3)
    cityscapes.write(tmp_path / "many", many, seed=3)
    one, many = folder_bytes(tmp_path / "one"), folder_bytes(tmp_path / "many")
    assert len(one) == 3 and len(many) == 9
    assert all(many[path] == content for path, content in one.items())


@pytest.mark.usefixtures("small_scenes")
def test_seed_split_and_stem_each_change_the_scene(tmp_path):
    variants = [("train", STEM, 3), ("train", STEM, 4), ("val", STEM, 3), ("train", OTHER_STEM, 3)]
    contents = set()
    for i, (split, stem, seed) in enumerate(variants):
        cityscapes.write(tmp_path / str(i), {split: [stem]}, seed)
        contents |= set(folder_bytes(tmp_path / str(i)).values())
    assert len(contents) == 2 * len(variants) + 1  # the marker is the same


@pytest.mark.usefixtures("small_scenes")
def test_a_real_dataset_is_never_written_into(tmp_path):
    (tmp_path / "leftImg8bit").mkdir()
    with pytest.raises(DatasetError, match="not a miniature world: nothing was written"):
        cityscapes.write(tmp_path, {"train": [STEM]}, seed=0)
    assert folder_bytes(tmp_path) == {}


@pytest.mark.parametrize(
    "stem", ["aachen", "aachen_0_19", "Aachen_000000_000019", "../aachen_000000_000019", STEM + "x"]
)
def test_bad_stem_is_refused_before_anything_is_written(tmp_path, stem):
    with pytest.raises(DatasetError, match="is not a Cityscapes image name"):
        cityscapes.write(tmp_path, {"train": [STEM, stem]}, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_bad_split_and_seed_are_refused(tmp_path):
    with pytest.raises(ValueError, match="expected the splits"):
        cityscapes.write(tmp_path, {"test": [STEM]}, seed=0)
    with pytest.raises(ValueError, match="expected a seed"):
        cityscapes.write(tmp_path, {"train": [STEM]}, seed=-1)
