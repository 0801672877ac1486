"""Figures and tables of a run, with their captions and the files beside the page."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from patchprobe.report import captions, rows, sheets
from patchprobe.report.pictures import Picture, picture

MAX_ROWS = 1000  # of a table in the page; its file has all
_VECTOR_AND_MOVING = (".pdf", ".svg", ".gif")


@dataclass(frozen=True)
class Exhibit:
    """A figure or table: its heading, its caption, its files, and its picture or its rows."""

    id: str
    title: str
    alt: str
    caption: Markup
    href: str
    beside: list
    picture: Picture | None = None
    sheet: sheets.Sheet | None = None


def figures(entries, config, page):
    """`Exhibit` of every figure among the entries, in the order of their numbers.

    Parameters
    ----------
    entries : list of dict
        `path`; `category`, "Figures" or "Tables"; `number`, as in "2b" or "beside Figure 2b";
        `shows`, in a few words; `of`, what one picture of several shows; `caption`, path of its
        text; `params`, which that is filled in with, see `patchprobe.report.captions.html`.
    config : dict
        As captions name it.
    page : path
        Of the page, from which links lead to files.
    """
    own = _in_order(entries, "Figures")
    return [_exhibit(x, config, page, picture=picture(x["path"])) for x in own]


def tables(entries, config, page):
    """`Exhibit` of every table among the entries, see `figures`."""
    return [
        _exhibit(x, config, page, sheet=sheets.of_file(heading(x), rows.read(x["path"]), MAX_ROWS))
        for x in _in_order(entries, "Tables")
    ]


def _in_order(entries, category):
    own = [entry for entry in entries if entry["category"] == category]
    return sorted(own, key=lambda x: (rows.natural(x["number"]), rows.natural(x["path"])))


def _exhibit(entry, config, page, **content):
    path = Path(entry["path"])
    anchor = anchor_of(os.path.relpath(path.with_suffix(""), Path(page).parent))
    others = [path.with_suffix(suffix) for suffix in _VECTOR_AND_MOVING]
    return Exhibit(
        anchor,
        heading(entry),
        _alt(entry),
        caption(entry["caption"], entry["params"], config, anchor),
        href(path, page),
        [(x.suffix[1:].upper(), href(x, page)) for x in others if x.is_file()],
        **content,
    )


def caption(path, params, config, prefix):
    """The caption in a file, filled in, see `patchprobe.report.captions.html`."""
    return captions.html(Path(path).read_text(encoding="utf-8"), config, params, prefix)


def heading(entry):
    """ "Figure 2b: variance of features"; of one picture of several also what it shows."""
    return f"{place(entry)}: {', '.join([entry['shows'], *entry['of']])}"


def place(entry):
    """Where the paper has it: "Figure 2b", "Beside Table 2", "Beyond the paper"."""
    number = entry["number"]
    if number[:1].isdecimal():
        return f"{entry['category'].removesuffix('s')} {number}"
    return number[:1].upper() + number[1:]


def _alt(entry):
    """What a picture shows, for those who do not see it; the caption tells more."""
    labels = [row[3] for row in entry["params"].get("representations", [])]
    of = f", of {', '.join(labels)}" if labels else ""
    return f"{heading(entry)}{of}. The caption below describes it."


def anchor_of(text):
    """An id of letters that every browser takes."""
    return re.sub("[^A-Za-z0-9_]+", "-", text).strip("-")


def href(path, page):
    """The relative address of a file, for a link in the page."""
    return quote(Path(os.path.relpath(path, Path(page).parent)).as_posix())
