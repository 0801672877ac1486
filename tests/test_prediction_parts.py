"""Predictions for parts of the query images: joined, they are those of one search."""

import json

import numpy as np
import pandas as pd
import pytest

from patchprobe import provenance, results
from patchprobe.errors import ResultError
from patchprobe.evaluation import classification, prediction_parts
from patchprobe.evaluation.prediction_parts import Joined
from patchprobe.evaluation.scores import Segmentation
from tests import fakes
from tests.test_classification import LAYER, QUERY, World

REMOVED, K = [0, 3], 3
EXPECTED = {"dataset": "fake", "backbone": "mae", "k": K}


@pytest.fixture
def world(tmp_path):
    return World(tmp_path, [("val", "lindau_9")])


def query_of(world):
    return world.tokens.select([*fakes.items(QUERY), ("val", "lindau_9")])


def write(world, path, part, query=None, removed=REMOVED, **changed):
    """What a job of one part writes."""
    query = query or query_of(world)
    of_part = query.part(*part)
    rows = world.tokens.rows(of_part, LAYER)
    made_by = {
        "embeddings": world.tokens.provenance, "k": K, "query": query.items,
        "left_out": query.left_out,
    }  # fmt: skip
    made_from = prediction_parts.digests(
        {"tokens": world.tokens.parts, "labels": str(world.labels.path), "drawn": []}
    )
    prediction_parts.write(
        path,
        classification.predict_knn(world.bank, of_part, rows, LAYER, removed, K),
        of_part,
        part,
        {**made_by, **changed.get("made_by", {})},
        {**made_from, **changed.get("made_from", {})},
    )
    return path


@pytest.fixture
def parts(world, tmp_path):
    """Both parts, the second first."""
    return [write(world, tmp_path / f"{n}-of-2.npz", (n, 2)) for n in (2, 1)]


def join(world, paths, **expected):
    return Joined(paths, query_of(world), world.labels, **{**EXPECTED, **expected})


def saved(found, folder):
    folder.mkdir()
    names = ("mae.csv", "mae_counts.npz", "mae_predictions.npz")
    found.save(*(folder / name for name in names))
    return {name: (folder / name).read_bytes() for name in names}


def test_scores_of_joined_parts_are_those_of_one_search(world, parts, tmp_path):
    scores = [Segmentation(world.labels, [*fakes.items(QUERY), ("val", "lindau_9")]) for _ in "12"]
    classification.score_knn(scores[0], world.bank, world.query, LAYER, REMOVED, K)
    for setting, classes in join(world, parts).predictions():
        scores[1].add(classes, **setting)
    whole, joined = (saved(x.results, tmp_path / str(n)) for n, x in enumerate(scores))
    assert joined == whole
    table = pd.read_csv(tmp_path / "1/mae.csv")
    assert len(set(table["setting"])) == 2 * 3 * 2
    assert set(table["n_left_out"]) == {1}  # of the query, in every part


def test_every_part_holds_its_own_images(world, parts):
    second, first = (np.load(path) for path in parts)
    assert first["images"].tolist() == [["val", "lindau_0", "0"]]
    assert second["images"].tolist() == [["val", "munster_0", "0"]]
    assert first["predictions"].shape == second["predictions"].shape == (12, 2, 9)
    assert first["predictions"].dtype == np.uint8


def test_provenance_is_that_of_the_whole(world, parts, monkeypatch):
    monkeypatch.setattr(provenance, "git_commit", lambda: "of the joining job")
    about = join(world, parts).provenance
    one = json.loads(str(np.load(parts[0])["about"]))["made_by"]
    assert about.pop("parts") == 2
    assert about.pop("git_commit") == [one.pop("git_commit"), "of the joining job"]
    assert about == one
    assert about["query"] == [["val", "lindau_0"], ["val", "munster_0"]]
    assert about["left_out"] == [["val", "lindau_9"]]


# ------------------------------------------------------------------------------ bad parts


def refused(world, paths, message, **expected):
    with pytest.raises(ResultError, match=rf"(?s){message}.*`snakemake --force") as error:
        join(world, paths, **expected)
    return str(error.value)


