"""Statements about patch classification: classifiers, removed features, layers, degradations."""

from itertools import product

from scipy.stats import spearmanr

from patchprobe.reproduction.claims import (
    Claim,
    between,
    equal,
    greater,
    ordered,
    ratio,
    subtract,
)
from patchprobe.reproduction.evidence import Score

M = 200  # features that the paper removes
MIM = ("mae", "simmim")
OTHERS = ("supervised", "dino", "dinov2")
EVERY = (*OTHERS, *MIM)
CLASSIFIERS = ("knn", "linear")
_NAMES = {"knn": "k-NN", "linear": "probe"}
_CLOSE = 0.02  # mean IoU: what two training sets of 72 images differ by


def _removal_helps(run, backbone, m):
    names = (f"k-NN of {backbone} without {run.m(m)}", "with all")
    return greater(names, run.miou("knn", backbone, m), run.miou("knn", backbone))


def _removal_is_harmless(run, classifier, backbone):
    names = (f"{_NAMES[classifier]} of {backbone} without {run.m(M)}", "with all")
    scores = run.miou(classifier, backbone, M), run.miou(classifier, backbone)
    return greater(names, *scores, margin=_CLOSE)


def _removal_changes_nothing(run, backbone):
    names = (f"{backbone} without {run.m(M)}", "with all")
    return equal(names, run.miou("knn", backbone, M), run.miou("knn", backbone), _CLOSE)


def _rises_to_m_then_falls(run):
    below, beyond = (10, 20, 30, 40, 50, 100), (400, 600, 750)
    found = []
    for m in below:
        names = (f"k-NN without {run.m(M)}", f"without {run.m(m)}")
        found.append(greater(names, run.miou("knn", "mae", M), run.miou("knn", "mae", m)))
    for classifier, m in product(CLASSIFIERS, beyond):
        names = (f"{_NAMES[classifier]} without {run.m(M)}", f"without {run.m(m)}")
        scores = run.miou(classifier, "mae", M), run.miou(classifier, "mae", m)
        found.append(greater(names, *scores))
    return found


def _variances_are_uneven(run):
    return [
        ordered(
            (f"largest over median variance: {name}", other),
            run.spread_of_variances(name),
            run.spread_of_variances(other),
        )
        for name, other in product(MIM, OTHERS)
    ]


def _knn_against_probe(run):
    """The share of the probe's mean IoU that k-NN reaches."""
    of = {name: ratio(run.miou("knn", name), run.miou("linear", name)) for name in EVERY}
    return [
        greater((f"k-NN over probe: {name}", other), of[name], of[other])
        for name, other in product(OTHERS, MIM)
    ]


def _probes_gain_more(run):
    found = []
    for name in EVERY:
        growth = {
            x: subtract(
                run.miou(x, name, train_set="train_144"), run.miou(x, name, train_set="train_36")
            )
            for x in CLASSIFIERS
        }
        names = (f"{name}: growth of the probe", "of k-NN")
        found.append(greater(names, growth["linear"], growth["knn"]))
    return found


def _dinov2_is_best(run):
    return [
        greater((f"{_NAMES[x]}: dinov2", other), run.miou(x, "dinov2"), run.miou(x, other))
        for x, other in product(CLASSIFIERS, ("supervised", "dino", *MIM))
    ]


def _datasets_rank_alike(run):
    found = []
    for x in CLASSIFIERS:
        pairs = [
            (run.miou(x, name, m), run.miou(x, name, m, dataset="ade20k"))
            for name, m in (*((name, 0) for name in EVERY), ("mae", M))
        ]
        there = [(a.value, b.value) for a, b in pairs if None not in (a, b)]
        rank = spearmanr(*zip(*there, strict=True)).statistic if len(there) > 2 else None
        found.append(
            between(
                f"rank correlation of {_NAMES[x]}", None if rank is None else Score(rank), 0.8, 1
            )
        )
    return found


def _standardised(run, name):
    return run.score("knn_variants", "cityscapes", name, "miou", scaling="standardised")


def _other_probe(run, name, batch_norm):
    return run.score("linear_variants", "cityscapes", name, "miou", batch_norm=batch_norm)


def _standardising_is_like_removal(run):
    names = ("MAE standardised", "as it is"), ("standardised", f"without {run.m(M)}")
    return [
        greater(names[0], _standardised(run, "mae"), run.miou("knn", "mae")),
        equal(names[1], _standardised(run, "mae"), run.miou("knn", "mae", M), _CLOSE),
    ]


def _standardising_simmim(run):
    names = ("k-NN of SimMIM standardised", "as it is"), ("its probe without BatchNorm", "with")
    return [
        greater(names[0], _standardised(run, "simmim"), run.miou("knn", "simmim")),
        greater(names[1], run.miou("linear", "simmim"), _other_probe(run, "simmim", True)),
    ]


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
        for name in OTHERS
    ]


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
            run.changed("knn", "mae", level, "top_class_share"),
            0.9,
            1,
        )
        for level in levels
    ]


def _high_frequencies(run):
    scores = run.changed("linear", "supervised", "frequency-4"), run.miou("linear", "supervised")
    return [equal(("highest band", "clean"), *scores, 0.01)]


