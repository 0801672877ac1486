"""How the tests are spread over processes (`make test` uses all cores)."""

import os

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy and PyTorch: processes share the cores


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share a fixture stay in one process; what takes longest starts first.

    The tests of the finished workflow are one group, other tests of the workflow go anywhere, and
    all others stay with those of their file.
    """
    for item in items:
        if "project" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("finished workflow"))
        elif not item.get_closest_marker("workflow"):
            item.add_marker(pytest.mark.xdist_group(item.path.name))
    items.sort(key=lambda item: "project" not in item.fixturenames)
