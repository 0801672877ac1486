"""NWPU-RESISC45: 45 classes of 700 images of Google Earth, 0.2 to 30 m per pixel.

Classes and layout are those of torchgeo (torchgeo/datasets/resisc45.py); mean and standard
deviation (RGB, of 0..1) are Scale-MAE's (mae/dataloaders/resic45.py).
"""

from patchprobe.datasets.land_use import LandUse

MEAN = (0.368, 0.381, 0.3436)
STD = (0.2035, 0.1854, 0.1849)
_CLASSES = (
    "airplane",
    "airport",
    "baseball_diamond",
    "basketball_court",
    "beach",
    "bridge",
    "chaparral",
    "church",
    "circular_farmland",
    "cloud",
    "commercial_area",
    "dense_residential",
    "desert",
    "forest",
    "freeway",
    "golf_course",
    "ground_track_field",
    "harbor",
    "industrial_area",
    "intersection",
    "island",
    "lake",
    "meadow",
    "medium_residential",
    "mobile_home_park",
    "mountain",
    "overpass",
    "palace",
    "parking_lot",
    "railway",
    "railway_station",
    "rectangular_farmland",
    "river",
    "roundabout",
    "runway",
    "sea_ice",
    "ship",
    "snowberg",
    "sparse_residential",
    "stadium",
    "storage_tank",
    "tennis_court",
    "terrace",
    "thermal_power_station",
    "wetland",
)

LAND_USE = LandUse(
    name="RESISC45",
    wanted="NWPU-RESISC45.rar, with NWPU-RESISC45 as `root`",
    n_images=dict.fromkeys(_CLASSES, 700),
    number="_[0-9]{3}",
    example="_001",
    suffix=".jpg",
    image_px=256,
    folders=("NWPU-RESISC45", "NWPU-RESISC45/NWPU-RESISC45", "RESISC45"),
)
DATASET = LAND_USE.dataset()
