"""config/README.md documents every key of the schema, and no other key."""

import re

import pytest
import yaml

from tests.configs import SCHEMA, SCHEMA_PATH

README = SCHEMA_PATH.parents[2] / "config/README.md"
ANY = "*"  # a name that the user chooses, or that of a dataset
_ROW = re.compile(r"^\|(.+?)\|(.+)\|(.*)\|$")
_CODE = re.compile(r"`([^`\n]+)`")


def schema_keys(part, path=()):
    """Paths of all keys that a schema allows, such as ("knn", "k"); names of datasets are `ANY`."""
    if "$ref" in part:
        part = SCHEMA["$defs"][part["$ref"].rpartition("/")[2]]
    for choice in part.get("anyOf", []):
        yield from schema_keys(choice, path)
    named = part.get("properties", {})
    if path == ("datasets",):
        named = {ANY: next(iter(named.values()))}
    if isinstance(free := part.get("additionalProperties"), dict):
        named = {**named, ANY: free}
    for key, value in named.items():
        yield (*path, key)
        yield from schema_keys(value, (*path, key))


def key_paths(value, path):
    """Paths of the keys of a mapping, the mapping's own first."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield from key_paths(inner, (*path, str(key)))


def documented_keys(text):
    """Paths of all keys that tables tell: of the first cell, and of {...} in the others.

    The first cell of a table's head tells what its keys are of: "key of `datasets: <name>`".
    """
    prefix = None
    for line in text.splitlines():
        row = _ROW.match(line)
        if row is None:
            prefix = None
        elif prefix is None:
            of = re.fullmatch(r"key(?: of `(\w+): <name>`)?", row[1].strip())
            prefix = of and ((of[1], ANY) if of[1] else ())
            if prefix:
                yield from (prefix[:1], prefix)
        elif not row[1].startswith("---"):
            keys = [yaml.safe_load(code) for code in _CODE.findall(row[1])]
            keys = [key if isinstance(key, dict) else {str(key): None} for key in keys]
            inner = [code for code in _CODE.findall(row[2]) if code.startswith("{")]
            for name, value in [pair for key in keys for pair in key.items()]:
                yield from key_paths(value, (*prefix, name))
                for code in inner:
                    yield from key_paths(yaml.safe_load(code), (*prefix, name))


def with_free_names(paths, allowed):
    """Paths with `ANY` where the schema allows any name and has none of this name."""
    found = set()
    for path in paths:
        known = ()
        for key in path:
            known = (*known, key if (*known, key) in allowed else ANY)
        found.add(known if known in allowed else path)
    return found


ALLOWED = set(schema_keys(SCHEMA))
TOLD = with_free_names(documented_keys(README.read_text()), ALLOWED)


def test_every_key_of_the_schema_is_documented():
    missing = {path for path in ALLOWED if path[-1] != ANY} - TOLD
    assert sorted(missing) == []


def test_every_documented_key_is_in_the_schema():
    assert sorted(TOLD - ALLOWED) == []


def test_every_dataset_is_named():
    codes = set(_CODE.findall(README.read_text()))
    assert set(SCHEMA["properties"]["datasets"]["properties"]) <= codes


def test_keys_are_found_at_all_depths():
    for path in (
        ("seed",),
        ("datasets", ANY, "subsets", ANY, ANY, "per_class"),
        ("datasets", ANY, "changes", "blur"),
        ("backbones", ANY, "autoencoder", "decoder_heads"),
    ):
        assert path in ALLOWED


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("| `a`, `b` | text with `c` | |", {("a",), ("b",)}),
        ("| `a: {b, c: {d}}` | | |", {("a",), ("a", "b"), ("a", "c"), ("a", "c", "d")}),
        ("| `hub: true` | text | |", {("hub",)}),
        ("| `a` | such as `{b: [1, 2]}` | |", {("a",), ("a", "b")}),
    ],
)
def test_rows_are_read(row, found):
    head = "| key | meaning | default |\n|---|---|---|\n"
    assert set(documented_keys(head + row)) == found
    of = {("backbones",), ("backbones", ANY)} | {("backbones", ANY, *path) for path in found}
    assert set(documented_keys(head.replace("key", "key of `backbones: <name>`") + row)) == of
    assert set(documented_keys(head.replace("key", "target") + row)) == set()
