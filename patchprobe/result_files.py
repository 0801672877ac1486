"""Files of results: tables, arrays, provenance. What is wrong with one is a ResultError."""

import json
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from patchprobe.errors import ResultError

# What NumPy, zipfile and zlib raise on arrays that are damaged: a wrong checksum, a pickle, a shape
# that no memory holds.
_DAMAGED_ARRAYS = (
    *(OSError, ValueError, TypeError, KeyError, EOFError, SyntaxError, RuntimeError),
    *(OverflowError, MemoryError, zipfile.BadZipFile, zlib.error, struct.error),
)


def read_arrays(path, *needed, only=None):
    """The arrays of an .npz file by name.

    Parameters
    ----------
    path : path
    *needed : str
        Names that must be among them.
    only : list of str, optional
        Names of those that are read, if they are there; default: all.

    Raises
    ------
    ResultError
        If the file is missing, damaged, holds anything but arrays, or lacks one.
    """
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file if only is None or name in only}
    except _DAMAGED_ARRAYS as error:
        raise _wrong(path, "arrays (.npz)", error) from error
    if missing := [name for name in needed if name not in arrays]:
        raise _wrong(path, "arrays (.npz)", f"no array {', '.join(missing)}")
    return arrays


def read_table(path, *needed, **how):
    """A CSV file as a table with the columns `needed`; `how` is that of `pandas.read_csv`.

    Raises
    ------
    ResultError
        If the file is missing, is no table, or lacks a column.
    """
    try:
        table = pd.read_csv(path, **how)
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or rows of two lengths
        raise _wrong(path, "a table (CSV)", f"no table ({error})") from error
    if missing := [name for name in needed if name not in table]:
        raise _wrong(path, "a table (CSV)", f"no column {', '.join(missing)}")
    return table


def read_provenance(path):
    """What made a table, as `patchprobe.provenance.write` tells it: dict.

    Raises
    ------
    ResultError
        If the file is missing or is no JSON object.
    """
    try:
        about = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _wrong(path, "what made a table (JSON)", error) from error
    if not isinstance(about, dict):
        raise _wrong(path, "what made a table (JSON)", f"a {type(about).__name__}")
    return about


def _wrong(path, expected, found):
    found = f"{type(found).__name__}: {found}" if isinstance(found, Exception) else found
    return ResultError(
        f"{path}: expected {expected} as it was written, found {found}: remake it with "
        f"`snakemake --force {path}`"
    )
