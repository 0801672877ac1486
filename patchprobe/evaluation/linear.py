"""Linear probes on frozen patch embeddings, all heads of a removal sweep trained together.

A head without the first m features is a head whose weights for them are held at zero. The heads
see the same batches, and neither cross-entropy nor Adam mixes them, so training them in one pass
gives what training each alone gives, up to rounding.
"""

import copy
import logging
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import nn

from patchprobe.evaluation.linear_heads import BATCH_NORM_EPS, Heads
from patchprobe.logs import progress

log = logging.getLogger(__name__)

SELECTIONS = ("last", "split", "val")


@dataclass(frozen=True)
class Training:
    """How a probe is trained (protocol: Adam on batches of patches, cross-entropy).

    Attributes
    ----------
    learning_rate, batch_size, epochs, seed : numbers
    selection : {"last", "split", "val"}
        Epoch that is kept: the last; the best on held-out training images; or the best on the
        evaluation set, as published (this leaks: the score is then chosen on the data it is
        reported on).
    evaluate_every : int
        Epochs between two looks at the selection set.
    """

    learning_rate: float = 1e-3
    batch_size: int = 4096
    epochs: int = 250
    seed: int = 0
    selection: str = "last"
    evaluate_every: int = 5

    @classmethod
    def of(cls, params):
        """From the attributes of these names of an object, such as the params of a rule."""
        return cls(**{field.name: getattr(params, field.name) for field in fields(cls)})

    def __post_init__(self):
        if self.selection not in SELECTIONS:
            raise ValueError(f"expected selection in {SELECTIONS}, found {self.selection!r}")


def split(training, images, group_of):
    """Images to fit on and, for the selection "split", a tenth of the groups (cities) held out.

    Parameters
    ----------
    training : Training
    images : list
    group_of : callable, image -> group

    Returns
    -------
    fit, held_out : lists of images
    """
    if training.selection != "split":
        return images, []
    groups = sorted({group_of(image) for image in images})
    if len(groups) < 2:
        raise ValueError(f"selection 'split' needs images of two cities, found only {groups}")
    rng = np.random.default_rng(training.seed)
    held = set(rng.choice(groups, max(1, round(len(groups) / 10)), replace=False))
    is_held = [group_of(image) in held for image in images]
    fit = [image for image, out in zip(images, is_held, strict=True) if not out]
    return fit, [image for image, out in zip(images, is_held, strict=True) if out]


def train(
    embeddings, labels, removed, n_classes, training, batch_norm=False, held_out=None, device="cpu"
):
    """Train one head for each entry of `removed`.

    Parameters
    ----------
    embeddings : numpy.ndarray of shape (n_patches, n_features), float16 or float32
    labels : numpy.ndarray of shape (n_patches,), integer
    removed : list of arrays of int
    n_classes : int
    training : Training
    batch_norm : bool
    held_out : tuple of embeddings and labels, optional
        The selection set; needed unless `training.selection` is "last".
    device : str

    Returns
    -------
    Heads, in evaluation mode
        With attributes `epoch` (list: the epoch kept for each head) and `losses` (list: mean
        training cross-entropy of each head in its last epoch).
    """
    if (held_out is None) != (training.selection == "last"):
        raise ValueError(f"selection {training.selection!r} and held_out={held_out is not None}")
    arguments = (embeddings, labels, removed, n_classes, training, batch_norm, held_out, device)
    heads, best = _train(*arguments)
    if best is not None:
        best.restore(heads)
    log.info("kept epochs %s, training losses %s", heads.epoch, heads.losses)
    return heads.eval()


def train_last_and_best(
    embeddings, labels, removed, n_classes, training, batch_norm, held_out, device="cpu"
):
    """Train once, and keep the last epoch and the best one on the selection set.

    Parameters
    ----------
    As of `train`; whatever `training.selection` is.

    Returns
    -------
    last, best : Heads, in evaluation mode
    """
    arguments = (embeddings, labels, removed, n_classes, training, batch_norm, held_out, device)
    heads, best = _train(*arguments)
    last = copy.deepcopy(heads).eval()
    best.restore(heads)
    return last, heads.eval()


