"""Pictures inside the page: data URIs, large ones made smaller."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

MAX_BYTES = 400_000  # drawings are below and stay as they are; what shows photographs is above
MAX_PX = 1600  # of the width: small print of figures stays readable
PX_PER_SHOWN = 1.5
QUALITY = 88  # of WebP, at which letters show no halo


@dataclass(frozen=True)
class Picture:
    """A picture for an <img>: its data URI and its size in pixels."""

    uri: str
    width: int
    height: int

    @property
    def shown(self):
        """Width and height in the page: letters of figures are about as large as the text."""
        return round(self.width / PX_PER_SHOWN), round(self.height / PX_PER_SHOWN)


def picture(path, max_bytes=MAX_BYTES, max_px=MAX_PX):
    """A file as `Picture`: as it is, or if it is large as WebP, at most `max_px` wide."""
    path = Path(path)
    with Image.open(path) as image:
        if path.stat().st_size <= max_bytes:
            kind = image.format.lower()
            return Picture(_uri(path.read_bytes(), kind), image.width, image.height)
        smaller = _narrowed(_on_white(image), max_px)
    encoded = io.BytesIO()
    smaller.save(encoded, "WEBP", quality=QUALITY, method=2)
    return Picture(_uri(encoded.getvalue(), "webp"), smaller.width, smaller.height)


def _uri(content, kind):
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _on_white(image):
    """An image without transparency."""
    if "A" not in image.getbands():
        return image.convert("RGB")
    page = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(page, image.convert("RGBA")).convert("RGB")


def _narrowed(image, max_px):
    if image.width <= max_px:
        return image
    height = max(1, round(image.height * max_px / image.width))
    return image.resize((max_px, height), Image.Resampling.LANCZOS)
