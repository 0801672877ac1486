"""Train the miniature backbone of one family: `python -m miniature.training.train mae`.

The learning rate rises, stays, and falls to 0 in the final phase, on larger images. The state
before that phase is kept, so that a longer training can go on from there.
"""

import argparse
import csv
import json
import os
import random
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from miniature.training import images, network
from patchprobe.backbones import weights
from patchprobe.provenance import git_commit

FAMILIES = {
    "supervised": "supervised.Family",
    "mae": "mae.Family",
    "simmim": "simmim.Family",
    "scale_mae": "scale_mae.Family",
    "dino": "distillation.Dino",
    "ibot": "distillation.Ibot",
    "dinov2": "distillation.Dinov2",
}
MINIATURE = Path(__file__).parents[1]
WARM_UP_IMAGES = 3000
MOST_GRADIENT = 3.0  # norm that gradients are clipped to
LOG_EVERY = 20  # batches
SAVE_EVERY = 300  # seconds
COLUMNS = ("images", "minutes", "learning_rate", "loss")


def family_of(name):
    """The class that trains a family."""
    module, attribute = FAMILIES[name].split(".")
    return getattr(import_module(f"miniature.training.{module}"), attribute)


def chance(seed, purpose, number):
    """A seed for one thing of a training, of 32 bits: PyTorch takes no more on a CPU."""
    words = [seed, *purpose.encode(), number]
    return int(np.random.SeedSequence(words).generate_state(1)[0])


class Views(Dataset):
    """Augmented tiles from `first` to `last` of a training; each has chance of its own."""

    def __init__(self, tiles, view, seed, first, last):
        self._tiles, self._view, self._seed = tiles, view, seed
        self._first, self._last = first, last
        self._orders = {}

    def __len__(self):
        return self._last - self._first

    def __getitem__(self, item):
        """Views of a tile, and its label."""
        epoch, place = divmod(self._first + item, len(self._tiles))
        if epoch not in self._orders:
            order = np.random.default_rng([self._seed, epoch]).permutation(len(self._tiles))
            self._orders = {epoch: order}
        number = int(self._orders[epoch][place])
        torch.manual_seed(chance(self._seed, "views", self._first + item))
        tile = torch.from_numpy(self._tiles[number]).permute(2, 0, 1)
        return self._view(tile), int(self._tiles.labels[number])


@dataclass
class Plan:
    """When what happens in a training of `n_images`, in batches of `batch_size`."""

    n_images: int
    batch_size: int
    final_share: float

    def __post_init__(self):
        self.n_batches = self.n_images // self.batch_size
        self.final_from = round(self.n_batches * (1 - self.final_share))
        if not 1 <= self.final_from < self.n_batches:
            raise ValueError(
                f"expected more images, found {self.n_images} in batches of {self.batch_size}"
            )

    def decay(self, batch):
        """Falls from 1 to 0 in the final phase."""
        return min(1.0, (self.n_batches - batch) / (self.n_batches - self.final_from))

    def rate(self, batch):
        """Share of the learning rate."""
        return min(1.0, (batch + 1) * self.batch_size / WARM_UP_IMAGES) * self.decay(batch)


