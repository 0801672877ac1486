"""What is wrong with a configuration file itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from patchprobe.study import config_files

FILES = sorted((Path(__file__).parents[1] / "config").glob("*.yaml"))


def told(tmp_path, content, name="my.yaml"):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [line.replace(str(file), name) for line in config_files.mistakes([file])]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_our_own_files_are_right(file):
    assert config_files.mistakes([file]) == []


def test_a_key_that_stands_twice_is_told_with_both_lines(tmp_path):
    assert told(tmp_path, "a:\n  mae: 1\n  dino: 2\n  mae: 3\n") == [
        "my.yaml, lines 2 and 4: a: mae stands twice, and only the last would count; "
        "remove or rename one"
    ]
    (line,) = told(tmp_path, "a: [{b: 1}, {b: {c: 1, d: 2, c: 1}}]")
    assert line.startswith("my.yaml, lines 1 and 1: a: 1: b: c stands twice")


def test_every_key_that_stands_twice_is_told(tmp_path):
    found = told(tmp_path, "a: 1\na: 2\na: 3\nb: {c: 1, c: 2}\n")
    assert [line.split(" stands")[0] for line in found] == [
        "my.yaml, lines 1 and 2: a",
        "my.yaml, lines 1 and 3: a",
        "my.yaml, lines 4 and 4: b: c",
    ]


def test_json_is_read_too(tmp_path):
    text = '{\n\t"a": {"b": 1e-3,\n\t"b": 2}\n}\n'
    (line,) = told(tmp_path, text, "my.json")
    assert line.startswith("my.json, lines 2 and 3: a: b stands twice")
    assert told(tmp_path, text.replace('"b": 2', '"c": 2'), "my.json") == []


def test_merged_keys_and_aliases_are_no_repetition(tmp_path):
    text = "a: &a {k: 1}\nb: &b {k: 2}\nc: {<<: *a, <<: *b, k: 3}\nd: {<<: [*a, *b]}\ne: *a\n"
    assert told(tmp_path, text) == []


def test_files_that_share_a_key_are_right(tmp_path):
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text("a: {b: 1}\n")
    assert config_files.mistakes([tmp_path / "one.yaml", tmp_path / "two.yaml"]) == []


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: 1\n".encode("utf-16"), "my.yaml is not UTF-8 text: it is UTF-16; save it as UTF-8"),
        (
            "a: 1\nb: Ä\n".encode("latin-1"),
            "my.yaml is not UTF-8 text: byte 0xc4 on line 2; save it as UTF-8",
        ),
        ("a:\n\tb: 1\n", "my.yaml, line 2: not YAML: found character '\\t' that cannot start any "
         "token"),
        ("a: 1\n---\nb: 1\n", "my.yaml, line 2: not YAML: but found another document"),
        ("a: \0\n", "my.yaml is not YAML: unacceptable character #x0000: special characters are "
         'not allowed in "<unicode string>", position 3'),
        ("", "my.yaml is empty: expected `datasets` and `backbones`"),
        ("# nothing\n", "my.yaml is empty: expected `datasets` and `backbones`"),
        ("a: 1\nb: [" + "9" * 5000 + "]\n", "my.yaml, line 2: a number of more than 1000 digits"),
        ("- a\n", "my.yaml: expected keys, such as `datasets:`, at its left margin"),
        (
            "a: " + "[" * 10_000 + "]" * 10_000,
            "my.yaml, line 1: not YAML: nested deeper than 32 levels",
        ),
        (
            '{"a": ' + "[" * 10_000 + "]" * 10_000 + "}",
            "my.yaml, line 1: not YAML: nested deeper than 32 levels",
        ),
        (
            "__use_yte__: true\na: ?1 + 1\n",
            "my.yaml: with __use_yte__ code in the file is run; write plain values",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_a_line(tmp_path, content, line):
    assert told(tmp_path, content) == [line]


HUGE = "a0: &a0 {k: 1}\n" + "".join(
    f"a{n}: &a{n} {{{', '.join(f'k{m}: *a{n - 1}' for m in range(10))}}}\n" for n in range(1, 9)
)
LONG = "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 3000))


@pytest.mark.parametrize("content", [HUGE, LONG, "a: &a [*a]\n"], ids=["wide", "deep", "endless"])
def test_aliases_that_explode_are_told(tmp_path, content):
    assert told(tmp_path, content) == [
        "my.yaml: with its aliases (*name) it has more than 100,000 values, or more than 32 levels"
    ]


def test_a_file_that_is_none(tmp_path):
    assert config_files.mistakes([tmp_path]) == [f"{tmp_path} cannot be read: Is a directory"]
    (line,) = config_files.mistakes([tmp_path / "no.yaml"])
    assert line.endswith("no.yaml cannot be read: No such file or directory")


def test_a_file_is_checked_without_snakemake(tmp_path):
    command = [sys.executable, "-m", "patchprobe.study.config_files"]
    (tmp_path / "good.yaml").write_text("seed: 0\n")
    (tmp_path / "bad.yaml").write_bytes("note: ä\n".encode("utf-16"))
    good = subprocess.run([*command, tmp_path / "good.yaml"], capture_output=True, text=True)
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    bad = subprocess.run([*command, tmp_path / "bad.yaml"], capture_output=True, text=True)
    assert bad.returncode == 1
    assert bad.stderr == f"{tmp_path}/bad.yaml is not UTF-8 text: it is UTF-16; save it as UTF-8\n"
