"""Weights files: damaged ones, other ones, and ones that would run code."""

import os
import shutil
from collections import OrderedDict
from pathlib import Path

import safetensors.torch
import torch

from patchprobe.backbones import checkpoint, describe_checkpoint
from patchprobe.backbones.load import load
from patchprobe.errors import CheckpointError
from tests.fuzz.target import Target, Wrong
from tests.test_backbones import CHECKPOINTS, SMALL, VIT16

SAFE = ("new.pth", "old.pth", "state.safetensors", "list.pth")
CODE = ("code.pth", "code_old.pth")
LOADED = "mae.pth"


class RunsCode:
    """A pickle that would make a file when it is loaded."""

    def __init__(self, function, *arguments):
        self.reduced = function, arguments

    def __reduce__(self):
        return self.reduced


class Checkpoints(Target):
    """PyTorch files, new and old, and safetensors."""

    name = "checkpoints"

    def prepare(self, world):
        state = OrderedDict(
            (f"blocks.{n}.weight", torch.arange(6.0).reshape(2, 3)) for n in range(3)
        )
        torch.save({"model": state, "epoch": 3}, world / "new.pth")
        torch.save({"model": state}, world / "old.pth", _use_new_zipfile_serialization=False)
        torch.save([1, 2, "text"], world / "list.pth")
        safetensors.torch.save_file(dict(state), world / "state.safetensors")
        shutil.copy(CHECKPOINTS / "mae_small.pth", world / LOADED)
        for name in CODE:
            bad = {"model": state, "x": RunsCode(os.mkdir, "code_ran")}
            torch.save(bad, world / name, _use_new_zipfile_serialization="old" not in name)

    def use(self, folder):
        refused = []
        for name in (*SAFE, *CODE):
            try:
                found = checkpoint.read(folder / name)
                describe_checkpoint.content(found)
                for key in ("model", "state_dict"):
                    self._entries(found, key, folder / name)
            except CheckpointError as error:
                refused += [error] if name in SAFE else []
            if Path("code_ran").exists():
                raise Wrong(f"code of {name} ran")
        try:
            load("mae", VIT16, folder / LOADED, SMALL)
        except CheckpointError as error:
            refused.append(error)
        return not refused

    def _entries(self, found, key, path):
        """Entries and tensors of a file that could be read; most have others."""
        for ask in (checkpoint.entry, lambda *args: checkpoint.tensors(args[0], args[2])):
            try:
                checkpoint.require("blocks.0.weight", ask(found, key, path), path)
            except CheckpointError:
                continue