class Training:
    """A model on its way: weights, optimiser and how far it is; saved and read as one file."""

    def __init__(self, name, seed, device):
        torch.manual_seed(seed)
        self.name, self.seed, self.device = name, seed, device
        self.model = family_of(name)().to(device).train()
        self.optimiser = torch.optim.AdamW(
            network.parameter_groups(self.model),
            self.model.learning_rate,
            self.model.betas,
            weight_decay=self.model.weight_decay,
        )
        self.batch, self.seconds, self.log = 0, 0.0, []
        self.git_commit = git_commit()  # now: others may follow while it runs

    def save(self, path):
        """Write everything that the rest of the training depends on."""
        weights.save(
            {
                "model": self.model.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "batch": self.batch,
                "seconds": self.seconds,
                "log": self.log,
            },
            path,
        )

    def resume(self, path):
        """Go on from a saved state."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.batch, self.seconds, self.log = state["batch"], state["seconds"], state["log"]

    def step(self, plan, views, labels):
        """One update; returns the loss."""
        for start in (random.seed, torch.manual_seed):
            start(chance(self.seed, "step", self.batch))
        for group in self.optimiser.param_groups:
            group["lr"] = self.model.learning_rate * plan.rate(self.batch)
        views = [view.to(self.device, non_blocking=True) for view in views]
        loss = self.model(views, labels.to(self.device))
        if not loss.isfinite():
            raise FloatingPointError(f"the loss of {self.name} is {loss} at batch {self.batch}")
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.model.before_update(self.batch * plan.batch_size)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), MOST_GRADIENT)
        self.optimiser.step()
        self.model.after_update()
        self.batch += 1
        return loss.item()


def train(name, tiles, scratch, n_images=None, seed=0, device="cpu", n_workers=0):
    """Train a family, from the last saved state that fits.

    Parameters
    ----------
    name : str
        Of `FAMILIES`.
    tiles : images.Tiles
    scratch : path
        Folder of states: <name>-<seed>-<n_images>.pt, and <name>-<seed>-stable.pt from before the
        final phase.
    n_images : int, optional
        Crops to see; the family's own number if left out. With more than before, it goes on from
        the state before the final phase.
    seed : int
    device : str
    n_workers : int
        Processes that augment; 0 for none.

    Returns
    -------
    Training
    """
    training, scratch = Training(name, seed, device), Path(scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    model = training.model
    plan = Plan(n_images or model.n_images, model.batch_size, model.final_share)
    latest, stable = (scratch / f"{name}-{seed}-{which}.pt" for which in (plan.n_images, "stable"))
    if latest.exists():
        training.resume(latest)
    elif stable.exists():
        training.resume(stable)
        if training.batch > plan.final_from:
            raise ValueError(
                f"{stable} has seen {training.batch * plan.batch_size} images, more than "
                f"{plan.n_images} leave before the final phase: give more, or move it away"
            )
    for is_final, last in ((False, plan.final_from), (True, plan.n_batches)):
        if training.batch < last:
            _run(training, plan, tiles, is_final, last, n_workers, latest)
        if not is_final and training.batch == last:
            training.save(stable)
    training.save(latest)
    return training


def _run(training, plan, tiles, is_final, last, n_workers, path):
    """The batches of a phase, up to `last`."""
    first, size = training.batch * plan.batch_size, plan.batch_size
    view = training.model.views(is_final)
    samples = Views(tiles, view, training.seed, first, last * size)
    on_gpu = training.device != "cpu"
    how = "fork" if n_workers else None  # views are closures, which cannot be sent elsewhere
    loader = DataLoader(
        samples, size, num_workers=n_workers, pin_memory=on_gpu, multiprocessing_context=how
    )
    losses, started, saved = [], time.monotonic() - training.seconds, time.monotonic()
    for views, labels in loader:
        losses.append(training.step(plan, views, labels))
        now = time.monotonic()
        training.seconds = now - started
        if training.batch % LOG_EVERY == 0 or training.batch == last:
            rate = training.optimiser.param_groups[0]["lr"]
            row = [training.batch * size, training.seconds / 60, rate, float(np.mean(losses))]
            training.log.append(row)
            print(training.name, *(f"{value:.5g}" for value in row), flush=True)
            losses = []
        if now - saved > SAVE_EVERY:
            training.save(path)
            saved = now


def official_weights(model):
    """The model's official file in float16."""

    def half(value):
        if isinstance(value, dict):
            return {key: half(inner) for key, inner in value.items()}
        value = value.detach().cpu().clone()
        return value.half() if value.is_floating_point() else value

    return half(model.official_file())


def _machine(device):
    """What a training ran on."""
    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"


def write_log(training, folder):
    """Write the loss curve, <name>.csv, and what it was made with, <name>.json."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{training.name}.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([n, *(f"{value:.5g}" for value in row)] for n, *row in training.log)
    about = {
        "images": training.batch * training.model.batch_size,
        "batches": training.batch,
        "minutes": round(training.seconds / 60),
        "device": _machine(training.device),
        "seed": training.seed,
        "git_commit": training.git_commit,
        **{name: version(name) for name in ("torch", "timm", "lightly")},
    }
    (folder / f"{training.name}.json").write_text(json.dumps(about, indent=1) + "\n")


def main():
    """Train one family and write its weights and log."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", choices=FAMILIES)
    parser.add_argument("--images", type=int, help="crops to see")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=0, help="processes that augment")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    torch.set_float32_matmul_precision("high")  # TensorFloat-32 on GPUs
    tiles = images.Tiles(family_of(asked.family).sources or tuple(images.SOURCES))
    training = train(
        asked.family, tiles, images.CACHE, asked.images, asked.seed, asked.device, asked.workers
    )
    write_log(training, MINIATURE / "logs")
    out = MINIATURE / "weights" / f"{asked.family}.pth"
    out.parent.mkdir(exist_ok=True)
    weights.save(official_weights(training.model), out)


if __name__ == "__main__":
    main()
