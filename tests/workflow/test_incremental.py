"""What a second run does: nothing, or exactly the jobs that an edit concerns."""

import os

import pytest

from patchprobe import store

pytestmark = pytest.mark.workflow

TARGETS = ("all_figures", "all_tables")
# Figures of results; Figure 10 shows images alone.
FIGURES = {
    "fig1", "fig2a", "fig2b", "fig2c", "fig3", "fig4", "fig4_collapse", "fig13", "tab2",
    "ceilings", "fig2b_controls", "fig3_accuracies",
}  # fmt: skip
OF_MAE = {"fig2b", "fig2b_controls"}  # figures that show MAE alone
EVALUATIONS = {"knn", "linear", "robustness"}
# Beyond the paper, of MAE alone (see the configuration in conftest.py).
VARIANTS = {"held_out", "knn_variants", "linear_variants"}
BEYOND = {
    "batch_norm", "hubs", "layer_choice", "norms", "plot_similarities", "plot_votes",
    "similarities", "votes",
}  # fmt: skip
CONTEXT = {"context", "tab6"}
SUMS = {"all_figures", "all_tables"}


def planned(project):
    """Names of planned rules, without the targets that only gather."""
    return {rule for rule, _ in project.plan(*TARGETS)} - SUMS


def test_second_run_does_nothing_nor_does_one_after_an_edit_and_its_revert(finished):
    finished.edit("patchprobe/store.py", "clevel=3", "clevel=4")()
    assert finished.plan(*TARGETS) == set()


def test_new_backbone_runs_its_own_jobs_and_the_figures(finished):
    finished.config["backbones"]["dino"] = {
        "label": "DINO",
        "loader": "dino",
        "architecture": "vit_base_patch16_224",
        "model_args": {"embed_dim": 32, "depth": 2, "num_heads": 2},
        "depth": 2,
        "random_seed": 3,
    }
    jobs = {job for job in finished.plan(*TARGETS) if job[0] not in SUMS}
    figures = {rule for rule, wildcards in jobs if not wildcards}
    assert figures == FIGURES - OF_MAE | {"tab6"}
    own = {(rule, wildcards) for rule, wildcards in jobs if wildcards}
    assert all("backbone=dino" in wildcards.split(", ") for _, wildcards in own)
    counts = {name: sum(rule == name for rule, _ in own) for name, _ in own}
    # Cityscapes: clean and changed; ADE20K: clean
    assert counts == {
        "weights_file": 1, "embed": 3, "variance": 2, "knn": 3, "linear": 2, "robustness": 1,
        "context": 1,
    }  # fmt: skip


def test_new_level_of_blur_runs_what_depends_on_changed_images(finished):
    finished.config["datasets"]["cityscapes"]["changes"]["blur"] = [10, 20, 40]
    jobs = {job for job in finished.plan(*TARGETS) if job[0] not in SUMS}
    assert jobs == {
        ("crops", "dataset=cityscapes, variant=changed"),
        *(
            (rule, f"dataset=cityscapes, {wildcards}")
            for backbone in ("mae", "dinov2")
            for rule, wildcards in (
                ("embed", f"variant=changed, backbone={backbone}, scatteritem=1-of-1"),
                ("robustness", f"backbone={backbone}"),
            )
        ),
        ("fig4", ""),
        ("fig4_collapse", ""),
    }


def test_new_figure_runs_its_own_job(finished):
    (finished.folder / "patchprobe/figures/fig99_test.py").write_text(
        "from patchprobe.figures.fig2a_variance import draw  # noqa: F401\n"
    )
    (finished.folder / "workflow/report/fig99_test.rst").write_text("A test.\n")
    rule = """

use rule fig2a as fig99 with:
    output:
        **picture("fig99_test", "a test"),
    log:
        "<logs>/fig99.log",
    params:
        **drawing_of("fig2a", "fig99_test"),
"""
    following = "\n\nuse rule figure as fig10 with:"
    undo = finished.edit("rules/figures.smk", following, f"{rule}{following}")
    try:
        assert finished.plan("fig99", *TARGETS) == {("fig99", "")}
    finally:
        undo()


def test_representations_of_a_figure_are_chosen_by_name(finished):
    finished.config["figures"] |= {"fig1": ["dinov2", "mae_8"], "fig4": ["mae"]}
    assert planned(finished) == {"fig1", "fig4", "fig4_collapse"}


def test_another_precision_embeds_anew(finished):
    finished.config["embedding"] = {"precision": "bfloat16"}
    results = EVALUATIONS | VARIANTS | FIGURES | BEYOND | CONTEXT
    expected = {"embed", "variance", "top_features"} | results
    assert planned(finished) == expected


