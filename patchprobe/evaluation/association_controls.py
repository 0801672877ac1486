"""What the association of objects scores without a backbone: by position, by colour, by chance."""

import numpy as np

from patchprobe.crops.objects import BOX, COLOUR
from patchprobe.evaluation.association_scores import CHANCE


def geometry(objects):
    """Centre, width and height of every box in px, float64 of shape (n_objects, 4)."""
    x1, y1, x2, y2 = objects[list(BOX)].to_numpy(np.float64).T
    return np.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], axis=1)


def add(scores, objects, **keys):
    """Add the nearest box, the nearest mean colour (both by Euclidean distance), and chance.

    Parameters
    ----------
    scores : patchprobe.evaluation.association_scores.AssociationScores
    objects : pandas.DataFrame
        See `patchprobe.crops.objects.table`.
    **keys
        Columns of all rows.
    """
    values = {"geometry": geometry(objects), "colour": objects[list(COLOUR)].to_numpy(np.float64)}
    for control, descriptor in values.items():
        counts = scores.count([descriptor], similarities=("l2",))[0, 0]
        scores.add(counts, control=control, **keys)
    # candidates and queries are the same whatever the descriptor
    scores.add(counts, CHANCE, control="chance", **keys)
