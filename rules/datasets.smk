"""Raw datasets, checked as distributed -> crops of 224 px with their label maps."""


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
        runtime="5m",
    script:
        "../workflow/scripts/check_data.py"


rule download_data:
    """Fetch the datasets that are free to fetch and not there yet (target)."""
    input:
        expand("<resources>/downloads/{dataset}.json", dataset=DOWNLOADABLE),


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
        runtime="6h",
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
        runtime="10m",
    params:
        code=generator_code("workflow/scripts/miniature_dataset.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        seed=lookup("datasets/{dataset}/miniature_seed", within=config),
        used=used_items,
        n=miniature_size,
    script:
        "../workflow/scripts/miniature_dataset.py"


rule check_dataset:
    """Decode everything that will be used of a dataset, and report what is wrong."""
    input:
        miniature_marker,
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
        runtime="1h",
    params:
        root=lookup("datasets/{dataset}/root", within=config),
        used=used_items,
        published=published_counts,
        is_miniature=lambda wildcards: is_miniature(wildcards.dataset),
        asked_at=time.time(),  # files may have changed: a check is never up to date
    script:
        "../workflow/scripts/check_dataset.py"


rule draw_subset:
    """Draw images by class: so many that show each."""
    input:
        miniature_marker,
    output:
        "<results>/subsets/{dataset}/{split}/{subset}.txt",
    log:
        "<logs>/draw_subset/{dataset}-{split}-{subset}.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime="1h",
    params:
        code=reader_code("workflow/scripts/draw_subset.py"),
        root=lookup("datasets/{dataset}/root", within=config),
        per_class=lookup("datasets/{dataset}/subsets/{split}/{subset}/per_class", within=config),
        seed=lookup("datasets/{dataset}/subsets/{split}/{subset}/seed", within=config, default=None),
    script:
        "../workflow/scripts/draw_subset.py"


rule crops:
    """Cut the images of a split into 224 px crops with their label maps."""
    input:
        # Not the check of the dataset: it is done at the start of a run (common.smk), since a new
        # list must not cut all images again, and Snakemake does not look at what lies behind an
        # ancient() input of a job that runs.
        miniature_marker,
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
        images=images_of(),
    script:
        "../workflow/scripts/crops.py"
