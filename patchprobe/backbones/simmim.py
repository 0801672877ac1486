"""SimMIM (Xie et al., 2022): ViT with one table of relative positions shared by all layers.

Facts: github.com/microsoft/SimMIM. For other grids its fine-tuning code resamples the table from
positions in geometric progression, by cubic splines (there for squares; here each axis by itself).
timm would do the same linearly.
"""

import numpy as np
import torch
from scipy.interpolate import RectBivariateSpline
from scipy.optimize import brentq
from timm.models.beit import RelativePositionBias

from patchprobe.backbones import checkpoint
from patchprobe.errors import CheckpointError

OFFICIAL_FILE = (
    "simmim_pretrain__vit_base__img224__800ep.pth of github.com/microsoft/SimMIM (Google Drive)"
)
MODEL_ARGS = {
    "init_values": 0.1,  # adds layer scales; their values come from the file
    "use_abs_pos_emb": False,
    "use_rel_pos_bias": False,
    "use_shared_rel_pos_bias": True,
}
_TABLE = "rel_pos_bias.relative_position_bias_table"
_N_EXTRA = 3  # class token to patches, patches to class token, class token to itself


def state_dict(path, model):
    """The encoder's weights under timm's names."""
    state = checkpoint.entry(checkpoint.read(path), "model", path)
    state = checkpoint.without(state, "decoder.", "encoder.mask_token")
    state = {
        name.removeprefix("encoder."): tensor
        for name, tensor in state.items()
        if not name.endswith("relative_position_index")
    }
    if _TABLE in state:
        state[_TABLE] = resample_relative(state[_TABLE], model.patch_embed.grid_size)
    return state


class SharedBias(RelativePositionBias):
    """timm's bias in the shape that fused attention takes, gathered without copies.

    With timm's own, attention forms the matrix of scores (three times slower at 8,193 tokens).
    """

    def forward(self):
        """Bias of shape (1, n_heads, n_tokens, n_tokens)."""
        by_head = self.relative_position_bias_table.t().contiguous()
        return by_head[:, self.relative_position_index][None]


def prepare(model):
    """Replace timm's bias by one that computes the same in less memory."""
    n_heads = model.blocks[0].attn.num_heads
    model.rel_pos_bias = SharedBias(model.patch_embed.grid_size, n_heads)
    return model


def resample_relative(table, grid):
    """Resample a table of relative positions to another grid of patches.

    Parameters
    ----------
    table : torch.Tensor of shape ((2 n - 1) ** 2 + 3, n_heads)
        Of a square grid of n x n patches.
    grid : (int, int)

    Returns
    -------
    torch.Tensor of shape ((2 rows - 1) * (2 columns - 1) + 3, n_heads)
        The table itself if it already has this grid.
    """
    n_positions = len(table) - _N_EXTRA if table.ndim == 2 else 0
    side = round(max(n_positions, 0) ** 0.5)
    if side % 2 == 0 or side * side != n_positions:
        raise CheckpointError(
            f"expected a table of (2 n - 1) ** 2 + {_N_EXTRA} relative positions of n x n patches, "
            f"found the shape {tuple(table.shape)}: is this another model?"
        )
    rows, columns = (2 * length - 1 for length in grid)
    if (side, side) == (rows, columns):
        return table
    heads = table[:-_N_EXTRA].double().numpy().T.reshape(-1, side, side)
    known = [_geometric_positions(side, length) for length in (rows, columns)]
    # interp2d, which the official code used, does not extrapolate
    wanted = [
        np.clip(np.arange(length) - length // 2, at[0], at[-1])
        for length, at in zip((rows, columns), known, strict=True)
    ]
    resampled = np.stack([RectBivariateSpline(*known, head, s=0)(*wanted) for head in heads])
    patches = torch.from_numpy(resampled.reshape(len(heads), -1).T).to(table.dtype)
    return torch.cat([patches, table[-_N_EXTRA:]])


def _geometric_positions(n_from, n_to):
    """Where the entries of an axis lie on one of another length: 0, 1, 1 + q, 1 + q + q^2, ..."""
    if n_from == n_to:
        return np.arange(n_from) - n_from // 2
    powers = np.arange(n_from // 2)

    def surplus(ratio):
        return (ratio**powers).sum() - n_to // 2

    ratio, largest = 1.01, 1.5  # the official code looks for q between these
    if surplus(ratio) < 0:
        ratio = brentq(surplus, ratio, largest) if surplus(largest) > 0 else largest
    distances = np.cumsum(ratio**powers)
    return np.concatenate([-distances[::-1], [0], distances])


def official_layout(model):
    """What the official file would hold of the encoder."""
    state = {f"encoder.{name}": tensor for name, tensor in model.state_dict().items()}
    index = model.rel_pos_bias.relative_position_index
    return {"model": {**state, "encoder.rel_pos_bias.relative_position_index": index}}
