"""The part of a file that has arrived, what it is a part of, and who writes it."""

import fcntl
import json
import os
import re
from pathlib import Path

from patchprobe.errors import DownloadError


class Partial:
    """The part of a file that has arrived: `<out>.partial`, locked within a `with` block.

    A note beside it says what it is a part of: the address, and the version that the server named.
    Without a note (the server named none) it cannot be resumed.

    Parameters
    ----------
    out : path
        The whole file.

    Raises
    ------
    DownloadError
        On entering the block, if another process fetches the same file.
    """

    def __init__(self, out):
        self.out = Path(out)
        self.path, self.note = Path(f"{out}.partial"), Path(f"{out}.partial.json")

    def __enter__(self):
        while True:
            self._lock = open(self.path, "ab")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                self._lock.close()
                raise DownloadError(
                    f"{self.path} is being written: another process fetches the same file. Wait "
                    "until it has ended, and run again."
                ) from error
            except OSError:
                return self  # a disk without locks
            if self._is_locked_file():
                return self
            self._lock.close()  # whoever held the lock has moved or removed the file meanwhile

    def __exit__(self, *error):
        if self._is_locked_file() and not self.path.stat().st_size:
            self.note.unlink(missing_ok=True)
            self.path.unlink()
        self._lock.close()

    def _is_locked_file(self):
        try:
            return os.path.samestat(os.fstat(self._lock.fileno()), os.stat(self.path))
        except FileNotFoundError:
            return False

    def start(self, url, version):
        """Forget what has arrived; note what will arrive."""
        self.discard()
        if version:
            self.note.write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")

    def discard(self):
        """Forget what has arrived."""
        self.note.unlink(missing_ok=True)  # first: it must never describe other bytes
        os.truncate(self.path, 0)

    def finish(self):
        """Give the file, which is whole, its name."""
        os.replace(self.path, self.out)
        self.note.unlink(missing_ok=True)

    def resumable(self, url):
        """Number of bytes that have arrived from `url`, and their version; or (0, None)."""
        try:
            about = json.loads(self.note.read_text(encoding="utf-8"))
            n_bytes = self.path.stat().st_size
        except (FileNotFoundError, ValueError, RecursionError):  # the note itself is damaged
            return 0, None
        if not isinstance(about, dict) or about.get("url") != url or not n_bytes:
            return 0, None
        version = about.get("version")
        fits = isinstance(version, str) and re.fullmatch(r"[\x20-\x7e\xa0-\xff]+", version)
        return (n_bytes, version) if fits else (0, None)

    def outlook(self):
        """What another attempt would do."""
        if not (self.path.is_file() and self.note.is_file()):
            return "The next run starts from the beginning."
        n_bytes = self.path.stat().st_size
        return f"The next run resumes: {self.path} holds the first {n_bytes} bytes."
