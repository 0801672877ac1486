"""What features of highest variance hold (context, details of pixels); ceilings of patch labels."""


rule context:
    """Regress the share of classes in a whole crop on the patch in its middle (ridge)."""
    input:
        tokens=tokens("clean"),
        labels=labels("clean"),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        drawn=drawn(bank_and_query),
    output:
        table="<results>/context/{dataset}/{backbone}/ridge.csv",
        counts="<results>/context/{dataset}/{backbone}/ridge_counts.npz",
        provenance="<results>/context/{dataset}/{backbone}/ridge_provenance.json",
    log:
        "<logs>/context/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/context/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 2
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(hours=1),
    params:
        code=code("workflow/scripts/context.py"),
        subsets=listed(bank_and_query),
        bank=lambda wildcards: bank_of(wildcards.dataset),
        query=query,
        layer=backbone("depth"),
        n_removed=lambda wildcards: [0, *backbone("remove")(wildcards)],
        classes=["road", "building", "vegetation"],  # the most common ones, as published
        seed=config["seed"],
    script:
        "../workflow/scripts/context.py"


rule grid_ceiling:
    """Score the best labellings of the patches of a grid, which no classifier can exceed."""
    input:
        labels="<results>/labels/{dataset}/clean/{grid}.zarr",
        drawn=drawn(lambda wildcards: [query(wildcards)]),
    output:
        **results_of("<results>/ceilings/{dataset}/{grid}"),
    log:
        "<logs>/grid_ceiling/{dataset}-{grid}.log",
    benchmark:
        "<benchmarks>/grid_ceiling/{dataset}-{grid}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(3000),
        runtime=more_time(hours=1),
    params:
        code=code("workflow/scripts/grid_ceiling.py"),
        query=listed(lambda wildcards: [query(wildcards)]),
    script:
        "../workflow/scripts/grid_ceiling.py"


rule reconstruction:
    """Decode pictures from features that are filled with zeros or means (MAE with its decoder)."""
    input:
        crops="<results>/crops/{dataset}/clean.zarr",
        weights="<resources>/weights/{backbone}_autoencoder.pth",
        examples="<results>/examples/{dataset}.npz",
        drawn=drawn(bank_and_query),
    output:
        table="<results>/reconstruction/{dataset}/{backbone}/fills.csv",
        counts="<results>/reconstruction/{dataset}/{backbone}/fills_counts.npz",
        examples="<results>/reconstruction/{dataset}/{backbone}/fills_examples.npz",
        variance="<results>/reconstruction/{dataset}/{backbone}/variance.csv",
        provenance="<results>/reconstruction/{dataset}/{backbone}/fills_provenance.json",
    log:
        "<logs>/reconstruction/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/reconstruction/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        gpu=1,
        mem_mb=more_memory(8000),
        runtime=more_time(hours=2),
    params:
        code=code("workflow/scripts/reconstruction.py"),
        subsets=listed(bank_and_query),
        bank=lambda wildcards: bank_of(wildcards.dataset),
        query=query,
        architecture=backbone("architecture"),
        model_args=backbone("model_args"),
        decoder_heads=autoencoder("decoder_heads"),
        mean=backbone("mean"),
        std=backbone("std"),
        n_removed=lambda wildcards: [0, *backbone("remove")(wildcards)],
        every=lookup("reconstruction/every", within=config),
        seed=config["seed"],
    script:
        "../workflow/scripts/reconstruction.py"
