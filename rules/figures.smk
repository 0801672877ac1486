"""Result tables -> figures (PNG, PDF, SVG) and tables of the paper; each a target by its name."""


rule fig1:
    """Figure 1 (target)."""
    input:
        multiext("<results>/figures/fig1_segmentation", ".png", ".pdf", ".svg"),


rule fig1_segmentation:
    """Draw Figure 1: training-set size against mean IoU."""
    input:
        knn=expand(
            "<results>/knn/cityscapes/{backbone}/sizes.csv", backbone=backbones_on("cityscapes")
        ),
        linear=expand(
            "<results>/linear/cityscapes/{backbone}/sizes.csv", backbone=backbones_on("cityscapes")
        ),
    output:
        png=report(
            "<results>/figures/fig1_segmentation.png",
            category="Figures",
            caption="../workflow/report/fig1_segmentation.rst",
            labels={"figure": "1", "shows": "k-NN and linear mIoU by training-set size"},
        ),
        vector=multiext("<results>/figures/fig1_segmentation", ".pdf", ".svg"),
    log:
        "<logs>/fig1_segmentation.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime="10m",
    params:
        code=code_digest("workflow/scripts/fig1_segmentation.py"),
        protocol=PROTOCOL,
        representations=representations("cityscapes"),
        note=figure_note("cityscapes"),
    script:
        "../workflow/scripts/fig1_segmentation.py"


rule fig2a:
    """Figure 2a (target)."""
    input:
        multiext("<results>/figures/fig2a_variance", ".png", ".pdf", ".svg"),


rule fig2a_variance:
    """Draw Figure 2a: variance of every feature."""
    input:
        variance=expand(
            "<results>/variance/cityscapes/{backbone}.csv", backbone=backbones_on("cityscapes")
        ),
    output:
        png=report(
            "<results>/figures/fig2a_variance.png",
            category="Figures",
            caption="../workflow/report/fig2a_variance.rst",
            labels={"figure": "2a", "shows": "variance of features"},
        ),
        vector=multiext("<results>/figures/fig2a_variance", ".pdf", ".svg"),
    log:
        "<logs>/fig2a_variance.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime="10m",
    params:
        code=code_digest("workflow/scripts/fig2a_variance.py"),
        backbones=backbones_on("cityscapes"),
        representations=representations("cityscapes"),
        note=figure_note("cityscapes"),
    script:
        "../workflow/scripts/fig2a_variance.py"


rule fig2b:
    """Figure 2b (target)."""
    input:
        multiext("<results>/figures/fig2b_removal", ".png", ".pdf", ".svg"),


rule fig2b_removal:
    """Draw Figure 2b: the removal sweep of one backbone (2c: of the others)."""
    input:
        knn=expand(
            "<results>/knn/cityscapes/{backbone}/sweep.csv", backbone=config["removal_backbone"]
        ),
        linear=expand(
            "<results>/linear/cityscapes/{backbone}/sweep.csv", backbone=config["removal_backbone"]
        ),
    output:
        png=report(
            "<results>/figures/fig2b_removal.png",
            category="Figures",
            caption="../workflow/report/fig2b_removal.rst",
            labels={
                "figure": "2b",
                "shows": f"removal of high-variance features, {config['removal_backbone']}",
            },
        ),
        vector=multiext("<results>/figures/fig2b_removal", ".pdf", ".svg"),
    log:
        "<logs>/fig2b_removal.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime="10m",
    params:
        code=code_digest("workflow/scripts/fig2_removal.py"),
        protocol=PROTOCOL,
        representations=representations("cityscapes"),
        note=figure_note("cityscapes"),
    script:
        "../workflow/scripts/fig2_removal.py"


rule fig2c:
    """Figure 2c (target)."""
    input:
        multiext("<results>/figures/fig2c_removal", ".png", ".pdf", ".svg"),


