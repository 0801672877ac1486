"""What made every result, told beside the results: one record (JSON) for each job.

Snakemake keeps its own records in `.snakemake`. That folder is deleted on a lock message, left
behind when results move to another disk, and is another one in a second clone on the same results;
without it Snakemake takes any file for up to date. A record here moves with the results and names
the parameters of a job (among them the digest of the code), the content of its inputs and that of
its outputs, so that files of other parameters or inputs, and edited or torn ones, are told.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from patchprobe.errors import DiskError
from patchprobe.files import write_text
from patchprobe.provenance import file_digest

FOLDER = "records"  # in each of the folders that Snakemake calls pathvars
PATHVARS = "results", "resources"
_HEAD = "zarr.json"  # of a store: tells the digest of all that is in it
_CANNOT_BE_READ = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Record:
    """One job.

    Attributes
    ----------
    rule : str
    outputs : dict of str to dict
        By path, see `content`.
    inputs : dict of str to str or None
        SHA-256 by path, of those that lie in the folders of the records.
    params : list of str
        As Snakemake compares them.
    log : list of str
    made_at : int
        Nanoseconds since 1970.
    path : path
        Of the record itself.
    """

    rule: str
    outputs: dict
    inputs: dict
    params: list
    log: list
    made_at: int
    path: Path


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
    inputs = {_told(path, folders): path for path in job.input}
    outputs = {_told(path, folders): content(path) for path in job.output}
    about = {
        "rule": job.rule,
        "made_at": time.time_ns(),
        "outputs": outputs,
        "inputs": {
            told: content(path)["sha256"] if told.startswith("<") else None
            for told, path in inputs.items()
        },
        "params": {name: repr(value) for name, value in job.params.items() if name not in derived},
        "log": [_told(file, folders) for file in job.log],
    }
    path = path_of(next(iter(outputs)), folders)
    path.parent.mkdir(parents=True, exist_ok=True)
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
    """All records in the folders, the oldest first, and the paths of those that cannot be read.

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
            except _CANNOT_BE_READ:
                damaged.append(path)
    return sorted(found, key=lambda record: record.made_at), damaged


def _read(path, folders):
    about = json.loads(path.read_text(encoding="utf-8"))
    return Record(
        about["rule"],
        {_placed(file, folders): _content(known) for file, known in about["outputs"].items()},
        {_placed(file, folders): digest for file, digest in about["inputs"].items()},
        sorted(about["params"].values()),
        sorted(_placed(file, folders) for file in about["log"]),
        int(about["made_at"]),
        path,
    )


def _content(known):
    """What a record tells of the content of an output; a ValueError if it is something else."""
    if isinstance(known, dict) and {"size", "mtime_ns", "sha256"} <= set(known):
        return known
    raise ValueError(f"expected the size, time and digest of a file, found {known!r}")


def content(path):
    """What tells the content of an output; that of a store is told by its head."""
    path = _file_of(path)
    about = path.stat()
    return {"size": about.st_size, "mtime_ns": about.st_mtime_ns, "sha256": file_digest(path)}


def _file_of(path):
    """The file that tells the content of an output: itself, or the head of a store."""
    return Path(path) / _HEAD if Path(path).is_dir() else Path(path)


def is_as_made(path, known):
    """Whether an output still has the content that its record knows.

    A file of the recorded size and time is not read again.
    """
    try:
        path = _file_of(path)
        about = path.stat()
        if about.st_size != known["size"]:
            return False
        return about.st_mtime_ns == known["mtime_ns"] or file_digest(path) == known["sha256"]
    except OSError:  # not there, below a file, a link to itself, or not to be read
        return False


def keep_times(record):
    """Put the times of the outputs of a record into it, so that they need not be read again.

    Snakemake touches outputs after their job, and copies may have other times.
    """
    times = [_file_of(path).stat().st_mtime_ns for path in record.outputs]
    if times == [known["mtime_ns"] for known in record.outputs.values()]:
        return
    about = json.loads(record.path.read_text(encoding="utf-8"))
    for known, time_ns in zip(about["outputs"].values(), times, strict=True):
        known["mtime_ns"] = time_ns
    with suppress(OSError, DiskError):  # a folder that cannot be written, a full disk
        write_text(record.path, json.dumps(about, indent=1))


def unrecorded(folder, recorded):
    """Files and stores in a folder of results that no record is of, by path.

    Hidden files and the records themselves do not count. Folders that are links are looked into.
    """
    found, seen = [], set()
    for parent, folders, files in os.walk(folder, followlinks=True):
        if os.path.realpath(parent) in seen:  # a link to a folder above it
            folders.clear()
            continue
        seen.add(os.path.realpath(parent))
        stores = [name for name in folders if name.endswith(".zarr")]
        skipped = {*stores, FOLDER} if Path(parent) == Path(folder) else set(stores)
        folders[:] = sorted(x for x in folders if x not in skipped and not x.startswith("."))
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
    if b"\0" in os.fsencode(path):  # a ValueError, too, if no file can have the name
        raise ValueError(f"expected the path of a file, found {path!r}")
    for name, folder in folders.items():
        if path.startswith(f"<{name}>/"):
            return f"{folder.rstrip('/')}/{path.removeprefix(f'<{name}>/')}"
    return path
