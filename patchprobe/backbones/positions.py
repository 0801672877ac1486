"""Position tables for other grids of patches, as each official code makes them."""

import torch
from torch.nn.functional import interpolate

from patchprobe.backbones import checkpoint
from patchprobe.errors import CheckpointError


def resample(table, grid, n_prefix=1, offset=0.0, antialias=False, align_corners=False):
    """Resample a learned or stored position table, bicubically; prefix tokens keep theirs.

    Parameters
    ----------
    table : torch.Tensor of shape (1, n_prefix + n * n, n_features)
    grid : (int, int)
        Rows and columns of patches of the new table.
    n_prefix : int
        Tokens before the patches that have a position of their own.
    offset : float
        DINO, iBOT and DINOv2 resample by the factor (length + 0.1) / n instead of to a size.
    antialias, align_corners : bool
        As in `torch.nn.functional.interpolate`.

    Returns
    -------
    torch.Tensor of shape (1, n_prefix + rows * columns, n_features), float32
        The table itself if it already has this grid.
    """
    side = check(table, n_prefix)
    prefix, patches = table.float().split([n_prefix, side * side], 1)
    if (side, side) == tuple(grid):
        return table.float()
    arguments = {"mode": "bicubic", "antialias": antialias, "align_corners": align_corners}
    if offset:
        arguments["scale_factor"] = [(length + offset) / side for length in grid]
    else:
        arguments["size"] = tuple(grid)
    image = interpolate(patches.unflatten(1, (side, side)).permute(0, 3, 1, 2), **arguments)
    return torch.cat([prefix, image.permute(0, 2, 3, 1).flatten(1, 2)], 1)


def check(table, n_prefix):
    """Patches a side of a position table.

    Raises
    ------
    CheckpointError
        If it is no table of floating-point numbers for a square grid.
    """
    shape = tuple(table.shape)
    n_patches = shape[1] - n_prefix if len(shape) == 3 and shape[0] == 1 else 0
    side = round(max(n_patches, 0) ** 0.5)
    if side == 0 or side * side != n_patches:
        raise CheckpointError(
            f"expected a position table of {n_prefix} prefix tokens and a square grid of patches, "
            f"found {shape[1] if len(shape) == 3 else 'no'} positions in the shape {shape}: is "
            "this another model?"
        )
    if table.dtype not in checkpoint.FLOATING:
        raise CheckpointError(
            f"expected a position table of floating-point numbers, found {table.dtype}"
        )
    return side


def sin_cos(grid, n_features, step=1.0):
    """Fixed position code of MAE with positions multiplied by `step` (Scale-MAE's resolution).

    Returns
    -------
    torch.Tensor of shape (1, 1 + rows * columns, n_features), float32
        Zeros for the class token; for a patch at (row, column) a quarter each of sin(column),
        cos(column), sin(row) and cos(row), at frequencies 10000 ** (-4 k / n_features).
    """
    n_frequencies = n_features // 4
    frequencies = 10000.0 ** (-torch.arange(n_frequencies, dtype=torch.float64) / n_frequencies)
    rows, columns = (
        torch.arange(length, dtype=torch.float64)[:, None] * step * frequencies for length in grid
    )
    of_column = torch.cat([columns.sin(), columns.cos()], 1).expand(grid[0], -1, -1)
    of_row = torch.cat([rows.sin(), rows.cos()], 1)[:, None].expand(-1, grid[1], -1)
    code = torch.cat([of_column, of_row], 2).flatten(0, 1).float()
    return torch.cat([torch.zeros(1, n_features), code])[None]
