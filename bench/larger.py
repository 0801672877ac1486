"""Peak memory of every job of a configuration larger than the paper, at two fractions of its size.

Runs `config/cityscapes_full.yaml` end to end on a 1/n of its training and validation images, for
each n: streets painted at Cityscapes' size instead of the real ones, and one ViT-B/16 with random
weights. Memory is `max_rss` of Snakemake's benchmark files, of the part that took most.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import yaml
from snakemake.utils import update_config

FILES = ("config/config.yaml", "config/cityscapes_full.yaml")
TARGETS = ("knn_scores", "fig2a")
BACKBONE = "dino"


def fraction(config, n, folder):
    """The configuration with 1/n of its images, and the same numbers of parts if that is possible.

    Parameters
    ----------
    config : dict
        As merged from `FILES`; changed.
    n : int
    folder : path
        For data, lists and results.
    """
    entry, subsets, n_images = config["datasets"]["cityscapes"], {}, {}
    for split, key in (("train", "bank"), ("val", "query")):
        name = entry[key]
        n_images[key] = max(1, round(entry["subsets"][split][name]["all"] / n))
        path = folder / f"{name}.txt"
        path.write_text("\n".join(f"{split}_{i:06d}_000019" for i in range(n_images[key])))
        subsets[split] = {name: str(path)}
    kept = ("bank", "query", "layers", "removal_sweep")
    of_streets = {"root": str(folder / "data"), "miniature": {"seed": 0}, "subsets": subsets}
    config["datasets"] = {"cityscapes": {**of_streets, **{key: entry[key] for key in kept}}}
    random = {"random_seed": 0, "datasets": ["cityscapes"]}
    backbone = {k: config["backbones"][BACKBONE][k] for k in ("label", "loader", "architecture")}
    config["backbones"] = {BACKBONE: {**backbone, **random}}
    config["figures"] = {}
    config["knn"]["parts"] = min(config["knn"]["parts"], n_images["query"])
    names = ("results", "resources", "logs", "benchmarks")
    config["pathvars"] = {name: str(folder / name) for name in names}
    return config


def run(n, folder, threads):
    """{rule: (seconds of all jobs, MiB of the one that took most)} of a fraction, end to end."""
    folder.mkdir()
    config = {}
    for path in FILES:
        update_config(config, yaml.safe_load(Path(path).read_text()))
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(fraction(config, n, folder)))
    command = [sys.executable, "-m", "snakemake", *TARGETS, f"-c{threads}", "--quiet", "rules"]
    command += ["--resources", "gpu=1", "--configfile", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = defaultdict(lambda: (0, 0))
    for path in sorted(folder.glob("benchmarks/*/*.tsv")):
        with path.open(newline="") as file:
            (of_job,) = csv.DictReader(file, delimiter="\t")
        seconds, mib = found[path.parent.name]
        found[path.parent.name] = seconds + float(of_job["s"]), max(mib, float(of_job["max_rss"]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", nargs="*", type=int, default=[100, 50], help="1/n of all images")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--folder", default=".", help="where a temporary folder is made")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        found = {n: run(n, Path(folder).resolve() / f"1_of_{n}", args.threads) for n in args.n}
    head = [f"1/{n}: {what}" for n in args.n for what in ("all jobs", "peak of one")]
    print(f"| rule | {' | '.join(head)} |\n|{'---|' * (1 + len(head))}")
    for rule in found[args.n[0]]:
        cells = [f"{found[n][rule][0]:.0f} s | {found[n][rule][1]:,.0f} MiB" for n in args.n]
        print(f"| {rule} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
