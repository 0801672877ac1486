"""Fetch big public files: whole or not at all, checked, resumed after a cut connection."""

import hashlib
import json
import os
import re
import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from patchprobe.errors import DownloadError
from patchprobe.logs import progress

TRIES, PAUSE_S, BLOCK_BYTES = 3, 2.0, 1 << 18
_AGENT = {"User-Agent": "patchprobe"}  # some hosts refuse urllib's own
_NO_ANSWER = (OSError, HTTPException, ValueError)  # ValueError: characters that no URL may have


class _InterruptedError(Exception):
    """An attempt that ended early and is worth repeating."""


@dataclass(frozen=True)
class _Partial:
    """The part of a file that has arrived: `<out>.partial`.

    A note beside it says what it is a part of: the address, and the version that the server named.
    Without a note (the server named none) it cannot be resumed.
    """

    out: Path

    @property
    def path(self):
        return Path(f"{self.out}.partial")

    @property
    def note(self):
        return Path(f"{self.out}.partial.json")

    def start(self, url, version):
        self.discard()
        if version:
            self.note.write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")

    def discard(self):
        self.note.unlink(missing_ok=True)  # first: it must never describe other bytes
        self.path.unlink(missing_ok=True)

    def resumable(self, url):
        """Number of bytes that have arrived from `url`, and their version; or (0, None)."""
        try:
            about = json.loads(self.note.read_text(encoding="utf-8"))
            n_bytes = self.path.stat().st_size
        except (FileNotFoundError, ValueError):  # ValueError: the note itself is cut off
            return 0, None
        return (n_bytes, about["version"]) if about.get("url") == url else (0, None)

    def outlook(self):
        """What another attempt would do."""
        if not (self.path.is_file() and self.note.is_file()):
            return "The next run starts from the beginning."
        n_bytes = self.path.stat().st_size
        return f"The next run resumes: {self.path} holds the first {n_bytes} bytes."


def fetch(url, out, checksum=None, timeout=30):
    """Fetch `url` to `out`, whole or not at all, resuming where an earlier attempt was cut off.

    Parameters
    ----------
    url : str
        http, https or file.
    out : path
        Replaced if it exists. Until the file is whole it is `<out>.partial`.
    checksum : str, optional
        See `parse_checksum`.
    timeout : float
        Seconds without any data after which a connection counts as cut off.

    Raises
    ------
    DownloadError
        If the file cannot be fetched or saved, is a web page, or has another checksum.
    ValueError
        If `checksum` is malformed.
    """
    if problem := _unfit(url):
        raise _refused(url, problem)
    if checksum is not None:
        parse_checksum(checksum)
    partial = _Partial(out)
    try:
        _receive_patiently(url, partial, timeout)
        try:
            check(partial.path, checksum)
        except DownloadError as error:
            partial.discard()
            raise DownloadError(f"The file from {url} was deleted: {error}") from error
        os.replace(partial.path, out)
        partial.discard()
    except OSError as error:
        raise DownloadError(
            f"{url} could not be saved: {error}. Make room, or check the permissions of the "
            f"folder. {partial.outlook()}"
        ) from error


def check(path, checksum):
    """Raise a DownloadError unless the file has this checksum (None: any will do)."""
    if checksum is None:
        return
    algorithm, expected = parse_checksum(checksum)
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()
    if not found.startswith(expected):
        raise DownloadError(
            f"{path} is not the expected file: its {algorithm} should start with {expected}, but "
            f"is {found}. It is damaged or has changed upstream: fetch it again, or correct the "
            "checksum in its entry."
        )


def parse_checksum(checksum):
    """Algorithm and digits of "sha256:<hex>" or "md5:<hex>" (a whole digest or its start)."""
    algorithm, _, digits = checksum.partition(":")
    n_digits = {"sha256": 64, "md5": 32}.get(algorithm, 0)
    if len(digits) > n_digits or not re.fullmatch("[0-9a-fA-F]+", digits):
        raise ValueError(
            f"{checksum!r} is not a checksum: expected sha256: or md5: and the hexadecimal digest "
            "or its first digits, such as md5:8cad7c. Correct the entry."
        )
    return algorithm, digits.lower()


