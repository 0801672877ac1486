"""Draw the loss curves of all trainings on record into `logs/curves.png`."""

from pathlib import Path

import pandas as pd
from matplotlib import pyplot as plt

from patchprobe.figures import style

LOGS = Path(__file__).parents[1] / "logs"
SMOOTH = 25  # rows of the log that are averaged
PER_ROW = 4


def draw(logs):
    """One panel for each family: its losses are of different kinds.

    Parameters
    ----------
    logs : dict of str to pandas.DataFrame
        Columns images, loss.

    Returns
    -------
    matplotlib.figure.Figure
    """
    n_rows = -(-len(logs) // PER_ROW)
    size = (2.6 * PER_ROW, 2.2 * n_rows)
    figure, panels = plt.subplots(n_rows, PER_ROW, figsize=size, squeeze=False)
    for axes in panels.flat[len(logs) :]:
        axes.remove()
    for axes, (name, log) in zip(panels.flat, logs.items(), strict=False):
        mean = log["loss"].rolling(SMOOTH, min_periods=1, center=True).mean()
        axes.plot(log["images"] / 1000, log["loss"], color="0.8", linewidth=0.5)
        axes.plot(log["images"] / 1000, mean, color="C0")
        style.logarithmic(axes.yaxis)
        axes.set(title=name, xlabel="thousand crops seen")
        axes.yaxis.set_major_locator(plt.MaxNLocator(5))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_locator(plt.NullLocator())
    for axes in panels[:, 0]:
        axes.set_ylabel("loss")
    return figure


def main():
    """Draw what is on record."""
    style.use()
    logs = {path.stem: pd.read_csv(path) for path in sorted(LOGS.glob("*.csv"))}
    style.save(draw(logs), [LOGS / "curves.png"])


if __name__ == "__main__":
    main()
