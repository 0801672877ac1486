"""Cards of backbones, from made-up results: which panels there are, and whose curves they show."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from patchprobe.figures import card_panels, cards, style
from tests.score_tables import BANK, ROWS, SHOWN, miou, score_table

RETRIEVED = {"dino": 0.6, "mae": 0.4}
LEVELS = ("clean", "shift-1", "shift-4", "blur-2")


@pytest.fixture(autouse=True)
def styled():
    style.use()
    yield
    plt.close("all")


def changed_table():
    """Half of the clean score under mild blur, a quarter under strong; three quarters in noise."""
    rows = []
    for r in SHOWN:
        for classifier in ("knn", "linear"):
            clean = miou(classifier, r.backbone, r.n_removed, BANK)
            for level, kept in (("blur-40", 0.25), ("blur-10", 0.5), ("noise-10", 0.75)):
                about = {"backbone": r.backbone, "n_removed": r.n_removed, "train_set": BANK}
                about |= {"classifier": classifier, "level": level, "metric": "miou"}
                rows.append({**about, "value": kept * clean})
    return pd.DataFrame(rows)


def layer_table(n_layers=3):
    about = {"backbone": "dino", "n_removed": 0, "metric": "miou"}
    return pd.DataFrame(
        [
            {**about, "layer": i, "value": i / 10, "low": 0, "high": 1}
            for i in range(1, n_layers + 1)
        ]
    )


def variance_table():
    rows = [
        {"backbone": backbone, "layer": layer, "rank": rank, "variance": layer / rank}
        for backbone in RETRIEVED
        for layer in (11, 12)
        for rank in (2, 1, 3)
    ]
    return pd.DataFrame(rows)


def retrieval_table():
    about = {"removal": "highest", "standardised": False, "query_label": "changed"}
    rows = [
        {"backbone": r.backbone, "n_removed": r.n_removed, "level": level, **about}
        | {"excluded": "", "metric": metric, "value": value}
        for r in SHOWN
        for place, level in enumerate(LEVELS)
        for metric, value in (
            ("same_patch", RETRIEVED[r.backbone] - 0.1 * place),
            ("attainable", 0.9),
        )
    ]
    return pd.DataFrame(rows)


def association_table(backbone):
    rows = [
        {"backbone": backbone, "n_removed": 0, "video": video, "average": average, "frame_gap": gap}
        | {"metric": metric, "value": value / gap, "low": 0.0, "high": 1.0}
        for video in ("all", "v")
        for average in ("frames", "videos", "objects")
        for gap in (5, 1)
        for metric, value in (("instance_accuracy", 0.8), ("category_accuracy", 0.9))
    ]
    return pd.DataFrame(rows)


def scene_table():
    about = {"backbone": "mae", "dataset": "uc_merced", "metric": "accuracy"}
    rows = [
        {**about, "n_removed": m, "resize_bank": bank, "pooling": pooling, "scale": scale}
        | {"value": scale / 2 + m / 100}
        for m in (0, 10)
        for bank in (True, False)
        for pooling in ("cls", "mean")
        for scale in (1, 0.25)
    ]
    return pd.DataFrame(rows)


def every_table():
    return {
        **{"knn": score_table("knn"), "linear": score_table("linear"), "layers": layer_table()},
        **{"changed": changed_table(), "variance": variance_table()},
        **{"retrieval": retrieval_table(), "bdd100k": association_table("dino")},
        **{"mot17": association_table("mae"), "scenes": scene_table()},
    }


def panels(**tables):
    made = card_panels.panels(SHOWN, BANK, **(tables or every_table()))
    return {panel.title: panel for panel in made}


def curve(panel, name):
    rows = panel.curves[name]
    return [list(zip(part["x"], part["y"], strict=True)) for _, part in rows.groupby("part")]


def test_curves_are_those_of_the_tables():
    made = panels()
    removal = made["Cityscapes: probe without features"]
    expected = [(m, pytest.approx(miou("linear", "mae", m, BANK))) for m in (0, 5, 10)]
    assert curve(removal, "mae") == [expected]
    assert curve(made["Cityscapes: variance of features"], "dino") == [[(1, 12), (2, 6), (3, 4)]]
    assert curve(made["Cityscapes: k-NN by layer"], "dino") == [[(1, 0.1), (2, 0.2), (3, 0.3)]]
    assert curve(made["BDD100K: association of objects"], "dino") == [[(1, 0.8), (5, 0.16)]]
    scenes = made["UC Merced: whole scenes"]
    assert curve(scenes, "mae_10") == [[(25, pytest.approx(0.225)), (100, pytest.approx(0.6))]]


def test_degraded_images_are_shares_of_the_clean_score_family_by_family():
    rows = panels()["Cityscapes: k-NN, degraded images"].curves["mae_10"]
    assert rows["part"].tolist() == ["blur", "blur", "blur", "noise", "noise"]
    assert rows["level"].tolist() == [1, 10, 40, 0, 10]
    np.testing.assert_allclose(rows["y"], [1, 0.5, 0.25, 1, 0.75])
    assert rows["x"].tolist() == [0, 1, 2, 4, 5]  # room between families


def test_retrieval_starts_each_family_at_the_unchanged_images():
    rows = panels()["FAIR1M: retrieval by changed patches"].curves["dino"]
    assert rows["part"].tolist() == ["shift", "shift", "shift", "blur", "blur"]
    np.testing.assert_allclose(rows["y"], [0.6, 0.5, 0.4, 0.6, 0.3])


def test_panels_of_missing_tables_are_left_out():
    assert list(panels(variance=variance_table())) == ["Cityscapes: variance of features"]
    made = panels()
    assert set(made["Cityscapes: k-NN by layer"].curves) == {"dino"}
    assert set(made["MOT17: association of objects"].curves) == {"mae"}


def test_a_card_has_the_panels_of_its_backbone():
    every = list(panels().values())
    figure = cards.draw("dino", SHOWN, every)
    titles = [axes.get_title().removeprefix("Cityscapes: ") for axes in figure.axes]
    assert titles == [
        *("k-NN without features", "probe without features", "variance of features"),
        *("k-NN by layer", "k-NN, degraded images", "probe, degraded images"),
        *("FAIR1M: retrieval by changed patches", "BDD100K: association of objects"),
    ]


def test_own_curves_are_coloured_and_those_of_others_grey():
    figure = cards.draw("mae", SHOWN, list(panels().values()))
    by_title = {axes.get_title(): axes for axes in figure.axes}
    retrieval = by_title["FAIR1M: retrieval by changed patches"]
    colours = [to_hex(line.get_color()) for line in retrieval.lines]
    grey, (mae, mae_10) = to_hex("0.75"), [r.colour for r in SHOWN[1:]]
    assert colours == [grey] * 2 + [mae] * 2 + [mae_10] * 2  # shift and blur of each
    names = {text.get_text() for text in retrieval.texts}
    assert {"DINO", "MAE"} <= names  # MAE-10 ends where MAE does
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["MAE", "MAE-10", "other backbones"]
    association = by_title["MOT17: association of objects"]
    assert [to_hex(line.get_color()) for line in association.lines] == [mae]
    assert len(association.collections) == 1  # its interval


def test_names_at_the_ends_of_curves_do_not_meet():
    rows = [*ROWS, ["near", "near", 0, "Near", ""], ["far", "far", 0, "Far", ""]]
    shown = style.representations(rows)
    layers = [
        layer_table().assign(backbone=name, value=[0, 0, value])
        for name, value in (("dino", 0.5), ("near", 0.51), ("far", 0.9))
    ]
    made = card_panels.panels(shown, BANK, layers=pd.concat(layers))
    (axes,) = cards.draw("dino", shown, made).axes
    assert [text.get_text() for text in axes.texts] == ["DINO", "Far"]


def test_many_levels_are_labelled_at_the_ends_of_families():
    levels = [f"blur-{n}" for n in range(2, 14)]
    one = retrieval_table()
    one = one[(one["level"] == "blur-2") & (one["backbone"] == "dino")]
    rows = pd.concat([one.assign(level=level) for level in ["clean", *levels]])
    made = card_panels.panels(SHOWN, BANK, retrieval=rows)
    (axes,) = cards.draw("dino", SHOWN, made).axes
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "13"]


def test_a_backbone_without_results_has_no_card():
    with pytest.raises(ValueError, match="nothing to show of mae"):
        cards.draw("mae", SHOWN, list(panels(layers=layer_table()).values()))
