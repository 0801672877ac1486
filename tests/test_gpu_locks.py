"""Processes of one machine, each on a GPU of its own: on a made-up machine with four."""

import logging
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from patchprobe import gpu_locks, visible_gpus
from patchprobe.errors import DeviceError
from tests import fake_gpus

ROOT = Path(__file__).parent.parent
A, B, C, D = fake_gpus.GPUS
E, F = fake_gpus.SLICES


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """Locks in a folder of the test, and nothing in the environment."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.delenv("PATCHPROBE_JOBS_PER_GPU", raising=False)
    monkeypatch.setattr(visible_gpus, "_ask_in_a_process", fake_gpus.shown)
    monkeypatch.setattr(visible_gpus, "started", lambda: False)  # by other tests, where it can
    monkeypatch.setattr(gpu_locks, "_LOOK_EVERY_S", 0.02)
    gpu_locks._warn_once.cache_clear()
    yield tmp_path
    gpu_locks.free()


@pytest.fixture
def start(tmp_path):
    """Start processes that each take a GPU."""
    jobs = []

    def start(**environment):
        log = tmp_path / f"{len(jobs)}.txt"
        with log.open("w") as file:
            job = subprocess.Popen(
                [sys.executable, "-c", fake_gpus.JOB],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )
        jobs.append(job)
        job.log = log
        return job

    yield start
    for job in jobs:
        job.kill()
        job.communicate()


def taken(job):
    """The UUID of the GPU that a process has taken, when it has."""
    uuid = job.stdout.readline().strip()
    assert uuid, job.log.read_text()
    return uuid


def wait_for(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def n_waits(job):
    return job.log.read_text().count("waiting for a GPU")


# ------------------------------------------------------------------------------- several processes


def test_every_process_has_a_gpu_of_its_own_and_the_fifth_waits(start):
    jobs = [start() for _ in range(4)]
    found = [taken(job) for job in jobs]
    assert sorted(found) == [A, B, C, D]
    fifth = start()
    wait_for(lambda: n_waits(fifth) >= 2)  # it says so again and again
    said = fifth.log.read_text()
    assert "gpu=4" in said and "PATCHPROBE_JOBS_PER_GPU=2" in said and B in said
    jobs[2].communicate()  # ends
    assert taken(fifth) == found[2]


def test_a_killed_process_frees_its_gpu(start):
    first = start(CUDA_VISIBLE_DEVICES="1")
    assert taken(first) == B
    second = start(CUDA_VISIBLE_DEVICES="1")
    wait_for(lambda: n_waits(second))
    first.kill()
    assert taken(second) == B


def test_a_program_that_a_job_started_does_not_keep_its_gpu(machine):
    assert gpu_locks.take().uuid == A
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as program:
        gpu_locks.free()
        descriptor = gpu_locks._lock(A)
        assert program.poll() is None
        program.communicate()
    os.close(descriptor)


def test_a_gpu_has_one_lock_under_whatever_name(start):
    """Jobs of two allocations and of none see the same GPU by different numbers."""
    assert taken(start(CUDA_VISIBLE_DEVICES="2")) == C
    assert taken(start(CUDA_VISIBLE_DEVICES=f"GPU-{C[:4]},GPU-{D}")) == D
    assert sorted(taken(start()) for _ in range(2)) == [A, B]
    waiting = start(CUDA_VISIBLE_DEVICES=f"GPU-{D},2")
    wait_for(lambda: n_waits(waiting))


def test_jobs_share_gpus_if_told_to_after_each_has_one(start):
    jobs = [start(PATCHPROBE_JOBS_PER_GPU="2", CUDA_VISIBLE_DEVICES="3,1") for _ in range(2)]
    assert sorted(taken(job) for job in jobs) == [B, D]
    jobs = [start(PATCHPROBE_JOBS_PER_GPU="2", CUDA_VISIBLE_DEVICES="3,1") for _ in range(2)]
    assert sorted(taken(job) for job in jobs) == [B, D]
    fifth = start(PATCHPROBE_JOBS_PER_GPU="2", CUDA_VISIBLE_DEVICES="3,1")
    wait_for(lambda: n_waits(fifth))


@pytest.mark.parametrize("value", ["0", "-1", "two", "", "1.5"])
def test_a_number_of_jobs_that_is_none_is_an_error(monkeypatch, value):
    monkeypatch.setenv("PATCHPROBE_JOBS_PER_GPU", value)
    with pytest.raises(DeviceError, match=f"PATCHPROBE_JOBS_PER_GPU is '{value}'"):
        gpu_locks.take()


# ----------------------------------------------------------------------------------- one process


@pytest.mark.parametrize(("value", "uuids", "spelled"), [
    (None, [A, B, C, D], ["0", "1", "2", "3"]),
    ("2", [C], ["2"]),
    ("3,0", [D, A], ["3", "0"]),
    (" 1, 2 ", [B, C], ["1", "2"]),
    ("0,2,-1,1", [A, C], ["0", "2"]),
    ("1,9,0", [B], ["1"]),
    (f"GPU-{B}", [B], [f"GPU-{B}"]),
    (f"GPU-{D[:6]},1", [D, B], [f"GPU-{D[:6]}", "1"]),
    (f"MIG-{F}", [F], [f"MIG-{F}"]),
    (f"MIG-{F},MIG-{E}", [F, E], [f"MIG-{F}", f"MIG-{E}"]),
    (f"MIG-{F},MIG-gone", [F], [f"MIG-{F}"]),
    ("", [], []),
    ("-1", [], []),
    ("NoDevFiles", [], []),
])  # fmt: skip
def test_every_spelling_of_the_variable(monkeypatch, value, uuids, spelled):
    if value is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    gpus = visible_gpus.visible()
    assert [gpu.uuid for gpu in gpus] == uuids
    assert [gpu.visible for gpu in gpus] == spelled
    for gpu in gpus:  # what it is set to shows that GPU alone
        assert fake_gpus.shown(gpu.visible) == [(gpu.uuid, gpu.name)]
    took = gpu_locks.take()
    assert took == (gpus[0] if gpus else None)
    assert os.environ.get("CUDA_VISIBLE_DEVICES") == (spelled[0] if spelled else value)
    gpu_locks.free()
    assert os.environ.get("CUDA_VISIBLE_DEVICES") == value


def test_number_0_of_an_allocation_is_known_by_its_uuid(start, monkeypatch):
    """Where a scheduler hides other GPUs (cgroups), each job's own is number 0."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    inside = {C: "Fake c"}
    monkeypatch.setattr(
        visible_gpus, "_ask_in_a_process", lambda value=None: fake_gpus.shown(value, inside)
    )
    assert gpu_locks.take() == (C, "Fake c", "0")
    waiting = start(CUDA_VISIBLE_DEVICES="2")  # the same GPU, from outside
    wait_for(lambda: n_waits(waiting))