CLAIMS = [
    Claim(
        "Figure 1",
        "Linear models achieve better results than k-NN.",
        "mean IoU of probe and k-NN, every backbone",
        lambda run: [
            greater((f"{x}: probe", "k-NN"), run.miou("linear", x), run.miou("knn", x))
            for x in EVERY
        ],
    ),
    Claim(
        "Figure 1",
        "The training set's size matters for linear models, less for k-NN.",
        "growth of mean IoU from 36 to 144 images, probe against k-NN",
        _probes_gain_more,
    ),
    Claim(
        "Figure 1",
        "k-NN and linear classifiers are comparable for DINO, DINOv2 and the supervised ViT; "
        "k-NN fails for MAE and SimMIM.",
        "share of the probe's mean IoU that k-NN reaches, every pair",
        _knn_against_probe,
    ),
    Claim(
        "Figure 1",
        "MAE's linear results are only slightly inferior to DINO's.",
        "mean IoU of the probes differs by less than .03",
        lambda run: [
            equal(("MAE", "DINO"), run.miou("linear", "mae"), run.miou("linear", "dino"), 0.03)
        ],
    ),
    Claim(
        "Table 2",
        "DINOv2 is the best at patch classification.",
        "mean IoU of DINOv2 against every other, both classifiers",
        _dinov2_is_best,
    ),
    Claim(
        "Table 2",
        "The models rank alike on ADE20K and on Cityscapes.",
        "Spearman's rank correlation of mean IoU, at least .8",
        _datasets_rank_alike,
    ),
    Claim(
        "Figure 2a",
        "Features of the supervised ViT and of DINO have similar variances; MAE and SimMIM have "
        "several of very high variance.",
        "largest over median variance, every pair (exact)",
        _variances_are_uneven,
    ),
    Claim(
        "Sec. 4",
        "The 200 features comprise nearly all of the variance of MAE.",
        "their share of the summed variance, at least .9 (exact)",
        lambda run: [between("share of variance", run.share_of_variance("mae", M), 0.9, 1)],
    ),
    Claim(
        "Figure 2b",
        "Without 10 features MAE's k-NN is already much better.",
        "mean IoU without 10 against all",
        lambda run: [_removal_helps(run, "mae", 10)],
    ),
    Claim(
        "Figure 2b",
        "Removing 200 features improves k-NN for MAE.",
        "mean IoU without 200 against all",
        lambda run: [_removal_helps(run, "mae", M)],
    ),
    Claim(
        "Figure 2b",
        "k-NN improves up to 200 removed features; afterwards k-NN and linear probing decline.",
        "mean IoU without 200 against fewer and more",
        _rises_to_m_then_falls,
    ),
    Claim(
        "Figure 2b",
        "Removing 200 features does not harm MAE's linear probe.",
        "mean IoU lower by less than .02",
        lambda run: [_removal_is_harmless(run, "linear", "mae")],
    ),
    Claim(
        "Figure 2c",
        "SimMIM's k-NN improves, too.",
        "mean IoU without 200 against all",
        lambda run: [_removal_helps(run, "simmim", M)],
    ),
    Claim(
        "Figure 2c",
        "For models without pixel reconstruction, removal neither improves nor harms k-NN.",
        "mean IoU without 200 and with all differs by less than .02",
        lambda run: [_removal_changes_nothing(run, name) for name in OTHERS],
    ),
    Claim(
        "Figure 2c",
        "Their linear probes stay robust, too.",
        "mean IoU lower by less than .02 without 200",
        lambda run: [_removal_is_harmless(run, "linear", name) for name in OTHERS],
    ),
    Claim(
        "Sec. 6",
        "Standardising MAE's features improves k-NN by almost the same amount as removal.",
        "mean IoU of k-NN, standardised against all and against without 200 (within .02)",
        _standardising_is_like_removal,
    ),
    Claim(
        "Sec. 6",
        "It improves SimMIM's k-NN as well, but its linear probing worsens.",
        "mean IoU with and without standardised features",
        _standardising_simmim,
    ),
    Claim(
        "Sec. 4",
        "BatchNorm makes MAE's linear probe 2.5 times better.",
        "mean IoU with over without BatchNorm, 2 to 3",
        lambda run: [
            between(
                "ratio",
                ratio(run.miou("linear", "mae"), _other_probe(run, "mae", False)),
                2,
                3,
            )
        ],
    ),
    Claim(
        "Sec. 6",
        "The 200 features of highest variance are stable across datasets (196 and 192 shared).",
        "shared features of Cityscapes with ADE20K and FAIR1M, at least 90 % (exact)",
        lambda run: [
            between(
                f"shared with {other}",
                run.shared_features("cityscapes", other, "mae", M),
                0.9 * run.m(M),
                run.m(M),
            )
            for other in ("ade20k", "fair1m")
        ],
    ),
    Claim(
        "Figure 3",
        "Supervised ViT and DINO improve up to the 8th layer, then saturate, with a slight drop "
        "in the last two layers.",
        "mean IoU of layers 1, 8, 10 (within .03 of 8) and 12",
        _saturates,
    ),
    Claim(
        "Figure 3",
        "DINOv2 is worse than DINO in the first layers and better in the last.",
        "mean IoU of layers 1 to 8, and of layer 12",
        _layers_of_dinov2,
    ),
    Claim(
        "Figure 3",
        "The IoU of buses jumps from the 9th to the 12th layer of DINOv2.",
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
        "share of the most frequent prediction, at least .9 at every level",
        _mae_collapses,
    ),
]