def test_backbone_of_no_dataset_is_fetched_only(finished):
    finished.config["backbones"]["ibot"] = {
        "label": "iBOT",
        "loader": "ibot",
        "architecture": "vit_base_patch16_224",
        "random_seed": 4,
        "datasets": [],
    }
    assert planned(finished) == {"tab2", "ceilings"}  # which name all of them
    assert ("weights_file", "backbone=ibot") in finished.plan("weights")


def test_a_decoder_runs_its_own_jobs(finished):
    finished.config["backbones"]["mae"]["autoencoder"] = {"weights": "both.pth"}
    assert finished.plan(*TARGETS) - {(rule, "") for rule in SUMS} == {
        ("autoencoder_file", "backbone=mae"),
        ("reconstruction", "dataset=cityscapes, backbone=mae"),
        ("tab4", ""),
        ("tab4_panel", ""),
    }
    assert ("autoencoder_file", "backbone=mae") in finished.plan("weights")


def test_new_representation_and_label(finished):
    finished.config["backbones"]["dinov2"]["remove"] = [4]
    assert planned(finished) == EVALUATIONS | FIGURES - OF_MAE | CONTEXT | {"top_features"}
    del finished.config["backbones"]["dinov2"]["remove"]
    finished.config["backbones"]["dinov2"]["label"] = "DINO v2"
    assert planned(finished) == FIGURES - OF_MAE | {"tab6"}


def test_whole_numbers_may_be_written_as_floats(finished):
    finished.config |= {"seed": 0.0, "knn": {"k": 1.0}, "linear": {"epochs": 3.0}}
    finished.config["datasets"]["cityscapes"] |= {
        "miniature": {"seed": 0.0},
        "removal_sweep": [0, 8.0, 24.0, 40],
        "changes": {"blur": [10.0, 40], "frequency": [1.0, 4]},
    }
    finished.config["backbones"]["mae"] |= {"depth": 2.0, "patch_px": 16.0, "remove": [8.0]}
    assert finished.plan(*TARGETS) == set()


def test_what_changes_no_result_runs_nothing(finished):
    lists = finished.folder / "lists/two.txt"
    text = lists.read_text()
    lists.write_text(f"# a comment\n{text}")
    finished.config["embedding"] = {"batch_size": 8}
    finished.config["backbones"]["mae"]["source"] = "other words"
    try:
        assert finished.plan(*TARGETS, "--default-resources", "device=cpu") == set()
    finally:
        lists.write_text(text)


def test_new_subset_of_stored_images_embeds_nothing(finished):
    (finished.folder / "lists/other.txt").write_text("bergstadt_000004_000019\n")
    finished.config["datasets"]["cityscapes"]["subsets"]["train"]["other"] = "lists/other.txt"
    jobs = finished.plan(*TARGETS)
    run = {wildcards for rule, wildcards in jobs if rule in ("knn", "linear")}
    assert all("experiment=subsets" in wildcards for wildcards in run)
    ran = {rule for rule, _ in jobs} - SUMS
    of_subsets = {"batch_norm", "plot_similarities", "similarities"}
    assert ran == EVALUATIONS | FIGURES - {"fig2a", "fig3", "fig3_accuracies"} | of_subsets


def test_another_image_in_a_subset_is_cut_and_embedded(finished):
    lists = finished.folder / "lists/two.txt"
    text = lists.read_text()
    lists.write_text(f"{text}corvey_000002_000019\n")
    try:
        jobs = finished.plan(*TARGETS)
    finally:
        lists.write_text(text)
    assert ("crops", "dataset=cityscapes, variant=clean") in jobs


def test_replaced_weights_are_noticed_whatever_their_time(fresh_project):
    path = fresh_project.folder / "mine.pth"
    path.write_bytes(b"one")
    entry = fresh_project.config["backbones"]["mae"]
    del entry["random_seed"]
    entry |= {"weights": "mine.pth", "autoencoder": {"weights": "mine.pth"}}
    targets = ["resources/weights/mae.pth", "resources/weights/mae_autoencoder.pth"]
    fresh_project.run(*targets)
    assert fresh_project.plan(*targets) == set()
    path.write_bytes(b"other")
    os.utime(path, (1e9, 1e9))
    assert fresh_project.plan(*targets) == {
        ("weights_file", "backbone=mae"),
        ("autoencoder_file", "backbone=mae"),
    }


def test_moved_weights_are_linked_anew(fresh_project):
    path = fresh_project.folder / "mine.pth"
    path.write_bytes(b"one")
    entry = fresh_project.config["backbones"]["mae"]
    del entry["random_seed"]
    entry["weights"] = "mine.pth"
    fresh_project.run("resources/weights/mae.pth")
    path.rename(fresh_project.folder / "moved.pth")
    done = fresh_project.snakemake("resources/weights/mae.pth", "-c1")
    assert "Weights of mae not found: expected mine.pth" in done.stderr
    entry["weights"] = "moved.pth"
    fresh_project.run("resources/weights/mae.pth")


