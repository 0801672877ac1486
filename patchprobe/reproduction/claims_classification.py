"""Statements about patch classification: classifiers, training sets, removed features."""

from itertools import product

from scipy.stats import spearmanr

from patchprobe.reproduction.claims import (
    OTHERS,
    Claim,
    M,
    between,
    equal,
    greater,
    ordered,
    ratio,
    subtract,
)
from patchprobe.reproduction.evidence import Score

MIM = ("mae", "simmim")
EVERY = (*OTHERS, *MIM)
CLASSIFIERS = ("knn", "linear")
_NAMES = {"knn": "k-NN", "linear": "probe"}
_ENOUGH_TO_RANK = 5
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
        for name, other in product(MIM, ("supervised", "dino"))
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
        enough = len(there) >= _ENOUGH_TO_RANK
        rank = spearmanr(*zip(*there, strict=True)).statistic if enough else None
        score = None if rank is None else Score(rank, is_exact=True)
        found.append(between(f"rank correlation of {_NAMES[x]}", score, 0.8, 1))
    return found


def _standardised(run, name):
    return run.score("knn_variants", "cityscapes", name, "miou", scaling="standardised")


def _other_probe(run, name, batch_norm):
    return run.score("linear_variants", "cityscapes", name, "miou", batch_norm=batch_norm)


def _standardising_is_like_removal(run):
    names = ("mae standardised", "as it is"), ("standardised", f"without {run.m(M)}")
    return [
        greater(names[0], _standardised(run, "mae"), run.miou("knn", "mae")),
        equal(names[1], _standardised(run, "mae"), run.miou("knn", "mae", M), _CLOSE),
    ]


def _standardising_simmim(run):
    names = ("k-NN of simmim standardised", "as it is"), ("its probe without BatchNorm", "with")
    return [
        greater(names[0], _standardised(run, "simmim"), run.miou("knn", "simmim")),
        greater(names[1], run.miou("linear", "simmim"), _other_probe(run, "simmim", True)),
    ]


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
            equal(("mae", "dino"), run.miou("linear", "mae"), run.miou("linear", "dino"), 0.03)
        ],
    ),
    Claim(
        "Figure 1",
        "MAE's k-NN is about 4 times worse (the printed numbers say 6 times).",
        "mean IoU of DINO over MAE, 3 to 5",
        lambda run: [
            between("ratio", ratio(run.miou("knn", "dino"), run.miou("knn", "mae")), 3, 5)
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
        "Spearman's rank correlation of mean IoU, at least .8, of five or more (exact)",
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
        "Without 10 features MAE's k-NN is already better.",
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
]
