"""What all datasets have in common, on small miniatures of them."""

import shutil

import numpy as np
import pytest

from miniature.world.generate import generate
from patchprobe.datasets import folders
from patchprobe.datasets.base import NAMES, dataset
from patchprobe.datasets.checks import check
from patchprobe.datasets.folders import is_litter
from patchprobe.errors import DatasetError

# what is generated: items of each split, and frames of a video or images of a class
WORLDS = {
    "cityscapes": ({"train": ["ulm_000001_000019"], "val": ["lindau_000000_000019"]}, None),
    "ade20k": ({"val": ["ADE_val_00000001"]}, 1),
    "fair1m": ({"val": ["5__1__0___0.224_0_0"], "train": ["part1-3__1__0___0.224_0_0"]}, None),
    "bdd100k": ({"val": ["b1c66a42-6f7d68ca"], "train": ["0000f77c-6257be58"]}, 2),
    "mot17": ({}, 2),
    "uc_merced": ({}, 1),
    "resisc45": ({}, 1),
    "eurosat": ({}, 1),
}
UNKNOWN = {  # well named, but not there
    "cityscapes": "ulm_000009_000019",
    "ade20k": "ADE_train_00009999",
    "fair1m": "part1-999__1__0___0.224_0_0",
    "bdd100k": "ffffffff-00000000",
    "mot17": "MOT17-13",
    "uc_merced": "river/river99.tif",
    "resisc45": "river/river_700.jpg",
    "eurosat": "River/River_2500.jpg",
}
N_SHOWN = 3  # items of each split that are read

each = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """Root of the miniature of a dataset, generated when it is first asked for."""
    roots = {}

    def root(name):
        if name not in roots:
            used, n = WORLDS[name]
            roots[name] = tmp_path_factory.mktemp(name) / "root"
            generate(name, roots[name], used, seed=0, n=n)
        return roots[name]

    return root


