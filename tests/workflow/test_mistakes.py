"""Mistakes in the configuration, and missing inputs, are answered in words and at once."""

import json

import pandas as pd
import pytest
import yaml
from snakemake.utils import validate

from patchprobe.study import validation
from tests.configs import SCHEMA, SCHEMA_PATH

from .conftest import tiny_config, words_of

pytestmark = pytest.mark.workflow


def change(config, path, value):
    *parents, last = path.split("/")
    for key in parents:
        config = config.setdefault(key, {})
    config[last] = value


def test_random_weights_beside_another_source(fresh_project):
    fresh_project.config["backbones"]["mae"] |= {"random_seed": 0, "url": "https://example.org/x"}
    done = fresh_project.snakemake("-n")
    assert "give one of url, random_seed, not all" in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("protocl", "as_text", "top level: unknown key protocl; did you mean protocol?"),
        ("protocol", "as_writen", "protocol: 'as_writen' is not one of ['as_published'"),
        (
            "datasets/cityscapes/removal_sweep",
            [0, "ten"],
            "removal_sweep: 1: 'ten' is not of type 'integer'",
        ),
        ("figures", {"fig2b": ["beit"]}, "figures: fig2b: no representation 'beit'"),
        ("figures", {"fig99": ["mae"]}, "figures: unknown key fig99"),
        ("datasets/cityscapes/bank", "all", "bank: 'all' is not one of its subsets (one, two"),
        ("datasets/cityscapes/changes", {"blurr": [1]}, "unknown key blurr; did you mean blur?"),
        ("datasets/cityscapes/layers", "first", "layers: 'first' is not valid under any of"),
        ("backbones/mae/loader", "numpy", "backbones: mae: loader: 'numpy' is not one of"),
        ("backbones/mae/url", "ftp://x", "backbones: mae: url: 'ftp://x' does not match"),
        ("backbones/mae/weights", "x.pth", "give one of weights, random_seed, not all"),
        (
            "backbones/mae",
            {"label": "x", "loader": "mae", "architecture": "x.y", "hub": True},
            "files of timm's hub are read by `loader: timm`",
        ),
        (
            "backbones/mae",
            {"label": "x", "loader": "timm", "architecture": "vit_small", "hub": True},
            "need an architecture with a tag",
        ),
        ("backbones/mae/datasets", ["ade"], "backbones: mae: datasets: ade is not one of"),
        ("backbones/mae/loader_args", {"gsd": 1}, "gsd is an argument of the loader scale_mae"),
        ("backbones/mae/checksum", "8cad7c", "backbones: mae: checksum: '8cad7c' does not match"),
        ("embedding/precision", "half", "embedding: precision: 'half' is not one of"),
        ("note", "a\n\n.. raw:: html", "note: 'a\\n\\n.. raw:: html' does not match"),
        ("embedding", {"batch_size": 0}, "embedding: batch_size: 0 is less than"),
        ("backbones/mae/architecture", "hf-hub:x/y", "'hf-hub:x/y' does not match"),
        ("backbones/mae/model_args", {"checkpoint_path": "x"}, "'checkpoint_path' does not match"),
        ("backbones/dinov2/mean", [0.5], "backbones: dinov2: mean: [0.5] is too short"),
    ],
)
def test_mistakes_in_the_configuration(path, value, message):
    config = tiny_config()
    change(config, path, value)
    found = validation.mistakes(config, SCHEMA)
    if not found:
        validate(config, str(SCHEMA_PATH))
        found = validation.contradictions(config)
    assert any(message in line for line in found)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("protocl", "as_text", "top level: unknown key protocl; did you mean protocol?"),
        ("datasets/cityscapes/bank", "all", "bank: 'all' is not one of its subsets (one, two"),
        ("datasets/cityscapes/subsets/val", {"val": "no.txt"}, "Subset list no.txt not found"),
    ],
)
def test_mistakes_stop_a_plan(fresh_project, path, value, message):
    change(fresh_project.config, path, value)
    done = fresh_project.snakemake("-n")
    assert done.returncode != 0
    assert message in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def plan_as_is(project, *arguments):
    """What Snakemake says of a plan with the files of the configuration as they lie there."""
    done = project.snakemake_as_is("-n", "--quiet", *arguments)
    assert "Traceback" not in done.stderr
    return done


