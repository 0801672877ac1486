"""Servers, notes and addresses that make no sense; full disks; two processes at once."""

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
import traceback
from collections import namedtuple
from pathlib import Path

import pytest

from patchprobe.backbones.weights_sources import how_to_get
from patchprobe.download import fetch, reachable, shown
from patchprobe.errors import DiskError, DownloadError
from tests.test_download import (  # noqa: F401
    CONTENT,
    CUT,
    RESUMED,
    assert_fetched,
    interrupt,
    left,
    out,
    site,
)

# ruff: noqa: F811 - fixtures
Usage = namedtuple("Usage", "total used free")


# ------------------------------------------------------------------------------ headers


@pytest.mark.parametrize("length", ["abc", "-5", "1_0", "0x10", "1.5", "", "10, 20"])
def test_a_length_that_is_no_number(site, out, length):
    site.headers = {"Content-Length": length}
    with pytest.raises(DownloadError, match=f"expected its length, the server told '{length}'"):
        fetch(site.url, out)
    assert left(out) == []


@pytest.mark.parametrize("headers", [{"Content-Length": 0}, {}])
def test_an_empty_file(site, out, headers):
    site.content, site.has_length, site.headers = b"", False, headers
    with pytest.raises(DownloadError, match=r"is empty, expected a file|sent nothing; attempts: 3"):
        fetch(site.url, out)
    assert left(out) == []


def test_of_chunks_a_length_is_not_believed(site, out):
    """As HTTP says."""
    site.is_chunked, site.headers = True, {"Content-Length": 7}
    fetch(site.url, out)
    assert_fetched(out)


@pytest.mark.parametrize(
    "told",
    ["abc", "", "bytes", "bytes 0-1/2", "bytes 100000-x/307200", "bytes 100000-307199/*",
     "bytes 100000-307199/-307200", "bytes 100000-307199/50000", "bytes */307200"],
)  # fmt: skip
def test_a_part_that_is_not_the_missing_one(site, out, told):
    interrupt(site, out)
    site.headers = {"Content-Range": told}
    fetch(site.url, out)
    assert_fetched(out)
    assert site.ranges == [RESUMED, None]


def test_a_part_that_is_longer_than_it_says(site, out):
    interrupt(site, out)
    site.headers = {"Content-Range": f"bytes {CUT}-{CUT + 9}/{CUT + 10}"}
    fetch(site.url, out)
    assert_fetched(out)
    assert site.ranges == [RESUMED, None]


def test_a_body_longer_than_its_length_is_that_length(site, out):
    site.headers = {"Content-Length": CUT}
    fetch(site.url, out)
    assert_fetched(out, CONTENT[:CUT])


def test_a_body_that_is_always_shorter_than_its_length(site, out):
    site.headers, site.has_ranges = {"Content-Length": len(CONTENT) + 1}, False
    with pytest.raises(DownloadError, match="ended after 307200 of 307201 bytes; attempts: 3"):
        fetch(site.url, out)
    assert not out.exists()


@pytest.mark.parametrize(
    ("validator", "ranges"),
    [({"ETag": '"one"'}, ["bytes=307200-"]), ({"ETag": '"two"'}, ["bytes=307200-", None])],
)
def test_a_file_that_is_whole_but_for_its_name(site, out, validator, ranges):
    interrupt(site, out)
    Path(f"{out}.partial").write_bytes(CONTENT)
    site.validator, site.ignores_if_range = validator, True
    fetch(site.url, out)
    assert_fetched(out)
    assert site.ranges == ranges


def test_other_versions_at_every_attempt(site, out):
    """Of a file that changes between attempts, parts are never joined."""
    interrupt(site, out)
    site.content, site.validator, site.ignores_if_range = CONTENT[::-1], {"ETag": '"two"'}, True
    site.cuts = [CUT, CUT]
    fetch(site.url, out)
    assert_fetched(out, CONTENT[::-1])
    assert site.ranges == [RESUMED, None, RESUMED]


# ------------------------------------------------------------------------------ notes


@pytest.mark.parametrize(
    "change",
    [
        lambda about: [about],
        lambda about: "text",
        lambda about: {"url": about["url"]},
        lambda about: about | {"version": 3},
        lambda about: about | {"version": None},
        lambda about: about | {"version": '"a"\r\nHost: other'},
        lambda about: about | {"version": '"→"'},
    ],
)
def test_a_note_that_makes_no_sense_starts_from_the_beginning(site, out, change):
    interrupt(site, out)
    note = Path(f"{out}.partial.json")
    note.write_text(json.dumps(change(json.loads(note.read_text()))))
    fetch(site.url, out)
    assert_fetched(out)
    assert site.ranges == [None]


def test_a_note_in_another_encoding_starts_from_the_beginning(site, out):
    interrupt(site, out)
    Path(f"{out}.partial.json").write_bytes(b"\xff\xfe\x00")
    fetch(site.url, out)
    assert site.ranges == [None]


def test_a_folder_in_the_place_of_the_file(site, out):
    Path(f"{out}.partial").mkdir()
    with pytest.raises(DownloadError, match=r"could not be saved in .*Is a directory"):
        fetch(site.url, out)


