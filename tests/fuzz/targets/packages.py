"""What is downloaded: archives that are unpacked, and files of which a part has arrived."""

import json
import os
import stat
import zipfile
from pathlib import Path

from patchprobe import download, partial_download
from patchprobe.datasets.archives import unpack
from tests.fuzz.mutators.content import change_bytes
from tests.fuzz.target import Target, Wrong

PARTS = [
    *("..", ".", "", "Top", "a", "ü", "C:", "con", "a\\b", "..\\..", "~", "\0", "a" * 300),
    *("a b", "-rf", "\n", "\u202e", "Top/", "/", "//", "etc", "\ud800", "file.txt"),
]


class Archives(Target):
    """Zip files with damaged bytes, odd names, links and other types of members."""

    name = "archives"

    def prepare(self, world):
        with zipfile.ZipFile(world / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {"Top/a/ü.txt": "1", "Top/c.txt": "2" * 5000, "me": "3"}.items():
                archive.writestr(name, content)
        (world / "near").mkdir()
        (world / "near" / "mine.txt").write_text("mine")

    def damage(self, folder, change):
        if change.rng.random() < 0.5:
            self._of_odd_members(folder / "a.zip", change)
        if change.rng.random() < 0.6 or not change.notes:
            content = (folder / "a.zip").read_bytes()
            change.put(folder / "a.zip", change_bytes(change, content, content[::-1]))

    def _of_odd_members(self, path, change):
        rng = change.rng
        path.unlink()
        with zipfile.ZipFile(path, "w") as archive:
            for _ in range(rng.randrange(1, 5)):
                name = "/".join(rng.choices(PARTS, k=rng.randrange(1, 4)))
                info = zipfile.ZipInfo("x")
                info.filename = name
                kind = rng.choice([0, stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO])
                info.external_attr = (kind | rng.choice([0o777, 0o000, 0o4755])) << 16
                change.note(f"member {name!r} of kind {kind:o}")
                try:
                    archive.writestr(info, rng.choice(["/etc/passwd", "..", "x" * 10]))
                except (UnicodeEncodeError, ValueError):
                    continue

    def use(self, folder):
        before = _everything(folder)
        try:
            unpack(folder / "a.zip", folder / "set" / "root", "Top")
        finally:
            after = _everything(folder)
            outside = {p: x for p, x in after.items() if Path(p).parts[:2] != ("set", "root")}
            outside.pop("set", None)
            if outside != before:
                raise Wrong(
                    f"something was left outside: {sorted(outside.items() ^ before.items())}"
                )
            links = [p for p, (mode, *_) in after.items() if not stat.S_ISREG(mode)
                     and not stat.S_ISDIR(mode)]  # fmt: skip
            if links:
                raise Wrong(f"links or devices were unpacked: {links}")
        return True


def _everything(folder):
    """Mode, size and time of all that is below a folder, by path; of folders the mode alone."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = os.lstat(path)
        is_file = stat.S_ISREG(about.st_mode)
        told = (about.st_size, about.st_mtime_ns) if is_file else ()
        found[str(path.relative_to(folder))] = (about.st_mode, *told)
    return found


class Downloads(Target):
    """The part of a file that has arrived, and the note beside it."""

    name = "downloads"

    def prepare(self, world):
        content = bytes(range(256)) * 8
        (world / "source.bin").write_bytes(content)
        for name in ("a.bin", "b.bin"):
            (world / f"{name}.partial").write_bytes(content[:500])
            note = {"url": "https://example.org/source.bin", "version": '"1"'}
            (world / f"{name}.partial.json").write_text(json.dumps(note))

    def files(self, folder):
        return sorted(path.name for path in folder.glob("*.partial*"))

    def use(self, folder):
        url = (folder / "source.bin").as_uri()
        for name in ("a.bin", "b.bin"):
            try:
                with partial_download.Partial(folder / name) as partial:
                    n_bytes, version = partial.resumable("https://example.org/source.bin")
                    partial.outlook()
            except OSError:  # told by `fetch`
                n_bytes, version = 0, None
            if not (version is None and n_bytes == 0) and not isinstance(version, str):
                raise Wrong(f"a version of {type(version)} would be asked for")
            download.fetch(url, folder / name)
            if (folder / name).read_bytes() != (folder / "source.bin").read_bytes():
                raise Wrong("what was fetched is not what is there")
        return True
