"""Association of objects through Snakemake: from a generated drive to Figures 7 and 12."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from patchprobe import store

from .conftest import words_of

# `painters`: a drive is painted, which takes most of a minute with what follows
pytestmark = [pytest.mark.workflow, pytest.mark.painters]

VIDEO = "00000000-00000001"
STRIP = f"results/figures/strips/bdd100k/mae_8/{VIDEO}_2.png"
TARGETS = ("fig7", "fig12", "fig7_accuracies", STRIP)


def test_association(fresh_project):
    """One run, since painting and embedding take most of the time."""
    folder, config = fresh_project.folder, fresh_project.config
    (folder / "lists/videos.txt").write_text(f"{VIDEO}\n")
    config["datasets"] = {
        "bdd100k": {
            "root": "data/bdd100k",
            "miniature": {"seed": 0, "n": 4},
            "bank": "videos",
            "query": "videos",
            "subsets": {"val": {"videos": "lists/videos.txt"}},
            "frame_gaps": [1, 3],
            "strip": {"video": VIDEO, "frame_gap": 2, "representations": ["mae_8"]},
        }
    }
    del config["backbones"]["dinov2"]
    config["figures"] = {"fig7": ["mae", "mae_8"], "fig12": ["mae"]}
    fresh_project.run(*TARGETS)
    results = folder / "results"

    objects = pd.read_csv(results / "objects/bdd100k.csv")
    assert objects["frame"].nunique() == 4
    for variant in ("clean", "whole"):
        bins = store.read(results / f"descriptors/bdd100k/{variant}/mae.zarr", "bins")
        assert bins.shape == (len(objects), 49, 32)
    rows = pd.read_csv(results / "association/bdd100k/mae/clean.csv")
    settings = ["descriptor", "similarity", "n_removed", "frame_gap"]
    assert len(rows[settings].drop_duplicates()) == 2 * 3 * 2 * 2
    assert rows["value"].between(0, 1).all()
    with np.load(results / "association/bdd100k/mae/clean_counts.npz") as file:
        assert file["counts"].shape == (24, 4, 6)
        pairs = file["counts"][0, :, 0]  # gap 1
    by_frame = objects.groupby("frame")["id"].agg(set)
    expected = [len(by_frame[i] & by_frame[i + 1]) for i in range(3)]
    assert pairs.tolist() == [*expected, 0]

    table = pd.read_csv(results / "tables/fig7_accuracies.csv")
    assert set(table["representation"]) == {"MAE", "MAE-8", "geometry", "colour", "chance"}
    words = words_of(results / "figures/fig7_association.svg")
    for word in ("MAE-8", "Gap, seconds", "random choice", "miniature scenes"):
        assert word in words
    assert "whole frames" in words_of(results / "figures/fig12_whole_frames.svg")
    with Image.open((folder / STRIP).with_suffix(".gif")) as moving:
        assert moving.n_frames > 1

    assert fresh_project.plan(*TARGETS) == set()
    config["datasets"]["bdd100k"]["frame_gaps"] = [1, 2, 3]
    jobs = {rule for rule, _ in fresh_project.plan(*TARGETS)}
    figures = {"fig7", "fig12", "fig7_accuracies"}
    # a new gap reads descriptors, no embeddings
    assert jobs == {"association", "association_controls", *figures}
    config["datasets"]["bdd100k"]["frame_gaps"] = [1, 3]
    config["backbones"]["mae"]["remove"] = [8, 16]
    jobs = {rule for rule, _ in fresh_project.plan("fig7")}
    assert jobs == {"association", "fig7"}
    fresh_project.edit(
        "patchprobe/evaluation/association.py", "_FRAMES_AT_ONCE = 256", "_FRAMES_AT_ONCE = 8"
    )
    jobs = {rule for rule, _ in fresh_project.plan(*TARGETS)}
    assert jobs == {"association", "association_controls", "strip", *figures}
