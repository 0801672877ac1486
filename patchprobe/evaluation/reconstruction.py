"""What MAE's decoder makes of features that are filled with other values (Table 4 of the paper)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler

from patchprobe import store
from patchprobe.backbones import mae_autoencoder as mae
from patchprobe.crops.change import generator
from patchprobe.embeddings.patches import Selection, select
from patchprobe.evaluation import reconstruction_scores
from patchprobe.logs import progress

RATIOS = (0, 0.75)  # shares of hidden patches
# What is scored: ratio of hidden patches, pixels, whether the visible patches were pasted. Nothing
# is hidden at ratio 0, and pasted pictures would be the original ones.
VIEWS = [(0, "all", False), (0.75, "all", False), (0.75, "all", True), (0.75, "masked", True)]
N_DRAWS = 3  # of random features


@dataclass(frozen=True, eq=False)
class Crops:
    """Crops of a store, each known by its image and tile.

    Attributes
    ----------
    path : path
        Store of clean crops.
    selection : patchprobe.embeddings.patches.Selection
        Of the images that they are of.
    rows : numpy.ndarray of shape (n_crops,), int
        In the store.
    names : list of tuple (split, item, frame, tile)
    image_of_crop : numpy.ndarray of shape (n_crops,), int
        Into the images of the selection.
    """

    path: str
    selection: Selection
    rows: np.ndarray
    names: list
    image_of_crop: np.ndarray

    @classmethod
    def of(cls, path, items):
        """All crops of some items (split, item)."""
        selection = select(path, items)
        images = selection.image_of_crop
        numbers = np.concatenate([np.arange(rows * columns) for rows, columns in selection.tiles])
        pairs = zip(images.tolist(), numbers.tolist(), strict=True)
        names = [(*selection.images[image], number) for image, number in pairs]
        return cls(path, selection, selection.crops, names, images)

    def __len__(self):
        return len(self.rows)

    @property
    def tile_px(self):
        """Height of a crop in the store."""
        return store.open_array(self.path, "clean/crops").shape[1]

    def every(self, n):
        """Every n-th tile of each image, from the first."""
        return self._those(lambda name: name[-1] % n == 0)

    def only(self, names):
        """Those of some names, in the order of the store."""
        return self._those(lambda name: name in names)

    def batches(self, size, what):
        """Yield a slice of the crops, and their pixels: (n, height, width, 3) uint8."""
        with progress(total=len(self), desc=what, unit="crop") as bar:
            for first in range(0, len(self), size):
                some = slice(first, first + size)
                pixels = store.read(self.path, "clean/crops", self.rows[some])
                yield some, torch.from_numpy(pixels)
                bar.update(len(pixels))

    def noise(self, some, n_patches, seed):
        """Noise that masks crops by its size; it depends on the seed and the crop's name alone."""
        every = [generator(seed, *name, "mask").random(n_patches) for name in self.names[some]]
        return np.stack(every)

    def _those(self, is_taken):
        taken = [i for i, name in enumerate(self.names) if is_taken(name)]
        names = [self.names[i] for i in taken]
        return replace(
            self, rows=self.rows[taken], names=names, image_of_crop=self.image_of_crop[taken]
        )


@dataclass(frozen=True, eq=False)
class Fill:
    """Which features of the latent are replaced, and by what.

    Attributes
    ----------
    features : {"none", "highest", "lowest", "random"}
        By their variance.
    filled_with : {"", "zero", "mean"}
    n_removed, draw : int
    numbers : numpy.ndarray of int
        The features.
    values : float or numpy.ndarray
        For all of them, or one each.
    """

    features: str
    filled_with: str
    n_removed: int
    draw: int
    numbers: np.ndarray
    values: float | np.ndarray

    def __call__(self, latent):
        """The latent with these features replaced, in the class token too."""
        return mae.fill(latent, torch.tensor(self.numbers), self.values)

    @property
    def keys(self):
        """Columns that tell what was filled."""
        names = ("features", "filled_with", "n_removed", "draw")
        return {name: getattr(self, name) for name in names}


def every_fill(order, means, n_removed, seed):
    """What is filled: nothing first, then for each m the m features ...

    of highest variance with zeros, and with their means; of lowest variance with zeros; and m
    random ones of all features with zeros, drawn three times.

    Parameters
    ----------
    order : numpy.ndarray of shape (n_features,)
        Features by variance, the highest first.
    means : numpy.ndarray of shape (n_features,)
    n_removed : sequence of int
        Numbers m, at most n_features; nothing is done for 0.
    seed : int

    Returns
    -------
    list of Fill
    """
    made = [Fill("none", "", 0, 0, order[:0], 0.0)]
    for m in filter(None, n_removed):
        highest, lowest = order[:m], order[-m:]
        made += [
            Fill("highest", "zero", m, 0, highest, 0.0),
            Fill("highest", "mean", m, 0, highest, means[highest]),
            Fill("lowest", "zero", m, 0, lowest, 0.0),
        ]
        for draw in range(N_DRAWS):
            rng = np.random.default_rng([seed, m, draw])
            some = rng.choice(len(order), m, replace=False)
            made.append(Fill("random", "zero", m, draw, some, 0.0))
    return made


