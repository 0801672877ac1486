"""Logs and progress of one job."""

import logging
import sys
from pathlib import Path

from tqdm import tqdm


def log_to(path):
    """Send standard output, standard error, warnings and logging of this process to `path`."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    stream = open(path, "w", buffering=1, encoding="utf-8")  # noqa: SIM115 - lives as long as the process
    sys.stdout = sys.stderr = stream
    sys.excepthook = _told_even_if_the_log_cannot_be_written
    logging.basicConfig(
        stream=stream,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.captureWarnings(True)
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # tells every step of every PDF


def _told_even_if_the_log_cannot_be_written(kind, error, trace):
    """Print why the process ends to the log, or to the terminal if its disk is full."""
    try:
        sys.__excepthook__(kind, error, trace)
        sys.stderr.flush()
    except OSError:
        sys.stderr = sys.__stderr__
        sys.__excepthook__(kind, error, trace)


def progress(iterable=None, **kwargs):
    """A progress bar with rate and remaining time.

    Drawn on the terminal where there is one; otherwise a line every ten seconds on standard
    error, which `log_to` sends to the log file. Arguments are those of `tqdm.tqdm`.
    """
    if sys.__stderr__ is not None and sys.__stderr__.isatty():
        return tqdm(iterable, file=sys.__stderr__, dynamic_ncols=True, **kwargs)
    return tqdm(iterable, file=sys.stderr, mininterval=10, maxinterval=10, ascii=True, **kwargs)
