"""Where weights come from: a link, an address, the hub; and what is said when they are missing."""

import hashlib

import pytest
import safetensors.torch
import timm
import torch
from huggingface_hub import constants

from patchprobe.backbones import weights
from patchprobe.backbones.load import build, load
from patchprobe.backbones.weights_sources import how_to_get
from patchprobe.errors import CheckpointError, DownloadError

SHA256 = hashlib.sha256(b"weights").hexdigest()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "official.pth"
    path.write_bytes(b"weights")
    return path


def test_local_file_is_linked(file, tmp_path):
    out = tmp_path / "model.pth"
    weights.link(file, out, checksum=f"sha256:{SHA256[:12]}")
    assert out.is_symlink()
    assert out.read_bytes() == b"weights"


def test_local_file_with_another_hash(file, tmp_path):
    with pytest.raises(DownloadError, match="sha256 should start with abcdef12"):
        weights.link(file, tmp_path / "model.pth", checksum="sha256:abcdef12")
    assert not (tmp_path / "model.pth").exists()


@pytest.fixture
def hub_cache(tmp_path, monkeypatch):
    """A cache of the hub that holds one file, and no connection."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    repository = tmp_path / "hub/models--timm--test_vit.r160_in1k"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs/main").write_text("0123abcd")
    file = repository / "snapshots/0123abcd/model.safetensors"
    file.parent.mkdir(parents=True)
    return file


def test_file_of_the_hub_is_loaded_strictly(hub_cache, tmp_path):
    tagged = "test_vit.r160_in1k"
    model = timm.create_model("test_vit", num_classes=1000)
    safetensors.torch.save_file(model.state_dict(), hub_cache)
    assert how_to_get("tiny", hub=True, architecture=tagged) is None
    weights.link(weights.from_hub(tagged), tmp_path / "model.pth")
    backbone = load("timm", tagged, tmp_path / "model.pth", image_size=160)
    torch.testing.assert_close(backbone.model.pos_embed, model.pos_embed)


def test_what_the_hub_does_not_have(hub_cache):
    with pytest.raises(CheckpointError, match="could not be fetched from the hub(.|\n)*weights: <"):
        weights.from_hub("test_vit2.r160_in1k")
    with pytest.raises(CheckpointError, match="names no file on its hub for 'test_vit.no_such'"):
        weights.from_hub("test_vit.no_such")
    said = how_to_get("tiny", hub=True, architecture="test_vit2.r160_in1k")
    assert "Weights of tiny cannot be fetched: http://127.0.0.1:9 cannot be reached" in said
    assert "set `weights: <path>` in its entry instead" in said


def test_what_is_said_about_missing_weights(file, tmp_path):
    assert how_to_get("mae", weights=str(file)) is None
    assert how_to_get("mae", url=file.as_uri()) is None
    assert how_to_get("mae", random_seed=0) is None
    gone = tmp_path / "gone.pth"
    assert how_to_get("mae", weights=str(gone), source="Ask them.") == (
        f"Weights of mae not found: expected {gone}. Ask them."
    )
    assert gone.as_uri() in how_to_get("mae", url=gone.as_uri())
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
