"""Embeddings and patch labels -> k-NN and linear-probe scores, per class and per image.

Experiments: `sizes` (every training subset), `sweep` (removed features), `layers`.
"""


rule knn:
    """Classify patches by their nearest neighbours: all similarities and both label rules."""
    input:
        train=gather.embed(
            "<results>/embeddings/{{dataset}}/train/clean/{{backbone}}/{scatteritem}.zarr"
        ),
        val=gather.embed(
            "<results>/embeddings/{{dataset}}/val/clean/{{backbone}}/{scatteritem}.zarr"
        ),
        train_crops="<results>/crops/{dataset}/train/clean.zarr",
        val_crops="<results>/crops/{dataset}/val/clean.zarr",
        variance="<results>/variance/{dataset}/{backbone}.csv",
    output:
        table="<results>/knn/{dataset}/{backbone}/{experiment}.csv",
        confusions="<results>/knn/{dataset}/{backbone}/{experiment}_confusions.npz",
        about="<results>/knn/{dataset}/{backbone}/{experiment}_about.json",
    log:
        "<logs>/knn/{dataset}-{backbone}-{experiment}.log",
    benchmark:
        "<benchmarks>/knn/{dataset}-{backbone}-{experiment}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(6000),
        runtime="6h",
    params:
        code=reader_code("workflow/scripts/knn.py"),
        layers=layers_of,
        train_sets=train_sets,
        query=named_subset("query", "val"),
        n_removed=removals,
        k=config["knn"]["k"],
    script:
        "../workflow/scripts/knn.py"


rule linear:
    """Train linear probes, all heads of a removal sweep together, and classify patches."""
    input:
        train=gather.embed(
            "<results>/embeddings/{{dataset}}/train/clean/{{backbone}}/{scatteritem}.zarr"
        ),
        val=gather.embed(
            "<results>/embeddings/{{dataset}}/val/clean/{{backbone}}/{scatteritem}.zarr"
        ),
        train_crops="<results>/crops/{dataset}/train/clean.zarr",
        val_crops="<results>/crops/{dataset}/val/clean.zarr",
        variance="<results>/variance/{dataset}/{backbone}.csv",
    output:
        table="<results>/linear/{dataset}/{backbone}/{experiment}.csv",
        confusions="<results>/linear/{dataset}/{backbone}/{experiment}_confusions.npz",
        about="<results>/linear/{dataset}/{backbone}/{experiment}_about.json",
    log:
        "<logs>/linear/{dataset}-{backbone}-{experiment}.log",
    benchmark:
        "<benchmarks>/linear/{dataset}-{backbone}-{experiment}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(8000),
        runtime="6h",
    params:
        code=reader_code("workflow/scripts/linear.py"),
        layer=last_layer,
        train_sets=train_sets,
        query=named_subset("query", "val"),
        n_removed=removals,
        label_rule=PROTOCOL["label_rule"],
        batch_norm=backbone("batch_norm"),
        learning_rate=config["linear"]["learning_rate"],
        batch_size=config["linear"]["batch_size"],
        epochs=config["linear"]["epochs"],
        evaluate_every=config["linear"]["evaluate_every"],
        selection=config["linear"]["selection"],
        seed=config["seed"],
    script:
        "../workflow/scripts/linear.py"
