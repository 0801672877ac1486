"""The supervised ViT in miniature: image-level labels, a linear layer on the class token."""

from torch import nn
from torch.nn.functional import cross_entropy
from torchvision.transforms import v2

from miniature.training import images, network, views
from patchprobe.backbones import torchvision

SMOOTHING = 0.1


class Family(network.Family):
    """Cross-entropy of labels, with mixup."""

    n_images = 110_000
    betas = (0.9, 0.999)

    def __init__(self, n_classes=None):
        super().__init__()
        n_classes = n_classes or len(images.Tiles().label_names)
        self.encoder = network.encoder()
        self.head = nn.Linear(network.N_FEATURES, n_classes)
        self.mixup = v2.MixUp(alpha=0.2, num_classes=n_classes)

    @staticmethod
    def views(is_final):
        """One part of the tile, its colours changed; half the crop's size until the last phase."""
        crop = views.resized_crop(network.CROP_PX // (1 if is_final else 2), (0.25, 1.0))
        view = v2.Compose([crop, views.jitter(), views.normalise()])
        return lambda tile: [view(tile)]

    def forward(self, views, labels):
        """Cross-entropy of a batch."""
        (pixels,) = views
        pixels, labels = self.mixup(pixels, labels)
        logits = self.head(self.encoder.encode(pixels)[:, 0])
        return cross_entropy(logits, labels, label_smoothing=SMOOTHING)

    def official_file(self):
        """As vit_b_16's file: torchvision's names, with the classifier."""
        content = torchvision.official_layout(self.encoder.vit)
        return {**content, **{f"heads.head.{k}": x for k, x in self.head.state_dict().items()}}
