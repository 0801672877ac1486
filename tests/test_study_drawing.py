"""Which representations a figure shows, and its small print."""

from pathlib import Path

import pytest
import yaml
from snakemake.utils import validate

from patchprobe.study import drawing, plan
from tests.configs import SCHEMA_PATH, VIDEOS, configured

MINIATURE = {"datasets/cityscapes/miniature": {"seed": 0}}


@pytest.fixture(scope="module")
def config():
    return configured()


def names(rows):
    return [row[0] for row in rows]


def test_representations_are_backbones_with_and_without_features(config):
    assert drawing.every_representation(config) == [
        ["dino", "dino", 0, "DINO", ""],
        ["mae", "mae", 0, "MAE", "#123456"],
        ["mae_200", "mae", 200, "MAE-200", "#123456"],
        ["mae_40", "mae", 40, "MAE-40", "#123456"],
        ["dinov2", "dinov2", 0, "DINOv2", ""],
    ]
    assert drawing.backbone_of(config, "mae_200") == "mae"


def test_representations_of_a_dataset_are_those_run_on_it(config):
    expected = ["dino", "mae", "mae_200", "mae_40"]
    assert names(drawing.representations(config, "cityscapes")) == expected
    assert names(drawing.representations(config, "ade20k")) == [*expected, "dinov2"]


def test_figures_show_all_unless_told_otherwise(config):
    for figure in ("fig1", "fig2a", "fig3", "fig4", "fig13"):
        assert names(drawing.shown(config, figure)) == ["dino", "mae", "mae_200", "mae_40"]
    assert drawing.shown(config, "fig10") == []


def test_representations_asked_for_are_shown_in_their_order():
    config = configured({"figures/fig4": ["mae_200", "dino"]})
    assert names(drawing.shown(config, "fig4")) == ["mae_200", "dino"]
    assert drawing.backbones_shown(config, "fig4") == ["mae", "dino"]
    assert drawing.backbones_shown(config, "fig1") == ["dino", "mae"]


def test_table_4_shows_backbones_with_a_decoder():
    assert drawing.shown(configured(), "tab4") == []
    config = configured({"backbones/mae/autoencoder": {"weights": "both.pth"}})
    assert names(drawing.shown(config, "tab4")) == ["mae", "mae_200", "mae_40"]
    assert names(drawing.shown(config, "tab6")) == ["dino", "mae", "mae_200", "mae_40"]
    chosen = configured(
        {"backbones/mae/autoencoder": {"url": "file:///both.pth"}, "figures/tab4": ["mae_40"]}
    )
    assert names(drawing.shown(chosen, "tab4")) == ["mae_40"]


FRAMES = {"datasets/cityscapes/whole_frames": {"bank": "train_72", "query": "val_30"}}


def test_table_5_needs_its_subsets():
    assert drawing.shown(configured(), "tab5") == []
    config = configured(FRAMES)
    assert names(drawing.shown(config, "tab5")) == ["dino", "mae", "mae_200", "mae_40"]


def test_a_backbone_of_some_figures_is_in_others_only_if_they_name_it():
    some = {**FRAMES, "backbones/mae/figures": ["tab5", "top_features"]}
    config = configured(some)
    assert names(drawing.shown(config, "tab5")) == ["dino", "mae", "mae_200", "mae_40"]
    for figure in ("fig1", "fig2a", "fig2b", "fig13", "votes"):
        assert names(drawing.shown(config, figure)) == ["dino"]
    assert names(drawing.every_representation(config, "tab2")) == ["dino", "dinov2"]
    assert len(drawing.every_representation(config, "top_features")) == 5
    assert len(drawing.every_representation(config)) == 5
    named = configured({**some, "figures/fig4": ["mae_200", "dino"]})
    assert names(drawing.shown(named, "fig4")) == ["mae_200", "dino"]


def test_raw_bgr_of_the_paper_is_in_table_5_alone():
    path = Path(__file__).parents[1] / "config/config.yaml"
    config = yaml.safe_load(path.read_text())
    validate(config, str(SCHEMA_PATH))
    assert config["backbones"]["mae_raw_bgr"]["pixels"] == "raw_bgr"
    showing = {x for x in drawing.DATASET_OF if "mae_raw_bgr" in drawing.backbones_shown(config, x)}
    assert showing == {"tab5"}
    for figure in ("tab2", "top_features"):
        rows = drawing.every_representation(config, figure)
        assert "mae_raw_bgr" not in [row[1] for row in rows]
        assert "mae_raw_bgr" not in plan.backbones_on(config, "ade20k", figure)
    assert drawing.strips(config) and not [x for x in drawing.strips(config) if "bgr" in x[1]]
    same = {"label", "colour", "figures", "pixels", "remove", "autoencoder"}
    raw, mae = (config["backbones"][name] for name in ("mae_raw_bgr", "mae"))
    assert {k: v for k, v in raw.items() if k not in same} == {
        k: v for k, v in mae.items() if k not in same
    }


def test_figures_2b_and_2c_share_the_backbones(config):
    assert names(drawing.shown(config, "fig2b")) == ["mae"]
    assert names(drawing.shown(config, "fig2c")) == ["dino"]
    other = configured({"figures/fig2b": ["dino"]})
    assert names(drawing.shown(other, "fig2c")) == ["mae", "mae_200", "mae_40"]
    both = configured({"figures/fig2b": ["dino"], "figures/fig2c": ["dino", "mae"]})
    assert names(drawing.shown(both, "fig2c")) == ["dino", "mae"]


