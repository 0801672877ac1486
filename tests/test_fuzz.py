"""`make fuzz` finds what it must find, and a few of its inputs find nothing."""

import os
import socket
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from patchprobe.errors import DatasetError
from tests.fuzz import campaign, worker
from tests.fuzz.mutators.change import Change
from tests.fuzz.mutators.content import change_bytes, change_text
from tests.fuzz.mutators.files import change_some
from tests.fuzz.mutators.images import change_image
from tests.fuzz.mutators.structures import change_structure
from tests.fuzz.target import Target, Wrong

# those whose worlds take no time; readers have the world of the contract test
QUICK = [
    "lists",
    "configuration",
    "stores",
    "tables",
    "rankings",
    "paper values",
    "records",
    "parts",
]
ONLY_VALID = ["archives", "downloads", "checkpoints", "yaml"]


class Planted(Target):
    """A reader with a bug for each of the first inputs."""

    name = "planted"

    def prepare(self, world):
        (world / "a.txt").write_text("1 2 3\n")

    def damage(self, folder, change):
        super().damage(folder, change)
        self.number = int(change.name.split()[-1])

    def use(self, folder):
        bugs = [
            lambda: {}["planted"],
            lambda: Path("../outside.txt").write_text("x"),
            lambda: os.system("true"),
            lambda: socket.create_connection(("127.0.0.1", 9)),
            lambda: bytearray(4 << 30),
            lambda: time.sleep(60),
            lambda: os._exit(3),
            self._hidden,
            self._wrong,
            self._refused,
        ]
        number = getattr(self, "number", len(bugs))
        if number < len(bugs):
            bugs[number]()
        return True

    def _hidden(self):
        try:
            Path("../outside.txt").unlink()
        except BaseException as error:
            raise DatasetError("hidden") from error

    def _wrong(self):
        raise Wrong("another value")

    def _refused(self):
        raise DatasetError("as it should be")


KINDS = {
    0: "KeyError",
    1: "BreachError",
    2: "BreachError",
    3: "BreachError",
    4: "MemoryError",
    5: "Longer than 3 s",
    6: "Died: 3",
    7: "BreachError",
    8: "Wrong",
}


def test_planted_bugs_are_found_and_can_be_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "LONGEST_S", 3)
    said = []
    (tally,), findings = campaign.run([Planted()], 7, tmp_path, numbers=range(12), say=said.append)
    assert (tally.tried, tally.found, tally.refused, tally.accepted) == (12, 9, 1, 2)
    found = {number: x.kind for x in findings.kinds.values() for number in x.numbers}
    assert found == KINDS
    text = (tmp_path / "planted_0" / "finding.txt").read_text()
    assert "python -m tests.fuzz --only 'planted' --seed 7 --number 0" in text
    assert "KeyError: 'planted'" in text
    assert said[0].startswith("  found: planted 0: KeyError in tests/test_fuzz.py:")
    (again,), _ = campaign.run([Planted()], 7, tmp_path, numbers=[0], say=said.append)
    assert again.found == 1


def inputs(target, folder, numbers):
    """How inputs end, without a process of their own."""
    world, place = worker.prepared(target, folder), folder / "input"
    place.mkdir()
    target.learn(world)
    worker.check_the_valid(target, world, place)
    for number in numbers:
        copy, _ = worker.damaged(target, 0, number, world, place)
        yield worker.read(target, copy)


@pytest.mark.parametrize("name", [*QUICK, *ONLY_VALID, "mot17"])
def test_valid_worlds_are_accepted_and_a_few_inputs_find_nothing(tmp_path, monkeypatch, name):
    from tests.fuzz.targets import TARGETS

    monkeypatch.chdir(tmp_path)
    ended = list(inputs(TARGETS[name], tmp_path, range(0 if name in ONLY_VALID else 6)))
    assert [what for outcome, what in ended if outcome == worker.FOUND] == []


# ------------------------------------------------------------------------------ mutators


def image():
    """The bytes of a small image."""
    import io

    file = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


CHANGES = {
    "bytes": lambda change: change_bytes(change, bytes(range(200)), b"other"),
    "text": lambda change: change_text(change, b"a 1 2.5\nb 3 4\n", ".xml"),
    "images": lambda change: change_image(change, image(), ".png"),
    "structures": lambda change: repr(change_structure(change, {"a": [1, {"b": "x"}], "c": 2.5})),
}


@pytest.mark.parametrize("make", CHANGES.values(), ids=CHANGES)
def test_changes_are_many_and_the_same_for_a_number(make):
    found = [make(Change(0, "x", number)) for number in range(40)]
    assert [make(Change(0, "x", number)) for number in range(5)] == found[:5]
    assert len(set(found)) > 20
    assert make(Change(1, "x", 0)) != found[0]


def test_a_change_of_a_copy_leaves_the_world_as_it_is(tmp_path):
    for number in range(30):
        world, copy = tmp_path / "world", tmp_path / str(number)
        world.mkdir(exist_ok=True)
        for name in ("a.txt", "b.json", "c.bin"):
            (world / name).write_text('{"a": 1}')
            copy.mkdir(exist_ok=True)
            os.link(world / name, copy / name)
        change_some(Change(0, "x", number), copy, ["a.txt", "b.json", "c.bin"])
        assert {path.read_text() for path in world.iterdir()} == {'{"a": 1}'}
        for path in world.iterdir():
            path.unlink()
