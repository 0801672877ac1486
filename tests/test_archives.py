"""Archives: unpacked whole, in their place, or not at all."""

import errno
import hashlib
import re
import shutil
import stat
import zipfile
from collections import namedtuple

import pytest

from patchprobe import download
from patchprobe.datasets.archives import install, unpack
from patchprobe.errors import DiskError, DownloadError

Usage = namedtuple("Usage", "total used free")


def make(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


@pytest.fixture
def archive(tmp_path):
    return make(tmp_path / "a.zip", {"Top/a b/ü.txt": "1", "Top/c.txt": "2", "readme": "3"})


def everything(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def left(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_of_the_archive_becomes_the_root(archive, tmp_path):
    root = tmp_path / "data" / "set"
    unpack(archive, root, "Top")
    assert everything(root) == {"a b/ü.txt": "1", "c.txt": "2"}
    assert left(root.parent) == ["set"]


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


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../x", "leads outside its folder"),
        ("a/../../x", "leads outside its folder"),
        ("/etc/x", "leads outside its folder"),
        ("C:x", "leads outside its folder"),
        ("..", "leads outside its folder"),
        ("../", "leads outside its folder"),
        ("..\\x", "holds a back slash"),
        ("C:\\x", "holds a back slash"),
        ("Top\\x", "holds a back slash"),
        ("", "is a file without a name"),
        (".", "is a file without a name"),
        ("a/.", "is a file without a name"),
    ],
)
def test_names_that_are_refused(tmp_path, name, problem):
    make(tmp_path / "bad.zip", {"good": "1", name: "2"})
    with pytest.raises(DownloadError, match=f"bad.zip: {re.escape(repr(name))} {problem}"):
        unpack(tmp_path / "bad.zip", tmp_path / "deep/set")
    assert left(tmp_path) == ["bad.zip"]


def test_names_that_lead_nowhere_else_are_fine(tmp_path):
    """A folder for the archive itself, dots within names, the same file twice, other cases."""
    files = {"./": "", "./Top/a": "1", "Top//b..c": "2", "Top/A": "3", "Top/12:30": "4"}
    path = make(tmp_path / "odd.zip", files)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("Top/A", "3")
    unpack(path, tmp_path / "set", "./Top/")
    assert everything(tmp_path / "set") == {"a": "1", "b..c": "2", "A": "3", "12:30": "4"}


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (stat.S_IFLNK, "is a link"),
        (stat.S_IFIFO, "is a device or a pipe"),
        (stat.S_IFBLK, "is a device or a pipe"),
    ],
)
def test_links_and_devices_are_refused(tmp_path, kind, problem):
    odd = zipfile.ZipInfo("odd")
    odd.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(odd, "/etc/passwd")
    with pytest.raises(DownloadError, match=f"'odd' {problem}"):
        unpack(tmp_path / "bad.zip", tmp_path / "set")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ([("a", "1"), ("a", "2")], "'a' is there twice, in two versions"),
        ([("a", "1"), ("./a", "2")], "'./a' is there twice, in two versions"),
        ([("a", "1"), ("a/b", "2")], "'a' is a file and a folder"),
        ([("a/", ""), ("a", "2")], "'a' is a file and a folder"),
        ([], "bad.zip holds no files"),
        ([("a/", ""), ("a/b/", "")], "bad.zip holds no files"),
    ],
)
def test_archives_that_contradict_themselves_or_hold_nothing(tmp_path, files, problem):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    with pytest.raises(DownloadError, match=problem):
        unpack(tmp_path / "bad.zip", tmp_path / "set")
    assert left(tmp_path) == ["bad.zip"]


@pytest.mark.parametrize("inside", ["..", "Top/../..", "../a", "C:", "Top\\a"])
def test_a_folder_outside_the_archive_is_never_moved(archive, tmp_path, inside):
    (tmp_path / "mine").write_text("x")
    for folder in (inside, str(tmp_path)):
        with pytest.raises(DownloadError, match="inside: .*expected a folder of the archive"):
            unpack(archive, tmp_path / "set/set", folder)
    assert left(tmp_path) == ["a.zip", "mine"]


