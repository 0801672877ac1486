"""Global context: what the patch in the middle of a crop tells about the classes of all of it.

Ridge regression of the share of each class among the pixels of a crop (Sec. 4 of the paper).
"""

import numpy as np
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from patchprobe.results import bootstrap, interval, times_drawn

N_DRAWS = 10  # of random features
ALPHA = 1.0
ALPHAS = np.logspace(-2, 5, 15)

# Regressions: "ridge" on features as they are; in "ridge_cv" all features weigh alike, and the
# penalty is chosen by leaving out one crop of the training set after the other.
REGRESSIONS = {
    "ridge": lambda: Ridge(alpha=ALPHA),
    "ridge_cv": lambda: make_pipeline(StandardScaler(), RidgeCV(alphas=ALPHAS)),
}


def class_shares(pixels, classes):
    """Share of each class among the pixels of each crop.

    Parameters
    ----------
    pixels : numpy.ndarray of shape (n_crops, n_patches, n_all_classes), integer
        Pixels of each class under each patch.
    classes : list of int

    Returns
    -------
    numpy.ndarray of shape (n_crops, n_classes), float64
    """
    of_crop = pixels.sum(axis=1, dtype=np.int64)
    return of_crop[:, classes] / of_crop.sum(axis=1, keepdims=True)


def middle_patches(grid):
    """Patches of a crop that stand for its middle, as rows of the row-major grid.

    Returns
    -------
    dict of str to list of int
        "one" is the patch right of and below the middle of an even grid; "four" are those around
        it (an odd grid has one patch in its middle).
    """
    rows, columns = grid
    last = (rows // 2, columns // 2)
    firsts = ((rows - 1) // 2, (columns - 1) // 2)
    around = [r * columns + c for r in (firsts[0], last[0]) for c in (firsts[1], last[1])]
    return {"one": [last[0] * columns + last[1]], "four": sorted(set(around))}


def feature_sets(order, n_removed, seed):
    """Sets of features to regress on.

    Parameters
    ----------
    order : numpy.ndarray of shape (n_features,)
        Features by variance, the highest first.
    n_removed : sequence of int
        Numbers m of features, fewer than there are; nothing is done for 0.
    seed : int

    Returns
    -------
    list of (str, int, int, numpy.ndarray)
        What it is, m, number of the draw, features: all of them; "kept" without the first m;
        "removed", the first m alone; "random", m random ones, drawn ten times.
    """
    sets = [("all", 0, 0, np.sort(order))]
    for m in filter(None, n_removed):
        sets += [("kept", m, 0, np.sort(order[m:])), ("removed", m, 0, np.sort(order[:m]))]
        for draw in range(N_DRAWS):
            rng = np.random.default_rng([seed, m, draw])
            sets.append(("random", m, draw, np.sort(rng.choice(len(order), m, replace=False))))
    return sets


def moments(values, predictions, image_of_crop, n_images):
    """What R2 follows from, summed over the crops of each image.

    Parameters
    ----------
    values, predictions : numpy.ndarray of shape (n_crops, n_classes)
    image_of_crop : numpy.ndarray of shape (n_crops,), int
    n_images : int

    Returns
    -------
    numpy.ndarray of shape (n_images, n_classes, 4)
        Number of crops, sum of values, of their squares, of squared errors.
    """
    of_crop = np.stack(
        [np.ones_like(values), values, values**2, (values - predictions) ** 2], axis=2
    )
    summed = np.zeros((n_images, *of_crop.shape[1:]))
    np.add.at(summed, image_of_crop, of_crop)
    return summed


def r2(summed):
    """R2 from summed moments, by the mean of the same crops: (..., n_classes, 4) -> (...).

    NaN where a class has the same share in all crops.
    """
    n, total, squares, errors = np.moveaxis(summed, -1, 0)
    spread = squares - total**2 / n
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 1e-12, 1 - errors / spread, np.nan)


class Crops:
    """Crops of some items: class shares, middle patches, images.

    Parameters
    ----------
    tokens : patchprobe.embeddings.patches.Tokens
    labels : patchprobe.embeddings.patches.Labels
    items : list of (split, item)
    classes : list of int
    layer : int
    """

    def __init__(self, tokens, labels, items, classes, layer):
        selection = labels.select(items)
        self.images, self.image_of_crop = selection.images, selection.image_of_crop
        self.left_out, self.items = selection.left_out, selection.items
        self.shares = class_shares(labels.pixels(selection), classes)
        of_tokens = tokens.select(selection.items)
        if of_tokens.images != selection.images:
            raise ValueError("tokens and labels are of other images: make them again")
        self.middle = {
            name: tokens.mean_of(of_tokens, layer, patches)
            for name, patches in middle_patches(tokens.grid).items()
        }


def evaluate(results, train, held_out, names, sets, **keys):
    """Regress on every set of features, and add R2 of every class and their mean.

    The interval is of resampled images.

    Parameters
    ----------
    results : patchprobe.results.Results
        Of the held-out images.
    train, held_out : Crops
    names : list of str
        Of the classes.
    sets : list
        See `feature_sets`.
    **keys
        Columns that tell the setting.
    """
    for middle in train.middle:
        for regression, make in REGRESSIONS.items():
            for what, m, draw, features in sets:
                model = make().fit(train.middle[middle][:, features], train.shares)
                values = []
                for name, crops in (("train", train), ("held_out", held_out)):
                    predicted = model.predict(crops.middle[middle][:, features])
                    rows, counts = _scores(crops, predicted, names)
                    values += [{"crops": name, **row} for row in rows]
                setting = {"middle": middle, "regression": regression, "features": what}
                results.add(values, counts, n_removed=m, draw=draw, **setting, **keys)


def _scores(crops, predicted, names):
    """Rows of R2 of every class and of their mean, and the moments of every image."""
    n_images = len(crops.images)
    counts = moments(crops.shares, predicted, crops.image_of_crop, n_images)
    scores, draws = r2(counts.sum(axis=0)), bootstrap(counts, r2, times_drawn(n_images))
    of_all = {name: (scores[i], draws[:, i]) for i, name in enumerate(names)}
    of_all["mean"] = (scores.mean(), draws.mean(axis=1))
    rows = []
    for name, (value, of_draws) in of_all.items():
        low, high = interval(of_draws, n_images) if np.isfinite(value) else (np.nan, np.nan)
        rows.append({"class": name, "metric": "r2", "value": value, "low": low, "high": high})
    return rows, counts
