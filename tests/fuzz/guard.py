"""What code that reads files must not do: use much memory, write elsewhere, start or connect."""

import os
import resource
import sys
from contextlib import contextmanager
from pathlib import Path

MEMORY_BYTES = 2 << 30  # beyond what the process has when the limit is set
_STARTS = {
    *("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "subprocess.Popen"),
    *("socket.connect", "socket.bind", "ctypes.dlopen"),
}
_WRITES = {
    *("os.remove", "os.rmdir", "os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "os.utime", "os.setxattr"),
}
_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class BreachError(BaseException):
    """Something that reading a file must not do; no `except Exception` hides it."""


class _Watch:
    folder = None  # of the input that is read now
    breaches = ()


def watch():
    """Let this process notice breaches; it cannot be undone."""
    sys.addaudithook(_look)


@contextmanager
def confined(folder):
    """Let nothing be written outside of a folder, started, connected. The list of attempts."""
    _Watch.folder, _Watch.breaches = os.path.realpath(folder), []
    try:
        yield _Watch.breaches
    finally:
        _Watch.folder = None


def limit_memory():
    """Let the process have so much more memory than it has now."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmSize"))
    most = int(line.split()[1]) * 1024 + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _look(event, arguments):
    if _Watch.folder is None:
        return
    if event in _STARTS:
        _tell(f"{event} {arguments!r}"[:300])
    elif event == "open" and _is_writing(arguments):
        _look_at(event, arguments[0])
    elif event in _WRITES:
        for path in arguments[: 2 if event in ("os.rename", "os.link") else 1]:
            _look_at(event, path)


def _is_writing(arguments):
    _, mode, flags = arguments
    return bool(set(mode or "") & set("wax+")) or bool((flags or 0) & _FLAGS)


def _look_at(event, path):
    if isinstance(path, int) or path is None:
        return
    place = os.path.realpath(os.path.dirname(os.path.abspath(os.fsdecode(path))))
    if f"{place}/".startswith(f"{_Watch.folder}/") or os.fsdecode(path) == os.devnull:
        return
    _tell(f"{event} {path!r}")


def _tell(text):
    _Watch.breaches.append(text)
    raise BreachError(text)
