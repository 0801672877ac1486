"""Fetching over a bad network: a local server that cuts, stalls, refuses and changes its file."""

import errno
import hashlib
import io
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from patchprobe import download
from patchprobe.download import check, fetch, parse_checksum, reachable
from patchprobe.errors import DiskError, DownloadError

CONTENT = bytes(range(256)) * 1200  # 300 KiB: two blocks
CUT = 100_000
RESUMED = f"bytes={CUT}-"
CHANGED = {"content": CONTENT[::-1], "validator": {"ETag": '"two"'}}


class Site(ThreadingHTTPServer):
    """Serves `content`; the next answers end after `cuts` bytes, or pause for `stalls` seconds."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/model.pth"
        self.content, self.validator, self.type = CONTENT, {"ETag": '"one"'}, "binary/x"
        self.status, self.has_length, self.is_chunked = 200, True, False
        self.has_ranges, self.ignores_if_range, self.range_shift = True, False, 0
        self.cuts, self.stalls, self.log = [], [], []
        self.headers, self.location = {}, self.url

    @property
    def ranges(self):
        return [headers.get("Range") for headers in self.log]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        site = self.server
        site.log.append(self.headers)
        if self.path.startswith("/moved"):
            return self.answer(302, {"Location": site.location})
        if site.status != 200:
            return self.answer(site.status, {})
        body, status, headers = site.content, 200, {"Content-Type": site.type, **site.validator}
        if self.wants_part():
            start = int(re.fullmatch(r"bytes=(\d+)-", self.headers["Range"])[1])
            if start >= len(body):
                told = {"Content-Range": f"bytes */{len(body)}", "Content-Length": 5}
                return self.answer(416, told | site.validator, b"error")
            start += site.range_shift
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            body, status = body[start:], 206
        if site.has_length:
            headers["Content-Length"] = len(body)
        headers |= site.headers
        if site.is_chunked:
            headers["Transfer-Encoding"] = "chunked"
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        self.answer(status, headers, body[: site.cuts.pop(0)] if site.cuts else body)
        time.sleep(site.stalls.pop(0) if site.stalls else 0)

    do_HEAD = do_GET

    def wants_part(self):
        is_same = self.headers["If-Range"] in self.server.validator.values()
        takes_it = is_same or self.server.ignores_if_range
        return self.server.has_ranges and "Range" in self.headers and takes_it

    def answer(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(download, "PAUSE_S", 0.001)
    with Site() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def out(tmp_path):
    path = tmp_path / "out" / "model.pth"
    path.parent.mkdir()
    return path


def left(out):
    return sorted(path.name for path in out.parent.iterdir())


def assert_fetched(out, content=CONTENT):
    assert out.read_bytes() == content
    assert left(out) == ["model.pth"]


def interrupt(site, out):
    """A first call that fails after `CUT` bytes."""
    site.cuts = [CUT, 0, 0]
    with pytest.raises(DownloadError) as caught:
        fetch(site.url, out)
    assert not out.exists()
    site.log.clear()
    return str(caught.value)


@pytest.mark.parametrize("name", ["model.pth", "moved"])
@pytest.mark.parametrize("has_length", [True, False])
def test_whole_file(site, out, name, has_length):
    site.has_length = has_length
    out.write_bytes(b"old")
    url = site.url.replace("model.pth", name)
    fetch(url, out, f"md5:{hashlib.md5(CONTENT).hexdigest()[:6]}")
    assert_fetched(out)
    assert set(site.ranges) == {None}


@pytest.mark.parametrize(
    "validator",
    [{"ETag": '"one"'}, {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT", "ETag": 'W/"one"'}],
)
def test_cut_connection_is_resumed(site, out, validator):
    site.validator, site.cuts = validator, [CUT, CUT]
    fetch(site.url, out, f"sha256:{hashlib.sha256(CONTENT).hexdigest()}")
    assert_fetched(out)
    assert site.ranges == [None, RESUMED, "bytes=200000-"]
    assert site.log[1]["If-Range"] == next(iter(validator.values()))


def test_redirected_file_is_resumed(site, out):
    site.cuts = [CUT]
    fetch(site.url.replace("model.pth", "moved"), out)
    assert_fetched(out)
    assert site.ranges == [None, None, RESUMED, RESUMED]


def test_stalled_connection_is_resumed(site, out):
    site.cuts, site.stalls = [270_000], [0.5]
    fetch(site.url, out, timeout=0.1)
    assert_fetched(out)
    assert site.ranges == [None, f"bytes={download.BLOCK_BYTES}-"]


def test_cut_chunks(site, out):
    site.has_length, site.is_chunked, site.cuts = False, True, [CUT]
    fetch(site.url, out)
    assert_fetched(out)
    assert len(site.log) == 2


def test_interrupted_file_is_kept(site, out):
    expected = (
        "ended after 100000 of 307200 bytes; attempts: 3.*The next run resumes: .* holds the first"
    )
    assert re.search(expected, interrupt(site, out))
    assert left(out) == ["model.pth.partial", "model.pth.partial.json"]


@pytest.mark.parametrize(
    ("change", "ranges"),
    [
        ({}, [RESUMED]),
        ({"has_ranges": False}, [RESUMED]),
        (CHANGED, [RESUMED]),
        (CHANGED | {"ignores_if_range": True}, [RESUMED, None]),
        ({"range_shift": 7}, [RESUMED, None]),
        ({"content": CONTENT[:50_000]}, [RESUMED, None]),  # 416
    ],
)
def test_second_call(site, out, change, ranges):
    interrupt(site, out)
    vars(site).update(change)
    fetch(site.url, out)
    assert_fetched(out, site.content)
    assert site.ranges == ranges


@pytest.mark.parametrize("validator", [{}, {"ETag": 'W/"one"'}])
def test_without_validator_starts_from_the_beginning(site, out, validator):
    site.validator = validator
    assert "The next run starts from the beginning." in interrupt(site, out)
    fetch(site.url, out)
    assert_fetched(out)
    assert site.ranges == [None]


@pytest.mark.parametrize(("query", "note"), [("?v=2", None), ("", '{"url": ')])
def test_other_address_or_damaged_note_starts_from_the_beginning(site, out, query, note):
    interrupt(site, out)
    if note:
        (out.parent / "model.pth.partial.json").write_text(note)
    fetch(site.url + query, out)
    assert_fetched(out)
    assert site.ranges == [None]


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_wrong_checksum(site, out, algorithm):
    digest = hashlib.new(algorithm, CONTENT).hexdigest()
    with pytest.raises(DownloadError, match=f"start with 00000000, but is {digest}.*correct the"):
        fetch(site.url, out, f"{algorithm}:00000000")
    assert left(out) == []


@pytest.mark.parametrize(("status", "n_requests"), [(404, 1), (403, 1), (204, 1), (503, 3)])
def test_refusals(site, out, status, n_requests):
    site.status = status
    with pytest.raises(DownloadError, match=f"{site.url} could not be fetched.* answered {status}"):
        fetch(site.url, out)
    assert left(out) == []
    assert len(site.log) == n_requests


def test_web_page_instead_of_file(site, out):
    site.type = "text/html; charset=utf-8"
    with pytest.raises(DownloadError, match=r"is a web page \(log-in or error page\?\)"):
        fetch(site.url, out)
    assert left(out) == []
    fetch(site.url.replace(".pth", ".html"), out)
    assert_fetched(out)


def test_full_disk(site, out, monkeypatch):
    class Full(io.FileIO):
        def write(self, block):
            super().write(block[:CUT])
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(download, "open", Full, raising=False)
        said = f"{site.url} could not be saved: The disk of {out.parent} is full .*are needed, .*"
        with pytest.raises(DiskError, match=said + "free.*holds the first 100000"):
            fetch(site.url, out)
    fetch(site.url, out)
    assert_fetched(out)
    assert site.ranges == [None, RESUMED]


def test_file_address(out, tmp_path):
    (tmp_path / "official file.pth").write_bytes(CONTENT)
    fetch((tmp_path / "official file.pth").as_uri(), out)
    assert_fetched(out)
    with pytest.raises(DownloadError, match="No such file.*attempts: 1.*from the beginning"):
        fetch((tmp_path / "no.pth").as_uri(), out)
    assert_fetched(out)


@pytest.mark.parametrize("url", ["ftp://example.org/a", "data:,abc", "model.pth"])
def test_other_schemes(out, url):
    with pytest.raises(DownloadError, match="is not an address that starts with"):
        fetch(url, out)
    assert "is not an address that starts with" in reachable(url)


def test_checksum_of_local_file(tmp_path):
    path = tmp_path / "model.pth"
    path.write_bytes(b"weights")
    check(path, None)
    check(path, f"sha256:{hashlib.sha256(b'weights').hexdigest()[:8].upper()}")
    with pytest.raises(DownloadError, match="model.pth is not the expected file: its md5"):
        check(path, "md5:000000")


@pytest.mark.parametrize("checksum", ["sha1:abc", "abc", "md5:", "md5:xyz", "md5:" + 33 * "0"])
def test_malformed_checksum(out, checksum):
    with pytest.raises(ValueError, match="is not a checksum: expected sha256: or md5:"):
        parse_checksum(checksum)
    with pytest.raises(ValueError, match="is not a checksum"):
        fetch("http://example.invalid/", out, checksum)


def test_reachable(site):
    assert reachable(site.url) is None
    assert reachable(site.url.replace("model.pth", "moved")) is None
    for site.status in (403, 405, 503):
        assert reachable(site.url) is None
    for site.status in (404, 410):
        assert reachable(site.url) == f"{site.url} is gone ({site.status})"


def test_unreachable(monkeypatch, tmp_path):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert reachable(url, timeout=0.1) == f"{url} cannot be reached: timed out"
    assert re.fullmatch(f"{url} cannot be reached: .*refused", reachable(url))
    assert "cannot be reached: " in reachable("http://127.0.0.1/ä b")
    assert reachable(tmp_path.joinpath("no").as_uri()).count("cannot be reached: ") == 1
    tmp_path.joinpath("yes").write_bytes(b"")
    assert reachable(tmp_path.joinpath("yes").as_uri()) is None
