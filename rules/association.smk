"""Tokens of video frames and boxes of objects -> a descriptor per object -> what is nearest after a gap."""


rule objects:
    """Boxes, identities and mean colours of the objects in all frames of the crops."""
    input:
        crops="<results>/crops/{dataset}/clean.zarr",
    output:
        "<results>/objects/{dataset}.csv",
    log:
        "<logs>/objects/{dataset}.log",
    benchmark:
        "<benchmarks>/objects/{dataset}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(2000),
        runtime=more_time(hours=1),
    params:
        code=code("workflow/scripts/objects.py", "patchprobe/datasets/{dataset}.py"),
        root=lookup("datasets/{dataset}/root", within=config),
    script:
        "../workflow/scripts/objects.py"


rule descriptors:
    """Pool the patch embeddings under the box of every object; no later job reads embeddings."""
    input:
        tokens=gather.embed(
            "<results>/embeddings/{{dataset}}/{{variant}}/{{backbone}}/{scatteritem}.zarr"
        ),
        objects="<results>/objects/{dataset}.csv",
    output:
        directory("<results>/descriptors/{dataset}/{variant}/{backbone}.zarr"),
    log:
        "<logs>/descriptors/{dataset}-{variant}-{backbone}.log",
    benchmark:
        "<benchmarks>/descriptors/{dataset}-{variant}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(6000),
        runtime=more_time(hours=4),
    params:
        code=code("workflow/scripts/descriptors.py"),
        layer=backbone("depth"),
        patch_px=backbone("patch_px"),
    script:
        "../workflow/scripts/descriptors.py"


rule association:
    """Find the nearest objects after every gap: both descriptors, all similarities and removals."""
    input:
        descriptors="<results>/descriptors/{dataset}/{variant}/{backbone}.zarr",
        objects="<results>/objects/{dataset}.csv",
        variance=lambda wildcards: ranking(
            wildcards.dataset, wildcards.backbone, backbone("remove")(wildcards)
        ),
        drawn=drawn(lambda wildcards: [query(wildcards)]),
    output:
        table="<results>/association/{dataset}/{backbone}/{variant}.csv",
        counts="<results>/association/{dataset}/{backbone}/{variant}_counts.npz",
        provenance="<results>/association/{dataset}/{backbone}/{variant}_provenance.json",
    log:
        "<logs>/association/{dataset}-{variant}-{backbone}.log",
    benchmark:
        "<benchmarks>/association/{dataset}-{variant}-{backbone}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime=more_time(hours=2),
    params:
        code=code("workflow/scripts/association.py"),
        query=listed(lambda wildcards: [query(wildcards)]),
        frame_gaps=lookup("datasets/{dataset}/frame_gaps", within=config),
        every=lookup("datasets/{dataset}/query_every", within=config),
        min_visibility=lookup("datasets/{dataset}/min_visibility", within=config),
        layer=backbone("depth"),
        n_removed=lambda wildcards: [0, *sorted(backbone("remove")(wildcards))],
    script:
        "../workflow/scripts/association.py"


rule association_controls:
    """What boxes alone, mean colours alone and chance score in the association of objects."""
    input:
        crops="<results>/crops/{dataset}/clean.zarr",
        objects="<results>/objects/{dataset}.csv",
        drawn=drawn(lambda wildcards: [query(wildcards)]),
    output:
        table="<results>/association/{dataset}/controls.csv",
        counts="<results>/association/{dataset}/controls_counts.npz",
    log:
        "<logs>/association_controls/{dataset}.log",
    benchmark:
        "<benchmarks>/association_controls/{dataset}.tsv"
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(2000),
        runtime=more_time(hours=1),
    params:
        code=code("workflow/scripts/association_controls.py"),
        query=listed(lambda wildcards: [query(wildcards)]),
        frame_gaps=lookup("datasets/{dataset}/frame_gaps", within=config),
        every=lookup("datasets/{dataset}/query_every", within=config),
        min_visibility=lookup("datasets/{dataset}/min_visibility", within=config),
    script:
        "../workflow/scripts/association_controls.py"


rule strip:
    """Frames of a video with its objects, joined to what is nearest after a gap; and an animation."""
    input:
        descriptors=lambda wildcards: "<results>/descriptors/{}/clean/{}.zarr".format(
            wildcards.dataset, representation(wildcards)[1]
        ),
        objects="<results>/objects/{dataset}.csv",
        crops="<results>/crops/{dataset}/clean.zarr",
        variance=lambda wildcards: ranking(wildcards.dataset, *representation(wildcards)[1:3]),
    output:
        png=told(
            "figures/strips/{dataset}/{representation}/{video}_{frame_gap}.png",
            "Figures",
            "beside Figures 7, 9",
            "objects and what is nearest to them later",
            caption="strip",
        ),
        gif="<results>/figures/strips/{dataset}/{representation}/{video}_{frame_gap}.gif",
    log:
        "<logs>/strip/{dataset}-{representation}-{video}-{frame_gap}.log",
    wildcard_constraints:
        video="[A-Za-z0-9_-]+",
        frame_gap="[1-9][0-9]*",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(2000),
        runtime=more_time(minutes=10),
    params:
        code=code("workflow/scripts/strip.py"),
        layer=lambda wildcards: config["backbones"][representation(wildcards)[1]]["depth"],
        representation=representation,
        min_visibility=lookup("datasets/{dataset}/min_visibility", within=config),
        descriptor=PROTOCOL["descriptor"],
        similarity=PROTOCOL["similarity"],
        note=lambda wildcards: drawing.note(
            config, [wildcards.dataset], [representation(wildcards)[1]]
        ),
    script:
        "../workflow/scripts/strip.py"
