"""Mistakes in a configuration, each told in a line."""

import pytest

from patchprobe.study import drawing, validation
from tests.configs import ASKED, SCHEMA, VIDEOS, changed, configured


def told(changes):
    return validation.mistakes(changed(ASKED, changes), SCHEMA)


def contradictions(changes):
    return validation.contradictions(configured(changes))


# ------------------------------------------------------------------------------ schema


def test_a_right_configuration_has_no_mistakes():
    assert told({}) == []
    assert validation.contradictions(configured()) == []


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("protocl", "as_text", "top level: unknown key protocl; did you mean protocol?"),
        ("backbones/mae/xyz", 1, "backbones: mae: unknown key xyz; known: architecture, "),
        ("protocol", "as_writen", "protocol: 'as_writen' is not one of ['as_published', 'as_text'"),
        ("datasets/cityscapes/removal_sweep", [0, "ten"], "removal_sweep: 1: 'ten' is not of type"),
        ("datasets/cityscapes/layers", "first", "layers: 'first' is not valid under any of"),
        ("datasets/cityscapes/subsets/val", {"a b": "x"}, "subsets: val: 'a b' does not match"),
        ("datasets/cityscapes/subsets/val", {"v": 3}, "val: v: 3 is read as a number, exp"),
        ("datasets/cityscapes/changes/fog", [1], "unknown key fog; known: blur, freq"),
        ("datasets/cityscapes/root", None, "datasets: cityscapes: 'root' is a required property"),
        ("datasets/cityscpaes", {"root": "x"}, "unknown key cityscpaes; did you mean cityscapes?"),
        ("figures/fig2", ["mae"], "figures: unknown key fig2; did you mean fig2"),
        ("backbones/mae/loader", "numpy", "backbones: mae: loader: 'numpy' is not one of"),
        ("backbones/MAE", {}, "backbones: 'MAE' does not match"),
        ("embedding/batch_size", 4096, "batch_size: 4096 is greater than the maximum of 1024"),
        ("backbones/mae/autoencoder", {"weight": "x"}, "unknown key weight; did you mean weights?"),
        ("backbones/mae/autoencoder", {"decoder_heads": 0}, "0 is less than the minimum of 1 (att"),
        ("backbones/mae/pixels", "bgr", "backbones: mae: pixels: 'bgr' is not one of ['rgb', 'raw"),
        ("datasets/cityscapes/whole_frames", {"bank": "x"}, "'query' is a required property"),
        ("reconstruction/every", 0, "reconstruction: every: 0 is less than the minimum of 1"),
        ("datasets/mot17/frame_gaps", [0], "frame_gaps: 0: 0 is less than the minimum of 1"),
        ("datasets/mot17/min_visibility", 25, "visibility: 25 is greater than the maximum of 1"),
        ("datasets/mot17/strip", {"video": "x"}, "strip: 'frame_gap' is a required property"),
        ("note", "two\nlines", "note: 'two\\nlines' does not match"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(path, value, line):
    found = told({path: value})
    assert len(found) >= 1
    assert any(line in mistake for mistake in found), found
    assert all("\n" not in mistake for mistake in found)


def test_every_mistake_is_told():
    found = told({"protocol": "none", "seed": -1, "linear/epochs": 0})
    assert [line.split(": ")[0] for line in found] == ["linear", "protocol", "seed"]


@pytest.mark.parametrize(
    ("family", "level", "line"),
    [
        ("blur", 0, "0 is less than the minimum of 1 (height and width of the kernel, px)"),
        ("blur", 2.5, "2.5 is not of type 'integer'"),
        ("noise", 0, "0 is less than or equal to the minimum of 0 (standard deviation"),
        ("frequency", 5, "5 is not one of [1, 2, 3, 4] (band of frequencies"),
        ("shift", -1, "-1 is less than the minimum of 0 (px right and down)"),
        ("rotate", -5, "-5 is less than the minimum of 0 (degrees counter-clockwise)"),
        ("rotate", 361, "361 is greater than the maximum of 360"),
        ("scale", 0, "0 is less than or equal to the minimum of 0 (factor)"),
        ("scale", "1.1", "'1.1' is read as text, expected a number: write 1.1, without quotes"),
    ],
)
def test_an_impossible_level_is_told(family, level, line):
    found = told({f"datasets/cityscapes/changes/{family}": [level]})
    assert any(f"changes: {family}: 0: {line}" in text for text in found)


# ------------------------------------------------------------------------------ contradictions


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"datasets/cityscapes/bank": "train_2"},
            "datasets: cityscapes: bank: 'train_2' is not one of its subsets "
            "(train_36, train_72, val_30)",
        ),
        (
            {"reproduction/train_sets": {"train_36": "one"}},
            "reproduction: train_sets: train_36: 'one' is no subset of cityscapes",
        ),
        (
            {"reproduction/train_sets": {"train_2": "train_36"}},
            "reproduction: train_sets: the paper has no training set 'train_2'; it has train_36, "
            "train_72, train_72_prime, train_144",
        ),
        (
            {"reproduction/removed": [[200, 8], [10, 4], [200, 9]]},
            "reproduction: removed: expected one number that stands for 200, found several",
        ),
        (
            {"backbones/mae/autoencoder": {"weights": "x.pth", "url": "file:///x.pth"}},
            "backbones: mae: autoencoder: give one of weights, url, not both",
        ),
        (
            {"backbones/dino/autoencoder": {"weights": "x.pth"}},
            "backbones: dino: autoencoder: only files of the loader mae can be decoded, not of "
            "dino",
        ),
        (
            {
                "backbones/mae/autoencoder": {"weights": "x.pth"},
                "backbones/mae_autoencoder": {**ASKED["backbones"]["dino"], "label": "X"},
            },
            "backbones: mae: autoencoder: its file has the name of the backbone mae_autoencoder; "
            "rename one",
        ),
        (
            {"backbones/mae/autoencoder": {"weights": "x.pth"}, "figures/tab4": ["mae", "dino"]},
            "figures: tab4: dino: `autoencoder` in the entry of dino is needed",
        ),
        (
            {
                "backbones/mae/autoencoder": {"weights": "x.pth"},
                "backbones/mae/pixels": "raw_bgr",
            },
            "backbones: mae: autoencoder: decoded pictures are of normalised pixels, not of "
            "raw_bgr",
        ),
        (
            {"datasets/cityscapes/whole_frames": {"bank": "train_72", "query": "val"}},
            "datasets: cityscapes: whole_frames: 'val' is not one of its subsets "
            "(train_36, train_72, val_30)",
        ),
        (
            {"datasets/ade20k/whole_frames": {"bank": "train_drawn", "query": "val_300"}},
            "datasets: ade20k: whole_frames: Table 5 is of cityscapes alone",
        ),
        (
            {
                "datasets/cityscapes/whole_frames": {"bank": "train_72", "query": "val_30"},
                "datasets/cityscapes/bank": None,
                "datasets/cityscapes/query": None,
                "datasets/cityscapes/changes": {},
            },
            "datasets: cityscapes: whole_frames: a bank of the dataset is needed, whose variances "
            "rank features",
        ),
        (
            {"datasets/cityscapes/query": "val"},
            "datasets: cityscapes: query: 'val' is not one of its subsets "
            "(train_36, train_72, val_30)",
        ),
        (
            {"datasets/cityscapes/published_pixels": {"train_9": "x.csv"}},
            "datasets: cityscapes: published_pixels: 'train_9' is not one of its subsets "
            "(train_36, train_72, val_30)",
        ),
        (
            {"datasets/cityscapes/subsets/val/train_36": "x.txt"},
            "datasets: cityscapes: subsets: 'train_36' stands in two splits; rename one",
        ),
        (
            {"datasets/ade20k/query": None},
            "datasets: ade20k: give both bank and query, or neither",
        ),
        ({"datasets/ade20k/bank": None}, "datasets: ade20k: give both bank and query, or neither"),
        (
            {"datasets/mot17/changes": {"blur": [2]}},
            "datasets: mot17: changes: a query is needed, whose images are changed",
        ),
        (
            {"datasets/cityscapes/excluded": {"noise": "tile"}},
            "datasets: cityscapes: excluded: there are no levels of noise under changes "
            "(blur, frequency)",
        ),
        (
            {"datasets/cityscapes/changes/rotate": [5], "datasets/cityscapes/changes/shift": [1]},
            "datasets: cityscapes: changes: shift, rotate: the content of images moves, and labels "
            "of pixels cannot follow; possible for fair1m",
        ),
        (
            {"backbones/mae/url": "https://example.org/x", "backbones/mae/random_seed": 0},
            "backbones: mae: give one of url, random_seed, not all",
        ),
        (
            {"backbones/mae/hub": True, "backbones/mae/loader": "timm"},
            "backbones: mae: weights of timm's hub need an architecture with a tag, e.g. "
            "vit_base_patch16_224.augreg_in1k",
        ),
        (
            {"backbones/mae/hub": True, "backbones/mae/architecture": "vit_base.mae"},
            "backbones: mae: files of timm's hub are read by `loader: timm` (DINOv2's by "
            "`dinov2`), not mae",
        ),
        (
            {"backbones/mae/loader_args": {"gsd": 2}},
            "backbones: mae: gsd is an argument of the loader scale_mae alone",
        ),
        (
            {"backbones/mae/datasets": ["cityscapes", "ade"]},
            "backbones: mae: datasets: ade is not one of the datasets (cityscapes, ade20k, mot17)",
        ),
        (
            {"figures/fig4": ["mae_20"]},
            "figures: fig4: no representation 'mae_20'; did you mean mae_200, mae_40, mae?",
        ),
        (
            {"figures/fig4": ["xyz"]},
            "figures: fig4: no representation 'xyz'; known: dino, mae, mae_200, mae_40, dinov2",
        ),
        (
            {"figures/fig1": ["dinov2"]},
            "figures: fig1: dinov2 is not run on cityscapes (`datasets` in its entry)",
        ),
        (
            {"datasets/cityscapes/frame_gaps": [1]},
            "datasets: cityscapes: frame_gaps: it has no videos; those that do: bdd100k, mot17",
        ),
        (
            {"datasets/mot17/frame_gaps": [1]},
            "datasets: mot17: frame_gaps: a query is needed, whose videos are evaluated, and a "
            "bank, whose variances rank features; they may be the same",
        ),
        (
            {"datasets/mot17/query_every": 2},
            "datasets: mot17: query_every, min_visibility and strip need frame_gaps",
        ),
        (
            {**VIDEOS, "datasets/mot17/strip/representations": ["dino", "mae_20"]},
            "datasets: mot17: strip: representations: no representation 'mae_20'; did you mean "
            "mae_200, mae_40, mae?",
        ),
        (
            {**VIDEOS, "backbones/dino/datasets": ["cityscapes"]},
            "datasets: mot17: strip: representations: dino is not run on mot17 (`datasets` in its "
            "entry)",
        ),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_in_a_line(changes, line):
    assert contradictions(changes) == [line]