def test_a_key_that_stands_twice_in_a_file_stops_a_plan(fresh_project):
    text = yaml.safe_dump(tiny_config())
    (fresh_project.folder / "one.yaml").write_text(text + "note: again\n")
    (fresh_project.folder / "two.yaml").write_text("note: once more\n")
    done = plan_as_is(fresh_project, "--configfile", "one.yaml", "two.yaml")
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines, 1) if line.startswith("note"))
    expected = f"one.yaml, lines {first} and {len(lines) + 1}: note stands twice"
    assert done.returncode != 0
    assert expected in done.stderr + done.stdout


def test_the_file_of_the_paper_is_read_unless_another_is_given(fresh_project):
    """Before Snakemake reads it, it is known to be one that can be read."""
    file = fresh_project.folder / "config/config.yaml"
    file.write_bytes(yaml.safe_dump(tiny_config()).encode() + b'seed: 1\n"\xc4": 1\n')
    lines = file.read_bytes().count(b"\n")
    done = plan_as_is(fresh_project)
    expected = f"config/config.yaml is not UTF-8 text: byte 0xc4 on line {lines}"
    assert done.returncode != 0
    assert expected in done.stderr + done.stdout
    file.write_text(yaml.safe_dump({**tiny_config(), "protocl": "as_text"}))
    for given in ((), ("--config", "seed=1")):
        done = plan_as_is(fresh_project, *given)
        assert "top level: unknown key protocl" in done.stderr + done.stdout
    (fresh_project.folder / "tiny.yaml").write_text(yaml.safe_dump(tiny_config()))
    assert plan_as_is(fresh_project, "--configfile", "tiny.yaml").returncode == 0


def test_results_are_where_the_configuration_says(fresh_project):
    """Rules, and what looks for files before the first job, mean the same folders."""
    home = fresh_project.folder / "home"
    fresh_project.config["pathvars"] = {
        "results": "~/results/",
        "resources": "~/made",
        "logs": "<results>/logs",
    }
    (home / "made/weights").mkdir(parents=True)
    lost = home / "made/weights/lost.pth"
    lost.symlink_to(home / "nowhere.pth")
    marker = home / "results/checks/miniature/cityscapes.json"
    environment = {"HOME": str(home)}
    done = fresh_project.snakemake(str(marker), "-c1", environment=environment)
    assert done.returncode == 0, done.stderr
    assert marker.is_file()
    assert (home / "results/logs").is_dir()
    assert not lost.is_symlink()
    assert not (fresh_project.folder / "~").exists()
    assert not (fresh_project.folder / "logs").exists()
    fresh_project.config["pathvars"]["benchmarks"] = "~/made"
    done = fresh_project.snakemake("-n", environment=environment)
    assert "benchmarks: " in done.stderr + done.stdout
    assert "is also the folder of resources" in done.stderr + done.stdout


def test_more_features_removed_than_a_model_has_stop_a_run(fresh_project):
    """Also where the name of the architecture does not tell: `test_vit` has 64."""
    entry = fresh_project.config["backbones"]["mae"]
    entry["remove"] = [8, 40]
    done = fresh_project.snakemake("-n")
    told = "backbones: mae: remove: 40: expected less than the 32 features that it has"
    assert told in done.stderr + done.stdout
    del entry["model_args"]
    entry |= {"architecture": "test_vit", "remove": [8, 64]}
    weights = "resources/weights/mae.pth"
    assert fresh_project.plan(weights) == {("weights_file", "backbone=mae")}
    done = fresh_project.snakemake(weights, "-c1")
    assert done.returncode != 0
    told = "backbones: mae: remove: 64: expected less than the 64 features that it has"
    assert told in done.stderr + done.stdout
    assert not (fresh_project.folder / "resources").exists()
    entry["remove"] = [8, 63]
    fresh_project.run(weights)


