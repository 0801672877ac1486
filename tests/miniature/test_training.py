"""Training of miniature backbones: it learns, can be cut off, and ends in official files."""

import csv
import json

import numpy as np
import pytest
import torch

pytest.importorskip("lightly", reason="pip install -e '.[train]'")

from miniature.training import distillation, images, network, scale_mae, simmim, train
from patchprobe.backbones import mae_autoencoder, weights
from patchprobe.backbones import simmim as official
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, build, load

N_CLASSES = 3
GSD = 2.5
CONFIGURED = {  # loader and architecture of each family
    "supervised": ("torchvision", network.VIT),
    "mae": ("mae", network.VIT),
    "simmim": ("simmim", "beit_base_patch16_224"),
    "scale_mae": ("scale_mae", network.VIT),
    "dino": ("dino", network.VIT),
    "ibot": ("ibot", network.VIT),
    "dinov2": ("dinov2", "vit_base_patch14_dinov2"),
}


class FewTiles:
    """Stripes of three colours and directions."""

    label_names = ("across", "down", "both")

    def __init__(self, n=8):
        self.labels = np.arange(n) % N_CLASSES

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, number):
        y, x = np.mgrid[: images.TILE_PX, : images.TILE_PX] // (8 + number)
        stripes = [x % 2, y % 2, (x + y) % 2][self.labels[number]]
        return (stripes[..., None] * [200, 20 * number, 90] + 30).astype(np.uint8)


pytestmark = pytest.mark.painters


@pytest.fixture(autouse=True)
def few_tiles_and_small_batches(monkeypatch):
    monkeypatch.setattr(images, "Tiles", lambda *_: FewTiles())
    monkeypatch.setattr(train, "WARM_UP_IMAGES", 1)
    for name in train.FAMILIES:
        monkeypatch.setattr(train.family_of(name), "batch_size", 4)
        monkeypatch.setattr(train.family_of(name), "final_share", 0.5)


@pytest.mark.parametrize("name", train.FAMILIES)
def test_a_family_trains_and_its_file_is_read_by_its_loader(name, tmp_path):
    training = train.train(name, FewTiles(), tmp_path, n_images=16)
    assert training.batch == 4
    assert [row[0] for row in training.log] == [8, 16]
    assert all(np.isfinite(row[-1]) for row in training.log)
    weights.save(train.official_weights(training.model), tmp_path / "official.pth")

    loader, architecture = CONFIGURED[name]
    arguments = {"gsd": GSD} if name == "scale_mae" else None
    path = tmp_path / "official.pth"
    backbone = load(loader, architecture, path, network.MODEL_ARGS, arguments)
    crops = torch.randint(0, 256, (2, 224, 224, 3), generator=torch.Generator().manual_seed(0))
    ((patches, cls),) = backbone.tokens(crops.byte(), [12])
    pixels = (crops / 255 - torch.tensor(IMAGENET_MEAN)) / torch.tensor(IMAGENET_STD)
    expected = tokens(training.model, pixels.permute(0, 3, 1, 2))
    # float16 weights: a relative error of 2 ** -11 each
    torch.testing.assert_close(patches, expected[:, 1:], atol=0.02, rtol=0.02)
    torch.testing.assert_close(cls, expected[:, 0], atol=0.02, rtol=0.02)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU")
@pytest.mark.parametrize("name", train.FAMILIES)
def test_a_family_trains_on_a_gpu(name, tmp_path):
    training = train.train(name, FewTiles(), tmp_path, n_images=16, device="cuda", n_workers=1)
    assert all(np.isfinite(row[-1]) for row in training.log)
    train.official_weights(training.model)
    resumed = train.train(name, FewTiles(), tmp_path, n_images=16, device="cpu")
    assert resumed.batch == training.batch


@torch.no_grad()
def tokens(model, pixels):
    """What the training itself computes, its own way."""
    model.eval()
    if isinstance(model, simmim.Family):
        model.decoder = torch.nn.Identity()
        return model.vit.forward_features(pixels)
    encoder = model.teacher["encoder"] if hasattr(model, "teacher") else model.encoder
    if isinstance(model, scale_mae.Family):
        encoder.vit.pos_embed.data = scale_mae.codes(torch.tensor([GSD]), network.N_FEATURES)
    return encoder.encode(pixels)


@pytest.mark.parametrize("name", ["mae", "simmim", "scale_mae", "supervised"])
def test_a_family_learns(name, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "LOG_EVERY", 4)
    monkeypatch.setattr(train.family_of(name), "learning_rate", 1e-3)
    training = train.train(name, FewTiles(4), tmp_path, n_images=96)
    losses = [row[-1] for row in training.log]
    assert losses[-1] < 0.85 * losses[0]


def test_a_teacher_follows_its_student():
    model = train.Training("ibot", 0, "cpu").model
    for parameter in model.student.parameters():
        parameter.data = torch.ones_like(parameter)
    before = [parameter.clone() for parameter in model.teacher.parameters()]
    model.after_update()
    m = distillation.MOMENTUM
    for old, new in zip(before, model.teacher.parameters(), strict=True):
        torch.testing.assert_close(new, m * old + (1 - m), rtol=1e-6, atol=1e-7)


