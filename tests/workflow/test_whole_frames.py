"""Table 5: which jobs it adds to a finished workflow."""

import pytest

from .test_incremental import SUMS, TARGETS

pytestmark = pytest.mark.workflow


def test_whole_frames_run_their_own_jobs(finished):
    """With a backbone that is in Table 5 alone."""
    frames = {"bank": "one", "query": "val"}
    finished.config["datasets"]["cityscapes"]["whole_frames"] = frames
    other = {"label": "raw", "pixels": "raw_bgr", "figures": ["tab5"]}
    raw = finished.config["backbones"]["mae"] | other
    finished.config["backbones"]["raw"] = raw
    jobs = {job for job in finished.plan(*TARGETS, "tab5") if job[0] not in SUMS}
    every, embed = ("mae", "dinov2", "raw"), "dataset=cityscapes, variant={}, backbone={}"
    embedded = [("whole", name) for name in every] + [("clean", "raw")]
    assert jobs == {
        ("crops", "dataset=cityscapes, variant=whole"),
        *(("whole_labels", f"dataset=cityscapes, patch_px={n}") for n in (14, 16)),
        *(("embed", f"{embed.format(*x)}, scatteritem=1-of-1") for x in embedded),
        ("weights_file", "backbone=raw"),
        ("variance", "dataset=cityscapes, backbone=raw"),
        *(("whole_frames", f"dataset=cityscapes, backbone={name}") for name in every),
        ("tab5", ""),
    }
