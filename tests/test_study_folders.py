"""Folders and files that a configuration names."""

from pathlib import Path

import pytest

from patchprobe.study import folders
from tests.configs import configured


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settled(changes):
    config = configured(changes)
    folders.settle(config)
    return config


@pytest.mark.parametrize(
    ("given", "path"),
    [("~/out", "{home}/out"), ("~", "{home}"), ("out/", "out"), ("./out//x/.", "out/x"),
     ("a/../b", "a/../b"), ("/scratch/~x", "/scratch/~x"), ("<results>/logs", "<results>/logs")],
)  # fmt: skip
def test_folders_of_the_run(home, given, path):
    expected = path.format(home=home)
    assert settled({"pathvars/results": given})["pathvars"] == {"results": expected}


def test_other_paths(home):
    config = settled(
        {
            "datasets/cityscapes/root": "~/data/cityscapes",
            "datasets/cityscapes/subsets/val/val_30": "~/lists/30.txt",
            "datasets/cityscapes/published_pixels": {"val_30": "~/pixels.csv"},
            "backbones/mae/weights": "~/mae.pth",
            "backbones/mae/autoencoder": {"weights": "~/both.pth"},
        }
    )
    dataset, backbone = config["datasets"]["cityscapes"], config["backbones"]["mae"]
    assert [
        dataset["root"],
        dataset["subsets"]["val"]["val_30"],
        dataset["published_pixels"]["val_30"],
        backbone["weights"],
        backbone["autoencoder"]["weights"],
    ] == [
        str(home / path)
        for path in ("data/cityscapes", "lists/30.txt", "pixels.csv", "mae.pth", "both.pth")
    ]
    assert config["datasets"]["ade20k"] == configured()["datasets"]["ade20k"]


def test_paths_without_home_stay():
    assert settled({}) == configured()


@pytest.mark.parametrize(
    ("pathvars", "line"),
    [
        ({"results": ""}, "results: expected a folder, found ''; results is the default"),
        ({"logs": " "}, "logs: expected a folder, found ' '; logs is the default"),
        ({"results": "x", "logs": "x"}, "logs: x is also the folder of results; give each its own"),
        ({"results": "logs"}, "logs: logs is also the folder of results; give each its own"),
        (
            {"results": "a/../b", "benchmarks": "b/"},
            "benchmarks: b/ is also the folder of results; give each its own",
        ),
        (
            {"resources": "link/x", "logs": "real/x"},
            "logs: real/x is also the folder of resources; give each its own",
        ),
        ({"results": "{seed}"}, "results: {seed}: braces stand for wildcards; take another name"),
        ({"results": "~nobody_of_this_name/x"}, "results: ~nobody_of_this_name/x: there is no such "
         "home folder"),
        ({"results": "file"}, "results: file is a file, expected a folder"),
        ({"logs": "."}, "logs: . holds the workflow itself; take a folder of its own"),
        ({"logs": ".."}, "logs: .. holds the workflow itself; take a folder of its own"),
    ],
)  # fmt: skip
def test_folders_that_are_none_or_the_same(home, pathvars, line):
    (home / "real").mkdir()
    (home / "link").symlink_to("real")
    (home / "file").touch()
    assert folders.mistakes(pathvars) == [f"pathvars: {line}"]


def test_a_folder_below_a_file(home):
    (home / "file").touch()
    (line,) = folders.mistakes({"results": "file/x/y"})
    assert line.endswith("/file is a file, expected a folder")


def test_folders_inside_another_are_right():
    assert folders.mistakes({}) == []
    inside = {"results": "out", "logs": "out/logs", "benchmarks": "out/benchmarks"}
    assert folders.mistakes(inside) == []
    assert folders.mistakes({"results": str(Path("out").absolute()), "resources": "out/x"}) == []
