"""Numbers of features to remove that a backbone does not have."""

import pytest

from patchprobe.backbones.features import n_features
from patchprobe.study import disk, removals_validation, validation
from tests.configs import configured

UNTOLD = "vit_so400m_patch14_siglip_224"  # a name that does not tell its 1,152 features
SWEEP = "datasets/cityscapes/removal_sweep"


def told(changes):
    return validation.contradictions(configured(changes))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"backbones/mae/remove": [767, 768, 900]},
            "backbones: mae: remove: 768, 900: expected less than the 768 features that it has",
        ),
        (
            {"backbones/mae/model_args": {"embed_dim": 40}, "backbones/mae/remove": [8, 40]},
            "backbones: mae: remove: 40: expected less than the 40 features that it has",
        ),
        (
            {SWEEP: [768, 900], "backbones/dino/architecture": "vit_large_patch16_224"},
            "datasets: cityscapes: removal_sweep: 768, 900: expected a number below the 768 "
            "features of mae; add smaller ones",
        ),
        (
            {"backbones/mae/model_args": {"embed_dim": "768"}},
            "backbones: mae: model_args: embed_dim: expected the number of features, such as 768, "
            "found '768'",
        ),
        (
            {"backbones/mae/model_args": {"embed_dim": 0}},
            "backbones: mae: model_args: embed_dim: expected the number of features, such as 768, "
            "found 0",
        ),
    ],
)
def test_what_cannot_be_removed_is_told(changes, line):
    assert told(changes) == [line]


def test_a_part_of_a_sweep_is_enough():
    assert told({"backbones/mae/remove": [767], SWEEP: [767, 768, 1023]}) == []
    assert told({SWEEP: [0]}) == []
    assert told({SWEEP: []}) == []


def test_a_sweep_that_shows_nothing_of_a_backbone_matters_where_it_is_shown():
    small = {"backbones/mae/model_args": {"embed_dim": 16}, "backbones/mae/remove": [], SWEEP: [16]}
    assert len(told(small)) == 1
    for elsewhere in ({"backbones/mae/figures": ["tab5"]}, {"backbones/mae/datasets": ["ade20k"]}):
        assert told({**small, **elsewhere}) == []


def test_a_name_that_does_not_tell():
    assert removals_validation.untold(configured()) == []
    changes = {"backbones/mae/architecture": UNTOLD, "backbones/mae/remove": [1152]}
    config = configured(changes)
    assert disk.width(config["backbones"]["mae"]) is None
    assert validation.contradictions(config) == []
    assert removals_validation.untold(config) == ["mae"]
    nothing = {"backbones/mae/remove": [], SWEEP: []}
    assert removals_validation.untold(configured({**changes, **nothing})) == []
    found = n_features(*(config["backbones"]["mae"][key] for key in ("loader", "architecture")))
    assert list(removals_validation.too_many(config, "mae", found)) == [
        "backbones: mae: remove: 1152: expected less than the 1152 features that it has"
    ]


def test_an_architecture_that_there_is_not():
    with pytest.raises(ValueError, match="has no architecture 'vit_bse'"):
        n_features("mae", "vit_bse")