def some_items(name, root):
    """A few items of every split, the first and the last among them."""
    for split in dataset(name).splits:
        items = dataset(name).items(root, split)
        for i in sorted({0, len(items) // 2, len(items) - 1})[:N_SHOWN]:
            yield split, items[i]


def frames(name, root):
    """Layout and samples of a few items, all frames."""
    for split, item in some_items(name, root):
        layout = dataset(name).layout(root, split, item)
        for frame in range(layout.n_frames):
            yield layout, dataset(name).read(root, split, item, frame)


@each
def test_an_empty_folder_is_no_dataset(tmp_path, name):
    message = dataset(name).missing(tmp_path)
    assert f"{dataset(name).name} not found in {tmp_path}" in message
    assert "config/README.md#" in message
    for split in dataset(name).splits:
        with pytest.raises(DatasetError, match="not found in"):
            dataset(name).items(tmp_path, split)


@each
def test_the_miniature_is_there(worlds, name):
    assert dataset(name).missing(worlds(name)) is None
    assert list(dataset(name).layout_problems(worlds(name), True)) == []


@each
def test_items_are_sorted_and_unique(worlds, name):
    for split in dataset(name).splits:
        items = dataset(name).items(worlds(name), split)
        assert items == sorted(set(items))
        assert len(items) > 0
        assert set(WORLDS[name][0].get(split, ())) <= set(items)


@each
def test_nothing_is_wrong_with_good_items(worlds, name):
    found = [
        line
        for split, item in some_items(name, worlds(name))
        for line in dataset(name).problems(worlds(name), split, item)
    ]
    assert found == []


@each
def test_files_exist(worlds, name):
    for split, item in some_items(name, worlds(name)):
        files = dataset(name).files(worlds(name), split, item)
        assert len(files) >= 1
        assert all(path.exists() for path in files)


@each
def test_images_are_as_the_layout_says(worlds, name):
    for layout, sample in frames(name, worlds(name)):
        assert (sample.image.shape, sample.image.dtype) == ((*layout.size, 3), np.uint8)
        assert sample.image.std() > 0


@each
def test_boxes_are_apart_and_inside_the_frame(worlds, name):
    for split, item in some_items(name, worlds(name)):
        layout = dataset(name).layout(worlds(name), split, item)
        covered = np.zeros(layout.size, int)
        for top, left, height, width in layout.boxes:
            assert top >= 0 and left >= 0
            assert top + height <= layout.size[0] and left + width <= layout.size[1]
            covered[top : top + height, left : left + width] += 1
        assert len(layout.boxes) == layout.rows * layout.columns > 0
        assert covered.max() == 1
        assert covered.sum() == len(layout.boxes) * layout.tile_px**2


@each
def test_classes_fit_together(worlds, name):
    classes = dataset(name).classes(worlds(name))
    assert len(set(classes.names)) == len(classes.names) > 0
    assert all(isinstance(text, str) and text for text in classes.names)
    assert list(classes.evaluated) == sorted(set(classes.evaluated))
    assert set(classes.evaluated) <= set(range(len(classes.names)))
    assert classes.absent in ("skip", "zero")
    assert len(classes.groups) in (0, len(classes.names))
    assert len(classes.colours) in (0, len(classes.names))


@each
def test_groups_are_text(worlds, name):
    groups = [sample.group for _, sample in frames(name, worlds(name))]
    assert all(isinstance(group, str) and group for group in groups)


@pytest.mark.parametrize("name", ["cityscapes", "ade20k", "fair1m"])
def test_labels_are_of_the_tiled_area_and_have_names(worlds, name):
    n_classes = len(dataset(name).classes(worlds(name)).names)
    shown = set()
    for layout, sample in frames(name, worlds(name)):
        assert (sample.labels.ndim, sample.labels.dtype) == (2, np.uint8)
        assert sample.labels.max() < n_classes
        shown |= set(np.unique(sample.labels).tolist())
        if name != "ade20k":  # whose labels have the native size
            tiled = (layout.rows * layout.tile_px, layout.columns * layout.tile_px)
            assert sample.labels.shape == tiled
    assert len(shown) > 1


@pytest.mark.parametrize("name", ["bdd100k", "mot17"])
def test_objects_of_frames_are_those_of_the_video(worlds, name):
    root = worlds(name)
    names = dataset(name).classes(root).names
    for split, item in some_items(name, root):
        n_frames = dataset(name).layout(root, split, item).n_frames
        assert n_frames == WORLDS[name][1]
        tables = [dataset(name).read(root, split, item, i).objects for i in range(n_frames)]
        assert [set(table["frame"]) for table in tables] == [{i} for i in range(n_frames)]
        assert set().union(*(table["category"] for table in tables)) <= set(names)
        assert {dataset(name).read(root, split, item, i).labels for i in range(n_frames)} == {None}
        for frame in (-1, n_frames):
            with pytest.raises(DatasetError, match=f"expected a frame in 0..{n_frames - 1}"):
                dataset(name).read(root, split, item, frame)


@pytest.mark.parametrize("name", ["uc_merced", "resisc45", "eurosat"])
def test_land_use_is_the_group(worlds, name):
    names = dataset(name).classes(worlds(name)).names
    items = dataset(name).items(worlds(name), "all")
    groups = [dataset(name).read(worlds(name), "all", item).group for item in items]
    assert sorted(set(groups)) == sorted(names)
    assert groups == [item.split("/")[0] for item in items]


@pytest.mark.parametrize("name", ["ade20k", "fair1m"])
def test_presence_is_told_of_every_item(worlds, name):
    root, split = worlds(name), "val"
    items = dataset(name).items(root, split)
    shown = dataset(name).presence(root, split, items, threads=2)
    assert sorted(shown) == items
    present = set().union(*shown.values())
    assert len(present) > 0
    assert present <= set(dataset(name).classes(root).evaluated)


@each
def test_an_unknown_split_is_refused(worlds, name):
    root = worlds(name)
    _, item = next(some_items(name, root))
    for ask in (
        lambda: dataset(name).items(root, "nonsense"),
        lambda: dataset(name).files(root, "nonsense", item),
        lambda: dataset(name).read(root, "nonsense", item).image,
    ):
        with pytest.raises(DatasetError, match="'nonsense'"):
            ask()
    assert any("'nonsense'" in line for line in dataset(name).problems(root, "nonsense", item))


@each
@pytest.mark.parametrize("item", ["well named", "", "../../nonsense"])
def test_an_unknown_item_is_refused(worlds, name, item):
    root, split = worlds(name), dataset(name).splits[0]
    item = UNKNOWN[name] if item == "well named" else item
    assert item not in dataset(name).items(root, split)
    with pytest.raises(DatasetError):
        _ = dataset(name).read(root, split, item).image
    assert any(dataset(name).problems(root, split, item))


# ------------------------------------------------------------------------------ litter

APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        "
LEFT = (".DS_Store", "Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini", "Icon\r")


@pytest.fixture(scope="module")
def littered(worlds, tmp_path_factory):
    """Root of a copy in which every file and folder has its `._` twin, and what was there."""
    roots = {}

    def root(name):
        if name not in roots:
            folder = tmp_path_factory.mktemp(name) / "littered"
            shutil.copytree(worlds(name), folder)
            clean = everything(name, folder)
            for path in [folder, *folder.rglob("*")]:
                path.with_name(f"._{path.name}").write_bytes(APPLE_DOUBLE)
                if path.is_dir():
                    for file in LEFT:
                        (path / file).write_bytes(b"\x00")
                    (path / "@eaDir").mkdir()
                    (path / "__MACOSX").mkdir()
            roots[name] = folder, clean
        return roots[name]

    return root


def everything(name, root):
    """All that a reader tells of the items under a root, but for pixels."""
    reader = dataset(name)
    items = reader.all_items(root)
    files = {item: reader.files(root, *item) for item in items}
    layout = list(reader.layout_problems(root, True))
    return items, files, layout, reader.missing(root), reader.classes(root)


@each
def test_litter_is_no_part_of_a_dataset(littered, name):
    root, clean = littered(name)
    assert everything(name, root) == clean
    assert clean[2:4] == ([], None)


@each
def test_litter_is_neither_good_nor_bad(littered, name):
    root, (items, *_) = littered(name)
    used = {split: [item for of, item in items if of == split][:3] for split, _ in items}
    report = check(dataset(name), root, used, is_miniature=True)
    assert report.problems == []
    assert report.n_items == {split: len(names) for split, names in used.items()}


@each
def test_litter_alone_is_no_dataset(tmp_path, name):
    for file in (*LEFT, "._images", "._train", "._river"):
        (tmp_path / file).write_bytes(APPLE_DOUBLE)
    message = dataset(name).missing(tmp_path)
    assert f"{dataset(name).name} not found in {tmp_path}" in message
    assert not any(file in message for file in LEFT)


def test_what_is_litter():
    assert all(map(is_litter, (*LEFT, "._7.tif", "ehthumbs.db", "@eaDir", "__MACOSX")))
    assert not any(map(is_litter, ("7.tif", "aachen", "_", "a._b.png", "Thumbs.db.png")))


@each
def test_a_folder_that_cannot_be_listed_is_named(littered, name, monkeypatch):
    root, _ = littered(name)

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(folders.Path, "iterdir", refuse)
    with pytest.raises(DatasetError, match="cannot be listed .*Permission denied"):
        dataset(name).all_items(root)
    (line,) = check(dataset(name), root, {}).problems
    assert "cannot be listed" in line and str(root) in line and "config/README.md#" in line


CAPITALS = {
    "cityscapes": ("train", "leftImg8bit/train/ulm/ulm_000001_000019_leftImg8bit.png"),
    "ade20k": ("val", "images/validation/ADE_val_00000001.jpg"),
}


@pytest.mark.parametrize(("name", "split", "path"), [(k, *v) for k, v in CAPITALS.items()])
def test_a_suffix_in_capitals_is_told_and_not_left_out(worlds, tmp_path, name, split, path):
    shutil.copytree(worlds(name), tmp_path / "root")
    items = dataset(name).items(tmp_path / "root", split)
    path = tmp_path / "root" / path
    path.rename(path.with_suffix(path.suffix.upper()))
    assert dataset(name).items(tmp_path / "root", split) == items
    (line,) = check(dataset(name), tmp_path / "root", {split: items}, is_miniature=True).problems
    assert line.startswith(f"missing: {path}")