def test_a_process_keeps_the_gpu_that_it_has(machine):
    assert gpu_locks.take() == gpu_locks.take()
    assert gpu_locks._lock(A) is None
    gpu_locks.free()
    gpu_locks.free()
    os.close(gpu_locks._lock(A))


def test_waiting_opens_no_more_and_more_files(machine):
    gpu_locks.take()
    before = len(os.listdir("/proc/self/fd"))
    assert [gpu_locks._lock(A) for _ in range(20)] == [None] * 20
    assert len(os.listdir("/proc/self/fd")) == before


def test_where_cuda_has_started_the_gpu_in_use_is_locked(monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(visible_gpus, "started", lambda: True)
    monkeypatch.setattr(visible_gpus, "_ask", lambda: list(fake_gpus.GPUS.items()))
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    assert gpu_locks.take().uuid == B
    assert "CUDA_VISIBLE_DEVICES" not in os.environ  # CUDA reads it no longer, other code may
    assert gpu_locks._lock(B) is None


# ------------------------------------------------------------------------------------ lock files


def test_lock_files_are_for_every_user_and_young(machine):
    before = os.umask(0o077)
    try:
        gpu_locks.take()
    finally:
        os.umask(before)
    (file,) = machine.glob("*.lock")
    assert file.name == f"patchprobe-gpu-{A}.lock"
    assert file.stat().st_mode & 0o777 == 0o666
    gpu_locks.free()
    os.utime(file, (0, 0))  # of long ago, as a cleaner of temporary files would take
    gpu_locks.take()
    assert time.time() - file.stat().st_mtime < 60


def take_as_nobody(results):
    os.setgid(65534)
    os.setuid(65534)
    results.put((os.getuid(), gpu_locks._lock(A) is None, gpu_locks._lock(B) is None))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_two_users_do_not_share_a_gpu(machine, monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o1777)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        assert gpu_locks.take().uuid == A
        context = multiprocessing.get_context("fork")
        results = context.SimpleQueue()
        other = context.Process(target=take_as_nobody, args=(results,))
        other.start()
        assert results.get() == (65534, True, False)
        other.join()
        assert Path(folder, f"patchprobe-gpu-{B}.lock").stat().st_uid == 65534
        os.close(gpu_locks._lock(B))  # of the other user, whose process has ended


@pytest.mark.parametrize("kind", ["folder", "link", "not allowed"])
def test_a_lock_file_that_cannot_be_opened_is_replaced_by_one_of_the_user(
    machine, monkeypatch, caplog, kind
):
    file = machine / f"patchprobe-gpu-{A}.lock"
    if kind == "folder":
        file.mkdir()
    elif kind == "link":
        file.symlink_to(machine / "elsewhere")
    else:
        file.touch()
        opened = os.open
        monkeypatch.setattr(os, "open", lambda path, *args: refuse(file, path, opened, *args))
    assert gpu_locks.take().uuid == A
    (message,) = caplog.messages
    own = machine / f"patchprobe-gpu-{A}-user-{os.getuid()}.lock"
    assert str(file) in message and str(own) in message and "other users" in message
    assert gpu_locks._lock(A) is None
    assert len(caplog.messages) == 1
    assert not (machine / "elsewhere").exists()


def refuse(refused, path, opened, *args):
    if Path(path) == refused:
        raise PermissionError(13, "Permission denied", str(path))
    return opened(path, *args)


def test_without_a_folder_to_write_to_the_first_gpu_is_used_and_that_is_said(
    machine, monkeypatch, caplog
):
    monkeypatch.setattr(tempfile, "tempdir", str(machine / "none"))
    assert gpu_locks.take().uuid == A
    (message,) = caplog.messages
    assert "without a lock" in message and "Set TMPDIR" in message and str(machine) in message


def test_a_disk_without_locks_is_said(machine, monkeypatch, caplog):
    def none(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(gpu_locks.fcntl, "flock", none)
    assert gpu_locks.take().uuid == A
    (message,) = caplog.messages
    assert "without a lock" in message and "Operation not supported" in message


def test_what_is_logged_while_waiting(machine, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    descriptor = gpu_locks._lock(B)
    monkeypatch.setattr(time, "sleep", lambda _: os.close(descriptor))
    assert gpu_locks.take().uuid == B
    assert caplog.messages == [
        "waiting for a GPU: other processes have taken all that this job may use, Fake b "
        f"(CUDA_VISIBLE_DEVICES=1, UUID {B}). `fuser {machine}/patchprobe-gpu-*.lock` names them. "
        "`--resources gpu=1` starts no more jobs than GPUs; with PATCHPROBE_JOBS_PER_GPU=2 in the "
        "environment, two jobs share one."
    ]
