"""Classify patches by their nearest neighbours, and score the predictions."""

from importlib import import_module

import pandas as pd

from patchprobe import devices, provenance
from patchprobe.embeddings.extraction import grid_of
from patchprobe.embeddings.patches import Patches
from patchprobe.embeddings.variance import applicable, removal_order
from patchprobe.evaluation.scores import LABEL_RULES, Scores
from patchprobe.logs import log_to
from patchprobe.neighbours import check, knn

log_to(snakemake.log[0])

inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
reader = import_module(f"patchprobe.datasets.{wildcards.dataset}")
device = devices.choose(snakemake.config["device"], snakemake.threads)
grid = grid_of(inputs.val)
ranking = pd.read_csv(inputs.variance)
queries = Patches(inputs.val_crops, params.query, reader.N_CLASSES)
left_out = set(queries.left_out)
scores = Scores(queries, grid, reader.CLASS_NAMES, reader.EVALUATED)
for train_set, images in params.train_sets:
    bank = Patches(inputs.train_crops, images, reader.N_CLASSES)
    left_out |= set(bank.left_out)
    labels = bank.labels(grid)
    for layer in params.layers:
        query_rows = queries.embeddings(inputs.val, layer)
        bank_rows = bank.embeddings(inputs.train, layer)
        order = removal_order(ranking, layer)
        removed = applicable(params.n_removed, len(order), wildcards.backbone)
        found = knn.search(query_rows, bank_rows, order, removed, k=params.k, device=device)
        check.against_faiss(query_rows, bank_rows, order, found)
        for m, n_removed in enumerate(found.n_removed):
            for s, similarity in enumerate(found.similarities):
                for label_rule in LABEL_RULES:
                    scores.add(
                        knn.vote(labels[label_rule], found.index[m, s]),
                        label_rule,
                        backbone=wildcards.backbone,
                        layer=layer,
                        n_removed=n_removed,
                        train_set=train_set,
                        n_train_images=len(bank.images),
                        n_left_out=len(bank.left_out) + len(queries.left_out),
                        similarity=similarity,
                        k=params.k,
                    )
scores.save(snakemake.output.table, snakemake.output.confusions)
provenance.write(
    snakemake.output.about,
    embeddings={split: provenance.of_parts(inputs[split]) for split in ("train", "val")},
    train_sets=params.train_sets,
    query=queries.images,
    left_out=sorted(left_out),
)