# ------------------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "FILE:/etc/passwd", "ftp://127.0.0.1:9/x", "data:,abc"]
)
def test_a_server_points_to_no_files_of_this_machine(site, out, location):
    site.location = location
    url = site.url.replace("model.pth", "moved")
    with pytest.raises(DownloadError, match=r"answered 302 \(.*(points to|not allowed)"):
        fetch(url, out)
    assert left(out) == []
    assert "cannot be reached: " in reachable(url)


def test_a_server_that_points_to_itself(site, out):
    site.location = site.url.replace("model.pth", "moved")
    with pytest.raises(DownloadError, match=r"answered 302 \(.*infinite loop"):
        fetch(site.location, out)
    assert left(out) == []


def test_an_address_of_a_folder(out, tmp_path):
    with pytest.raises(DownloadError, match="Is a directory"):
        fetch(tmp_path.as_uri(), out)
    assert "Is a directory" in reachable(tmp_path.as_uri())
    assert left(out) == []


SECRETS = [
    "http://me:secret@127.0.0.1:9/model.pth",
    "https://secret@example.invalid/a@b",
    "http://me:sec/ret@127.0.0.1/model.pth",
    "http://me:secret?@127.0.0.1/model.pth",
    "ftp://me:secret@127.0.0.1/x",
]


@pytest.mark.parametrize("url", SECRETS)
def test_passwords_are_told_nowhere(site, out, url, capfd):
    said = [reachable(url), how_to_get("mae", url=url), shown(url)]
    with pytest.raises(DownloadError, match="or a password|that starts") as caught:
        fetch(url, out)
    said += traceback.format_exception(caught.value)
    site.location = url
    with pytest.raises(DownloadError, match=r"answered 302") as caught:
        fetch(site.url.replace("model.pth", "moved"), out)
    said += [str(caught.value), *capfd.readouterr()]
    assert not any("sec" in text for text in said)
    assert left(out) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/pkg@1.0/model.pth",
        "http://127.0.0.1:80/a:b@c",
        "http://[::1]:80/a@b",
        "file:///data/me@home/a:b.pth",
    ],
)
def test_an_at_sign_is_no_password(url):
    assert shown(url) == url


# ------------------------------------------------------------------------------ full disks


def test_room_is_asked_for_before_anything_is_written(site, out, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 0, 300_000))
        said = f"{site.url} could not be saved: The file needs 0.3 MB in {out.parent}, but only"
        with pytest.raises(DiskError, match=said):
            fetch(site.url, out)
        assert left(out) == []
        assert len(site.log) == 1
    fetch(site.url, out)
    assert_fetched(out)


def test_of_a_resumed_file_the_rest_needs_room(site, out, monkeypatch):
    interrupt(site, out)
    rest = len(CONTENT) - CUT
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 0, rest - 1))
        with pytest.raises(DiskError, match=r"needs 0.2 MB.*resumes: .* holds the first 100000"):
            fetch(site.url, out)
        patch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 0, rest))
        fetch(site.url, out)
    assert_fetched(out)


def test_a_full_disk_cuts_the_note(site, out, monkeypatch):
    """What could not be noted is not resumed."""
    with monkeypatch.context() as patch:

        def full(self, text, **kwargs):
            self.write_bytes(text[:10].encode())
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(Path, "write_text", full)
        with pytest.raises(DiskError, match="is full"):
            fetch(site.url, out)
    assert left(out) == []
    fetch(site.url, out)
    assert_fetched(out)


def test_a_disk_of_too_few_bytes_in_earnest(site, out):
    """A process that may write no larger files (another error of the disk) keeps what it has."""
    script = (
        "import resource, sys\n"
        "from patchprobe.download import fetch\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({CUT}, {CUT}))\n"
        "fetch(*sys.argv[1:])"
    )
    command = [sys.executable, "-c", script, site.url, str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "could not be saved" in done.stderr and "File too large" in done.stderr
    assert f"holds the first {CUT} bytes" in done.stderr.replace("\n", " ")
    fetch(site.url, out)
    assert_fetched(out)
    assert site.ranges == [None, RESUMED]


# ------------------------------------------------------------------------------ two processes


def test_two_processes_do_not_write_the_same_file(site, out):
    with open(f"{out}.partial", "wb") as other:
        other.write(b"mine")
        other.flush()
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(DownloadError, match="another process fetches the same file"):
            fetch(site.url, out)
        assert Path(other.name).read_bytes() == b"mine"
    fetch(site.url, out)
    assert_fetched(out)


def test_the_other_process_ends_in_between(site, out, monkeypatch):
    """The lock of a file that has been given its name meanwhile is not the lock of the next."""
    flock = fcntl.flock

    def late(file, how):
        os.replace(f"{out}.partial", out)
        monkeypatch.setattr(fcntl, "flock", flock)
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    fetch(site.url, out)
    assert_fetched(out)


def test_a_disk_without_locks(site, out, monkeypatch):
    def none(*_):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", none)
    fetch(site.url, out)
    assert_fetched(out)


def test_many_processes_at_once(site, out):
    script = "import sys; from patchprobe.download import fetch; fetch(*sys.argv[1:])"
    command = [sys.executable, "-c", script, site.url, str(out)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate()[1] for process in running]
    codes = [process.returncode for process in running]
    assert 0 in codes
    assert all(
        not code or "another process" in text for code, text in zip(codes, said, strict=True)
    )
    assert_fetched(out)
