"""Tables of the page: rows as text, numbers, verdicts, comparisons, the leaderboard."""

import pytest

from patchprobe.report import comparisons, leaderboard, rows, sheets, verdicts

from . import report_material as material


def texts(sheet):
    """Texts of all cells, row by row."""
    return [[cell.text for cell in row.cells] for row in sheet.rows]


def labels(sheet):
    return [column.label for column in sheet.columns]


def named(columns, values):
    """Rows as dictionaries."""
    return [dict(zip(columns, row, strict=True)) for row in values]


def test_rows_are_text_as_it_was_written(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('\ufeffname,value\n"a, b",.10\nnan,\n', encoding="utf-8")
    read = rows.read(path, ("name", "low"))
    assert read.columns == ("name", "value")
    assert read.rows == [
        {"name": "a, b", "value": ".10", "low": ""},
        {"name": "nan", "value": "", "low": ""},
    ]
    assert read.lacking == ("low",)


@pytest.mark.parametrize("content", [None, "", "name\n"], ids=["absent", "empty", "no rows"])
def test_a_file_without_rows_has_none(tmp_path, content):
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_text(content)
    read = rows.read(path, ("name",))
    assert not read
    assert read.lacking == (() if content == "name\n" else ("name",))


def test_a_line_that_is_too_short_is_filled_up(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1\n1,2,3\n")
    assert rows.read(tmp_path / "x.csv").rows == [{"a": "1", "b": ""}, {"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), ("-.2", -0.2), ("1e3", 1000), ("", None), ("nan", None), ("-inf", None)],
)
def test_numbers_of_text(text, value):
    assert rows.as_number(text) == value


def test_natural_order():
    places = ["Table 2", "Figure 10", "Figure 2b", "figure 2a", "2b", "Beside Figure 3", "10"]
    assert sorted(places, key=rows.natural) == [
        *("2b", "10", "Beside Figure 3", "figure 2a", "Figure 2b", "Figure 10", "Table 2"),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (".058", ".058"),
        ("0.123456", "0.1235"),
        ("-0.00012", "-0.0001"),
        ("-0.00001", "0.0000"),
        ("-.0001", "-.0001"),
        ("12345.678901", "12345.7"),
        ("0.000000", "0.0000"),
        ("mae_200", "mae_200"),
        ("1.2.3456789", "1.2.3456789"),
    ],
)
def test_long_numbers_are_shortened_and_others_left_as_they_are(text, shown):
    assert sheets.number(text) == shown


def test_a_value_has_its_interval_below_and_is_sorted_by_all_its_digits():
    row = {"value": "0.1234567", "low": "0.1", "high": "0.2"}
    assert sheets.value_with_interval(row, "value") == sheets.Cell(
        "0.1235", "0.1234567", "[0.1, 0.2]"
    )
    assert sheets.value_with_interval({**row, "low": ""}, "value").below == ""
    assert sheets.value_with_interval({**row, "value": ""}, "value").text == "–"


def test_columns_of_numbers_are_sorted_from_the_largest_first(tmp_path):
    path = material.write_csv(tmp_path / "x.csv", ["a", "b", "c"], [["1", "x", ""], ["", "2", ""]])
    table = sheets.of_file("X", rows.read(path))
    assert [column.is_number for column in table.columns] == [True, False, False]
    assert [x.first for x in table.columns] == ["descending", "ascending", "ascending"]
    assert texts(table) == [["1", "x", "–"], ["–", "2", "–"]]


def test_rows_beyond_the_limit_are_counted(tmp_path):
    path = material.write_csv(tmp_path / "x.csv", ["a"], [["1"], ["2"], ["3"]])
    table = sheets.of_file("X", rows.read(path), max_rows=2)
    assert (texts(table), table.n_left_out) == ([["1"], ["2"]], 1)


def test_what_is_equal_in_all_rows_is_told_once():
    given = [{"a": "1", "b": "x", "c": ""}, {"a": "1", "b": "y", "c": ""}]
    assert sheets.told_once(given, ("a", "b", "c")) == (["b"], {"a": "1"})
    assert sheets.told_once(given[:1], ("a", "b", "c")) == (["a", "b"], {})


def test_counts_of_verdicts_keep_their_order_and_tell_of_others():
    found = [{"verdict": x} for x in ("not run", "holds", "perhaps", "", "holds")]
    counted = verdicts.counts(found, verdicts.OF_CLAIMS)
    assert [(x.verdict, x.n) for x in counted] == [
        ("holds", 2),
        ("does not hold", 0),
        ("undecided", 0),
        ("not run", 1),
        ("no verdict", 1),
        ("perhaps", 1),
    ]


def test_numbers_are_grouped_by_figure_and_table_in_their_order():
    beside = material.value(shown_in="beside Figure 1")
    groups = verdicts.value_groups([beside, *material.VALUES])
    titles = [group.title for group in groups]
    assert titles == ["Figure 2b", "Figure 10", "Table 2", "Beside Figure 1"]
    assert [x.n for x in groups[2].counts] == [1, 0, 0, 1]
    assert groups[2].sheet.same == {"metric": "mIoU"}
    assert labels(groups[2].sheet) == [
        *("representation", "published", "obtained", "difference", "tolerance", "verdict", "note"),
    ]
    assert texts(groups[2].sheet) == [
        ["MAE", ".058", "0.06", "0.002", "–", "agrees", "–"],
        ["DINO", ".345", "–", "–", "–", "not run", "no such subset"],
    ]


def test_a_difference_is_clear_if_its_interval_leaves_out_zero():
    ends = [(".1", ".2"), ("-.2", "-.1"), ("-.1", ".1"), ("0", ".1"), ("", "")]
    found = [{"difference_low": low, "difference_high": high} for low, high in ends]
    assert [comparisons.leaves_out_zero(x).text for x in found] == ["yes", "yes", "no", "no", "–"]
    assert comparisons.n_clear(found) == (2, 4)


def test_what_a_choice_is_worth_by_hand():
    table = comparisons.worth_sheet(named(comparisons.CHOICE_COLUMNS, material.CHOICES))
    assert labels(table) == [
        *("choice", "dataset", "task", "compared", "median difference"),
        *("largest loss", "largest gain", "clear of 0"),
    ]
    # differences .1 and -.02: median .04; the interval of the first leaves out zero
    assert texts(table) == [
        [
            "similarity: dot → l2",
            "cityscapes",
            "k-NN mIoU",
            "2",
            "0.0400",
            "-0.0200",
            "0.1000",
            "1 of 2",
        ]
    ]


def test_worth_of_a_choice_without_numbers():
    row = dict.fromkeys(comparisons.CHOICE_COLUMNS, "")
    assert texts(comparisons.worth_sheet([row]))[0][3:] == ["0", "–", "–", "–", "–"]
    assert comparisons.worth_sheet([]).rows == []


def test_largest_noise_is_of_either_sign():
    found = named(comparisons.NOISE_COLUMNS, material.NOISE)
    assert comparisons.largest(found, "published") == "0.017 (k-NN) and 0.030 (linear probes)"
    assert comparisons.largest(found[:1], "published") == "0.003 (k-NN)"
    assert comparisons.largest(found, "obtained") == "0.010 (linear probes)"
    assert comparisons.largest(found[:1], "obtained") == ""


BOARD = named(leaderboard.COLUMNS, material.BOARD)


def test_leaderboard_marks_the_best_and_those_level_with_it():
    table = leaderboard.sheet(BOARD)
    assert labels(table) == [
        "Representation",
        "k-NN mIoU, cityscapes",
        "error, cityscapes, mse",
    ]
    assert texts(table) == [
        ["mini DINO", ".35", ".2"],
        ["mini MAE", ".3", ".5"],
        ["mini MAE-8", ".1", "–"],
    ]
    assert [row.cells[1].verdict for row in table.rows] == ["best", "level", ""]
    assert table.rows[0].cells[1].below == "[.3, .4]"


def test_leaderboard_is_sorted_from_the_best_of_every_task():
    assert [x.first for x in leaderboard.sheet(BOARD).columns[1:]] == ["descending", "ascending"]


def test_a_heading_tells_dataset_and_metric_once():
    assert leaderboard.title("Patches, ADE20K", "ade20k", "mean IoU") == "Patches, ADE20K, mean IoU"
    assert leaderboard.title("Patches", "", "") == "Patches"


def test_places_of_a_backbone():
    assert leaderboard.places(BOARD, "mae") == {
        "mini MAE": ["k-NN mIoU, cityscapes: 2 of 3 (level)", "error, cityscapes, mse: 2 of 2"],
        "mini MAE-8": ["k-NN mIoU, cityscapes: 3 of 3"],
    }
    assert leaderboard.places(BOARD, "other") == {}
