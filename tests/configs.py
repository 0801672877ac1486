"""A small configuration, with the defaults of the schema."""

from copy import deepcopy
from pathlib import Path

import yaml
from snakemake.utils import validate

SCHEMA_PATH = Path(__file__).parents[1] / "workflow" / "schemas" / "config.schema.yaml"
SCHEMA = yaml.safe_load(SCHEMA_PATH.read_text())
ASKED = {
    "datasets": {
        "cityscapes": {
            "root": "data/cityscapes",
            "bank": "train_72",
            "query": "val_30",
            "subsets": {
                "train": {"train_36": "36.txt", "train_72": "72.txt"},
                "val": {"val_30": "30.txt"},
            },
            "layers": "all",
            "removal_sweep": [0, 10, 200],
            "changes": {"blur": [10, 20], "frequency": [1]},
        },
        "ade20k": {
            "root": "data/ade20k",
            "bank": "train_drawn",
            "query": "val_300",
            "subsets": {"train": {"train_drawn": {"per_class": 4}}, "val": {"val_300": "300.txt"}},
            "download": {"url": "https://example.org/ade20k.zip"},
        },
        "mot17": {"root": "data/mot17", "download": {"url": "https://example.org/mot17.zip"}},
    },
    "backbones": {
        "dino": {"label": "DINO", "loader": "dino", "architecture": "vit_base_patch16_224"},
        "mae": {
            "label": "MAE",
            "loader": "mae",
            "architecture": "vit_base_patch16_224",
            "remove": [200, 40],
            "colour": "#123456",
        },
        "dinov2": {
            "label": "DINOv2",
            "loader": "dinov2",
            "architecture": "vit_base_patch14_dinov2",
            "patch_px": 14,
            "depth": 4,
            "datasets": ["ade20k", "mot17"],
        },
    },
}
# What makes mot17 a dataset whose objects are associated.
VIDEOS = {
    "datasets/mot17/subsets/train": {"two": "two.txt"},
    "datasets/mot17/bank": "two",
    "datasets/mot17/query": "two",
    "datasets/mot17/frame_gaps": [1, 5],
    "datasets/mot17/strip": {"video": "MOT17-02", "frame_gap": 9, "representations": ["dino"]},
}


def changed(config, changes):
    """A copy with values set at paths such as backbones/mae/remove; None deletes one."""
    config = deepcopy(config)
    for path, value in changes.items():
        *parents, last = path.split("/")
        place = config
        for key in parents:
            place = place.setdefault(key, {})
        if value is None:
            place.pop(last)
        else:
            place[last] = deepcopy(value)
    return config


def configured(changes=()):
    """The small configuration with changes, validated and with defaults."""
    config = changed(ASKED, dict(changes))
    validate(config, str(SCHEMA_PATH))
    return config
