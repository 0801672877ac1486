"""The errors of patchprobe: each says what was expected, what was found, and what to do."""


class PatchprobeError(Exception):
    """Base class: a problem that the user can mend."""


class DatasetError(PatchprobeError):
    """A dataset is there, but not as it is distributed."""


class DatasetNotFoundError(DatasetError):
    """A dataset, or one of its folders, is missing."""


class StoreError(PatchprobeError):
    """A Zarr store is missing, incomplete or damaged."""


class ResultError(PatchprobeError):
    """A table of results is torn, edited, or of another run than those beside it."""


class DownloadError(PatchprobeError):
    """A file could not be fetched, or is not the file that was asked for."""


class CheckpointError(PatchprobeError):
    """A weights file is missing, or is not the file that was asked for."""


class DiskError(PatchprobeError):
    """A disk has no room for what is to be written."""


class DeviceError(PatchprobeError, RuntimeError):
    """A GPU was asked for where there is none, or what tells which to use cannot be understood."""
