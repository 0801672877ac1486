"""How much the paper asks for, worked out by hand."""

import csv
from pathlib import Path

import pytest
import yaml
from snakemake.utils import validate

from patchprobe.datasets.land_use_splits import land_use, splits_80_20
from patchprobe.study import disk, plan, published
from patchprobe.study.amounts import Amounts
from patchprobe.study.work import Work
from tests.configs import SCHEMA_PATH, configured

ROOT = Path(__file__).parents[1]
MODEL = ("embed", "vit_base_patch16_224", 224, 224)


@pytest.fixture(scope="module")
def paper():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    validate(config, str(SCHEMA_PATH))
    return Work(config, plan.with_lists(config))


# ------------------------------------------------------------------------------ crops, patches


@pytest.mark.parametrize(
    ("subset", "n_images", "n_crops", "n_patches", "n_patches_14"),
    [
        ("train_72", 72, 2304, 451_584, 589_824),
        ("val_30", 30, 960, 188_160, 245_760),
        ("train_144", 142, 4544, 890_624, 1_163_264),  # 142 different images
    ],
)
def test_cityscapes(paper, subset, n_images, n_crops, n_patches, n_patches_14):
    cut = paper.cut("cityscapes", names=[subset])
    assert (len(cut.layouts), cut.n_crops) == (n_images, n_crops)
    assert cut.frame_px == cut.crop_px == n_images * 1024 * 2048
    assert paper.n_patches("cityscapes", "dino", subset) == n_patches
    assert paper.n_patches("cityscapes", "dinov2", subset) == n_patches_14


def test_subsets_share_images(paper):
    assert paper.cut("cityscapes").n_crops == (142 + 30) * 32  # the others are among the 142
    assert paper.cut("cityscapes", "changed").n_crops == 960
    assert paper.cut("cityscapes", "changed").n_levels == 12


def test_all_of_a_split_are_as_many_as_it_says_and_hold_the_others():
    asked = {"val_30": "30.txt", "val_500": {"all": 500}}
    subsets = {
        "train_72": ["train", ["a", "b"]],
        "val_30": ["val", ["c"]],
        "val_500": ["val", None],
    }
    full = Work(configured({"datasets/cityscapes/subsets/val": asked}), {"cityscapes": subsets})
    assert full.n_patches("cityscapes", "dino", "val_500") == 500 * 32 * 196
    assert full.n_patches("cityscapes", "dino", "val_30") == 32 * 196
    assert full.cut("cityscapes", names=list(subsets)).n_crops == (2 + 500) * 32


def test_whole_frames(paper):
    cut = paper.cut("cityscapes", "whole")
    assert (cut.n_crops, cut.input_px) == (102, (1024, 2048))
    assert paper.n_patches("cityscapes", "mae", "train_72", "whole") == 72 * 64 * 128


def test_ade20k(paper):
    cut = paper.cut("ade20k")
    assert len(cut.layouts) == 600 + 300  # the 600 are drawn: four of each of 150 classes
    assert cut.n_crops == 900 * 2 * 3


def test_fair1m(paper):
    assert paper.cut("fair1m").n_crops == 295
    assert paper.n_patches("fair1m", "ibot", "tiles_295") == 57_820
    assert paper.n_patches("fair1m", "dinov2", "tiles_295") == 75_520
    assert paper.cut("fair1m", "changed").n_levels == 20


