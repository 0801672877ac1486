"""Patch embeddings of image files."""

import numpy as np
import pytest
import torch
from PIL import Image

from patchprobe.backbones.backbone import Backbone
from patchprobe.backbones.load import IMAGENET_MEAN, IMAGENET_STD, build
from patchprobe.embeddings import images

SMALL = {"embed_dim": 32, "depth": 2, "num_heads": 2}


@pytest.fixture(scope="module")
def backbone():
    torch.manual_seed(0)
    channels = [torch.tensor(x).view(3, 1, 1) for x in (IMAGENET_MEAN, IMAGENET_STD)]
    return Backbone(build("vit_base_patch16_224", SMALL), *channels)


def pixels(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def saved(folder, array, name="image.png", **options):
    Image.fromarray(array).save(folder / name, **options)
    return folder / name


def test_images_are_cut_into_tiles_in_the_middle(backbone, tmp_path):
    image = pixels(230, 453)  # one row, two columns; 6 and 5 px are left
    found = images.embed(backbone, [saved(tmp_path, image)])
    tiles = [image[3:227, 2:226], image[3:227, 226:450]]
    ((expected, _),) = backbone.tokens(torch.from_numpy(np.stack(tiles)), [2])
    np.testing.assert_allclose(found.rows, expected.reshape(-1, 32), atol=1e-5)
    assert found.box[0].tolist() == [2, 3, 18, 19]
    assert found.box[14].tolist() == [2, 19, 18, 35]  # the next row of the first tile
    assert found.box[196].tolist() == [226, 3, 242, 19]
    assert found.box[-1].tolist() == [434, 211, 450, 227]


def test_patches_know_their_image(backbone, tmp_path):
    paths = [saved(tmp_path, pixels(224, n * 224, n), f"{n}.png") for n in (2, 1)]
    found = images.embed(backbone, paths, batch_size=1)
    assert found.image.tolist() == [0] * 392 + [1] * 196
    alone = images.embed(backbone, paths[1:])
    np.testing.assert_allclose(found.rows[392:], alone.rows, atol=1e-5)


def test_a_layer_and_a_tile_of_another_size(backbone, tmp_path):
    image = pixels(96, 96)
    found = images.embed(backbone, [saved(tmp_path, image)], layer=1, tile_px=96)
    ((expected, _),) = backbone.tokens(torch.from_numpy(image[None]), [1])
    np.testing.assert_allclose(found.rows, expected[0], atol=1e-5)
    assert found.box[15] == pytest.approx([96 / 14, 96 / 14, 192 / 14, 192 / 14])


def test_files_are_turned_upright_and_made_rgb(backbone, tmp_path):
    grey = pixels(224, 224)[..., 0]
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was turned: upright is a quarter clockwise
    paths = [
        saved(tmp_path, np.rot90(grey, 1), "turned.png", exif=turned),
        saved(tmp_path, grey, "grey.png"),
        saved(tmp_path, np.stack([grey] * 3, -1), "rgb.png"),
    ]
    rows = images.embed(backbone, paths).rows.reshape(3, 196, 32)
    np.testing.assert_allclose(rows[0], rows[2], atol=1e-5)
    np.testing.assert_allclose(rows[1], rows[2], atol=1e-5)


def test_nothing_to_embed_is_told(backbone, tmp_path):
    with pytest.raises(ValueError, match="no images to embed"):
        images.embed(backbone, tmp_path.glob("*.jpg"))
    path = saved(tmp_path, pixels(100, 300))
    with pytest.raises(ValueError, match=r"100x300 px: expected at least a tile of 224x224"):
        images.embed(backbone, [path])
