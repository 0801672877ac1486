"""Retrieval end to end in the library: a perfect retriever scores exactly the upper bound."""

import dataclasses
from functools import cache

import numpy as np
import pandas as pd
import pytest

from patchprobe.crops import changed_labels, labels, tiles
from patchprobe.crops.changes import changes
from patchprobe.datasets.base import Classes, Layout, Sample
from patchprobe.datasets.fair1m_annotations import Object
from patchprobe.datasets.fair1m_tiles import draw_labels
from patchprobe.embeddings.patches import ChangedLabels, Labels, Tokens
from patchprobe.errors import StoreError
from patchprobe.evaluation import retrieval
from patchprobe.evaluation.outcomes import OUTCOMES
from patchprobe.evaluation.retrieval_scores import RetrievalScores
from tests import fakes

WINDOW = (1000, 1000)
PLACES = {"s1_a": (0, 0), "s1_b": (224, 448), "s2_a": (672, 672), "s2_b": (448, 224)}
ITEMS = [("val", item) for item in PLACES]
CLASSES = Classes(
    ("background", "tug", "ferry", "van"), (1, 2, 3), groups=("background", "ship", "ship", "car")
)
CHANGES = changes(
    {
        "shift": [0, 1, 4],
        "rotate": [5, 10, 15, 20, 90],
        "scale": [0.8, 0.9, 1.1, 1.2],
        "blur": [2],
    }
)
GRIDS = [(14, 14), (16, 16)]
ONE_GRID = pytest.mark.parametrize("stores", GRIDS[:1], indirect=True, ids=str)


def objects():
    """A checkerboard of large boxes of three categories over the whole window."""
    box = np.array([[0, 0], [90, 0], [90, 60], [0, 60]], float)
    return [
        Object(1 + (i + j) % 3, box + np.array([x, y]))
        for i, y in enumerate(range(0, 1000, 80))
        for j, x in enumerate(range(0, 1000, 120))
    ]


def dataset():
    def read(root, split, item, frame=0):
        top, left = PLACES[item]
        box = (top, left, 224, 224)
        return Sample(
            item.split("_")[0],
            lambda: np.zeros((*WINDOW, 3), np.uint8),
            lambda: tiles.cut(draw_labels(objects(), WINDOW), box).copy(),
            objects,
        )

    layouts = {item: Layout(WINDOW, 1, 1, 224, place) for item, place in PLACES.items()}
    made = fakes.dataset(layouts, classes=CLASSES)
    return dataclasses.replace(made, name="Boxes", read=read, draw_labels=draw_labels)


@pytest.fixture(scope="module", params=GRIDS, ids=str)
def stores(request, tmp_path_factory):
    """Labels of the original and of the changed crops on a grid."""
    folder, grid = tmp_path_factory.mktemp("stores"), request.param
    tiles.write(folder / "clean.zarr", dataset(), "root", ITEMS, "clean", {})
    tiles.write(folder / "changed.zarr", dataset(), "root", ITEMS, "changed", {}, CHANGES)
    labels.write(folder / "labels.zarr", folder / "clean.zarr", dataset(), "root", grid, {})
    paths = folder / "changed_labels.zarr", folder / "changed.zarr"
    changed_labels.write(*paths, dataset(), "root", grid, CHANGES, {})
    return folder, grid


def positions(change, place, grid):
    """Where the centres of the patches of a changed tile come from, read off its very pixels.

    Grey values are positions in the window; they change evenly from pixel to pixel, except at its
    edges.
    """
    ramps = np.moveaxis(np.mgrid[: WINDOW[0], : WINDOW[1]] + 0.5, 0, -1)
    seen = change.sample(ramps, (*place, 224, 224))
    rows, columns = np.nonzero(((seen > 2) & (seen < 998)).all(-1))
    at = np.stack([rows + 0.5, columns + 0.5, np.ones(len(rows))], -1)
    map_back = np.linalg.lstsq(at, seen[rows, columns])[0]
    middle = (np.arange(grid[0]) + 0.5) * 224 / grid[0]
    y, x = (values.ravel() for values in np.meshgrid(middle, middle, indexing="ij"))
    return np.stack([y, x, np.ones(len(x))], -1) @ map_back


def one_hot(row, column, tile, grid):
    """Features that tell place and tile; none for what is outside a tile."""
    inside = (row >= 0) & (row < grid[0]) & (column >= 0) & (column < grid[1])
    features = np.zeros((len(row), grid[0] + grid[1] + len(PLACES)))
    for values, start in ((row, 0), (column, grid[0]), (np.full(len(row), tile), sum(grid))):
        features[inside, start + values[inside]] = 1
    return features


