"""Statements about objects that are associated in videos, by tiles and by whole frames."""

from itertools import product

from patchprobe.reproduction.claims import OTHERS, Claim, M, average, between, equal, greater


def _without(run, m):
    return f"mae without {run.m(m)}"


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
            (f"gap {gap}: {_without(run, M)}", other),
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


def _missed(run, backbone, gap):
    """Category accuracy of all queries whose instance was missed."""
    asked = ("association", "bdd100k", backbone, "category_after_miss", "objects")
    return run.score(*asked, frame_gap=gap)


def _category_after_miss(run):
    found = []
    for gap in _gaps(run):
        of = ("association", "bdd100k", "dinov2", "category_chance", "objects")
        chance = run.score(*of, frame_gap=gap)
        known = "" if chance is None else f" (random choice {chance.value:.3f})"
        found.append(between(f"gap {gap}{known}", _missed(run, "dinov2", gap), 0.95, 1))
    return found


def _categories(run):
    names = (*OTHERS, "mae")
    of = {name: average(_missed(run, name, gap) for gap in _gaps(run)) for name in names}
    pairs = (("dinov2", "dino"), ("dinov2", "supervised"), ("supervised", "mae"))
    return [greater((a, b), of[a], of[b]) for a, b in pairs]


def _ends_of_gaps(run):
    """Accuracy falls from the shortest to the longest gap."""
    found, gaps = [], _gaps(run)
    for name in (*OTHERS, "mae") if gaps else ():
        scores = run.associated(name, gaps[0]), run.associated(name, gaps[-1])
        found.append(greater((f"{name}: gap {gaps[0]}", f"gap {gaps[-1]}"), *scores))
    return found


def _close_at_short_gaps(run):
    scores = {name: run.associated(name, 1) for name in ("dino", "dinov2")}
    of_mae = run.associated("mae", 1, M)
    return [equal((f"gap 1: {_without(run, M)}", x), of_mae, scores[x], 0.05) for x in scores]


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
        "Figure 7",
        "DINO is better than DINOv2 for gaps below 10 frames.",
        "instance accuracy, mean of these gaps",
        _short_gaps,
    ),
    Claim(
        "Figure 7",
        "DINO and DINOv2 track better than the supervised ViT, and that better than MAE.",
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
        "category accuracy of all queries that were missed, every gap, beside a random choice",
        _category_after_miss,
    ),
    Claim(
        "Figure 7",
        "Such categories are right less often for DINO and the supervised ViT, and for MAE less "
        "than for the supervised ViT.",
        "category accuracy of all queries that were missed, mean of all gaps",
        _categories,
    ),
    Claim(
        "Figure 7",
        "The accuracy of all models falls with the gap.",
        "instance accuracy at the shortest against the longest gap",
        _ends_of_gaps,
    ),
    Claim(
        "Figure 7",
        "For small gaps MAE without 200 features is comparable with DINO and DINOv2.",
        "instance accuracy at a gap of 1 differs by less than .05",
        _close_at_short_gaps,
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
