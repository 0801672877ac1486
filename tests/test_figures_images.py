"""Figures 4 and 13 from small tables and predictions."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import PathCollection

from patchprobe import results
from patchprobe.figures import fig4_robustness, fig13_predictions, style, tables
from patchprobe.provenance import file_digest
from tests.score_tables import BANK, SHOWN, miou, score_table

pytestmark = pytest.mark.filterwarnings("error")
LEVELS = {"noise-20": 0.5, "noise-10": 0.8, "blur-3": 0.9, "frequency-1": 0.3, "frequency-4": 0.7}


@pytest.fixture(autouse=True)
def styled():
    style.use()
    yield
    plt.close("all")


# ------------------------------------------------------------------------------ Figure 4


@pytest.fixture
def changed():
    """Scores on changed images: a share of the clean one, less for k-NN."""
    rows = [
        {
            "classifier": classifier,
            "backbone": r.backbone,
            "n_removed": r.n_removed,
            "train_set": BANK,
            "level": level,
            "metric": metric,
            "value": miou(classifier, r.backbone, r.n_removed, BANK)
            * (kept if classifier == "linear" else kept / 2),
        }
        for classifier in ("knn", "linear")
        for r in SHOWN
        for level, kept in LEVELS.items()
        for metric in ("miou", "pixel_accuracy")
    ]
    return pd.DataFrame(rows)


def test_points_of_figure_4_by_hand(changed):
    points = fig4_robustness.joined(score_table("knn"), score_table("linear"), changed, SHOWN[1:2])
    assert len(points) == 2 * len(LEVELS)
    knn = points[points["classifier"] == "knn"]
    # from the mildest to the strongest; the lowest band of frequency is the strongest
    assert list(zip(knn["family"], knn["level"], strict=True)) == [
        ("blur", 3), ("frequency", 4), ("frequency", 1), ("noise", 10), ("noise", 20)
    ]  # fmt: skip
    clean = 0.2 + 0.072  # of MAE with the bank
    np.testing.assert_allclose(knn["clean"], clean)
    expected = np.array([0.9, 0.7, 0.3, 0.8, 0.5]) / 2 * clean
    np.testing.assert_allclose(knn["value"], expected)
    linear = points[points["classifier"] == "linear"]
    np.testing.assert_allclose(linear["value"] / linear["clean"], [0.9, 0.7, 0.3, 0.8, 0.5])
    assert set(points["representation"]) == {"mae"}


def test_clean_scores_are_those_of_the_bank_without_a_sweep_too(changed):
    """Then no training subset shows more removals than another."""
    clean = [score_table(name, sweep=(0, 10)) for name in ("knn", "linear")]
    points = fig4_robustness.joined(*clean, changed, SHOWN[1:2])
    knn = points[points["classifier"] == "knn"]
    np.testing.assert_allclose(knn["clean"], miou("knn", "mae", 0, BANK))


def test_figure_4_has_a_panel_for_each_family_and_classifier(changed):
    figure = fig4_robustness.draw(score_table("knn"), score_table("linear"), changed, SHOWN)
    figure.canvas.draw()
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == 2 * [
        "Box blur\n(kernel, px: 3)",
        "Gaussian noise\n(standard deviation: 10, 20)",
        "Noise in a band\n(band, high to low: 4, 1)",
    ]
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == ["Linear probe mIoU, degraded", "", "", "k-NN mIoU, degraded", "", ""]
    noise = figure.axes[4]  # k-NN
    dots = [artist for artist in noise.collections if type(artist) is PathCollection]
    assert len(dots) == len(SHOWN)
    for r, of_representation in zip(SHOWN, dots, strict=True):
        clean = miou("knn", r.backbone, r.n_removed, BANK)
        expected = [[clean, clean], [clean, 0.4 * clean], [clean, 0.25 * clean]]
        np.testing.assert_allclose(of_representation.get_offsets(), expected)
        assert mpl.colors.to_hex(of_representation.get_facecolor()[0]) == r.colour
    grey = [line for line in noise.lines if line.get_color() == "0.8"]
    slopes = [np.diff(line.get_ydata())[0] / np.diff(line.get_xdata())[0] for line in grey]
    np.testing.assert_allclose(slopes, [1, 0.75, 0.5, 0.25])
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["DINO", "MAE", "MAE-10", "share of the clean score that is kept"]


def test_figure_4_draws_the_families_that_there_are(changed):
    blurred = changed[changed["level"] == "blur-3"]
    figure = fig4_robustness.draw(score_table("knn"), score_table("linear"), blurred, SHOWN[:1])
    figure.canvas.draw()
    assert len(figure.axes) == 2


def test_figure_4_without_a_representation_is_an_error(changed):
    changed = changed[changed["n_removed"] == 0]
    with pytest.raises(ValueError, match="no rows with .*'n_removed': 10"):
        fig4_robustness.joined(score_table("knn"), score_table("linear"), changed, SHOWN)


# ------------------------------------------------------------------------------ Figure 13

COLOURS = np.array([[0, 0, 0], [128, 64, 128], [70, 130, 180], [0, 0, 142]], np.uint8)
IMAGES = [("val", "ulm", 0), ("val", "bonn", 0), ("val", "jena", 0)]
TILES, GRID = (1, 2), (2, 2)


@pytest.fixture
def examples():
    """Two images of 4 x 8 px and their labels: void, road and sky."""
    rng = np.random.default_rng(0)
    found = {
        "images": np.array([["val", "jena", "0"], ["val", "ulm", "0"]]),
        "names": np.array(["unlabeled", "road", "sky", "car"]),
        "colours": COLOURS,
    }
    for i in range(2):
        found[f"image_{i}"] = rng.integers(0, 256, (4, 8, 3), dtype=np.uint8)
        found[f"labels_{i}"] = rng.integers(0, 3, (4, 8), dtype=np.uint8)
    return found


def patch_map(classifier, setting, image):
    """Predicted classes of the patches of an image, (2, 4)."""
    seed = [setting, image, classifier == "linear"]
    return np.random.default_rng(seed).integers(1, 4, (2, 4), dtype=np.uint8)


@pytest.fixture
def saved(tmp_path):
    """Score tables with predictions beside them, by classifier."""
    found = {}
    for classifier in ("knn", "linear"):
        table = score_table(classifier)
        n_settings = table["setting"].max() + 1
        # crop by crop: the left tile of each image, then the right one
        maps = np.array(
            [[patch_map(classifier, setting, i) for i in range(3)] for setting in range(n_settings)]
        )
        predictions = np.stack([maps[..., :2], maps[..., 2:]], axis=2)
        path = tmp_path / f"{classifier}.csv"
        found[classifier] = table.assign(table=str(path))
        results.write_table(table, path)
        results.write_arrays(
            results.beside(path, "predictions"),
            predictions=predictions.reshape(n_settings, 6, 4),
            images=np.array(IMAGES, dtype=str),
            tiles=np.array([TILES] * 3),
            image_of_crop=np.repeat(np.arange(3), 2),
            grid=np.array(GRID),
            table_sha256=file_digest(path),
        )
    return found


def test_maps_are_put_together_from_tiles(saved):
    row = tables.select(saved["knn"], setting=4, metric="miou").iloc[0]
    asked = [("val", "jena", "0"), ("val", "bonn", "0")]
    maps = fig13_predictions.maps_of(tables.predictions_of(row), asked)
    for image, found in zip((2, 1), maps, strict=True):
        np.testing.assert_array_equal(found, patch_map("knn", 4, image))
    with pytest.raises(ValueError):
        fig13_predictions.maps_of(tables.predictions_of(row), [("val", "rome", "0")])


def test_figure_13_shows_images_labels_and_predictions_in_colours(examples, saved):
    figure = fig13_predictions.draw(examples, saved["knn"], saved["linear"], SHOWN, BANK)
    figure.canvas.draw()
    shown = [axes.get_images()[0].get_array().data for axes in figure.axes]
    grid = [shown[start : start + 4] for start in range(0, len(shown), 4)]
    assert len(grid) == 1 + len(SHOWN)
    for i in range(2):
        np.testing.assert_array_equal(grid[0][2 * i], examples[f"image_{i}"])
        np.testing.assert_array_equal(grid[0][2 * i + 1], COLOURS[examples[f"labels_{i}"]])
    for r, row in zip(SHOWN, grid[1:], strict=True):
        for c, classifier in enumerate(("knn", "linear")):
            setting = tables.select_representation(
                saved[classifier], r, metric="miou", train_set=BANK
            )["setting"].item()
            for i, image in enumerate((2, 0)):
                expected = COLOURS[patch_map(classifier, setting, image)]
                np.testing.assert_array_equal(row[2 * i + c], expected)
    assert [axes.get_ylabel() for axes in figure.axes[4::4]] == [r.label for r in SHOWN]
    # patch maps cover the extent of the image
    assert {tuple(axes.get_images()[0].get_extent()) for axes in figure.axes} == {(0, 8, 4, 0)}


def test_legend_of_figure_13_names_what_is_shown(examples, saved):
    figure = fig13_predictions.draw(examples, saved["knn"], saved["linear"], SHOWN, BANK)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["void", "road", "sky", "car"]
    colours = [
        (255 * np.array(patch.get_facecolor()[:3])).round() for patch in legend.get_patches()
    ]
    np.testing.assert_array_equal(colours, COLOURS)
