"""Both protocols side by side, what each of their choices is worth, and noise of training sets."""

import pandas as pd

from patchprobe.reproduction.claims import average, subtract

# Values of each protocol; the epoch of the probe is the best on the validation images, or the last.
PUBLISHED = {
    "similarity": "dot",
    "label_rule": "centre",
    "descriptor": "flattened",
    "selection": "val",
}
TEXT = {
    "similarity": "l2",
    "label_rule": "majority",
    "descriptor": "mean",
    "selection": "last",
}
NAMES = {
    "similarity": "similarity",
    "label_rule": "label of a patch",
    "descriptor": "descriptor of an object",
    "selection": "epoch of the probe",
}
_ENDS = ("", "_low", "_high")


def _knn(dataset):
    def score(run, r, **choices):
        return run.score("knn_subsets", dataset, r.backbone, "miou", m=r.n_removed, **choices)

    return score


def _probe(run, r, **choices):
    """The probe of the other results, or, with other choices, the one trained beside it."""
    for kind in ("linear_subsets", "linear_variants"):
        found = run.score(kind, "cityscapes", r.backbone, "miou", m=r.n_removed, **choices)
        if found is not None:
            return found
    return None


def _same_patch(run, r, **choices):
    levels = run.values_of("retrieval", "fair1m", "level")
    return average(
        run.score(
            *("retrieval", "fair1m", r.backbone, "same_patch"), m=r.n_removed, level=x, **choices
        )
        for x in levels
        if x != "clean"
    )


def _instances(run, r, **choices):
    gaps = run.values_of("association", "bdd100k", "frame_gap")
    return average(
        run.score(
            *("association", "bdd100k", r.backbone, "instance_accuracy"),
            m=r.n_removed,
            frame_gap=gap,
            **choices,
        )
        for gap in gaps
    )


# Task and dataset: what of the protocols it depends on, and its score.
TASKS = {
    ("k-NN, mean IoU", "cityscapes"): (("similarity", "label_rule"), _knn("cityscapes")),
    ("linear probe, mean IoU", "cityscapes"): (("label_rule", "selection"), _probe),
    ("k-NN, mean IoU", "ade20k"): (("similarity", "label_rule"), _knn("ade20k")),
    ("same patch, mean of levels", "fair1m"): (("similarity", "label_rule"), _same_patch),
    ("instance accuracy, mean of gaps", "bdd100k"): (("similarity", "descriptor"), _instances),
}


def side_by_side(run, representations):
    """Scores under both protocols.

    Parameters
    ----------
    run : patchprobe.reproduction.run.Run
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns dataset, task, representation, as_published, as_text and difference (as_text minus
        as_published), each with the ends of its interval (`_low`, `_high`). Rows of which one
        protocol was not run are left out.
    """
    rows = []
    for (task, dataset), (choices, score) in TASKS.items():
        for r in representations:
            published, text = (
                score(run, r, **{name: of[name] for name in choices}) for of in (PUBLISHED, TEXT)
            )
            if published is None or text is None:
                continue
            of = {"as_published": published, "as_text": text}
            of["difference"] = subtract(text, published)
            row = {"dataset": dataset, "task": task, "representation": r.label}
            rows.append(row | _with_ends(of))
    columns = [f"{x}{end}" for x in ("as_published", "as_text", "difference") for end in _ENDS]
    return pd.DataFrame(rows, columns=["dataset", "task", "representation", *columns])


def choices(run, representations):
    """What each choice is worth: scores as published, and with this one choice as in the text.

    Returns
    -------
    pandas.DataFrame
        Columns choice, published and text (its values), dataset, task, representation, value, other
        and difference (other minus value) with the ends of its interval.
    """
    rows = []
    for (task, dataset), (names, score) in TASKS.items():
        published = {name: PUBLISHED[name] for name in names}
        for name, r in ((name, r) for name in names for r in representations):
            value = score(run, r, **published)
            other = score(run, r, **published | {name: TEXT[name]})
            if value is None or other is None:
                continue
            found = subtract(other, value)
            rows.append(
                {"choice": NAMES[name], "published": PUBLISHED[name], "text": TEXT[name]}
                | {"dataset": dataset, "task": task, "representation": r.label}
                | {"value": value.value, "other": other.value}
                | _with_ends({"difference": found})
            )
    columns = ["choice", "published", "text", "dataset", "task", "representation"]
    columns += ["value", "other", *(f"difference{end}" for end in _ENDS)]
    return pd.DataFrame(rows, columns=columns)


def subset_noise(run, values, representations):
    """Difference of mean IoU between the two disjoint sets of 72 training images.

    Parameters
    ----------
    run : patchprobe.reproduction.run.Run
    values : pandas.DataFrame
        Published values, see `patchprobe.reproduction.paper_values.read`.
    representations : list of patchprobe.figures.style.Representation

    Returns
    -------
    pandas.DataFrame
        Columns dataset, classifier, representation, published, obtained, low, high.
    """
    sets = ("train_72", "train_72_prime")
    printed = values[(values["shown_in"] == "Figure 1")]
    of = printed.set_index(["classifier", "backbone", "train_set"])["value"]
    rows = []
    for classifier in ("knn", "linear"):
        for r in (r for r in representations if r.is_whole):
            names = [(classifier, r.backbone, x) for x in sets]
            published = of[names[0]] - of[names[1]] if all(x in of for x in names) else None
            found = subtract(*(run.miou(classifier, r.backbone, train_set=x) for x in sets))
            if published is None and found is None:
                continue
            row = {"dataset": "cityscapes", "classifier": classifier, "representation": r.label}
            obtained = (None, None, None) if found is None else (found.value, *found.ends)
            ends = dict(zip(("obtained", "low", "high"), obtained, strict=True))
            rows.append({**row, "published": published, **ends})
    columns = ["dataset", "classifier", "representation", "published", "obtained", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _with_ends(scores):
    return {
        f"{name}{end}": value
        for name, score in scores.items()
        for end, value in zip(_ENDS, (score.value, *score.ends), strict=True)
    }
