"""What was found, each kind once: the damaged files, the error, and how to see it again."""

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Finding:
    """One kind of error at one place of the code, and the inputs that led to it."""

    target: str
    kind: str
    place: str
    text: str
    notes: list
    numbers: list = field(default_factory=list)

    def told(self):
        """One line for people."""
        also = f", {len(self.numbers)} inputs" if len(self.numbers) > 1 else ""
        return f"{self.target} {self.numbers[0]}: {self.kind} in {self.place}{also}"


@dataclass
class Tally:
    """How the inputs of a target ended."""

    target: str
    tried: int = 0
    refused: int = 0
    accepted: int = 0
    found: int = 0
    slowest: float = 0.0


class Findings:
    """Collects findings of targets, and writes the first of each kind to a folder.

    Parameters
    ----------
    folder : path
    seed : int
    """

    def __init__(self, folder, seed):
        self.folder, self.seed = Path(folder), seed
        self.kinds = {}

    def add(self, target, number, what, notes, world, copy):
        """Add what an input led to; whether it is of a new kind.

        `copy` is the damaged copy of `world`, if it is still there.
        """
        kind, place, text = what
        is_new = (target, kind, place) not in self.kinds
        finding = self.kinds.setdefault(
            (target, kind, place), Finding(target, kind, place, text, notes)
        )
        if is_new:
            self._write(finding, number, world, copy)
        finding.numbers.append(number)
        return is_new

    def _write(self, finding, number, world, copy):
        name = re.sub(r"\W+", "_", finding.target)
        folder = self.folder / f"{name}_{number}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        again = (
            f"python -m tests.fuzz --only '{finding.target}' --seed {self.seed} --number {number}"
        )
        lines = [f"{finding.kind} in {finding.place}", "", "Again:", again, "", "Changes:"]
        lines += [*map(repr, finding.notes), "", finding.text]
        text = "\n".join(lines)
        (folder / "finding.txt").write_text(text, encoding="utf-8", errors="backslashreplace")
        if copy is not None and Path(copy).is_dir():
            _copy_changed(Path(world), Path(copy), folder / "input")


def _copy_changed(world, copy, out):
    """Copy the files that are not those of the world, links as links."""
    for parent, folders, files in os.walk(copy):
        for name in (*files, *(x for x in folders if os.path.islink(os.path.join(parent, x)))):
            path = Path(parent, name)
            known = world / path.relative_to(copy)
            if not path.is_symlink() and known.is_file() and os.path.samefile(known, path):
                continue
            place = out / path.relative_to(copy)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place, follow_symlinks=False)
