"""Retrieval through Snakemake: from generated images to Figures 5, 6 and 11 and their tables."""

import numpy as np
import pandas as pd
import pytest

from patchprobe import store

from .conftest import words_of

pytestmark = pytest.mark.workflow

TILES = ("3__1__0___0.224_0_1", "3__1__0___0.224_2_3", "5__1__0___0.224_2_0")
TARGETS = (
    *("fig5", "fig6", "fig11", "fig5_outcomes", "fig5_hubness"),
    "results/figures/contact_sheets/mae_8.png",
)


def test_retrieval(fresh_project):
    """One run, since painting and embedding take most of the time."""
    folder, config = fresh_project.folder, fresh_project.config
    (folder / "lists/tiles.txt").write_text("\n".join(TILES))
    config["datasets"] = {
        "fair1m": {
            "root": "data/fair1m",
            "miniature": {"seed": 0},
            "bank": "tiles",
            "query": "tiles",
            "subsets": {"val": {"tiles": "lists/tiles.txt"}},
            "changes": {"shift": [1], "rotate": [5], "blur": [2, 4]},
            "excluded": {"blur": "source_image"},
        }
    }
    del config["backbones"]["dinov2"]
    fresh_project.run(*TARGETS)
    results = folder / "results"

    rows = pd.read_csv(results / "retrieval/fair1m/mae/changes.csv", keep_default_na=False)
    assert set(rows["level"]) == {"clean", "shift-1", "rotate-5", "blur-2", "blur-4"}
    assert set(rows["n_removed"]) == {0, 8}
    assert set(rows[rows["excluded"] == "source_image"]["level"]) == {"blur-2", "blur-4"}
    clean = rows[(rows["level"] == "clean") & (rows["similarity"] == "l2")]
    same = clean[(clean["metric"] == "same_patch") & (clean["excluded"] == "")]["value"]
    assert (same.astype(float) == 1).all()  # every patch is nearest to itself

    labels = results / "labels/fair1m/changed/14x14.zarr"
    original = store.read(labels, "rotate-5/original")
    assert original.shape == (3, 196)
    assert (original == -1).any()
    with np.load(results / "retrieval/fair1m/mae/changes_neighbours.npz") as found:
        assert found["found"].shape == (2, 3, len(found["patch"]))
        assert found["found"].max() < 3 * 196

    outcomes = pd.read_csv(results / "tables/fig5_outcomes.csv", keep_default_na=False)
    assert set(outcomes["representation"]) == {"MAE", "MAE-8"}
    assert set(outcomes["removal"]) == {"highest", "lowest", "random"}
    hubs = pd.read_csv(results / "tables/fig5_hubness.csv")
    assert set(hubs["similarity"]) == {"dot", "l2", "cosine"}
    words = words_of(results / "figures/fig5_retrieval.svg")
    for word in ("MAE-8", "Rotation, degrees", "same patch, upper bound", "miniature scenes"):
        assert word in words
    assert "number of patches" in words_of(results / "figures/fig6_excluded.svg")

    assert fresh_project.plan(*TARGETS) == set()
    config["datasets"]["fair1m"]["changes"]["blur"] = [2, 4, 6]
    jobs = {rule for rule, _ in fresh_project.plan(*TARGETS)}
    figures = {"fig5", "fig6", "fig11", "fig5_outcomes", "fig5_hubness", "contact_sheet"}
    assert jobs == {"crops", "changed_labels", "embed", "retrieval", *figures}
    config["datasets"]["fair1m"]["changes"]["blur"] = [2, 4]
    config["datasets"]["fair1m"]["excluded"] = {"blur": "tile"}
    assert {rule for rule, _ in fresh_project.plan(*TARGETS)} == {"retrieval", *figures}