def test_a_strip_is_of_a_listed_video_and_of_frames_that_are_kept():
    subsets = {"mot17": {"two": ["train", ["MOT17-04", "MOT17-05"]]}}
    few = {"datasets/mot17/query_every": 10}
    assert validation.unlisted(configured({**VIDEOS, **few}), subsets) == [
        "datasets: mot17: strip: video: 'MOT17-02' is not in the query (MOT17-04, MOT17-05)",
        "datasets: mot17: strip: frame_gap: with query_every it must be one of 1, 5",
    ]
    subsets = {"mot17": {"two": ["train", ["MOT17-02"]]}}
    assert validation.unlisted(configured(VIDEOS), subsets) == []
    assert validation.unlisted(configured(), subsets) == []


def test_there_are_no_more_parts_of_a_search_than_query_images():
    three = {"val_30": ["val", ["a_1", "a_2", "a_3"]], "train_72": ["train", ["b_1"]]}
    drawn = {"val_300": ["val", None]}
    subsets = {"cityscapes": three, "ade20k": drawn}
    assert validation.unlisted(configured({"knn/parts": 3}), subsets) == []
    assert validation.unlisted(configured({"knn/parts": 4}), subsets) == [
        "knn: parts: 4 parts of the query of cityscapes, which has 3 images: expected 3 or fewer"
    ]


