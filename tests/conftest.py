"""How the tests are spread over processes (`make test` uses all cores)."""

import os

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from patchprobe import gpu_locks

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy and PyTorch: processes share the cores
os.environ.setdefault("PATCHPROBE_JOBS_PER_GPU", "64")  # and the GPU, if there is one

# The same examples in every run; `--hypothesis-profile default` looks for others.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

# Their tests use the fixture `project`, a finished workflow that takes minutes to make.
SHARE_THE_WORKFLOW = (
    "tests/workflow/test_end_to_end.py",
    "tests/workflow/test_incremental.py",
    "tests/workflow/test_records.py",
    "tests/workflow/test_reproduction.py",
    "tests/workflow/test_whole_frames.py",
)


@pytest.fixture(autouse=True)
def no_gpu_is_held():
    """Other processes need not wait for a GPU that a test took until this one ends."""
    yield
    gpu_locks.free()


def group_of(nodeid):
    """Tests of a group stay in one process: of a file, whose fixtures they share, as a rule."""
    file = nodeid.split("::")[0]
    if file in SHARE_THE_WORKFLOW:
        return "finished workflow"
    return nodeid if file.startswith("tests/workflow/") else file


class Scheduling(LoadScopeScheduling):
    """Groups of tests by `group_of`."""

    def _split_scope(self, nodeid):
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config, log):
    """For pytest-xdist, whose own `loadgroup` does not see groups under pytest 9.2."""
    return Scheduling(config, log)


def pytest_collection_modifyitems(items):
    """Start with the group that takes longest, and let no other file make a workflow anew."""
    items.sort(key=lambda item: "project" not in item.fixturenames)
    for item in items:
        if "project" in item.fixturenames and group_of(item.nodeid) != "finished workflow":
            raise pytest.UsageError(f"{item.nodeid} uses `project`: add it to SHARE_THE_WORKFLOW")
