"""The backbones of config/more_backbones.yaml, with timm's own models as oracle."""

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
import timm
import torch
import yaml
from matplotlib.colors import to_rgb
from skimage.color import deltaE_ciede2000, rgb2lab
from snakemake.utils import update_config, validate

from patchprobe.backbones import weights
from patchprobe.backbones.load import build, check_entry, load
from patchprobe.errors import CheckpointError
from patchprobe.figures import style
from patchprobe.study import drawing, validation
from tests.configs import SCHEMA, SCHEMA_PATH

CONFIG = Path(__file__).parents[1] / "config"
NAMES = ("dinov2_reg", "dinov3", "siglip2", "clip", "beitv2", "mae_l", "ijepa", "augreg")
SMALL = {"embed_dim": 96, "depth": 2, "num_heads": 4}  # of heads of 24 features, as RoPE needs


@cache
def configured(*files):
    """Configuration files merged as Snakemake does it, with defaults."""
    config = {}
    for file in files:
        update_config(config, yaml.safe_load((CONFIG / file).read_text()))
    assert validation.mistakes(config, SCHEMA) == []
    validate(config, str(SCHEMA_PATH))
    return config


def paper():
    return configured("config.yaml")


def both():
    return configured("config.yaml", "more_backbones.yaml")


def entry_of(name):
    return both()["backbones"][name]


# ------------------------------------------------------------------------------ configuration


def test_the_file_adds_backbones_and_contradicts_nothing():
    assert set(both()["backbones"]) == {*paper()["backbones"], *NAMES}
    assert validation.contradictions(both()) == []


def test_only_jobs_of_the_new_backbones_are_new():
    """Nothing else of the paper's configuration changes but what figures show, at their end."""
    for key in set(paper()) - {"backbones", "figures"}:
        assert both()[key] == paper()[key]
    for name, entry in paper()["backbones"].items():
        assert both()["backbones"][name] == entry
    for figure in drawing.DATASET_OF:
        before, after = ([row[0] for row in drawing.shown(c, figure)] for c in (paper(), both()))
        assert after[: len(before)] == before
        assert {drawing.backbone_of(both(), x) for x in after[len(before) :]} <= set(NAMES)


@pytest.mark.parametrize("figure", ["fig1", "fig2a", "fig2c", "fig3", "fig4", "fig5", "fig7"])
def test_figures_show_the_new_backbones(figure):
    assert set(NAMES) <= set(drawing.backbones_shown(both(), figure))


def test_colours_can_be_told_apart():
    every = style.representations(drawing.every_representation(both()))
    lab = {r.name: rgb2lab([[to_rgb(r.colour)]])[0, 0] for r in every}
    for a, b in combinations(every, 2):
        if a.backbone in NAMES or b.backbone in NAMES:
            assert deltaE_ciede2000(lab[a.name], lab[b.name]) > 18, (a, b)


# ------------------------------------------------------------------------------ entries


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_agrees_with_timm(name):
    entry = entry_of(name)
    check_entry(*(entry[key] for key in ("loader", "architecture", "model_args", "depth")))
    about = timm.get_pretrained_cfg(entry["architecture"])
    assert (tuple(entry["mean"]), tuple(entry["std"])) == (about.mean, about.std)
    if entry["hub"]:
        assert entry["architecture"] in timm.list_models(pretrained=True)
        assert about.hf_hub_id.startswith("timm/")
    elif name != "beitv2":
        assert entry["url"] == about.url


def test_timm_has_no_beit_v2_that_was_not_fine_tuned():
    tags = [name.split(".")[1] for name in timm.list_models("beitv2_base*", pretrained=True)]
    assert tags and all("_ft_" in tag for tag in tags)


def test_clip_has_the_activation_of_openai():
    """x sigmoid(1.702 x), as in github.com/openai/CLIP."""
    activation = build(entry_of("clip")["architecture"], SMALL).blocks[0].mlp.act
    x = torch.linspace(-3, 3, 7)
    torch.testing.assert_close(activation(x), x * torch.sigmoid(1.702 * x))


# ------------------------------------------------------------------------------ files


BEITV2 = {"global_pool": "token", "use_rel_pos_bias": False, "use_shared_rel_pos_bias": True}
OF_TIMM = {"beitv2": BEITV2}


def trained(name):
    """A small model of an entry's architecture at its native size, every parameter random."""
    architecture = entry_of(name)["architecture"]
    torch.manual_seed(0)
    about = timm.get_pretrained_cfg(architecture)
    size = {"img_size": about.input_size[-1], "num_classes": about.num_classes}
    model = timm.create_model(architecture, **SMALL, **size, **OF_TIMM.get(name, {}))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, parameter.detach().mean().item(), 0.2)
    return model


def read_by_timm(name, path):
    """The model as timm itself reads it from a file of its hub, for 224 px."""
    return timm.create_model(
        entry_of(name)["architecture"],
        pretrained=True,
        pretrained_cfg_overlay={"file": str(path)},
        img_size=224,
        **SMALL,
        **OF_TIMM.get(name, {}),
    ).eval()


