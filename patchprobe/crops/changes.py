"""All families of changes, and those that a configuration asks for."""

from patchprobe.crops.corruptions import Blur, Frequency, Noise
from patchprobe.crops.transformations import Rotate, Scale, Shift

FAMILIES = {kind.family: kind for kind in (Blur, Noise, Frequency, Shift, Rotate, Scale)}


def changes(asked):
    """The changes that a configuration asks for, in its order.

    Parameters
    ----------
    asked : dict
        Levels by family, as in {"blur": [10, 20], "frequency": [1, 2, 3, 4]}.

    Returns
    -------
    list of Change

    Raises
    ------
    ValueError
        If a family is unknown, a level impossible or asked for twice.
    """
    every = []
    for family, levels in asked.items():
        if family not in FAMILIES:
            raise ValueError(f"expected changes of {sorted(FAMILIES)}, found {family!r}")
        if not isinstance(levels, list | tuple):
            raise ValueError(
                f"expected a list of levels of {family}, such as [10, 20], found {levels!r}"
            )
        every += [FAMILIES[family](level) for level in levels]
    repeated = sorted({change.name for change in every if every.count(change) > 1})
    if repeated:
        raise ValueError(f"expected each change once, found {repeated} twice or more")
    return every
