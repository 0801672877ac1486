"""What one input is made with: random numbers, odd values, and a note of all that was done."""

import random
from pathlib import Path

import numpy as np

from tests.fuzz.mutators.values import odd_values


class Change:
    """The source of all chance of one input.

    Attributes
    ----------
    rng : random.Random
    notes : list of str
        What was done to the files.
    """

    def __init__(self, seed, target, number):
        self.name = f"{seed} {target} {number}"
        self.rng = random.Random(self.name)
        self.notes = []
        self._values = None

    def pixels(self):
        """A generator for arrays."""
        return np.random.default_rng(self.rng.getrandbits(32))

    def value(self):
        """An odd JSON-able value."""
        if self._values is None:
            self._values = odd_values(self.rng.getrandbits(32))
        return self.rng.choice(self._values)

    def note(self, text):
        """Tell what was done."""
        self.notes.append(text)

    def put(self, path, content):
        """Give a file another content. Copies of a world share its files: it becomes a new one."""
        path = Path(path)
        path.unlink(missing_ok=True)
        path.write_bytes(content)
