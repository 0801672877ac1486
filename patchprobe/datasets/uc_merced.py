"""UC Merced Land Use: 21 classes of 100 images of US cities, 1 foot per pixel.

Classes and layout are those of torchgeo (torchgeo/datasets/ucmerced.py); mean and standard
deviation (RGB, of 0..1) are Scale-MAE's (mae/dataloaders/ucmerced.py). Most images have 256 x 256
px; the others are resized to that when they are read, as in Scale-MAE.
"""

from patchprobe.datasets.land_use import LandUse

MEAN = (0.4842, 0.4901, 0.4505)
STD = (0.2180, 0.2021, 0.1958)
_CLASSES = (
    "agricultural",
    "airplane",
    "baseballdiamond",
    "beach",
    "buildings",
    "chaparral",
    "denseresidential",
    "forest",
    "freeway",
    "golfcourse",
    "harbor",
    "intersection",
    "mediumresidential",
    "mobilehomepark",
    "overpass",
    "parkinglot",
    "river",
    "runway",
    "sparseresidential",
    "storagetanks",
    "tenniscourt",
)

LAND_USE = LandUse(
    name="UC Merced",
    wanted="UCMerced_LandUse.zip, with Images as `root`",
    n_images=dict.fromkeys(_CLASSES, 100),
    number="[0-9]{2}",
    example="00",
    suffix=".tif",
    image_px=256,
    spare_px=32,
    folders=("Images", "UCMerced_LandUse/Images", "UCMerced_LandUse"),
)
DATASET = LAND_USE.dataset()
