"""Fetch big public files: whole or not at all, resumed after a cut connection, checked."""

import hashlib
import json
import os
import re
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from patchprobe.errors import DownloadError
from patchprobe.logs import progress

TRIES, PAUSE_S, BLOCK_BYTES = 3, 2.0, 1 << 18
_AGENT = {"User-Agent": "patchprobe"}  # some hosts refuse urllib's own
_NO_ANSWER = (OSError, HTTPException, ValueError)  # ValueError: letters that no URL may have


class _InterruptedError(Exception):
    """A try that ended early and is worth repeating."""


def fetch(url, out, checksum=None, timeout=30):
    """Fetch `url` to `out`, whole or not at all, going on where an earlier try was cut off.

    Parameters
    ----------
    url : str
        http, https or file.
    out : path
        Replaced if it exists. Until the file is whole it is `<out>.partial`.
    checksum : str, optional
        See `parse_checksum`.
    timeout : float
        Seconds without any data after which a try counts as cut off.
    """
    if problem := _unfit(url):
        raise _refused(url, problem)
    if checksum is not None:
        parse_checksum(checksum)
    partial, sidecar = _beside(out)
    try:
        _receive_patiently(url, out, timeout)
        try:
            check(partial, checksum)
        except DownloadError as error:
            _discard(out)
            raise DownloadError(f"What {url} sent was deleted: {error}") from error
        os.replace(partial, out)
        sidecar.unlink(missing_ok=True)
    except OSError as error:
        raise DownloadError(
            f"{url} could not be saved: {error}. Make room or mend the folder. {_next_time(out)}"
        ) from error


def check(path, checksum):
    """Raise a DownloadError unless the file has this checksum (None: nothing is checked)."""
    if checksum is None:
        return
    algorithm, expected = parse_checksum(checksum)
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()
    if not found.startswith(expected):
        raise DownloadError(
            f"{path} is not the expected file: its {algorithm} should start with {expected}, but "
            f"is {found}. It was damaged or has changed upstream: fetch it again, or correct the "
            "checksum in its entry."
        )


def parse_checksum(checksum):
    """Algorithm and digits of "sha256:<hex>" or "md5:<hex>" (a whole digest or its start)."""
    algorithm, _, digits = checksum.partition(":")
    n_digits = {"sha256": 64, "md5": 32}.get(algorithm, 0)
    if len(digits) > n_digits or not re.fullmatch("[0-9a-fA-F]+", digits):
        raise ValueError(
            f"{checksum!r} is no checksum: expected sha256: or md5: and the hexadecimal digest or "
            "its first digits, such as md5:8cad7c. Correct the entry."
        )
    return algorithm, digits.lower()


def reachable(url, timeout=10):
    """Ask for `url` without fetching it: None if it seems to be there, else why not, in one line.

    Some servers refuse the question and still serve the file: only 404, 410 and silence are a no.
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
    return None if fits else "is no address that begins with http:, https: or file:"


def _refused(url, problem):
    return DownloadError(
        f"{url} {problem}. Open it in a browser to see what it asks for; correct the address, or "
        "fetch the file by other means."
    )


def _reason(error):
    return str(getattr(error, "reason", None) or error) or type(error).__name__


def _beside(out):
    return Path(f"{out}.partial"), Path(f"{out}.partial.json")


def _discard(out):
    partial, sidecar = _beside(out)
    sidecar.unlink(missing_ok=True)  # first: it must never stand beside other bytes
    partial.unlink(missing_ok=True)


def _next_time(out):
    partial, sidecar = _beside(out)
    if not (partial.is_file() and sidecar.is_file()):
        return "Running again starts anew."
    return f"Running again resumes: {partial} has the first {partial.stat().st_size} bytes."


def _receive_patiently(url, out, timeout):
    tries = 1 if url.lower().startswith("file:") else TRIES
    for n in range(1, tries + 1):
        try:
            return _receive(url, out, timeout)
        except _InterruptedError as error:
            if n == tries:
                raise DownloadError(
                    f"{url} could not be fetched ({error}; tries: {tries}). Look at the address "
                    f"and the connection. {_next_time(out)}"
                ) from error
        time.sleep(n * PAUSE_S)


def _receive(url, out, timeout):
    have, validator = _left_by_earlier_try(url, out)
    with _answer(url, have, validator, timeout) as response:
        if have and response.status in (206, 416):
            total = _total_if_resumed(response.headers, have, validator)
            if total is None:
                _discard(out)
                raise _InterruptedError("the server does not have the part that is missing")
        else:
            _check_answer(url, response)
            _discard(out)
            _keep_validator(url, out, response.headers)
            have, total = 0, response.headers.get("Content-Length")
        _append(response, out, have, None if total is None else int(total))


def _left_by_earlier_try(url, out):
    partial, sidecar = _beside(out)
    try:
        about = json.loads(sidecar.read_text(encoding="utf-8"))
        have = partial.stat().st_size
    except (FileNotFoundError, ValueError):  # ValueError: the sidecar itself was cut off
        return 0, None
    return (have, about["validator"]) if about["url"] == url else (0, None)


def _keep_validator(url, out, headers):
    if validator := _validator(headers):
        about = json.dumps({"url": url, "validator": validator})
        _beside(out)[1].write_text(about, encoding="utf-8")


def _validator(headers):
    """What If-Range may name: a strong ETag, else the date."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified")


def _total_if_resumed(headers, have, validator):
    part = re.fullmatch(rf"bytes {have}-\d+/(\d+)", headers.get("Content-Range", ""))
    return part[1] if part and _validator(headers) in (validator, None) else None


def _answer(url, have, validator, timeout):
    headers = {"Range": f"bytes={have}-", "If-Range": validator} if have else {}
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


def _append(response, out, have, total):
    partial = _beside(out)[0]
    scale = {"unit": "B", "unit_scale": True, "unit_divisor": 1024}
    bar = progress(total=total, initial=have, desc=Path(out).name, **scale)
    with bar, open(partial, "ab") as file:
        for block in _blocks(response):
            file.write(block)
            bar.update(len(block))
    found = partial.stat().st_size
    if total is not None and found != total:
        raise _InterruptedError(f"the connection ended after {found} of {total} bytes")


def _blocks(response):
    """The body; a connection that is cut is told apart from what goes wrong in writing."""
    try:
        while block := response.read(BLOCK_BYTES):
            yield block
    except (OSError, HTTPException) as error:
        raise _InterruptedError(_reason(error)) from error
