"""The command that draws subsets."""

import pytest

from patchprobe.datasets import cityscapes, draw_subset
from patchprobe.errors import DatasetNotFoundError


@pytest.fixture
def root(tmp_path):
    for city in ("aachen", "ulm"):
        for number in range(6):
            path = cityscapes.image_path(tmp_path, "train", f"{city}_{number:06d}_000019")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    (tmp_path / "gtFine").mkdir()
    return tmp_path


def draw(capsys, *arguments):
    draw_subset.main(list(map(str, arguments)))
    header, *stems = capsys.readouterr().out.splitlines()
    return header, stems


def test_draws_so_many_of_each_city_with_a_seed(root, capsys):
    header, stems = draw(capsys, root, "--per-city", 2, "--seed", 5)
    assert header == "# Cityscapes train, 2 images per city, seed 5."
    assert sorted(stem.split("_")[0] for stem in stems) == ["aachen"] * 2 + ["ulm"] * 2
    assert draw(capsys, root, "--per-city", 2, "--seed", 5)[1] == stems
    others = [draw(capsys, root, "--per-city", 2, "--seed", seed)[1] for seed in range(6, 12)]
    assert any(other != stems for other in others)


def test_without_the_dataset(tmp_path):
    with pytest.raises(DatasetNotFoundError, match=r"config/README\.md#cityscapes"):
        draw_subset.main([str(tmp_path)])
