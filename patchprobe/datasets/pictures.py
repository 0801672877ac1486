"""Image files of datasets, opened with care: what is wrong with one is told by its name."""

import os
import stat
import struct
from contextlib import contextmanager

from PIL import Image

from patchprobe.errors import DatasetError, DatasetNotFoundError

_DAMAGE = (  # what Pillow raises for damaged heads, tags or data
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError),
    *(struct.error, Image.DecompressionBombError),
)
_DEPTH_AT = 24  # byte of a PNG file, in its first chunk, IHDR


@contextmanager
def opened(path, formats, help):
    """An image file of one of the formats; no other reader of Pillow is asked.

    It is decoded in the block. Pillow refuses more than 179 million pixels by the size in the head,
    before memory is taken; the largest images of our datasets, FAIR1M's, have about 100 million.

    Parameters
    ----------
    path : path
    formats : tuple of str
        Pillow's names.
    help : str
        A sentence for messages: where the dataset is from.

    Raises
    ------
    DatasetNotFoundError
        If the file is not there.
    DatasetError
        If it is no file, cannot be read or decoded (in the block, too), or is a PNG whose numbers
        Pillow would turn into others: of more or less than 8 bits, though of the mode RGB or L.
    """
    try:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode):
            raise OSError("it is not a file")
        if not about.st_size:
            raise OSError("it is empty")
        with Image.open(path, formats=formats) as image:
            _check_depth(path, image, help)
            yield image
    except FileNotFoundError as error:
        raise DatasetNotFoundError(f"missing: {path}. {help}") from error
    except PermissionError as error:
        raise DatasetError(
            f"{path} cannot be read ({error.strerror}): change its permissions. {help}"
        ) from error
    except _DAMAGE as error:
        reason = " ".join(str(error).split())
        raise DatasetError(
            f"{path} cannot be decoded as {' or '.join(formats)} ({reason}): unpack it again. "
            f"{help}"
        ) from error


def _check_depth(path, image, help):
    """Refuse numbers of other than 8 bits where the mode does not tell: Pillow scales those."""
    if image.format != "PNG" or image.mode not in ("RGB", "L"):
        return
    with open(path, "rb") as file:
        n_bits = file.read(_DEPTH_AT + 1)[_DEPTH_AT]
    if n_bits != 8:
        raise DatasetError(
            f"{path}: expected numbers of 8 bits, found {n_bits} bits, which would become other "
            f"numbers. Was it saved by another program? {help}"
        )
