"""Checkpoint files that are read without running code, and those that are refused in words."""

import os
import sys
import types
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch

from patchprobe.backbones import checkpoint, describe_checkpoint
from patchprobe.backbones.load import load
from patchprobe.errors import CheckpointError
from tests.test_backbones import BEIT, CHECKPOINTS, SMALL, VIT16


class RunsCode:
    """A pickle that would call a function when loaded."""

    def __init__(self, function, *arguments):
        self.reduced = function, arguments

    def __reduce__(self):
        return self.reduced


def broken_files(folder):
    ran = folder / "code_ran"
    torch.save({"model": RunsCode(Path.touch, ran)}, folder / "code.pth")
    torch.save({"model": {"a": torch.zeros(1)}, "x": RunsCode(os.system, "ls")}, folder / "os.pth")
    torch.save(RunsCode(eval, "1"), folder / "old.pth", _use_new_zipfile_serialization=False)
    torch.jit.script(torch.nn.Linear(2, 2)).save(folder / "script.pth")
    (folder / "page.pth").write_text("<!DOCTYPE html><html>404</html>")
    (folder / "empty.pth").write_bytes(b"")
    np.savez(folder / "arrays.npz", a=1)
    whole = (CHECKPOINTS / "mae_small.pth").read_bytes()
    (folder / "cut.pth").write_bytes(whole[: len(whole) // 2])
    state = torch.load(CHECKPOINTS / "mae_small.pth", weights_only=True)
    state["model"]["norm.bias"][0] = float("nan")
    torch.save(state, folder / "nan.pth")
    torch.save([1, 2], folder / "list.pth")
    torch.save({"model": {}}, folder / "nothing.pth")
    del state["model"]["norm.bias"]
    torch.save(state, folder / "lacks.pth")
    whole = torch.load(CHECKPOINTS / "scalemae_small.pth", weights_only=False)["model"]
    decoder = {name: x for name, x in whole.items() if name.startswith("decoder")}
    torch.save({"model": decoder}, folder / "decoder.pth")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("code.pth", "read safely(.|\n)*it asks for getattr"),
        ("os.pth", "read safely(.|\n)*it asks for posix.system"),
        ("old.pth", "read safely(.|\n)*it asks for .*eval"),
        ("script.pth", "TorchScript"),
        ("page.pth", "is a web page"),
        ("empty.pth", "is empty"),
        ("arrays.npz", "PyTorch archive, but"),
        ("cut.pth", "cut off"),
        ("nan.pth", "NaN or infinite values in norm.bias"),
        ("list.pth", "expected an entry 'model', found a list"),
        ("nothing.pth", "expected a mapping of names to tensors"),
        ("lacks.pth", "not a mae file(.|\n)*norm.bias"),
        ("decoder.pth", "It holds: a decoder alone(.|\n)*Wanted: plain ViT"),
        ("absent.pth", "No weights at"),
        (CHECKPOINTS / "dino_small.pth", "expected an entry 'model', found plain ViT"),
    ],
)
def test_wrong_files_are_refused(tmp_path, file, message):
    broken_files(tmp_path)
    with pytest.raises(CheckpointError, match=message):
        load("mae", VIT16, tmp_path / file, SMALL)
    assert not (tmp_path / "code_ran").exists()


SIZES = "48 features, 3 layers, patch 16"


@pytest.mark.parametrize(
    ("loader", "architecture", "file", "message"),
    [
        ("dino", VIT16, "dinov2_small", "holds: DINOv2 or another(.|\n)*dino_vitbase16_pretrain"),
        ("timm", VIT16, "dinov2_small", "patches of 14 px(.|\n)*holds: DINOv2 or another"),
        ("timm", "vit_base_patch14_dinov2", "dinov2_small", "Set `loader: dinov2`"),
        ("timm", VIT16, "supervised_small", f"It holds: torchvision, {SIZES}"),
        ("timm", VIT16, "mae_visualize_small", f"It holds: MAE, with its decoder, {SIZES}"),
        ("torchvision", VIT16, "dino_small", "expected a tensor 'conv_proj.weight', found plain"),
        ("scale_mae", VIT16, "mae_small", "expected a tensor 'mask_token_decoder', found plain"),
        ("mae", VIT16, "scalemae_small", f"It holds: Scale-MAE, with its decoder, {SIZES}"),
        ("simmim", BEIT, "mae_small", "Wanted: BEiT(.|\n)*simmim_pretrain__vit_base"),
        ("mae", VIT16, "simmim_small", f"It holds: SimMIM, {SIZES} in its entry 'model'"),
        ("ibot", VIT16, "dino_small", "expected an entry 'state_dict', found plain ViT"),
        ("dinov2", VIT16, "dinov2_reg_small", "It holds: DINOv2 with registers"),
        ("mae", "vit_large_patch16_224", "mae_small", "size mismatch"),
    ],
)
def test_files_of_other_models_are_refused(loader, architecture, file, message):
    with pytest.raises(CheckpointError, match=message):
        load(
            loader,
            architecture,
            CHECKPOINTS / f"{file}.pth",
            SMALL if "base" in architecture else None,
        )


