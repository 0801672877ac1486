"""What values of a configuration may be wherever they stand: whole numbers, finite ones, text."""

import math

LARGEST = 2**63 - 1  # what seeds, counts and stores of 64 bits hold


def settle(config):
    """Make whole floats integers in place, so that `k: 1.0` and `k: 1` are the same parameter.

    To the schema they are equal. `model_args` are the architecture's own, and left alone.

    Parameters
    ----------
    config : dict
    """
    for place, key, value, path in _values(config):
        is_own = path[:1] == ("backbones",) and path[2:3] == ("model_args",)
        if isinstance(value, float) and value.is_integer() and not is_own:
            place[key] = int(value)


def names(config):
    """Lines about names that YAML reads as something else than text."""
    return [
        f"{': '.join(map(str, path))}: the name {key} is read as {read_as(key)}: put it in quotes"
        for _, key, _, path in _values(config)
        if not isinstance(key, str | _Index)
    ]


def numbers(config):
    """Lines about numbers that nothing can be done with."""
    found = []
    for *_, value, path in _values(config):
        where = ": ".join(map(str, path))
        if isinstance(value, float) and not math.isfinite(value):
            found.append(f"{where}: expected a finite number, found {value}")
        elif isinstance(value, int | float) and abs(value) > LARGEST:
            found.append(
                f"{where}: expected a number of at most 2^63 - 1 = {LARGEST}, found {value}"
            )
    return found


def read_as(value):
    """What YAML reads a value without quotes as, in words; None for text and for collections."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"{str(value).lower()}, as yes, no, on and off are"
    if isinstance(value, int | float):
        return "a number"
    return None if isinstance(value, str | dict | list) else f"a {type(value).__name__}"


class _Index(int):
    """The place of an item in a list, which is no name."""


def _values(place, path=()):
    """All values under a mapping or list, outer ones first: (what holds it, key, value, path)."""
    is_list = isinstance(place, list)
    pairs = [(_Index(i), value) for i, value in enumerate(place)] if is_list else place.items()
    for key, value in list(pairs):
        yield place, key, value, (*path, key)
        if isinstance(value, dict | list):
            yield from _values(value, (*path, key))
