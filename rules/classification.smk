"""Tokens and patch labels -> k-NN and linear-probe scores, per class and per image.

Experiments: `subsets` (every training subset; the removal sweep with the bank) and `layers`.
Whole frames against tiles, with subsets of their own: `whole_frames`.
Beyond the paper, with the bank: `held_out`, `knn_variants`, `linear_variants`.
"""


# Parts of the query images, which `knn` takes as a whole if it is one.
scattergather:
    knn=config["knn"]["parts"],


if config["knn"]["parts"] > 1:

    ruleorder: knn_joined > knn

else:

    ruleorder: knn > knn_joined


rule knn:
    """Classify patches by their nearest neighbours: all similarities and both label rules."""
    input:
        tokens=tokens("clean"),
        labels=labels("clean"),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        drawn=drawn(bank_and_query),
    output:
        **results_of("<results>/knn/{dataset}/{backbone}/{experiment}"),
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
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/knn.py"),
        subsets=listed(bank_and_query),
        query=query,
        searches=searches(),
        k=config["knn"]["k"],
    script:
        "../workflow/scripts/knn.py"


rule knn_part:
    """Classify the patches of one part of the query images as `knn` does, to be scored together."""
    input:
        **rules.knn.input,
    output:
        "<results>/knn/{dataset}/{backbone}/{experiment}_parts/{scatteritem}.npz",
    log:
        "<logs>/knn_part/{dataset}-{backbone}-{experiment}-{scatteritem}.log",
    benchmark:
        "<benchmarks>/knn_part/{dataset}-{backbone}-{experiment}-{scatteritem}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(6000),
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/knn_part.py"),
        part=part,
        subsets=listed(bank_and_query),
        query=query,
        searches=searches(),
        k=config["knn"]["k"],
    script:
        "../workflow/scripts/knn_part.py"


rule knn_joined:
    """Score the predictions for all parts of the query images: what `knn` makes, the same."""
    input:
        parts=gather.knn(
            "<results>/knn/{{dataset}}/{{backbone}}/{{experiment}}_parts/{scatteritem}.npz"
        ),
        labels=labels("clean"),
        drawn=drawn(lambda wildcards: [query(wildcards)]),
    output:
        **rules.knn.output,
    log:
        "<logs>/knn_joined/{dataset}-{backbone}-{experiment}.log",
    benchmark:
        "<benchmarks>/knn_joined/{dataset}-{backbone}-{experiment}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(hours=1),
    params:
        code=code("workflow/scripts/knn_joined.py"),
        subsets=listed(lambda wildcards: [query(wildcards)]),
        query=query,
        searches=searches(),
        k=config["knn"]["k"],
    script:
        "../workflow/scripts/knn_joined.py"


rule knn_scores:
    """Score k-NN with every training subset, without linear probes and figures (target)."""
    input:
        [
            f"<results>/knn/{dataset}/{name}/subsets.csv"
            for dataset in plan.PATCHES
            if dataset in plan.evaluated_datasets(config)
            for name in plan.backbones_on(config, dataset)
        ],


rule linear:
    """Train linear probes, all heads of a removal sweep together, and classify patches."""
    input:
        tokens=tokens("clean"),
        labels=labels("clean"),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        drawn=drawn(bank_and_query),
    output:
        **results_of("<results>/linear/{dataset}/{backbone}/{experiment}"),
        heads="<results>/linear/{dataset}/{backbone}/{experiment}_heads.safetensors",
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
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/linear.py"),
        subsets=listed(bank_and_query),
        query=query,
        searches=searches(),
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


rule robustness:
    """Classify the patches of changed images by k-NN and by the probes trained on clean ones."""
    input:
        tokens=tokens("clean"),
        changed=tokens("changed"),
        labels=labels("clean"),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        heads="<results>/linear/{dataset}/{backbone}/subsets_heads.safetensors",
        drawn=drawn(bank_and_query),
    output:
        **results_of("<results>/robustness/{dataset}/{backbone}/changes"),
    log:
        "<logs>/robustness/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/robustness/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(6000),
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/robustness.py"),
        subsets=listed(bank_and_query),
        query=query,
        searches=searches("changes"),
        label_rule=PROTOCOL["label_rule"],
        k=config["knn"]["k"],
    script:
        "../workflow/scripts/robustness.py"