def test_configuration_of_simmim_is_plain_data():
    """Its file holds a yacs.config.CfgNode, which need not be installed: its items are plain."""
    content = checkpoint.read(CHECKPOINTS / "simmim_small.pth")
    assert isinstance(content["model"]["encoder.cls_token"], torch.Tensor)
    assert type(content["config"]) is OrderedDict
    assert content["config"]["DATA"] == {"IMG_SIZE": 224}


@pytest.fixture
def yacs(monkeypatch):
    """A fake yacs: writing a file needs it, reading one must not."""
    module = types.ModuleType("yacs.config")
    for name in ("CfgNode", "other"):
        setattr(module, name, type(name, (dict,), {"__module__": "yacs.config"}))
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "yacs", types.ModuleType("yacs"))
        patch.setitem(sys.modules, "yacs.config", module)
        yield module


@pytest.mark.parametrize("is_zip", [True, False])
def test_configurations_of_old_and_new_files(tmp_path, yacs, is_zip):
    node = yacs.CfgNode(WIDTH=48, RATES=[0.1, 0.2])
    node.__dict__["__immutable__"] = True
    path = tmp_path / "config.pth"
    whole = {"model": {"a": torch.ones(2)}, "config": node}
    torch.save(whole, path, _use_new_zipfile_serialization=is_zip)
    del sys.modules["yacs.config"]
    content = checkpoint.read(path)
    assert content["config"] == {"WIDTH": 48, "RATES": [0.1, 0.2]}
    assert torch.equal(content["model"]["a"], torch.ones(2))


@pytest.mark.parametrize("is_zip", [True, False])
def test_code_behind_a_configuration_is_refused(tmp_path, yacs, is_zip):
    ran, path = tmp_path / "code_ran", tmp_path / "config.pth"
    for node, wanted in (
        (yacs.CfgNode(a=RunsCode(Path.touch, ran)), ".*getattr"),
        (yacs.CfgNode(a=RunsCode(exec, "1")), ".*exec"),
        (yacs.other(a=1), "yacs.config.other"),
    ):
        torch.save({"config": node}, path, _use_new_zipfile_serialization=is_zip)
        with pytest.raises(CheckpointError, match=f"read safely(.|\n)*it asks for {wanted}"):
            checkpoint.read(path)
    assert not ran.exists()


def test_why_a_file_is_refused_is_told_without_advice_to_trust_it(tmp_path):
    torch.save({"a": torch.zeros(1)}, tmp_path / "new.pth", pickle_protocol=4)
    with pytest.raises(CheckpointError, match=r"\(UnpicklingError: Unsupported operand 149\)"):
        checkpoint.read(tmp_path / "new.pth")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (3, "a int, not a mapping of names to tensors"),
        ({"epoch": 3, "a": 1}, "a mapping without tensors, with the entries epoch, a"),
        ({"weird.weight": torch.zeros(2)}, "names weird.weight"),
        ({"teacher": {"module.backbone.storage_tokens": torch.zeros(2)}}, "DINOv3 in its entry"),
    ],
)
def test_what_a_file_looks_like(content, words):
    assert words in describe_checkpoint.content(content)


def own_memory():
    """Bytes of this process that are no file's."""
    status = Path("/proc/self/status")
    if not status.is_file():
        pytest.skip("only Linux tells")
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


def test_what_is_not_used_of_a_file_takes_no_memory(tmp_path):
    """Such as the state of an optimiser."""
    n_bytes = 2**26
    torch.save({"used": torch.ones(3), "rest": torch.zeros(n_bytes // 4)}, tmp_path / "w.pth")
    before = own_memory()
    content = checkpoint.read(tmp_path / "w.pth")
    assert own_memory() - before < n_bytes / 4
    assert content["used"].tolist() == [1, 1, 1]
    assert content["rest"].shape == (n_bytes // 4,)
