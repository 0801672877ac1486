"""k-NN of parts of the query images, by jobs of their own: joined, it is that of one search."""

import json

import pytest

pytestmark = pytest.mark.workflow

OF_MAE = "results/knn/cityscapes/mae"
TABLES = [f"{OF_MAE}/{name}.csv" for name in ("subsets", "layers")]
BESIDE = ("{}.csv", "{}_counts.npz", "{}_predictions.npz")


def made(project):
    """Bytes of the tables and of what lies beside them."""
    names = [name.format(table) for table in ("subsets", "layers") for name in BESIDE]
    return {name: (project.folder / OF_MAE / name).read_bytes() for name in names}


def told(project, name):
    return json.loads((project.folder / OF_MAE / f"{name}_provenance.json").read_text())


@pytest.fixture
def project_of_three(fresh_project):
    """MAE alone, and three query images."""
    config = fresh_project.config
    images = ["dornum_000011_000019", "dornum_000012_000019", "ekern_000001_000019"]
    (fresh_project.folder / "lists/val.txt").write_text("\n".join(images))
    config["datasets"] = {"cityscapes": config["datasets"]["cityscapes"]}
    config["backbones"] = {"mae": config["backbones"]["mae"]}
    return fresh_project


def test_joined_parts_are_the_uncut_search(project_of_three):
    project = project_of_three
    project.run(*TABLES)
    whole, about = made(project), told(project, "subsets")

    project.config["knn"] = {"parts": 2}
    planned = set()
    for experiment in ("subsets", "layers"):
        wildcards = f"dataset=cityscapes, backbone=mae, experiment={experiment}"
        planned |= {("knn_part", f"{wildcards}, scatteritem={n}-of-2") for n in (1, 2)}
        planned.add(("knn_joined", wildcards))
    assert project.plan(*TABLES) == planned
    project.run(*TABLES)
    assert made(project) == whole
    joined = told(project, "subsets")
    assert joined.pop("parts") == 2
    assert joined == about
    assert list(joined) == list(about)
    assert project.plan(*TABLES) == set()


def test_more_parts_than_query_images_are_named_before_anything_runs(fresh_project):
    fresh_project.config["knn"] = {"parts": 2}
    done = fresh_project.snakemake("tab2", "-n")
    assert done.returncode
    assert (
        "knn: parts: 2 parts of the query of cityscapes, which has 1 image: expected 1 or fewer"
        in done.stdout + done.stderr
    )
