"""Drives through the miniature world on disk, laid out exactly like BDD100K MOT 2020."""

import json

from PIL import Image

from miniature.world.drives.shot import shoot
from miniature.world.drives.world import drive
from miniature.world.folders import claim, write_atomically
from miniature.world.seeds import check_seed
from patchprobe.datasets.bdd100k import FRAME_RATE, IMAGE_SIZE, SPLITS, image_path, label_path

QUALITY = 90
LEAST_VISIBLE = 0.1  # what is hidden more is not annotated


def write(root, used, seed, n=40):
    """Paint drives and write them in the layout of BDD100K's box tracks.

    A video depends on the seed, its split, its name and its length alone, so that more videos can
    be added later; writing again gives the same bytes.

    Parameters
    ----------
    root : path-like
        Folder to write into; made where missing. A folder that holds anything else is refused.
    used : dict of str to iterable of str
        Names of videos, such as ``b1c66a42-6f7d68ca``, for the splits "train" and "val".
    seed : int
        Seed of the world, 0 or more.
    n : int
        Frames of each video, at 5 Hz.

    Raises
    ------
    DatasetError
        If `root` holds something that is not a miniature world, or a name is malformed.
    ValueError
        If the seed, a split or the number of frames is.
    """
    videos = {split: list(names) for split, names in used.items()}
    check_seed(seed)
    if n < 1:
        raise ValueError(f"expected at least one frame, found {n}")
    for split, names in videos.items():
        if split not in SPLITS:
            raise ValueError(f"expected the splits {SPLITS}, found {split!r}; rename the split")
        for video in names:
            label_path(root, split, video)  # refuses malformed names
    claim(root)
    for split, names in videos.items():
        for video in names:
            film = drive(video_seed(seed, split, video), n, IMAGE_SIZE, FRAME_RATE)
            _write_video(root, split, video, film)


def video_seed(seed, split, video):
    """What all chance of one video comes from: seed, split and name alone."""
    return [seed, *f"{split}/{video}".encode()]


def _write_video(root, split, video, film):
    frames = []
    for index in range(film.n_frames):
        shot = shoot(film, index)
        path = image_path(root, split, video, index + 1)
        image = Image.fromarray(shot.image)
        write_atomically(path, lambda there, image=image: image.save(there, quality=QUALITY))
        labels = [_label(seen) for seen in shot.sightings if seen.shows(LEAST_VISIBLE, seen.box)]
        frames.append(
            {"name": path.name, "videoName": video, "frameIndex": index, "labels": labels}
        )
    text = json.dumps(frames)
    write_atomically(label_path(root, split, video), lambda there: there.write_text(text))


def _label(seen):
    """A sighting as an entry of the file: the box of the visible pixels, whose ends are in it."""
    x1, y1, x2, y2 = (float(edge) for edge in seen.box)
    return {
        "id": f"{seen.part.identity:08d}",
        "category": seen.part.category,
        "attributes": {
            "occluded": seen.is_occluded,
            "truncated": seen.is_truncated,
            "crowd": seen.part.is_crowd,
        },
        "box2d": {"x1": x1, "y1": y1, "x2": x2 - 1, "y2": y2 - 1},
    }
