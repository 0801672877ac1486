"""Checkpoints whose tensors are odd, and files that claim to be larger than they are."""

import json
import pickle
import random
import shutil
import sys
import zipfile

import pytest
import torch

from patchprobe.backbones import checkpoint, mae_autoencoder, untrusted
from patchprobe.backbones.load import load
from patchprobe.errors import CheckpointError
from tests.test_backbones import BEIT, CHECKPOINTS, SMALL, VIT16

VIT14, REG14 = "vit_base_patch14_dinov2", "vit_base_patch14_reg4_dinov2"
TABLE = "rel_pos_bias.relative_position_bias_table"


def content(file):
    return checkpoint.read(CHECKPOINTS / f"{file}.pth")


def with_changed(path, file, entry, name, change):
    """A copy of a checkpoint in which one tensor is another."""
    whole = content(file)
    state = whole[entry] if entry else whole
    state[name] = change(state[name])
    torch.save(whole, path)
    return path


def quantised(tensor):
    """A tensor of 8 bits, as a file may hold one; PyTorch itself reads some kinds."""
    return torch.quantize_per_tensor(tensor, 0.1, 0, torch.quint8)


# ------------------------------------------------------------------------------ odd tensors


ODD = {
    "sparse": (lambda x: x.to_sparse(), "a sparse tensor, torch.sparse_coo"),
    "meta": (lambda x: x.to("meta"), "a meta tensor, without values"),
    "nested": (lambda x: torch.nested.nested_tensor([x, x[..., :3]]), "a nested tensor"),
    "complex": (lambda x: x.to(torch.complex64), "complex, torch.complex64"),
    "quantised": (quantised, "quantised, torch.quint8"),
    "expanded": (lambda x: x.flatten()[:1].expand(x.shape), "fewer numbers, expanded to the shape"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    ("loader", "architecture", "file", "entry", "name"),
    [
        ("mae", VIT16, "mae_small", "model", "norm.bias"),
        ("mae", VIT16, "mae_small", "model", "pos_embed"),
        ("timm", VIT16, "dino_small", None, "blocks.0.attn.qkv.bias"),
        ("dinov2", VIT14, "dinov2_small", None, "pos_embed"),
    ],
)
def test_odd_tensors_are_named(tmp_path, odd, loader, architecture, file, entry, name):
    change, found = ODD[odd]
    path = with_changed(tmp_path / "w.pth", file, entry, name, change)
    with pytest.raises(CheckpointError, match=rf"w.pth: expected plain .*found {name} \({found}"):
        load(loader, architecture, path, SMALL)


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8, torch.bool, torch.float8_e4m3fn])
@pytest.mark.parametrize(
    ("loader", "architecture", "file", "entry", "name"),
    [
        ("mae", VIT16, "mae_small", "model", "norm.bias"),
        ("mae", VIT16, "mae_small", "model", "pos_embed"),
        ("simmim", BEIT, "simmim_small", "model", f"encoder.{TABLE}"),
        ("dinov2", VIT14, "dinov2_small", None, "pos_embed"),
        ("dinov2", REG14, "dinov2_reg_small", None, "cls_token"),
        ("timm", VIT16, "dino_small", None, "blocks.0.attn.qkv.bias"),
        ("timm", VIT16, "dino_small", None, "pos_embed"),
    ],
)  # fmt: skip
def test_integers_are_not_taken_for_weights(
    tmp_path, dtype, loader, architecture, file, entry, name
):
    path = with_changed(tmp_path / "w.pth", file, entry, name, lambda x: x.to(dtype))
    with pytest.raises(CheckpointError, match=rf"w.pth: .*floating-point .*{dtype}"):
        load(loader, architecture, path, SMALL)


