"""Sizes of datasets as published: what is said of a run before the data are there."""

from patchprobe.datasets import ade20k_names, base, videos
from patchprobe.datasets.base import Layout
from patchprobe.datasets.bdd100k_labels import IMAGE_SIZE as BDD100K_SIZE
from patchprobe.datasets.land_use_splits import land_use

# Number, height and width of the frames of MOT17's training sequences, those of MOT16
# (Milan et al. 2016, arXiv:1603.00831, table of sequences).
MOT17_FRAMES = {
    "MOT17-02": (600, 1080, 1920),
    "MOT17-04": (1050, 1080, 1920),
    "MOT17-05": (837, 480, 640),
    "MOT17-09": (525, 1080, 1920),
    "MOT17-10": (654, 1080, 1920),
    "MOT17-11": (900, 1080, 1920),
    "MOT17-13": (750, 1080, 1920),
}
# Videos of 40 s at 5 Hz (Yu et al. 2020, arXiv:1805.04687); counted in b1c66a42-6f7d68ca, the first
# of the validation split: 202 frames and 3,241 boxes.
BDD100K_FRAMES, BDD100K_BOXES = 202, 3241
# 112,297 boxes of people (motchallenge.net/data/MOT17) in all 5,316 frames.
MOT17_BOXES = 112_297
# Patches that show an object, of all patches of the 295 tiles of FAIR1M (Table 3 of the paper).
OBJECT_SHARE = 5850 / 57820


def layout(dataset, split, item):
    """How an image or a video is cut, as `patchprobe.datasets.base.Layout`; nothing is read.

    Parameters
    ----------
    dataset : str
    split : str
    item : str or None
        None: one that is not known yet, of a dataset whose images are all cut alike.

    Raises
    ------
    ValueError
        If it is a video of unknown length.
    """
    if dataset == "bdd100k":
        return _video(BDD100K_FRAMES, *BDD100K_SIZE)
    if dataset == "mot17":
        if item not in MOT17_FRAMES:
            raise ValueError(
                f"the length of {item} is not known: expected a training sequence of MOT17, "
                f"{', '.join(MOT17_FRAMES)}"
            )
        return _video(*MOT17_FRAMES[item])
    return base.dataset(dataset).layout(None, split, item)


def n_drawn(dataset, asked):
    """Images of a subset that is drawn, at most.

    Parameters
    ----------
    dataset : str
    asked : dict
        Its entry: {"per_class": 4}, {"split_80_20": "train" or "val"}, or {"all": 2975}.
    """
    if "all" in asked:
        return asked["all"]
    if "per_class" in asked:
        return asked["per_class"] * (n_labels(dataset) - 1)  # label 0 is no class
    of_classes = land_use(dataset).n_images.values()
    n_val = sum(max(1, round(n / 5)) for n in of_classes)
    return n_val if asked["split_80_20"] == "val" else sum(of_classes) - n_val


def n_labels(dataset):
    """Labels of a dataset, those that are not evaluated among them."""
    if dataset == "ade20k":  # its names lie beside its images
        return ade20k_names.N_CLASSES
    return len(base.dataset(dataset).classes(None).names)


def n_boxes(dataset, layouts):
    """Annotated objects in all frames of videos."""
    if dataset == "bdd100k":
        return BDD100K_BOXES * len(layouts)
    every = sum(n_frames for n_frames, *_ in MOT17_FRAMES.values())
    return round(MOT17_BOXES * sum(x.n_frames for x in layouts) / every)


def _video(n_frames, height, width):
    size = videos.frame_size(height, width)
    rows, columns = (side // videos.TILE_PX for side in size)
    return Layout(
        size, rows, columns, videos.TILE_PX, n_frames=n_frames, native_size=(height, width)
    )
