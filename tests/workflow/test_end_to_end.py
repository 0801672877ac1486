"""The whole way from raw images to figures, on a tiny miniature world."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from patchprobe import store

from .conftest import Project, words_of

pytestmark = pytest.mark.workflow
FIGURES = (
    "fig1_segmentation", "fig2a_variance", "fig2b_removal", "fig2c_removal", "fig3_layers",
    "fig4_robustness", "fig13_predictions",
)  # fmt: skip

LEVELS = ["blur-10", "blur-40", "frequency-1", "frequency-4"]


def test_every_figure_is_drawn_and_says_that_it_is_a_miniature(finished):
    for name in FIGURES:
        path = finished.folder / "results/figures" / name
        with Image.open(f"{path}.png") as image:
            assert min(image.size) > 400
            assert len(np.unique(np.asarray(image.convert("L")))) > 20
        note = "Test. Not the paper's numbers: miniature scenes; random weights"
        assert note in words_of(f"{path}.svg")
        assert (path.with_suffix(".pdf")).read_bytes().startswith(b"%PDF")


def test_figures_name_their_miniature_backbones_and_are_byte_stable(finished):
    vectors = [
        finished.folder / f"results/figures/fig2a_variance.{kind}" for kind in ("svg", "pdf")
    ]
    before = [file.read_bytes() for file in vectors]
    finished.config["backbones"]["mae"]["miniature"] = True
    elsewhere = {**finished.config["backbones"]["mae"], "label": "iBOT", "datasets": []}
    finished.config["backbones"]["ibot"] = elsewhere
    finished.run("fig2a")
    what = "miniature backbones trained on miniature scenes (mae)"
    assert f"miniature scenes; {what}; random weights" in words_of(vectors[0])
    del finished.config["backbones"]["mae"]["miniature"]
    del finished.config["backbones"]["ibot"]
    finished.run("fig2a")
    assert before == [file.read_bytes() for file in vectors]


def test_table_2(finished):
    table = pd.read_csv(finished.folder / "results/tables/tab2_segmentation.csv")
    on = table.groupby("dataset")["representation"].agg(list)
    assert on["cityscapes"] == ["MAE", "MAE-8", "DINOv2"]
    assert on["ade20k"] == ["MAE", "MAE-8"]
    for how in ("knn", "linear"):
        assert table[f"{how}_miou"].between(0, 1).all()
        assert table[f"{how}_low"].isna().all()  # one query image tells no interval
    # of 150 classes, those that one image does not show count as zero
    assert (table.loc[table["dataset"] == "ade20k", "knn_miou"] < 0.1).all()


def test_ceilings(finished):
    table = pd.read_csv(finished.folder / "results/tables/ceilings.csv", keep_default_na=False)
    ceilings = table[table["classifier"] == ""].groupby("labelling", sort=False)
    places = [("cityscapes", "14x14"), ("cityscapes", "16x16"), ("ade20k", "14x14")]
    for _, rows in ceilings:
        assert list(zip(rows["dataset"], rows["grid"], strict=True)) == places
    ascent, bound = (ceilings.get_group(x)["miou"].to_numpy() for x in ("ascent", "upper bound"))
    assert (ascent > 0.9 * bound).all()
    assert (ascent <= bound).all()
    classified = table[table["classifier"] != ""]
    assert len(classified) == 2 * 5  # MAE, MAE-8, DINOv2 on Cityscapes, the first two on ADE20K
    assert classified["share"].between(0, 1).all()


def test_stores(finished):
    results = finished.folder / "results"
    crops = results / "crops/cityscapes/clean.zarr"
    assert store.attributes(crops)["images"] == [
        ["train", "ahausen_000008_000019", 0],
        ["train", "bergstadt_000004_000019", 0],
        ["val", "dornum_000011_000019", 0],
    ]
    assert store.open_array(crops, "clean/crops").shape == (96, 256, 256, 3)
    changed = results / "crops/cityscapes/changed.zarr"
    assert store.attributes(changed)["levels"] == [
        "blur-10",
        "blur-40",
        "frequency-1",
        "frequency-4",
    ]
    assert store.attributes(changed)["images"] == [["val", "dornum_000011_000019", 0]]
    part = results / "embeddings/cityscapes/clean/dinov2/1-of-1.zarr"
    about = store.attributes(part)
    assert about["backbone"] == "dinov2"
    assert len(about["weights_sha256"]) == 64
    assert about["preprocessing"]["mean"] == [0.485, 0.456, 0.406]
    assert "torch" in about["software"]
    assert store.read(part, "clean/layer_2/patches").shape == (96, 256, 32)
    labels = results / "labels/ade20k/clean/14x14.zarr"
    assert store.open_array(labels, "centre").shape == (4 * 6, 196)
    assert store.attributes(labels)["classes"]["absent"] == "zero"


def test_layers_and_levels_that_are_kept(finished):
    results = finished.folder / "results/embeddings"
    layers = {
        name: store.attributes(results / name / "1-of-1.zarr")["layers"]
        for name in ("cityscapes/clean/mae", "cityscapes/changed/mae", "ade20k/clean/mae")
    }
    assert list(layers.values()) == [[1, 2], [2], [2]]


def test_result_tables_are_tidy(finished):
    folder = finished.folder / "results/knn/cityscapes/mae"
    knn = pd.read_csv(folder / "subsets.csv")
    settings = 3 * 2 * (3 + 2)  # similarities, label rules, removed features of `two` and of `one`
    assert len(knn) == settings * (19 + 4)
    assert knn["setting"].nunique() == settings
    with np.load(folder / "subsets_counts.npz") as kept:
        assert kept["counts"].shape == (settings, 1, 34, 34)
        assert (kept["counts"].sum((1, 2, 3)) == 1024 * 2048).all()
        assert kept["images"].tolist() == [["val", "dornum_000011_000019", "0"]]
    with np.load(folder / "subsets_predictions.npz") as kept:
        assert kept["predictions"].shape == (settings, 32, 196)
    assert set(knn["n_removed"]) == {0, 8, 24}
    about = json.loads((folder / "subsets_provenance.json").read_text())
    assert about["embeddings"]["backbone"] == "mae"
    assert about["query"] == [["val", "dornum_000011_000019"]]
    assert "torch" in about["software"]
    linear = pd.read_csv(finished.folder / "results/linear/cityscapes/mae/subsets.csv")
    assert set(linear["train_set"]) == {"one", "two"}
    assert set(linear["n_removed"]) == {0, 8, 24}
    changed = pd.read_csv(finished.folder / "results/robustness/cityscapes/mae/changes.csv")
    assert set(changed["level"]) == set(LEVELS)
    assert set(changed["classifier"]) == {"knn", "linear"}
    assert set(changed["n_removed"]) == {0, 8}


def test_whole_frames_are_embedded_in_one_piece(finished):
    stores = ["embeddings/ade20k/whole/mae/1-of-1.zarr", "labels/ade20k/whole/patch_16.zarr"]
    finished.run(*(f"results/{name}" for name in stores))
    results = finished.folder / "results"
    part = results / stores[0]
    assert store.attributes(part)["grid"] == [28, 42]
    assert store.open_array(part, "clean/layer_2/patches").shape == (4, 28 * 42, 32)
    whole = store.read(results / stores[1], "majority")
    assert whole.shape == (4, 28 * 42)


def test_same_tables_whatever_the_number_of_parts(finished, tmp_path):
    """Embeddings made in two parts, by other jobs, give the very same k-NN table."""
    copy = Project(tmp_path / "copy", finished.folder)
    table = "results/knn/cityscapes/mae/layers.csv"
    assert ("knn", "dataset=cityscapes, backbone=mae, experiment=layers") not in copy.plan(table)
    copy.config["embedding"] = {"parts": 2}
    copy.run(table)
    assert (copy.folder / "results/embeddings/cityscapes/clean/mae/2-of-2.zarr").is_dir()
    assert (copy.folder / table).read_bytes() == (finished.folder / table).read_bytes()
    about = json.loads((copy.folder / table).with_name("layers_provenance.json").read_text())
    assert about["embeddings"]["parts"] == 2
    for profile in ("default", "slurm"):  # neither a cluster nor a machine has a say in it
        assert copy.plan(table, "--workflow-profile", f"profiles/{profile}") == set()


def test_check_data_reports(finished):
    finished.run("check_data")
    report = json.loads((finished.folder / "results/checks/cityscapes.json").read_text())
    assert report["is_good"]
    assert report["n_items"] == {"train": 2, "val": 1}


def test_report(finished):
    done = finished.snakemake("all_figures", "all_tables", "--report", "report.html")
    assert done.returncode == 0, done.stderr
    html = (finished.folder / "report.html").read_text(encoding="utf-8")
    assert "miniature scenes; random weights" in html
    assert "Population variance of every feature" in html
    assert "Noise in four bands of frequency" in html
    assert "tab2_segmentation.csv" in html
