"""What a run found, asked for in the paper's terms."""

from dataclasses import dataclass, field

from patchprobe.reproduction.evidence import Evidence, Score


@dataclass(frozen=True, eq=False)
class Run:
    """The results of a run, and what stands for the paper's numbers in it.

    Attributes
    ----------
    evidence : patchprobe.reproduction.evidence.Evidence
    removed : dict of int to int
        Removed features that stand for the paper's numbers of them; others are taken as they are.
    train_sets : dict of str to str
        Training subsets that stand for those of the paper, likewise.
    variances : dict of (str, str) to pandas.DataFrame
        Of every dataset and backbone: features of the last layer by rank, with columns feature,
        variance.
    counted : dict of (str, str, str) to int
        Result ("tiles", "labels"), metric and class: pixels or patches.
    features : list of int
        The authors' first features of MAE on Cityscapes, by variance.
    """

    evidence: Evidence
    removed: dict = field(default_factory=dict)
    train_sets: dict = field(default_factory=dict)
    variances: dict = field(default_factory=dict)
    counted: dict = field(default_factory=dict)
    features: list = field(default_factory=list)

    def m(self, published):
        """Number of removed features that stands for a published one."""
        return self.removed.get(published, published)

    def score(self, kind, dataset, backbone, metric, part=None, m=0, **values):
        """A score of what is left without the paper's m features, None if this was not run."""
        return self.evidence.score(
            kind, dataset, backbone, metric, part, n_removed=self.m(m), **values
        )

    def miou(self, classifier, backbone, m=0, dataset="cityscapes", train_set=None):
        """Mean IoU of "knn" or "linear", by default with the bank."""
        asked = {"train_set": self.train_sets.get(train_set, train_set)} if train_set else {}
        return self.score(f"{classifier}_subsets", dataset, backbone, "miou", m=m, **asked)

    def at_layer(self, backbone, layer, part=""):
        """Mean IoU, or the IoU of a class, of k-NN at a layer."""
        metric = "iou" if part else "miou"
        return self.score("knn_layers", "cityscapes", backbone, metric, part, layer=layer)

    def changed(self, classifier, backbone, level, metric="miou", m=0):
        """A score on changed images of Cityscapes."""
        asked = {"classifier": classifier, "level": level}
        return self.score("robustness", "cityscapes", backbone, metric, m=m, **asked)

    def retrieved(self, backbone, level, metric="same_patch", m=0, excluded=""):
        """Share of an outcome of retrieval on FAIR1M."""
        asked = {"level": level, "excluded": excluded}
        return self.score("retrieval", "fair1m", backbone, metric, m=m, **asked)

    def associated(self, backbone, gap, m=0, metric="instance_accuracy", dataset="bdd100k", **of):
        """An accuracy of association after a gap, of tiles, or of whole frames (`whole=True`)."""
        kind = "association_whole" if of.get("whole") else "association"
        part = "videos" if dataset == "mot17" else "frames"  # as the figures draw them
        asked = {"frame_gap": gap, "average": part}
        return self.score(kind, dataset, backbone, metric, part, m=m, **asked)

    def values_of(self, kind, dataset, column, **values):
        """Values of a column that every backbone has, in the order of the first one."""
        found = [
            self.evidence.values(kind, dataset, name, column, **values)
            for name in self.evidence.backbones(kind, dataset)
        ]
        return [x for x in (found or [[]])[0] if all(x in others for others in found)]

    def shared_features(self, dataset, other, backbone, m):
        """How many of the first m features two datasets share; None if one was not run."""
        first = self._first(dataset, backbone, m)
        second = self.features[: self.m(m)] if other is None else self._first(other, backbone, m)
        return None if None in (first, second) else _exact(len(set(first) & set(second)))

    def share_of_variance(self, backbone, m, dataset="cityscapes"):
        """Share of the first m features in the summed variance; None if it was not run."""
        table = self.variances.get((dataset, backbone))
        if table is None:
            return None
        return _exact(table["variance"].iloc[: self.m(m)].sum() / table["variance"].sum())

    def spread_of_variances(self, backbone, dataset="cityscapes"):
        """Largest over median variance; None if it was not run."""
        table = self.variances.get((dataset, backbone))
        if table is None:
            return None
        return _exact(table["variance"].max() / table["variance"].median())

    def _first(self, dataset, backbone, m):
        table = self.variances.get((dataset, backbone))
        return None if table is None else table["feature"].iloc[: self.m(m)].tolist()


def _exact(value):
    return Score(float(value), is_exact=True)
