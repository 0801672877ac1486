"""From counts of every frame to accuracies of association, with intervals and chance levels."""

import logging

import numpy as np

from patchprobe.errors import DatasetError
from patchprobe.evaluation.association import COUNTS, SIMILARITIES, count
from patchprobe.results import N_RESAMPLES, SEED, Results, bootstrap, interval

log = logging.getLogger(__name__)

BLOCK_SECONDS = 5.0
# What is computed, and what it is called in the rows of a descriptor, and of a random choice.
ACCURACIES = {x: x for x in ("instance_accuracy", "category_accuracy", "category_after_miss")}
CHANCE = {"instance_chance": "instance_accuracy", "category_chance": "category_accuracy"}

# Sums over frames that the accuracies follow from: those of rates weigh frames alike.
_RATES = ("instance_rate", "category_rate", "instance_chance_rate", "category_chance_rate")
_HITS = ("instance", "category", "instance_chance", "category_chance")
_SUMS = ("frames", *_RATES, "queries", *_HITS, "missed", "category_missed")


def frame_sums(counts):
    """What each frame adds to the sums.

    Parameters
    ----------
    counts : numpy.ndarray of shape (n_frames, 6), integer
        See `patchprobe.evaluation.association.COUNTS`.

    Returns
    -------
    numpy.ndarray of shape (n_frames, n_sums), float64
    """
    of = dict(zip(COUNTS, counts.T.astype(np.float64), strict=True))
    candidates = np.maximum(of["candidates"], 1)
    hits = (
        of["same_instance"],
        of["same_category"],
        of["queries"] / candidates,  # expected of a random choice
        of["candidates_of_category"] / candidates,
    )
    rates = [hit / np.maximum(of["queries"], 1) for hit in hits]
    missed = of["queries"] - of["same_instance"]
    columns = (of["queries"] > 0, *rates, of["queries"], *hits, missed, of["same_category_missed"])
    return np.stack(columns, axis=1).astype(np.float64)


def accuracies(sums):
    """Accuracies by metric and average.

    Parameters
    ----------
    sums : numpy.ndarray of shape (n, n_videos, n_sums)

    Returns
    -------
    dict of (str, str) to numpy.ndarray of shape (n,)
        Averages: "frames" (mean over all frames with queries, as published), "objects" (all
        queries alike), "videos" (mean over videos of their means over frames). NaN without
        queries. `category_after_miss` is the category accuracy of queries whose instance was
        missed ("objects"), or (category - instance) / (1 - instance) of the means ("frames",
        "videos"). `*_chance` is what a random choice among the candidates is expected to score.
    """
    of_videos = dict(zip(_SUMS, np.moveaxis(sums, -1, 0), strict=True))
    total = {name: values.sum(axis=1) for name, values in of_videos.items()}
    has_frames = of_videos["frames"] > 0
    metrics = ("instance_accuracy", "category_accuracy", *CHANCE)
    found = {}
    with np.errstate(invalid="ignore", divide="ignore"):
        for metric, rate, hits in zip(metrics, _RATES, _HITS, strict=True):
            means = np.where(has_frames, of_videos[rate] / of_videos["frames"], 0)
            found[metric, "frames"] = total[rate] / total["frames"]
            found[metric, "objects"] = total[hits] / total["queries"]
            found[metric, "videos"] = means.sum(axis=1) / has_frames.sum(axis=1)
        found["category_after_miss", "objects"] = total["category_missed"] / total["missed"]
        for average in ("frames", "videos"):
            instance = found["instance_accuracy", average]
            category = found["category_accuracy", average]
            after_miss = (category - instance) / (1 - instance)
            found["category_after_miss", average] = np.where(
                total["missed"] > 0, after_miss, np.nan
            )
    return found


