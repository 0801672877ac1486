"""What folders of a dataset list, without what operating systems leave there."""

from pathlib import Path

from patchprobe.errors import DatasetError

_LITTER = ("__macosx", "@eadir", "desktop.ini", "ehthumbs.db", "icon\r", "thumbs.db")


def is_litter(name):
    """Whether a file is none of the dataset: hidden (`._*`, `.DS_Store`), thumbnails, settings."""
    return name.startswith(".") or name.casefold() in _LITTER


def entries(folder, help):
    """Paths in a folder, sorted, without litter; none if there is no such folder.

    Parameters
    ----------
    folder : path
    help : str
        A sentence for the message: where the dataset is from.

    Raises
    ------
    DatasetError
        If the folder cannot be listed: its files would be left out without a word.
    """
    try:
        paths = sorted(Path(folder).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DatasetError(
            f"{folder} cannot be listed ({error}): check its permissions, or unpack it again. "
            f"{help}"
        ) from error
    return [path for path in paths if not is_litter(path.name)]
