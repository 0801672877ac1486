"""EuroSAT in RGB: 10 classes of 2,000 to 3,000 images of Sentinel-2, 10 m per pixel.

Classes and counts are those of torchgeo (torchgeo/datasets/eurosat.py); mean and standard
deviation (RGB, of 0..1) are Scale-MAE's (mae/dataloaders/eurosat.py). The release with all 13
bands has the same class folders, with .tif files; it is refused.
"""

from patchprobe.datasets.land_use import LandUse

MEAN = (0.3444, 0.3803, 0.4078)
STD = (0.2037, 0.1366, 0.1149)
_N_IMAGES = {
    "AnnualCrop": 3000,
    "Forest": 3000,
    "HerbaceousVegetation": 3000,
    "Highway": 2500,
    "Industrial": 2500,
    "Pasture": 2000,
    "PermanentCrop": 2500,
    "Residential": 3000,
    "River": 2500,
    "SeaLake": 3000,
}

LAND_USE = LandUse(
    name="EuroSAT",
    wanted="EuroSAT.zip or EuroSAT_RGB.zip, with 2750 or EuroSAT_RGB as `root`",
    n_images=_N_IMAGES,
    number="_[1-9][0-9]{0,3}",
    example="_1",
    suffix=".jpg",
    image_px=64,
    folders=(
        *("2750", "EuroSAT/2750", "EuroSAT_RGB", "EuroSAT"),
        *("EuroSAT_MS", "ds/images/remote_sensing/otherDatasets/sentinel_2/tif", "tif"),
    ),
    look_alikes={".tif": "of the release with 13 spectral bands"},
)
DATASET = LAND_USE.dataset()