def test_protocol_redraws_and_retrains_but_searches_no_more(finished):
    finished.config["protocol"] = "as_text"
    trained = {"linear", "linear_variants", "robustness"}
    assert planned(finished) == trained | FIGURES - {"fig2a"} | BEYOND - {"hubs", "norms"}


def test_edits_that_change_no_result_run_nothing(finished):
    edits = [  # a comment, words of a docstring, spaces, how often a bar moves
        ("patchprobe/neighbours/knn.py", "\nSIMIL", "\n# a comment\nSIMIL"),
        ("patchprobe/store.py", '"""Zarr stores', '"""Stores of Zarr'),
        ("workflow/scripts/embed.py", "import devices", "import  devices"),
        ("patchprobe/logs.py", "mininterval=10", "mininterval=20"),
    ]
    undo = [finished.edit(*edit) for edit in edits]
    try:
        assert finished.plan(*TARGETS) == set()
    finally:
        for undo_edit in undo:
            undo_edit()


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("patchprobe/figures/fig3_layers.py", "_COLUMNS = 5", "_COLUMNS = 4", {"fig3"}),
        ("workflow/scripts/variance.py", 'insert(0, "layer"', 'insert(1, "layer"', None),
        ("patchprobe/evaluation/linear_heads.py", "1e-6", "1e-5", None),
        ("patchprobe/evaluation/ceilings.py", "1e-12", "1e-11", {"grid_ceiling", "ceilings"}),
        ("patchprobe/backbones/dinov2.py", '"img_size": 518', '"img_size": 504', None),
        ("patchprobe/figures/style.py", '"font.size": 9', '"font.size": 8', None),
    ],
)
def test_an_edit_re_runs_what_uses_it(finished, path, old, new, expected):
    cascades = {
        "workflow/scripts/variance.py": {"variance", "top_features"}
        | EVALUATIONS
        | VARIANTS
        | FIGURES
        | BEYOND
        | CONTEXT,
        "patchprobe/evaluation/linear_heads.py": EVALUATIONS
        | VARIANTS
        | FIGURES - {"fig2a"}
        | BEYOND,
        "patchprobe/figures/style.py": FIGURES | BEYOND | {"fig10", "tab1", "tab6", "top_features"},
        "patchprobe/backbones/dinov2.py": FIGURES - OF_MAE
        | {"weights_file", "embed", "variance"}
        | EVALUATIONS
        | CONTEXT,
    }
    undo = finished.edit(path, old, new)
    try:
        assert planned(finished) == (cascades[path] if expected is None else expected)
    finally:
        undo()


def test_an_edited_loader_re_embeds_its_backbones_only(finished):
    undo = finished.edit("patchprobe/backbones/mae.py", '"decoder", "mask', '"mask')
    try:
        jobs = finished.plan(*TARGETS)
    finally:
        undo()
    embedded = {wildcards for rule, wildcards in jobs if rule == "embed"}
    assert len(embedded) == 3  # clean and changed of Cityscapes, clean of ADE20K
    assert all("backbone=mae" in wildcards for wildcards in embedded)


def test_an_edited_painter_generates_what_it_paints_anew(finished):
    undo = finished.edit("miniature/world/streets/people.py", "HAIRS = [(0.1,", "HAIRS = [(0.2,")
    try:
        assert {"miniature_dataset", "crops", "embed"} <= {
            rule for rule, _ in finished.plan(*TARGETS)
        }
    finally:
        undo()
    undo = finished.edit("miniature/world/aerial/trees.py", "SHAPES_EACH = 4", "SHAPES_EACH = 5")
    try:
        assert finished.plan(*TARGETS) == set()  # no street has trees from above
    finally:
        undo()


def test_a_lost_chunk_is_an_error_that_names_the_store(finished):
    part = finished.folder / "results/embeddings/cityscapes/changed/mae/1-of-1.zarr"
    chunk = next((part / "blur-10/layer_2/patches/c").rglob("0"))
    while chunk.is_dir():
        chunk = next(chunk.iterdir())
    content = chunk.read_bytes()
    chunk.unlink()
    try:
        with pytest.raises(store.StoreError, match=r"lacks 1 of its 1 chunks(.|\n)*--force"):
            store.open_array(part, "blur-10/layer_2/patches")
    finally:
        chunk.write_bytes(content)
    assert store.open_array(part, "blur-10/layer_2/patches").shape == (32, 196, 32)
