"""Raw datasets, checked as distributed -> crops as cut, and labels of their patches."""

import time


rule check_data:
    """Check every dataset of the configuration, and say what is there (target)."""
    input:
        expand("<results>/checks/{dataset}.json", dataset=DATASETS),
    log:
        "<logs>/check_data.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime=more_time(minutes=5),
    script:
        "../workflow/scripts/check_data.py"


rule download_data:
    """Fetch the datasets that are free to fetch and not there yet (target)."""
    input:
        expand("<resources>/downloads/{dataset}.json", dataset=plan.downloadable(config)),


rule download_dataset:
    """Fetch a dataset and unpack it into its root; one that is there stays as it is."""
    output:
        "<resources>/downloads/{dataset}.json",
    log:
        "<logs>/download_dataset/{dataset}.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime=more_time(hours=6),
    params:
        root=lookup("datasets/{dataset}/root", within=config),
        url=lookup("datasets/{dataset}/download/url", within=config),
        checksum=lookup("datasets/{dataset}/download/checksum", within=config, default=None),
        inside=lookup("datasets/{dataset}/download/inside", within=config),
    script:
        "../workflow/scripts/download_dataset.py"


rule miniature_dataset:
    """Generate a miniature dataset in the layout of the real one."""
    output:
        "<results>/checks/miniature/{dataset}.json",
    log:
        "<logs>/miniature_dataset/{dataset}.log",
    benchmark:
        "<benchmarks>/miniature_dataset/{dataset}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 2
    resources:
        mem_mb=more_memory(2000),
        runtime=more_time(minutes=10),
    params:
        code=code("workflow/scripts/miniature_dataset.py", "miniature/world/{dataset}.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        seed=lookup("datasets/{dataset}/miniature/seed", within=config),
        n=lookup("datasets/{dataset}/miniature/n", within=config, default=None),
        used=lambda wildcards: plan.used_items(SUBSETS[wildcards.dataset]),
    script:
        "../workflow/scripts/miniature_dataset.py"


rule check_dataset:
    """Decode everything that will be used of a dataset, and report what is wrong."""
    input:
        generated,
    output:
        "<results>/checks/{dataset}.json",
    log:
        "<logs>/check_dataset/{dataset}.log",
    benchmark:
        "<benchmarks>/check_dataset/{dataset}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(hours=1),
    params:
        root=lookup("datasets/{dataset}/root", within=config),
        used=lambda wildcards: plan.checked_items(config, SUBSETS, wildcards.dataset),
        published=lambda wildcards: plan.published_counts(config, SUBSETS, wildcards.dataset),
        is_miniature=of(plan.is_miniature, "dataset"),
        asked_at=time.time(),  # files may have changed: a check is never up to date
    script:
        "../workflow/scripts/check_dataset.py"


rule draw_subset:
    """Draw items by class, so many that show each or a part of the images of each; or list all."""
    input:
        generated,
    output:
        "<results>/subsets/{dataset}/{split}/{subset}.txt",
    log:
        "<logs>/draw_subset/{dataset}-{split}-{subset}.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(hours=1),
    params:
        code=code("workflow/scripts/draw_subset.py", "patchprobe/datasets/{dataset}.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        per_class=lookup(
            "datasets/{dataset}/subsets/{split}/{subset}/per_class", within=config, default=None
        ),
        split_80_20=lookup(
            "datasets/{dataset}/subsets/{split}/{subset}/split_80_20", within=config, default=None
        ),
        n_all=lookup("datasets/{dataset}/subsets/{split}/{subset}/all", within=config, default=None),
        seed=lookup("datasets/{dataset}/subsets/{split}/{subset}/seed", within=config, default=None),
    script:
        "../workflow/scripts/draw_subset.py"


rule crops:
    """Cut the images of all subsets into crops; of `changed` ones, those of the query."""
    input:
        # Not the check of the dataset: a new list must not cut all images again, and Snakemake does
        # not look at what lies behind an ancient() input of a job that runs.
        generated=generated,
        drawn=drawn(cut_subsets),
    output:
        directory("<results>/crops/{dataset}/{variant}.zarr"),
    log:
        "<logs>/crops/{dataset}-{variant}.log",
    benchmark:
        "<benchmarks>/crops/{dataset}-{variant}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(minutes=30),
    params:
        code=code("workflow/scripts/crops.py", "patchprobe/datasets/{dataset}.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        listed=lambda wildcards: plan.used_items(SUBSETS[wildcards.dataset], cut_subsets(wildcards)),
        drawn=lambda wildcards: [x for x in listed(cut_subsets)(wildcards) if x[2] is None],
        changes=of(plan.changes, "dataset", "variant"),
        frames=of(plan.frames, "dataset"),
        seed=config["seed"],
    script:
        "../workflow/scripts/crops.py"


rule labels:
    """Label the patches of every crop, for one grid of patches in a crop."""
    input:
        crops="<results>/crops/{dataset}/{variant}.zarr",
    output:
        directory("<results>/labels/{dataset}/{variant}/{grid}.zarr"),
    log:
        "<logs>/labels/{dataset}-{variant}-{grid}.log",
    benchmark:
        "<benchmarks>/labels/{dataset}-{variant}-{grid}.tsv"
    wildcard_constraints:
        variant="clean",
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(minutes=30),
    params:
        code=code("workflow/scripts/labels.py", "patchprobe/datasets/{dataset}.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        grid=lambda wildcards: [int(n) for n in wildcards.grid.split("x")],
    script:
        "../workflow/scripts/labels.py"


rule whole_labels:
    """Label the patches of whole frames, for patches of one size."""
    input:
        crops="<results>/crops/{dataset}/whole.zarr",
    output:
        directory("<results>/labels/{dataset}/whole/patch_{patch_px}.zarr"),
    log:
        "<logs>/whole_labels/{dataset}-{patch_px}.log",
    benchmark:
        "<benchmarks>/whole_labels/{dataset}-{patch_px}.tsv"
    wildcard_constraints:
        patch_px="[0-9]+",
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(minutes=30),
    params:
        code=code("workflow/scripts/whole_labels.py", "patchprobe/datasets/{dataset}.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        patch_px=lambda wildcards: int(wildcards.patch_px),
    script:
        "../workflow/scripts/whole_labels.py"


rule changed_labels:
    """Label the patches of changed crops, and name the original patch that each of them shows."""
    input:
        crops="<results>/crops/{dataset}/changed.zarr",
    output:
        directory("<results>/labels/{dataset}/changed/{grid}.zarr"),
    log:
        "<logs>/changed_labels/{dataset}-{grid}.log",
    benchmark:
        "<benchmarks>/changed_labels/{dataset}-{grid}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(minutes=30),
    params:
        code=code("workflow/scripts/changed_labels.py", "patchprobe/datasets/{dataset}.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        grid=lambda wildcards: [int(n) for n in wildcards.grid.split("x")],
        changes=lambda wildcards: plan.changes(config, wildcards.dataset, "changed"),
    script:
        "../workflow/scripts/changed_labels.py"


rule examples:
    """Keep two images of the query with their labels, from different groups, to be drawn."""
    input:
        generated=generated,
        drawn=drawn(lambda wildcards: [query(wildcards)]),
    output:
        "<results>/examples/{dataset}.npz",
    log:
        "<logs>/examples/{dataset}.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(2000),
        runtime=more_time(minutes=10),
    params:
        code=code("workflow/scripts/examples.py", "patchprobe/datasets/{dataset}.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        subsets=listed(lambda wildcards: [query(wildcards)]),
    script:
        "../workflow/scripts/examples.py"
