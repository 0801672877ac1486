"""A full disk is told in a sentence, before or while something is written."""

import errno
import os
import re
import shutil
from collections import namedtuple

import pytest
import safetensors

from patchprobe import disk_space
from patchprobe.errors import DiskError, PatchprobeError

Usage = namedtuple("Usage", "total used free")


def with_free(monkeypatch, n_bytes, total=10**12):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(total, 0, n_bytes))


def fail(folder, error, *n_bytes):
    with disk_space.naming_full_disk(folder, *n_bytes):
        raise error


def test_room_is_asked_for_before_anything_is_written(tmp_path, monkeypatch):
    with_free(monkeypatch, 3_000_000)
    disk_space.require(tmp_path, 3_000_000, "The store")
    expected = f"The store needs 5.2 GB in {tmp_path}, but only 3.0 MB are free there: make room"
    with pytest.raises(DiskError, match=re.escape(expected)):
        disk_space.require(tmp_path, 5_200_000_000, "The store")
    assert issubclass(DiskError, PatchprobeError)


def test_the_folder_need_not_exist_yet(tmp_path):
    free = shutil.disk_usage(tmp_path).free
    disk_space.require(tmp_path / "a/b", 1, "It")
    with pytest.raises(DiskError, match="a/b, but only"):
        disk_space.require(tmp_path / "a/b", 2 * free + 10**12, "It")
    assert not (tmp_path / "a").exists()


def test_a_disk_that_does_not_tell_its_size_is_not_taken_for_full(tmp_path, monkeypatch):
    with_free(monkeypatch, 0, total=0)
    disk_space.require(tmp_path, 10**12, "It")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_is_named(tmp_path, monkeypatch, number):
    with_free(monkeypatch, 1024)
    said = f"The disk of {tmp_path} is full ({os.strerror(number)}): 1.0 kB are free"
    with pytest.raises(DiskError, match=re.escape(said)) as caught:
        fail(tmp_path, OSError(number, os.strerror(number)))
    assert isinstance(caught.value.__cause__, OSError)
    with pytest.raises(DiskError, match=r"is full \(.*\): 7.0 MB are needed, 1.0 kB are free"):
        fail(tmp_path, OSError(number, os.strerror(number)), 7_000_000)


@pytest.mark.parametrize("error", [PermissionError(errno.EACCES, "no"), ValueError("other")])
def test_other_errors_stay_what_they_are(tmp_path, error):
    with pytest.raises(type(error)) as caught:
        fail(tmp_path, error)
    assert caught.value is error


def test_an_error_named_within_is_not_named_again(tmp_path):
    with pytest.raises(DiskError, match="/within is full"), disk_space.naming_full_disk(tmp_path):
        fail(tmp_path / "within", OSError(errno.ENOSPC, ""))


def test_a_full_disk_is_known_behind_the_error_of_a_library(tmp_path):
    """As PyTorch raises one of its own when it closes a file that is cut off."""
    try:
        raise OSError(errno.ENOSPC, "")
    except OSError:
        with pytest.raises(DiskError, match=r"is full \(No space left on device\)"):
            fail(tmp_path, RuntimeError("unexpected pos 576 vs 534"))


@pytest.mark.parametrize(
    "error",
    [
        safetensors.SafetensorError(
            "Error while serializing: I/O error: No space left on device (os error 28)"
        ),
        OSError("1048576 requested and 262128 written"),  # of numpy.ndarray.tofile
    ],
)
def test_errors_without_a_number_are_known_by_their_words(tmp_path, error):
    with pytest.raises(DiskError, match=r"is full \(No space left on device\)"):
        fail(tmp_path, error)
