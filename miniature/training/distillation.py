"""DINO, iBOT and DINOv2 in miniature: a student follows the mean of its own past."""

import torch
from lightly.loss import DINOLoss, IBOTPatchLoss, KoLeoLoss
from lightly.models.modules import DINOProjectionHead
from lightly.models.utils import random_block_mask, update_momentum
from torch import nn

from miniature.training import network, views
from patchprobe.backbones import dino, dinov2, ibot

N_PROTOTYPES = 1024
MOMENTUM = 0.996  # of the teacher
FROZEN_IMAGES = 3000  # before the prototypes may change
KOLEO_WEIGHT = 0.1


def head():
    """DINO's projection head, with batch norm.

    Class tokens of different images hardly differ in the beginning; without batch norm the centred
    targets are then uniform, and a training as short as this one stays there.
    """
    return DINOProjectionHead(
        network.N_FEATURES,
        hidden_dim=256,
        bottleneck_dim=64,
        output_dim=N_PROTOTYPES,
        batch_norm=True,
        freeze_last_layer=1,
    )


class Dino(network.Family):
    """Two global and four local crops must agree on prototypes (class token)."""

    n_images = 132_000
    final_share = 0.1
    batch_size = 32
    learning_rate = 2.5e-4
    betas = (0.9, 0.999)
    official_layout = staticmethod(dino.official_layout)
    global_px = (112, 224)  # before the final phase, and in it
    local_px = (48, 96)
    n_local = 4

    def __init__(self):
        super().__init__()
        self.student, self.teacher = self.network(), self.network().requires_grad_(False)
        self.teacher.load_state_dict(self.student.state_dict())
        self.view_loss = DINOLoss(N_PROTOTYPES)

    def network(self):
        """An encoder with its heads."""
        return nn.ModuleDict({"encoder": self.encoder(), "head": head()})

    def encoder(self):
        """The network without heads."""
        return network.encoder()

    @classmethod
    def views(cls, is_final):
        """DINO's crops; half their size until the last phase."""
        return views.MultiCrop(cls.global_px[is_final], cls.local_px[is_final], cls.n_local)

    def forward(self, views, labels):
        """The sum of the family's losses."""
        wide, small = torch.cat(views[:2]), torch.cat(views[2:])
        with torch.no_grad():
            taught = self.teacher["encoder"].encode(wide)
        return self.losses(taught, wide, small)

    def losses(self, taught, wide, small):
        """Loss of the class tokens.

        Parameters
        ----------
        taught : torch.Tensor of shape (2 n, n_tokens, n_features)
            The teacher's tokens of the global crops.
        wide, small : torch.Tensor of shape (2 n, 3, px, px), (4 n, 3, px, px)
            Global and local crops.
        """
        return self.loss_of_views(taught, self.student["encoder"].encode(wide), small)

    def loss_of_views(self, taught, tokens, small):
        """DINO's loss between class tokens; `tokens` are the student's of the global crops."""
        n = len(taught) // 2
        with torch.no_grad():
            targets = self.teacher["head"](taught[:, 0])
        local = self.student["encoder"].encode(small)
        seen = self.student["head"](torch.cat([tokens[:, 0], local[:, 0]]))
        return self.view_loss(list(targets.split(n)), list(seen.split(n)))

    def before_update(self, n_seen):
        """Keep the prototypes as they are in the beginning."""
        for name, module in self.student.items():
            if name != "encoder":
                module.cancel_last_layer_gradients(int(n_seen >= FROZEN_IMAGES))

    def after_update(self):
        """Move the teacher towards the student."""
        update_momentum(self.student, self.teacher, MOMENTUM)

    def official_file(self):
        """The teacher's backbone in the official layout."""
        return self.official_layout(self.teacher["encoder"].vit)


class Ibot(Dino):
    """As DINO, and hidden patches must agree with the teacher's visible ones (the same head)."""

    official_layout = staticmethod(ibot.official_layout)
    patch_head = "head"

    def __init__(self):
        super().__init__()
        self.patch_loss = IBOTPatchLoss(N_PROTOTYPES)

    def losses(self, taught, wide, small):
        """Losses of class tokens and of hidden patches."""
        side = round((taught.shape[1] - 1) ** 0.5)
        mask = random_block_mask((len(wide), side, side), device=wide.device)
        with_cls = torch.cat([mask.new_zeros(len(mask), 1), mask.flatten(1)], 1)
        tokens = self.student["encoder"].encode(wide, mask=with_cls)
        of_views = self.loss_of_views(taught, tokens, small)
        with torch.no_grad():
            targets = self.teacher[self.patch_head](taught[with_cls])
        guessed = self.student[self.patch_head](tokens[with_cls])
        return of_views + self.patch_loss(targets, guessed, mask)


class Dinov2(Ibot):
    """As iBOT with heads of their own, patches of 14 px, layer scales, and class tokens apart."""

    official_layout = staticmethod(dinov2.official_layout)
    patch_head = "patch_head"
    n_images = 100_000
    local_px = (56, 98)

    def __init__(self):
        super().__init__()
        self.koleo = KoLeoLoss()

    def encoder(self):
        """The network without heads."""
        return network.encoder("vit_base_patch14_dinov2", init_values=0.1)

    def network(self):
        """An encoder with its heads, one of them for patches."""
        return nn.ModuleDict({**super().network(), "patch_head": head()})

    def loss_of_views(self, taught, tokens, small):
        """DINO's loss, and the class tokens of an image set apart from those of others."""
        apart = sum(self.koleo(part) for part in tokens[:, 0].chunk(2))
        return super().loss_of_views(taught, tokens, small) + KOLEO_WEIGHT * apart

    def official_file(self):
        """The teacher's backbone with its mask token."""
        encoder = self.teacher["encoder"]
        return {**super().official_file(), "mask_token": encoder.mask_token[0]}
