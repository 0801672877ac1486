"""Labels and colours of backbones: what legends can show, and tell apart."""

import subprocess
import sys

import pytest
import yaml
from matplotlib.colors import is_color_like
from snakemake.utils import update_config, validate

from patchprobe.study import looks_validation, validation
from tests.configs import SCHEMA_PATH, configured

CONFIG = SCHEMA_PATH.parents[2] / "config"


def told(changes):
    return validation.contradictions(configured(changes))


@pytest.mark.parametrize("label", ["", " ", "\t \n", "\u00a0"])
def test_a_label_that_shows_nothing(label):
    assert told({"backbones/mae/label": label, "backbones/mae/remove": []}) == [
        f"backbones: mae: label: expected text that legends can show, found {label!r}"
    ]


def test_a_label_that_legends_leave_out():
    assert told({"backbones/mae/label": "_mae"}) == [
        "backbones: mae: label: '_mae' begins with _, which legends leave out; rename it"
    ]
    assert told({"backbones/mae/label": "m_a_e"}) == []


@pytest.mark.parametrize(
    ("changes", "who", "label"),
    [
        ({"backbones/mae/label": "DINO"}, "mae and dino", "DINO"),
        ({"backbones/mae/label": " DINO"}, "mae and dino", "DINO"),
        ({"backbones/dinov2/label": "MAE-200"}, "dinov2 and mae_200", "MAE-200"),
        (
            {"backbones/dinov2/label": "MAE", "backbones/dinov2/remove": [40]},
            "dinov2 and mae",
            "MAE",
        ),
    ],
)
def test_labels_that_cannot_be_told_apart(changes, who, label):
    assert told(changes)[0] == (
        f"backbones: {who} have the same label {label!r}, by which tables and figures tell them "
        "apart; rename one"
    )


def test_a_backbone_with_the_name_of_another_without_features():
    other = {"label": "X", "loader": "dino", "architecture": "vit_base_patch16_224"}
    assert told({"backbones/mae_200": other}) == [
        "backbones: mae_200: also the name of another without features; rename it"
    ]
    assert told({"backbones/mae_20": other}) == []


COLOURS = ["#d55e00", "#D50", "#d55e0080", "#d508", "red", "tab:blue", "xkcd:sky blue", "C1", "0.5"]
NONE = ["", "d55e00", "#d55e0", "bleu", "#ggg", "#", "none", "None", "1.5", "rgb(1,2,3)", "#d50\n"]


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_that_matplotlib_knows(colour):
    assert is_color_like(colour)
    assert told({"backbones/mae/colour": colour}) == []


@pytest.mark.parametrize("colour", NONE)
def test_what_is_no_colour(colour):
    assert told({"backbones/mae/colour": colour}) == [
        f"backbones: mae: colour: {colour!r} is no colour that matplotlib knows: give one in "
        'quotes, such as "#d55e00" or "tab:blue"'
    ]


def test_hexadecimal_colours_import_no_matplotlib():
    """It takes longer to import than all checks together."""
    code = f"""
import sys
from {looks_validation.__name__} import contradictions
entry = {{"label": "MAE", "colour": "#d55e00", "remove": []}}
assert list(contradictions({{"backbones": {{"mae": entry}}}})) == []
assert "matplotlib" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=SCHEMA_PATH.parents[2])


@pytest.mark.parametrize(
    "names",
    [
        ("config",),
        ("config", "more_backbones"),
        ("miniature_backbones", "demo"),
        ("miniature_backbones", "miniature_measure"),
    ],
    ids="+".join,
)
def test_our_own_configurations_contradict_nothing(names):
    config = {}
    for name in names:
        update_config(config, yaml.safe_load((CONFIG / f"{name}.yaml").read_text()))
    validate(config, str(SCHEMA_PATH))
    assert validation.contradictions(config) == []
