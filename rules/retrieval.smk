"""Tokens of changed images -> what is retrieved for their patches among those of the originals."""


rule retrieval:
    """Retrieve patches of changed images among all patches of the originals: all similarities."""
    input:
        tokens=tokens("clean"),
        changed=tokens("changed"),
        labels=labels("clean"),
        changed_labels=labels("changed"),
        variance="<results>/variance/{dataset}/{backbone}.csv",
        drawn=drawn(bank_and_query),
    output:
        table="<results>/retrieval/{dataset}/{backbone}/changes.csv",
        counts="<results>/retrieval/{dataset}/{backbone}/changes_counts.npz",
        neighbours="<results>/retrieval/{dataset}/{backbone}/changes_neighbours.npz",
        provenance="<results>/retrieval/{dataset}/{backbone}/changes_provenance.json",
    log:
        "<logs>/retrieval/{dataset}-{backbone}.log",
    benchmark:
        "<benchmarks>/retrieval/{dataset}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=more_memory(6000),
        runtime=more_time(hours=6),
    params:
        code=code("workflow/scripts/retrieval.py"),
        subsets=listed(bank_and_query),
        bank=lambda wildcards: bank_of(wildcards.dataset),
        query=query,
        layer=backbone("depth"),
        n_removed=lambda wildcards: [0, *backbone("remove")(wildcards)],
        excluded=lookup("datasets/{dataset}/excluded", within=config),
        seed=config["seed"],
    script:
        "../workflow/scripts/retrieval.py"
