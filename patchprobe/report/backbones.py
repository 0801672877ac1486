"""A card for each backbone: its picture, what it is, and its places in the leaderboard."""

from dataclasses import dataclass
from pathlib import Path

from patchprobe.report import leaderboard
from patchprobe.report.exhibits import href
from patchprobe.report.pictures import Picture, picture


@dataclass(frozen=True)
class Card:
    """What the page tells of a backbone; `facts` are pairs of a name and a value."""

    id: str
    label: str
    picture: Picture | None
    href: str
    facts: list
    places: dict


def cards(backbones, pictures, networks, ranked, page):
    """`Card` of every backbone.

    Parameters
    ----------
    backbones : list of dict
        See `patchprobe.study.summary.of_run`.
    pictures : list of path
        Named after backbones; those that are not there are left out.
    networks : list of patchprobe.report.origins.Network
    ranked : list of dict
        Rows of the leaderboard.
    page : path
        Of the page, from which links lead to files.
    """
    by_name = {Path(path).stem: path for path in pictures if Path(path).is_file()}
    return [
        Card(
            f"backbone-{entry['name']}",
            entry["label"],
            picture(by_name[entry["name"]]) if entry["name"] in by_name else None,
            href(by_name[entry["name"]], page) if entry["name"] in by_name else "",
            _facts(entry, [x for x in networks if x.backbone == entry["name"]]),
            leaderboard.places(ranked, entry["name"]),
        )
        for entry in backbones
    ]


def _facts(entry, networks):
    """Pairs of a name and a value."""
    embedded = [x for x in networks if x.precision]
    arguments = ", ".join(f"{key} {value}" for key, value in entry["model_args"].items())
    return [
        ("Name", entry["name"]),
        ("Architecture", f"{entry['architecture']}{f' ({arguments})' if arguments else ''}"),
        ("Loader", entry["loader"]),
        ("Patch size", f"{entry['patch_px']} px"),
        ("Layers", entry["depth"]),
        ("Weights", _weights(entry, embedded)),
        ("Precision", _different(x.precision for x in embedded) or "no record"),
        ("Features removed", ", ".join(map(str, entry["remove"])) or "none"),
    ]


def _weights(entry, networks):
    if entry["random_seed"] is not None:
        return f"random, seed {entry['random_seed']}"
    digests = _different(x.weights for x in networks if x.weights)
    kind = "trained on miniature scenes, " if entry["is_miniature"] else ""
    return f"{kind}SHA-256 {digests}" if digests else f"{kind}no record"


def _different(values):
    return ", ".join(sorted(set(values)))