def test_without_data_a_plan_is_made_and_a_run_stops_at_once(fresh_project):
    config = fresh_project.config
    del config["datasets"]["cityscapes"]["miniature"]
    del config["backbones"]["mae"]["random_seed"]
    config["backbones"]["mae"]["source"] = "Ask its authors"
    both = {"weights": "elsewhere/both.pth", "source": "Or ask them"}
    config["backbones"]["mae"]["autoencoder"] = both
    del config["backbones"]["dinov2"]["random_seed"]
    config["backbones"]["dinov2"]["weights"] = "elsewhere/dinov2.pth"
    closed = "http://127.0.0.1:9/dino.pth"
    config["backbones"]["dino"] = {
        "label": "DINO", "loader": "dino", "architecture": "vit_base_patch16_224", "url": closed
    }  # fmt: skip
    assert fresh_project.plan("all_figures")
    done = fresh_project.snakemake("all_figures", "-c1")
    assert done.returncode != 0
    for words in (
        "Missing inputs, nothing was run",
        "Cityscapes not found in data/cityscapes",
        "config/README.md#cityscapes",
        "Weights of mae cannot be fetched: Ask its authors",
        "Weights of the autoencoder of mae not found: expected elsewhere/both.pth. Or ask them",
        "Weights of dinov2 not found: expected elsewhere/dinov2.pth",
        f"Weights of dino cannot be fetched: {closed} cannot be reached",
    ):
        assert words in done.stderr + done.stdout
    assert not (fresh_project.folder / "results").exists()


def damage_an_image(project):
    """Generate the dataset, and cut one of the two training images."""
    project.run("results/checks/cityscapes.json")
    image = next((project.folder / "data/cityscapes/leftImg8bit/train/bergstadt").iterdir())
    image.write_bytes(image.read_bytes()[:100_000])
    return image


def test_a_damaged_image_is_named_or_left_out(fresh_project):
    image = damage_an_image(fresh_project)
    crops = "results/crops/cityscapes/clean.zarr"
    done = fresh_project.snakemake(crops, "-c1", "--retries", "0")
    assert done.returncode != 0
    assert image.name in done.stderr + done.stdout
    assert "cannot be decoded" in done.stderr + done.stdout
    del fresh_project.config["datasets"]["ade20k"]
    done = fresh_project.snakemake("check_data", "-c2")
    assert done.returncode != 0
    for words in (
        "Cityscapes in data/cityscapes: problems",
        "train         2 used       1 good     1 bad",
        f"{image.name} cannot be decoded",
        "Problems with Cityscapes",
    ):
        assert words in done.stderr
    fresh_project.config["on_bad_file"] = "quarantine"
    fresh_project.config["datasets"]["cityscapes"]["removal_sweep"] = []
    fresh_project.config["backbones"]["mae"]["remove"] = []
    fresh_project.run("results/figures/fig2b_removal.svg")
    results = fresh_project.folder / "results/knn/cityscapes/mae"
    table = pd.read_csv(results / "subsets.csv")
    assert set(table["n_left_out"]) == {0, 1}  # of the subset of one image, none
    assert set(table["n_train_images"]) == {1}
    about = json.loads((results / "subsets_provenance.json").read_text())
    assert about["left_out"] == [["train", "bergstadt_000004_000019"]]
    words = words_of(fresh_project.folder / "results/figures/fig2b_removal.svg")
    assert "up to 1 listed images left out" in words


def test_check_of_a_good_dataset_is_done_again(fresh_project):
    del fresh_project.config["datasets"]["ade20k"]
    fresh_project.run("check_data")
    again = fresh_project.run("check_data")
    assert "Cityscapes in data/cityscapes: good" in again.stderr
    assert ("check_dataset", "dataset=cityscapes") in fresh_project.plan("check_data")
