"""Result tables that figures take anyway -> a card of every backbone, against the others (PNG)."""

# Figures of tables of patch classification; each shows backbones of its own choice.
OF_CLASSIFICATION = ("fig1", "fig2b", "fig2c", "fig4")
# Figures that tell which backbones have a card.
OF_CARDS = (*OF_CLASSIFICATION, "fig3", "fig5", "fig6", "fig7", "fig8", "fig9", "fig11")


rule cards:
    """A picture of every backbone: its curves in all evaluations, those of the others in grey (target)."""
    input:
        knn=taken_by(OF_CLASSIFICATION, "knn", "subsets"),
        linear=taken_by(OF_CLASSIFICATION, "linear", "subsets"),
        layers=taken_by(["fig3"], "knn", "layers"),
        changed=taken_by(["fig4"], "robustness", "changes"),
        retrieval=taken_by(["fig5", "fig6", "fig11"], "retrieval", "changes"),
        bdd100k=taken_by(["fig7"], "association", "clean"),
        mot17=taken_by(["fig9"], "association", "clean"),
        scenes=taken_by(["fig8"], "scenes", "knn"),
        variance=[
            f"<results>/variance/cityscapes/{x}.csv"
            for x in backbones_of([*OF_CLASSIFICATION, "fig3"])
        ],
    output:
        [
            report(
                f"<results>/figures/cards/{x}.png",
                category="Figures",
                caption="../workflow/report/cards.rst",
                labels={"figure": "card", "shows": x},
            )
            for x in backbones_of(OF_CARDS)
        ],
    log:
        "<logs>/cards.log",
    conda:
        "../envs/patchprobe.yaml"
    threads: 1
    resources:
        mem_mb=more_memory(2000),
        runtime=more_time(minutes=10),
    params:
        code=code_digest("workflow/scripts/cards.py"),
        backbones=backbones_of(OF_CARDS),
        representations=drawing.every_representation(config),
        bank=bank_of("cityscapes"),
        protocol=PROTOCOL,
        note=drawing.note(config, DATASETS, backbones_of(OF_CARDS)),
    script:
        "../workflow/scripts/cards.py"
