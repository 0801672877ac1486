"""Miniature EuroSAT, RGB: <Class>/<Class>_N.jpg, 64 x 64 pixels, in `2750`."""

from miniature.world.aerial.land_classes import EUROSAT, EUROSAT_FINE
from miniature.world.land_use import Layout

write = Layout(EUROSAT, "{name}/{name}_{i}.jpg", first=1, most=2000, fine=EUROSAT_FINE).write
