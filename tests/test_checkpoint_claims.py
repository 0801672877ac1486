"""Weights files that claim to hold more than they do: bounded, and named before memory is taken."""

import json
import pickle
import random
import shutil
import sys
import zipfile

import pytest
import torch

from patchprobe.backbones import checkpoint, untrusted
from patchprobe.backbones.load import load
from patchprobe.errors import CheckpointError
from tests.test_backbones import SMALL, VIT16

GIGANTIC = 2**33


def number(n):
    """A number in a pickle."""
    return b"\x8a\x05" + n.to_bytes(5, "little")


def old_format(path, body):
    """A file of the format before zip archives, whose first object is a pickle by hand."""
    magic, about = 0x1950A86A20F9469CFC6C, {"little_endian": True, "protocol_version": 1001}
    parts = [pickle.dumps(x, 2) for x in (magic, 1001, about)]
    path.write_bytes(b"".join([*parts, b"\x80\x02", body, b".", pickle.dumps([], 2)]))
    return path


def peak():
    """Most bytes that this process has held since `forget_peak`."""
    with open("/proc/self/status") as status:
        (line,) = (line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.fixture
def cheaply():
    """The test may not take a gigabyte more."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux bounds memory")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = peak()
    yield
    assert peak() - before < 1.5e9


def zeros(path):
    return old_format(path, b"c__builtin__\nbytearray\n" + number(GIGANTIC) + b"\x85R")


def copies(path):
    """A text of a megabyte, encoded many times."""
    text = b"c_codecs\nencode\nq\x00X" + (10**6).to_bytes(4, "little") + b"x" * 10**6
    call = b"h\x00h\x01X\x06\0\0\0latin1\x86R"
    return old_format(path, text + b"q\x01]q\x03(" + call * 5000 + b"e")


def tensor(path):
    return old_format(path, b"ctorch\nTensor\n" + number(GIGANTIC) + b"\x85R")


def long_storage(path, is_zip):
    """Four numbers that claim to be billions."""
    torch.save({"model": {"a": torch.arange(4.0)}}, path, _use_new_zipfile_serialization=is_zip)
    few, many = b"K\x04", number(GIGANTIC)
    if not is_zip:
        whole = path.read_bytes().replace(few, many)
        return path.write_bytes(whole[:-24] + GIGANTIC.to_bytes(8, "little") + whole[-16:])
    shutil.copy(path, f"{path}.whole")
    with zipfile.ZipFile(f"{path}.whole") as whole, zipfile.ZipFile(path, "w") as changed:
        for name in whole.namelist():
            part = whole.read(name)
            changed.writestr(name, part.replace(few, many) if name.endswith("data.pkl") else part)


CLAIMS = {
    "zeros": zeros,
    "copies": copies,
    "tensor": tensor,
    "old storage": lambda path: long_storage(path, is_zip=False),
    "zip storage": lambda path: long_storage(path, is_zip=True),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_files_that_claim_gigabytes(tmp_path, cheaply, claim):
    CLAIMS[claim](tmp_path / "w.pth")
    assert (tmp_path / "w.pth").stat().st_size < 2e6
    with pytest.raises(CheckpointError, match="read safely"):
        checkpoint.read(tmp_path / "w.pth")


def test_what_is_claimed_is_said(tmp_path, cheaply):
    with pytest.raises(CheckpointError, match="asks for far more memory than its size"):
        checkpoint.read(zeros(tmp_path / "w.pth"))


def test_the_bound_ends_with_the_file(tmp_path):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(CheckpointError):
        checkpoint.read(zeros(tmp_path / "w.pth"))
    with untrusted.bounded_memory(0):
        pass
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


@pytest.mark.parametrize("part", ["data.pkl", "data/0", "byteorder"])
def test_compressed_files_are_neither_misread_nor_blown_up(tmp_path, cheaply, part):
    """PyTorch takes compressed numbers, read in place, for others."""
    torch.save({"model": {"a": torch.arange(4.0)}}, tmp_path / "w.pth")
    path = tmp_path / "bomb.pth"
    with zipfile.ZipFile(tmp_path / "w.pth") as whole, zipfile.ZipFile(path, "w") as bomb:
        for name in whole.namelist():
            is_bomb = name.endswith(part)
            method = zipfile.ZIP_DEFLATED if is_bomb else zipfile.ZIP_STORED
            bomb.writestr(name, whole.read(name) + is_bomb * bytes(2 * 10**8), method)
    assert path.stat().st_size < 10**6
    with pytest.raises(CheckpointError, match=f"{part} in it is compressed"):
        checkpoint.read(path)


@pytest.mark.parametrize(
    ("opened", "closed"), [(b"]", b"a"), (b"N" + b"\x85", b""), (b"}K\x01", b"s")]
)
def test_deep_nesting_is_no_crash(tmp_path, cheaply, opened, closed):
    n = 10**5
    body = opened * n + (b"N" + closed * n if closed == b"s" else closed * (n - 1))
    path = old_format(tmp_path / "w.pth", body)
    with pytest.raises(CheckpointError, match=r"w\.pth"):
        load("mae", VIT16, path, SMALL)


def safetensors_head(n):
    about = {"dtype": "F32", "shape": [n], "data_offsets": [0, 4 * n]}
    return json.dumps({"a": about}).encode()


@pytest.mark.parametrize(
    "head",
    [
        b"{" + b"[" * 10**5,
        b'{"a":' * 10**5,
        safetensors_head(GIGANTIC),
        safetensors_head(-1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("n_more", [0, 10**7])
def test_safetensors_that_claim_more_than_they_hold(tmp_path, cheaply, head, n_more):
    size = (len(head) + n_more).to_bytes(8, "little")
    (tmp_path / "w.pth").write_bytes(size + head + bytes(16))
    with pytest.raises(CheckpointError, match="read safely"):
        checkpoint.read(tmp_path / "w.pth")


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("is_zip", [True, False])
def test_damage_anywhere_runs_nothing_and_is_named(tmp_path, is_zip):
    """Files with changed bytes are read or refused in words."""
    path, draw = tmp_path / "w.pth", random.Random(0)
    state = {"model": {f"{i}": torch.ones(2) for i in range(3)}, "args": {"lr": 0.1}}
    torch.save(state, path, _use_new_zipfile_serialization=is_zip)
    whole = path.read_bytes()
    for _ in range(300):
        at = draw.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([draw.randrange(256)]) + whole[at + 1 :])
        try:
            checkpoint.read(path)
        except CheckpointError as error:
            assert "w.pth" in str(error)
