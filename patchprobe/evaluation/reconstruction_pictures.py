"""Pictures of what Table 4 is about: a few crops, what is seen of them, what is decoded."""

import numpy as np

from patchprobe.crops import tiles
from patchprobe.evaluation.reconstruction import RATIOS, reconstruct

_TILES_SHOWN = (2, 1)  # of the first and of the second image
_GREY = 0.5


def tiles_to_show(examples, tile_px):
    """Names of tiles to be drawn: the two with most classes of the first image, one of the second.

    Parameters
    ----------
    examples : dict of str to numpy.ndarray
        See `patchprobe.datasets.base.examples`.
    tile_px : int
    """
    names = []
    images = zip(examples["images"].tolist(), _TILES_SHOWN, strict=False)  # there may be one
    for number, ((split, item, frame), n) in enumerate(images):
        labels = tiles.tile(examples[f"labels_{number}"], tile_px)
        n_classes = [len(np.unique(of_tile)) for of_tile in labels]
        first = np.argsort(np.negative(n_classes), kind="stable")[:n]
        names += [(split, item, int(frame), int(tile)) for tile in sorted(first)]
    return names


def pictures(model, crops, fills, seed):
    """Original crops, what is seen of them, and what is decoded.

    Parameters
    ----------
    model : patchprobe.backbones.mae_autoencoder.Autoencoder
    crops : patchprobe.evaluation.reconstruction.Crops
        Few, since they are decoded at once.
    fills : list of patchprobe.evaluation.reconstruction.Fill
    seed : int
        Of the masks.

    Returns
    -------
    dict of str to numpy.ndarray
        `crops` (n, 4), split, item, frame and tile; `ratios` (n_ratios,); `features`, `filled_with`
        and `n_removed` of the fills, of random ones the first draw; uint8 pictures `original` (n,
        side, side, 3), `seen` (n_ratios, n, ...) with hidden patches in grey, and `decoded`
        (n_ratios, n_fills, n, ...), in which nothing is pasted.
    """
    shown = [fill for fill in fills if fill.draw == 0]
    ((some, pixels),) = crops.batches(len(crops), "pictures")
    noise = crops.noise(some, model.encoder.patch_embed.num_patches, seed)
    seen, decoded = [], []
    for ratio in RATIOS:
        original, hidden, made = reconstruct(model, pixels, noise, ratio, shown)
        seen.append(np.where(hidden[..., None], _GREY, original))
        decoded.append([predicted for predicted, _ in made])
    about = {key: np.array([fill.keys[key] for fill in shown]) for key in shown[0].keys}
    in_unit = {"original": original, "seen": np.array(seen), "decoded": np.array(decoded)}
    as_bytes = {name: np.round(x * 255).astype(np.uint8) for name, x in in_unit.items()}
    return {"crops": np.array(crops.names), "ratios": np.array(RATIOS), **about, **as_bytes}
