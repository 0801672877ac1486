"""What a target offers: a valid world, a way to damage a copy of it, and what reads it."""

from abc import ABC, abstractmethod

from tests.fuzz.mutators.files import change_some


class Wrong(AssertionError):
    """Something was accepted without an error, and is not what it must be."""


class Target(ABC):
    """A target.

    Attributes
    ----------
    name : str
    may_connect : bool
        Whether what is called may open connections.
    """

    name = ""

    @abstractmethod
    def prepare(self, world):
        """Make the valid world in an empty folder; called once, or not at all after a crash."""

    def learn(self, world):  # noqa: B027 - most targets need not
        """Remember what is true of the valid world; called in each process."""

    def files(self, folder):
        """Paths below the folder of the files that are changed; default: all of them."""
        return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())

    def damage(self, folder, change):
        """Change a copy of the world."""
        change_some(change, folder, self.files(folder))

    @abstractmethod
    def use(self, folder):
        """Read the copy. Whether all of it was accepted: False if problems were told in lines.

        Raises
        ------
        PatchprobeError
            It was refused, as it should be.
        Wrong
            It was accepted, and should not have been.
        """
