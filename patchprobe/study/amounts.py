"""How much there is of what a configuration asks for: crops, patches, bytes. No data are needed.

Numbers of images are those of the lists; of drawn subsets and of videos, those that were published.
"""

import math
from dataclasses import dataclass
from functools import cached_property, partial

from patchprobe.crops.tiles import CROP_PX, boxes_of, some_frames
from patchprobe.crops.variants import CHANGED, CLEAN, WHOLE
from patchprobe.embeddings.descriptors import N_BINS
from patchprobe.embeddings.scenes import POOLINGS
from patchprobe.study import disk, plan, published

HALF, SINGLE = 2, 4  # bytes of a float16 and of a float32


@dataclass(frozen=True)
class Cut:
    """What a variant of some subsets is cut into.

    Attributes
    ----------
    layouts : list of patchprobe.datasets.base.Layout
        Of every image or video.
    variant : {"clean", "changed", "whole"}
    keep : callable, n_frames -> sequence of int
        Frames of a video that are cut.
    n_levels : int
        Of the changes; each is a set of crops of its own.
    """

    layouts: list
    variant: str
    keep: object
    n_levels: int

    @cached_property
    def frames(self):
        """Layout of every frame that is cut."""
        return [x for x in self.layouts for _ in self.keep(x.n_frames)]

    @cached_property
    def boxes(self):
        """Top, left, height and width of every crop of a level."""
        return [box for frame in self.frames for box in boxes_of(frame, self.variant)]

    @property
    def n_crops(self):
        """Crops of a level."""
        return len(self.boxes)

    @property
    def frame_px(self):
        """Pixels of all frames as distributed."""
        return sum(math.prod(frame.native_size or frame.size) for frame in self.frames)

    @property
    def crop_px(self):
        """Pixels of all crops of a level, as they are stored."""
        return sum(height * width for _, _, height, width in self.boxes)

    @property
    def input_px(self):
        """Height and width at which a model sees a crop."""
        return self.boxes[0][2:] if self.variant == WHOLE else (CROP_PX, CROP_PX)


class Amounts:
    """Crops, patches and bytes of a configuration.

    Parameters
    ----------
    config : dict
        Validated, with its defaults filled in.
    subsets : dict
        See `patchprobe.study.plan.with_lists`.
    """

    def __init__(self, config, subsets):
        self.config, self.subsets = config, subsets

    def cut(self, dataset, variant=CLEAN, names=None):
        """What a variant of some subsets (default: all that it holds) is cut into: a `Cut`."""
        if names is None:
            names = plan.cut_subsets(self.config, dataset, variant)
        asked = plan.frames(self.config, dataset)
        levels = plan.changes(self.config, dataset, variant)
        n_levels = sum(map(len, levels.values())) or 1
        keep = partial(some_frames, **asked) if asked else range
        return Cut(self._layouts(dataset, names), variant, keep, n_levels)

    def n_patches(self, dataset, backbone, name, variant=CLEAN):
        """Patches of a subset, of one level."""
        cut = self.cut(dataset, variant, [name])
        return cut.n_crops * self._per_crop(backbone, cut)

    def features(self, backbone):
        """Features of a token.

        Raises
        ------
        ValueError
            If the entry does not tell.
        """
        entry = self.config["backbones"][backbone]
        if (found := disk.width(entry)) is None:
            raise ValueError(
                f"backbones: {backbone}: {entry['architecture']} does not tell its number of "
                "features: expected tiny, small, base, large or huge in the name, or "
                "`model_args: {embed_dim: ...}`"
            )
        return found

    def crop_bytes(self, dataset, variant):
        """Bytes of crops before compression, all levels."""
        cut = self.cut(dataset, variant)
        return 3 * cut.crop_px * cut.n_levels

    def embedding_bytes(self, dataset, variant, backbone):
        """Bytes of patch tokens and CLS of all levels and layers that are kept."""
        cut = self.cut(dataset, variant)
        n_layers = len(plan.layers(self.config, dataset, backbone, variant))
        n_tokens = cut.n_crops * (self._per_crop(backbone, cut) + 1)
        return n_tokens * cut.n_levels * n_layers * self.features(backbone) * HALF

    def scene_bytes(self, dataset, backbone):
        """Bytes of the embeddings of whole scenes at all scales."""
        n_scales = len(plan.sides(self.config, dataset))
        n_values = self.cut(dataset).n_crops * n_scales * len(POOLINGS) * self.features(backbone)
        return n_values * SINGLE

    def label_bytes(self, dataset, variant, per_crop):
        """Bytes of patch labels before compression: two rules, and the pixels of every class.

        Changed ones: two rules, and the original patch, of every level.
        """
        cut = self.cut(dataset, variant)
        n_bytes = 4 * cut.n_levels
        if variant != CHANGED:
            n_bytes = 2 + 4 * published.n_labels(dataset)
        return cut.n_crops * per_crop * n_bytes

    def descriptor_bytes(self, dataset, backbone):
        """Bytes of the descriptors of all objects: bins in float16, their mean in float32."""
        return self.n_boxes(dataset) * self.features(backbone) * (N_BINS * HALF + SINGLE)

    def n_boxes(self, dataset):
        """Annotated objects in the frames of videos that are cut."""
        cut = self.cut(dataset)
        return round(self.boxes_per_frame(dataset) * len(cut.frames))

    def boxes_per_frame(self, dataset):
        """Annotated objects in a frame of videos, on average."""
        layouts = self.cut(dataset).layouts
        return published.n_boxes(dataset, layouts) / sum(x.n_frames for x in layouts)

    def _per_crop(self, backbone, cut):
        return math.prod(map(int, plan.grid(self.config, backbone, *cut.input_px).split("x")))

    def _layouts(self, dataset, names):
        if not names:
            raise ValueError(f"datasets: {dataset}: how many images is not known: list some")
        subsets, entry = self.subsets[dataset], self.config["datasets"][dataset]["subsets"]
        drawn = [(subsets[x][0], entry[subsets[x][0]][x]) for x in names if subsets[x][1] is None]
        whole = {split: asked for split, asked in drawn if "all" in asked}  # others are among them
        found = [
            published.layout(dataset, split, item)
            for split, items in plan.used_items(subsets, names).items()
            for item in items
            if split not in whole
        ]
        for split, asked in [*(x for x in drawn if x[0] not in whole), *whole.items()]:
            n = published.n_drawn(dataset, asked)
            found += [published.layout(dataset, split, None)] * n
        return found
