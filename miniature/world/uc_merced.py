"""Miniature UC Merced: <class>/<class>NN.tif, 256 x 256 pixels, in `UCMerced_LandUse/Images`."""

from miniature.world.aerial.land_classes import UC_MERCED
from miniature.world.land_use import Layout

write = Layout(UC_MERCED, "{name}/{name}{i:02d}.tif", first=0, most=100).write
