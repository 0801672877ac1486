"""Where weights come from: a link, an address, the hub; and what is said when they are missing."""

import hashlib

import pytest
import safetensors.torch
import torch

from patchprobe import weights
from patchprobe.backbones.load import build, load
from patchprobe.errors import CheckpointError
from patchprobe.weights_sources import how_to_get

SHA256 = hashlib.sha256(b"weights").hexdigest()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "official.pth"
    path.write_bytes(b"weights")
    return path


def test_local_file_is_linked(file, tmp_path):
    out = tmp_path / "model.pth"
    weights.link(file, out, sha256=SHA256[:12])
    assert out.is_symlink()
    assert out.read_bytes() == b"weights"


def test_local_file_with_another_hash(file, tmp_path):
    with pytest.raises(CheckpointError, match="SHA-256 does not start with abcdef12"):
        weights.link(file, tmp_path / "model.pth", sha256="abcdef12")
    assert not (tmp_path / "model.pth").exists()


def test_fetched_file_is_checked(file, tmp_path):
    weights.fetch(file.as_uri(), tmp_path / "good.pth", SHA256[:8])
    assert (tmp_path / "good.pth").read_bytes() == b"weights"
    with pytest.raises(CheckpointError, match="could not be fetched"):
        weights.fetch(file.as_uri(), tmp_path / "bad.pth", "00000000")
    assert [path.name for path in tmp_path.iterdir() if "bad" in path.name] == []


def test_unreachable_address(tmp_path):
    with pytest.raises(CheckpointError, match="set `weights: <path>` instead of `url`"):
        weights.fetch((tmp_path / "no.pth").as_uri(), tmp_path / "m.pth")


def test_what_is_said_about_missing_weights(file, tmp_path):
    assert how_to_get("mae", weights=str(file)) is None
    assert how_to_get("mae", url="https://example.org/mae.pth") is None
    assert how_to_get("mae", hub=True) is None
    assert how_to_get("mae", random_seed=0) is None
    gone = tmp_path / "gone.pth"
    assert how_to_get("mae", weights=gone, source="Ask them.") == (
        f"Weights of mae not found: expected {gone}. Ask them."
    )
    assert how_to_get("simmim", hub=False, source="Google Drive, id 1") == (
        "Weights of simmim cannot be fetched: Google Drive, id 1. Get the file and set "
        "`weights: <path>` in its entry."
    )


def test_safetensors_are_known_by_their_content(tmp_path):
    """The workflow gives every file the suffix .pth."""
    small = {"embed_dim": 32, "depth": 1, "num_heads": 2}
    model = build("vit_base_patch16_224", small)
    safetensors.torch.save_file(model.state_dict(), tmp_path / "model.safetensors")
    weights.link(tmp_path / "model.safetensors", tmp_path / "model.pth")
    backbone = load("timm", "vit_base_patch16_224", tmp_path / "model.pth", small)
    expected = model.patch_embed.proj.weight
    torch.testing.assert_close(backbone.model.patch_embed.proj.weight, expected)
    content = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "cut.pth").write_bytes(content[: len(content) // 2])
    with pytest.raises(CheckpointError, match="cannot|can be read safely"):
        load("timm", "vit_base_patch16_224", tmp_path / "cut.pth", small)
