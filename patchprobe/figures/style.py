"""One look for all figures: a colour and a label per representation, byte-stable vector files."""

import itertools
import textwrap
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import seaborn as sns

KNN = {"linestyle": "-", "marker": "o"}
LINEAR = {"linestyle": "--", "marker": "^"}

_SETTINGS = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.markersize": 4,
    "lines.linewidth": 1.4,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "patchprobe",
}
_NOTE_LETTERS = 19  # an inch, of small print
_WITHOUT_DATES = {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}


def use():
    """Apply the style sheet; draw without a screen."""
    mpl.use("Agg")
    mpl.rcParams.update(_SETTINGS)


@dataclass(frozen=True)
class Representation:
    """What a legend entry stands for: a backbone, possibly without its first features."""

    backbone: str
    n_removed: int
    label: str
    colour: str

    @property
    def is_whole(self):
        """Whether no feature is removed."""
        return self.n_removed == 0


def representations(entries):
    """Representations from rows [backbone, n_removed, label, colour or ""]; no label: not shown.

    Colours that are not given come from seaborn's colour-blind palette by position, backbones from
    its start and those with removed features from a darker one, so that an entry added at the end
    changes no other's colour.
    """
    palettes = {
        True: itertools.cycle(sns.color_palette("colorblind", 10).as_hex()),
        False: itertools.cycle(sns.color_palette("dark", 10).as_hex()[1:]),
    }
    every = [
        Representation(backbone, n_removed, label, colour or next(palettes[n_removed == 0]))
        for backbone, n_removed, label, colour in entries
    ]
    return [representation for representation in every if representation.label]


def save(figure, paths, note=""):
    """Write a figure to each of `paths` (.png, .pdf, .svg), with `note` below it in small print."""
    if note:
        note = textwrap.fill(note, int(figure.get_figwidth() * _NOTE_LETTERS))
        figure.supxlabel(note, fontsize=7, color="0.4", style="italic")
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = path.suffix[1:]
        figure.savefig(path, metadata=_WITHOUT_DATES[kind])
