"""The code of docs/library.md runs as it is printed there."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from patchprobe import store
from patchprobe.backbones import weights
from tests import fakes

TEXT = (Path(__file__).parents[1] / "docs/library.md").read_text()
BLOCKS = dict(re.findall(r"<!-- tested: (.+?) -->\n```python\n(.*?)```", TEXT, re.DOTALL))


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a block in an empty folder; gives what it printed and its variables."""
    monkeypatch.chdir(tmp_path)

    def run(name, replaced=()):
        code = BLOCKS[name]
        for old, new in replaced:
            assert old in code
            code = code.replace(old, new)
        variables = {}
        exec(code, variables)
        return capsys.readouterr().out, variables

    return run


def test_every_block_is_tested():
    assert TEXT.count("```python") == len(BLOCKS) == 3
    lines = [line for line in BLOCKS["own images"].splitlines() if line]
    assert len(lines) <= 20


def test_own_images(run, tmp_path):
    """With a smaller ViT of random weights, whose nearest patch to a copy is the copied patch."""
    rng = np.random.default_rng(0)
    for folder, names in {"bank": "ab", "query": "c"}.items():
        (tmp_path / folder).mkdir()
        for name in names:
            pixels = rng.integers(0, 256, (224, 448, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / folder / f"{name}.jpg")
    (tmp_path / "query/c.jpg").write_bytes((tmp_path / "bank/b.jpg").read_bytes())
    small = "vit_small_patch16_224"  # 384 features
    weights.random("mae_pretrain_vit_base.pth", "mae", small)
    out, found = run("own images", [("vit_base_patch16_224", small)])
    assert found["bank"].rows.shape == (2 * 2 * 196, 384)
    patches = 2 * 196 + np.arange(2 * 196)  # those of b.jpg
    assert (found["found"].index[:, found["l2"], :, 0] == patches).all()
    # patch 100 of a tile is the third in the eighth row
    for m in (0, 200):
        assert f"without {m} features: bank/b.jpg, px [ 32. 112.  48. 128.]" in out


def test_stores(run, tmp_path):
    grid, images = (14, 14), [["train", "ulm_1", 0], ["train", "ulm_2", 0], ["val", "jena_1", 0]]
    rng = np.random.default_rng(0)
    tokens = {"clean": rng.standard_normal((3, 196, 8)).astype(np.float16)}
    path = Path("results/embeddings/cityscapes/clean/mae/1-of-1.zarr")
    fakes.write_tokens(path, tokens, images, grid)
    about = {**store.attributes(path), "depth": 2}
    store.zarr.open_group(str(path), mode="a").attrs.update(about)
    store.seal(path)
    centre = rng.integers(0, 6, (3, 196), dtype=np.uint8)
    fakes.write_labels("results/labels/cityscapes/clean/14x14.zarr", centre, images, grid)
    out, found = run("stores")
    np.testing.assert_array_equal(found["rows"], tokens["clean"][:2].reshape(-1, 8))
    np.testing.assert_array_equal(found["classes"], centre[:2].ravel())
    assert "(392, 8) (392,)" in out and "'backbone': 'mae'" in out


def test_results(run, tmp_path):
    """The interval of a class that stands where Cityscapes has its road: number 7."""
    folder = Path("results/knn/cityscapes/mae")
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 50, (4, 6, 8, 8))
    counts[3, :, 7, 7] += 500  # the last setting hits more
    keys = {"metric": "iou", "class": "road", "label_rule": "majority", "k": 1}
    keys["train_set"] = "train_72"
    settings = [("dot", 0), ("l2", 0), ("dot", 200), ("l2", 200)]
    pd.DataFrame(
        [
            {"setting": i, **keys, "similarity": similarity, "n_removed": m}
            for i, (similarity, m) in enumerate(settings)
        ]
    ).to_csv(folder / "subsets.csv", index=False)
    np.savez(folder / "subsets_counts.npz", counts=counts)
    out, found = run("results")
    hits, total = (
        counts[:, :, 7, 7].sum(1),
        counts[:, :, 7].sum((1, 2)) + counts[..., 7].sum((1, 2)),
    )
    iou = hits / (total - hits)
    low, high = found["low"], found["high"]
    assert low < iou[3] - iou[1] < high and low > 0
    assert f"interval: {low:.3f} to {high:.3f}" in out
