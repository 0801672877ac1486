"""From counts per image to scores and their resampled values, for every kind of result.

Every function takes the counts of one setting (n_images, ...) as `load` gives them, what is told
beside them, and the rows of the setting. It returns {(metric, part): (value, draws)}: the part is a
class or an average ("" where there is none), draws are `patchprobe.results.N_RESAMPLES` values on
resampled images. The same images are drawn for all settings, so that differences are paired.
"""

import numpy as np

from patchprobe.evaluation import metrics
from patchprobe.evaluation.association_scores import Blocks, accuracies
from patchprobe.evaluation.context import r2
from patchprobe.evaluation.outcomes import OUTCOMES
from patchprobe.evaluation.reconstruction_scores import METRICS, means
from patchprobe.result_files import read_arrays
from patchprobe.results import bootstrap, times_drawn

# Cumulative outcomes of retrieval, as the paper stacks them.
OR_CLOSER = {
    "same_category_or_closer": 2,
    "same_super_category_or_closer": 3,
    "object_or_closer": 4,
}


def load(path):
    """What lies beside a table, of confusions only the tallies that scores need.

    Parameters
    ----------
    path : path
        Counts, .npz, see `patchprobe.results.Results.save`.

    Returns
    -------
    dict of str to numpy.ndarray

    Raises
    ------
    ResultError
        If they are missing or damaged.
    """
    arrays = read_arrays(path, "counts")
    if "evaluated" in arrays:
        arrays["counts"] = np.stack(
            [metrics.tallies(of_setting, arrays["evaluated"]) for of_setting in arrays["counts"]]
        )
    return arrays


def segmentation(counts, about, rows):
    """Mean IoU, IoU of every class and pixel accuracy, from tallies (n_images, 3, n_classes)."""
    tallies, absent = counts, str(about["absent"])
    total = tallies.sum(0, keepdims=True)
    names = rows.loc[rows["metric"] == "iou", "class"].tolist()

    def accuracy(tallied):
        return tallied[:, 0].sum(-1) / tallied[:, 1].sum(-1)

    drawn = times_drawn(len(counts))
    found = {
        ("miou", ""): (
            metrics.mean_iou(metrics.iou_of_tallies(total), absent)[0],
            bootstrap(tallies, metrics.resampled_mean_iou(total[0], absent), drawn),
        ),
        ("pixel_accuracy", ""): (accuracy(total)[0], bootstrap(tallies, accuracy, drawn)),
    }
    values = metrics.iou_of_tallies(total)[0]
    draws = bootstrap(tallies, metrics.iou_of_tallies, drawn)
    return found | {("iou", name): (values[i], draws[:, i]) for i, name in enumerate(names)}


def retrieval(counts, about, rows):
    """Shares of outcomes, and shares of an outcome or a closer one."""
    n = len(OUTCOMES)
    sums = {name: [i] for i, name in enumerate(OUTCOMES)} | {"attainable": [n]}
    sums |= {name: list(range(stop)) for name, stop in OR_CLOSER.items()}
    found = {}
    for name, columns in sums.items():

        def share(summed, columns=columns):
            with np.errstate(invalid="ignore"):  # no queries
                return summed[:, columns].sum(1) / summed[:, :n].sum(1)

        draws = bootstrap(counts, share, times_drawn(len(counts)))
        found[name, ""] = share(counts.sum(0, keepdims=True))[0], draws
    return found


def association(counts, about, rows):
    """Accuracies of all videos by average, from counts of every frame, drawn in blocks."""
    frames = [tuple(image) for image in about["images"].tolist()]
    sums, draws = Blocks(frames, about["rates"]).sums(counts)
    values, drawn = accuracies(sums.sum(axis=0)[None]), accuracies(draws)
    return {key: (values[key][0], drawn[key]) for key in values}


def scenes(counts, about, rows):
    """Share of images that are classified right."""

    def accuracy(summed):
        return summed[:, 0] / summed[:, 1]

    total = counts.sum(0, keepdims=True, dtype=np.int64)
    return {
        ("accuracy", ""): (
            accuracy(total)[0],
            bootstrap(counts, accuracy, times_drawn(len(counts))),
        )
    }


def context(counts, about, rows):
    """R2 of every class and their mean on held-out crops, from moments."""
    held_out = rows[rows["crops"] == "held_out"]
    names = [name for name in held_out["class"] if name != "mean"]
    values, draws = r2(counts.sum(axis=0)), bootstrap(counts, r2, times_drawn(len(counts)))
    found = {("r2", name): (values[i], draws[:, i]) for i, name in enumerate(names)}
    return found | {("r2", "mean"): (values.mean(), draws.mean(axis=1))}


def reconstruction(counts, about, rows):
    """MSE, PSNR and SSIM, means over crops."""
    values, draws = means(counts.sum(axis=0)), bootstrap(counts, means, times_drawn(len(counts)))
    return {(name, ""): (values[i], draws[:, i]) for i, name in enumerate(METRICS)}