def test_of_the_rest_nothing_is_unpacked(archive, tmp_path, monkeypatch):
    """It may be larger than the disk."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100, 0, 2))
    unpack(archive, tmp_path / "set", "Top")
    assert len(everything(tmp_path / "set")) == 2


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


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_damage_anywhere_is_named(tmp_path, method):
    """One byte after another: the file is unpacked as it was, or refused in words."""
    path, root = tmp_path / "a.zip", tmp_path / "set"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("Top/ü", "words " * 5)
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x15]) + content[at + 1 :])
        try:
            unpack(path, root)
        except DownloadError:
            assert left(tmp_path) == ["a.zip"]
        else:
            assert [*everything(root).values()] == ["words " * 5]
            shutil.rmtree(root)


def test_another_folder_than_expected(archive, tmp_path):
    for inside in ("Images", "readme", "Top/a"):
        with pytest.raises(DownloadError, match=f"expected a folder {inside} .*found Top, readme"):
            unpack(archive, tmp_path / "set", inside)
    assert left(tmp_path) == ["a.zip"]


def test_a_root_that_cannot_be_made_is_named(archive, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match="cannot be unpacked to .*File exists"):
        unpack(archive, tmp_path / "file/set", "Top")


def test_a_link_to_an_empty_folder_is_followed(archive, tmp_path):
    (tmp_path / "scratch").mkdir()
    (tmp_path / "set").symlink_to(tmp_path / "scratch")
    unpack(archive, tmp_path / "set", "Top")
    assert (tmp_path / "set").is_symlink()
    assert len(everything(tmp_path / "scratch")) == 2


def test_no_room_is_known_before_anything_is_written(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100, 0, 1))
    expected = f"a.zip needs 0.0 kB in {tmp_path}/data, but only 0.0 kB are free there: make room"
    with pytest.raises(DiskError, match=expected):
        unpack(archive, tmp_path / "data/set", "Top")
    assert left(tmp_path) == ["a.zip"]


def full_after(monkeypatch, n_files):
    """A disk that is full after some files."""
    extract, done = zipfile.ZipFile.extract, []

    def until_full(self, member, path):
        if len(done) == n_files:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(member)
        return extract(self, member, path)

    monkeypatch.setattr(zipfile.ZipFile, "extract", until_full)


def test_a_full_disk_leaves_nothing_half(archive, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        full_after(patch, 1)
        with pytest.raises(DiskError, match=rf"The disk of {tmp_path} is full.*are needed, .*free"):
            unpack(archive, tmp_path / "set", "Top")
    assert left(tmp_path) == ["a.zip"]
    unpack(archive, tmp_path / "set", "Top")
    assert len(everything(tmp_path / "set")) == 2


@pytest.fixture
def fetched(monkeypatch):
    """Addresses that were fetched."""
    addresses, fetch = [], download.fetch

    def counted(url, out, checksum=None):
        addresses.append(url)
        fetch(url, out, checksum)

    monkeypatch.setattr(download, "fetch", counted)
    return addresses


def test_with_room_again_nothing_is_fetched_again(archive, tmp_path, monkeypatch, fetched):
    folder, root = tmp_path / "downloads", tmp_path / "data/set"
    folder.mkdir()
    with monkeypatch.context() as patch:
        full_after(patch, 1)
        with pytest.raises(DiskError):
            install(archive.as_uri(), folder, root, "Top")
    install(archive.as_uri(), folder, root, "Top")
    assert fetched == [archive.as_uri()]
    assert len(everything(root)) == 2
    assert left(folder) == []


def test_an_archive_with_another_checksum_is_fetched_again(archive, tmp_path, fetched):
    with pytest.raises(DownloadError, match="expected a folder No"):
        install(archive.as_uri(), tmp_path, tmp_path / "set", "No")
    (kept,) = (path for path in tmp_path.glob("*.zip") if path != archive)
    kept.write_bytes(b"damaged")
    checksum = f"md5:{hashlib.md5(archive.read_bytes()).hexdigest()}"
    install(archive.as_uri(), tmp_path, tmp_path / "set", "Top", checksum)
    assert len(fetched) == 2
    assert left(tmp_path) == ["a.zip", "set"]


def test_what_can_be_known_before_is_not_fetched_for(archive, tmp_path, fetched):
    (tmp_path / "set").mkdir()
    (tmp_path / "set/mine").write_text("x")
    with pytest.raises(DownloadError, match="is not empty"):
        install(archive.as_uri(), tmp_path, tmp_path / "set", "Top")
    with pytest.raises(DownloadError, match="inside: '..' leads outside"):
        install(archive.as_uri(), tmp_path, tmp_path / "new", "..")
    assert fetched == []
