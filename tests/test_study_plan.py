"""What a configuration asks to compute."""

import copy

import pytest

from patchprobe.errors import DatasetError
from patchprobe.study import plan
from tests.configs import VIDEOS, configured


@pytest.fixture(scope="module")
def config():
    return configured()


def test_backbones_run_on_all_datasets_unless_told_otherwise(config):
    assert plan.backbones_on(config, "cityscapes") == ["dino", "mae"]
    assert plan.backbones_on(config, "ade20k") == ["dino", "mae", "dinov2"]
    assert plan.backbones_on(config, "eurosat") == []
    nowhere = configured({"backbones/dino/datasets": []})
    assert plan.backbones_on(nowhere, "ade20k") == ["mae", "dinov2"]


def test_datasets_with_a_bank_are_evaluated(config):
    assert plan.evaluated_datasets(config) == ["cityscapes", "ade20k"]


def test_backbones_of_some_figures_are_left_out_of_others():
    config = configured({"backbones/dino/figures": ["tab5", "fig1"]})
    for figure in (None, "tab5", "fig1"):
        assert plan.backbones_on(config, "cityscapes", figure) == ["dino", "mae"]
    assert plan.backbones_on(config, "cityscapes", "tab2") == ["mae"]
    assert plan.backbones_on(configured(), "cityscapes", "tab2") == ["dino", "mae"]


def test_all_layers_are_kept_for_figures_of_layers():
    every = list(range(1, 13))
    for figures, layers in ((["tab5"], [12]), ([], [12]), (["fig3"], every), (["tab5", "layer_choice"], every)):  # fmt: skip  # noqa: E501
        config = configured({"backbones/dino/figures": figures})
        assert plan.layers(config, "cityscapes", "dino") == layers


# ------------------------------------------------------------------------------ subsets


@pytest.fixture
def listed(tmp_path):
    """The configuration with its lists on disk, and what `with_lists` makes of it."""
    lists = {"36": "b\na\n", "72": "c\nb\na\n", "30": "v\n", "300": "w\n"}
    for name, content in lists.items():
        (tmp_path / f"{name}.txt").write_text(content)
    changes = {
        f"datasets/{dataset}/subsets/{split}/{name}": str(tmp_path / f"{number}.txt")
        for dataset, split, name, number in (
            ("cityscapes", "train", "train_36", 36),
            ("cityscapes", "train", "train_72", 72),
            ("cityscapes", "val", "val_30", 30),
            ("ade20k", "val", "val_300", 300),
        )
    }
    return configured(changes)


def test_lists_are_read_and_drawn_subsets_are_left_open(listed):
    assert plan.with_lists(listed) == {
        "cityscapes": {
            "train_36": ["train", ["b", "a"]],
            "train_72": ["train", ["c", "b", "a"]],
            "val_30": ["val", ["v"]],
        },
        "ade20k": {"train_drawn": ["train", None], "val_300": ["val", ["w"]]},
        "mot17": {},
    }


def test_a_missing_list_is_told(config):
    with pytest.raises(DatasetError, match=r"Subset list 36\.txt not found"):
        plan.with_lists(config)


def test_used_items_are_sorted_and_known(listed):
    subsets = plan.with_lists(listed)
    of_cityscapes = subsets["cityscapes"]
    assert plan.used_items(of_cityscapes) == {"train": ["a", "b", "c"], "val": ["v"]}
    assert plan.used_items(of_cityscapes, ["train_36"]) == {"train": ["a", "b"]}
    assert plan.used_items(subsets["ade20k"]) == {"val": ["w"]}
    assert plan.used_items(subsets["mot17"]) == {}


def test_published_counts_stand_beside_their_subset(listed):
    listed["datasets"]["cityscapes"]["published_pixels"] = {"train_36": "counts.csv"}
    found = plan.published_counts(listed, plan.with_lists(listed), "cityscapes")
    assert found == [["train_36", "train", ["b", "a"], "counts.csv"]]
    assert plan.published_counts(listed, plan.with_lists(listed), "ade20k") == []


# ------------------------------------------------------------------------------ crops and tokens


def test_changed_images_are_the_query_alone(config):
    assert plan.cut_subsets(config, "cityscapes", "clean") == ["train_36", "train_72", "val_30"]
    assert plan.cut_subsets(config, "cityscapes", "whole") == ["train_36", "train_72", "val_30"]
    assert plan.cut_subsets(config, "cityscapes", "changed") == ["val_30"]


def test_whole_frames_are_of_the_subsets_that_table_5_compares():
    frames = {"datasets/cityscapes/whole_frames": {"bank": "train_36", "query": "val_30"}}
    config = configured(frames)
    assert plan.cut_subsets(config, "cityscapes", "whole") == ["train_36", "val_30"]
    assert plan.cut_subsets(config, "cityscapes", "clean") == ["train_36", "train_72", "val_30"]
    assert plan.cut_subsets(config, "cityscapes", "changed") == ["val_30"]
    assert plan.cut_subsets(config, "ade20k", "whole") == ["train_drawn", "val_300"]
    frames["datasets/cityscapes/whole_frames"]["bank"] = "val_30"
    assert plan.cut_subsets(configured(frames), "cityscapes", "whole") == ["val_30"]


