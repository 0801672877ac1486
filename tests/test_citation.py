"""CITATION.cff has what its format asks for (1.2.0), this version, and the paper."""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())


def test_required_keys_are_there():
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["title"] == "patchprobe" and CITATION["message"] and CITATION["authors"]


def test_version_and_licence_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert CITATION["version"] == project["version"]
    assert CITATION["license"] == project["license"]


def test_the_paper_is_what_to_cite():
    paper = CITATION["preferred-citation"]
    assert paper["type"] == "article" and paper["year"] == 2024
    assert paper["title"].startswith("Analyzing Local Representations of Self-supervised")
    assert len(paper["authors"]) == 6 and paper["authors"][0]["family-names"] == "Vanyan"
    assert paper["doi"].endswith(paper["url"].rpartition("/")[2])