class Blocks:
    """Frames in blocks of 5 s, and how often each block is in each resample.

    Frames that follow each other show the same objects, so blocks are drawn, those of each video
    among themselves: the intervals hold for these videos, not for others. Of n blocks n - 1 are
    drawn, and weigh n / (n - 1) each, without which the variance would be too small by as much
    (Rao and Wu 1988, JASA 83, 231).

    Parameters
    ----------
    frames : list of (split, item, number)
        Video by video, ascending.
    rates : sequence of float
        Frames per second, of each frame.

    Attributes
    ----------
    n_of_videos : numpy.ndarray of shape (n_videos,), int
        Blocks of each video.
    """

    def __init__(self, frames, rates):
        numbers = np.array([int(number) for *_, number in frames])
        names = [(split, item) for split, item, _ in frames]
        videos = {name: i for i, name in enumerate(dict.fromkeys(names))}
        of_frame = np.array([videos[name] for name in names])
        keys = np.stack([of_frame, numbers / np.asarray(rates) // BLOCK_SECONDS], axis=1)
        self.starts = np.flatnonzero(np.any(np.diff(keys, axis=0, prepend=-1), axis=1))
        self.video_of_block = of_frame[self.starts]
        self.n_of_videos = np.bincount(self.video_of_block)
        rng = np.random.default_rng(SEED)
        draws = []
        for n in self.n_of_videos.tolist():
            times = rng.multinomial(max(n - 1, 1), np.full(n, 1 / n), N_RESAMPLES)
            draws.append(times * (n / max(n - 1, 1)))
        self.drawn = np.concatenate(draws, axis=1)

    def sums(self, counts):
        """What each block adds to the sums of its video, and the resampled sums of all videos.

        Parameters
        ----------
        counts : numpy.ndarray of shape (n_frames, 6)

        Returns
        -------
        numpy.ndarray of shape (n_blocks, n_videos, n_sums)
        numpy.ndarray of shape (n_resamples, n_videos, n_sums)
        """
        n_blocks = len(self.starts)
        sums = np.zeros((n_blocks, len(self.n_of_videos), len(_SUMS)))
        of_blocks = np.add.reduceat(frame_sums(counts), self.starts, axis=0)
        sums[np.arange(n_blocks), self.video_of_block] = of_blocks
        return sums, bootstrap(sums, lambda summed: summed, self.drawn)


class AssociationScores:
    """Collects the accuracies of all videos together and of each.

    Intervals come from resampled `Blocks` of frames. There is none with fewer than five blocks, or
    a video of one block.

    Parameters
    ----------
    videos : list of patchprobe.evaluation.video_frames.VideoObjects
    frame_gaps : sequence of int
    every : int
        Frames whose number is a multiple of it are queries.
    """

    def __init__(self, videos, frame_gaps, every=1):
        if not videos:
            raise DatasetError("expected objects in at least one frame, found none: see the log")
        self.videos, self.frame_gaps, self.every = videos, frame_gaps, every
        frames = [(v.split, v.item, n) for v in videos for n in v.frames.tolist()]
        rates = np.repeat([v.rate for v in videos], [len(v.frames) for v in videos])
        self.results = Results(frames, rates=rates)
        self.blocks = Blocks(frames, rates)

    def count(self, parts, cuts=(0,), order=None, similarities=SIMILARITIES, threads=1):
        """Associate with one kind of descriptor, see `patchprobe.evaluation.association.count`.

        Returns
        -------
        numpy.ndarray of shape (n_similarities, n_cuts, n_gaps, n_frames of all videos, 6)
        """
        arguments = (parts, self.frame_gaps, cuts, order, self.every, similarities, threads)
        counts = np.concatenate([count(video, *arguments) for video in self.videos], axis=3)
        if not counts.any():
            gaps = ", ".join(map(str, self.frame_gaps))
            raise DatasetError(
                f"no object is in two frames that lie a gap of {gaps} apart: expected longer "
                "videos, or shorter `frame_gaps`"
            )
        return counts

    def add_settings(self, counts, cuts, similarities=SIMILARITIES, **keys):
        """Add the accuracies of all similarities and removals; `keys` tell the descriptor."""
        for similarity, of_similarity in zip(similarities, counts, strict=True):
            for n_removed, of_cut in zip(cuts, of_similarity, strict=True):
                self.add(of_cut, similarity=similarity, n_removed=n_removed, **keys)

    def add(self, counts, metrics=ACCURACIES, **keys):
        """Add the accuracies of every gap.

        Parameters
        ----------
        counts : numpy.ndarray of shape (n_gaps, n_frames, 6)
        metrics : dict of str to str
            What is computed, and what it is called.
        **keys
            Columns that tell the setting.
        """
        for frame_gap, of_gap in zip(self.frame_gaps, counts, strict=True):
            if not of_gap.any():
                log.warning("no object is in two frames that lie %d frames apart", frame_gap)
            self.results.add(self._rows(of_gap, frame_gap, metrics), of_gap, **keys)

    def _rows(self, counts, frame_gap, metrics):
        """Rows of all videos and of each."""
        sums, draws = self.blocks.sums(counts)
        parts = [("all", slice(None)), *((v.item, [i]) for i, v in enumerate(self.videos))]
        rows = []
        for name, chosen in parts:
            of_videos = sums[:, chosen]
            n_blocks = self.blocks.n_of_videos[chosen]
            seconds = [frame_gap / v.rate for v in np.array(self.videos, object)[chosen]]
            about = {
                "frame_gap": frame_gap,
                "seconds_from": min(seconds),
                "seconds_to": max(seconds),
                "video": name,
                "n_queries": int(of_videos[..., _SUMS.index("queries")].sum()),
                "n_frames": int(of_videos[..., _SUMS.index("frames")].sum()),
            }
            value, drawn = accuracies(of_videos.sum(axis=0)[None]), accuracies(draws[:, chosen])
            for (metric, average), (of_all,) in value.items():
                if metric not in metrics or (average == "videos" and name != "all"):
                    continue
                of_draws = drawn[metric, average]
                low, high = np.nan, np.nan
                if n_blocks.min() > 1 and not np.isnan(of_all) and not np.isnan(of_draws).all():
                    low, high = interval(of_draws, n_blocks.sum())
                row = {"average": average, "metric": metrics[metric], "value": of_all, "low": low}
                rows.append({**about, **row, "high": high})
        return rows