def moments(model, crops, batch_size=32):
    """Mean and population variance of each feature over all patch tokens of crops, none hidden.

    Computed in float64, joining the moments of batches.

    Parameters
    ----------
    model : patchprobe.backbones.mae_autoencoder.Autoencoder
    crops : Crops

    Returns
    -------
    mean, variance : numpy.ndarray of shape (n_features,), float64
    """
    joined = StandardScaler()
    for _, pixels in crops.batches(batch_size, "variance"):
        every = torch.arange(model.encoder.patch_embed.num_patches).expand(len(pixels), -1)
        tokens = model.encode(pixels, every)[:, 1:].flatten(0, 1)
        joined.partial_fit(tokens.double().cpu().numpy())
    return joined.mean_, joined.var_


def reconstruct(model, pixels, noise, ratio, fills):
    """Pictures of crops and of what is decoded for each fill.

    Parameters
    ----------
    model : patchprobe.backbones.mae_autoencoder.Autoencoder
    pixels : torch.Tensor of shape (n, height, width, 3), uint8
    noise : numpy.ndarray of shape (n, n_patches)
    ratio : float
        Share of hidden patches.
    fills : list of Fill

    Returns
    -------
    original : numpy.ndarray of shape (n, side, side, 3), float32
        As the model sees it, in [0, 1]; clipped, since the bicubic resize overshoots.
    hidden : numpy.ndarray of shape (n, side, side), bool
    made : iterator of (predicted, pasted)
        Like `original`, for each fill; in `pasted` the visible patches are the original ones.
    """
    target = mae.patchify(model.pixels(pixels), model.patch_px)
    keep, mask, ids_restore = mae.random_mask(noise, ratio)
    latent = model.encode(pixels, keep)

    def picture(patches):
        return model.picture(patches).cpu().numpy()

    def made():
        for fill in fills:
            predicted = model.decode(fill(latent), ids_restore)
            yield picture(predicted), picture(mae.paste(target, predicted, mask))

    hidden = mae.unpatchify(mask[..., None].expand(-1, -1, target.shape[-1]), model.patch_px)
    return picture(target), hidden[:, 0].bool().numpy(), made()


def measure(model, crops, fills, seed, batch_size=32, threads=1):
    """Scores of every crop under every fill and ratio of hidden patches.

    Parameters
    ----------
    model : patchprobe.backbones.mae_autoencoder.Autoencoder
    crops : Crops
    fills : list of Fill
    seed : int
        Of the masks.
    batch_size : int
        Changes no result beyond rounding.
    threads : int
        That score pictures.

    Returns
    -------
    dict of tuple to numpy.ndarray of shape (n_fills, n_crops, 3)
        By the settings of `VIEWS`.
    """
    n_patches = model.encoder.patch_embed.num_patches
    found = {view: np.full((len(fills), len(crops), 3), np.nan) for view in VIEWS}
    with ThreadPoolExecutor(threads) as pool:
        for some, pixels in crops.batches(batch_size, "reconstruction"):
            noise = crops.noise(some, n_patches, seed)
            for ratio in RATIOS:
                original, hidden, made = reconstruct(model, pixels, noise, ratio, fills)
                for number, (predicted, pasted) in enumerate(made):
                    for view, of_crops in _scored(pool, original, hidden, predicted, pasted):
                        found[ratio, *view][number, some] = of_crops
    return found


def _scored(pool, original, hidden, predicted, pasted):
    """Yield (pixels, whether pasted) and scores (n_crops, 3)."""
    whole = np.ones_like(hidden[0])
    scores = _in_threads(pool, original, predicted, [[whole]] * len(original))
    yield ("all", False), scores[:, 0]
    if hidden.any():
        scores = _in_threads(pool, original, pasted, [[whole, area] for area in hidden])
        yield ("all", True), scores[:, 0]
        yield ("masked", True), scores[:, 1]


def _in_threads(pool, *of_crops):
    return np.stack(list(pool.map(reconstruction_scores.scores, *of_crops)))


def evaluate(results, measured, crops, fills, **keys):
    """Add every setting: mean scores of crops, intervals, and differences to nothing filled.

    Parameters
    ----------
    results : patchprobe.results.Results
        Of the images of the crops.
    measured : dict
        See `measure`.
    crops : Crops
    fills : list of Fill
        The first one fills nothing.
    **keys
        Columns that tell the setting.
    """
    n_images = len(crops.selection.images)
    for (ratio, pixels, pasted), of_fills in measured.items():
        counts = [reconstruction_scores.sums(x, crops.image_of_crop, n_images) for x in of_fills]
        view = {"mask_ratio": ratio, "pixels": pixels, "pasted": pasted}
        for fill, of_fill in zip(fills, counts, strict=True):
            rows = reconstruction_scores.rows(of_fill, counts[0])
            results.add(rows, of_fill, **fill.keys, **view, n_crops=len(crops), **keys)
