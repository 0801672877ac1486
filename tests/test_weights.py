"""Where weights come from: a link, an address, the hub; and what is said when they are missing."""

import hashlib

import pytest

from patchprobe import weights
from patchprobe.errors import CheckpointError


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "official.pth"
    path.write_bytes(b"weights")
    return path


SHA256 = hashlib.sha256(b"weights").hexdigest()


def test_local_file_is_linked(file, tmp_path):
    out = tmp_path / "model.pth"
    weights.provide(out, "mae", path=str(file), sha256=SHA256[:12])
    assert out.is_symlink()
    assert out.read_bytes() == b"weights"


def test_local_file_with_another_hash(file, tmp_path):
    with pytest.raises(CheckpointError, match="SHA-256 does not start with abcdef12"):
        weights.provide(tmp_path / "model.pth", "mae", path=str(file), sha256="abcdef12")
    assert not (tmp_path / "model.pth").exists()


def test_missing_local_file(tmp_path):
    with pytest.raises(CheckpointError, match=r"mae not found: expected .*gone\.pth\. Ask the"):
        weights.provide(tmp_path / "m.pth", "mae", path=tmp_path / "gone.pth", source="Ask them.")


def test_nothing_to_fetch_from(tmp_path):
    with pytest.raises(
        CheckpointError, match=r"simmim cannot be fetched\. Google Drive(.*)weights:"
    ):
        weights.provide(tmp_path / "m.pth", "simmim", source="Google Drive, id 1.")


def test_fetched_file_is_checked(file, tmp_path):
    url = file.as_uri()
    weights.provide(tmp_path / "good.pth", "mae", url=url, sha256=SHA256[:8])
    assert (tmp_path / "good.pth").read_bytes() == b"weights"
    with pytest.raises(CheckpointError, match="could not be fetched"):
        weights.provide(tmp_path / "bad.pth", "mae", url=url, sha256="00000000")
    assert [path.name for path in tmp_path.iterdir() if "bad" in path.name] == []


def test_unreachable_address(tmp_path):
    with pytest.raises(CheckpointError, match="put it at .*m.pth"):
        weights.provide(tmp_path / "m.pth", "mae", url=(tmp_path / "no.pth").as_uri())
