"""The page of a run: what holds of the paper and what does not, in one file without a network."""

import base64
import hashlib
from importlib.resources import files

import jinja2
from markupsafe import Markup

from patchprobe.files import write_text
from patchprobe.report import (
    backbones,
    comparisons,
    costs,
    exhibits,
    leaderboard,
    origins,
    rows,
    verdicts,
)

EXPECTED = {
    "claims": verdicts.CLAIM_COLUMNS,
    "values": verdicts.VALUE_COLUMNS,
    "protocols": comparisons.PROTOCOL_COLUMNS,
    "choices": comparisons.CHOICE_COLUMNS,
    "subset_noise": comparisons.NOISE_COLUMNS,
    "leaderboard": leaderboard.COLUMNS,
}
_MARKS = {  # a sign and a kind, since colour alone tells nothing to many
    "holds": ("✓", "good"),
    "agrees": ("✓", "good"),
    "does not hold": ("✗", "bad"),
    "differs": ("✗", "bad"),
    "undecided": ("?", "open"),
    "distrusted": ("!", "open"),
    "not run": ("○", "none"),
    leaderboard.BEST: ("★", "good"),
    leaderboard.LEVEL_WITH_BEST: ("≈", "open"),
}


def html(
    page, about, config, entries, absent, reproduction, cards, cards_caption, results, benchmarks
):
    """The text of the page; the same inputs give the same text.

    Parameters
    ----------
    page : path
        Of the page itself, from which links lead to files.
    about : dict
        See `patchprobe.study.summary.of_run`.
    config : dict
        As captions name it.
    entries, absent : list of dict
        Figures and tables that are there, and that are not; see `patchprobe.report.exhibits`.
    reproduction : dict of str to path
        Files by the names of `EXPECTED`.
    cards : list of path
        A picture of each backbone.
    cards_caption : (path, dict)
        Of what all these pictures show, and what it is filled in with.
    results, benchmarks : path
        Folders.
    """
    read = {name: rows.read(reproduction.get(name, ""), EXPECTED[name]) for name in EXPECTED}
    found = origins.records(results)
    return _template().render(
        about=about,
        unreal=unreal(about),
        lacking={name: table.lacking for name, table in read.items()},
        files={x: exhibits.href(reproduction[x], page) if read[x].columns else "" for x in read},
        cards_caption=exhibits.caption(*cards_caption, config, "cards"),
        figures=exhibits.figures(entries, config, page),
        tables=exhibits.tables(entries, config, page),
        absent=[exhibits.heading(entry) for entry in absent],
        **_judged(read["claims"].rows, read["values"].rows),
        **_compared(read["protocols"].rows, read["choices"].rows, read["subset_noise"].rows),
        **_ranked(read["leaderboard"].rows, about, cards, found, page),
        **_spent(results, benchmarks),
        **_made_from(found, about),
    )


def _judged(claims, values):
    return {
        "claims": verdicts.claims(claims),
        "claim_counts": verdicts.counts(claims, verdicts.OF_CLAIMS),
        "claim_sheet": verdicts.claim_sheet(claims),
        "n_values": len(values),
        "value_counts": verdicts.counts(values, verdicts.OF_NUMBERS),
        "value_groups": verdicts.value_groups(values),
    }


def _compared(protocols, choices, noise):
    return {
        "protocol_sheet": comparisons.protocol_sheet(protocols),
        "protocols_clear": comparisons.n_clear(protocols),
        "worth_sheet": comparisons.worth_sheet(choices),
        "choice_sheet": comparisons.choice_sheet(choices),
        "noise_sheet": comparisons.noise_sheet(noise),
        "largest_noise": {x: comparisons.largest(noise, x) for x in ("published", "obtained")},
    }


def _ranked(ranked, about, cards, found, page):
    networks = origins.networks(found)
    return {
        "leaderboard": leaderboard.sheet(ranked),
        "cards": backbones.cards(about["backbones"], cards, networks, ranked, page),
    }


def _spent(results, benchmarks):
    of_rules, folders = costs.of_rules(benchmarks), costs.of_folders(results)
    return {
        "rule_sheet": costs.rule_sheet(of_rules),
        "spent": costs.in_all(of_rules),
        "disk_sheet": costs.disk_sheet(folders),
        "disk": sum(n_bytes for _, n_bytes, _ in folders),
    }


def _made_from(found, about):
    versions, commits = origins.software(found)
    return {
        "network_sheet": origins.network_sheet(origins.networks(found)),
        "image_sheet": origins.image_sheet(found, about["subsets"]),
        "software_sheet": origins.software_sheet(versions),
        "commits": commits,
        "left_out": origins.n_left_out(found),
        "n_records": len(found),
    }


def unreal(about):
    """What of a run is not real, and whether all of it is.

    Returns
    -------
    dict
        scenes : names of datasets; trained, random : labels of backbones; is_all : bool.
    """
    is_real = [not x["is_miniature"] for x in about["datasets"]]
    weights_are_real = [
        not x["is_miniature"] and x["random_seed"] is None for x in about["backbones"]
    ]
    return {
        "is_all": not any(is_real) or not any(weights_are_real),
        "scenes": [x["name"] for x in about["datasets"] if x["is_miniature"]],
        "trained": [x["label"] for x in about["backbones"] if x["is_miniature"]],
        "random": [x["label"] for x in about["backbones"] if x["random_seed"] is not None],
    }


def mark(verdict):
    """A sign and a kind for a verdict."""
    return _MARKS.get(verdict, ("•", "none"))


def _template():
    folder = files("patchprobe.report") / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(folder), encoding="utf-8"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    style, script = (
        (folder / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")
    )
    environment.globals.update(
        mark=mark,
        clock=costs.clock,
        size=costs.size,
        style=Markup(style),
        script=Markup(script),
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        max_rows=exhibits.MAX_ROWS,
    )
    return environment.get_template("page.html.jinja")


def write(page, **material):
    """Write the page, see `html`."""
    write_text(page, html(page, **material))