def test_integers_that_are_no_weights_are_fine(tmp_path):
    """SimMIM's own file holds some, and an expanded dimension of length 1 is none."""
    name = "encoder.norm.bias"
    path = with_changed(
        tmp_path / "w.pth", "simmim_small", "model", name, lambda x: x[:, None].expand(48, 1)[:, 0]
    )
    assert content("simmim_small")["model"]["encoder.rel_pos_bias.relative_position_index"].dtype
    backbone = load("simmim", BEIT, path, SMALL)
    assert torch.equal(backbone.model.norm.bias, content("simmim_small")["model"][name])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_are_used_as_they_are(tmp_path, dtype):
    whole = content("mae_small")
    whole["model"] = {name: tensor.to(dtype) for name, tensor in whole["model"].items()}
    torch.save(whole, tmp_path / "w.pth")
    weight = load("mae", VIT16, tmp_path / "w.pth", SMALL).model.norm.weight
    assert weight.dtype == torch.float32
    assert torch.equal(weight, whole["model"]["norm.weight"].float())


@pytest.mark.parametrize("key", [3, b"bytes", ("a", "b"), None, 1.5])
@pytest.mark.parametrize("entry", ["model", None])
def test_keys_that_are_no_text_are_named(tmp_path, key, entry):
    whole = content("mae_small" if entry else "dino_small")
    (whole[entry] if entry else whole)[key] = torch.zeros(1)
    torch.save(whole, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match="w.pth: expected names of tensors, found the key"):
        load("mae" if entry else "dino", VIT16, tmp_path / "w.pth", SMALL)


@pytest.mark.parametrize(
    ("loader", "architecture", "file", "entry", "name"),
    [
        ("mae", VIT16, "mae_small", "model", "pos_embed"),
        ("simmim", BEIT, "simmim_small", "model", f"encoder.{TABLE}"),
        ("dinov2", REG14, "dinov2_reg_small", None, "pos_embed"),
        ("dinov2", REG14, "dinov2_reg_small", None, "cls_token"),
        ("timm", VIT14, "dinov2_small", None, "pos_embed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.flatten(),
        lambda x: x.sum(),
        lambda x: x[..., :0],
        lambda x: x[:0],
        lambda x: x[..., :-1],
        lambda x: x[None],
    ],
)
def test_tables_of_other_shapes_are_named(
    tmp_path, loader, architecture, file, entry, name, change
):
    path = with_changed(tmp_path / "w.pth", file, entry, name, change)
    with pytest.raises(CheckpointError, match=r"w\.pth"):
        load(loader, architecture, path, SMALL)


@pytest.mark.parametrize("loader", ["mae", "dino", "ibot", "dinov2", "timm", "torchvision"])
@pytest.mark.parametrize(
    "whole", [3, None, "teacher", [1], torch.zeros(2), {"teacher": 3}, {"model": 3}, {1: 2}, {}]
)
def test_files_of_something_else_are_named(tmp_path, loader, whole):
    torch.save(whole, tmp_path / "w.pth")
    architecture = VIT14 if loader == "dinov2" else VIT16
    with pytest.raises(CheckpointError, match=r"w\.pth"):
        load(loader, architecture, tmp_path / "w.pth", SMALL)


@pytest.mark.filterwarnings("ignore:Validating sparse tensor")
@pytest.mark.parametrize("name", ["norm.bias", "decoder_norm.bias"])
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda x: x.to_sparse(), "plain tensors"),
        (lambda x: x.int(), "floating-point weights"),
        (lambda x: x * torch.inf, "NaN or infinite"),
    ],
)
def test_odd_tensors_of_an_autoencoder(tmp_path, name, change, found):
    path = with_changed(tmp_path / "w.pth", "mae_visualize_small", "model", name, change)
    with pytest.raises(CheckpointError, match=rf"w.pth: .*{found}.*{name}"):
        mae_autoencoder.load(path, VIT16, SMALL, decoder_heads=2)


# ------------------------------------------------------------------------------ no checkpoints


def test_folders_and_pointers(tmp_path):
    with pytest.raises(CheckpointError, match=f"{tmp_path} is a folder: expected a weights file"):
        checkpoint.read(tmp_path)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 343\n"
    (tmp_path / "lfs.pth").write_text(pointer)
    with pytest.raises(CheckpointError, match="is a pointer of Git LFS.*git lfs pull"):
        checkpoint.read(tmp_path / "lfs.pth")
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="file/w.pth cannot be read: .*Not a directory"):
        checkpoint.read(tmp_path / "file/w.pth")


# ------------------------------------------------------------------------------ large claims


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
