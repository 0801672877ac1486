"""One look for all figures: a colour and a label per representation, byte-stable vector files."""

import textwrap
import zlib
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import LogFormatterSciNotation

from patchprobe.files import replacing

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
    "text.parse_math": False,  # a $ in a label or a note is a dollar
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "patchprobe",
}
# of seaborn's palette "colorblind"
_COLOURS = {
    "supervised": "#0173b2",
    "dino": "#de8f05",
    "dinov2": "#029e73",
    "mae": "#d55e00",
    "simmim": "#cc78bc",
    "ibot": "#ca9161",
    "scale_mae": "#fbafe4",
    "untrained": "#949494",
}
_NOTE_LETTERS = 19  # an inch, of small print
_WITHOUT_DATES = {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}


def use():
    """Apply the style sheet; draw without a screen."""
    mpl.use("Agg")
    mpl.rcParams.update(_SETTINGS)


class _Powers(LogFormatterSciNotation):
    """Powers of ten, the only text of figures that is mathematics."""

    def format_ticks(self, values):
        texts = super().format_ticks(values)
        is_major = self.axis.get_major_formatter() is self
        ticks = self.axis.get_major_ticks if is_major else self.axis.get_minor_ticks
        for tick in ticks(len(values)):
            tick.label1.set_parse_math(True)
        return texts


def logarithmic(*of):
    """Make axes (`axes.xaxis`, `axes.yaxis`) logarithmic, with powers of ten beside their ticks."""
    for axis in of:
        axis.axes.set(**{f"{axis.axis_name}scale": "log"})
        axis.set_major_formatter(_Powers())
        axis.set_minor_formatter(_Powers())


@dataclass(frozen=True)
class Representation:
    """What a legend entry stands for: a backbone, possibly without its first features."""

    name: str
    backbone: str
    n_removed: int
    label: str
    colour: str

    @property
    def is_whole(self):
        """Whether no feature is removed."""
        return self.n_removed == 0


def representations(entries):
    """Representations from rows [name, backbone, n_removed, label, the backbone's colour or ""]."""
    return [
        Representation(name, backbone, n_removed, label, colour_of(backbone, n_removed, colour))
        for name, backbone, n_removed, label, colour in entries
    ]


def whole(every):
    """Backbones among representations: those without removed features, or a first one of each."""
    by_backbone = {}
    for representation in sorted(every, key=lambda r: r.n_removed):
        by_backbone.setdefault(representation.backbone, representation)
    return [r for r in every if by_backbone[r.backbone] is r]


def colour_of(backbone, n_removed=0, given=""):
    """Colour of a name, the same in every figure whatever else is drawn; or the one that is given.

    The backbones of the paper have colours of seaborn's colour-blind palette, any other name one
    of a wheel by its hash. A representation with removed features is a darker shade.
    """
    colour = given or _COLOURS.get(backbone) or _from_wheel(zlib.crc32(backbone.encode()) / 2**32)
    if n_removed:
        colour = np.asarray(mpl.colors.to_rgb(colour)) * 0.6
    return mpl.colors.to_hex(colour)


def _from_wheel(hue):
    """A colour of even lightness, hue from 0 to 1."""
    import seaborn as sns  # slow to import, and needed for backbones of one's own only

    return sns.husl_palette(1, h=hue, s=0.75, l=0.6)[0]


def save(figure, paths, note=""):
    """Write a figure to each of `paths` (.png, .pdf, .svg), with `note` below it in small print."""
    if note:
        note = textwrap.fill(note, int(figure.get_figwidth() * _NOTE_LETTERS))
        figure.supxlabel(note, fontsize=7, color="0.4", style="italic")
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = path.suffix[1:]
        with replacing(path) as unfinished:
            figure.savefig(unfinished, metadata=_WITHOUT_DATES[kind])
        figure.set_layout_engine("none")  # laid out once: slow, and alike in all files
