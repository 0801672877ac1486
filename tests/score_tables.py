"""Made-up score tables of figures, as `patchprobe.figures.tables` reads them."""

import pandas as pd

from patchprobe.figures import style

ROWS = [
    ["dino", "dino", 0, "DINO", ""],
    ["mae", "mae", 0, "MAE", ""],
    ["mae_10", "mae", 10, "MAE-10", ""],
]
SHOWN = style.representations(ROWS)
SUBSETS = {"train_36": 36, "train_72": 72}
BANK = "train_72"
_BASE = {"dino": 0.5, "mae": 0.2}


def miou(classifier, backbone, n_removed, train_set):
    """A value that tells every setting from the others."""
    value = _BASE[backbone] + 0.004 * n_removed + 0.001 * SUBSETS[train_set]
    return value + (0.1 if classifier == "linear" else 0)


def score_table(classifier, sweep=(0, 5, 10), **columns):
    """Mean IoU by training subset, and the removal sweep with the bank."""
    rows = []
    for backbone in _BASE:
        for train_set, n_images in SUBSETS.items():
            for m in sweep if train_set == BANK else (0, 10):
                value = miou(classifier, backbone, m, train_set)
                gain = value - miou(classifier, backbone, 0, train_set)
                rows.append(
                    {
                        "setting": len(rows),
                        "classifier": classifier,
                        "backbone": backbone,
                        "layer": 12,
                        "train_set": train_set,
                        "n_train_images": n_images,
                        "n_left_out": 0,
                        "n_removed": m,
                        "metric": "miou",
                        "class": "",
                        "value": value,
                        "low": value - 0.02,
                        "high": value + 0.03,
                        "gain": gain,
                        "gain_low": gain - 0.01,
                        "gain_high": gain + 0.01,
                        **columns,
                    }
                )
    other = pd.DataFrame(rows).assign(metric="pixel_accuracy", value=0.9)
    return pd.concat([pd.DataFrame(rows), other], ignore_index=True)
