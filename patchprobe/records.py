"""What made every result, told beside the results: one record (JSON) for each job.

Snakemake keeps its own records in `.snakemake`. That folder is deleted on a lock message, left
behind when results move to another disk, and is another one in a second clone on the same results;
without it Snakemake takes any file for up to date. A record here moves with the results, names the
parameters (among them the digest of the code) and inputs that a job had, and the content of its
outputs, so that files of other parameters, and edited or torn ones, are told.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from patchprobe.files import write_text
from patchprobe.provenance import file_digest

FOLDER = "records"  # in each of the folders that Snakemake calls pathvars
PATHVARS = "results", "resources"
_HEAD = "zarr.json"  # of a store: tells the digest of all that is in it


@dataclass(frozen=True)
class Record:
    """One job: its outputs and inputs by path, its parameters as Snakemake compares them."""

    rule: str
    outputs: dict
    inputs: list
    params: list
    log: list


def write(job, derived=()):
    """Record a finished job: the last line of its script.

    Parameters
    ----------
    job : object
        `snakemake` of the script: rule, output, input, params, log, config.
    derived : iterable of str
        Parameters that follow from the inputs, which Snakemake does not compare.
    """
    asked = job.config.get("pathvars", {})
    folders = {name: asked.get(name, name) for name in PATHVARS}
    outputs = {_told(path, folders): path for path in job.output}
    path = path_of(next(iter(outputs)), folders)
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {
        "rule": job.rule,
        "outputs": {
            told: content(path) if told.startswith("<results>/") else None
            for told, path in outputs.items()
        },
        "inputs": [_told(file, folders) for file in job.input],
        "params": {name: repr(value) for name, value in job.params.items() if name not in derived},
        "log": [_told(file, folders) for file in job.log],
    }
    about["digest"] = hashlib.sha256(json.dumps(about["params"]).encode()).hexdigest()
    write_text(path, json.dumps(about, indent=1))


def path_of(output, folders):
    """Path of the record of a job, from its first output, which begins with `<results>` or so.

    Parameters
    ----------
    output : str
    folders : dict of str to str
        Folders by the names of Snakemake's pathvars.
    """
    for name in PATHVARS:
        if output.startswith(f"<{name}>/"):
            return Path(folders[name], FOLDER, f"{output.removeprefix(f'<{name}>/')}.json")
    raise ValueError(f"expected an output in {' or '.join(folders.values())}, found {output}")


def read(folders):
    """All records in the folders: those that can be read, and the paths of those that cannot.

    Returns
    -------
    list of Record
    list of path
    """
    found, damaged = [], []
    for folder in folders.values():
        for path in sorted(Path(folder, FOLDER).rglob("*.json")):
            try:
                found.append(_read(path, folders))
            except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
                damaged.append(path)
    return found, damaged


def _read(path, folders):
    about = json.loads(path.read_text(encoding="utf-8"))
    return Record(
        about["rule"],
        {_placed(file, folders): _content(known) for file, known in about["outputs"].items()},
        sorted(_placed(file, folders) for file in about["inputs"]),
        sorted(about["params"].values()),
        sorted(_placed(file, folders) for file in about["log"]),
    )


def _content(known):
    """What a record tells of the content of an output; a ValueError if it is something else."""
    if known is None or (isinstance(known, dict) and {"size", "mtime_ns", "sha256"} <= set(known)):
        return known
    raise ValueError(f"expected the size, time and digest of a file, found {known!r}")


def content(path):
    """What tells the content of an output; that of a store is told by its head."""
    path = Path(path)
    path = path / _HEAD if path.is_dir() else path
    about = path.stat()
    return {"size": about.st_size, "mtime_ns": about.st_mtime_ns, "sha256": file_digest(path)}


def is_as_made(path, known):
    """Whether an output still has the content that its record knows.

    A file of the recorded size and time is not read again. Of weights and downloads no content is
    recorded: they are links to files of the user's, or have checksums in the configuration.
    """
    if known is None:
        return True
    path = Path(path)
    path = path / _HEAD if path.is_dir() else path
    try:
        about = path.stat()
    except OSError:  # not there, below a file, or a link to itself
        return False
    if about.st_size != known["size"]:
        return False
    return about.st_mtime_ns == known["mtime_ns"] or file_digest(path) == known["sha256"]


def unrecorded(folder, recorded):
    """Files and stores in a folder of results that no record is of, by path.

    Hidden files and the records themselves do not count.
    """
    found = []
    for parent, folders, files in os.walk(folder):
        stores = [name for name in folders if name.endswith(".zarr")]
        within = Path(parent) == Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if name not in stores and not name.startswith(".") and not (within and name == FOLDER)
        )
        paths = [str(Path(parent, name)) for name in (*files, *stores) if not name.startswith(".")]
        found += [path for path in paths if path not in recorded]
    return sorted(found)


def _told(path, folders):
    """A path as records tell it, wherever the folders lie: `<results>/knn/...`."""
    for name, folder in sorted(folders.items(), key=lambda item: -len(item[1])):
        if str(path).startswith(f"{folder.rstrip('/')}/"):
            return f"<{name}>/{str(path)[len(folder.rstrip('/')) + 1 :]}"
    return str(path)


def _placed(path, folders):
    for name, folder in folders.items():
        if path.startswith(f"<{name}>/"):
            return f"{folder.rstrip('/')}/{path.removeprefix(f'<{name}>/')}"
    return path
