"""Beside Table 4: crops, what the encoder sees of them, and what is decoded for every fill."""

from matplotlib import pyplot as plt

from patchprobe.figures.tab4_reconstruction import fills_of
from patchprobe.figures.tables import select
from patchprobe.result_files import read_arrays
from patchprobe.results import beside

_INCHES = 0.97  # of a picture
_LABEL_INCHES = 1.35


def draw(reconstruction, representations):
    """Pictures in rows by what is filled, in columns by crop and ratio of hidden patches.

    Parameters
    ----------
    reconstruction : pandas.DataFrame
        Rows of `patchprobe.evaluation.reconstruction.evaluate`, with pictures beside their tables.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows, seen = [], set()
    for r in representations:
        path = select(reconstruction, backbone=r.backbone)["table"].iloc[0]
        pictures = read_arrays(beside(path, "examples"))
        if r.backbone not in seen:
            rows.append(("what is seen", pictures["seen"]))
            seen.add(r.backbone)
        rows += [(name, _decoded(pictures, r.n_removed, key)) for key, name in fills_of(r)]
    return _draw(rows, pictures["ratios"])


def _decoded(pictures, n_removed, key):
    """Pictures of one fill: (n_ratios, n_crops, height, width, 3)."""
    stored = zip(pictures["n_removed"], pictures["features"], pictures["filled_with"], strict=True)
    wanted = [(m, what, value) == (n_removed, *key) for m, what, value in stored]
    if True not in wanted:
        raise ValueError(
            f"no pictures without {n_removed} features: the backbone has too few to remove so many "
            "(`remove` in its entry)"
        )
    return pictures["decoded"][:, wanted.index(True)]


def _draw(rows, ratios):
    n_crops = rows[0][1].shape[1]
    n_columns = n_crops * len(ratios)
    size = (_LABEL_INCHES + _INCHES * n_columns, _INCHES * len(rows) + 0.4)
    figure, grid = plt.subplots(len(rows), n_columns, figsize=size, squeeze=False)
    for row, (name, pictures) in zip(grid, rows, strict=True):
        by_crop = pictures.swapaxes(0, 1).reshape(n_columns, *pictures.shape[2:])
        for axes, picture in zip(row, by_crop, strict=True):
            axes.imshow(picture, interpolation="none")
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
            axes.spines[:].set_visible(False)
        row[0].set_ylabel(_wrapped(name), rotation=0, ha="right", va="center", fontsize=7)
    for i, axes in enumerate(grid[0]):
        axes.set_title(f"{ratios[i % len(ratios)]:.0%} hidden", fontsize=7)
    return figure


def _wrapped(name):
    return name.replace(", ", ",\n").replace(" set to", "\nset to")
