"""Time and memory of rules from Snakemake's benchmark files, and the disk of folders."""

import os
from dataclasses import dataclass
from pathlib import Path

from patchprobe.report import rows, sheets

MEBIBYTE = 2**20  # what Snakemake counts memory in


@dataclass(frozen=True)
class Cost:
    """Jobs of a rule: seconds, and bytes of the largest; what was not measured counts as zero."""

    rule: str
    n_jobs: int
    seconds: float
    longest: float
    longest_job: str
    memory: float


def of_rules(folder):
    """`Cost` of every rule, that of most time first.

    Parameters
    ----------
    folder : path
        With a folder, or a file, of benchmarks for each rule: `<rule>/<job>.tsv`, `<rule>.tsv`.
    """
    runs = {}
    for path in sorted(Path(folder).rglob("*.tsv")):
        parts = path.relative_to(folder).with_suffix("").parts
        job = "/".join(parts[1:])
        runs.setdefault(parts[0], []).extend((job, *run) for run in _runs(path))
    costs = [_cost(rule, of_rule) for rule, of_rule in runs.items() if of_rule]
    return sorted(costs, key=lambda cost: (-cost.seconds, cost.rule))


def _runs(path):
    """(seconds, bytes of memory) of every run in a benchmark file."""
    header, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
    names = header.split("\t")
    found = [dict(zip(names, line.split("\t"), strict=False)) for line in lines if line.strip()]
    return [(_measured(run, "s"), _measured(run, "max_rss") * MEBIBYTE) for run in found]


def _measured(run, key):
    """A value of a run; zero for "NA" and "-", which stand for what was too short to measure."""
    return rows.as_number(run.get(key, "")) or 0.0


def _cost(rule, runs):
    job, longest, _ = max(runs, key=lambda run: (run[1], run[0]))
    seconds, memory = sum(run[1] for run in runs), max(run[2] for run in runs)
    return Cost(rule, len(runs), seconds, longest, job, memory)


def rule_sheet(costs):
    """The table of rules."""
    cells = {
        "rule": lambda cost: sheets.Cell(cost.rule),
        "jobs": lambda cost: sheets.Cell(str(cost.n_jobs)),
        "total time": lambda cost: sheets.Cell(clock(cost.seconds), f"{cost.seconds:.2f}"),
        "longest job": lambda cost: sheets.Cell(
            clock(cost.longest), f"{cost.longest:.2f}", cost.longest_job
        ),
        "largest memory": lambda cost: sheets.Cell(size(cost.memory), f"{cost.memory:.0f}"),
    }
    return sheets.sheet("Jobs, time and memory of every rule", costs, cells)


def in_all(costs):
    """`Cost` of all rules together."""
    return Cost(
        "all rules",
        sum(cost.n_jobs for cost in costs),
        sum(cost.seconds for cost in costs),
        max((cost.longest for cost in costs), default=0.0),
        "",
        max((cost.memory for cost in costs), default=0.0),
    )


def of_folders(folder):
    """(name, bytes, files) of every folder in a folder, the largest first."""
    with os.scandir(folder) as entries:
        found = [(entry.name, *_disk(entry.path)) for entry in entries if entry.is_dir()]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def _disk(folder):
    """Bytes and number of the files below a folder; links are not followed."""
    n_bytes = n_files = 0
    for place, _, names in os.walk(folder):
        for name in names:
            n_bytes += os.lstat(os.path.join(place, name)).st_size
            n_files += 1
    return n_bytes, n_files


def disk_sheet(folders):
    """The table of folders."""
    cells = {
        "folder": lambda row: sheets.Cell(row[0]),
        "size": lambda row: sheets.Cell(size(row[1]), str(row[1])),
        "files": lambda row: sheets.Cell(f"{row[2]:,}", str(row[2])),
    }
    return sheets.sheet("Disk of the folders of results", folders, cells)


def clock(seconds):
    """Seconds as "1:02:03", "2:03" or "3.1 s"."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(n_bytes):
    """Bytes as "1.2 GB"; units of a thousand."""
    for unit in ("B", "kB", "MB"):
        if n_bytes < 999.5:
            return f"{n_bytes:.0f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} GB"
