"""Crops that are whole scenes of one class -> one embedding each at every scale -> k-NN scores."""


rule embed_scenes:
    """Run a backbone over whole scenes at every scale: CLS and the mean of patches, float32."""
    input:
        crops="<results>/crops/{dataset}/clean.zarr",
        weights="<resources>/weights/{backbone}.pth",
    output:
        directory("<results>/scene_embeddings/{dataset}/{backbone}.zarr"),
    log:
        "<logs>/embed_scenes/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/embed_scenes/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(8000),
        runtime=more_time(hours=4),
    params:
        code=code(
            "workflow/scripts/embed_scenes.py",
            "patchprobe/backbones/{loader}.py",
            "patchprobe/datasets/{dataset}.py",
        ),
        root=lookup("datasets/{dataset}/root", within=config),
        sides=of(plan.sides, "dataset"),
        loader=backbone("loader"),
        architecture=backbone("architecture"),
        model_args=backbone("model_args"),
        loader_args=backbone("loader_args"),
        position=config["scenes"]["position"],
        precision=lookup("embedding/precision", within=config),
        depth=backbone("depth"),
        patch_px=backbone("patch_px"),
        pixels=backbone("pixels"),
        mean=lambda wildcards: plan.pixel_statistic(
            config, wildcards.dataset, wildcards.backbone, "mean"
        ),
        std=lambda wildcards: plan.pixel_statistic(
            config, wildcards.dataset, wildcards.backbone, "std"
        ),
    script:
        "../workflow/scripts/embed_scenes.py"


rule scenes:
    """Classify scenes by their nearest neighbours: CLS and mean, every scale, both banks."""
    input:
        scenes="<results>/scene_embeddings/{dataset}/{backbone}.zarr",
        drawn=drawn(bank_and_query),
    output:
        **results_of("<results>/scenes/{dataset}/{backbone}/knn"),
    log:
        "<logs>/scenes/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/scenes/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(6000),
        runtime=more_time(hours=1),
    params:
        code=code("workflow/scripts/scenes.py"),
        subsets=listed(bank_and_query),
        bank=lambda wildcards: bank_of(wildcards.dataset),
        query=query,
        n_removed=lambda wildcards: [0, *backbone("remove")(wildcards)],
        k=config["scenes"]["k"],
        temperature=config["scenes"]["temperature"],
    script:
        "../workflow/scripts/scenes.py"
