"""Mean IoU of k-NN against the number of neighbours that vote."""

from matplotlib import pyplot as plt
from matplotlib.ticker import NullLocator

from patchprobe.figures import votes
from patchprobe.figures.tables import select

_NAMES = {"dot": "inner product", "l2": "Euclidean distance", "cosine": "cosine"}


def draw(variants, representations, similarity):
    """Majority votes by one similarity, and soft votes by the cosine.

    Parameters
    ----------
    variants, representations
        As of `votes.build`.
    similarity : {"dot", "l2", "cosine"}

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = votes.build(variants, representations)
    panels = {
        f"Majority, {_NAMES[similarity]}": {"vote": "majority", "similarity": similarity},
        "Soft votes, cosine": {"vote": "soft", "similarity": "cosine"},
    }
    figure, grid = plt.subplots(1, 2, figsize=(7.2, 3.2), sharey=True)
    for axes, (title, chosen) in zip(grid, panels.items(), strict=True):
        rows = select(table, **chosen)
        for r in representations:
            line = rows[rows["representation"] == r.label].sort_values("k")
            axes.plot(line["k"], line["mIoU"], color=r.colour, marker="o", label=r.label)
        axes.set(title=title, xscale="log", xlabel="Neighbours that vote (k)")
        axes.set_xticks(sorted(set(rows["k"])), sorted(set(rows["k"])))
        axes.xaxis.set_minor_locator(NullLocator())
    grid[0].set(ylabel="k-NN mIoU", ylim=(0, None))
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper")
    return figure
