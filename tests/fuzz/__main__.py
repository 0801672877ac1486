"""`python -m tests.fuzz`: try damaged inputs for a time, and tell what was found."""

import argparse
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # or each thread asks for much memory of no use


def main():
    """Run targets and print a table; 1 if something was found."""
    from tests.fuzz.campaign import run
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="in all, shared by targets")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help=f"some of {', '.join(TARGETS)}, with commas between")
    parser.add_argument("--number", type=int, help="one input alone, as a finding names it")
    parser.add_argument("--out", default="fuzz-findings", help="folder for what is found")
    asked = parser.parse_args()
    names = [name.strip() for name in asked.only.split(",")] if asked.only else list(TARGETS)
    if "readers" in names:
        from patchprobe.datasets.base import NAMES

        at = names.index("readers")
        names[at : at + 1] = NAMES
    if unknown := [name for name in names if name not in TARGETS]:
        parser.error(f"no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    numbers = None if asked.number is None else [asked.number]
    seconds = None if numbers else asked.seconds / len(names)
    targets = [TARGETS[name] for name in names]
    tallies, findings = run(targets, asked.seed, asked.out, seconds, numbers)
    print(table(tallies))
    for finding in findings.kinds.values():
        print(finding.told())
    if findings.kinds:
        print(f"Files, errors and how to see them again: {asked.out}")
    return 1 if findings.kinds else 0


def table(tallies):
    """How the inputs of all targets ended, as a table in Markdown."""
    lines = [
        "| target | inputs | refused | accepted | findings | slowest |",
        "|---|---|---|---|---|---|",
    ]
    for x in tallies:
        lines.append(
            f"| {x.target} | {x.tried:,} | {x.refused:,} | {x.accepted:,} | {x.found:,} "
            f"| {x.slowest:.1f} s |"
        )
    sums = [
        sum(getattr(x, key) for x in tallies) for key in ("tried", "refused", "accepted", "found")
    ]
    lines.append("| in all | " + " | ".join(f"{x:,}" for x in sums) + " | |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