def test_a_dataset_without_an_entry_is_left_out():
    """Backbones and figures may still name it."""
    of_fair1m = {"figures/fig5": ["mae"], "backbones/mae/datasets": ["cityscapes", "fair1m"]}
    assert contradictions(of_fair1m) == []


def test_a_backbone_of_no_known_figure():
    (line,) = contradictions({"backbones/mae/figures": ["tab5", "table5"]})
    assert line.startswith("backbones: mae: figures: no figure or table 'table5'; known: batch_nor")
    assert contradictions({"backbones/mae/figures": ["tab2", "top_features", "fig1"]}) == []


def test_a_bank_without_any_subset():
    found = contradictions({"datasets/mot17/bank": "train", "datasets/mot17/query": "val"})
    assert found == [
        "datasets: mot17: bank: 'train' is not named: list some",
        "datasets: mot17: query: 'val' is not named: list some",
    ]


def test_every_figure_of_the_schema_has_a_dataset():
    figures = set(SCHEMA["properties"]["figures"]["properties"])
    assert figures == set(drawing.DATASET_OF) - {"fig10"}
    datasets = {name for figure in drawing.DATASET_OF for name in drawing.datasets_of(figure)}
    assert datasets <= set(SCHEMA["properties"]["datasets"]["properties"])
