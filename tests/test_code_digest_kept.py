"""What is kept of parsed files: used while it is true, and made anew where it is not."""

import errno
import os
from pathlib import Path

import pytest

from patchprobe import code_digest as module
from patchprobe.code_digest import code_digest
from tests.test_code_digest import TREE, edit, write_tree


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Digest of a script of `tmp_path` in what stands for a new process, and what that parsed."""
    write_tree(tmp_path)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module.sys, "dont_write_bytecode", False)
    parse = module._parse

    def in_a_new_process():
        parsed = []
        monkeypatch.setattr(module, "_parse", lambda s, file: parsed.append(file) or parse(s, file))
        for cached in (module._parsed, module._digest, module._files_named):
            cached.cache_clear()
        return code_digest("script.py"), sorted(str(x.relative_to(tmp_path)) for x in parsed)

    yield in_a_new_process
    module._parsed.cache_clear()


USED = [
    *("patchprobe/__init__.py", "patchprobe/data/__init__.py", "patchprobe/data/cities.py"),
    *("patchprobe/deep.py", "patchprobe/knn.py", "patchprobe/rows.py", "script.py"),
]


def kept_file(folder):
    (path,) = (folder / "patchprobe/__pycache__").glob("code_digests.*.json")
    return path


def test_a_second_start_parses_nothing(start):
    digest, parsed = start()
    assert parsed == USED
    assert start() == (digest, [])


def test_only_a_file_with_other_content_is_parsed_again(start, tmp_path):
    digest, _ = start()
    times = (tmp_path / "patchprobe/deep.py").stat()
    (tmp_path / "patchprobe/deep.py").write_text("DEPTH = 24\n")
    os.utime(tmp_path / "patchprobe/deep.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    edited, parsed = start()
    assert edited != digest
    assert parsed == ["patchprobe/deep.py"]
    (tmp_path / "patchprobe/deep.py").write_text(TREE["patchprobe/deep.py"])
    assert start()[0] == digest


def test_a_module_that_comes_or_goes_counts_though_its_importer_is_kept(start, tmp_path):
    write_tree(tmp_path, edit("script.py", "import read", "import read, towns"))
    without, _ = start()
    (tmp_path / "patchprobe/data/cities").mkdir()
    (tmp_path / "patchprobe/data/cities/towns.py").write_text("A = 1\n")
    assert start()[0] != without
    (tmp_path / "patchprobe/data/cities/towns.py").unlink()
    assert start()[0] == without


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: "null",
        lambda text: text.replace('"files": {', '"files": {"another.py": null, '),
        lambda text: text.replace('"by": "', '"by": "another version '),
    ],
    ids=["torn", "deep", "no mapping", "no entry", "another version"],
)
def test_what_is_kept_is_made_anew_if_it_is_damaged_or_of_other_code(start, tmp_path, damage):
    digest, _ = start()
    text = kept_file(tmp_path).read_text()
    assert damage(text) != text
    kept_file(tmp_path).write_text(damage(text))
    assert start() == (digest, USED)
    assert kept_file(tmp_path).read_text() == text


def test_nothing_is_kept_where_python_keeps_nothing(start, tmp_path, monkeypatch):
    monkeypatch.setattr(module.sys, "dont_write_bytecode", True)
    assert start() == start()
    assert not (tmp_path / "patchprobe/__pycache__").exists()


def test_a_full_disk_is_no_error(start, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "write_text", fails_for_want_of_room)
    assert start() == start()
    assert [*(tmp_path / "patchprobe/__pycache__").iterdir()] == []


def fails_for_want_of_room(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_folder_that_cannot_be_written_is_no_error(start, tmp_path):
    (tmp_path / "patchprobe/__pycache__").write_text("")
    assert start() == start()
