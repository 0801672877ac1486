"""Changes of images: another size, mode, format or content under the same name."""

import io

import numpy as np
from PIL import Image

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".tif": "TIFF", ".tiff": "TIFF"}
MODES = {
    "PNG": ["L", "LA", "RGB", "RGBA", "P", "1", "I;16"],
    "JPEG": ["L", "RGB", "CMYK"],
    "TIFF": ["L", "LA", "RGB", "RGBA", "P", "1", "I;16", "I", "F", "CMYK"],
    "BMP": ["L", "RGB", "P", "1"],
    "GIF": ["L", "P"],
    "WEBP": ["RGB", "RGBA"],
}


def change_image(change, content, suffix):
    """The image of a file, other than it was; the bytes as they are if it cannot be read."""
    rng, own = change.rng, SUFFIXES[suffix.lower()]
    try:
        with Image.open(io.BytesIO(content)) as opened:
            image = opened.copy()
    except (OSError, ValueError, SyntaxError, EOFError):
        return content
    how = rng.choice(["size", "mode", "format", "noise", "turned", "frames", "cut", "saved"])
    form, arguments = own, {}
    if how == "size":
        sizes = [(image.height, image.width), (1, 1), (image.width + 1, image.height), (1, 3000)]
        image = image.resize(rng.choice([*sizes, (image.width, image.height - 1), (223, 225)]))
    elif how == "format":
        form = rng.choice(sorted(MODES))
    elif how == "noise":
        high = rng.choice([2, 40, 152, 256])
        shape = np.asarray(image).shape
        image = Image.fromarray(
            change.pixels().integers(0, high, shape, dtype=np.uint8), image.mode
        )
    elif how == "turned":
        exif = Image.Exif()
        exif[0x0112] = rng.randrange(10)
        arguments["exif"] = exif
    elif how == "frames" and own in ("PNG", "TIFF"):
        others = [image.rotate(90 * n, expand=rng.random() < 0.5) for n in (1, 2)]
        arguments |= {"save_all": True, "append_images": others}
    if own == "TIFF" and form == "TIFF":
        arguments["compression"] = rng.choice(
            [None, "tiff_lzw", "tiff_deflate", "jpeg", "packbits"]
        )
    if form == "PNG":
        arguments["compress_level"] = 1  # most of the time otherwise
    mode = rng.choice(MODES[form]) if how == "mode" else image.mode
    mode = mode if mode in MODES[form] else MODES[form][0]
    change.note(f"image: {how}, {image.size}, {mode}, {form}, {sorted(arguments)}")
    content = _saved(image, mode, form, arguments)
    return content[: rng.randrange(len(content))] if how == "cut" else content


def _saved(image, mode, form, arguments):
    file = io.BytesIO()
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    elif image.mode != mode:
        image = image.convert("L" if mode in ("I", "F") else "RGB").convert(mode)
    if arguments.get("compression") == "jpeg" and mode not in ("L", "RGB", "CMYK"):
        arguments = {**arguments, "compression": None}
    try:
        image.save(file, form, **arguments)
    except (OSError, ValueError, RuntimeError):  # not every size has every compression
        file = io.BytesIO()
        image.convert("RGB").save(file, form)
    return file.getvalue()
