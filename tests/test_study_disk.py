"""How much disk videos will take, worked out by hand."""

import pytest

from patchprobe.datasets.base import Layout
from patchprobe.study import disk
from tests import fakes
from tests.configs import VIDEOS, configured

# 2 videos of 3 and 4 frames, of 2x1 and 1x1 tiles: 6 + 4 = 10 crops of 7 frames
LAYOUTS = {
    "a": Layout((448, 224), 2, 1, 224, n_frames=3),
    "b": Layout((224, 224), 1, 1, 224, n_frames=4),
}
ITEMS = {"mot17": [("val", "a"), ("val", "b")]}


def lines(changes, planned):
    config = configured({**VIDEOS, **changes})
    return disk.lines(config, fakes.dataset(LAYOUTS), ".", ITEMS, planned)


def test_crops_and_embeddings_by_hand(monkeypatch):
    thousand = {"backbones/dino/model_args": {"embed_dim": 100_000}}
    (line,) = lines(thousand, {("clean", None), ("clean", "dino")})
    # 10 x 224 x 224 x 3 bytes = 1.5 MB; 10 x 196 patches x 100,000 features x 2 bytes = .39 GB
    assert line == (
        "mot17, 10 crops of 224 px of 7 frames: crops, at most 0.0 GB, embeddings of dino 0.4 GB"
    )


def test_only_what_is_planned_is_told():
    assert lines({}, set()) == []
    whole, clean = sorted(lines({}, {("whole", "dino"), ("clean", "mae")}), reverse=True)
    assert "7 whole frames of 7 frames: embeddings of dino" in whole
    assert "10 crops of 224 px of 7 frames: embeddings of mae" in clean


def test_few_queries_need_few_frames():
    (line,) = lines(
        {"datasets/mot17/query_every": 3, "datasets/mot17/frame_gaps": [1]}, {("clean", None)}
    )
    assert "7 crops of 224 px of 5 frames" in line  # frames 0, 1 of a; 0, 1, 3 of b


@pytest.mark.parametrize(
    ("architecture", "features"),
    [("vit_base_patch16_224", 768), ("vit_large_patch16_224", 1024), ("my_net", None)],
)
def test_width_of_a_backbone(architecture, features):
    assert disk.width({"architecture": architecture, "model_args": {}}) == features