def test_figure_2b_without_mae_shows_the_first_backbone():
    config = configured({"backbones/mae/datasets": ["ade20k"]})
    assert names(drawing.shown(config, "fig2b")) == ["dino"]
    assert names(drawing.shown(config, "fig2c")) == []


def test_other_features_are_removed_beside_figure_2b():
    config = configured()
    assert drawing.removal_controls(config, "cityscapes", "mae") == [0, 10, 200]
    assert drawing.removal_controls(config, "cityscapes", "dino") == []
    assert drawing.removal_controls(config, "ade20k", "mae") == []
    other = configured({"figures/fig2b": ["dino"]})
    assert drawing.removal_controls(other, "cityscapes", "dino") == [0, 10, 200]
    assert (
        drawing.shown(configured({"datasets/cityscapes/removal_sweep": []}), "fig2b_controls") == []
    )
    none = configured({"figures/fig2b_controls": []})
    assert drawing.removal_controls(none, "cityscapes", "mae") == []


def test_without_changes_there_is_no_figure_4():
    assert drawing.shown(configured({"datasets/cityscapes/changes": {}}), "fig4") == []


def test_layers_are_chosen_where_there_are_some():
    assert names(drawing.shown(configured(), "layer_choice")) == [
        "dino",
        "mae",
        "mae_200",
        "mae_40",
    ]
    assert drawing.shown(configured({"datasets/cityscapes/layers": "last"}), "layer_choice") == []


@pytest.mark.parametrize("figure", ["fig1", "fig2c", "tab6", "votes"])
def test_without_a_bank_nothing_is_shown(figure):
    without = {"datasets/cityscapes/bank": None, "datasets/cityscapes/query": None}
    assert drawing.shown(configured(without), figure) == []


def test_without_its_dataset_a_figure_shows_nothing():
    config = configured({"datasets/cityscapes": None})
    assert drawing.shown(config, "fig1") == []
    assert drawing.backbones_shown(config, "fig2c") == []


# ------------------------------------------------------------------------------ notes


def test_a_real_figure_has_no_note(config):
    assert drawing.note(config, ["cityscapes"], ["dino", "mae"]) == ""


def test_the_note_of_the_configuration_comes_first():
    config = configured({"note": "Draft", **MINIATURE})
    expected = "Draft. Not the paper's numbers: miniature scenes"
    assert drawing.note(config, ["cityscapes"], ["dino"]) == expected
    assert drawing.note(config, ["ade20k"], ["dino"]) == "Draft"
    assert drawing.note(config, [], []) == "Draft"


def test_a_note_names_only_backbones_that_are_drawn():
    config = configured(
        {
            "backbones/mae/miniature": True,
            "backbones/dinov2/miniature": True,
            "backbones/dino/random_seed": 0,
        }
    )
    warning = "Not the paper's numbers: "
    trained = "miniature backbones trained on miniature scenes"
    assert drawing.note(config, ["cityscapes"], ["mae"]) == warning + trained
    assert drawing.note(config, ["cityscapes"], ["mae", "dino"]) == (
        f"{warning}{trained} (mae); random weights (dino)"
    )
    assert drawing.note(config, ["cityscapes"], ["dino"]) == f"{warning}random weights"
    assert drawing.note(config, [], ["mae", "dinov2"]) == warning + trained


def test_a_seed_of_zero_is_random_too():
    config = configured({"backbones/dino/random_seed": 0})
    assert drawing.note(config, [], ["dino", "mae"]) == (
        "Not the paper's numbers: random weights (dino)"
    )


FAIR1M = {
    "datasets/fair1m": {
        "root": "data/fair1m",
        "bank": "tiles",
        "query": "tiles",
        "subsets": {"val": {"tiles": "tiles.txt"}},
        "changes": {"blur": [2], "rotate": [5]},
        "excluded": {"blur": "tile"},
    }
}


def test_figures_of_retrieval_need_what_they_draw():
    every = ["dino", "mae", "mae_200", "mae_40"]
    config = configured(FAIR1M)
    for figure in ("fig5", "fig6", "fig11"):
        assert names(drawing.shown(config, figure)) == every
    assert names(drawing.retrieved(config)) == every
    without = configured({**FAIR1M, "datasets/fair1m/excluded": {}})
    assert drawing.shown(without, "fig6") == []
    assert names(drawing.shown(without, "fig5")) == every
    for key in ("changes", "bank"):
        less = configured({**FAIR1M, f"datasets/fair1m/{key}": {} if key == "changes" else None})
        assert drawing.retrieved(less) == []
    assert drawing.retrieved(configured()) == []


def test_what_is_retrieved_is_what_any_figure_shows():
    figures = {"figures/fig5": ["mae_200"], "figures/fig6": ["mae"], "figures/fig11": ["mae"]}
    assert names(drawing.retrieved(configured({**FAIR1M, **figures}))) == ["mae", "mae_200"]


def test_associated_representations_are_those_of_the_figures_of_a_dataset():
    assert drawing.associated(configured(), "mot17") == []  # without gaps
    config = configured({**VIDEOS, "figures/fig9": ["dinov2", "dino"]})
    assert names(drawing.associated(config, "mot17")) == ["dino", "dinov2"]
    assert drawing.associated(config, "bdd100k") == []


def test_strips_are_drawn_where_they_are_asked_for():
    assert drawing.strips(configured()) == []
    assert drawing.strips(configured(VIDEOS)) == [["mot17", "dino", "MOT17-02", 9]]
