"""Statements about whole scenes, reconstruction, global context, whole images, and the dataset."""

from itertools import product

from patchprobe.reproduction.claims import Claim, M, average, between, equal, greater
from patchprobe.reproduction.evidence import Score

SCENES = ("uc_merced", "resisc45")
_PX = {"patches_vit16": 16, "patches_dinov2": 14}
_OBJECT_PATCHES = {"patches_vit16": 5_850, "patches_dinov2": 7_623}


def _scene(run, dataset, pooling, m=0):
    """Accuracy of Scale-MAE, mean of all scales."""
    of = ("scenes", dataset, "scale_mae", "accuracy")
    return average(
        run.score(*of, m=m, pooling=pooling, scale=scale)
        for scale in run.values_of("scenes", dataset, "scale")
    )


def _mean_is_worse(run):
    return [
        greater((f"{x}: CLS", "mean"), _scene(run, x, "cls"), _scene(run, x, "mean"))
        for x in SCENES
    ]


def _removal_helps_the_mean(run):
    name = f"mean without {run.m(M)}"
    return [
        greater((f"{x}: {name}", "CLS"), _scene(run, x, "mean", M), _scene(run, x, "cls"))
        for x in SCENES
    ]


def _removal_leaves_cls(run):
    return [
        equal(
            (f"{x}: CLS without {run.m(M)}", "CLS"),
            _scene(run, x, "cls", M),
            _scene(run, x, "cls"),
            0.02,
        )
        for x in SCENES
    ]


def _decoded(run, mask_ratio, features, m, metric):
    """Error of decoded pixels, of all of them."""
    filled = {"filled_with": "zero"} if m else {}
    asked = {"features": features, "mask_ratio": mask_ratio, "pixels": "all", "pasted": False}
    return run.score("reconstruction", "cityscapes", "mae", metric, m=m, **asked, **filled)


def _decoding_gets_worse(run):
    return [
        greater(
            (f"mask {mask_ratio:g}: MSE with {run.m(M)} zeros", "untouched"),
            _decoded(run, mask_ratio, "highest", M, "mse"),
            _decoded(run, mask_ratio, "none", 0, "mse"),
        )
        for mask_ratio in run.values_of("reconstruction", "cityscapes", "mask_ratio")
    ]


def _r2(run, features, m):
    return run.score("context", "cityscapes", "mae", "r2", "mean", m=m, features=features)


def _context_is_kept(run):
    names = (f"R2 without {run.m(M)}", "with all")
    return [equal(names, _r2(run, "kept", M), _r2(run, "all", 0), 0.02)]


def _context_is_elsewhere(run):
    names = (f"R2 of {run.m(M)} random features", "of the first alone")
    return [greater(names, _r2(run, "random", M), _r2(run, "removed", M))]


def _tiles_are_better(run):
    found = []
    for name, classifier in product(("dino", "mae"), ("knn", "linear")):
        tiles, whole = (
            run.score(
                *("whole_frames", "cityscapes", name, "miou"), classifier=classifier, frames=frames
            )
            for frames in ("tiles", "whole")
        )
        found.append(greater((f"{classifier} of {name}: tiles", "whole images"), tiles, whole))
    return found


def _object_patches(run):
    found = []
    for metric, n in _OBJECT_PATCHES.items():
        counts = [
            count
            for (result, name, category), count in run.counted.items()
            if (result, name) == ("tiles", metric) and category != "background"
        ]
        total = Score(float(sum(counts)), is_exact=True) if counts else None
        found.append(between(f"object patches of {_PX[metric]} px", total, n, n))
    return found


CLAIMS = [
    Claim(
        "Table 3",
        "The few-shot set of FAIR1M has 5,850 object patches, 7,623 of DINOv2's.",
        "patches that are not background (exact)",
        _object_patches,
    ),
    Claim(
        "Figure 8",
        "The mean of Scale-MAE's patches is worse than its CLS.",
        "accuracy, UC Merced and RESISC45, mean of all scales",
        _mean_is_worse,
    ),
    Claim(
        "Figure 8",
        "Without 200 features the mean of patches is better than CLS (at almost all scales).",
        "accuracy, UC Merced and RESISC45, mean of all scales",
        _removal_helps_the_mean,
    ),
    Claim(
        "Figure 8",
        "Removing 200 features from CLS changes little.",
        "accuracy, mean of all scales, differs by less than .02",
        _removal_leaves_cls,
    ),
    Claim(
        "Table 4",
        "Reconstruction gets worse with the 200 features set to zero.",
        "MSE of all decoded pixels, every share of masked patches",
        _decoding_gets_worse,
    ),
    Claim(
        "Table 5",
        "DINO and MAE classify patches better on tiles than on whole images.",
        "mean IoU, k-NN and probes",
        _tiles_are_better,
    ),
    Claim(
        "Table 6",
        "Without the 200 features MAE predicts the context of a patch as well as with all.",
        "mean R2 differs by less than .02",
        _context_is_kept,
    ),
    Claim(
        "Table 6",
        "The 200 features alone predict it less well than as many random ones.",
        "mean R2",
        _context_is_elsewhere,
    ),
]
