"""Statements about patches of FAIR1M that are retrieved after a change, and without their tile."""

from itertools import product

from patchprobe.reproduction.claims import OTHERS, Claim, M, average, between, equal, greater, ratio
from patchprobe.reproduction.evidence import combine

_CLEAN = "clean"


def _levels(run, *families):
    """Changed levels that every backbone has, of some families or of all."""
    every = run.values_of("retrieval", "fair1m", "level")
    return [x for x in every if x != _CLEAN and (not families or x.split("-")[0] in families)]


def _same_patch(run, backbone, m=0, *families):
    """Share of queries that retrieve the same patch, mean of all levels."""
    levels = _levels(run, *families)
    return average(run.retrieved(backbone, level, m=m) for level in levels)


def _name(run, backbone, m=0):
    return f"{backbone} without {run.m(m)}" if m else backbone


def _retrieves_more(run, pairs, margin=0.0):
    """Findings for pairs of (backbone, m): the first retrieves the same patch more often."""
    return [
        greater(
            (_name(run, *first), _name(run, *second)),
            _same_patch(run, *first),
            _same_patch(run, *second),
            margin,
        )
        for first, second in pairs
    ]


def _dino_is_most_robust(run):
    rivals = (("supervised", 0), ("dinov2", 0), ("mae", 0), ("mae", M))
    rivals += (("scale_mae", 0), ("scale_mae", M))
    return _retrieves_more(run, [(("dino", 0), rival) for rival in rivals])


def _little_noise(run):
    same = {name: run.retrieved(name, "noise-10") for name in (*OTHERS, "mae")}
    found = [between(f"noise-10: {name}", same[name], 0.9, 1) for name in OTHERS]
    return [*found, between("noise-10: mae", same["mae"], 0.4, 0.5)]


def _rest_is_same_category(run):
    found = []
    for name, level in product(OTHERS, ("blur-8", "noise-40")):
        same = run.retrieved(name, level)
        missed = None if same is None else combine(lambda share: 1 - share, same)
        category = run.retrieved(name, level, "same_category")
        found.append(between(f"{level}: {name}", ratio(category, missed), 0.5, 1))
    return found


def _geometry_is_harder(run):
    found = []
    for name, moved, degraded in product(
        OTHERS, ("rotate-5", "scale-0.9", "scale-1.1"), ("blur-8", "noise-40")
    ):
        scores = run.retrieved(name, degraded), run.retrieved(name, moved)
        found.append(greater((f"{name}: {degraded}", moved), *scores))
    return found


def _without_own_tile(run):
    levels = run.values_of("retrieval", "fair1m", "level", excluded="tile")
    same = {
        name: average(
            run.retrieved(name, level, "same_category", excluded="tile") for level in levels
        )
        for name in (*OTHERS, "mae")
    }
    best = [greater(("dinov2", x), same["dinov2"], same[x]) for x in ("supervised", "dino")]
    worst = [greater((x, "mae"), same[x], same["mae"]) for x in OTHERS]
    return [*best, *worst]


def _stronger_is_harder(run):
    """The strongest level of a family against its weakest."""
    of_family = [("shift-1", "shift-4"), ("rotate-5", "rotate-20"), ("scale-0.9", "scale-0.8")]
    of_family += [("scale-1.1", "scale-1.2"), ("blur-2", "blur-8"), ("noise-10", "noise-40")]
    found = []
    for (weak, strong), name in product(of_family, (*OTHERS, "mae")):
        scores = run.retrieved(name, weak), run.retrieved(name, strong)
        found.append(greater((f"{name}: {weak}", strong), *scores))
    return found


CLAIMS = [
    Claim(
        "Figure 5",
        "Stronger changes make retrieval worse.",
        "same patch at the weakest against the strongest level of every change",
        _stronger_is_harder,
    ),
    Claim(
        "Figure 5",
        "After a small change the nearest patch is almost always the same one, for MAE in 40 to "
        "50 % of the cases.",
        "same patch at noise of 10 grey levels, at least .9; MAE .4 to .5",
        _little_noise,
    ),
    Claim(
        "Figure 5",
        "DINO is the most robust across all transformations.",
        "same patch, mean of all levels, DINO against every other",
        _dino_is_most_robust,
    ),
    Claim(
        "Figure 5",
        "Scale-MAE is better than MAE.",
        "same patch, mean of all levels",
        lambda run: _retrieves_more(run, [(("scale_mae", 0), ("mae", 0))]),
    ),
    Claim(
        "Figure 5",
        "Without 200 features MAE and Scale-MAE are better than with all.",
        "same patch, mean of all levels",
        lambda run: _retrieves_more(run, [((x, M), (x, 0)) for x in ("mae", "scale_mae")]),
    ),
    Claim(
        "Figure 5",
        "Without 200 features MAE and Scale-MAE outperform DINOv2 and the supervised ViT.",
        "same patch, mean of all levels",
        lambda run: _retrieves_more(
            run,
            [((a, M), (b, 0)) for a, b in product(("mae", "scale_mae"), ("dinov2", "supervised"))],
        ),
    ),
    Claim(
        "Figure 5",
        "DINOv2 performs similarly to the supervised ViT; MAE is worse than both.",
        "same patch, mean of all levels: within .05; DINOv2 and supervised against MAE",
        lambda run: [
            equal(
                ("dinov2", "supervised"),
                _same_patch(run, "dinov2"),
                _same_patch(run, "supervised"),
                0.05,
            ),
            *_retrieves_more(run, [((x, 0), ("mae", 0)) for x in ("dinov2", "supervised")]),
        ],
    ),
    Claim(
        "Figure 5",
        "A rotation of 5 degrees or a small scale is harder than the strongest blur or noise "
        "(perhaps an effect of the authors' map of rotated patches).",
        "same patch, supervised ViT, DINO and DINOv2",
        _geometry_is_harder,
    ),
    Claim(
        "Figure 5",
        "More than half of the patches that miss the same one retrieve its category (not MAE's).",
        "share of these that retrieve the category, at least .5",
        _rest_is_same_category,
    ),
    Claim(
        "Figure 11",
        "iBOT retrieves at least as well as DINO, and better than DINOv2.",
        "same patch, mean of all levels: lower by less than .02; against DINOv2",
        lambda run: [
            *_retrieves_more(run, [(("ibot", 0), ("dino", 0))], margin=0.02),
            *_retrieves_more(run, [(("ibot", 0), ("dinov2", 0))]),
        ],
    ),
    Claim(
        "Figure 6",
        "Without the own tile DINOv2 is best, then DINO and the supervised ViT; MAE is worst.",
        "same category, mean of all levels of blur",
        _without_own_tile,
    ),
]