@cache
def perfect(grid):
    """Tokens of the original and of the changed crops that encode positions."""
    px = 224 / grid[0]
    row, column = np.divmod(np.arange(grid[0] * grid[1]), grid[1])
    clean = np.stack([one_hot(row, column, tile, grid) for tile in range(len(PLACES))])
    found = {}
    for change in CHANGES:
        found[change.name] = []
        for tile, place in enumerate(PLACES.values()):
            if change.family == "blur":
                found[change.name].append(clean[tile])
                continue
            # what lies on a border belongs to the patch on its right or below
            there = np.floor((positions(change, place, grid) - place) / px + 1e-7).astype(int)
            found[change.name].append(one_hot(*there.T, tile, grid))
    return {"clean": clean}, {name: np.stack(of_level) for name, of_level in found.items()}


def searched(stores, tokens, n_removed=(0,), excluded=(), bank=ITEMS, query=ITEMS, embedded=ITEMS):
    """Rows of retrieval with made-up tokens, what was found, and the scores."""
    folder, grid = stores
    images = [[split, item, 0] for split, item in embedded]
    parts = [
        [fakes.write_tokens(folder / f"{name}_tokens.zarr", values, images, grid)]
        for name, values in zip(("clean", "changed"), tokens, strict=True)
    ]
    scores = RetrievalScores(
        Labels(folder / "labels.zarr"), ChangedLabels(folder / "changed_labels.zarr"), bank, query,
        backbone="mae",
    )  # fmt: skip
    order = np.arange(tokens[0]["clean"].shape[-1])
    found = retrieval.search(
        scores, *map(Tokens, parts), order, 2, list(n_removed), dict(excluded), 0, "cpu"
    )
    return pd.DataFrame(scores.results.rows), found, scores


def random_tokens(grid, n_features=8, seed=0):
    rng = np.random.default_rng(seed)
    shape = (len(PLACES), grid[0] * grid[1], n_features)
    clean = rng.standard_normal(shape)
    return {"clean": clean}, {c.name: clean + rng.normal(0, 0.4, shape) for c in CHANGES}


def test_a_perfect_retriever_scores_the_upper_bound(stores):
    rows, *_ = searched(stores, perfect(stores[1]))
    rows = rows[(rows["n_removed"] == 0) & ~rows["standardised"]]
    shares = rows.pivot(
        index=["level", "similarity", "label_rule", "query_label"], columns="metric", values="value"
    )
    assert len(shares) == (1 + len(CHANGES)) * 3 * 2 * 2
    assert (shares["same_patch"] == shares["attainable"]).all()
    assert (shares["n_queries"] > 100).all()
    by_level = shares["attainable"].groupby("level").mean()
    assert (
        by_level[["clean", "shift-0", "shift-4", "scale-1.1", "rotate-90", "blur-2"]] == 1
    ).all()
    assert by_level["rotate-20"] < by_level["rotate-5"] < 1
    assert by_level["scale-0.8"] < by_level["scale-0.9"] < 1


def test_a_perfect_retriever_of_the_mirrored_rotation_does_not(stores):
    """The bound alone would not tell a map that is read the wrong way round."""
    clean, changed = perfect(stores[1])
    changed = dict(changed)
    (back,) = changes({"rotate": [340]})
    px = 224 / stores[1][0]
    changed["rotate-20"] = np.stack(
        [
            one_hot(
                *np.floor((positions(back, place, stores[1]) - place) / px).astype(int).T, *rest
            )
            for *rest, place in zip(range(4), [stores[1]] * 4, PLACES.values(), strict=True)
        ]
    )
    rows, *_ = searched(stores, (clean, changed))
    rows = rows[(rows["level"] == "rotate-20") & (rows["metric"] == "same_patch")]
    assert rows["value"].max() < 0.3


@ONE_GRID
def test_shares_sum_to_one_and_queries_are_object_patches(stores):
    rows, found, scores = searched(stores, random_tokens(stores[1]), n_removed=(0, 3))
    keys = [
        *("level", "removal", "n_removed", "standardised", "similarity", "label_rule"),
        *("query_label", "excluded"),
    ]
    shares = rows.pivot(index=keys, columns="metric", values="value")
    np.testing.assert_allclose(shares[list(OUTCOMES)].sum(axis=1), 1)
    n_settings = {("highest", 0), ("highest", 3), ("lowest", 3), ("random", 3)}
    assert set(zip(rows["removal"], rows["n_removed"], strict=True)) == n_settings
    for level, about in scores.levels.items():
        for (rule, query_label), values in about.labels.items():
            n = shares.xs((level, rule, query_label), level=("level", "label_rule", "query_label"))
            assert (n["n_queries"] == np.isin(values, (1, 2, 3)).sum()).all()
    assert found["found"].shape == (2, 3, len(found["level"]))
    table = np.stack(scores.results.counts)
    assert (table[..., :5].sum((1, 2)) == rows[rows["metric"] == "n_queries"]["value"]).all()


@ONE_GRID
def test_at_the_same_place_as_published(stores):
    """Queries by the original label at the same index: as many at every level."""
    rows, *_ = searched(stores, random_tokens(stores[1]))
    rows = rows[(rows["metric"] == "n_queries") & (rows["label_rule"] == "centre")]
    numbers = rows.groupby("query_label")["value"].nunique()
    assert numbers["same_place"] == 1
    assert numbers["changed"] > 1


