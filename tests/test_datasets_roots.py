"""Roots of datasets that are links, files, or folders that may not be filled."""

import os
import runpy
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from patchprobe.code_digest import ROOT
from patchprobe.datasets import roots
from patchprobe.datasets.base import dataset
from patchprobe.datasets.checks import absent, check
from patchprobe.errors import DatasetError, DownloadError
from tests import fakes

SCRIPT = ROOT / "workflow/scripts/download_dataset.py"


@pytest.fixture
def archive(tmp_path):
    """An archive of UC Merced with one image, which is never decoded here."""
    path = tmp_path / "web/merced.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("UCMerced_LandUse/Images/river/river00.tif", "pixels")
    return path


@pytest.fixture
def download(tmp_path, archive, monkeypatch):
    """Run the script that fetches and unpacks the archive into a root."""
    monkeypatch.setattr("patchprobe.logs.log_to", lambda path: None)
    out = tmp_path / "downloads/uc_merced.json"
    out.parent.mkdir()

    def run(root):
        params = {
            "root": str(root), "url": archive.as_uri(), "checksum": None,
            "inside": "UCMerced_LandUse/Images",
        }  # fmt: skip
        runpy.run_path(str(SCRIPT), {"snakemake": fakes.job(out, params, "uc_merced")})
        return out

    return run


@pytest.fixture
def never_fetched(monkeypatch):
    def fetch(*_):
        raise AssertionError("fetched before the root was looked at")

    monkeypatch.setattr("patchprobe.download.fetch", fetch)


# ------------------------------------------------------------------------------ downloads


@pytest.mark.parametrize("is_relative", [False, True])
def test_a_link_to_an_empty_folder_is_filled(tmp_path, download, is_relative):
    (tmp_path / "disk/empty").mkdir(parents=True)
    target = Path("disk/empty") if is_relative else tmp_path / "disk/empty"
    (tmp_path / "data").symlink_to(target)
    download(tmp_path / "data")
    assert (tmp_path / "data").is_symlink()
    assert (tmp_path / "disk/empty/river/river00.tif").read_text() == "pixels"
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["empty"]
    assert dataset("uc_merced").items(tmp_path / "data", "all") == ["river/river00.tif"]


def test_a_folder_in_a_linked_folder_is_made(tmp_path, download):
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to("disk")
    download(f"{tmp_path}/data/sets/merced/")
    assert (tmp_path / "disk/sets/merced/river/river00.tif").is_file()


def test_a_link_to_the_dataset_is_left_alone(tmp_path, download, never_fetched):
    (tmp_path / "disk/river").mkdir(parents=True)
    (tmp_path / "disk/river/river00.tif").touch()
    (tmp_path / "data").symlink_to("disk")
    out = download(tmp_path / "data")
    assert '"url": null' in out.read_text()


def loop(path):
    path.symlink_to(path)


def fill(path):
    path.mkdir()
    (path / ".DS_Store").touch()


def dangle(path):
    path.symlink_to(path.with_name("gone"))


REFUSED = {
    "a link to nothing": (dangle, "", r"data is a link to .*gone, where nothing is. Mend the link"),
    "below a link to nothing": (dangle, "sets/merced", r"data is a link to .*gone, where nothing"),
    "a link to itself": (loop, "", "data is a link to .*data, where nothing is"),
    "a file": (Path.touch, "", "data is a file: a dataset needs a folder"),
    "below a file": (Path.touch, "merced", "data is a file: .*merced cannot be made in it"),
    "a folder with files": (fill, "", r"is not empty \(it holds '.DS_Store'\)"),
}


@pytest.mark.parametrize(("prepare", "below", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_root_that_cannot_be_filled_is_told_before_anything_is_fetched(
    tmp_path, download, never_fetched, prepare, below, message
):
    prepare(tmp_path / "data")
    with pytest.raises(DownloadError, match=message) as raised:
        download(tmp_path / "data" / below)
    assert "Nothing was fetched" in str(raised.value)


@pytest.mark.parametrize(
    ("asked", "answer", "message"),
    [
        ("access", False, "may not be written into"),
        ("path.ismount", True, "is a mount point, which cannot be replaced: give a folder in it"),
    ],
)
def test_a_folder_that_cannot_be_replaced_is_told(tmp_path, monkeypatch, asked, answer, message):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(f"os.{asked}", lambda path, *_: answer and path == tmp_path / "data")
    monkeypatch.setattr(roots, "problem", lambda root: None)
    assert message in roots.not_to_be_filled(tmp_path / "data")


def test_roots_that_can_be_filled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for root in ("new", "new/", "a/b/c", "empty", str(tmp_path / "empty/"), "with spaces "):
        assert roots.not_to_be_filled(root) is None


# ------------------------------------------------------------------------------ checks


@pytest.mark.parametrize("name", ["uc_merced", "cityscapes", "mot17", "fair1m"])
def test_a_link_to_nothing_is_told_by_every_look(tmp_path, name):
    root = tmp_path / "data"
    dangle(root)
    message = f"{root} is a link to {tmp_path / 'gone'}, where nothing is."
    for found in (absent(dataset(name), root, {}), check(dataset(name), root, {}).problems):
        (line,) = found
        assert line.startswith(message)


def test_a_home_folder_is_not_filled_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (line,) = absent(dataset("uc_merced"), "~/data", {})
    assert line == "~/data: ~ does not stand for a folder here. Write the whole path as `root`."
    (tmp_path / "~/data").mkdir(parents=True)
    assert roots.problem("~/data") is None


def test_a_folder_that_may_not_be_listed_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    (line,) = absent(dataset("uc_merced"), tmp_path, {})
    assert line.startswith(f"{tmp_path} cannot be read (no permission to list it)")


def test_a_folder_above_that_may_not_be_entered_is_told(tmp_path, monkeypatch):
    def refuse(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", refuse)
    assert "check the permissions of its folders" in roots.problem(tmp_path / "data")


def test_an_item_that_may_not_be_looked_at_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "river").mkdir()
    (tmp_path / "river/river00.tif").touch()
    real = os.stat

    def refuse(path, **options):
        if str(path).endswith("river07.tif"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(os, "stat", refuse)
    used = {"all": ["river/river00.tif", "river/river07.tif"]}
    line, advice = absent(dataset("uc_merced"), tmp_path, used)
    assert line.startswith(f"{tmp_path}/river/river07.tif cannot be read (")
    assert "Permission denied" in line and "fetch these files again" in advice


def test_a_listing_that_fails_is_a_problem_of_the_dataset(tmp_path):
    (tmp_path / "river").mkdir()
    (tmp_path / "river/river00.tif").touch()

    def refuse(*_):
        raise DatasetError("river cannot be listed")

    reader = replace(dataset("uc_merced"), items=refuse)

    assert check(reader, tmp_path, {}).problems == ["river cannot be listed"]


@pytest.mark.parametrize("asked", ["missing", "items"])
def test_a_folder_that_may_not_be_entered_is_a_problem_of_the_dataset(tmp_path, asked):
    (tmp_path / "river").mkdir()
    (tmp_path / "river/river00.tif").touch()

    def refuse(*_):
        raise PermissionError(13, "Permission denied", "river")

    reader = replace(dataset("uc_merced"), **{asked: refuse})
    (line,) = check(reader, tmp_path, {}).problems
    assert "Permission denied: 'river'" in line
