"""Embeddings of the bank -> variance ranking of the features of every layer."""


rule variance:
    """Rank the features of every layer by their variance over the training patches."""
    input:
        embeddings=gather.embed(
            "<results>/embeddings/{{dataset}}/train/clean/{{backbone}}/{scatteritem}.zarr"
        ),
        crops="<results>/crops/{dataset}/train/clean.zarr",
    output:
        table="<results>/variance/{dataset}/{backbone}.csv",
        about="<results>/variance/{dataset}/{backbone}_about.json",
    log:
        "<logs>/variance/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/variance/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 2
    resources:
        mem_mb=more_memory(2000),
        runtime="1h",
    params:
        code=reader_code("workflow/scripts/variance.py"),
        bank=named_subset("bank", "train"),
        layers=lambda wildcards: list(range(1, last_layer(wildcards) + 1)),
    script:
        "../workflow/scripts/variance.py"
