"""Figure 8 through Snakemake: lists as Scale-MAE's, its jobs, and a run on random images."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from patchprobe import store
from patchprobe.datasets import eurosat

from .conftest import words_of

pytestmark = pytest.mark.workflow
TARGETS = ("fig8", "fig8_accuracies")


@pytest.fixture
def scenes(fresh_project):
    """A project of two datasets of scenes: one with Scale-MAE's lists, one that is split."""
    folder, config = fresh_project.folder, fresh_project.config
    for name, numbers in (("train", (1, 2)), ("val", (3,))):
        lines = [f"./{c}/{c}_{n}.jpg" for c in eurosat.LAND_USE.n_images for n in numbers]
        (folder / f"lists/{name}-eurosat.txt").write_text("\n".join(lines))
    lists = {"train": "lists/train-eurosat.txt", "val": "lists/val-eurosat.txt"}
    parts = {"train": {"split_80_20": "train"}, "val": {"split_80_20": "val"}}
    common = {"bank": "train", "query": "val", "scales": [0.25, 1]}
    config["datasets"] = {
        "eurosat": {"root": "data/eurosat", "subsets": {"all": lists}, **common},
        "uc_merced": {"root": "data/uc_merced", "subsets": {"all": parts}, **common},
    }
    del config["backbones"]["dinov2"]["datasets"]
    config["figures"] = {"fig8": ["mae", "mae_8"]}
    config["scenes"] = {"k": 3}
    return fresh_project


def jobs_on(dataset, *backbones):
    return {
        ("crops", f"dataset={dataset}, variant=clean"),
        *(
            (rule, f"dataset={dataset}, backbone={backbone}")
            for rule in ("embed_scenes", "scenes")
            for backbone in backbones
        ),
    }


def test_jobs_follow_from_the_backbones_of_the_figure(scenes):
    drawn = {("draw_subset", f"dataset=uc_merced, split=all, subset={x}") for x in ("train", "val")}
    jobs = scenes.plan("all_figures", "all_tables")
    expected = jobs_on("eurosat", "mae") | jobs_on("uc_merced", "mae") | drawn
    assert {job for job in jobs if job[1]} == expected | {("weights_file", "backbone=mae")}
    assert {("fig8", ""), ("fig8_accuracies", "")} <= jobs
    scenes.config["figures"] = {"fig8": ["dinov2", "mae"]}
    del scenes.config["datasets"]["uc_merced"]
    jobs = scenes.plan(*TARGETS)
    weights = {("weights_file", f"backbone={name}") for name in ("mae", "dinov2")}
    assert {job for job in jobs if job[1]} == jobs_on("eurosat", "mae", "dinov2") | weights


def test_data_that_are_not_there_are_named_at_the_start(scenes):
    done = scenes.snakemake("fig8", "-c1")
    assert done.returncode != 0
    for name in ("EuroSAT", "UC Merced"):
        assert f"{name} not found in data/" in done.stderr


def write_images(folder):
    """Random images, those of a class alike."""
    rng = np.random.default_rng(0)
    for name in eurosat.LAND_USE.n_images:
        (folder / name).mkdir(parents=True)
        colours = rng.integers(40, 216, (8, 8, 3)).repeat(8, axis=0).repeat(8, axis=1)
        for number in (1, 2, 3):
            noisy = colours + rng.integers(-5, 6, colours.shape)
            Image.fromarray(noisy.astype(np.uint8)).save(folder / f"{name}/{name}_{number}.jpg")


@pytest.mark.painters
def test_scenes(scenes):
    del scenes.config["datasets"]["uc_merced"]
    write_images(scenes.folder / "data/eurosat")
    scenes.run(*TARGETS)
    results = scenes.folder / "results"
    path = results / "scene_embeddings/eurosat/mae.zarr"
    about = store.attributes(path)
    assert (about["scales"], about["sides"], len(about["images"])) == ([0.25, 1], [16, 64], 30)
    assert store.read(path, "0.25/mean").shape == (30, 32)
    rows = pd.read_csv(results / "scenes/eurosat/mae/knn.csv")
    assert set(rows["n_removed"]) == {0, 8}
    native = rows[(rows["metric"] == "accuracy") & (rows["scale"] == 1)]
    assert (native["value"] > 0.8).all()
    with np.load(results / "scenes/eurosat/mae/knn_predictions.npz") as kept:
        assert kept["predictions"].shape == (16, 10)
        np.testing.assert_array_equal(kept["labels"], np.arange(10))
    assert len(pd.read_csv(results / "tables/fig8_accuracies.csv")) == 16
    words = words_of(results / "figures/fig8_scenes.svg")
    assert "EuroSAT" in words and "MAE-8, mean of patches" in words
    assert scenes.plan(*TARGETS) == set()
    scenes.config["scenes"] = {"k": 2}
    assert {rule for rule, _ in scenes.plan(*TARGETS)} == {"scenes", *TARGETS}
    scenes.config["scenes"] = {"k": 3, "position": "fixed"}
    again = {rule for rule, _ in scenes.plan(*TARGETS)}
    assert again == {"embed_scenes", "scenes", *TARGETS}
    undo = scenes.edit("patchprobe/evaluation/scenes.py", "dtype=np.float64", "dtype=np.float32")
    scenes.config["scenes"] = {"k": 3}
    assert {rule for rule, _ in scenes.plan(*TARGETS)} == {"scenes", *TARGETS}
    undo()