def _train(embeddings, labels, removed, n_classes, training, batch_norm, held_out, device):
    """Heads after the last epoch, and their best weights so far (None without a selection set)."""
    heads = Heads(embeddings.shape[1], n_classes, removed, batch_norm, training.seed).to(device)
    optimizer = torch.optim.Adam(heads.parameters(), lr=training.learning_rate)
    x, y = _tensors(embeddings, labels, device)
    generator = torch.Generator().manual_seed(training.seed)
    best = None if held_out is None else _Best(heads)
    for epoch in progress(range(1, training.epochs + 1), desc="linear probe", unit="epoch"):
        losses = _epoch(heads, optimizer, x, y, training.batch_size, generator)
        if not losses.isfinite().all():
            raise RuntimeError(
                f"A linear probe diverged in epoch {epoch} (losses {losses.tolist()}): lower "
                "`linear: learning_rate` in the configuration."
            )
        is_time = epoch % training.evaluate_every == 0 or epoch == training.epochs
        if best is not None and is_time:
            best.update(heads, epoch, _losses(heads, *held_out, device))
    heads.losses = losses.tolist()
    heads.epoch = [training.epochs] * heads.n_heads
    return heads, best


def _tensors(embeddings, labels, device):
    x = torch.from_numpy(np.ascontiguousarray(embeddings)).to(device)
    return x, torch.from_numpy(np.asarray(labels).astype(np.int64)).to(device)


def _epoch(heads, optimizer, x, y, batch_size, generator):
    """One pass over shuffled patches; mean loss of each head."""
    heads.train()
    total = torch.zeros(heads.n_heads, device=x.device)
    for batch in torch.randperm(len(x), generator=generator).split(batch_size):
        if len(batch) == 1 and isinstance(heads.norm, nn.BatchNorm1d):
            continue  # one patch left over has no variance; the next epoch deals it elsewhere
        batch = batch.to(x.device)
        losses = _cross_entropy(heads(x[batch].float()), y[batch])
        optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
        total += losses.detach() * len(batch)
    return total / len(x)


def _cross_entropy(logits, labels):
    """Mean cross-entropy of each head: (batch, n_heads, n_classes) -> (n_heads,)."""
    repeated = labels[:, None].expand(-1, logits.shape[1])
    return nn.functional.cross_entropy(logits.transpose(1, 2), repeated, reduction="none").mean(0)


@torch.inference_mode()
def _losses(heads, embeddings, labels, device, chunk=16384):
    heads.eval()
    total = torch.zeros(heads.n_heads, device=device)
    for start in range(0, len(labels), chunk):
        x, y = _tensors(embeddings[start : start + chunk], labels[start : start + chunk], device)
        total += _cross_entropy(heads(x.float()), y) * len(y)
    return total / len(labels)


class _Best:
    """The best weights of each head so far, with the running statistics of their epoch."""

    def __init__(self, heads):
        self.loss = [float("inf")] * heads.n_heads
        self.epoch = [0] * heads.n_heads
        self.state = [None] * heads.n_heads

    def update(self, heads, epoch, losses):
        state = None
        for head, loss in enumerate(losses.tolist()):
            if loss < self.loss[head]:
                state = state or copy.deepcopy(heads.state_dict())
                self.loss[head], self.epoch[head], self.state[head] = loss, epoch, state

    def restore(self, heads):
        """Put the best weights back, BatchNorm folded in where heads stem from other epochs."""
        with torch.no_grad():
            for head, state in enumerate(self.state):
                heads.weight[head], heads.bias[head] = _folded(state, head, heads.norm)
        heads.norm = nn.Identity()
        heads.epoch = self.epoch


def _folded(state, head, norm):
    """Weight and bias of a head that does its own standardisation: w (x - mean) / std + b."""
    weight, bias = state["weight"][head] * state["mask"][head], state["bias"][head]
    if isinstance(norm, nn.Identity):
        return weight, bias
    weight = weight / (state["norm.running_var"] + BATCH_NORM_EPS).sqrt()
    return weight, bias - weight @ state["norm.running_mean"]


@torch.inference_mode()
def predict(heads, embeddings, device="cpu", chunk=16384):
    """Predicted classes of every head.

    Parameters
    ----------
    heads : Heads
    embeddings : array of shape (n_patches, n_features)
        NumPy, Zarr or Dask; read in chunks.

    Returns
    -------
    numpy.ndarray of shape (n_heads, n_patches), uint8
    """
    heads = heads.to(device).eval()
    predictions = np.empty((heads.n_heads, embeddings.shape[0]), np.uint8)
    for start in range(0, embeddings.shape[0], chunk):
        piece = np.ascontiguousarray(np.asarray(embeddings[start : start + chunk]))
        logits = heads(torch.from_numpy(piece).to(device).float())
        predictions[:, start : start + chunk] = logits.argmax(-1).T.cpu().numpy()
    return predictions