use rule fig2b_removal as fig2c_removal with:
    input:
        knn=expand("<results>/knn/cityscapes/{backbone}/sweep.csv", backbone=OTHER_BACKBONES),
        linear=expand("<results>/linear/cityscapes/{backbone}/sweep.csv", backbone=OTHER_BACKBONES),
    output:
        png=report(
            "<results>/figures/fig2c_removal.png",
            category="Figures",
            caption="../workflow/report/fig2c_removal.rst",
            labels={"figure": "2c", "shows": "removal of high-variance features, others"},
        ),
        vector=multiext("<results>/figures/fig2c_removal", ".pdf", ".svg"),
    log:
        "<logs>/fig2c_removal.log",


rule fig3:
    """Figure 3 (target)."""
    input:
        multiext("<results>/figures/fig3_layers", ".png", ".pdf", ".svg"),


rule fig3_layers:
    """Draw Figure 3: k-NN by layer and class."""
    input:
        knn=expand(
            "<results>/knn/cityscapes/{backbone}/layers.csv", backbone=backbones_on("cityscapes")
        ),
    output:
        png=report(
            "<results>/figures/fig3_layers.png",
            category="Figures",
            caption="../workflow/report/fig3_layers.rst",
            labels={"figure": "3", "shows": "k-NN by layer"},
        ),
        vector=multiext("<results>/figures/fig3_layers", ".pdf", ".svg"),
    log:
        "<logs>/fig3_layers.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime="10m",
    params:
        code=code_digest("workflow/scripts/fig3_layers.py"),
        protocol=PROTOCOL,
        representations=representations("cityscapes"),
        note=figure_note("cityscapes"),
    script:
        "../workflow/scripts/fig3_layers.py"


rule tab2:
    """Table 2 (target)."""
    input:
        "<results>/tables/tab2_segmentation.csv",


rule tab2_segmentation:
    """Make Table 2: mean IoU of k-NN and linear patch classifiers."""
    input:
        knn=expand(
            "<results>/knn/cityscapes/{backbone}/sizes.csv", backbone=backbones_on("cityscapes")
        ),
        linear=expand(
            "<results>/linear/cityscapes/{backbone}/sizes.csv", backbone=backbones_on("cityscapes")
        ),
    output:
        report(
            "<results>/tables/tab2_segmentation.csv",
            category="Tables",
            caption="../workflow/report/tab2_segmentation.rst",
            labels={"table": "2", "shows": "k-NN and linear mIoU"},
        ),
    log:
        "<logs>/tab2_segmentation.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(1000),
        runtime="10m",
    params:
        code=code_digest("workflow/scripts/tab2_segmentation.py"),
        protocol=PROTOCOL,
        train_set=config["datasets"]["cityscapes"]["bank"],
        representations=representations("cityscapes"),
        note=figure_note("cityscapes"),
    script:
        "../workflow/scripts/tab2_segmentation.py"


rule tab3:
    """Table 3 (target)."""
    input:
        "<results>/tables/tab3_fair1m.csv",


rule tab3_fair1m:
    """Count pixels and patches of every category of the FAIR1M tiles."""
    input:
        published="config/paper_values/tab3_fair1m.csv",
        miniature=fair1m_marker,
    output:
        report(
            "<results>/tables/tab3_fair1m.csv",
            caption="../workflow/report/tab3.rst",
            category="FAIR1M",
            labels={"figure": "Table 3", "shows": "pixels and patches of every category"},
        ),
    log:
        "<logs>/tab3_fair1m.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 4
    resources:
        mem_mb=more_memory(4000),
        runtime="1h",
    params:
        code=code_digest("workflow/scripts/tab3_fair1m.py"),
        root=lookup("datasets/fair1m/root", within=config, default=None),
        split=lookup("datasets/fair1m/split", within=config, default=None),
        tiles=fair1m_tiles,
    script:
        "../workflow/scripts/tab3_fair1m.py"