def reachable(url, timeout=10):
    """Ask whether `url` is there, without fetching it: None if so, else why not, in one line.

    Some servers refuse to answer and still serve the file: only 404, 410 and silence count as no.
    """
    if problem := _unfit(url):
        return f"{url} {problem}"
    try:
        urlopen(Request(url, headers=_AGENT, method="HEAD"), timeout=timeout).close()
    except HTTPError as error:
        error.close()
        return f"{url} is gone ({error.code})" if error.code in (404, 410) else None
    except _NO_ANSWER as error:
        return f"{url} cannot be reached: {_reason(error)}"
    return None


def _unfit(url):
    scheme = url.partition(":")[0].lower()
    fits = scheme in ("http", "https", "file")
    return None if fits else "is not an address that starts with http:, https: or file:"


def _refused(url, problem):
    return DownloadError(
        f"{url} {problem}. Open it in a browser to see what it asks for; correct the address, or "
        "fetch the file by other means."
    )


def _reason(error):
    return str(getattr(error, "reason", None) or error) or type(error).__name__


def _receive_patiently(url, partial, timeout):
    tries = 1 if url.lower().startswith("file:") else TRIES
    for n in range(1, tries + 1):
        try:
            return _receive(url, partial, timeout)
        except _InterruptedError as error:
            if n == tries:
                raise DownloadError(
                    f"{url} could not be fetched ({error}; attempts: {tries}). Check the address "
                    f"and the connection. {partial.outlook()}"
                ) from error
        time.sleep(n * PAUSE_S)


def _receive(url, partial, timeout):
    have, version = partial.resumable(url)
    with _answer(url, have, version, timeout) as response:
        if have and response.status in (206, 416):
            total = _total_if_resumed(response.headers, have, version)
            if total is None:
                partial.discard()
                raise _InterruptedError("the server does not have the missing part")
        else:
            _check_answer(url, response)
            partial.start(url, _version(response.headers))
            have, total = 0, response.headers.get("Content-Length")
        _append(response, partial, have, None if total is None else int(total))


def _version(headers):
    """What If-Range may name: a strong ETag, else the date."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified")


def _total_if_resumed(headers, have, version):
    """Length of the whole file if the answer is the part that is missing, else None."""
    part = re.fullmatch(rf"bytes {have}-\d+/(\d+)", headers.get("Content-Range", ""))
    return part[1] if part and _version(headers) in (version, None) else None


def _answer(url, have, version, timeout):
    headers = {"Range": f"bytes={have}-", "If-Range": version} if have else {}
    try:
        return urlopen(Request(url, headers=_AGENT | headers), timeout=timeout)
    except HTTPError as error:
        return error
    except _NO_ANSWER as error:
        raise _InterruptedError(_reason(error)) from error


def _check_answer(url, response):
    if response.status not in (200, None):  # None: a file URL
        answer = f"the server answered {response.status} ({response.reason})"
        if response.status >= 500:
            raise _InterruptedError(answer)
        raise _refused(url, f"could not be fetched: expected a file, but {answer}")
    is_named_so = urlsplit(url).path.lower().endswith((".html", ".htm"))
    if response.headers.get_content_type() == "text/html" and not is_named_so:
        raise _refused(url, "is a web page (log-in or error page?), expected a file")


def _append(response, partial, have, total):
    scale = {"unit": "B", "unit_scale": True, "unit_divisor": 1024}
    bar = progress(total=total, initial=have, desc=Path(partial.out).name, **scale)
    with bar, open(partial.path, "ab") as file:
        for block in _blocks(response):
            file.write(block)
            bar.update(len(block))
    found = partial.path.stat().st_size
    if total is not None and found != total:
        raise _InterruptedError(f"the connection ended after {found} of {total} bytes")


def _blocks(response):
    """Blocks of the body. A cut connection raises another error than a full disk."""
    try:
        while block := response.read(BLOCK_BYTES):
            yield block
    except (OSError, HTTPException) as error:
        raise _InterruptedError(_reason(error)) from error
