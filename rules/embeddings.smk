"""Official weights and crops -> patch embeddings and CLS of every layer, float16."""


# Parts of each embedding store; more with `--set-scatter embed=8` on a cluster.
scattergather:
    embed=1,


forget_lost_weights()


rule weights:
    """Get the weights of every backbone of the configuration (target)."""
    input:
        expand("<resources>/weights/{backbone}.pth", backbone=BACKBONES),


rule weights_file:
    """Link, fetch or (miniature only) make the weights file of one backbone."""
    output:
        "<resources>/weights/{backbone}.pth",
    log:
        "<logs>/weights_file/{backbone}.log",
    priority: 100  # a file that cannot be had is told before anything is computed
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(4000),
        runtime="1h",
    params:
        code=random_init_code("workflow/scripts/weights_file.py"),
        loader=backbone("loader"),
        architecture=backbone("architecture"),
        model_args=backbone("model_args"),
        weights=backbone("weights"),
        stamp=local_weights_stamp,
        url=backbone("url"),
        hub=backbone("hub"),
        random_seed=backbone("random_seed"),
    script:
        "../workflow/scripts/weights_file.py"


rule embed:
    """Run a backbone over one part of the crops: all layers in one forward pass."""
    input:
        crops="<results>/crops/{dataset}/{split}/{variant}.zarr",
        weights="<resources>/weights/{backbone}.pth",
    output:
        directory("<results>/embeddings/{dataset}/{split}/{variant}/{backbone}/{scatteritem}.zarr"),
    log:
        "<logs>/embed/{dataset}-{split}-{variant}-{backbone}-{scatteritem}.log",
    benchmark:
        "<benchmarks>/embed/{dataset}-{split}-{variant}-{backbone}-{scatteritem}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        gpu=1,
        mem_mb=more_memory(8000),
        runtime="2h",
    params:
        code=loader_code("workflow/scripts/embed.py"),
        loader=backbone("loader"),
        architecture=backbone("architecture"),
        model_args=backbone("model_args"),
        loader_args=backbone("loader_args"),
        precision=lookup("embedding/precision", within=config),
        depth=backbone("depth"),
        mean=backbone("mean"),
        std=backbone("std"),
    script:
        "../workflow/scripts/embed.py"
