"""Cut images into the 224 px crops that the models see."""

from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np
import torch
from torch.nn.functional import interpolate

from patchprobe import store
from patchprobe.logs import progress

CROP_PX = 224


def tile(image, tile_px):
    """Cut an image into square tiles, row by row.

    Parameters
    ----------
    image : numpy.ndarray of shape (height, width, ...)
        Height and width are multiples of `tile_px`.

    Returns
    -------
    numpy.ndarray of shape (n_tiles, tile_px, tile_px, ...)
    """
    height, width, *rest = image.shape
    if height % tile_px or width % tile_px:
        raise ValueError(
            f"expected sides that are multiples of {tile_px} px, found {height}x{width}"
        )
    rows, columns = height // tile_px, width // tile_px
    grid = image.reshape(rows, tile_px, columns, tile_px, *rest).swapaxes(1, 2)
    return grid.reshape(rows * columns, tile_px, tile_px, *rest)


def resize(tiles, crop_px=CROP_PX):
    """Resize tiles to `crop_px`: bicubic (a = -0.75), no antialiasing, rounded to uint8.

    The kernel of cv2.INTER_CUBIC, as the paper's authors used it; they resize the normalised float
    image, which is the same up to the rounding to uint8 (the two steps are linear).

    Parameters
    ----------
    tiles : numpy.ndarray of shape (n, height, width, 3), uint8

    Returns
    -------
    numpy.ndarray of shape (n, crop_px, crop_px, 3), uint8
    """
    if tiles.shape[1:3] == (crop_px, crop_px):
        return tiles
    pixels = torch.from_numpy(tiles).permute(0, 3, 1, 2).float()
    resized = interpolate(pixels, size=(crop_px, crop_px), mode="bicubic", align_corners=False)
    return resized.round_().clamp_(0, 255).byte().permute(0, 2, 3, 1).contiguous().numpy()


def write(path, reader, root, split, stems, attributes, threads=1):
    """Cut every image of a split into tiles, and store the crops with their label maps.

    Parameters
    ----------
    path : path
        Store to make. Arrays: `clean/crops` (n_crops, 224, 224, 3) uint8, `clean/label_maps`
        (n_crops, tile, tile) uint8 at native resolution, `image_of_crop` (n_crops,) int32 into the
        attribute `images`.
    reader : module
        A dataset of `patchprobe.datasets`: `read_image`, `read_labels`, `IMAGE_SIZE`, `TILE_PX`.
    root : path
    split : str
    stems : list of str
        Images, in the order in which their crops are stored.
    attributes : dict
        What made this store.
    threads : int
    """
    if not stems:
        raise ValueError(f"no images of split {split} to write to {path}: list some")
    px = reader.TILE_PX
    n_tiles = reader.IMAGE_SIZE[0] // px * (reader.IMAGE_SIZE[1] // px)
    n_crops = n_tiles * len(stems)
    store.create(path, {**attributes, "images": list(stems), "split": split})
    shapes = {"clean/crops": (CROP_PX, CROP_PX, 3), "clean/label_maps": (px, px)}
    crops, label_maps = (
        store.create_array(
            path, name, (n_crops, *shape), "uint8", (n_tiles, *shape), store.IMAGE_CODECS
        )
        for name, shape in shapes.items()
    )
    images = store.create_array(path, "image_of_crop", (n_crops,), "int32", (n_crops,))
    images[:] = np.repeat(np.arange(len(stems)), n_tiles)

    def write_image(number, stem):
        rows = slice(number * n_tiles, (number + 1) * n_tiles)
        image, labels = reader.read_image(root, split, stem), reader.read_labels(root, split, stem)
        if not image.shape[:2] == labels.shape == reader.IMAGE_SIZE:  # Zarr drops surplus tiles
            raise ValueError(
                f"{stem}: expected an image and labels of {reader.IMAGE_SIZE} px, "
                f"found {image.shape[:2]} and {labels.shape}"
            )
        crops[rows] = resize(tile(image, px))
        label_maps[rows] = tile(labels, px)

    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(write_image, number, stem) for number, stem in enumerate(stems)]
        try:
            for job in progress(as_completed(jobs), total=len(jobs), desc=split, unit="image"):
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)  # a bad image is told now, not after the others
            raise