def test_prototypes_stay_in_the_beginning():
    training, plan = train.Training("dino", 0, "cpu"), train.Plan(4000, 4, 0.5)
    prototypes = training.model.student["head"].last_layer.weight_v
    views = [torch.rand(4, 3, px, px) for px in (112, 112, 48, 48, 48, 48)]
    before = prototypes.clone()
    training.step(plan, views, torch.zeros(4))
    assert torch.equal(prototypes, before)
    training.batch = distillation.FROZEN_IMAGES // 4
    training.step(plan, views, torch.zeros(4))
    assert not torch.equal(prototypes, before)


@pytest.mark.parametrize("name", ["mae", "dinov2"])
def test_a_training_that_was_cut_off_ends_as_one_that_was_not(name, tmp_path, monkeypatch):
    whole = train.train(name, FewTiles(), tmp_path / "whole", n_images=16, seed=3)
    step, n_steps = train.Training.step, 0

    def cut(self, *arguments):
        nonlocal n_steps
        n_steps += 1
        if n_steps == 4:
            raise KeyboardInterrupt
        return step(self, *arguments)

    monkeypatch.setattr(train, "SAVE_EVERY", 0)
    monkeypatch.setattr(train.Training, "step", cut)
    with pytest.raises(KeyboardInterrupt):
        train.train(name, FewTiles(), tmp_path / "cut", n_images=16, seed=3)
    resumed = train.train(name, FewTiles(), tmp_path / "cut", n_images=16, seed=3)
    assert n_steps == 5
    for (key, one), other in zip(
        whole.model.state_dict().items(), resumed.model.state_dict().values(), strict=True
    ):
        torch.testing.assert_close(one, other, msg=key)


def test_a_longer_training_goes_on_from_before_the_final_phase(tmp_path):
    train.train("mae", FewTiles(), tmp_path, n_images=16)
    longer = train.train("mae", FewTiles(), tmp_path, n_images=24)
    assert longer.batch == 6
    assert [row[0] for row in longer.log] == [8, 12, 24]
    with pytest.raises(ValueError, match="seen 12 images, more than 8 leave"):
        train.train("mae", FewTiles(), tmp_path, n_images=8)


def test_plan(monkeypatch):
    plan = train.Plan(1000, 10, 0.2)
    assert (plan.n_batches, plan.final_from) == (100, 80)
    assert plan.decay(79) == plan.decay(80) == 1
    assert plan.decay(90) == pytest.approx(0.5)
    monkeypatch.setattr(train, "WARM_UP_IMAGES", 40)
    assert [plan.rate(batch) for batch in (0, 1, 3, 4, 90)] == pytest.approx([0.25, 0.5, 1, 1, 0.5])
    with pytest.raises(ValueError, match="expected more images"):
        train.Plan(32, 16, 0.2)


def test_a_loss_that_is_not_finite_stops_the_training(tmp_path):
    training = train.Training("mae", 0, "cpu")
    with pytest.raises(FloatingPointError, match="the loss of mae is nan at batch 0"):
        training.step(
            train.Plan(40, 4, 0.5), [torch.full((4, 3, 224, 224), np.nan)], torch.zeros(4)
        )


def test_bias_of_a_smaller_image_is_that_of_the_first_patches():
    """What a model of that size would have, whose table is the middle of the larger table."""
    model = simmim.Family().eval()
    np.testing.assert_array_equal(model.bias(14).detach(), model.vit.rel_pos_bias().detach())
    arguments = {**official.MODEL_ARGS, **network.MODEL_ARGS}
    small = official.prepare(build("beit_base_patch16_224", arguments, img_size=112))
    table = model.vit.rel_pos_bias.relative_position_bias_table.detach()
    middle = table[:-3].view(27, 27, -1)[7:20, 7:20].flatten(0, 1)
    small.rel_pos_bias.relative_position_bias_table.data = torch.cat([middle, table[-3:]])
    torch.testing.assert_close(model.bias(7), small.rel_pos_bias())


def test_squares_are_hidden_whole():
    mask = simmim.random_squares(5, 14).view(5, 7, 2, 7, 2)
    assert torch.equal(mask, mask[:, :, :1, :, :1].expand_as(mask))
    assert mask[:, :, 0, :, 0].sum((1, 2)).tolist() == [29] * 5  # 60 % of 49
    assert simmim.random_squares(1, 7).shape == (1, 49)


def test_mae_file_has_its_decoder(tmp_path):
    model = train.Training("mae", 0, "cpu").model
    weights.save(train.official_weights(model), tmp_path / "mae.pth")
    read = mae_autoencoder.load(
        tmp_path / "mae.pth", network.VIT, network.MODEL_ARGS, decoder_heads=4
    )
    for one, other in zip(read.decoder.parameters(), model.decoder.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-3, rtol=1e-3)


def test_log(tmp_path):
    training = train.train("mae", FewTiles(), tmp_path, n_images=16)
    train.write_log(training, tmp_path / "logs")
    with open(tmp_path / "logs/mae.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["images"] for row in rows] == ["8", "16"]
    about = json.loads((tmp_path / "logs/mae.json").read_text())
    assert about["images"] == 16
    assert about["torch"] == torch.__version__.split("+")[0]
