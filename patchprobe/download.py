"""Fetch big public files: whole or not at all, checked, resumed after a cut connection."""

import hashlib
import re
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from patchprobe import disk_space
from patchprobe.errors import DiskError, DownloadError
from patchprobe.logs import progress
from patchprobe.partial_download import Partial

TRIES, PAUSE_S, BLOCK_BYTES = 3, 2.0, 1 << 18
_AGENT = {"User-Agent": "patchprobe"}  # some hosts refuse urllib's own
_PAGES = ("text/html", "application/xhtml+xml")
_NO_ANSWER = (OSError, HTTPException, ValueError)  # ValueError: characters that no URL may have


class _InterruptedError(Exception):
    """An attempt that ended early and is worth repeating."""


def fetch(url, out, checksum=None, timeout=30):
    """Fetch `url` to `out`, whole or not at all, resuming where an earlier attempt was cut off.

    Parameters
    ----------
    url : str
        http, https or file, without user name and password.
    out : path
        Replaced if it exists. Until the file is whole it is `<out>.partial`.
    checksum : str, optional
        See `parse_checksum`.
    timeout : float
        Seconds without any data after which a connection counts as cut off.

    Raises
    ------
    DownloadError
        If the file cannot be fetched or saved, is a web page, has another checksum, or is being
        fetched by another process.
    DiskError
        If the disk is too full. What has arrived is kept.
    ValueError
        If `checksum` is malformed.
    """
    if problem := _unfit(url):
        raise _refused(url, problem)
    if checksum is not None:
        parse_checksum(checksum)
    partial = Partial(out)
    folder = partial.out.parent
    try:
        with disk_space.naming_full_disk(folder), partial:
            _receive_patiently(url, partial, timeout)
            try:
                check(partial.path, checksum)
            except DownloadError as error:
                partial.discard()
                raise DownloadError(f"The file from {url} was deleted: {error}") from error
            partial.finish()
    except DiskError as error:
        raise DiskError(f"{url} could not be saved: {error} {partial.outlook()}") from error
    except OSError as error:
        raise DownloadError(
            f"{url} could not be saved in {folder}: {error}. Check the permissions of the folder. "
            f"{partial.outlook()}"
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
        return f"{shown(url)} {problem}"
    try:
        _open(Request(url, headers=_AGENT, method="HEAD"), timeout).close()
    except HTTPError as error:
        error.close()
        if 300 <= error.code < 400:
            return f"{url} cannot be reached: {error.reason}"
        return f"{url} is gone ({error.code})" if error.code in (404, 410) else None
    except _NO_ANSWER as error:
        return f"{url} cannot be reached: {_reason(error)}"
    return None


def shown(url):
    """An address for messages and logs: what may be a user name and a password is left out."""
    scheme, _, rest = url.partition("//")
    return f"{scheme}//...@{rest.rpartition('@')[2]}" if _has_secret(rest) else url


def _has_secret(rest):
    """Whether there is a password (or what follows ":" is no port) before an "@"."""
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    port = re.sub(r"^\[.*\]", "", host).partition(":")[2]
    return "@" in host or ("@" in rest and not re.fullmatch("[0-9]*", port))


def _unfit(url):
    scheme = url.partition(":")[0].lower()
    if scheme not in ("http", "https", "file"):
        return "is not an address that starts with http:, https: or file:"
    if _has_secret(url.partition("//")[2]):
        return "holds a user name or a password, which would end up in logs and records"
    return None


class _Redirects(HTTPRedirectHandler):
    """Follows to web addresses alone: a server must not point to files of this machine."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        problem = _unfit(newurl)
        if problem is None and newurl.lower().startswith("file:"):
            problem = "is a file of this machine"
        if problem is not None:
            reason = f"{msg}: it points to {shown(newurl)}, which {problem}"
            raise HTTPError(req.full_url, code, reason, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(request, timeout):
    return build_opener(_Redirects).open(request, timeout=timeout)


def _refused(url, problem):
    return DownloadError(
        f"{shown(url)} {problem}. Open it in a browser to see what it asks for; correct the "
        "address, or fetch the file by other means."
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
            if total == have:
                return
        else:
            _check_answer(url, response)
            total = _length(url, response.headers)
            partial.start(url, _version(response.headers))
            have = 0
        folder, missing = partial.out.parent, None if total is None else total - have
        if missing is not None:
            disk_space.require(folder, missing, "The file")
        with disk_space.naming_full_disk(folder, missing):
            _append(response, partial, have, total)


def _version(headers):
    """What If-Range may name: a strong ETag, else the date."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified")


def _total_if_resumed(headers, have, version):
    """Length of the whole file if the answer is the part that is missing, else None.

    Nothing is missing if the server says (416) that the file has the length that is here.
    """
    part = re.fullmatch(rf"bytes (?:{have}-[0-9]+|\*)/([0-9]+)", headers.get("Content-Range", ""))
    if part is None or _version(headers) not in (version, None):
        return None
    total, is_part = int(part[1]), "*" not in part[0]
    return total if (total > have if is_part else total == have) else None


def _length(url, headers):
    """Length of the file that the server promises; None if it promises none."""
    told = headers.get("Content-Length")
    if told is None or "Transfer-Encoding" in headers:
        return None
    if not re.fullmatch("[0-9]+", told.strip()):
        raise _refused(url, f"could not be fetched: expected its length, the server told {told!r}")
    if int(told) == 0:
        raise _refused(url, "is empty, expected a file")
    return int(told)


def _answer(url, have, version, timeout):
    headers = {"Range": f"bytes={have}-", "If-Range": version} if have else {}
    try:
        return _open(Request(url, headers=_AGENT | headers), timeout)
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
    if response.headers.get_content_type() in _PAGES and not is_named_so:
        raise _refused(url, "is a web page (log-in or error page?), expected a file")


def _append(response, partial, have, total):
    scale = {"unit": "B", "unit_scale": True, "unit_divisor": 1024}
    bar = progress(total=total, initial=have, desc=partial.out.name, **scale)
    with bar, open(partial.path, "ab") as file:
        for block in _blocks(response):
            file.write(block)
            bar.update(len(block))
            if total is not None and file.tell() > total:
                break
    found = partial.path.stat().st_size
    if total is not None and found > total:
        partial.discard()
        raise _InterruptedError(f"the server sent more than the {total} bytes that it told")
    if total is not None and found != total:
        raise _InterruptedError(f"the connection ended after {found} of {total} bytes")
    if found == 0:
        raise _InterruptedError("the server sent nothing")


def _blocks(response):
    """Blocks of the body. A cut connection raises another error than a full disk."""
    try:
        while block := response.read(BLOCK_BYTES):
            yield block
    except (OSError, HTTPException) as error:
        raise _InterruptedError(_reason(error)) from error
