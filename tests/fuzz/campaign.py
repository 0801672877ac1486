"""Try inputs of targets for a time, each target in a process of its own that may die."""

import multiprocessing
import shutil
import tempfile
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from tests.fuzz import worker
from tests.fuzz.findings import Findings, Tally

LONGEST_S = 20
PREPARATION_S = 600


def run(targets, seed, out, seconds=None, numbers=None, say=print):
    """Try inputs of each of the targets.

    Parameters
    ----------
    targets : list of tests.fuzz.target.Target
    seed : int
    out : path
        Folder for what is found.
    seconds : float, optional
        For each target, after its world was made.
    numbers : sequence of int, optional
        Inputs that are tried; default: 0, 1, ... as long as there is time.
    say : callable, str -> None

    Returns
    -------
    list of Tally
    Findings
    """
    findings, tallies = Findings(out, seed), []
    for target in targets:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            tallies.append(_try(target, findings, Path(folder).resolve(), seconds, numbers, say))
    return tallies, findings


def _try(target, findings, folder, seconds, numbers, say):
    """Try inputs of a target; a process that died or was ended is followed by another one."""
    tally, process = Tally(target.name), None
    until = None
    try:
        for number in count() if numbers is None else numbers:
            if process is None:
                process = _Process(target, findings.seed, folder)
                until = until or (time.monotonic() + seconds if seconds is not None else None)
            if until is not None and time.monotonic() > until:
                break
            outcome, what, notes = process.read(number)
            _count(tally, outcome, what)
            if outcome == worker.FOUND:
                copy = folder / "input" / str(number)
                if findings.add(target.name, number, what, notes, folder / "world", copy):
                    say(f"  found: {target.name} {number}: {what[0]} in {what[1]}")
                shutil.rmtree(copy, ignore_errors=True)
            if not process.is_alive():
                process.end()
                process = None
    finally:
        if process is not None:
            process.stop()
    return tally


def _count(tally, outcome, what):
    tally.tried += 1
    tally.refused += outcome == worker.REFUSED
    tally.accepted += outcome == worker.ACCEPTED
    tally.found += outcome == worker.FOUND
    if outcome != worker.FOUND:
        tally.slowest = max(tally.slowest, what)


class _Process:
    """A process that reads inputs by their numbers."""

    def __init__(self, target, seed, folder):
        context = multiprocessing.get_context("spawn")
        self.trace = folder / "trace.txt"
        self.pipe, theirs = context.Pipe()
        arguments = (theirs, target, seed, folder, self.trace)
        self.process = context.Process(target=worker.work, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        self.notes = []
        if self._receive(PREPARATION_S) is None:
            self.end()
            raise RuntimeError(f"{target.name}: no valid world could be made, see above")

    def read(self, number):
        """How an input ended, what was found, and what was done to its files."""
        self.pipe.send(number)
        self.notes = []
        started = self._receive(LONGEST_S)
        if started is not None and started[0] == worker.STARTED:
            self.notes = started[1]
            ended = self._receive(LONGEST_S)
            if ended is not None:
                return (*ended, self.notes)
        took_long = not self.pipe.poll(0)  # the pipe of a process that died has an end to be read
        self.end()
        kind = f"Longer than {LONGEST_S} s" if took_long else f"Died: {self.process.exitcode}"
        return worker.FOUND, (kind, *self._place()), self.notes

    def _receive(self, longest_s):
        """What the process says; None if it says nothing for so long, or died."""
        try:
            return self.pipe.recv() if self.pipe.poll(longest_s) else None
        except (EOFError, ConnectionResetError):
            return None

    def _place(self):
        """Where the process was when it died or was ended, and its stack."""
        trace = self.trace.read_text(errors="replace") if self.trace.exists() else ""
        lines = (line.strip() for line in trace.splitlines())
        own = [line for line in lines if "/patchprobe/" in line and "/tests/" not in line]
        return (own[0].rpartition("/patchprobe/")[2] if own else "somewhere"), trace

    def is_alive(self):
        """Whether it can read another input."""
        return self.process.is_alive()

    def stop(self):
        """Let it end, if it is idle; end it otherwise."""
        with suppress(OSError):
            self.pipe.send(None)
            self.process.join(5)
        self.end()

    def end(self):
        """End it."""
        self.process.kill()
        self.process.join()
