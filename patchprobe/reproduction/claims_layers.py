"""Statements about layers, and about blurred and noisy images."""

from itertools import combinations

from patchprobe.reproduction.claims import (
    OTHERS,
    Claim,
    average,
    between,
    equal,
    greater,
    ratio,
    subtract,
)
from patchprobe.reproduction.evidence import Score


def _saturates(run):
    found = []
    for name in ("supervised", "dino"):
        at = {n: run.at_layer(name, n) for n in (1, 8, 10, 12)}
        found += [
            greater((f"{name}: layer 8", "layer 1"), at[8], at[1]),
            equal((f"{name}: layer 10", "layer 8"), at[10], at[8], 0.03),
            greater((f"{name}: layer 10", "layer 12"), at[10], at[12]),
        ]
    return found


def _layers_of_dinov2(run):
    found = [
        greater((f"layer {n}: dino", "dinov2"), run.at_layer("dino", n), run.at_layer("dinov2", n))
        for n in range(1, 9)
    ]
    last = run.at_layer("dinov2", 12), run.at_layer("dino", 12)
    return [*found, greater(("layer 12: dinov2", "dino"), *last)]


def _mae_is_poor_everywhere(run):
    return [
        greater((f"layer {n}: {other}", "mae"), run.at_layer(other, n), run.at_layer("mae", n))
        for n in range(1, 13)
        for other in ("dino", "supervised")
    ]


def _layers_of_simmim(run):
    middle = [
        greater((f"layer {n}: simmim", "mae"), run.at_layer("simmim", n), run.at_layer("mae", n))
        for n in range(5, 9)
    ]
    last = [
        equal(
            (f"layer {n}: simmim", "mae"), run.at_layer("simmim", n), run.at_layer("mae", n), 0.03
        )
        for n in range(10, 13)
    ]
    return [*middle, *last]


def _retained(run, classifier, backbone, level):
    """Share of the mean IoU on clean images that is left."""
    return ratio(run.changed(classifier, backbone, level), run.miou(classifier, backbone))


def _mae_fades_first(run, family):
    levels = run.values_of("robustness", "cityscapes", "level", classifier="linear")
    return [
        greater(
            (f"{level}, mean IoU retained: {name}", "mae"),
            _retained(run, "linear", name, level),
            _retained(run, "linear", "mae", level),
        )
        for level in levels
        if level.startswith(family)
        for name in (*OTHERS, "simmim")
    ]


def _fade_alike(run):
    """Pairs of models that keep the same share of their mean IoU under the strongest blur."""
    kept = {name: _retained(run, "linear", name, "blur-40") for name in OTHERS}
    pairs = combinations(OTHERS, 2)
    return [equal((f"blur-40: {a}", b), kept[a], kept[b], 0.05) for a, b in pairs]


def _best_on_degraded_images(run):
    levels = run.values_of("robustness", "cityscapes", "level", classifier="linear")
    of = {
        name: average(run.changed("linear", name, level) for level in levels)
        for name in ("dinov2", "supervised", "dino", "mae", "simmim")
    }
    return [greater(("dinov2", x), of["dinov2"], of[x]) for x in of if x != "dinov2"]


def _small_blur(run):
    return [
        greater(
            ("blur-10, mean IoU retained: dinov2", other),
            _retained(run, "linear", "dinov2", "blur-10"),
            _retained(run, "linear", other, "blur-10"),
        )
        for other in ("dino", "supervised")
    ]


def _mae_collapses(run):
    levels = run.values_of("robustness", "cityscapes", "level", classifier="knn")
    return [
        between(
            f"{level}: share of the most frequent prediction",
            _seen(run.changed("knn", "mae", level, "top_class_share")),
            0.9,
            1,
        )
        for level in levels
    ]


def _seen(score):
    """A number of these images alone, without an interval."""
    return None if score is None else Score(score.value, is_exact=True)


def _drop(run, name):
    """What the last two layers lose."""
    return subtract(run.at_layer(name, 10), run.at_layer(name, 12))


def _high_frequencies(run):
    scores = run.changed("linear", "supervised", "frequency-4"), run.miou("linear", "supervised")
    return [equal(("highest band", "clean"), *scores, 0.01)]


CLAIMS = [
    Claim(
        "Figure 3",
        "Supervised ViT and DINO improve up to the 8th layer, then saturate, with a drop in the "
        "last two layers.",
        "mean IoU of layers 1, 8, 10 (within .03 of 8) and 12",
        _saturates,
    ),
    Claim(
        "Figure 3",
        "That drop is larger for the supervised ViT.",
        "mean IoU of layer 10 minus that of layer 12",
        lambda run: [greater(("supervised", "dino"), _drop(run, "supervised"), _drop(run, "dino"))],
    ),
    Claim(
        "Figure 3",
        "DINOv2 is worse than DINO in the first layers and better in the last.",
        "mean IoU of layers 1 to 8, and of layer 12",
        _layers_of_dinov2,
    ),
    Claim(
        "Figure 3",
        "The IoU of buses rises from the 9th to the 12th layer of DINOv2.",
        "IoU at layer 12 against layer 9",
        lambda run: [
            greater(
                ("layer 12", "layer 9"),
                run.at_layer("dinov2", 12, "bus"),
                run.at_layer("dinov2", 9, "bus"),
            )
        ],
    ),
    Claim(
        "Figure 3",
        "MAE's k-NN is poor at every layer.",
        "mean IoU of DINO and the supervised ViT against MAE's, layer by layer",
        _mae_is_poor_everywhere,
    ),
    Claim(
        "Figure 3",
        "SimMIM is better than MAE in the middle layers, and like it in the last three.",
        "mean IoU of layers 5 to 8, and of 10 to 12 (within .03)",
        _layers_of_simmim,
    ),
    Claim(
        "Figure 4",
        "DINOv2 is relatively more robust for the smallest blur.",
        "mean IoU of probes on blurred over clean images, against DINO and the supervised ViT",
        _small_blur,
    ),
    Claim(
        "Figure 4",
        "For strong blur DINOv2, DINO and the supervised ViT degrade by almost the same ratio.",
        "mean IoU of probes on the strongest blur over clean images, within .05",
        _fade_alike,
    ),
    Claim(
        "Introduction",
        "DINOv2 is the best on corrupted images.",
        "mean IoU of probes, mean of all levels, DINOv2 against every other",
        _best_on_degraded_images,
    ),
    Claim(
        "Figure 4",
        "MAE degrades faster than the others under blur.",
        "mean IoU of probes on blurred over clean images, every level",
        lambda run: _mae_fades_first(run, "blur"),
    ),
    Claim(
        "Figure 4",
        "MAE performs worse for all frequencies of noise.",
        "mean IoU of probes on noisy over clean images, every band",
        lambda run: _mae_fades_first(run, "frequency"),
    ),
    Claim(
        "Figure 4",
        "The supervised ViT is fully robust to noise of high frequency.",
        "mean IoU of the probe differs by less than .01",
        _high_frequencies,
    ),
    Claim(
        "Sec. 5.1",
        "The smallest degradation makes MAE's k-NN predict one class for all patches.",
        "share of the most frequent prediction, at least .9 at every level (on these images)",
        _mae_collapses,
    ),
]
