"""Result tables -> figures and tables beyond the paper: metrics, features, layers, votes, hubs."""


use rule figure as fig2b_controls with:
    """Beside Figure 2b: the same without other features, and with scaled ones (target)."""
    input:
        knn=tables("knn", "fig2b_controls", "subsets"),
        linear=tables("linear", "fig2b_controls", "subsets"),
        knn_variants=tables("knn", "fig2b_controls", "variants"),
        linear_variants=tables("linear", "fig2b_controls", "variants"),
    output:
        **picture(
            "fig2b_controls",
            "removal of other features, and scaled features",
            number="beside Figure 2b",
        ),
    log:
        "<logs>/fig2b_controls.log",
    params:
        **drawing_of("fig2b_controls", "fig2b_controls", bank=bank_of("cityscapes")),


use rule table as fig3_accuracies with:
    """Beside Figure 3: mean IoU and accuracies by layer (target)."""
    input:
        knn=tables("knn", "fig3", "layers"),
    output:
        reported("fig3_accuracies", "beside Figure 3", "k-NN by layer"),
    log:
        "<logs>/fig3_accuracies.log",
    params:
        **table_of("fig3_accuracies", drawing.shown(config, "fig3"), note=note_of("fig3")),


use rule table as layer_choice with:
    """Which layer: the last, the best on held-out training images, the best afterwards (target)."""
    input:
        layers=tables("knn", "layer_choice", "layers"),
        held_out=tables("knn", "layer_choice", "held_out"),
    output:
        reported("layer_choice", "beyond the paper", "which layer"),
    log:
        "<logs>/layer_choice.log",
    params:
        **table_of(
            "layer_choice", drawing.shown(config, "layer_choice"), note=note_of("layer_choice")
        ),


use rule table as similarities with:
    """k-NN by similarity and features: is the headline an effect of the metric (target)?"""
    input:
        knn=tables("knn", "similarities", "subsets"),
        variants=tables("knn", "similarities", "variants"),
    output:
        reported("similarities", "beyond the paper", "k-NN by similarity and features"),
    log:
        "<logs>/similarities.log",
    params:
        **table_of(
            "similarities",
            drawing.shown(config, "similarities"),
            note=note_of("similarities"),
            bank=bank_of("cityscapes"),
        ),
        protocol={"label_rule": PROTOCOL["label_rule"]},


use rule figure as plot_similarities with:
    """Figure of the table `similarities` (target)."""
    input:
        **rules.similarities.input,
    output:
        **picture("similarities", "k-NN by similarity and features", number="beyond the paper"),
    log:
        "<logs>/plot_similarities.log",
    params:
        **drawing_of("similarities", "plot_similarities", bank=bank_of("cityscapes")),
        protocol={"label_rule": PROTOCOL["label_rule"]},


use rule table as votes with:
    """k-NN by the number of neighbours, with majority and soft votes (target)."""
    input:
        variants=tables("knn", "votes", "variants"),
    output:
        reported("votes", "beyond the paper", "k-NN by number of neighbours"),
    log:
        "<logs>/votes.log",
    params:
        **table_of("votes", drawing.shown(config, "votes"), note=note_of("votes")),
        protocol={"label_rule": PROTOCOL["label_rule"]},


use rule figure as plot_votes with:
    """Figure of the table `votes` (target)."""
    input:
        **rules.votes.input,
    output:
        **picture("votes", "k-NN by number of neighbours", number="beyond the paper"),
    log:
        "<logs>/plot_votes.log",
    params:
        **drawing_of("votes", "plot_votes", similarity=PROTOCOL["similarity"]),
        protocol={"label_rule": PROTOCOL["label_rule"]},


use rule table as hubs with:
    """How few patches are the nearest of how many queries (target)."""
    input:
        patches=tables("knn", "hubs", "variants", "_patches.csv"),
    output:
        reported("hubs", "beyond the paper", "hubs of the bank, Cityscapes"),
    log:
        "<logs>/hubs.log",
    params:
        **table_of("hubs", drawing.shown(config, "hubs"), note=note_of("hubs")),
        protocol={},


use rule table as norms with:
    """Lengths of patch embeddings (target)."""
    input:
        patches=tables("knn", "norms", "variants", "_patches.csv"),
    output:
        reported("norms", "beyond the paper", "lengths of patch embeddings"),
    log:
        "<logs>/norms.log",
    params:
        **table_of("norms", drawing.shown(config, "norms"), note=note_of("norms")),
        protocol={},


use rule table as batch_norm with:
    """In the text: k-NN and linear probes with and without BatchNorm (target)."""
    input:
        knn_variants=tables("knn", "batch_norm", "variants"),
        linear=tables("linear", "batch_norm", "subsets"),
        linear_variants=tables("linear", "batch_norm", "variants"),
    output:
        reported("batch_norm", "in the text", "BatchNorm for k-NN and linear probes"),
    log:
        "<logs>/batch_norm.log",
    params:
        **table_of(
            "batch_norm",
            drawing.shown(config, "batch_norm"),
            note=note_of("batch_norm"),
            bank=bank_of("cityscapes"),
            has_batch_norm=[
                x
                for x in drawing.backbones_shown(config, "batch_norm")
                if config["backbones"][x]["batch_norm"]
            ],
        ),
