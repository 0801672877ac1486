"""What a configuration asks of whole scenes: datasets, representations, sizes, mistakes, disk."""

import pytest

from patchprobe.datasets import eurosat
from patchprobe.errors import DatasetError
from patchprobe.study import disk, drawing, plan, validation
from tests.configs import ASKED, SCHEMA, changed, configured

PARTS = {"all": {"train": {"split_80_20": "train"}, "val": {"split_80_20": "val"}}}
ENTRY = {"root": "x", "bank": "train", "query": "val", "subsets": PARTS, "scales": [0.25, 1]}
SCENES = {"datasets/eurosat": ENTRY, "datasets/uc_merced": ENTRY}


def told(changes):
    config = configured({**SCENES, **changes})
    return validation.contradictions(config)


# ------------------------------------------------------------------------------ Figure 8


def names(config):
    return [row[0] for row in drawing.shown(config, "fig8")]


def test_figure_8_shows_the_scenes_that_are_evaluated():
    assert drawing.datasets_shown(configured(), "fig8") == []
    assert names(configured()) == []
    config = configured({**SCENES, "datasets/resisc45": {"root": "x"}})
    assert drawing.datasets_shown(config, "fig8") == ["uc_merced", "eurosat"]
    assert drawing.datasets_of("fig8") == plan.SCENES
    assert drawing.datasets_of("fig7") == ("bdd100k",)


def test_figure_8_shows_what_is_run_on_all_its_datasets():
    assert names(configured(SCENES)) == ["dino", "mae", "mae_200", "mae_40"]
    assert names(configured({**SCENES, "backbones/mae/datasets": ["eurosat"]})) == ["dino"]
    asked = configured({**SCENES, "figures/fig8": ["mae", "mae_40"]})
    assert names(asked) == ["mae", "mae_40"]
    assert drawing.backbones_shown(asked, "fig8") == ["mae"]


# ------------------------------------------------------------------------------ plan


def test_sides_of_scenes():
    config = configured({**SCENES, "datasets/uc_merced/scales": [0.125, 0.3, 1]})
    assert plan.sides(config, "uc_merced") == [[0.125, 32], [0.3, 77], [1, 256]]
    assert plan.sides(config, "eurosat") == [[0.25, 16], [1, 64]]


def test_pixels_are_normalised_by_the_dataset_or_else_by_the_backbone():
    config = configured({**SCENES, "datasets/eurosat/mean": [0.1, 0.2, 0.3]})
    assert plan.pixel_statistic(config, "eurosat", "dino", "mean") == [0.1, 0.2, 0.3]
    assert plan.pixel_statistic(config, "uc_merced", "dino", "mean") == [0.485, 0.456, 0.406]
    assert plan.pixel_statistic(config, "uc_merced", "dino", "std") == [0.229, 0.224, 0.225]


def listed(tmp_path, lines):
    (tmp_path / "list.txt").write_text("\n".join(lines))
    asked = {"list": str(tmp_path / "list.txt"), "val": {"split_80_20": "val", "seed": 3}}
    config = configured({"datasets/eurosat": {"root": "nowhere", "subsets": {"all": asked}}})
    return plan.with_lists({**config, "datasets": {"eurosat": config["datasets"]["eurosat"]}})


def test_lists_of_scale_mae_are_understood_without_the_images(tmp_path):
    lines = ["./River/River_12.jpg", "# a comment", "SeaLake/SeaLake_3.jpg", "Forest_7.jpg"]
    assert listed(tmp_path, lines)["eurosat"] == {
        "list": ["all", ["River/River_12.jpg", "SeaLake/SeaLake_3.jpg", "Forest/Forest_7.jpg"]],
        "val": ["all", None],
    }
    with pytest.raises(DatasetError, match=r"line 2: 'beach07.tif' is not the name of an image of"):
        listed(tmp_path, ["./River/River_12.jpg", "beach07.tif"])


# ------------------------------------------------------------------------------ mistakes