def official(name, state):
    """The weights in the layout of the file that the entry names."""
    if name == "mae_l":
        return {"model": state}
    if name == "ijepa":
        target = {f"module.{key}": tensor for key, tensor in state.items()}
        context = {key: torch.zeros_like(tensor) for key, tensor in target.items()}
        return {"encoder": context, "predictor": {}, "target_encoder": target, "epoch": 300}
    if name == "beitv2":  # with what trains it: a head, and two layers for the class token
        layers = {
            key.replace("blocks.", "cls_pt_layers."): tensor
            for key, tensor in state.items()
            if key.startswith("blocks.")
        }
        index = {"rel_pos_bias.relative_position_index": torch.zeros(197, 197, dtype=torch.int64)}
        heads = {"mask_token": torch.zeros(1, 1, 96), "lm_head.bias": torch.zeros(8)}
        without_head = {key: x for key, x in state.items() if not key.startswith("head.")}
        return {"model": {**without_head, **layers, **index, **heads}}
    return state


@pytest.mark.parametrize(
    ("name", "n_prefix", "has_cls"),
    [
        ("dinov2_reg", 5, True),
        ("dinov3", 5, True),
        ("siglip2", 0, False),
        ("clip", 1, True),
        ("beitv2", 1, True),
        ("mae_l", 1, True),
        ("ijepa", 0, False),
        ("augreg", 1, True),
    ],
)
def test_tokens_are_those_of_timm(tmp_path, name, n_prefix, has_cls):
    """Of a file of the native size, at 224 px: after every layer, final norm, no registers."""
    state = trained(name).state_dict()
    torch.save(state, tmp_path / "hub.pth")
    torch.save(official(name, state), tmp_path / "official.pth")
    entry = entry_of(name)
    about = {key: entry[key] for key in ("mean", "std")}
    path = tmp_path / "official.pth"
    backbone = load(entry["loader"], entry["architecture"], path, SMALL, **about)
    assert backbone.model.patch_embed.patch_size == (entry["patch_px"],) * 2
    crops = torch.randint(0, 256, (2, 224, 224, 3), dtype=torch.uint8)
    tokens = backbone.tokens(crops, [1, 2])

    theirs = read_by_timm(name, tmp_path / "hub.pth")
    of_timm = timm.get_pretrained_cfg(entry["architecture"])
    mean, std = (torch.tensor(values)[:, None, None] for values in (of_timm.mean, of_timm.std))
    after = []
    theirs.blocks[0].register_forward_hook(lambda block, given, out: after.append(out))
    with torch.inference_mode():
        last = theirs.forward_features((crops.permute(0, 3, 1, 2) / 255 - mean) / std)
        first = theirs.norm(after[0])
    for (patches, cls), expected in zip(tokens, (first, last), strict=True):
        assert patches.shape == (2, (224 // entry["patch_px"]) ** 2, 96)
        torch.testing.assert_close(patches, expected[:, n_prefix:], rtol=0, atol=1e-5)
        assert (cls is not None) == has_cls
        if has_cls:
            torch.testing.assert_close(cls, expected[:, 0], rtol=0, atol=1e-5)
    assert not torch.allclose(tokens[0][0], tokens[1][0], atol=0.1)


@pytest.mark.parametrize("name", ["beitv2", "ijepa"])
def test_random_weights_have_the_official_layout(tmp_path, name):
    entry = entry_of(name)
    weights.random(tmp_path / "w.pth", entry["loader"], entry["architecture"], SMALL)
    file = torch.load(tmp_path / "w.pth")
    assert file.keys() <= official(name, trained(name).state_dict()).keys()
    backbone = load(entry["loader"], entry["architecture"], tmp_path / "w.pth", SMALL)
    assert (backbone.depth, backbone.n_features) == (2, 96)


@pytest.mark.parametrize(("name", "key"), [("beitv2", "model"), ("ijepa", "target_encoder")])
def test_files_of_another_layout_are_refused(tmp_path, name, key):
    entry = entry_of(name)
    torch.save(trained(name).state_dict(), tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match=f"expected an entry '{key}', found "):
        load(entry["loader"], entry["architecture"], tmp_path / "w.pth", SMALL)


@pytest.mark.parametrize("name", ["beitv2", "ijepa"])
def test_frames_of_any_shape(tmp_path, name):
    entry = entry_of(name)
    weights.random(tmp_path / "w.pth", entry["loader"], entry["architecture"], SMALL)
    size = 5 * entry["patch_px"], 20 * entry["patch_px"]
    path = tmp_path / "w.pth"
    backbone = load(entry["loader"], entry["architecture"], path, SMALL, image_size=size)
    frame = torch.randint(0, 256, (1, *size, 3), dtype=torch.uint8)
    patches, _ = backbone.tokens(frame, [2])[0]
    assert backbone.grid == (5, 20)
    assert patches.shape == (1, 100, 96) and patches.isfinite().all()
