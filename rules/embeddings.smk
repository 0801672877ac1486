"""Official weights and crops -> patch embeddings and CLS of every layer, float16; their variances."""


# Parts of each embedding store, by jobs of their own. Their number is part of the paths.
scattergather:
    embed=config["embedding"]["parts"],


rule weights:
    """Get the weights of every backbone of the configuration (target)."""
    input:
        expand("<resources>/weights/{backbone}.pth", backbone=BACKBONES),
        expand(
            "<resources>/weights/{backbone}_autoencoder.pth",
            backbone=[x for x in BACKBONES if "autoencoder" in config["backbones"][x]],
        ),


rule weights_file:
    """Link, fetch or (miniature only) make the weights file of one backbone."""
    output:
        "<resources>/weights/{backbone}.pth",
    log:
        "<logs>/weights_file/{backbone}.log",
    priority: 100  # runs first, so that missing weights fail early
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(hours=1),
    params:
        code=lambda wildcards: (
            code("workflow/scripts/weights_file.py", "patchprobe/backbones/{loader}.py")(wildcards)
            if backbone("random_seed")(wildcards) is not None
            else ""
        ),
        loader=backbone("loader"),
        architecture=backbone("architecture"),
        model_args=backbone("model_args"),
        weights=backbone("weights"),
        stamp=local_stamp(backbone("weights")),
        url=backbone("url"),
        hub=backbone("hub"),
        random_seed=backbone("random_seed"),
    script:
        "../workflow/scripts/weights_file.py"


rule autoencoder_file:
    """Link or fetch the file of MAE's encoder and decoder."""
    output:
        "<resources>/weights/{backbone}_autoencoder.pth",
    log:
        "<logs>/autoencoder_file/{backbone}.log",
    priority: 100  # runs first, so that a missing file fails early
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(hours=1),
    params:
        architecture=backbone("architecture"),
        model_args=backbone("model_args"),
        weights=autoencoder("weights"),
        stamp=local_stamp(autoencoder("weights")),
        url=autoencoder("url"),
    script:
        "../workflow/scripts/autoencoder_file.py"


rule embed:
    """Run a backbone over one part of the crops: all layers in one forward pass."""
    input:
        crops="<results>/crops/{dataset}/{variant}.zarr",
        weights="<resources>/weights/{backbone}.pth",
    output:
        directory("<results>/embeddings/{dataset}/{variant}/{backbone}/{scatteritem}.zarr"),
    log:
        "<logs>/embed/{dataset}-{variant}-{backbone}-{scatteritem}.log",
    benchmark:
        "<benchmarks>/embed/{dataset}-{variant}-{backbone}-{scatteritem}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(8000),
        runtime=more_time(hours=2),
    params:
        code=code("workflow/scripts/embed.py", "patchprobe/backbones/{loader}.py"),
        part=part,
        layers=of(plan.layers, "dataset", "backbone", "variant"),
        loader=backbone("loader"),
        architecture=backbone("architecture"),
        model_args=backbone("model_args"),
        loader_args=backbone("loader_args"),
        precision=lookup("embedding/precision", within=config),
        depth=backbone("depth"),
        patch_px=backbone("patch_px"),
        mean=backbone("mean"),
        std=backbone("std"),
        pixels=backbone("pixels"),
    script:
        "../workflow/scripts/embed.py"


rule variance:
    """Rank the features of every layer by their variance over the patches of the bank."""
    input:
        tokens=tokens("clean"),
        drawn=drawn(bank),
    output:
        table="<results>/variance/{dataset}/{backbone}.csv",
        provenance="<results>/variance/{dataset}/{backbone}_provenance.json",
    log:
        "<logs>/variance/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/variance/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 2
    resources:
        mem_mb=more_memory(2000),
        runtime=more_time(hours=1),
    params:
        code=code("workflow/scripts/variance.py"),
        bank=listed(bank),
        layers=of(plan.layers, "dataset", "backbone"),
    script:
        "../workflow/scripts/variance.py"
