"""Datasets of the configuration: fetched, checked, drawn from."""

import json
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest
from PIL import Image

pytestmark = pytest.mark.workflow


@pytest.fixture
def server(tmp_path_factory):
    """A web server of a folder: (folder, address)."""
    folder = tmp_path_factory.mktemp("web")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def zip_ade20k(path, n_images=3):
    """An archive like the official one, with few images; image i shows class i."""
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for split, prefix in (("training", "train"), ("validation", "val")):
            for i in range(1, n_images + 1):
                name = f"ADE_{prefix}_{i:08}"
                pixels = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
                save(archive, f"images/{split}/{name}.jpg", pixels)
                save(archive, f"annotations/{split}/{name}.png", np.full((40, 60), i, np.uint8))
        rows = "".join(f"{i}\t0.1\t1\t1\tclass {i}\n" for i in range(1, 151))
        archive.writestr(
            "ADEChallengeData2016/objectInfo150.txt", f"Idx\tRatio\tTrain\tVal\tName\n{rows}"
        )


def save(archive, name, pixels):
    with archive.open(f"ADEChallengeData2016/{name}", "w") as file:
        Image.fromarray(pixels).save(file, "JPEG" if name.endswith("jpg") else "PNG")


@pytest.fixture
def ade20k(fresh_project, server):
    """A project whose only new dataset is on the web server."""
    folder, address = server
    zip_ade20k(folder / "ade.zip")
    (fresh_project.folder / "lists/ade.txt").write_text("ADE_val_00000002\n")
    fresh_project.config["datasets"]["ade20k"] = {
        "root": "data/ade20k",
        "subsets": {
            "train": {"drawn": {"per_class": 1}},
            "val": {"listed": "lists/ade.txt"},
        },
        "download": {"url": f"{address}/ade.zip", "inside": "ADEChallengeData2016"},
    }
    return fresh_project


def test_a_dataset_is_fetched_checked_and_drawn_from(ade20k):
    done = ade20k.snakemake("check_data", "-c2")
    assert done.returncode != 0
    assert "ADE20K not found in data/ade20k" in done.stderr
    assert "Cityscapes in data/cityscapes: good" in done.stderr
    ade20k.run("download_data")
    assert (ade20k.folder / "data/ade20k/objectInfo150.txt").is_file()
    assert not list((ade20k.folder / "resources/downloads").glob("*.zip*"))
    done = ade20k.run("check_data")
    assert "ADE20K in data/ade20k: good" in done.stderr
    assert "val           1 used       1 good" in done.stderr
    ade20k.run("results/subsets/ade20k/train/drawn.txt")
    drawn = (ade20k.folder / "results/subsets/ade20k/train/drawn.txt").read_text().splitlines()
    assert drawn[-3:] == [f"ADE_train_{i:08}" for i in (1, 2, 3)]


def test_all_of_a_split_is_listed_and_checked_if_it_is_as_much_as_expected(ade20k):
    entry = ade20k.config["datasets"]["ade20k"]
    entry["subsets"]["train"]["every"] = {"all": 3}
    ade20k.run("download_data")
    path = "results/subsets/ade20k/train/every.txt"
    ade20k.run(path)
    names = [f"ADE_train_{i:08}" for i in (1, 2, 3)]
    assert (ade20k.folder / path).read_text().splitlines() == ["# ADE20K train, all 3.", *names]
    assert "train         3 used       3 good" in ade20k.run("check_data").stderr
    entry["subsets"]["train"]["every"] = {"all": 4}
    done = ade20k.snakemake(path, "-c1", "--retries", "0")
    assert (
        "expected all 4 items of ADE20K train in data/ade20k, found 3" in done.stdout + done.stderr
    )


def test_a_wrong_file_is_not_unpacked(ade20k):
    ade20k.config["datasets"]["ade20k"]["download"]["checksum"] = "md5:000000"
    done = ade20k.snakemake("download_data", "-c1", "--retries", "0")
    assert done.returncode != 0
    assert "is not the expected file: its md5 should start with 000000" in done.stdout + done.stderr
    assert not (ade20k.folder / "data/ade20k").exists()


