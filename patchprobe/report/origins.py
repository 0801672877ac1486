"""What made the results, from the provenance files beside them: weights, images, versions."""

from dataclasses import dataclass
from pathlib import Path

from patchprobe import provenance
from patchprobe.report import sheets
from patchprobe.report.rows import natural
from patchprobe.result_files import read_provenance

SUFFIX = "_provenance.json"
_LISTS = ("bank", "query", "videos")


@dataclass(frozen=True)
class Record:
    """One provenance file: the evaluation and dataset that it is about, and what it says."""

    evaluation: str
    dataset: str
    content: dict


@dataclass(frozen=True)
class Network:
    """What records say of a network that embedded images; None where they do not tell."""

    backbone: str
    evaluations: tuple
    weights: str | None
    loader: str | None = None
    architecture: str | None = None
    precision: str | None = None


def records(folder):
    """`Record` of every provenance file below a folder: <evaluation>/<dataset>/..."""
    folder = Path(folder)
    found = []
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        parts = (*path.relative_to(folder).parts, "", "")
        found.append(Record(parts[0], parts[1], read_provenance(path)))
    return found


def networks(found):
    """`Network` of every different description in the records."""
    evaluations = {}
    for record in found:
        for about in _described(record.content):
            keys = ("weights_sha256", "loader", "architecture", "precision")
            key = (about["backbone"], *(about.get(name) for name in keys))
            evaluations.setdefault(key, set()).add(record.evaluation)
    every = [Network(key[0], tuple(sorted(used)), *key[1:]) for key, used in evaluations.items()]
    return sorted(every, key=lambda x: (natural(x.backbone), x.evaluations, x.weights or ""))


def _described(content):
    """All descriptions of a backbone with its weights, however deep in a record."""
    if "weights_sha256" in content and "backbone" in content:
        yield content
    for inner in content.values():
        if isinstance(inner, dict):
            yield from _described(inner)


def network_sheet(found):
    """The table of weights."""
    cells = {
        "backbone": lambda x: sheets.Cell(x.backbone),
        "SHA-256 of the weights": lambda x: sheets.Cell(x.weights or "none: random weights"),
        "loader": lambda x: sheets.Cell(x.loader or sheets.NONE_THERE),
        "architecture": lambda x: sheets.Cell(x.architecture or sheets.NONE_THERE),
        "precision": lambda x: sheets.Cell(x.precision or sheets.NONE_THERE),
        "used by": lambda x: sheets.Cell(", ".join(x.evaluations)),
    }
    return sheets.sheet("Weights of the backbones that results were made with", found, cells)


def image_sheet(found, names):
    """The table of the sets of images that results were made with.

    Parameters
    ----------
    found : list of Record
    names : dict of str to str
        Names of subsets by the digest of their images, see `patchprobe.provenance.list_digest`.
    """
    uses = {}
    for record in found:
        for use in _LISTS:
            images = record.content.get(use)
            if isinstance(images, list):
                key = (record.dataset, use, len(images), provenance.list_digest(images))
                uses.setdefault(key, set()).add(record.evaluation)
    rows = [
        {"key": key, "name": names.get(key[3], ""), "used": ", ".join(sorted(used))}
        for key, used in sorted(uses.items())
    ]
    cells = {
        "dataset": lambda row: sheets.Cell(row["key"][0]),
        "images of": lambda row: sheets.Cell(row["key"][1]),
        "subset": lambda row: sheets.Cell(row["name"] or sheets.NONE_THERE),
        "images": lambda row: sheets.Cell(str(row["key"][2])),
        "SHA-256 of the list": lambda row: sheets.Cell(row["key"][3]),
        "used by": lambda row: sheets.Cell(row["used"]),
    }
    return sheets.sheet("Images that results were made with", rows, cells)


def n_left_out(found):
    """{dataset: images or videos that could not be read}, of datasets that have any."""
    left_out = {}
    for record in found:
        of_record = record.content.get("left_out") or []
        left_out.setdefault(record.dataset, set()).update(map(str, of_record))
    return {name: len(items) for name, items in sorted(left_out.items()) if items}


def software(found):
    """{package: its versions}, and all git commits, of which there should be one each."""
    versions, commits = {}, set()
    for record in found:
        for content in _with_software(record.content):
            told = provenance.every(content.get("git_commit"))
            commits.update(commit or "unknown" for commit in told)
            for package, told in content["software"].items():
                kept = versions.setdefault(package, set())
                kept.update(version or "not installed" for version in provenance.every(told))
    return {name: sorted(versions[name]) for name in sorted(versions)}, sorted(commits)


def _with_software(content):
    if isinstance(content.get("software"), dict):
        yield content
    for inner in content.values():
        if isinstance(inner, dict):
            yield from _with_software(inner)


def software_sheet(versions):
    """The table of versions."""
    cells = {
        "package": lambda row: sheets.Cell(row[0]),
        "version": lambda row: sheets.Cell(", ".join(row[1])),
    }
    return sheets.sheet("Software that results were made with", list(versions.items()), cells)
