"""Whether a tuned model colors held-out photos better than its parent, with no more certainty than the photos allow.

Each photo is colored by both. The interval of the mean difference is a paired bootstrap's: photos are drawn anew, with
both of their errors, many times. The tuned model is the one that did best on the same photos among those that were
looked at during training, which favors it a little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BETTER, WORSE, UNCLEAR = "better", "worse", "no clear difference"
FEWEST = 6  # photos; fewer say nothing either way
_RESAMPLES = 2000
_SEED = 0


@dataclass(frozen=True)
class Verdict:
    """What came out.

    Attributes:
        verdict: `BETTER`, `WORSE` or `UNCLEAR`.
        difference: mean of new - parent, in the errors' units; below 0 the new model is better.
        low, high: its 95 % interval.
        photos: how many were compared.
    """

    verdict: str
    difference: float
    low: float
    high: float
    photos: int


def judge(parent: Sequence[float], new: Sequence[float]) -> Verdict:
    """Compare errors on the same photos, in the same order."""
    differences = np.asarray(new, np.float64) - np.asarray(parent, np.float64)
    count = len(differences)
    drawn = np.random.default_rng(_SEED).integers(0, count, (_RESAMPLES, count))
    low, high = np.quantile(differences[drawn].mean(axis=1), (0.025, 0.975))
    verdict = UNCLEAR
    if count >= FEWEST and high < 0:
        verdict = BETTER
    elif count >= FEWEST and low > 0:
        verdict = WORSE
    return Verdict(verdict, float(differences.mean()), float(low), float(high), count)


def sentence(verdict: Verdict, name: str, parent: str, parent_error: float) -> str:
    """The verdict for a person; `parent_error` is the parent's mean error."""
    of = f'on {verdict.photos} photos that "{name}" never saw'
    if verdict.photos < FEWEST:
        return f'No clear difference from "{parent}": {verdict.photos} held-out photos are too few to tell. Add photos.'
    change = f"its color error is {abs(verdict.difference) / parent_error:.0%} "
    change += "smaller" if verdict.difference < 0 else "larger"
    ends = sorted(value / parent_error for value in (verdict.low, verdict.high))
    interval = f"{change} (95 % interval of the change: {ends[0]:+.0%} to {ends[1]:+.0%})"
    if verdict.verdict == UNCLEAR:
        return f'No clear difference from "{parent}" {of}: {interval}.'
    return f'"{name}" is {verdict.verdict} than "{parent}" {of}: {interval}.'
