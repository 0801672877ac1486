"""Zarr stores: written whole by one job, checked chunk by chunk when opened.

A store is a Zarr group (format 3) whose attributes say what made it. Every chunk carries a CRC-32C
checksum, and empty chunks are written too, so that a damaged chunk, or one that is missing when
its array is opened, is an error and does not read as zeros.

A checksum knows the content of a chunk and not its place. So a finished store is sealed: its
attributes hold a digest of every array, over the checksums of its chunks by their positions, and
one of the attributes themselves. Chunks that were swapped, an array of another store, and an edited
head are errors too.
"""

import shutil
from pathlib import Path, PurePosixPath

import numpy as np
import zarr
from zarr.codecs import BloscCodec, Crc32cCodec
from zarr.errors import NodeTypeValidationError

from patchprobe import chunks, seals
from patchprobe.disk_space import naming_full_disk
from patchprobe.errors import StoreError

# zstd halves images; float16 features hardly shrink (zstd: 8 %), and compressing them costs more
# than writing them.
IMAGE_CODECS = (BloscCodec(cname="zstd", clevel=3, shuffle="shuffle"), Crc32cCodec())
FEATURE_CODECS = (Crc32cCodec(),)
_SEAL = "seal"
# What zarr raises on a head that cannot be read, or that is JSON but not what it expects.
_BAD_HEAD = (
    *(OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RuntimeError, AssertionError),
)


