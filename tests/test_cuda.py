"""The same results on a GPU as on the CPU; these tests are skipped where there is none.

Extraction has its own in test_cuda_extraction.py, backbones in test_backbones.py and (whole frames)
test_whole_frames.py, the training of miniature backbones in miniature/test_training.py.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from patchprobe.evaluation import linear
from patchprobe.neighbours import knn, products

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")


@pytest.mark.parametrize("bank_bytes", [None, 50_000])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_search(dtype, bank_bytes):
    rng = np.random.default_rng(0)
    queries, bank = (rng.normal(size=(n, 48)).astype(dtype) for n in (300, 3000))
    arguments = {"order": rng.permutation(48), "n_removed": [0, 10, 40], "k": 3}
    here = knn.search(queries, bank, **arguments)
    there = knn.search(queries, bank, **arguments, device="cuda", bank_bytes=bank_bytes)
    np.testing.assert_array_equal(there.index, here.index)
    np.testing.assert_allclose(there.score, here.score, rtol=1e-6)


@pytest.mark.parametrize("cuts", [[768], [18, 150, 600], [7, 1, 11]])
@pytest.mark.parametrize("spread", [0, 3])
@pytest.mark.parametrize("same_sign", [False, True])
def test_products_on_tensor_cores_are_within_their_bound(cuts, spread, same_sign):
    device = torch.device("cuda")
    half = torch.float16
    if products.choose(device, half, half) is not products.TensorCores:
        pytest.skip("this GPU or this torch multiplies no float16 into float32")
    generator = torch.Generator(device).manual_seed(0)
    queries, rows = (
        torch.randn(n, sum(cuts), generator=generator, device=device).double()
        * torch.exp(spread * torch.randn(sum(cuts), generator=generator, device=device).double())
        for n in (500, 3000)
    )
    if same_sign:
        queries, rows = queries.abs(), rows.abs()
    queries, rows = queries.clamp(-6e4, 6e4).half(), rows.clamp(-6e4, 6e4).half()
    found, stop = torch.empty(500, 3000, device=device), 0
    for step, n in enumerate(cuts, 1):
        part = slice(stop, stop + n)
        products.TensorCores.add(found, queries[:, part], rows[:, part], beta=min(step - 1, 1))
        stop += n
        q, b = queries[:, :stop].double(), rows[:, :stop].double()
        error = (found.double() - q @ b.T).abs() / (q.norm(dim=1)[:, None] * b.norm(dim=1))
        assert error.max() <= products.TensorCores.error(stop, step)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_probe(batch_norm):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 600)
    features = (rng.normal(size=(3, 8))[labels] * 2 + rng.normal(size=(600, 8))).astype(np.float32)
    training = linear.Training(learning_rate=0.01, batch_size=64, epochs=5, seed=3)
    predicted = {}
    for device in ("cpu", "cuda"):
        heads = linear.train(features, labels, [[], [2]], 3, training, batch_norm, device=device)
        predicted[device] = linear.predict(heads, features, device)
    assert (predicted["cpu"] == predicted["cuda"]).mean() > 0.99


JOB = """
import logging, sys, torch
from patchprobe import devices, gpu_locks

logging.basicConfig(stream=sys.stderr, level=logging.INFO)
devices.choose("cuda", 1)
torch.ones(8).pin_memory().to("cuda").sum().item()
uuid = str(torch.cuda.get_device_properties("cuda").uuid)
print(uuid == gpu_locks.take().uuid, torch.cuda.device_count(), uuid, flush=True)
input()
"""  # a process that takes a GPU, computes on it, and has it until its input ends


def test_every_process_computes_on_a_gpu_of_its_own(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PATCHPROBE_JOBS_PER_GPU": "1"}
    jobs = []

    def start():
        with (tmp_path / f"{len(jobs)}.txt").open("w") as log:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
            folder = Path(__file__).parent.parent
            command = [sys.executable, "-c", JOB]
            jobs.append(subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes))
        return jobs[-1]

    try:
        first = [start() for _ in range(torch.cuda.device_count())]
        found = [job.stdout.readline().split() for job in first]
        assert [line[:2] for line in found] == [["True", "1"]] * len(first)
        assert len({uuid for *_, uuid in found}) == len(first)
        last = start()
        first[-1].communicate()
        assert last.stdout.readline().split() == found[-1]
    finally:
        for job in jobs:
            job.kill()
            job.communicate()
