"""Archives: unpacked whole, in their place, or not at all."""

import stat
import zipfile

import pytest

from patchprobe.datasets.archives import unpack
from patchprobe.errors import DownloadError


def make(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def archive(tmp_path):
    return make(tmp_path / "a.zip", {"Top/a b/ü.txt": "1", "Top/c.txt": "2", "readme": "3"})


def everything(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_a_folder_of_the_archive_becomes_the_root(archive, tmp_path):
    root = tmp_path / "data" / "set"
    unpack(archive, root, "Top")
    assert everything(root) == {"a b/ü.txt": "1", "c.txt": "2"}
    assert sorted(path.name for path in root.parent.iterdir()) == ["set"]


def test_all_of_the_archive_into_an_empty_folder(archive, tmp_path):
    (tmp_path / "set").mkdir()
    unpack(archive, tmp_path / "set")
    assert len(everything(tmp_path / "set")) == 3


def test_a_folder_that_holds_something_is_left_alone(archive, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set/mine").write_text("x")
    with pytest.raises(DownloadError, match="is not empty: nothing was unpacked"):
        unpack(archive, tmp_path / "set", "Top")
    assert everything(tmp_path / "set") == {"mine": "x"}


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "..\\x", "C:\\x"])
def test_names_that_lead_outside_are_refused(tmp_path, name):
    make(tmp_path / "bad.zip", {"good": "1", name: "2"})
    with pytest.raises(DownloadError, match="leads outside its folder"):
        unpack(tmp_path / "bad.zip", tmp_path / "deep/set")
    assert not (tmp_path / "deep/set").exists()
    assert not (tmp_path / "x").exists()


def test_links_are_refused(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DownloadError, match="'link' is a link"):
        unpack(tmp_path / "bad.zip", tmp_path / "set")


def test_damaged_archives_leave_nothing(archive, tmp_path):
    content = archive.read_bytes()
    damaged = {"cut": content[:-30], "page": b"<html>", "empty": b""}
    changed = bytearray(content)
    changed[content.index(b"\xc3\xbc.txt") + len("ü.txt") + 1] ^= 1  # the content of the first file
    for name, bad in (damaged | {"changed": bytes(changed)}).items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(bad)
        with pytest.raises(DownloadError, match="cannot be unpacked .*fetch it again"):
            unpack(path, tmp_path / "set", "Top")
        assert not (tmp_path / "set").exists()


def test_another_folder_than_expected(archive, tmp_path):
    with pytest.raises(DownloadError, match="expected a folder Images, found Top, readme"):
        unpack(archive, tmp_path / "set", "Images")


def test_no_room(archive, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1}))
    with pytest.raises(DownloadError, match="make room, or set `root` to another disk"):
        unpack(archive, tmp_path / "set", "Top")