@ONE_GRID
@pytest.mark.parametrize("what", ["tile", "source_image"])
def test_own_patches_are_left_out_of_the_bank(stores, what):
    rows, _, scores = searched(stores, random_tokens(stores[1]), excluded={"blur": what})
    rows = rows[rows["excluded"] != ""]
    assert set(rows["level"]) == {"blur-2"}
    assert set(rows["excluded"]) == {what}
    values = rows.pivot_table(index="similarity", columns="metric", values="value")
    assert (values["same_patch"] == 0).all()
    assert (values["attainable"] == 0).all()
    assert (values["same_category"] > 0.1).all()
    n, patches = scores.n_patches, scores.patches(["blur-2"])
    ranges = scores.excluded(["blur-2"], what)
    own = patches // n
    if what == "tile":
        expected = np.stack([own * n, own * n + n], 1)
    else:  # crops 0 and 1 are of the source s1, 2 and 3 of s2
        expected = np.stack([own // 2 * 2 * n, own // 2 * 2 * n + 2 * n], 1)
    np.testing.assert_array_equal(ranges, expected)


@ONE_GRID
def test_a_query_outside_the_bank_has_no_original_patch(stores):
    rows, *_ = searched(
        stores, perfect(stores[1]), bank=ITEMS[:3], query=ITEMS[2:], excluded={"blur": "tile"}
    )
    clean = rows[(rows["level"] == "clean") & (rows["excluded"] == "")]
    shares = clean[clean["metric"].isin(["same_patch", "attainable"])]["value"]
    assert (shares > 0.3).all()
    assert (shares < 0.7).all()


@ONE_GRID
def test_images_in_between(stores):
    folder, _ = stores
    scattered = Labels(folder / "labels.zarr")
    scores = RetrievalScores(scattered, ChangedLabels(folder / "changed_labels.zarr"), ITEMS, ITEMS)
    names = ("x", "y", "x", "y")
    scores.groups = dict(zip(scores.groups, names, strict=True))
    with pytest.raises(ValueError, match="source image val/x one after the other"):
        scores.excluded(["blur-2"], "source_image")


@ONE_GRID
def test_no_object_at_all(stores, tmp_path):
    folder, grid = stores
    empty = dataclasses.replace(
        dataset(),
        read=lambda root, split, item, frame=0: Sample(
            item,
            lambda: np.zeros((*WINDOW, 3), np.uint8),
            lambda: np.zeros((224, 224), np.uint8),
            lambda: [],
        ),
    )
    labels.write(tmp_path / "l.zarr", folder / "clean.zarr", empty, "root", grid, {})
    changed_labels.write(
        tmp_path / "c.zarr", folder / "changed.zarr", empty, "root", grid, CHANGES, {}
    )
    with pytest.raises(ValueError, match="no patch of the query images covers an object"):
        RetrievalScores(
            Labels(tmp_path / "l.zarr"), ChangedLabels(tmp_path / "c.zarr"), ITEMS, ITEMS
        )


@ONE_GRID
def test_tokens_in_another_order_than_labels(stores):
    with pytest.raises(StoreError, match="embeds other images than are labelled"):
        searched(stores, random_tokens(stores[1]), embedded=ITEMS[::-1])


@ONE_GRID
def test_tokens_of_more_images_than_labels(stores):
    """Each store is read at its own rows."""
    clean, changed = perfect(stores[1])
    more = [np.concatenate([np.zeros_like(x[:1]), x]) for x in (clean["clean"], *changed.values())]
    tokens = {"clean": more[0]}, dict(zip(changed, more[1:], strict=True))
    rows, *_ = searched(stores, tokens, embedded=[("val", "s0_a"), *ITEMS])
    as_is = rows[(rows["n_removed"] == 0) & ~rows["standardised"] & (rows["level"] == "clean")]
    assert (as_is[as_is["metric"] == "same_patch"]["value"] == 1).all()


@ONE_GRID
def test_source_images_of_other_splits_are_others(stores):
    folder, _ = stores
    found = Labels(folder / "labels.zarr")
    scores = RetrievalScores(found, ChangedLabels(folder / "changed_labels.zarr"), ITEMS, ITEMS)
    scores.bank.images[:2] = [("train", *image[1:]) for image in scores.bank.images[:2]]
    scores.groups |= {image: "s2" for image in scores.bank.images}
    ranges = scores.excluded(["blur-2"], "source_image")
    n = scores.n_patches
    assert np.unique(ranges, axis=0).tolist() == [[0, 0], [2 * n, 4 * n]]


@ONE_GRID
def test_labels_of_other_images(stores):
    folder, grid = stores
    tiles.write(folder / "some.zarr", dataset(), "root", ITEMS[:2], "changed", {}, CHANGES)
    changed_labels.write(
        folder / "some_labels.zarr", folder / "some.zarr", dataset(), "root", grid, CHANGES, {}
    )
    with pytest.raises(StoreError, match="make it again"):
        RetrievalScores(
            Labels(folder / "labels.zarr"), ChangedLabels(folder / "some_labels.zarr"), ITEMS, ITEMS
        )