def create(path, attributes):
    """Make an empty store at `path`, replacing whatever lies there; `attributes` are JSON-able.

    It can be read when it is sealed.
    """
    path = Path(path)
    if path.exists():
        shutil.rmtree(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    zarr.create_group(str(path), attributes=attributes)


def create_array(path, name, shape, dtype, chunks, codecs=FEATURE_CODECS, dimensions=None):
    """Make array `name` in the store at `path` and return what writes it: `array[rows] = values`.

    What writes features also writes whole chunks, from any number of threads at once:
    `array.write_chunk(number, values)`. `dimensions` names its axes, as xarray wants them; the
    groups above the array are made too, so that xarray finds it.
    """
    for parent in reversed(PurePosixPath(name).parents[:-1]):
        zarr.open_group(str(Path(path) / parent), mode="a")
    array = zarr.create_array(
        store=str(Path(path) / name),
        shape=shape,
        dtype=dtype,
        chunks=chunks,
        compressors=codecs,
        dimension_names=dimensions,
        config={"write_empty_chunks": True},
    )
    return _Written(array, path, name)


class _Written:
    """An array to be written by slices or by chunks; a full disk is a DiskError."""

    def __init__(self, array, path, name):
        self._array, self._path, self._name = array, path, name
        self.shape, self.chunks = array.shape, array.chunks

    def __setitem__(self, selection, values):
        with naming_full_disk(Path(self._path).parent, self._array.nbytes):
            self._array[selection] = values

    def write_chunk(self, number, values):
        with naming_full_disk(Path(self._path).parent, self._array.nbytes):
            chunks.write(self._path, self._name, self._array, number, values)


def seal(path):
    """Finish a store: from now on it is read, and another content or head is noticed."""
    group = zarr.open_group(str(path), mode="r+")
    heads = sorted(Path(path).rglob("zarr.json"))
    names = [str(head.parent.relative_to(path)) for head in heads if head.parent != Path(path)]
    arrays = {name: group[name] for name in names if isinstance(group[name], zarr.Array)}
    about = {key: value for key, value in group.attrs.items() if key != _SEAL}
    group.attrs[_SEAL] = seals.of_store(path, about, arrays)


def attributes(path, **expected):
    """The attributes of a finished store (dict), its seal aside.

    Raises
    ------
    StoreError
        If there is no such store, it is not finished, its head was edited, or one of the
        attributes is not as expected: another store was put in its place.
    """
    about = _sealed(path)[0]
    for key, value in expected.items():
        if about.get(key) != value:
            raise StoreError(
                f"Store {path} is of {key} {about.get(key)!r}, expected {value!r}: it was put in "
                f"another's place; {_rebuild(path)}"
            )
    return about


def agree(path, about, like_path, like, keys):
    """Raise a StoreError if attributes of two stores differ in one of some keys."""
    for key in keys:
        if about.get(key) != like.get(key):
            raise StoreError(
                f"Stores {path} and {like_path} differ in {key}: {_short(about.get(key))} and "
                f"{_short(like.get(key))}; remake the wrong one with `snakemake --force <path>`."
            )


def _sealed(path):
    """Attributes of a store, and its seal, after checking that they belong together."""
    about = _attributes(path)
    sealed = about.pop(_SEAL, None)
    if sealed is None:
        raise StoreError(f"Store {path} was never finished: {_rebuild(path)}")
    if not seals.is_of(sealed, about):
        raise StoreError(f"The head of store {path} was edited since it was made: {_rebuild(path)}")
    return about, sealed


def _attributes(path):
    try:
        return dict(zarr.open_group(str(path), mode="r").attrs)
    except FileNotFoundError as error:
        raise StoreError(f"No store at {path}: {_rebuild(path)}") from error
    except _BAD_HEAD as error:
        raise StoreError(
            f"The head of store {path} is damaged ({error}): {_rebuild(path)}"
        ) from error


def open_array(path, name):
    """Open array `name` of the store at `path`, read-only, after checking that it is complete.

    Raises
    ------
    StoreError
        If the array or any of its chunks is missing, or stands in another's place. A damaged chunk
        raises when it is read.
    """
    try:
        array = zarr.open_array(str(Path(path) / name), mode="r")
    except (FileNotFoundError, NodeTypeValidationError) as error:  # the latter: a group
        raise StoreError(f"No array {name!r} in store {path}: {_rebuild(path)}") from error
    except _BAD_HEAD as error:
        raise _damaged_head(path, name, error) from error
    sealed = _sealed(path)[1]
    if not seals.has_head(sealed, path, name):
        raise _damaged_head(path, name, "it is not the one that was written there")
    missing, times = seals.missing_chunks(path, name, array)
    if missing:
        raise StoreError(
            f"Array {name!r} of store {path} lacks {missing} of its {array.nchunks} chunks: "
            f"{_rebuild(path)}"
        )
    if not seals.has_chunks(sealed, path, name, array, times):
        raise StoreError(
            f"A chunk of array {name!r} of store {path} is damaged (it is not the one that was "
            f"written there, but perhaps one of another place or store): {_rebuild(path)}"
        )
    return array


def _damaged_head(path, name, why):
    return StoreError(
        f"The head of array {name!r} of store {path} is damaged ({why}): {_rebuild(path)}"
    )


def read(path, name, selection=slice(None)):
    """Rows `selection` (slice or sorted integer array) of an array, as a NumPy array."""
    array = open_array(path, name)
    with _damage_named(path, name):
        if isinstance(selection, slice):
            return array[selection]
        return array.oindex[np.asarray(selection)]


def lazy(path, name):
    """The array as a Dask array with the chunks of the store; damage raises when computed."""
    import dask.array as da  # slow to import

    array = checked(path, name)
    return da.from_array(array, chunks=array.chunks, name=False)


def checked(path, name):
    """The array, to be read by slices; damage raises a StoreError when it is read."""
    return _Checked(open_array(path, name), path, name)


def load_parts(paths, name):
    """Join array `name` of the parts of a scattered store along its first axis.

    Parameters
    ----------
    paths : list of path
        The parts, in any order; attribute `crops` of each says which crops it holds ([start, stop]
        and total).

    Returns
    -------
    dask.array.Array
    """
    import dask.array as da  # slow to import

    return da.concatenate([lazy(path, name) for path in ordered_parts(paths)])


def ordered_parts(paths):
    """Sort the parts of a scattered store; an error if one is missing, foreign or doubled."""
    paths = [paths] if isinstance(paths, (str, Path)) else list(paths)
    if not paths:
        raise StoreError("expected the parts of a scattered store, found none")
    spans = sorted((*_span(path), str(path)) for path in paths)
    position = 0
    for start, stop, total, path in spans:
        if start != position or total != spans[0][2]:
            raise StoreError(
                f"Part {path} holds crops {start} to {stop} of {total}, expected one starting at "
                f"{position} of {spans[0][2]}: the parts were made by runs with different "
                "`embedding: parts`; delete their folder and run again."
            )
        position = stop
    if position != spans[0][2]:
        raise StoreError(
            f"Parts end at crop {position} of {spans[0][2]}: the last ones are missing."
        )
    return [path for *_, path in spans]


def _span(path):
    try:
        return attributes(path)["crops"]
    except KeyError as error:
        raise StoreError(f"{path} is not a part of embeddings: {_rebuild(path)}") from error


class _Checked:
    """An array whose damaged chunks raise a StoreError that names the store."""

    def __init__(self, array, path, name):
        self.array, self.path, self.name = array, path, name
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim
        self.chunks = array.chunks

    def __getitem__(self, selection):
        with _damage_named(self.path, self.name):
            return self.array[selection]


class _damage_named:
    def __init__(self, path, name):
        self.path, self.name = path, name

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        # zarr raises ValueError on a wrong checksum, numcodecs RuntimeError on a damaged block
        if isinstance(error, (ValueError, RuntimeError)):
            raise StoreError(
                f"A chunk of array {self.name!r} of store {self.path} is damaged ({error}): "
                f"{_rebuild(self.path)}"
            ) from error


def _short(value):
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _rebuild(path):
    return f"remake it with `snakemake --force {path}` (or delete it and run again)."