def test_changes_belong_to_the_changed_variant(config):
    levels = {"blur": [10, 20], "frequency": [1]}
    assert plan.changes(config, "cityscapes", "changed") == levels
    assert plan.changes(config, "cityscapes", "clean") == {}
    assert plan.changes(config, "ade20k", "changed") == {}
    assert plan.changes(config, "eurosat", "changed") == {}


def test_training_subsets_are_those_of_the_split_of_the_bank(config):
    assert plan.train_subsets(config, "cityscapes") == ["train_36", "train_72"]
    assert plan.train_subsets(config, "ade20k") == ["train_drawn"]


def test_a_query_of_the_split_of_the_bank_is_no_training_subset():
    one_split = {
        "datasets/ade20k/subsets": {"val": {"a": "a.txt", "b": "b.txt", "c": "c.txt"}},
        "datasets/ade20k/query": "b",
    }
    config = configured(one_split | {"datasets/ade20k/bank": "a"})
    assert plan.train_subsets(config, "ade20k") == ["a", "c"]
    config = configured(one_split | {"datasets/ade20k/bank": "b"})
    assert plan.train_subsets(config, "ade20k") == ["a", "b", "c"]


def test_layers_are_all_or_the_last(config):
    assert plan.layers(config, "cityscapes", "mae") == list(range(1, 13))
    assert plan.layers(config, "cityscapes", "mae", "changed") == [12]
    assert plan.layers(config, "ade20k", "mae") == [12]
    assert plan.layers(config, "ade20k", "dinov2") == [4]


def test_layers_by_number_and_the_last(config):
    config = copy.deepcopy(config)
    config["datasets"]["cityscapes"]["layers"] = [8, 3, 40]
    assert plan.layers(config, "cityscapes", "mae") == [3, 8, 12]
    assert plan.layers(config, "cityscapes", "mae", "changed") == [12]


# ------------------------------------------------------------------------------ evaluations


def test_features_are_removed_in_ascending_numbers_zero_first(config):
    assert plan.removals(config, "cityscapes", "mae", "train_72") == [0, 10, 40, 200]
    assert plan.removals(config, "cityscapes", "mae", "train_36") == [0, 40, 200]
    assert plan.removals(config, "cityscapes", "dino", "train_72") == [0, 10, 200]
    assert plan.removals(config, "cityscapes", "dino", "train_36") == [0]
    assert plan.removals(config, "ade20k", "mae", "train_drawn") == [0, 40, 200]


def test_searches_of_each_experiment(config):
    assert plan.searches(config, "cityscapes", "mae", "subsets") == [
        ["train_36", [12], [0, 40, 200]],
        ["train_72", [12], [0, 10, 40, 200]],
    ]
    every = list(range(1, 13))
    assert plan.searches(config, "cityscapes", "mae", "layers") == [["train_72", every, [0]]]
    # in the order of the entry: columns of a table, not a sweep
    (search,) = plan.searches(config, "cityscapes", "mae", "changes")
    assert search[:2] == ["train_72", [12]]
    assert search[2][0] == 0 and set(search[2]) == {0, 40, 200}


def test_grid_of_patches_as_text(config):
    assert plan.grid(config, "mae") == "14x14"
    assert plan.grid(config, "dinov2") == "16x16"
    assert plan.grid(config, "mae", 1024, 2048) == "64x128"
    assert plan.grid(config, "dinov2", 1024, 2048) == "73x146"  # the rest is not seen


# ------------------------------------------------------------------------------ downloads


def test_generated_datasets_are_not_fetched(config):
    assert plan.downloadable(config) == ["ade20k", "mot17"]
    assert not plan.is_miniature(config, "ade20k")
    config = configured({"datasets/ade20k/miniature": {"seed": 0}})
    assert plan.is_miniature(config, "ade20k")
    assert plan.downloadable(config) == ["mot17"]


def test_videos_are_datasets_with_gaps():
    assert plan.videos(configured()) == []
    assert plan.videos(configured(VIDEOS)) == ["mot17"]


def test_all_frames_are_cut_unless_few_are_queries():
    assert plan.frames(configured(VIDEOS), "mot17") == {}
    few_queries = {**VIDEOS, "datasets/mot17/query_every": 10}
    few = configured(few_queries)
    assert plan.frames(few, "mot17") == {"every": 10, "residues": [0, 1, 5]}
    known = configured({**few_queries, "datasets/mot17/frame_gaps": [25, 1, 5, 11]})
    assert plan.frames(known, "mot17") == plan.frames(few, "mot17")  # no other frames
    every = configured({**VIDEOS, "datasets/mot17/query_every": 2})
    assert plan.frames(every, "mot17") == {}  # all are needed


def test_only_the_last_layer_of_whole_images_is_kept():
    assert plan.layers(configured(), "cityscapes", "dino", "whole") == [12]
    assert plan.layers(configured(), "cityscapes", "dino") == list(range(1, 13))


def test_all_items_are_checked_where_a_subset_is_all_of_a_split():
    subsets = {"cityscapes": {"some": ["train", ["a"]], "every": ["val", None]}}

    def checked(asked):
        changes = {"datasets/cityscapes/subsets": {"train": {"some": "x"}, "val": {"every": asked}}}
        return plan.checked_items(configured(changes), subsets, "cityscapes")

    assert checked({"per_class": 2}) == {"train": ["a"]}
    assert checked({"all": 2}) == {}