rule whole_frames:
    """Classify the patches of the same images as tiles and as whole frames (k-NN, linear probes)."""
    input:
        tiles=tokens("clean"),
        whole=tokens("whole"),
        tiles_labels=labels("clean"),
        whole_labels=lambda wildcards: "<results>/labels/{}/whole/patch_{}.zarr".format(
            wildcards.dataset, backbone("patch_px")(wildcards)
        ),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        drawn=drawn(whole_subsets),
    output:
        table="<results>/whole_frames/{dataset}/{backbone}/scores.csv",
        counts="<results>/whole_frames/{dataset}/{backbone}/scores_counts.npz",
        provenance="<results>/whole_frames/{dataset}/{backbone}/scores_provenance.json",
    log:
        "<logs>/whole_frames/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/whole_frames/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(8000),
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/whole_frames.py"),
        subsets=listed(whole_subsets),
        bank=lookup("datasets/{dataset}/whole_frames/bank", within=config),
        query=lookup("datasets/{dataset}/whole_frames/query", within=config),
        layer=backbone("depth"),
        n_removed=lambda wildcards: [0, *backbone("remove")(wildcards)],
        k=config["knn"]["k"],
        label_rule=PROTOCOL["label_rule"],
        batch_norm=backbone("batch_norm"),
        learning_rate=config["linear"]["learning_rate"],
        batch_size=config["linear"]["batch_size"],
        epochs=config["linear"]["epochs"],
        evaluate_every=config["linear"]["evaluate_every"],
        selection=config["linear"]["selection"],
        seed=config["seed"],
    script:
        "../workflow/scripts/whole_frames.py"


rule held_out:
    """Classify the patches of training images by those of other cities, layer by layer (k-NN)."""
    input:
        tokens=tokens("clean"),
        labels=labels("clean"),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        drawn=drawn(bank),
    output:
        table="<results>/knn/{dataset}/{backbone}/held_out.csv",
        counts="<results>/knn/{dataset}/{backbone}/held_out_counts.npz",
        provenance="<results>/knn/{dataset}/{backbone}/held_out_provenance.json",
    log:
        "<logs>/held_out/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/held_out/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(6000),
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/held_out.py"),
        subsets=listed(bank),
        bank=lambda wildcards: bank_of(wildcards.dataset),
        layers=of(plan.layers, "dataset", "backbone"),
        k=config["knn"]["k"],
    script:
        "../workflow/scripts/held_out.py"


rule knn_variants:
    """Classify patches by more neighbours, scaled features, other removed features (k-NN)."""
    input:
        tokens=tokens("clean"),
        labels=labels("clean"),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        drawn=drawn(bank_and_query),
    output:
        table="<results>/knn/{dataset}/{backbone}/variants.csv",
        counts="<results>/knn/{dataset}/{backbone}/variants_counts.npz",
        patches="<results>/knn/{dataset}/{backbone}/variants_patches.csv",
        provenance="<results>/knn/{dataset}/{backbone}/variants_provenance.json",
    log:
        "<logs>/knn_variants/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/knn_variants/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(8000),
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/knn_variants.py"),
        subsets=listed(bank_and_query),
        bank=lambda wildcards: bank_of(wildcards.dataset),
        query=query,
        layer=backbone("depth"),
        n_removed=lambda wildcards: [0, *backbone("remove")(wildcards)],
        ks=config["knn"]["votes"],
        temperature=config["knn"]["temperature"],
        controls=of(drawing.removal_controls, "dataset", "backbone"),
        seed=config["seed"],
    script:
        "../workflow/scripts/knn_variants.py"


rule linear_variants:
    """Train probes with the other BatchNorm, by the other protocol, or without other features."""
    input:
        tokens=tokens("clean"),
        labels=labels("clean"),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        drawn=drawn(bank_and_query),
    output:
        table="<results>/linear/{dataset}/{backbone}/variants.csv",
        counts="<results>/linear/{dataset}/{backbone}/variants_counts.npz",
        provenance="<results>/linear/{dataset}/{backbone}/variants_provenance.json",
    log:
        "<logs>/linear_variants/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/linear_variants/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(8000),
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/linear_variants.py"),
        subsets=listed(bank_and_query),
        bank=lambda wildcards: bank_of(wildcards.dataset),
        query=query,
        layer=backbone("depth"),
        label_rule=PROTOCOL["label_rule"],
        batch_norm=backbone("batch_norm"),
        other_norm=lambda wildcards: wildcards.backbone
        in drawing.backbones_shown(config, "batch_norm"),
        n_removed=of(drawing.removals_of_protocols, "backbone"),
        controls=of(drawing.removal_controls, "dataset", "backbone"),
        learning_rate=config["linear"]["learning_rate"],
        batch_size=config["linear"]["batch_size"],
        epochs=config["linear"]["epochs"],
        evaluate_every=config["linear"]["evaluate_every"],
        selection=config["linear"]["selection"],
        seed=config["seed"],
    script:
        "../workflow/scripts/linear_variants.py"
