"""Crowds of the miniature world on disk, laid out exactly like MOT17's training sequences."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from miniature.world.drives.plaza import plaza
from miniature.world.drives.shot import shoot
from miniature.world.folders import claim, write_atomically
from miniature.world.seeds import check_seed
from patchprobe.datasets.mot17_copies import DETECTORS, copy_path

# The classes of MOT17, counted from 1.
CLASSES = (
    "pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle",
    "static person", "distractor", "occluder", "occluder on ground", "occluder full", "reflection",
    "crowd",
)  # fmt: skip
QUALITY = 90
SEQUENCES = ("MOT17-02", "MOT17-05")
LEAST_VISIBLE = 0.02  # who is hidden more is not annotated
# Height, width, rate and camera by sequence. Sizes are half those of the real ones, but for 05.
USUAL = ((540, 960), 30, "standing")
UNUSUAL = {
    "MOT17-05": ((480, 640), 14, "walking"),
    "MOT17-10": ((540, 960), 30, "walking"),
    "MOT17-11": ((540, 960), 30, "walking"),
    "MOT17-13": ((540, 960), 25, "panning"),
}


def write(root, used, seed, n=60, detectors=("FRCNN",)):
    """Paint crowds and write them in the layout of MOT17.

    A sequence depends on the seed, its name and its length alone, so that more sequences can be
    added later; writing again gives the same bytes.

    Parameters
    ----------
    root : path-like
        Folder to write into; made where missing. A folder that holds anything else is refused.
    used : dict of str to iterable of str
        Names for the split "train", without the detector, such as ``MOT17-02``; `SEQUENCES` if
        left out.
    seed : int
        Seed of the world, 0 or more.
    n : int
        Frames of each sequence.
    detectors : iterable of str
        Copies of each sequence to write, of "FRCNN", "SDP" and "DPM": they have the same frames
        and ground truth, and detections of their own.

    Raises
    ------
    DatasetError
        If `root` holds something that is not a miniature world, or a name is malformed.
    ValueError
        If the seed, a split, a detector or the number of frames is.
    """
    sequences, detectors = list(used.get("train", SEQUENCES)), list(detectors)
    check_seed(seed)
    if n < 1:
        raise ValueError(f"expected at least one frame, found {n}")
    if not detectors or set(detectors) - set(DETECTORS):
        raise ValueError(f"expected detectors of {DETECTORS}, found {detectors}")
    if unknown := sorted(set(used) - {"train"}):
        raise ValueError(f"expected the split train, found {unknown}; rename the split")
    for sequence in sequences:
        copy_path(root, sequence)  # refuses malformed names
    claim(root)
    for sequence in sequences:
        size, rate, camera = UNUSUAL.get(sequence, USUAL)
        film = plaza(sequence_seed(seed, sequence), n, size, rate, camera)
        copies = [Path(root) / "train" / f"{sequence}-{detector}" for detector in detectors]
        _write_sequence(copies, film, seed)


def sequence_seed(seed, sequence):
    """What all chance of one sequence comes from: seed and name alone."""
    return [seed, *sequence.encode()]


def _write_sequence(copies, film, seed):
    truth = []
    for index in range(film.n_frames):
        shot = shoot(film, index)
        content = _jpeg(shot.image)
        for copy in copies:
            _write(copy / "img1" / f"{index + 1:06d}.jpg", content)
        truth += [_row(index + 1, seen) for seen in shot.sightings if _is_annotated(seen)]
    truth.sort(key=lambda row: (row[1], row[0]))
    for copy in copies:
        rng = np.random.default_rng(sequence_seed(seed, copy.name))
        _write(copy / "gt" / "gt.txt", _lines(truth))
        _write(copy / "det" / "det.txt", _lines(_detections(rng, truth, film)))
        _write(copy / "seqinfo.ini", _info(copy.name, film))


def _write(path, content):
    write_atomically(path, lambda there: there.write_bytes(content))


def _jpeg(image):
    stream = BytesIO()
    Image.fromarray(image).save(stream, format="JPEG", quality=QUALITY)
    return stream.getvalue()


def _is_annotated(seen):
    return seen.shows(LEAST_VISIBLE, seen.whole)


def _row(frame, seen):
    """A line of gt.txt: the box of the whole, which may leave the image, counted from 1."""
    x1, y1, x2, y2 = seen.whole
    kind = 1 + CLASSES.index(seen.part.category)
    consider = int(kind == 1)
    share = f"{seen.visibility:.5g}"
    return frame, seen.number, x1 + 1, y1 + 1, x2 - x1, y2 - y1, consider, kind, share


def _detections(rng, truth, film):
    """Lines of det.txt: pedestrians as a detector might find them, and some who are not there."""
    height, width = film.size
    rows = []
    for frame, _, *box, _, kind, share in truth:
        if kind in (1, 7) and rng.random() < float(share):
            box = np.array(box) + rng.normal(0, 0.03, 4) * np.tile(box[2:], 2)
            rows.append((frame, box, rng.uniform(0.5, 1)))
    for frame in range(1, film.n_frames + 1):
        if rng.random() < 0.4:
            tall = rng.uniform(0.1, 0.5) * height
            left, top = rng.uniform(1, width - 0.4 * tall), rng.uniform(1, height - tall)
            rows.append((frame, np.array([left, top, 0.4 * tall, tall]), rng.uniform(0, 0.6)))
    rows.sort(key=lambda row: row[0])
    return [
        (frame, -1, *(f"{edge:.2f}" for edge in box), f"{score:.4f}", -1, -1, -1)
        for frame, box, score in rows
    ]


def _lines(rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows).encode()


def _info(name, film):
    height, width = film.size
    lines = ["[Sequence]", f"name={name}", "imDir=img1", f"frameRate={film.rate:g}",
             f"seqLength={film.n_frames}", f"imWidth={width}", f"imHeight={height}",
             "imExt=.jpg", ""]  # fmt: skip
    return "\n".join([*lines, ""]).encode()
