"""Tokens and patch labels -> k-NN and linear-probe scores, per class and per image.

Experiments: `subsets` (every training subset; the removal sweep with the bank) and `layers`.
"""


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
        runtime="6h",
    params:
        code=code("workflow/scripts/knn.py"),
        subsets=listed(bank_and_query),
        query=query,
        searches=searches(),
        k=config["knn"]["k"],
    script:
        "../workflow/scripts/knn.py"


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
        runtime="6h",
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
        runtime="6h",
    params:
        code=code("workflow/scripts/robustness.py"),
        subsets=listed(bank_and_query),
        query=query,
        searches=searches("changes"),
        label_rule=PROTOCOL["label_rule"],
        k=config["knn"]["k"],
    script:
        "../workflow/scripts/robustness.py"
