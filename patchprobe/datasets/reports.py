"""What the check of a dataset found, as text for people and as JSON."""

from dataclasses import asdict, dataclass, field
from itertools import chain

SHOWN = 20  # problems in a message; the report has all


@dataclass(frozen=True)
class Acceptance:
    """A published number beside the one that is found."""

    what: str
    expected: str
    found: str

    @property
    def is_met(self):
        """Whether they are the same."""
        return self.expected == self.found


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes
    ----------
    dataset, root : str
    missing : str or None
        Message if the dataset is not there at all, or is a look-alike.
    layout : list of str
        Problems of the dataset as a whole.
    n_items : dict of str to int
        Items of each split that are used.
    bad : dict of str to dict of str to list of str
        Problems of each bad item of each split.
    acceptance : list of Acceptance
    notes : list of str
        What is odd, but changes no number; a dataset with notes may be good.
    """

    dataset: str
    root: str
    missing: str | None = None
    layout: list = field(default_factory=list)
    n_items: dict = field(default_factory=dict)
    bad: dict = field(default_factory=dict)
    acceptance: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    @property
    def problems(self):
        """Each line about what is wrong once; published numbers that differ are among them."""
        if self.missing:
            return [self.missing]
        bad = [lines for of_split in self.bad.values() for lines in of_split.values()]
        items = dict.fromkeys(chain.from_iterable(bad))
        differ = [
            f"{a.what}: expected {a.expected}, found {a.found}"
            for a in self.acceptance
            if not a.is_met
        ]
        return [*self.layout, *items, *differ]

    def as_dict(self):
        """For JSON."""
        return {**asdict(self), "is_good": not self.problems}

    def text(self, n_shown=SHOWN):
        """A short table for people."""
        lines = [f"{self.dataset} in {self.root}: {'problems' if self.problems else 'good'}"]
        for split, n_items in self.n_items.items():
            n_bad = len(self.bad.get(split, {}))
            lines.append(f"  {split:8s}{n_items:7,} used {n_items - n_bad:7,} good {n_bad:5,} bad")
        lines += [f"  note: {line}" for line in self.notes]
        lines += [f"  as published: {a.what} ({a.found})" for a in self.acceptance if a.is_met]
        lines += [f"  {line}" for line in self.problems[:n_shown]]
        if (more := len(self.problems) - n_shown) > 0:
            lines.append(f"  and {more} more")
        return "\n".join(lines)
