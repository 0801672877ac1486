"""What each job of the workflow works through, by kind: what rates turn into time.

Kinds, and the unit of their amounts:

- ("cut",): pixels of frames that are decoded and cut
- ("change", dataset): pixels of crops that are changed, all levels
- ("label", n_labels): pixels whose labels are counted
- ("embed", architecture, height, width): inputs of a model
- ("variance",): bytes of tokens
- ("knn", n_settings, n_similarities, k): pairs of patches of 768 features
- ("probe", n_heads, n_labels): patches of 768 features seen in training
- ("pool",): crops whose tokens are pooled; ("associate",): pairs of boxes
- ("decode",): pictures that are decoded and scored

Not counted, since they take seconds to minutes: ceilings, ridge regressions, controls of
association, the checks against FAISS, figures and tables.
"""

import numpy as np

from patchprobe.crops.labels import LABEL_RULES
from patchprobe.crops.variants import CHANGED, CLEAN, WHOLE
from patchprobe.embeddings.scaling import SCALINGS
from patchprobe.embeddings.scenes import POOLINGS
from patchprobe.evaluation.knn_variants import OF_PROTOCOLS, control_orders
from patchprobe.evaluation.reconstruction import RATIOS, every_fill
from patchprobe.neighbours.knn import SIMILARITIES
from patchprobe.study import drawing, plan, published
from patchprobe.study.amounts import Amounts

FEATURES = 768  # what pairs and patches are told for; others count in proportion
_ALL = len(SIMILARITIES)


