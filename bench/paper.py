"""What a run will take: time, memory and disk of every stage, from rates measured on this machine.

Jobs are those that Snakemake plans for the targets with nothing finished; what they work through
is worked out from the configuration and its lists (patchprobe/study/work.py), not from data.
Neither data nor weights are needed: images are made up, weights are random.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field

import rates
import torch
import yaml
from snakemake.utils import update_config, validate

from patchprobe import devices
from patchprobe.backbones.load import build
from patchprobe.study import plan
from patchprobe.study.work import RULES, Work

SCHEMA = os.path.abspath("workflow/schemas/config.schema.yaml")
UNITS = {
    "cut": ("MPx", 1e6),
    "change": ("MPx changed", 1e6),
    "label": ("MPx", 1e6),
    "embed": ("inputs", 1),
    "variance": ("GB", 1e9),
    "knn": ("G pairs", 1e9),
    "probe": ("M patches", 1e6),
    "pool": ("crops", 1),
    "associate": ("M pairs", 1e6),
    "decode": ("pictures", 1),
}


@dataclass
class Sum:
    """What some jobs take together."""

    n_jobs: int = 0
    work: dict = field(default_factory=lambda: defaultdict(float))
    n_bytes: float = 0
    mem_mb: int = 0

    def add(self, work, n_bytes, mem_mb):
        self.n_jobs += 1
        for kind, amount in work:
            self.work[kind] += amount
        self.n_bytes += n_bytes
        self.mem_mb = max(self.mem_mb, mem_mb)

    def seconds(self, rate):
        return sum(amount / rate(kind) for kind, amount in self.work.items())

    def amounts(self):
        totals = defaultdict(float)
        for (name, *_), amount in self.work.items():
            totals[name] += amount
        return ", ".join(f"{number(n / UNITS[x][1])} {UNITS[x][0]}" for x, n in totals.items())


def planned(targets, config_files):
    """Jobs of the targets, nothing being finished: [(rule, wildcards, mem_mb), ...]."""
    command = [sys.executable, "-m", "snakemake", "-n", "-F", *targets]
    command += ["--configfile", *config_files]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    jobs, rule, wildcards = [], None, {}
    for line in done.stdout.splitlines():
        if found := re.fullmatch(r"(?:local)?rule (\w+):", line):
            rule, wildcards = found[1], {}
        elif line.startswith("    wildcards: "):
            pairs = line.removeprefix("    wildcards: ").split(", ")
            wildcards = dict(pair.split("=", 1) for pair in pairs)
        elif rule and line.startswith("    resources: "):
            mem_mb = re.search(r"mem_mb=(\d+)", line)  # of targets it is not known yet
            jobs.append((rule, wildcards, int(mem_mb[1]) if mem_mb else 0))
            rule = None
    return jobs


def grouped(jobs, work, key):
    """Sums of jobs by what `key` tells of rule and wildcards, in the order of the plan."""
    sums = defaultdict(Sum)
    for rule, wildcards, mem_mb in jobs:
        sums[key(rule, wildcards)].add(*cost(work, rule, wildcards), mem_mb)
    return sums


def cost(work, rule, wildcards):
    if rule != "weights_file":
        return work.of(rule, wildcards)
    entry = work.config["backbones"][wildcards["backbone"]]
    with torch.device("meta"):
        model = build(entry["architecture"], entry["model_args"])
    return [], 4 * sum(x.numel() for x in model.parameters())


def number(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.2g}"


def duration(seconds):
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return (
                f"{seconds / unit:.2g} {name}"
                if seconds / unit < 10
                else f"{seconds / unit:.0f} {name}"
            )
    return f"{seconds / 86_400:.1f} days"


def size(n_bytes):
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 5e7 else "" if not n_bytes else "< 0.1 GB"


def table(head, rows):
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=["all_figures", "all_tables"])
    parser.add_argument("--config", nargs="+", default=["config/config.yaml"])
    parser.add_argument("--quick", action="store_true", help="a second for each measurement, and "
                        f"models by {rates.FEW_BLOCKS} of their blocks")  # fmt: skip
    parser.add_argument("--each", action="store_true", help="tell what each target alone takes")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    args = parser.parse_args()
    config = {}
    for path in args.config:
        with open(path) as file:
            update_config(config, yaml.safe_load(file))
    validate(config, SCHEMA)
    work = Work(config, plan.with_lists(config))
    jobs = planned(args.targets, args.config)
    device = devices.choose(args.device, args.threads)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        how = (device, args.threads, 1 if args.quick else 5, args.quick)
        report(args, jobs, work, rates.Rates(work, folder, *how), *rates.disk(folder))


def report(args, jobs, work, rate, written, read):
    by_rule = grouped(jobs, work, lambda rule, wildcards: rule)
    order = ["weights_file", *RULES]
    counted = {rule: by_rule[rule] for rule in order if rule in by_rule}
    rows = [
        (rule, of.n_jobs, of.amounts(), duration(of.seconds(rate)) if of.work else "",
         f"{of.mem_mb / 1000:.0f} GB", size(of.n_bytes))
        for rule, of in counted.items()
    ]  # fmt: skip
    n_bytes = sum(of.n_bytes for of in by_rule.values())
    others, started = [of for of in by_rule.values() if not of.work], rates.start()
    rows += [
        ("starting all jobs", len(jobs), "", duration(len(jobs) * started), "", ""),
        ("writing all stores", "", "", duration(n_bytes / written), "", ""),
        ("**in all**", len(jobs), "",
         f"**{duration(total(by_rule.values(), rate) + len(jobs) * started)}**",
         f"{max(of.mem_mb for of in by_rule.values()) / 1000:.0f} GB", f"**{size(n_bytes)}**"),
    ]  # fmt: skip
    gpu = f", {torch.cuda.get_device_name()}" if rate.device == "cuda" else ""
    print(f"threads: {rate.threads}{gpu}; {', '.join(args.config)}; {' '.join(args.targets)}")
    print(f"{sum(of.n_jobs for of in others)} jobs are not counted but for their start.")
    table(("kind of work", "rate of this machine"), [
        *((" ".join(map(str, kind)), f"{number(n / UNITS[kind[0]][1])} {UNITS[kind[0]][0]}/s")
          for kind, n in sorted(rate.found.items(), key=lambda pair: tuple(map(str, pair[0])))),
        ("start of a job", f"{started:.1f} s"),
        ("disk, written and read", f"{written / 1e6:,.0f} and {read / 1e6:,.0f} MB/s"),
    ])  # fmt: skip
    table(("stage", "jobs", "works through", "time", "memory asked", "disk, at most"), rows)
    by_dataset = grouped(jobs, work, lambda rule, wildcards: wildcards.get("dataset"))
    tell(("dataset", by_dataset), rate, started)
    if args.each:
        every = {}
        for target in args.targets:
            (every[target],) = grouped(planned([target], args.config), work, lambda *_: 0).values()
        tell(("target", every), rate, started)
    if rate.device == "cuda":
        print(f"\nPeak memory of the GPU: {torch.cuda.max_memory_allocated() / 1e9:.1f} GB")


def tell(groups, rate, started):
    name, sums = groups
    table((name, "jobs", "time", "disk, at most"), [
        (key, of.n_jobs, duration(of.seconds(rate) + of.n_jobs * started), size(of.n_bytes))
        for key, of in sums.items() if key
    ])  # fmt: skip


def total(sums, rate):
    return sum(of.seconds(rate) for of in sums)


if __name__ == "__main__":
    main()
