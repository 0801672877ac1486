"""Follow a run of Snakemake: what is finished, what runs, how long is left, what to open then.

    snakemake ... 2>&1 | python workflow/progress.py [folder of results]

Reads Snakemake's messages from standard input and prints a line for every finished job; on a
terminal the line of a figure or table stays, any other one is overwritten by the next. Messages
about errors, and what comes before the first job, are passed on, but for the table of jobs. Given
the folder of results, the end says what to open and what to look at.
"""

import re
import shutil
import sys
import time
from collections import Counter

_RULE = re.compile(r"(?:local|Error in )?rule (\w+):")
_FINISHED = re.compile(r"Finished jobid: (\d+) \(Rule: (\w+)\)")
_STEPS = re.compile(r"(\d+) of (\d+) steps \(\d+%\) done")
_COUNT = re.compile(r"(\w+) +(\d+)")
_SHOWN = re.compile(r"((fig|tab|plot_)\w+|contact_sheet|strip|cards|report)")
_ERROR = re.compile(r"error|exception|traceback|missing inputs|warning", re.IGNORECASE)
_FAILED = re.compile(r"    log: (.+) \(check log file")
_PASSED_ON = 40  # lines after the first of an error

# About how many seconds a job of `make demo` takes on one core, with its imports. Their proportions
# matter: what is left is told by the pace so far.
_SECONDS = {
    **{"knn_variants": 30, "reconstruction": 15, "linear_variants": 15, "knn": 12, "report": 12},
    **{"whole_frames": 11, "embed": 10, "embed_scenes": 10, "cards": 10, "miniature_dataset": 10},
    **{"linear": 9, "retrieval": 9, "robustness": 9, "reproduction": 8, "descriptors": 8},
    **{"held_out": 7, "contact_sheet": 5, "scenes": 5, "context": 4, "weights_file": 1},
    **{"all_figures": 0, "all_tables": 0},
}
_OTHERS = 2.5
_PACE = 30, 60  # before anything is known: these seconds for so many of those, as on two cores

_ENDING = """
Open {0}/report.html: which of the paper's claims hold in this run, and how sure one can be.
Then look at
  {0}/figures/fig1_segmentation.png
    One circle for each training set: with more images (larger circles) both classifiers get better.
  {0}/figures/fig5_retrieval.png
    What patches of changed images find: dark blue is the very same patch, the dashed line what is
    there to be found. Blur and noise leave most of it, shift, rotation and scale little.
  {0}/figures/fig7_association.png
    Objects of a video found again: soon after, their position alone (dark grey) finds most of all.
None of these numbers is one of the paper's: scenes and backbones are miniatures."""


class Follower:
    """What is known of a run; `read` takes one line and gives the lines to print.

    Each is a pair: the text, and whether it stays (else the next may overwrite it).
    """

    def __init__(self, now=time.monotonic):
        self.now, self.start = now, now()
        self.left, self.running, self.failed = Counter(), {}, {}
        self.rule, self.job, self.finished, self.done, self.n_to_pass = "", "", "", 0, 0
        self.has_begun = self.is_in_table = self.is_complete = False

    def read(self, line):
        """Lines to print after this line of Snakemake."""
        news = self._learn(line)
        if _ERROR.search(line):
            self.n_to_pass = _PASSED_ON + 1
        if self.n_to_pass:
            self.n_to_pass -= 1
            return [(line, True)]
        return news if self.has_begun or news is not None else [(line, True)]

    def _learn(self, line):
        """What a line tells, and what is new then: lines to print, or None."""
        if self.is_in_table or line == "Job stats:":
            return self._count(line)
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
            self.finished = self.running.pop(found[1], found[2])
            self.failed.pop(found[1], None)  # it failed at first
            self.left[found[2]] -= 1
            self.done += _SECONDS.get(found[2], _OTHERS)
        elif found := _STEPS.fullmatch(line):
            return [self._state(*map(int, found.groups()))]
        elif found := _FAILED.match(line):
            self.running.pop(self.job, None)
            self.failed[self.job] = found[1]
        self.is_complete |= line.startswith("Nothing to be done")
        return [] if self.has_begun else None

    def ending(self, results):
        """The last words: what to open, or where the logs of what failed are."""
        if self.is_complete:
            return _ENDING.format(results) if results else ""
        logs = ", ".join(self.failed.values())
        return f"\nNot finished. What went wrong is told above{logs and ' and in '}{logs}."

    def _count(self, line):
        """Read the table of jobs, and tell their number alone."""
        self.is_in_table = not line.startswith("total ")
        self.has_begun = not self.is_in_table
        found = _COUNT.fullmatch(line)
        if found and self.is_in_table:
            self.left[found[1]] = int(found[2])
        return [] if self.is_in_table else [(f"{found[2]} jobs", True)]

    def _state(self, n_done, n_steps):
        """One line about the run."""
        elapsed = self.now() - self.start
        parts = [f"{n_done} of {n_steps} jobs, {_clock(elapsed)}"]
        self.is_complete = n_done == n_steps
        if not self.is_complete:
            seconds, done = _PACE
            left = sum(n * _SECONDS.get(rule, _OTHERS) for rule, n in self.left.items())
            left *= (seconds + elapsed) / (done + self.done)
            parts[0] += f", about {_clock(left)} left" if self.left else ""
        is_shown = bool(_SHOWN.match(self.finished))
        parts.append(f"{'made' if is_shown else 'done'}: {self.finished}")
        if self.running:
            parts.append(f"running: {', '.join(self.running.values())}")
        return " | ".join(parts), is_shown or self.is_complete


def _clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def show(text, stays, is_terminal):
    """Print a line; on a terminal over the last one if that does not stay."""
    if not is_terminal:
        print(text, flush=True)
        return
    width = shutil.get_terminal_size().columns - 1
    text = text if stays else text[:width]
    print(f"\r\033[K{text}", end="\n" if stays else "", flush=True)


def main(results=""):
    """Follow standard input."""
    follower, is_terminal = Follower(), sys.stdout.isatty()
    for line in sys.stdin:
        for text, stays in follower.read(line.rstrip("\n")):
            show(text, stays, is_terminal)
    show(follower.ending(results), True, is_terminal)


if __name__ == "__main__":
    main(*sys.argv[1:2])
