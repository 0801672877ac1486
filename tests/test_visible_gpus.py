"""What the CUDA driver is asked: with a library of the test in its place."""

import json
import os
import shutil
import subprocess
import sys

import pytest

CC = shutil.which("cc")
pytestmark = pytest.mark.skipif(not CC, reason="no C compiler")
LIBRARY = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int started = 0;
static int fails(const char *call) {
    const char *failing = getenv("FAKE_FAILS");
    return failing && !strcmp(failing, call) ? 999 : 0;
}
int cuInit(unsigned flags) {
    if (fails("cuInit")) return 999;
    started = 1;
    return 0;
}
int cuDeviceGetCount(int *count) {
    if (!started) return 3;
    *count = atoi(getenv("FAKE_COUNT"));
    return 0;
}
int cuDeviceGet(int *device, int number) { *device = 40 + number; return 0; }
int cuDeviceGetUuid(unsigned char *uuid, int device) { memset(uuid, device, 16); return 0; }
#ifndef OLD
int cuDeviceGetUuid_v2(unsigned char *uuid, int device) {
    memset(uuid, device + 0x80, 16);
    return fails("cuDeviceGetUuid_v2");
}
#endif
int cuDeviceGetName(char *name, int length, int device) {
    const char *value = getenv("CUDA_VISIBLE_DEVICES");
    snprintf(name, length, "GPU of %s", value ? value : "all");
    return 0;
}
"""
ASK = """
import json
from patchprobe import visible_gpus

before = visible_gpus.started()
gpus = visible_gpus.visible()
still = visible_gpus.started() or "libcuda" in open("/proc/self/maps").read()
shown = visible_gpus.shown()
print(json.dumps([gpus, shown, before, still, visible_gpus.started()]))
"""
FIRST, SECOND = ("a8a8a8a8-a8a8-a8a8-a8a8-a8a8a8a8a8a8", "a9a9a9a9-a9a9-a9a9-a9a9-a9a9a9a9a9a9")


@pytest.fixture
def ask(tmp_path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def ask(*flags, **environment):
        (tmp_path / "cuda.c").write_text(LIBRARY)
        library = tmp_path / "libcuda.so.1"
        subprocess.run(
            [CC, "-shared", "-fPIC", *flags, "-o", library, "cuda.c"], cwd=tmp_path, check=True
        )
        environment = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path), **environment}
        done = subprocess.run(
            [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def test_the_driver_is_asked_without_starting_cuda_here(ask):
    gpus, shown, *started = ask(FAKE_COUNT="2")
    assert gpus == [[FIRST, "GPU of all", "0"], [SECOND, "GPU of all", "1"]]
    assert shown == [
        [FIRST, "GPU of all", f"GPU-{FIRST}"],
        [SECOND, "GPU of all", f"GPU-{SECOND}"],
    ]
    assert started == [False, False, True]


def test_slices_are_asked_for_one_by_one(ask):
    gpus, *_ = ask(FAKE_COUNT="1", CUDA_VISIBLE_DEVICES="MIG-x,MIG-y")
    assert gpus == [[FIRST, "GPU of MIG-x", "MIG-x"], [FIRST, "GPU of MIG-y", "MIG-y"]]


def test_an_old_driver_knows_no_slices(ask):
    (gpu,), *_ = ask("-DOLD", FAKE_COUNT="1")
    assert gpu == ["28282828-2828-2828-2828-282828282828", "GPU of all", "0"]


@pytest.mark.parametrize("environment", [{"FAKE_COUNT": "0"}, {"FAKE_FAILS": "cuInit"}])
def test_no_gpu(ask, environment):
    gpus, shown, *_ = ask(**environment)
    assert gpus == shown == []


def test_a_driver_that_cannot_tell_its_gpus_apart_is_an_error(ask):
    with pytest.raises(AssertionError, match="counts 1 GPUs, but cannot tell of 0"):
        ask(FAKE_COUNT="1", FAKE_FAILS="cuDeviceGetUuid_v2")
