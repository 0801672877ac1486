"""Table 5: mean IoU of patch classifiers on tiles and on whole frames."""

import numpy as np
import pandas as pd

from patchprobe.figures.tables import select, select_representation

_ENDS = ("low", "high")
_DIFFERENCE = ("difference", "difference_low", "difference_high")


def build(scores, representations):
    """One row per representation, kind of frames and classifier.

    Parameters
    ----------
    scores : pandas.DataFrame
        Rows of `patchprobe.evaluation.whole_frames.compare` under one protocol.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns representation, frames ("tiles" or "whole"), grid (patches of a whole image),
        classifier, mIoU, low and high (ends of its interval); of whole frames `difference`, their
        mean IoU minus that of tiles, with its ends (`difference_low`, `difference_high`);
        n_left_out.
    """
    rows = []
    for r in representations:
        of_representation = select_representation(scores, r)
        for classifier in ("linear", "knn"):
            for frames in ("tiles", "whole"):
                of_setting = select(of_representation, classifier=classifier, frames=frames)
                rows.append({"representation": r.label, **_row(of_setting)})
    return pd.DataFrame(rows).round(4)


def _row(of_setting):
    (found,) = select(of_setting, metric="miou").to_dict("records")
    row = {key: found[key] for key in ("frames", "grid", "classifier")}
    row |= {"mIoU": found["value"], **{end: found[end] for end in _ENDS}}
    row |= dict.fromkeys(_DIFFERENCE, np.nan)
    if found["frames"] == "whole":
        (other,) = select(of_setting, metric="miou_difference").to_dict("records")
        row |= {name: other[x] for name, x in zip(_DIFFERENCE, ("value", *_ENDS), strict=True)}
    return {**row, "n_left_out": found["n_left_out"]}
