"""Miniature RESISC45: <class>/<class>_NNN.jpg, 256 x 256 pixels, in `NWPU-RESISC45`."""

from miniature.world.aerial.land_classes import RESISC45
from miniature.world.land_use import Layout

write = Layout(RESISC45, "{name}/{name}_{i:03d}.jpg", first=1, most=700).write
