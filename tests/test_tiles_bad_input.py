"""Bad images and layouts are told when crops are cut."""

import time

import numpy as np
import pytest

from patchprobe.crops import tiles
from patchprobe.datasets.base import Layout
from patchprobe.errors import DatasetError
from tests import fakes
from tests.test_tiles import CHANGES, write


@pytest.mark.parametrize(
    ("variant", "layouts", "sizes"),
    [
        ("clean", {"a": Layout((32, 32), 1, 1, 32), "b": Layout((32, 32), 2, 2, 16)}, "(16, 16)"),
        ("whole", fakes.UNEQUAL, "(32, 64), (64, 96)"),
    ],
)
def test_tiles_of_two_sizes_are_refused(tmp_path, variant, layouts, sizes):
    with pytest.raises(ValueError, match="expected tiles of one size, found") as caught:
        write(tmp_path / "a.zarr", layouts, variant)
    assert sizes in str(caught.value)
    assert not (tmp_path / "a.zarr").exists()


@pytest.mark.parametrize("shape", [(64, 64, 3), (64, 94, 3), (96, 64, 3), (64, 96), (64, 96, 4)])
@pytest.mark.parametrize("variant", ["clean", "changed", "whole"])
def test_image_of_another_size_is_named(tmp_path, shape, variant):
    def read(item, frame):
        return np.zeros(shape if item == "aachen_1" else (64, 96, 3), np.uint8)

    arguments = {"changes": CHANGES} if variant == "changed" else {}
    with pytest.raises(ValueError, match=r"aachen_1: .* of \(64, 96\) px, found uint8") as caught:
        write(tmp_path / "a.zarr", fakes.IMAGES, variant, read=read, **arguments)
    assert str(shape) in str(caught.value)


def test_image_of_another_type_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"[a-z]+_1: .* found float64 of shape \(64, 96, 3\)"):
        write(tmp_path / "a.zarr", fakes.IMAGES, read=lambda item, frame: np.zeros((64, 96, 3)))


@pytest.mark.parametrize("threads", [1, 2])
def test_unreadable_image_is_an_error(tmp_path, threads):
    def read(item, frame):
        raise DatasetError(f"{item} cannot be decoded")

    with pytest.raises(DatasetError, match="cannot be decoded"):
        write(tmp_path / "a.zarr", fakes.IMAGES, read=read, threads=threads)


def test_no_images_are_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"no images to write to .*a\.zarr"):
        write(tmp_path / "a.zarr", fakes.IMAGES, names=[])
    assert not (tmp_path / "a.zarr").exists()


def test_the_first_error_stops_the_rest():
    begun = []

    def work(number):
        begun.append(number)
        if number == 1:
            raise DatasetError("broken")
        time.sleep(0.01)

    with pytest.raises(DatasetError, match="broken"):
        tiles.in_threads(work, 200, 2, "images", "image")
    assert len(begun) < 100
