"""How a statement of the paper is judged: comparisons with intervals, joined into a verdict.

A comparison holds if the 95 % interval of the difference says so, does not hold if it says the
opposite, and is undecided in between, or without an interval. A statement of several comparisons
holds if all that were run hold.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from patchprobe.reproduction.evidence import combine, difference, mean

HOLDS, FAILS, UNDECIDED, NOT_RUN = "holds", "does not hold", "undecided", "not run"
COLUMNS = [
    *("claim", "shown_in", "statement", "compared", "evidence"),
    *("n_compared", "n_comparisons", "verdict"),
]


M = 200  # features that the paper removes
OTHERS = ("supervised", "dino", "dinov2")  # models without reconstruction of pixels
_BACKBONES = ("supervised", "dino", "dinov2", "mae", "simmim", "ibot", "scale_mae")


@dataclass(frozen=True)
class Finding:
    """Outcome of one comparison: its verdict, and the numbers in words."""

    verdict: str
    text: str = ""


@dataclass(frozen=True)
class Claim:
    """A statement of the paper.

    Attributes
    ----------
    shown_in : str
        Section, figure or table.
    statement : str
        What the paper says, in our words.
    compared : str
        What is compared, and what would confirm it.
    judge : callable, patchprobe.reproduction.run.Run -> list of Finding
    """

    shown_in: str
    statement: str
    compared: str
    judge: object


def judge(claims, run, labels=()):
    """Verdicts of all claims.

    Parameters
    ----------
    claims : list of Claim
    run : patchprobe.reproduction.run.Run
    labels : dict of str to str, optional
        What backbones are called in the evidence.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; of the comparisons of a claim, `n_compared` were run.
    """
    rows = []
    for number, claim in enumerate(claims, 1):
        findings = claim.judge(run)
        verdict, evidence = conclude(findings)
        n_compared = sum(finding.verdict != NOT_RUN for finding in findings)
        about = [number, claim.shown_in, claim.statement, claim.compared]
        counts = [n_compared, len(findings)]
        rows.append([*about, _named(evidence, labels), *counts, verdict])
    return pd.DataFrame(rows, columns=COLUMNS)


def conclude(findings):
    """Verdict of several comparisons, and what those that were run found.

    Returns
    -------
    verdict, evidence : str
    """
    there = [finding for finding in findings if finding.verdict != NOT_RUN]
    if not there:
        return NOT_RUN, ""
    verdicts = {finding.verdict for finding in there}
    worst = next(x for x in (FAILS, UNDECIDED, HOLDS) if x in verdicts)
    texts = [finding.text for finding in there]
    if len(there) < len(findings):
        texts.append(f"{len(findings) - len(there)} of {len(findings)} comparisons not run")
    return worst, "; ".join(texts)


def greater(names, score, other, margin=0.0):
    """Whether a score is greater than another, or lower by less than `margin`.

    Parameters
    ----------
    names : (str, str)
    score, other : patchprobe.reproduction.evidence.Score or None
    margin : float
    """
    if score is None or other is None:
        return Finding(NOT_RUN)
    found = difference(score, other)
    low, high = found.ends
    verdict = _side(low + margin, high + margin)
    text = f"{names[0]} {_number(score.value)}, {names[1]} {_number(other.value)}"
    return Finding(verdict, f"{text} ({_signed(found.value)}{_interval(low, high, _signed)})")


def equal(names, score, other, margin):
    """Whether two scores differ by less than `margin`."""
    if score is None or other is None:
        return Finding(NOT_RUN)
    found = difference(score, other)
    low, high = found.ends
    if np.isnan(low):
        verdict = UNDECIDED
    elif -margin < low and high < margin:
        verdict = HOLDS
    else:
        verdict = FAILS if high < -margin or low > margin else UNDECIDED
    text = f"{names[0]} {_number(score.value)}, {names[1]} {_number(other.value)}"
    return Finding(verdict, f"{text} ({_signed(found.value)}{_interval(low, high, _signed)})")


def between(name, score, low, high):
    """Whether a number lies in a range."""
    if score is None or np.isnan(score.value):
        return Finding(NOT_RUN)
    text = f"{name} {_number(score.value)}"
    if not score.is_exact:
        text += _interval(*score.ends, _number)
    ends = (score.value, score.value) if score.is_exact else score.ends
    if np.isnan(ends[0]):
        return Finding(UNDECIDED, text)
    if low <= ends[0] and ends[1] <= high:
        return Finding(HOLDS, text)
    return Finding(FAILS if ends[1] < low or ends[0] > high else UNDECIDED, text)


def ordered(names, score, other):
    """Whether one exact number (a count, a variance) is greater than another."""
    if score is None or other is None:
        return Finding(NOT_RUN)
    text = f"{names[0]} {_number(score.value)}, {names[1]} {_number(other.value)}"
    return Finding(HOLDS if score.value > other.value else FAILS, text)


def ratio(score, other):
    """One score over another, None without both."""
    if score is None or other is None:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        return combine(np.divide, score, other)


def subtract(score, other):
    """One score minus another, None without both."""
    return None if None in (score, other) else difference(score, other)


def average(scores):
    """Mean of scores, None if one is missing or there are none."""
    scores = list(scores)
    if not scores or None in scores:
        return None
    return mean(scores)


def _named(text, labels):
    """The text with the labels of backbones in place of their names."""
    names = [name for name in _BACKBONES if name in labels]
    if not names:
        return text
    return re.sub(rf"\b({'|'.join(names)})\b", lambda found: labels[found[0]], text)


def _side(low, high):
    if np.isnan(low):
        return UNDECIDED
    return HOLDS if low > 0 else FAILS if high < 0 else UNDECIDED


def _number(value):
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"


def _signed(value):
    return f"{value:+.3f}"


def _interval(low, high, write):
    return ", no interval" if np.isnan(low) else f" [{write(low)}, {write(high)}]"
