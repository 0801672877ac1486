"""Facts about a run, from its configuration."""

from patchprobe.provenance import list_digest
from patchprobe.study import summary

from .configs import configured

SUBSETS = {
    "cityscapes": {
        "train_36": ["train", ["a"]],
        "train_72": ["train", ["a", "b"]],
        "again": ["train", ["b", "a"]],
        "val_30": ["val", ["c"]],
    },
    "ade20k": {"train_drawn": ["train", None], "val_300": ["val", ["x"]]},
    "mot17": {},
}


def test_datasets_and_backbones_are_those_that_are_run():
    found = summary.of_run(configured({"backbones/mae/datasets": []}), SUBSETS)
    assert found["datasets"] == [
        {"name": "cityscapes", "is_miniature": False, "bank": "train_72", "query": "val_30"},
        {"name": "ade20k", "is_miniature": False, "bank": "train_drawn", "query": "val_300"},
    ]
    assert [x["name"] for x in found["backbones"]] == ["dino", "dinov2"]
    assert found["backbones"][1]["patch_px"] == 14


def test_what_is_not_real_is_told():
    config = configured(
        {
            "note": "Test",
            "datasets/cityscapes/miniature": {"seed": 0},
            "backbones/dino/miniature": True,
            "backbones/mae/random_seed": 7,
        }
    )
    found = summary.of_run(config, SUBSETS)
    assert (found["note"], found["protocol"]) == ("Test", "as_published")
    assert [x["is_miniature"] for x in found["datasets"]] == [True, False]
    told = {x["name"]: (x["is_miniature"], x["random_seed"]) for x in found["backbones"]}
    assert told == {"dino": (True, None), "mae": (False, 7), "dinov2": (False, None)}


def test_subsets_are_told_by_the_digest_of_their_images():
    found = summary.of_run(configured(), SUBSETS)["subsets"]
    assert found[list_digest([["train", "a"], ["train", "b"]])] == "train_72, again"
    assert found[list_digest([["val", "x"]])] == "val_300"
    assert len(found) == 4  # one that is drawn is not known
