"""Tokens and labels -> what the features of highest variance hold, what the best labels of patches reach."""


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
        runtime="1h",
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
        runtime="1h",
    params:
        code=code("workflow/scripts/grid_ceiling.py"),
        query=listed(lambda wildcards: [query(wildcards)]),
    script:
        "../workflow/scripts/grid_ceiling.py"
