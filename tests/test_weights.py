"""Where weights come from: a link, an address, the hub; and what is said when they are missing."""

import errno
import hashlib
import io
import subprocess
import sys

import pytest
import safetensors.torch
import timm
import torch
from huggingface_hub import constants

from patchprobe.backbones import weights
from patchprobe.backbones.load import build, load
from patchprobe.backbones.weights_sources import how_to_get
from patchprobe.errors import CheckpointError, DiskError, DownloadError

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


def test_linking_imports_nothing_heavy(file, tmp_path):
    """A local file is linked in a moment; torch and timm alone take seconds to import."""
    script = (
        "import sys\n"
        "from patchprobe.backbones import weights, weights_sources\n"
        "weights.link(sys.argv[1], sys.argv[2])\n"
        "print(sorted({'torch', 'timm', 'numpy', 'huggingface_hub'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, str(file), str(tmp_path / "model.pth")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert (tmp_path / "model.pth").read_bytes() == b"weights"


def test_file_of_an_address_is_fetched(file, tmp_path):
    out = tmp_path / "model.pth"
    weights.fetch(
        out, "mae", "vit_base_patch16_224", depth=12, url=file.as_uri(),
        checksum=f"sha256:{SHA256[:8]}",
    )  # fmt: skip
    assert out.read_bytes() == b"weights"


@pytest.mark.parametrize(
    ("architecture", "depth", "message"),
    [
        ("vit_base_patch16_244", 12, "no architecture 'vit_base_patch16_244'"),
        ("swin_tiny_patch4_window7_224", 12, "not a plain Vision Transformer"),
        ("vit_base_patch16_224", 24, "The model has 12 layers, its entry says 24"),
    ],
)
def test_nothing_is_fetched_for_a_model_that_cannot_be_built(
    file, tmp_path, monkeypatch, architecture, depth, message
):
    monkeypatch.setattr(weights.download, "fetch", lambda *_: pytest.fail("it was fetched"))
    monkeypatch.setattr(weights, "from_hub", lambda *_: pytest.fail("it was fetched"))
    for url in (file.as_uri(), None):
        with pytest.raises(ValueError, match=message):
            weights.fetch(tmp_path / "model.pth", "mae", architecture, None, depth, url)


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
    weights.fetch(tmp_path / "model.pth", "timm", tagged)
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


def test_a_folder_or_nothing_is_not_linked(tmp_path):
    out = tmp_path / "model.pth"
    for path, found in ((tmp_path, "a folder"), (tmp_path / "no.pth", "nothing")):
        with pytest.raises(CheckpointError, match=f"weights file at {path}, found {found}"):
            weights.link(path, out)
    assert not out.is_symlink()
    expected = f"expected {tmp_path}, which is a folder: name the file in it. Ask them."
    assert expected in how_to_get("mae", weights=str(tmp_path), source="Ask them.")


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_of_the_hub_is_not_taken_for_a_lost_connection(hub_cache, monkeypatch):
    monkeypatch.setattr("huggingface_hub.hf_hub_download", full)
    with pytest.raises(DiskError, match=f"The disk of {constants.HF_HUB_CACHE} is full"):
        weights.from_hub("test_vit.r160_in1k")


def test_a_full_disk_leaves_no_half_checkpoint(tmp_path, monkeypatch):
    class Full(io.FileIO):
        write = full

    monkeypatch.setattr(weights, "open", Full, raising=False)
    with pytest.raises(DiskError, match=f"The disk of {tmp_path} is full"):
        weights.save({"a": torch.zeros(3)}, tmp_path / "model.pth")
    assert list(tmp_path.iterdir()) == []
