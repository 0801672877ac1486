"""Position tables at other sizes, against independent formulas and the official libraries."""

import numpy as np
import pytest
import torch
from scipy.interpolate import make_interp_spline
from torchvision.models.vision_transformer import interpolate_embeddings

from patchprobe.backbones import positions, simmim
from patchprobe.errors import CheckpointError


def cubic(values, scale, n_wanted, axis):
    """Cubic convolution (Keys, a = -0.75) along an axis, pixel centres aligned, edges repeated."""
    at = (np.arange(n_wanted) + 0.5) / scale - 0.5
    first = np.floor(at).astype(int) - 1
    taps = np.clip(first[:, None] + np.arange(4), 0, values.shape[axis] - 1)
    t = np.abs(at[:, None] - (first[:, None] + np.arange(4)))
    a = -0.75
    near = (a + 2) * t**3 - (a + 3) * t**2 + 1
    far = a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a
    weights = np.where(t <= 1, near, far)
    moved = np.moveaxis(values, axis, 0)
    return np.moveaxis(np.einsum("nk,nk...->n...", weights, moved[taps]), 0, axis)


@pytest.mark.parametrize("grid", [(28, 28), (12, 20), (64, 128), (7, 7)])
@pytest.mark.parametrize("offset", [0.0, 0.1])
def test_bicubic_to_a_size_or_by_a_factor(grid, offset):
    """MAE resamples to a size; DINO, iBOT and DINOv2 by the factor (length + 0.1) / side."""
    table = torch.randn(1, 1 + 14 * 14, 5)
    ours = positions.resample(table, grid, offset=offset)
    assert torch.equal(ours[:, :1], table[:, :1])
    image = table[0, 1:].reshape(14, 14, 5).double().numpy()
    for axis, length in enumerate(grid):
        image = cubic(image, (length + offset) / 14, length, axis)
    np.testing.assert_allclose(ours[0, 1:].reshape(*grid, 5), image, rtol=0, atol=2e-5)


@pytest.mark.parametrize("side", [28, 42, 10])
def test_supervised_as_torchvision(side):
    table = torch.randn(1, 197, 6)
    official = interpolate_embeddings(side * 16, 16, {"encoder.pos_embedding": table})
    ours = positions.resample(table, (side, side), align_corners=True)
    torch.testing.assert_close(ours, official["encoder.pos_embedding"])


def test_own_size_is_kept():
    table = torch.randn(1, 17, 8)
    assert torch.equal(positions.resample(table, (4, 4), offset=0.1), table)
    relative = torch.randn(27**2 + 3, 2)
    assert torch.equal(simmim.resample_relative(relative, (14, 14)), relative)


def test_table_of_no_square_grid_is_refused():
    with pytest.raises(
        CheckpointError, match="expected a position table of 1 prefix tokens and a square grid"
    ):
        positions.resample(torch.zeros(1, 20, 4), (4, 4))


def test_sin_cos_by_hand():
    """Row 1, column 2 of 8 features at step 0.5: frequencies 1 and 1/100."""
    code = positions.sin_cos((2, 3), 8, 0.5)
    assert code.shape == (1, 7, 8)
    assert not code[0, 0].any()
    column, row = 2 * 0.5, 1 * 0.5
    by_hand = [
        np.sin(column), np.sin(column / 100), np.cos(column), np.cos(column / 100),
        np.sin(row), np.sin(row / 100), np.cos(row), np.cos(row / 100),
    ]  # fmt: skip
    np.testing.assert_allclose(code[0, 1 + 1 * 3 + 2], by_hand, rtol=1e-6)


@pytest.mark.parametrize("grid", [(28, 28), (64, 128), (14, 20)])
def test_relative_positions_by_cubic_splines(grid):
    """Tensor product of cubic splines, from positions at a geometric progression of distances."""
    table = torch.randn(27**2 + 3, 2, dtype=torch.float64)
    ours = simmim.resample_relative(table, grid)
    rows, columns = (2 * length - 1 for length in grid)
    assert ours.shape == (rows * columns + 3, 2)
    assert torch.equal(ours[-3:], table[-3:])
    image = table[:-3].reshape(27, 27, 2).numpy()
    for axis, length in enumerate((rows, columns)):
        known = geometric(13, length // 2)
        wanted = np.clip(np.arange(length) - length // 2, known[0], known[-1])
        image = make_interp_spline(known, image, k=3, axis=axis)(wanted)
    np.testing.assert_allclose(ours[:-3].reshape(rows, columns, 2), image, atol=1e-4)
    centre = ours[:-3].reshape(rows, columns, 2)[rows // 2, columns // 2]
    torch.testing.assert_close(centre, table[:-3].reshape(27, 27, 2)[13, 13])


def geometric(n, reach):
    """0, 1, 1 + q, ... with n steps that reach so far (found by bisection), and their negatives."""
    if n == reach:
        return np.arange(-n, n + 1)
    low, high = 1.01, 1.5
    while high - low > 1e-9:
        q = (low + high) / 2
        low, high = (low, q) if (q**n - 1) / (q - 1) > reach else (q, high)
    distances = [(q**i - 1) / (q - 1) for i in range(1, n + 1)]
    return np.array([-d for d in reversed(distances)] + [0] + distances)
