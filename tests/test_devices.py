"""Where a job computes, on machines with GPUs and without."""

import logging
import os
import tempfile

import pytest
import torch

from patchprobe import devices, gpu_locks, visible_gpus
from patchprobe.errors import DeviceError
from tests import fake_gpus

A, B, *_ = fake_gpus.GPUS


@pytest.fixture(autouse=True)
def restored(monkeypatch, caplog):
    """Settings of torch and the environment as they were; what is logged is seen."""
    threads, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
    caplog.set_level(logging.INFO)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    yield
    gpu_locks.free()
    torch.set_num_threads(threads)
    torch.set_float32_matmul_precision(precision)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with four GPUs, as CUDA and as torch see it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(visible_gpus, "_ask_in_a_process", fake_gpus.shown)
    monkeypatch.setattr(visible_gpus, "started", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(fake_gpus.shown()))
    return tmp_path


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_gpu_is_taken_and_named(machine, caplog, device):
    os.close(os.open(machine / f"patchprobe-gpu-{A}.lock", os.O_CREAT))
    held = gpu_locks._lock(A)  # by another process
    assert devices.choose(device, 3) == "cuda"
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "1"
    assert caplog.messages == [
        f"computing on cuda, 3 CPU threads: Fake b (CUDA_VISIBLE_DEVICES=1, UUID {B})"
    ]
    os.close(held)


def test_the_lock_is_taken_before_torch_looks(machine, monkeypatch):
    def look():
        assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
        return True

    monkeypatch.setattr(torch.cuda, "is_available", look)
    devices.choose("auto", 1)


def test_no_lock_without_need(machine, caplog):
    assert devices.choose("cpu", 2) == "cpu"
    devices.use_threads(2)
    assert list(machine.iterdir()) == []
    assert "CUDA_VISIBLE_DEVICES" not in os.environ
    assert caplog.messages == ["computing on cpu, 2 CPU threads"]


@pytest.mark.parametrize("value", ["", "-1"])
def test_hidden_gpus_are_none(machine, monkeypatch, value):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert devices.choose("auto", 1) == "cpu"
    with pytest.raises(DeviceError, match=f"sees no GPU here .CUDA_VISIBLE_DEVICES is '{value}'."):
        devices.choose("cuda", 1)
    assert list(machine.iterdir()) == []


def test_a_gpu_that_torch_cannot_use_is_given_back(machine, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert devices.choose("auto", 1) == "cpu"
    assert "CUDA_VISIBLE_DEVICES" not in os.environ
    os.close(gpu_locks._lock(A))
    with pytest.raises(DeviceError, match="torch sees no GPU here. Use"):
        devices.choose("cuda", 1)


def test_a_torch_for_other_gpus_works_without_a_lock(machine, monkeypatch, caplog):
    monkeypatch.setattr(torch.version, "cuda", None)
    assert devices.choose("auto", 1) == "cuda"
    assert list(machine.iterdir()) == []
    assert caplog.messages == ["computing on cuda, 1 CPU threads: a GPU that cannot be locked"]


@pytest.mark.parametrize("device", ["cuda:1", "gpu", "0", ""])
def test_a_device_that_is_none_is_an_error(machine, device):
    with pytest.raises(DeviceError, match=f"device: {device} .* CUDA_VISIBLE_DEVICES chooses"):
        devices.choose(device, 1)
