"""How much disk videos will take, worked out by hand."""

from dataclasses import replace

import pytest

from patchprobe.backbones.features import n_features
from patchprobe.datasets.base import Layout
from patchprobe.errors import DatasetError
from patchprobe.study import disk
from tests import fakes
from tests.configs import VIDEOS, configured

# 2 videos of 3 and 4 frames, of 2x1 and 1x1 tiles: 6 + 4 = 10 crops of 7 frames
LAYOUTS = {
    "a": Layout((448, 224), 2, 1, 224, n_frames=3),
    "b": Layout((224, 224), 1, 1, 224, n_frames=4),
}
ITEMS = [("val", "a"), ("val", "b")]


def stores(changes, planned):
    config = configured({**VIDEOS, **changes})
    return disk.stores(config, "mot17", fakes.dataset(LAYOUTS), ".", ITEMS, planned)


def test_crops_and_embeddings_by_hand():
    found = stores({}, {("clean", None), ("clean", "dino"), ("clean", "dinov2")})
    assert found == [
        ("mot17: 10 crops of 224 px", 10 * 224 * 224 * 3),
        ("mot17: 10 crops of 224 px, embeddings of dino", 10 * 14 * 14 * 768 * 2),
        ("mot17: 10 crops of 224 px, embeddings of dinov2", 10 * 16 * 16 * 768 * 2),
    ]


def test_layers_count_for_tiles_not_for_whole_frames():
    layers = {"datasets/mot17/layers": "all"}
    found = dict(stores(layers, {("whole", "dino"), ("clean", "dino")}))
    one = 10 * 14 * 14 * 768 * 2
    assert found == {
        "mot17: 10 crops of 224 px, embeddings of dino": 12 * one,
        "mot17: 7 whole frames, embeddings of dino": one,
    }


def test_few_queries_need_few_frames():
    few = {"datasets/mot17/query_every": 3, "datasets/mot17/frame_gaps": [1]}
    ((what, _),) = stores(few, {("clean", None)})
    assert what == "mot17: 7 crops of 224 px"  # frames 0, 1 of a; 0, 1, 3 of b


def test_unreadable_videos_and_unknown_widths_are_no_obstacle():
    def layout(root, split, item):
        if item == "a":
            raise DatasetError("damaged")
        return LAYOUTS[item]

    config = configured({**VIDEOS, "backbones/dino/architecture": "my_net"})
    dataset = replace(fakes.dataset(LAYOUTS), layout=layout)
    found = disk.stores(config, "mot17", dataset, ".", ITEMS, {("clean", "dino")})
    assert found == [("mot17: 4 crops of 224 px, embeddings of dino", None)]
    assert stores({}, set()) == []


def test_text_has_a_sum_and_what_is_free():
    text = disk.text([("crops", 22_000_000_000), ("embeddings", 44_000_000), ("x", None)], 10**12)
    assert [line.split("  ")[-1] for line in text.splitlines()[1:]] == [
        "crops",
        "embeddings",
        "x",
        "in all, and less for descriptors of objects",
        "are free",
    ]
    for words in ("22.0 GB  crops", "44.0 MB  emb", "unknown  x", "22.0 GB  in", "1,000.0 GB  are"):
        assert words in text


@pytest.mark.parametrize(
    ("architecture", "features"),
    [
        ("vit_base_patch16_224", 768),
        ("vit_large_patch16_224", 1024),
        ("vit_huge_plus_patch16_dinov3", 1280),
        ("vit_base_patch16_plus_240", None),
        ("aimv2_huge_patch14_224", None),
        ("vit_small_resnet26d_224", None),
        ("my_net", None),
    ],
)
def test_width_of_a_backbone(architecture, features):
    assert disk.width({"architecture": architecture, "model_args": {}}) == features
    if features:
        assert n_features("timm", architecture) == features


def test_a_tag_of_the_hub_tells_no_width():
    entry = {"architecture": "vit_so400m_patch14_siglip_224.of_base_x", "model_args": {}}
    assert disk.width(entry) is None
