"""Reading finished results for drawing; one colour and label for each name."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from patchprobe import results
from patchprobe.figures import style, tables
from tests.score_tables import ROWS, SHOWN, score_table

PUBLISHED = {"similarity": "dot", "label_rule": "centre"}


def mixed():
    """Rows of k-NN by two similarities and two label rules, and of a probe."""
    knn = [
        {"classifier": "knn", "similarity": similarity, "label_rule": rule, "k": 1, "selection": ""}
        for similarity in ("dot", "l2")
        for rule in ("centre", "majority")
    ]
    linear = {"classifier": "linear", "label_rule": "centre", "selection": "last"}
    rows = [{**row, "metric": "miou", "value": 0.1 * n} for n, row in enumerate([*knn, linear])]
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------ reading


def test_a_protocol_selects_rows_of_knn_and_keeps_those_of_probes(tmp_path):
    mixed().to_csv(tmp_path / "a.csv", index=False)
    for table in (mixed(), tables.read([tmp_path / "a.csv"])):
        chosen = tables.select_protocol(table, PUBLISHED)
        assert chosen["classifier"].tolist() == ["knn", "linear"]
        assert chosen["value"].tolist() == pytest.approx([0, 0.4])
    loaded = tables.load(str(tmp_path / "a.csv"), {"similarity": "l2", "label_rule": "majority"})
    # the probe was trained on centre labels: not of this protocol
    assert loaded["classifier"].tolist() == ["knn"]
    assert loaded["value"].tolist() == pytest.approx([0.3])
    assert len(tables.select_protocol(mixed(), {"layer": 3})) == 5


def test_tables_are_joined_and_say_where_rows_are_from(tmp_path):
    paths = [str(tmp_path / name) for name in ("dino.csv", "mae.csv")]
    for path in paths:
        mixed().to_csv(path, index=False)
    table = tables.load(paths, PUBLISHED)
    assert table["table"].tolist() == [paths[0]] * 2 + [paths[1]] * 2


def test_only_numbers_can_be_missing(tmp_path):
    rows = {"class": ["NA", "None", ""], "value": [0.5, np.nan, 1], "low": [np.nan, np.nan, 0.9]}
    pd.DataFrame(rows).to_csv(tmp_path / "a.csv", index=False)
    table = tables.read([tmp_path / "a.csv"])
    assert table["class"].tolist() == ["NA", "None", ""]
    assert table["value"].isna().tolist() == [False, True, False]


def test_archives_are_read_as_arrays(tmp_path):
    np.savez(tmp_path / "a.npz", images=np.array([["val", "ulm", "0"]]), image_0=np.ones(3))
    found = tables.load(str(tmp_path / "a.npz"), PUBLISHED)
    assert found["images"].tolist() == [["val", "ulm", "0"]]
    assert found["image_0"].tolist() == [1, 1, 1]


def test_nothing_to_draw_is_an_error():
    with pytest.raises(ValueError, match="there is nothing to draw"):
        tables.load([], PUBLISHED)


# ------------------------------------------------------------------------------ selecting


def test_rows_of_a_representation():
    table = score_table("knn")
    chosen = tables.select_representation(table, SHOWN[2], metric="miou", train_set="train_36")
    assert chosen[["backbone", "n_removed"]].to_numpy().tolist() == [["mae", 10]]
    with pytest.raises(ValueError, match="no rows with .*'n_removed': 10.*too few features"):
        tables.select_representation(table[table["n_removed"] < 10], SHOWN[2])


def test_predictions_of_a_row(tmp_path):
    found = results.Results([("val", "ulm", 0)], grid=(1, 2), tiles=[[1, 1]])
    for number in range(3):
        found.add([{"metric": "miou", "value": 0}], np.ones(1), np.full((1, 2), number), m=number)
    paths = [tmp_path / f"a{end}" for end in (".csv", "_counts.npz", "_predictions.npz")]
    found.save(*paths)
    row = tables.select(tables.read(paths[:1]), m=2).iloc[0]
    read = tables.predictions_of(row)
    assert read["predictions"].tolist() == [[2, 2]]
    assert read["grid"].tolist() == [1, 2]
    assert read["images"].tolist() == [["val", "ulm", "0"]]


def test_images_left_out_are_told_in_the_note():
    whole, some = score_table("knn"), score_table("knn", n_left_out=3)
    archive = {"image_0": np.ones(3)}
    assert tables.with_left_out("Note", whole, archive) == "Note"
    text = "up to 3 listed images left out, since they could not be read"
    assert tables.with_left_out("Note", whole, some) == f"Note. {text}"
    assert tables.with_left_out("", some) == text.capitalize()


# ------------------------------------------------------------------------------ style


def test_a_colour_belongs_to_a_name_and_not_to_a_place():
    forwards = {r.name: r.colour for r in style.representations(ROWS)}
    backwards = {r.name: r.colour for r in style.representations(ROWS[::-1])}
    alone = {r.name: r.colour for row in ROWS for r in style.representations([row])}
    assert forwards == backwards == alone
    assert len(set(forwards.values())) == 3


def test_a_colour_may_be_given():
    rows = [["mae", "mae", 0, "MAE", "#1e3c5a"], ["mae_9", "mae", 9, "MAE-9", "#1e3c5a"]]
    assert [r.colour for r in style.representations(rows)] == ["#1e3c5a", "#122436"]


def test_unknown_backbones_have_colours_of_their_own():
    colours = {style.colour_of(name) for name in ("mae", "my_vit", "other_vit", "beit")}
    assert len(colours) == 4
    assert style.colour_of("my_vit") == style.colour_of("my_vit")
    assert all(mpl.colors.is_color_like(colour) for colour in colours)


def test_a_representation_with_removed_features_is_darker():
    for name in ("mae", "my_vit"):
        whole, removed = (np.array(mpl.colors.to_rgb(style.colour_of(name, m))) for m in (0, 200))
        np.testing.assert_allclose(removed, 0.6 * whole, atol=1 / 255)


def test_whole_backbones_are_shown_once_each():
    assert [r.name for r in style.whole(SHOWN)] == ["dino", "mae"]
    assert [r.name for r in style.whole(SHOWN[::-1])] == ["mae", "dino"]
    assert [r.name for r in style.whole(SHOWN[2:])] == ["mae_10"]
    assert [r.is_whole for r in SHOWN] == [True, True, False]


def test_a_note_is_drawn_in_lines_that_fit(tmp_path):
    style.use()
    figure, _ = mpl.pyplot.subplots(figsize=(3, 2))
    style.save(figure, [tmp_path / "folder" / "a.svg", tmp_path / "a.png"], "word " * 40)
    lines = figure.get_supxlabel().splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= 3 * 19
    assert (tmp_path / "folder" / "a.svg").read_text().count("word") >= 40
    assert (tmp_path / "a.png").stat().st_size > 0