class Work(Amounts):
    """Work and disk of jobs; a method for every rule that counts, named after it.

    Each takes the wildcards of a job and returns a list of (kind, amount), and bytes written.
    """

    def of(self, rule, wildcards):
        """Work of a job, a list of (kind, amount), and bytes that it writes.

        Parameters
        ----------
        rule : str
        wildcards : dict of str to str
        """
        if rule not in RULES:
            return [], 0
        return getattr(self, rule)(**wildcards)

    def crops(self, dataset, variant):
        """Decode frames and cut them; or change them, level by level."""
        cut, n_bytes = self.cut(dataset, variant), self.crop_bytes(dataset, variant)
        if variant == CHANGED:
            return [(("change", dataset), cut.crop_px * cut.n_levels)], n_bytes
        return [(("cut",), cut.frame_px)], n_bytes

    def labels(self, dataset, grid, variant=CLEAN):
        """Count the labels of every patch."""
        work = [(("label", published.n_labels(dataset)), self.cut(dataset, variant).frame_px)]
        rows, columns = map(int, grid.split("x"))
        return work, self.label_bytes(dataset, variant, rows * columns)

    def whole_labels(self, dataset, patch_px):
        """Count the labels of every patch of whole frames."""
        height, width = (side // int(patch_px) for side in self.cut(dataset, WHOLE).input_px)
        return self.labels(dataset, f"{height}x{width}", WHOLE)

    def changed_labels(self, dataset, grid):
        """Count the labels of every patch of changed crops."""
        cut = self.cut(dataset, CHANGED)
        rows, columns = map(int, grid.split("x"))
        work = [(("label", published.n_labels(dataset)), cut.crop_px * cut.n_levels)]
        return work, self.label_bytes(dataset, CHANGED, rows * columns)

    def embed(self, dataset, variant, backbone, scatteritem="1-of-1"):
        """Run a backbone over one part of the crops."""
        cut, n_parts = self.cut(dataset, variant), _n_parts(scatteritem)
        n_bytes = self.embedding_bytes(dataset, variant, backbone) // n_parts
        return self._forward(backbone, cut.input_px, cut.n_crops * cut.n_levels / n_parts), n_bytes

    def embed_scenes(self, dataset, backbone):
        """Run a backbone over whole scenes at every scale."""
        n_scenes = self.cut(dataset).n_crops
        sides = [side for _, side in plan.sides(self.config, dataset)]
        work = [x for side in sides for x in self._forward(backbone, (side, side), n_scenes)]
        return work, self.scene_bytes(dataset, backbone)

    def variance(self, dataset, backbone):
        """Read the tokens of the bank."""
        n_values = self._bank(dataset, backbone) * self.features(backbone)
        n_layers = len(plan.layers(self.config, dataset, backbone))
        return [(("variance",), 2 * n_values * n_layers)], 0

    def knn(self, dataset, backbone, experiment):
        """k-NN with every training subset, or with every layer."""
        query, k = self._query(dataset, backbone), self.config["knn"]["k"]
        work = []
        for name, layers, removed in plan.searches(self.config, dataset, backbone, experiment):
            pairs = self.n_patches(dataset, backbone, name) * query * len(layers)
            work.append(self._search(backbone, pairs, removed, k=k))
        return work, 0

    def knn_part(self, dataset, backbone, experiment, scatteritem):
        """k-NN of one part of the query images; `knn_joined`, which only scores, counts none."""
        n_parts, (work, n_bytes) = _n_parts(scatteritem), self.knn(dataset, backbone, experiment)
        return [(kind, pairs / n_parts) for kind, pairs in work], n_bytes

    def linear(self, dataset, backbone, experiment):
        """Probes with every training subset."""
        searches = plan.searches(self.config, dataset, backbone, experiment)
        return [
            self._probes(dataset, backbone, self.n_patches(dataset, backbone, name), removed)
            for name, _, removed in searches
        ], 0

    def robustness(self, dataset, backbone):
        """k-NN of every changed level."""
        ((name, _, removed),) = plan.searches(self.config, dataset, backbone, "changes")
        n_levels = self.cut(dataset, CHANGED).n_levels
        pairs = self.n_patches(dataset, backbone, name) * self._query(dataset, backbone) * n_levels
        return [self._search(backbone, pairs, removed, k=self.config["knn"]["k"])], 0

    def whole_frames(self, dataset, backbone):
        """k-NN and probes of the same images as tiles and as whole frames."""
        asked = self.config["datasets"][dataset]["whole_frames"]
        removed, work = self._removed(backbone), []
        for variant in (CLEAN, WHOLE):
            bank, query = (
                self.n_patches(dataset, backbone, asked[key], variant) for key in ("bank", "query")
            )
            work.append(self._search(backbone, bank * query, removed, k=self.config["knn"]["k"]))
            work.append(self._probes(dataset, backbone, bank, removed))
        return work, 0

    def held_out(self, dataset, backbone):
        """k-NN of the bank in itself, layer by layer."""
        n_layers = len(plan.layers(self.config, dataset, backbone))
        pairs = self._bank(dataset, backbone) ** 2 * n_layers
        return [self._search(backbone, pairs, [0], k=self.config["knn"]["k"])], 0

    def knn_variants(self, dataset, backbone):
        """Votes, scaled features, controls of the removal sweep."""
        pairs = self._bank(dataset, backbone) * self._query(dataset, backbone)
        k = max(self.config["knn"]["votes"])
        work = [self._search(backbone, pairs, [m], k=k) for m in self._removed(backbone)]
        work += [self._search(backbone, pairs, [0])] * (1 + len(SCALINGS))
        if removed := drawing.removal_controls(self.config, dataset, backbone):
            n_orders = len(control_orders([], 0))
            search = self._search(backbone, pairs, removed, len(OF_PROTOCOLS))
            work += [search] * n_orders
        return work, 0

    def linear_variants(self, dataset, backbone):
        """Probes with the other BatchNorm, by both label rules, and controls of the sweep."""
        bank, work = self._bank(dataset, backbone), []
        if backbone in drawing.backbones_shown(self.config, "batch_norm"):
            work.append(self._probes(dataset, backbone, bank, [0]))
        if removed := drawing.removals_of_protocols(self.config, backbone):
            work += [self._probes(dataset, backbone, bank, removed)] * len(LABEL_RULES)
        if removed := drawing.removal_controls(self.config, dataset, backbone):
            probes = self._probes(dataset, backbone, bank, removed)
            work += [probes] * len(control_orders([], 0))
        return work, 0

    def retrieval(self, dataset, backbone):
        """Patches of objects, clean and of every level, searched with every choice of features."""
        bank, queries = self._bank(dataset, backbone), self._query(dataset, backbone)
        of_level = bank * round(queries * published.OBJECT_SHARE)
        levels = plan.changes(self.config, dataset, CHANGED)
        n_levels, removed = 1 + sum(map(len, levels.values())), self._removed(backbone)
        work = [self._search(backbone, of_level * n_levels, removed)]
        if len(removed) > 1:
            work += [self._search(backbone, of_level * n_levels, removed[1:])] * 2
        work.append(self._search(backbone, of_level * n_levels, [0]))
        for family in self.config["datasets"][dataset]["excluded"]:
            work.append(self._search(backbone, of_level * len(levels[family]), removed))
        return work, 0

    def descriptors(self, dataset, variant, backbone):
        """Pool the tokens under the boxes of objects."""
        n_crops = self.cut(dataset).n_crops  # a whole frame has as many patches as its tiles
        return [(("pool",), n_crops)], self.descriptor_bytes(dataset, backbone)

    def association(self, dataset, variant, backbone):
        """Compare objects with those of later frames, at least; objects crowd in some frames."""
        entry, per_frame = self.config["datasets"][dataset], self.boxes_per_frame(dataset)
        n_frames = sum(x.n_frames for x in self.cut(dataset).layouts) / entry["query_every"]
        pairs = n_frames * per_frame**2 * len(entry["frame_gaps"])
        return [(("associate",), pairs * self.features(backbone) / FEATURES)], 0

    def scenes(self, dataset, backbone):
        """k-NN of whole scenes: both poolings, every scale, both banks."""
        entry = self.config["datasets"][dataset]
        bank, query = (self.cut(dataset, names=[entry[key]]).n_crops for key in ("bank", "query"))
        pairs = bank * query * len(entry["scales"]) * len(POOLINGS) * 2
        removed, k = self._removed(backbone), self.config["scenes"]["k"]
        return [self._search(backbone, pairs, removed, 1, k)], 0

    def reconstruction(self, dataset, backbone):
        """Decode pictures of the query for every fill and share of hidden patches."""
        entry = self.config["datasets"][dataset]
        bank, query = (self.cut(dataset, names=[entry[key]]) for key in ("bank", "query"))
        n_tiles, every = query.n_crops // len(query.layouts), self.config["reconstruction"]["every"]
        n_crops = len(query.layouts) * -(-n_tiles // every)
        order = np.arange(self.features(backbone))
        n_fills = len(every_fill(order, order, self._removed(backbone), 0))
        encoded = bank.n_crops + len(RATIOS) * n_crops
        decoded = n_crops * n_fills * len(RATIOS)
        return [*self._forward(backbone, bank.input_px, encoded), (("decode",), decoded)], 0

    def _bank(self, dataset, backbone):
        return self.n_patches(dataset, backbone, self.config["datasets"][dataset]["bank"])

    def _query(self, dataset, backbone):
        return self.n_patches(dataset, backbone, self.config["datasets"][dataset]["query"])

    def _removed(self, backbone):
        return [0, *self.config["backbones"][backbone]["remove"]]

    def _forward(self, backbone, size, n):
        entry = self.config["backbones"][backbone]
        patch_px = entry["patch_px"]
        size = tuple(side // patch_px * patch_px for side in size)
        return [(("embed", entry["architecture"], *size), n)]

    def _search(self, backbone, pairs, removed, n_similarities=_ALL, k=1):
        width = self.features(backbone)
        n_settings = sum(m < width for m in removed)
        return ("knn", n_settings, n_similarities, k), pairs * width / FEATURES

    def _probes(self, dataset, backbone, n_patches, removed):
        width = self.features(backbone)
        n_heads = sum(m < width for m in removed)
        seen = n_patches * self.config["linear"]["epochs"] * width / FEATURES
        return ("probe", n_heads, published.n_labels(dataset)), seen


def _n_parts(scatteritem):
    return int(scatteritem.split("-of-")[1])


RULES = [name for name in vars(Work) if not name.startswith("_") and name != "of"]
