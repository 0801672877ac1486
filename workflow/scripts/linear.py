"""Train linear probes, all heads of a removal sweep together, and score their predictions."""

from importlib import import_module

import pandas as pd

from patchprobe import devices, provenance
from patchprobe.embeddings.extraction import grid_of
from patchprobe.embeddings.patches import Patches
from patchprobe.embeddings.variance import applicable, removal_order
from patchprobe.evaluation import linear
from patchprobe.evaluation.scores import Scores
from patchprobe.logs import log_to

log_to(snakemake.log[0])

inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
reader = import_module(f"patchprobe.datasets.{wildcards.dataset}")
device = devices.choose(snakemake.config["device"], snakemake.threads)
grid = grid_of(inputs.val)
order = removal_order(pd.read_csv(inputs.variance), params.layer)
n_removed = applicable(params.n_removed, len(order), wildcards.backbone)
training = linear.Training(
    params.learning_rate,
    params.batch_size,
    params.epochs,
    params.seed,
    params.selection,
    params.evaluate_every,
)


def load(crops, parts, stems):
    """Embeddings and labels of the patches of some images."""
    patches = Patches(crops, stems, reader.N_CLASSES)
    labels = patches.labels(grid)[params.label_rule]
    return patches.embeddings(parts, params.layer).compute(), labels


queries = Patches(inputs.val_crops, params.query, reader.N_CLASSES)
left_out = set(queries.left_out)
scores = Scores(queries, grid, reader.CLASS_NAMES, reader.EVALUATED)
query_data = load(inputs.val_crops, inputs.val, queries.images)
for train_set, images in params.train_sets:
    bank = Patches(inputs.train_crops, images, reader.N_CLASSES)
    left_out |= set(bank.left_out)
    fit, held_out = linear.split(training, bank.images, reader.city_of)
    selection_data = {
        "last": lambda: None,
        "split": lambda stems=held_out: load(inputs.train_crops, inputs.train, stems),
        "val": lambda: query_data,
    }
    heads = linear.train(
        *load(inputs.train_crops, inputs.train, fit),
        [order[:m] for m in n_removed],
        reader.N_CLASSES,
        training,
        params.batch_norm,
        selection_data[training.selection](),
        device,
    )
    predictions = linear.predict(heads, query_data[0], device)
    for m, predicted in zip(n_removed, predictions, strict=True):
        scores.add(
            predicted,
            params.label_rule,
            backbone=wildcards.backbone,
            layer=params.layer,
            n_removed=m,
            train_set=train_set,
            n_train_images=len(fit),
            n_left_out=len(bank.left_out) + len(queries.left_out),
            selection=training.selection,
        )
scores.save(snakemake.output.table, snakemake.output.confusions)
provenance.write(
    snakemake.output.about,
    embeddings={split: provenance.of_parts(inputs[split]) for split in ("train", "val")},
    training=vars(training),
    batch_norm=params.batch_norm,
    train_sets=params.train_sets,
    query=queries.images,
    left_out=sorted(left_out),
)