def test_missing_and_doubled_parts(world, parts):
    second, first = parts
    refused(world, [first], r"1-of-2\.npz: expected part 1 of 1, found part 1 of 2")
    refused(world, [second], r"2-of-2\.npz: expected part 1 of 1, found part 2 of 2")
    refused(world, [first, first], r"1-of-2\.npz: expected part 2 of 2, found part 1 of 2")
    refused(world, [first, second, second], "expected part 1 of 3, found part 1 of 2")


def test_a_part_of_another_number_of_parts(world, parts, tmp_path):
    whole = write(world, tmp_path / "1-of-1.npz", (1, 1))
    refused(world, [whole, parts[0]], r"1-of-1\.npz: expected part 1 of 2, found part 1 of 1")


def test_a_part_that_was_renamed(world, parts):
    second, first = parts
    content = first.read_bytes()
    second.write_bytes(content)
    refused(world, parts, r"2 of 2, found part 1 of 2")


@pytest.mark.parametrize("n_bytes", [0, 100, -1])
def test_torn_parts(world, parts, n_bytes):
    parts[0].write_bytes(parts[0].read_bytes()[:n_bytes])
    refused(world, parts, r"2-of-2\.npz: expected arrays")


def test_a_part_with_other_settings(world, parts, tmp_path):
    write(world, parts[0], (2, 2), removed=[0, 4])
    refused(world, parts, r"2-of-2\.npz: expected the same settings as in .*1-of-2\.npz, found oth")


def test_a_part_made_by_or_from_something_else(world, parts):
    write(world, parts[0], (2, 2), made_by={"k": 5})
    refused(world, parts, r"2-of-2\.npz: expected what made .*1-of-2\.npz, found something else")
    write(world, parts[0], (2, 2), made_from={"variance": ["0"]})
    refused(world, parts, r"2-of-2\.npz: expected the same made_from as in .*1-of-2\.npz")


def test_parts_for_other_images(world, parts, tmp_path):
    other = world.tokens.select(fakes.items(["jena_0", "jena_1"], "train"))
    for number, path in enumerate(parts, 1):
        write(world, path, (number, 2), other)
    refused(world, parts, "expected predictions for images of the query, in order, found other im")


def test_parts_of_another_backbone_or_search(world, parts):
    refused(world, parts, "expected backbone dino, found mae", backbone="dino")
    refused(world, parts, "expected k 1, found 3", k=1)
    refused(world, parts, "expected searches .*found None", searches=[["all", [LAYER], [0]]])


def test_parts_whose_bank_had_other_labels(world, parts, tmp_path):
    path = fakes.write_labels(
        tmp_path / "new.zarr", world.majority, world.tokens.attributes["images"], (3, 3), (1, 2)
    )
    with pytest.raises(ResultError, match=r"a bank labelled by .*new\.zarr, found another store"):
        Joined(parts, query_of(world), type(world.labels)(path), **EXPECTED)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("predictions", np.zeros((12, 2, 9)), "uint8 of shape .12, 2, 9., found float64"),
        ("predictions", np.zeros((12, 18), np.uint8), r"found uint8 of shape \(12, 18\)"),
        ("predictions", np.zeros((11, 2, 9), np.uint8), r"found uint8 of shape \(11, 2, 9\)"),
        ("about", np.array("{"), "expected what made it, found JSONDecodeError"),
        ("about", np.array("[]"), "expected what made it, found TypeError"),
        ("about", np.array('{"part": [2, 2]}'), "expected what made it, found KeyError: 'made_by'"),
        ("about", np.zeros(3), "expected what made it, found"),
    ],
)  # fmt: skip
def test_parts_of_another_content(world, parts, name, value, message):
    with np.load(parts[0]) as file:
        arrays = dict(file)
    results.write_arrays(parts[0], **{**arrays, name: value})
    refused(world, parts, message)


def test_a_part_that_cannot_be_written_leaves_the_old_one(world, parts, monkeypatch):
    before = parts[0].read_bytes()

    def stopped(*arguments, **arrays):
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", stopped)
    with pytest.raises(KeyboardInterrupt):
        write(world, parts[0], (2, 2))
    assert parts[0].read_bytes() == before
    assert not list(parts[0].parent.glob(".*unfinished*"))