def test_a_right_configuration_has_no_mistakes():
    assert told({}) == []
    asked = changed(ASKED, {**SCENES, "scenes": {"k": 5, "temperature": 0.1, "position": "fixed"}})
    assert validation.mistakes(asked, SCHEMA) == []
    assert configured(SCENES)["scenes"] == {"k": 20, "temperature": 0.07, "position": "by_scale"}
    # of the two ways to draw, one has no default seed
    assert configured(SCENES)["datasets"]["ade20k"]["subsets"]["train"] == {
        "train_drawn": {"per_class": 4}
    }


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("datasets/eurosat/scales", [2], "scales: 0: 2 is greater than the maximum of 1"),
        ("datasets/eurosat/scales", [0], "scales: 0: 0 is less than or equal to the minimum of 0"),
        ("datasets/eurosat/mean", [0.5], "mean: [0.5] is too short"),
        ("scenes", {"position": "gsd"}, "position: 'gsd' is not one of ['by_scale', 'fixed']"),
        ("scenes", {"temperature": 0}, "temperature: 0 is less than or equal to the minimum of 0"),
        ("datasets/eurosat/subsets/all/val", {"split_80_20": "test"}, "val: {'split_80_20': 'test"),
    ],
)
def test_a_mistake_is_told(path, value, line):
    found = validation.mistakes(changed(ASKED, {**SCENES, path: value}), SCHEMA)
    assert any(line in mistake for mistake in found), found


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"datasets/cityscapes/scales": [1], "datasets/cityscapes/mean": [0.5] * 3},
            "datasets: cityscapes: scales, mean: its images are not scenes of one class each; "
            "those of uc_merced, resisc45, eurosat are",
        ),
        (
            {"datasets/cityscapes/subsets/val/val_30": {"split_80_20": "val"}},
            "datasets: cityscapes: split_80_20: its images are not scenes of one class each; "
            "those of uc_merced, resisc45, eurosat are",
        ),
        (
            {"datasets/eurosat/std": [0.2] * 3},
            "datasets: eurosat: give both mean and std, or neither",
        ),
        (
            {"datasets/eurosat/scales": []},
            "datasets: eurosat: scales: give those at which its scenes are classified, e.g. "
            "[0.5, 1]",
        ),
        (
            {"datasets/eurosat/scales": [0.5]},
            "datasets: eurosat: scales: 1 must be among them, at which features are ranked",
        ),
        (
            {"datasets/eurosat/subsets/all/val/seed": 1},
            "datasets: eurosat: subsets: parts of two splits share images: give bank and query "
            "one seed",
        ),
        (
            {"datasets/eurosat/scales": [0.125, 1], "figures/fig8": ["mae", "mae_40"]},
            "datasets: eurosat: scales: 0.125 makes scenes of 8 px, less than a patch of mae "
            "(16 px)",
        ),
        (
            {"figures/fig8": ["mae", "dinov2"], "backbones/dinov2/datasets": ["uc_merced"]},
            "figures: fig8: dinov2 is not run on eurosat (`datasets` in its entry)",
        ),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_in_a_line(changes, line):
    assert told(changes) == [line]


def test_images_in_both_lists_are_told():
    lists = {"all": {"train": "a.txt", "val": "b.txt"}}
    config = configured({**SCENES, "datasets/eurosat/subsets": lists})
    subsets = {
        "eurosat": {"train": ["all", ["a", "b", "c"]], "val": ["all", ["c", "b", "d"]]},
        "uc_merced": {"train": ["all", None], "val": ["all", None]},
    }
    assert validation.unlisted(config, subsets) == [
        "datasets: eurosat: 2 images are both in train and in val, e.g. b: each would be its own "
        "nearest neighbour"
    ]


# ------------------------------------------------------------------------------ disk


def test_disk_of_scenes_by_hand():
    found = disk.scenes(configured(SCENES), "eurosat", eurosat.LAND_USE, {"mae"}, True)
    assert found == [
        ("eurosat: 27,000 scenes of 64 px", 27_000 * 64 * 64 * 3),
        ("eurosat: 27,000 scenes of 64 px, embeddings of mae", 27_000 * 2 * 2 * 768 * 4),
    ]
    assert disk.scenes(configured(SCENES), "eurosat", eurosat.LAND_USE, set(), False) == []
