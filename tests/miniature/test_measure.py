"""Scores of miniature backbones with intervals, from tables that were made by hand."""

import numpy as np
import pandas as pd
import pytest

from miniature.training import curves, measure
from patchprobe.provenance import file_digest
from patchprobe.results import write_arrays

ROAD, CAR = 7, 26


def confusions(*hits):
    """One image for each number of right pixels, of 100 of road and 100 of car."""
    matrices = np.zeros((len(hits), 34, 34), np.int32)
    for matrix, n in zip(matrices, hits, strict=True):
        matrix[ROAD, ROAD] = matrix[CAR, CAR] = n
        matrix[ROAD, CAR] = matrix[CAR, ROAD] = 100 - n
    return matrices


def test_interval_of_equal_images_has_no_width():
    iou = 50 / 150  # 50 of 100 right in each class, 50 taken for the other
    assert measure.interval(confusions(*[50] * 5)) == pytest.approx((iou, iou, iou))


def test_interval_lies_between_the_worst_and_the_best_image():
    value, low, high = measure.interval(confusions(20, 50, 50, 50, 80))
    assert 20 / 180 <= low < value < high <= 80 / 120
    assert value == pytest.approx(50 / 150)


def test_difference_is_drawn_image_by_image():
    """Images differ, but one backbone is as good as the other on each."""
    some = confusions(20, 40, 50, 60, 80)
    assert measure.interval(some, some) == pytest.approx((0, 0, 0))
    value, low, high = measure.interval(confusions(*[90] * 5), confusions(*[50] * 5))
    assert value == low == high == pytest.approx(90 / 110 - 50 / 150)


@pytest.fixture
def results(tmp_path):
    """A sweep of two settings by two similarities."""
    rows, matrices = [], []
    for m, hits in ((0, 50), (1, 90)):
        for similarity, more in (("dot", 0), ("l2", 5), ("cosine", 5)):
            for rule in ("centre", "majority"):
                row = {"setting": len(matrices), "n_removed": m, "similarity": similarity}
                rows.append({**row, "label_rule": rule, "metric": "miou", "class": "", "value": 0})
                matrices.append(confusions(*[hits + more] * 5))
    for how, chosen in (("knn", rows), ("linear", [r for r in rows if r["similarity"] == "dot"])):
        table = [{**row, "setting": number} for number, row in enumerate(chosen)]
        of_rows = [matrices[row["setting"]] for row in chosen]
        for name, off in (("mae", 0), ("untrained", -10)):
            folder = tmp_path / how / "cityscapes" / name
            folder.mkdir(parents=True)
            pd.DataFrame(table).to_csv(folder / "subsets.csv", index=False)
            shifted = [confusions(*[x[0, ROAD, ROAD] + off] * 5) for x in of_rows]
            digest = file_digest(folder / "subsets.csv")
            counts = {"counts": np.stack(shifted), "table_sha256": digest}
            write_arrays(folder / "subsets_counts.npz", **counts)
    spectrum = pd.DataFrame({"layer": [1] * 4 + [2] * 4, "variance": [9, 9, 9, 9, 8, 1, 1, 2]})
    (tmp_path / "variance/cityscapes").mkdir(parents=True)
    spectrum.to_csv(tmp_path / "variance/cityscapes/mae.csv", index=False)
    return measure.Results(tmp_path)


def test_scores(results):
    table = measure.scores(results, ["mae"], [0, 1])
    assert table["m"].tolist() == [0, 1]
    assert table["dot"][0].split()[0] == f"{50 / 150:.3f}"[1:]
    assert table["L2"][1].split()[0] == f"{95 / 105:.3f}"[1:]
    assert table["linear"][1].split()[0] == f"{90 / 110:.3f}"[1:]


def test_differences(results):
    row = measure.differences(results, {"mae": "untrained"}, 1).iloc[0]
    assert row["cosine, to untrained"].split()[0] == f"{55 / 145 - 45 / 155:.3f}"[1:]
    assert row["linear, without 1"].split()[0] == f"{90 / 110 - 50 / 150:.3f}"[1:]


def test_untrained_network_is_the_one_of_the_same_architecture():
    backbones = {
        "mae": {"architecture": "vit"},
        "random": {"architecture": "vit", "random_seed": 1},
        "simmim": {"architecture": "beit"},
        "random_beit": {"architecture": "beit", "random_seed": 1},
    }
    assert measure.untrained_of(backbones) == {"mae": "random", "simmim": "random_beit"}


def test_spectrum_is_that_of_the_last_layer(results):
    assert results.spectrum("mae") == pytest.approx((8 / 1.5, 8 / 12))
    assert measure.spectra(results, ["mae"]).iloc[0].tolist() == ["mae", "5.3", "0.67"]


def test_negative_numbers_keep_their_sign():
    assert measure.format_interval(-0.0123, -0.02, 0.001) == "-.012 [-.020, .001]"


def test_curves_have_a_panel_for_each_family():
    log = pd.DataFrame({"images": [10, 20, 30], "loss": [3.0, 2.0, 1.0]})
    figure = curves.draw({"mae": log, "dino": log})
    assert [axes.get_title() for axes in figure.axes] == ["mae", "dino"]
    mean = figure.axes[0].lines[1].get_ydata()
    np.testing.assert_allclose(mean, [2, 2, 2])  # fewer rows than are averaged
