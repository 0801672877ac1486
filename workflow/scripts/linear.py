"""Train linear probes, all heads of a removal sweep together, and score their predictions."""

from importlib import import_module

import pandas as pd

from patchprobe import devices, linear
from patchprobe.classification import Patches, Scores
from patchprobe.datasets import subsets
from patchprobe.embeddings import grid_of
from patchprobe.logs import log_to
from patchprobe.variance import removal_order

log_to(snakemake.log[0])

inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
reader = import_module(f"patchprobe.datasets.{wildcards.dataset}")
device = devices.choose(params.device, snakemake.threads)
grid = grid_of(inputs.val)
order = removal_order(pd.read_csv(inputs.variance), params.layer)
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


queries = Patches(inputs.val_crops, subsets.read_list(inputs.query), reader.N_CLASSES)
scores = Scores(queries, grid, reader.CLASS_NAMES, reader.EVALUATED)
query_data = load(inputs.val_crops, inputs.val, queries.images)
for train_set, path in params.train_sets:
    stems = subsets.read_list(path)
    fit, held_out = linear.split(training, stems, reader.city_of)
    selection_data = {
        "last": lambda: None,
        "split": lambda stems=held_out: load(inputs.train_crops, inputs.train, stems),
        "val": lambda: query_data,
    }
    heads = linear.train(
        *load(inputs.train_crops, inputs.train, fit),
        [order[:m] for m in params.n_removed],
        reader.N_CLASSES,
        training,
        params.batch_norm,
        selection_data[training.selection](),
        device,
    )
    predictions = linear.predict(heads, query_data[0], device)
    for n_removed, predicted in zip(params.n_removed, predictions, strict=True):
        scores.add(
            predicted,
            params.label_rule,
            backbone=wildcards.backbone,
            layer=params.layer,
            n_removed=n_removed,
            train_set=train_set,
            n_train_images=len(stems),
            selection=training.selection,
        )
scores.save(snakemake.output.table, snakemake.output.confusions)
