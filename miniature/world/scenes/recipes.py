"""How a class is painted: the table that the modules of `things` fill."""

from dataclasses import dataclass

HABITS = ("floor", "against", "hung", "top", "ceiling", "flat", "road", "water", "far", "ground")


@dataclass(frozen=True)
class Recipe:
    """How the things of one class look, and where they are found.

    Attributes
    ----------
    name : str
        The class.
    paint : callable
        Paints one thing, a `shapes.Thing`.
    size : tuple of float
        Usual width, height and depth, metres.
    habit : str
        "floor" stands freely, "against" stands with its back to a wall where there is one, "hung"
        hangs on a wall, "top" stands on another thing, "ceiling" hangs from it, "flat" lies on the
        floor and hinders nothing, "road" and "water" are where vehicles and boats are, "far" is
        the background, and "ground" is what a place is made of.
    away : tuple of float
        Range of distances from the camera outdoors, metres.
    up : tuple of float
        Range of heights above the floor at which it hangs, metres.
    on : str
        The kind of `Top` that it stands on.
    """

    name: str
    paint: object
    size: tuple
    habit: str = "floor"
    away: tuple = (3.0, 9.0)
    up: tuple = (0.0, 0.0)
    on: str = "table"


RECIPES = {}


def recipe(name, size, habit="floor", **options):
    """Enter the decorated function into the table as the way to paint a class."""
    if habit not in HABITS:
        raise ValueError(f"expected a habit of {HABITS}, found {habit!r} for {name}")

    def enter(paint):
        RECIPES[name] = Recipe(name, paint, size, habit, **options)
        return paint

    return enter