def test_share_of_objects_is_that_of_table_3():
    with (ROOT / "config/paper_values/tab3.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == "patches_vit16"]
    every = sum(int(row["value"]) for row in rows)
    objects = every - int(rows[0]["value"])
    assert rows[0]["class"] == "background"
    assert objects / every == published.OBJECT_SHARE
    assert round(75_520 * published.OBJECT_SHARE) == pytest.approx(7_623, rel=0.01)


def test_mot17(paper):
    cut = paper.cut("mot17")
    # six sequences of 1920 x 1080 px, 4 x 8 tiles; one of 640 x 480 px, 2 x 2 tiles
    assert (len(cut.frames), cut.n_crops) == (5316, (5316 - 837) * 32 + 837 * 4)
    assert cut.n_crops == 146_676


def test_few_queries_need_few_frames(paper):
    config = {**paper.config, "datasets": {**paper.config["datasets"]}}
    config["datasets"]["mot17"] = {**config["datasets"]["mot17"], "query_every": 20}
    few = Work(config, paper.subsets)
    n_frames = len(few.cut("mot17").frames)
    assert n_frames == pytest.approx(5316 * 6 / 20, abs=7)
    assert few.n_boxes("mot17") == round(112_297 * n_frames / 5316)
    job = {"dataset": "mot17", "variant": "clean", "backbone": "dino"}
    ((_, pairs),), ((_, of_all),) = few.of("association", job)[0], paper.of("association", job)[0]
    assert pairs == pytest.approx(of_all / 20)


def test_bdd100k(paper):
    cut = paper.cut("bdd100k")
    assert len(cut.frames) == 4 * 202 and cut.n_crops == 4 * 202 * 15  # 3 x 5 tiles
    assert paper.cut("bdd100k", "whole").input_px == (672, 1120)


@pytest.mark.parametrize("name", plan.SCENES)
def test_parts_of_scenes_are_as_large_as_those_that_are_drawn(paper, name):
    names = {k: [f"{k}_{i}" for i in range(n)] for k, n in land_use(name).n_images.items()}
    for part, drawn in splits_80_20(names).items():
        assert paper.cut(name, names=[part]).n_crops == len(drawn)


# ------------------------------------------------------------------------------ bytes


def test_bytes_of_stores(paper):
    assert paper.crop_bytes("cityscapes", "changed") == 12 * 960 * 256 * 256 * 3
    one_layer = 5504 * 197 * 768 * 2
    assert paper.embedding_bytes("cityscapes", "clean", "dino") == 12 * one_layer
    assert paper.embedding_bytes("cityscapes", "changed", "dino") == 12 * 960 * 197 * 768 * 2
    assert paper.scene_bytes("eurosat", "scale_mae") == 27_000 * 3 * 2 * 1024 * 4
    assert paper.label_bytes("cityscapes", "clean", 196) == 5504 * 196 * (1 + 1 + 4 * 34)
    assert paper.label_bytes("fair1m", "changed", 196) == 295 * 196 * 20 * (1 + 1 + 2)
    assert paper.descriptor_bytes("mot17", "dino") == 112_297 * 768 * (49 * 2 + 4)


def test_bytes_of_videos_are_those_that_a_run_tells(paper):
    class Dataset:
        layout = staticmethod(lambda root, split, item: published.layout("mot17", split, item))

    items = [("train", item) for item in published.MOT17_FRAMES]
    planned = {("clean", None), ("clean", "dinov2")}
    told = disk.stores(paper.config, "mot17", Dataset, ".", items, planned)
    assert [n for _, n in told] == [
        paper.crop_bytes("mot17", "clean"),
        # CLS is not told there
        paper.embedding_bytes("mot17", "clean", "dinov2") // 257 * 256,
    ]


# ------------------------------------------------------------------------------ work


def test_crops_are_cut_or_changed(paper):
    assert paper.of("crops", {"dataset": "fair1m", "variant": "clean"}) == (
        [(("cut",), 295 * 1000 * 1000)],
        295 * 224 * 224 * 3,
    )
    ((kind, px),), _ = paper.of("crops", {"dataset": "fair1m", "variant": "changed"})
    assert (kind, px) == (("change", "fair1m"), 20 * 295 * 224 * 224)


def test_parts_of_an_embedding_add_up(paper):
    job = {"dataset": "cityscapes", "variant": "changed", "backbone": "dino"}
    whole, n_bytes = paper.of("embed", {**job, "scatteritem": "1-of-1"})
    assert whole == [(MODEL, 12 * 960)]
    part, of_part = paper.of("embed", {**job, "scatteritem": "3-of-8"})
    assert (part, of_part) == ([(MODEL, 12 * 960 / 8)], n_bytes // 8)


def test_inputs_are_multiples_of_the_patch(paper):
    job = {"dataset": "bdd100k", "variant": "whole", "backbone": "dinov2"}
    ((kind, n),), _ = paper.of("embed", job)
    assert (kind, n) == (("embed", "vit_base_patch14_dinov2", 672, 1120), 808)
    work, _ = paper.of("embed_scenes", {"dataset": "eurosat", "backbone": "scale_mae"})
    architecture = "vit_large_patch16_224"
    assert work == [(("embed", architecture, px, px), 27_000) for px in (16, 32, 64)]


def test_searches(paper):
    job = {"dataset": "cityscapes", "backbone": "mae"}
    work, _ = paper.of("knn", {**job, "experiment": "subsets"})
    a_bank_image = 32 * 196 * 188_160
    assert work == [
        (("knn", 2, 3, 1), 36 * a_bank_image),
        (("knn", 11, 3, 1), 72 * a_bank_image),
        (("knn", 2, 3, 1), 72 * a_bank_image),
        (("knn", 2, 3, 1), 142 * a_bank_image),
    ]
    layers, _ = paper.of("knn", {**job, "experiment": "layers"})
    assert layers == [(("knn", 1, 3, 1), 12 * 72 * a_bank_image)]
    assert paper.of("robustness", job)[0] == [(("knn", 2, 3, 1), 12 * 72 * a_bank_image)]
    assert paper.of("held_out", job)[0] == [(("knn", 1, 3, 1), 12 * 451_584**2)]


def test_parts_of_a_search_add_up(paper):
    job = {"dataset": "cityscapes", "backbone": "mae", "experiment": "subsets"}
    whole, n_bytes = paper.of("knn", job)
    part = paper.of("knn_part", {**job, "scatteritem": "3-of-4"})
    assert part == ([(kind, pairs / 4) for kind, pairs in whole], n_bytes)
    assert paper.of("knn_joined", job) == ([], 0)


def test_searches_beyond_the_paper(paper):
    pairs = 451_584 * 188_160
    work, _ = paper.of("knn_variants", {"dataset": "cityscapes", "backbone": "mae"})
    plain, votes, sweep = ("knn", 1, 3, 1), ("knn", 1, 3, 100), ("knn", 11, 2, 1)
    assert sorted(work) == sorted(
        2 * [(votes, pairs)] + 4 * [(plain, pairs)] + 4 * [(sweep, pairs)]
    )
    assert len(paper.of("knn_variants", {"dataset": "cityscapes", "backbone": "dino"})[0]) == 5


def test_retrieval(paper):
    of_level = 57_820 * 5_850
    work, _ = paper.of("retrieval", {"dataset": "fair1m", "backbone": "ibot"})
    plain = ("knn", 1, 3, 1)
    assert work == [(plain, 21 * of_level), (plain, 21 * of_level), (plain, 4 * of_level)]
    # Scale-MAE has 1,024 features; 200 are removed: those of highest or lowest variance, or others
    work, _ = paper.of("retrieval", {"dataset": "fair1m", "backbone": "scale_mae"})
    assert len(work) == 5 and work[0] == (("knn", 2, 3, 1), 21 * of_level * 1024 / 768)


def test_probes(paper):
    job = {"dataset": "cityscapes", "backbone": "mae"}
    an_image = 32 * 196 * 250
    assert paper.of("linear", {**job, "experiment": "subsets"})[0] == [
        (("probe", 2, 34), 36 * an_image),
        (("probe", 11, 34), 72 * an_image),
        (("probe", 2, 34), 72 * an_image),
        (("probe", 2, 34), 142 * an_image),
    ]
    work, _ = paper.of("linear_variants", job)
    # without BatchNorm; by both label rules, with and without 200 features; controls
    heads = [1, 2, 2, 11, 11, 11, 11]
    assert work == [(("probe", n, 34), 72 * an_image) for n in heads]
    job["backbone"] = "simmim"  # no controls
    assert paper.of("linear_variants", job)[0] == 3 * [(("probe", 1, 34), 72 * an_image)]


def test_whole_frames_are_compared_with_tiles(paper):
    work, _ = paper.of("whole_frames", {"dataset": "cityscapes", "backbone": "mae"})
    tiles, whole = 32 * 196, 64 * 128
    assert work == [
        (("knn", 2, 3, 1), 72 * tiles * 30 * tiles),
        (("probe", 2, 34), 72 * tiles * 250),
        (("knn", 2, 3, 1), 72 * whole * 30 * whole),
        (("probe", 2, 34), 72 * whole * 250),
    ]


def test_objects_of_videos(paper):
    job = {"dataset": "bdd100k", "variant": "clean", "backbone": "dino"}
    assert paper.of("descriptors", job)[0] == [(("pool",), 12_120)]
    n_boxes = 4 * 3241
    (((kind,), pairs),), _ = paper.of("association", job)
    assert kind == "associate" and pairs == pytest.approx(15 * n_boxes * n_boxes / 808)


def test_scenes(paper):
    work, _ = paper.of("scenes", {"dataset": "uc_merced", "backbone": "scale_mae"})
    pairs = 1680 * 420 * 4 * 2 * 2  # scales, poolings, banks
    assert work == [(("knn", 2, 1, 20), pairs * 1024 / 768)]


def test_reconstruction(paper):
    work, _ = paper.of("reconstruction", {"dataset": "cityscapes", "backbone": "mae"})
    # nothing filled, 3 ways of filling and 3 random ones, with and without hidden patches
    assert work == [(MODEL, 2304 + 2 * 960), (("decode",), 960 * 7 * 2)]


def test_a_removal_that_a_narrow_backbone_does_not_have_is_not_counted():
    narrow = {
        "backbones/mae/model_args": {"embed_dim": 192},
        "datasets/cityscapes/subsets": {"val": {"v": "v.txt"}},
        "datasets/cityscapes/bank": "v",
        "datasets/cityscapes/query": "v",
    }
    work = Work(configured(narrow), {"cityscapes": {"v": ["val", ["x"]]}})
    ((kind, pairs),), _ = work.of("robustness", {"dataset": "cityscapes", "backbone": "mae"})
    assert kind == ("knn", 2, 3, 1)  # 0 and 40, not 200
    assert pairs == (32 * 196) ** 2 * 3 * 192 / 768


def test_rules_of_seconds_are_not_counted(paper):
    assert paper.of("fig1", {}) == ([], 0)
    assert paper.of("of", {}) == ([], 0)


# ------------------------------------------------------------------------------ errors


def test_what_is_not_known_is_told(paper):
    with pytest.raises(ValueError, match="length of MOT17-01 is not known.*MOT17-02"):
        published.layout("mot17", "train", "MOT17-01")
    with pytest.raises(ValueError, match="ade20k: how many images is not known: list some"):
        paper.cut("ade20k", names=[])
    unknown = Amounts(configured({"backbones/dino/architecture": "my_net"}), {})
    with pytest.raises(ValueError, match="my_net does not tell its number of features"):
        unknown.features("dino")
