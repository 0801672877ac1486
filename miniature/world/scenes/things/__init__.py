"""The recipes of all classes; importing the package enters them into `recipes.RECIPES`."""

from miniature.world.scenes.things import (  # noqa: F401
    buildings,
    craft,
    fittings,
    household,
    interior,
    lamps,
    living,
    media,
    nature,
    seats,
    small,
    storage,
    tables,
    vehicles,
)