def test_a_dataset_that_is_there_is_not_fetched(ade20k):
    ade20k.run("download_data")
    marker = ade20k.folder / "resources/downloads/ade20k.json"
    marker.unlink()
    ade20k.config["datasets"]["ade20k"]["download"]["url"] = "http://127.0.0.1:9/gone.zip"
    ade20k.run("download_data")
    assert json.loads(marker.read_text())["url"] is None


def test_a_root_that_cannot_be_filled_stops_the_run_before_its_first_job(ade20k):
    root = ade20k.folder / "data/ade20k"
    root.parent.mkdir(exist_ok=True)
    root.symlink_to("gone")
    done = ade20k.snakemake("download_data", "-c1")
    assert done.returncode != 0
    assert "nothing was run" in done.stdout + done.stderr
    assert "data/ade20k is a link to data/gone, where nothing is" in done.stdout + done.stderr
    assert not (ade20k.folder / "resources/downloads").exists()
    (ade20k.folder / "data/gone").mkdir()
    ade20k.run("download_data")
    assert root.is_symlink()
    assert (ade20k.folder / "data/gone/objectInfo150.txt").is_file()


@pytest.mark.painters
def test_miniatures_are_like_the_datasets(fresh_project):
    """Generated in the official layouts, read by the readers of the real ones, counted."""
    for name, lines in (
        ("tiles", ["3__1__0___0.224_0_0", "3__1__0___0.224_1_2"]),
        ("videos", ["00000000-00000001"]),
    ):
        (fresh_project.folder / f"lists/{name}.txt").write_text("\n".join(lines))
    small = {"miniature": {"seed": 0, "n": 2}}
    fresh_project.config["datasets"] |= {
        "fair1m": {
            "root": "data/fair1m", "subsets": {"val": {"tiles": "lists/tiles.txt"}}, **small
        },
        "bdd100k": {
            "root": "data/bdd100k", "subsets": {"val": {"videos": "lists/videos.txt"}}, **small
        },
        "mot17": {"root": "data/mot17", **small},
        "eurosat": {"root": "data/eurosat", **small},
    }  # fmt: skip
    done = fresh_project.run("check_data", "tab3")
    for words in (
        "FAIR1M in data/fair1m: good\n  val           2 used",
        "BDD100K MOT 2020 in data/bdd100k: good\n  val           1 used",
        "MOT17 in data/mot17: good\n  train         2 used",
        "EuroSAT in data/eurosat: good\n  all          20 used",
    ):
        assert words in done.stderr
    table = pd.read_csv(fresh_project.folder / "results/tables/tab3_fair1m.csv")
    assert table["pixels"].sum() == 2 * 224**2
    assert table["patches_vit16"].sum() == 2 * 196
    assert table["pixels_paper"].sum() == 295 * 224**2
    assert fresh_project.plan("tab3") == set()


def test_tiles_of_a_bad_image_are_left_out_and_the_table_says_so(fresh_project):
    tiles = ["3__1__0___0.224_0_0", "3__1__0___0.224_1_2", "5__1__0___0.224_0_0"]
    (fresh_project.folder / "lists/tiles.txt").write_text("\n".join(tiles))
    fresh_project.config["datasets"]["fair1m"] = {
        "root": "data/fair1m",
        "miniature": {"seed": 0},
        "subsets": {"val": {"tiles": "lists/tiles.txt"}},
    }
    fresh_project.run("results/checks/fair1m.json")
    image = fresh_project.folder / "data/fair1m/validation/images/5.tif"
    image.write_bytes(image.read_bytes()[:1000])
    done = fresh_project.snakemake("tab3", "-c1", "--retries", "0")
    assert done.returncode != 0
    assert "5.tif" in done.stdout + done.stderr
    fresh_project.config["on_bad_file"] = "quarantine"
    fresh_project.run("tab3")
    table = pd.read_csv(fresh_project.folder / "results/tables/tab3_fair1m.csv")
    assert set(table["n_left_out"]) == {1}
    assert table["pixels"].sum() == 2 * 224**2


def test_tab3_without_its_dataset(fresh_project):
    done = fresh_project.snakemake("tab3", "-n")
    assert done.returncode != 0
    assert "fair1m is needed under `datasets`" in done.stderr + done.stdout
