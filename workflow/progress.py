"""Follow a run of Snakemake: how far it is, what runs, what is drawn, about how long is left.

    snakemake ... 2>&1 | python workflow/progress.py

Reads Snakemake's messages from standard input and prints a line for every finished job. Messages
about errors, and all that comes before the first job, are passed on.
"""

import re
import sys
import time

_RULE = re.compile(r"(?:local)?rule (\w+):")
_FINISHED = re.compile(r"Finished jobid: (\d+) \(Rule: (\w+)\)")
_STEPS = re.compile(r"(\d+) of (\d+) steps \(\d+%\) done")
_DRAWN = re.compile(r"(fig|tab)\d+[a-z]?")
_ERROR = re.compile(r"error|exception|traceback|missing inputs|warning", re.IGNORECASE)
_PASSED_ON = 40  # lines after the first of an error


class Follower:
    """What is known of a run; `read` takes one line and gives the lines to print."""

    def __init__(self, now=time.monotonic):
        self.now, self.start = now, now()
        self.running, self.drawn = {}, []
        self.rule, self.job, self.n_to_pass = "", "", 0
        self.has_begun = False

    def read(self, line):
        """Lines to print after this line of Snakemake."""
        if self.n_to_pass or _ERROR.search(line):
            self.n_to_pass = _PASSED_ON if _ERROR.search(line) else self.n_to_pass - 1
            return [line]
        if found := _RULE.fullmatch(line):
            self.rule, self.has_begun = found[1], True
        elif line.startswith("    jobid: "):
            self.job = line.split(": ")[1]
            self.running[self.job] = self.rule
        elif line.startswith("    wildcards: "):
            values = (pair.split("=")[1] for pair in line.split(": ")[1].split(", "))
            named = " ".join(value for value in values if value != "1-of-1")
            self.running[self.job] = f"{self.rule} {named}"
        elif found := _FINISHED.fullmatch(line):
            self.running.pop(found[1], None)
            if _DRAWN.fullmatch(found[2]):
                self.drawn.append(found[2])
        elif found := _STEPS.fullmatch(line):
            return [self.state(*map(int, found.groups()))]
        return [] if self.has_begun else [line]

    def state(self, n_done, n_steps):
        """One line about the run."""
        elapsed = self.now() - self.start
        left = elapsed / n_done * (n_steps - n_done)
        parts = [f"{n_done} of {n_steps} jobs, {_clock(elapsed)}"]
        if n_done < n_steps:
            parts[0] += f", about {_clock(left)} left"
        if self.running:
            parts.append(f"running: {', '.join(self.running.values())}")
        if self.drawn:
            parts.append(f"made: {', '.join(self.drawn)}")
        return " | ".join(parts)


def _clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def main():
    """Follow standard input."""
    follower = Follower()
    for line in sys.stdin:
        for text in follower.read(line.rstrip("\n")):
            print(text, flush=True)


if __name__ == "__main__":
    main()
