"""Table 4 and its panel from made-up results."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from patchprobe.figures import style, tab4_panel, tab4_reconstruction, tables

pytestmark = pytest.mark.filterwarnings("error")
SHOWN = style.representations([["mae", "mae", 0, "MAE", ""], ["mae_8", "mae", 8, "MAE-8", ""]])
FILLS = [
    ("none", "", 0, 0), ("highest", "zero", 8, 0), ("highest", "mean", 8, 0),
    ("lowest", "zero", 8, 0), ("random", "zero", 8, 0), ("random", "zero", 8, 1),
    ("highest", "zero", 4, 0),
]  # fmt: skip
VIEWS = [(0.0, "all", False), (0.75, "all", False), (0.75, "all", True), (0.75, "masked", True)]
NAMES = [
    "MAE",
    "MAE, the 8 of highest variance set to 0",
    "MAE, the 8 of lowest variance set to 0",
    "MAE, 8 random ones set to 0",
    "MAE, the 8 of highest variance set to their means",
]


@pytest.fixture
def path(tmp_path):
    """A table: MSE is the number of the fill, and a tenth of that of the view."""
    rows = [
        dict(zip(("features", "filled_with", "n_removed", "draw"), fill, strict=True))
        | dict(zip(("mask_ratio", "pixels", "pasted"), view, strict=True))
        | {"backbone": "mae", "metric": metric, "n_crops": 35, "n_left_out": 0}
        | {"value": (value := add + i + j / 10), "low": value - 1, "high": value + 1}
        | {"gain": i, "gain_low": i - 1, "gain_high": i + 1}
        for i, fill in enumerate(FILLS)
        for j, view in enumerate(VIEWS)
        for metric, add in (("mse", 0), ("psnr", 100), ("ssim", 200))
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "fills.csv", index=False)
    return tmp_path / "fills.csv"


@pytest.fixture
def reconstruction(path):
    return tables.load([str(path)], {})


def test_table_4_has_a_row_for_every_fill_and_view(reconstruction):
    table = tab4_reconstruction.build(reconstruction, SHOWN)
    assert table["features"].drop_duplicates().tolist() == NAMES
    assert len(table) == len(NAMES) * len(VIEWS)
    views = ["mask_ratio", "pixels", "pasted"]
    assert list(table)[:7] == ["features", *views, "mse", "psnr", "ssim"]
    lowest = table[table["features"] == NAMES[2]]
    assert list(lowest[views].itertuples(index=False, name=None)) == VIEWS
    assert lowest["mse"].tolist() == pytest.approx([3, 3.1, 3.2, 3.3])
    assert lowest["psnr_low"].tolist() == pytest.approx([102, 102.1, 102.2, 102.3])
    assert lowest["ssim_gain_high"].tolist() == [4] * 4
    assert lowest["mse_sd"].isna().all()
    assert (table["n_crops"] == 35).all()


def test_table_4_averages_draws(reconstruction):
    table = tab4_reconstruction.build(reconstruction, SHOWN)
    random = table[table["features"] == NAMES[3]]
    assert random["mse"].tolist() == pytest.approx([4.5, 4.6, 4.7, 4.8])
    assert random["mse_sd"].tolist() == pytest.approx([np.std([4, 5], ddof=1)] * 4, abs=1e-5)


def test_other_settings_are_an_error(reconstruction):
    with pytest.raises(ValueError, match="too few features to remove so many"):
        tab4_reconstruction.build(reconstruction[reconstruction["n_removed"] < 8], SHOWN)


def test_panel_shows_every_fill_of_every_crop(path, reconstruction):
    """Decoded pictures are of one grey: 10 * ratio + fill, and 100 * crop."""
    stored = [fill for fill in FILLS if fill[3] == 0]
    grey = np.zeros((2, len(stored), 2, 4, 4, 3), np.uint8)
    grey += np.arange(2, dtype=np.uint8)[:, None, None, None, None, None] * 10
    grey += np.arange(len(stored), dtype=np.uint8)[:, None, None, None, None]
    grey += np.arange(2, dtype=np.uint8)[:, None, None, None] * 100
    keys = ("features", "filled_with", "n_removed")
    about = {key: np.array([fill[i] for fill in stored]) for i, key in enumerate(keys)}
    np.savez(
        path.with_name("fills_examples.npz"),
        ratios=np.array([0, 0.75]), seen=grey[:, 0] + 50, decoded=grey, **about,
    )  # fmt: skip
    style.use()
    figure = tab4_panel.draw(reconstruction, SHOWN)
    greys = [int(axes.get_images()[0].get_array()[0, 0, 0]) for axes in figure.axes]
    by_row = [[fill, 10 + fill, 100 + fill, 110 + fill] for fill in (0, 1, 3, 4, 2)]
    assert np.reshape(greys, (6, 4)).tolist() == [[50, 60, 150, 160], *by_row]
    labels = [axes.get_ylabel().replace("\n", " ") for axes in figure.axes[::4]]
    assert labels == ["what is seen", *NAMES]
    assert [axes.get_title() for axes in figure.axes[:2]] == ["0% hidden", "75% hidden"]
    plt.close(figure)
