"""Copies of the sequences of MOT17: their folders, and what seqinfo.ini tells of one.

A copy is named after its sequence and detector, MOT17-02-FRCNN. A folder renamed to MOT17-02 is
still known by the name in its seqinfo.ini; MOT17Det, whose sequences have no detector, is not.
"""

import configparser
import re
from dataclasses import dataclass
from pathlib import Path

from patchprobe.datasets import videos
from patchprobe.datasets.folders import entries
from patchprobe.datasets.videos import one_line, short
from patchprobe.errors import DatasetError

NAME = "MOT17"
DETECTORS = ("FRCNN", "SDP", "DPM")  # the first copy that is there is read
SEE = "see config/README.md#mot17"
HELP = f"Wanted is MOT17.zip of motchallenge.net, {SEE}."

_SEQUENCE = re.compile(r"MOT17-\d\d")
_COPY = re.compile(rf"(?P<sequence>MOT17-\d\d)-({'|'.join(DETECTORS)})")
_MAX_FRAMES = 100_000


@dataclass(frozen=True)
class Info:
    """What seqinfo.ini tells."""

    rate: float
    n_frames: int
    size: tuple
    folder: str
    suffix: str


def copy_path(root, sequence):
    """Folder of the copy of a sequence that is read: FRCNN, or else SDP, or else DPM.

    Where none is there, the folder that was renamed to the sequence alone, if there is one.
    """
    if not _SEQUENCE.fullmatch(sequence):
        raise DatasetError(
            f"{sequence!r} is not the name of a MOT17 sequence: expected MOT17- and two digits "
            "without the detector, e.g. MOT17-02. Mend the subset list."
        )
    folder = Path(root) / "train"
    copies = [folder / f"{sequence}-{detector}" for detector in DETECTORS] + [folder / sequence]
    return next((copy for copy in copies if copy.is_dir()), copies[0])


def is_copy(folder):
    """Whether a folder is that of a copy, by its own name or the one in its seqinfo.ini."""
    if _COPY.fullmatch(folder.name):
        return True
    declared = _COPY.fullmatch(_declared_name(folder / "seqinfo.ini"))
    return declared is not None and declared["sequence"] == folder.name


def sequences(root):
    """Names of the sequences that have a copy under `root`, sorted."""
    copies = (path for path in entries(Path(root) / "train", HELP) if is_copy(path))
    return sorted({_sequence_of(path.name) for path in copies})


def read_info(path, sequence):
    """Contents of the seqinfo.ini of a sequence.

    Raises
    ------
    DatasetError
        If it is missing, damaged, or names another sequence. Another detector does no harm, nor
        does the folder's name: frames and ground truth are the same.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(videos.read_text(path))
        section = parser["Sequence"]
        info = Info(
            float(section["frameRate"]),
            int(section["seqLength"]),
            (int(section["imHeight"]), int(section["imWidth"])),
            section["imDir"],
            section["imExt"],
        )
        name = section.get("name", "").strip()
    except KeyError as error:
        raise DatasetError(f"{path}: there is no {error.args[0]} in it. {HELP}") from error
    except (configparser.Error, ValueError) as error:
        raise DatasetError(f"{path} is not as distributed ({one_line(error)}). {HELP}") from error
    for value, is_good in (
        (f"frameRate {info.rate}", 0 < info.rate < 1000),
        (f"seqLength {info.n_frames}", 0 < info.n_frames <= _MAX_FRAMES),
        (f"imHeight, imWidth {info.size}", min(info.size) > 0),
        (f"imDir {short(info.folder)}", re.fullmatch(r"[A-Za-z0-9_]+", info.folder)),
        (f"imExt {short(info.suffix)}", re.fullmatch(r"\.(jpg|jpeg|png)", info.suffix)),
    ):
        if not is_good:
            raise DatasetError(f"{path}: {value} cannot be. {HELP}")
    if name and _sequence_of(name) != sequence:
        raise DatasetError(
            f"{path}: expected name {sequence}, found {short(name)}: it is of another sequence. "
            f"{HELP}"
        )
    return info


def _sequence_of(name):
    """Sequence in the name of a copy or of a sequence; None if it is neither."""
    match = _COPY.fullmatch(name.upper())
    if match:
        return match["sequence"]
    return name.upper() if _SEQUENCE.fullmatch(name.upper()) else None


def _declared_name(path):
    """The name in a seqinfo.ini in capitals; "" if there is none that can be read."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(videos.read_text(path))
        return parser["Sequence"].get("name", "").strip().upper()
    except (DatasetError, KeyError, configparser.Error):
        return ""
