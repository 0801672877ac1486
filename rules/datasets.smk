"""Raw datasets, checked as distributed -> crops of 224 px with their label maps."""


rule check_data:
    """Check every dataset of the configuration (target)."""
    input:
        expand("<results>/checks/{dataset}.json", dataset=DATASETS),


rule miniature_dataset:
    """Generate a miniature dataset in the layout of the real one."""
    input:
        lists=lambda wildcards: [
            path
            for split in ("train", "val")
            for _, path in subset_lists(wildcards.dataset, split)
        ],
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
        runtime="10m",
    params:
        code=code_digest("workflow/scripts/miniature_dataset.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        seed=lookup("datasets/{dataset}/miniature_seed", within=config),
        train=lambda wildcards: subset_lists(wildcards.dataset, "train"),
        val=lambda wildcards: subset_lists(wildcards.dataset, "val"),
    script:
        "../workflow/scripts/miniature_dataset.py"


rule check_dataset:
    """Check that every image of the subsets is there, with its labels, in the right size."""
    input:
        made=lambda wildcards: (
            "<results>/checks/miniature/{dataset}.json" if is_miniature(wildcards.dataset) else []
        ),
        lists=lambda wildcards: [
            path
            for split in ("train", "val")
            for _, path in subset_lists(wildcards.dataset, split)
        ],
    output:
        "<results>/checks/{dataset}.json",
    log:
        "<logs>/check_dataset/{dataset}.log",
    benchmark:
        "<benchmarks>/check_dataset/{dataset}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime="15m",
    params:
        code=reader_code("workflow/scripts/check_dataset.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        train=lambda wildcards: subset_lists(wildcards.dataset, "train"),
        val=lambda wildcards: subset_lists(wildcards.dataset, "val"),
    script:
        "../workflow/scripts/check_dataset.py"


rule crops:
    """Cut the images of a split into 224 px crops with their label maps."""
    input:
        check="<results>/checks/{dataset}.json",
        lists=subset_files,
    output:
        directory("<results>/crops/{dataset}/{split}/clean.zarr"),
    log:
        "<logs>/crops/{dataset}-{split}.log",
    benchmark:
        "<benchmarks>/crops/{dataset}-{split}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime="30m",
    params:
        code=reader_code("workflow/scripts/crops.py"),
        root=lookup("datasets/{dataset}/root", within=config),
    script:
        "../workflow/scripts/crops.py"
