"""Statements about objects: patches retrieved on FAIR1M, objects associated in videos."""

from itertools import product

from patchprobe.reproduction.claims import Claim, average, between, equal, greater, ratio
from patchprobe.reproduction.evidence import combine

M = 200
OTHERS = ("supervised", "dino", "dinov2")
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


def _gaps(run, dataset="bdd100k", kind="association"):
    return [int(gap) for gap in run.values_of(kind, dataset, "frame_gap")]


def _over_gaps(run, backbone, m=0, dataset="bdd100k", gaps=None, **of):
    """Instance accuracy, mean of gaps."""
    gaps = _gaps(run, dataset) if gaps is None else gaps
    return average(run.associated(backbone, gap, m, dataset=dataset, **of) for gap in gaps)


def _short_gaps(run):
    gaps = [gap for gap in _gaps(run) if gap < 10]
    scores = (_over_gaps(run, name, gaps=gaps) for name in ("dino", "dinov2"))
    return [greater(("dino", "dinov2"), *scores)]


def _dino_is_best_at_tracking(run):
    of = {name: _over_gaps(run, name) for name in (*OTHERS, "mae")}
    pairs = [*product(("dino", "dinov2"), ("supervised",)), ("supervised", "mae")]
    return [greater((a, b), of[a], of[b]) for a, b in pairs]


def _removal_helps_tracking(run):
    return [
        greater(
            (f"gap {gap}: {_name(run, 'mae', M)}", other),
            run.associated("mae", gap, M),
            run.associated(other, gap),
        )
        for gap in _gaps(run)
        for other in ("mae", "supervised")
    ]


def _long_gaps(run):
    gaps = [gap for gap in _gaps(run) if gap >= 29]
    return [
        equal(
            (f"{name}: gap {gaps[0]}", f"gap {gaps[-1]}"),
            run.associated(name, gaps[0]),
            run.associated(name, gaps[-1]),
            0.05,
        )
        for name in (*OTHERS, "mae")
        if len(gaps) > 1
    ]


def _category_after_miss(run):
    return [
        between(f"gap {gap}", run.associated("dinov2", gap, metric="category_after_miss"), 0.95, 1)
        for gap in _gaps(run)
    ]


def _people(run):
    of = {
        name: _over_gaps(run, name, dataset="mot17") for name in ("dino", "dinov2", "mae", "simmim")
    }
    pairs = product(("dino", "dinov2"), ("mae", "simmim"))
    return [greater((a, b), of[a], of[b]) for a, b in pairs]


def _whole_frames(run, backbones, is_whole_better):
    gaps = [x for x in _gaps(run, kind="association_whole") if x in _gaps(run)]
    found = []
    for name in backbones:
        tiles = _over_gaps(run, name, gaps=gaps)
        whole = _over_gaps(run, name, gaps=gaps, whole=True)
        names, scores = (f"{name}: tiles", "whole frames"), (tiles, whole)
        if is_whole_better:
            names, scores = (f"{name}: whole frames", "tiles"), (whole, tiles)
        found.append(greater(names, *scores))
    return found


CLAIMS = [
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
        "DINOv2 performs similarly to the supervised ViT; MAE is a distant outlier.",
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
        "same patch, every model",
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
        "Without the own tile DINOv2 is best, DINO and the supervised ViT slightly worse, MAE "
        "poor.",
        "same category, mean of all levels of blur",
        _without_own_tile,
    ),
    Claim(
        "Figure 7",
        "DINO is slightly better than DINOv2 for gaps below 10 frames.",
        "instance accuracy, mean of these gaps",
        _short_gaps,
    ),
    Claim(
        "Figure 7",
        "DINO and DINOv2 track best; the supervised ViT is far behind, slightly better than MAE.",
        "instance accuracy, mean of all gaps",
        _dino_is_best_at_tracking,
    ),
    Claim(
        "Figure 7",
        "Without 200 features MAE is better than with all, and than the supervised ViT, at every "
        "gap.",
        "instance accuracy, gap by gap",
        _removal_helps_tracking,
    ),
    Claim(
        "Figure 7",
        "Accuracy stays about constant beyond some 30 frames.",
        "instance accuracy at the first gap from 29 frames and at the last: within .05",
        _long_gaps,
    ),
    Claim(
        "Figure 7",
        "When DINOv2 misses the instance, the category is right in more than 95 % of the cases.",
        "category accuracy after a miss, every gap",
        _category_after_miss,
    ),
    Claim(
        "Figure 9",
        "On MOT17 contrastive models are better than masked image models.",
        "instance accuracy, mean of all gaps, DINO and DINOv2 against MAE and SimMIM",
        _people,
    ),
    Claim(
        "Figure 12",
        "Objects are associated better by tiles than by whole frames for DINO and DINOv2.",
        "instance accuracy, mean of all gaps",
        lambda run: _whole_frames(run, ("dino", "dinov2"), is_whole_better=False),
    ),
    Claim(
        "Figure 12",
        "For MAE whole frames are better.",
        "instance accuracy, mean of all gaps",
        lambda run: _whole_frames(run, ("mae",), is_whole_better=True),
    ),
]
