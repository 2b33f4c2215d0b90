"""The scoring of the Numenta Anomaly Benchmark, written anew from its paper.

Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms: the Numenta Anomaly Benchmark" (ICMLA 2015). A
detector gives every point a score; one threshold for all files turns scores into detections. Per labelled window the
earliest detection counts, the more the earlier; none costs `fn`. Every detection outside the windows costs up to `fp`,
less right behind a window. The first 15 % of a file, at most 750 points, count for nothing. The sum over all files is
scaled so that a detector that never speaks has 0 and one that speaks at the start of each window, and only there, 100.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

PROBATION = 0.15
LONGEST = 5000
"""Points of a file from which on the probation grows no more."""
FAR = 3.0
"""Window lengths behind a window from which on a false detection costs all of it."""


class Profile(NamedTuple):
    """What a detection in a window earns, a false one costs, and a missed window costs."""

    tp: float
    fp: float
    fn: float


PROFILES = {
    "standard": Profile(1.0, 0.11, 1.0),
    "reward_low_FP_rate": Profile(1.0, 0.22, 1.0),
    "reward_low_FN_rate": Profile(1.0, 0.11, 2.0),
}


class Series(NamedTuple):
    """A file as it is scored: a score per point, and its windows as indices of first and last point."""

    name: str
    scores: Sequence[float]
    windows: Sequence[tuple[int, int]]


class Result(NamedTuple):
    """A normalised score, with the threshold that gave it and its counts of windows and detections."""

    score: float
    threshold: float
    found: int
    missed: int
    false: int


def sigmoid(position: float) -> float:
    """From 1 far before the right edge of a window (-1 is its left edge) through 0 at the edge to -1 behind it."""
    return -1.0 if position >= FAR else 2 / (1 + math.exp(5 * position)) - 1


def probation(points: int) -> int:
    """Points at the start of a file that do not count."""
    return math.floor(PROBATION * min(points, LONGEST))


def reward(index: int, windows: Sequence[tuple[int, int]], profile: Profile) -> tuple[int | None, float]:
    """The window that a detection at this point falls in, and what it earns: less than 0 outside of all windows."""
    behind = bisect.bisect_right([first for first, _ in windows], index) - 1
    if behind < 0:
        return None, -profile.fp
    first, last = windows[behind]
    if index <= last:
        return behind, profile.tp * sigmoid((index - last - 1) / (last - first + 1)) / sigmoid(-1)
    return None, profile.fp * sigmoid((index - last) / max(last - first, 1))


def sweep(files: Iterable[Series], profile: Profile) -> list[Result]:
    """The result at every threshold, highest first: that of a score and of no detection at all."""
    events: list[tuple[float, tuple[str, int] | None, float]] = []
    total = 0
    for name, scores, windows in files:
        start = probation(len(scores))
        total += len(windows)
        for index in range(start, len(scores)):
            window, earned = reward(index, windows, profile)
            events.append((scores[index], None if window is None else (name, window), earned))
    events.sort(key=lambda event: -event[0])
    best: dict[tuple[str, int], float] = {}
    raw, false, results = 0.0, 0, []
    for position, (score, window, earned) in enumerate(events):
        if position == 0 or score != events[position - 1][0]:
            above = math.inf if position == 0 else events[position - 1][0]
            results.append(_result(raw, above, len(best), total, false, profile))
        if window is None:
            raw, false = raw + earned, false + 1
        elif window not in best:
            best[window] = earned
            raw += earned + profile.fn
        elif earned > best[window]:
            raw, best[window] = raw + earned - best[window], earned
    if events:
        results.append(_result(raw, events[-1][0], len(best), total, false, profile))
    return results


def _result(raw: float, threshold: float, found: int, total: int, false: int, profile: Profile) -> Result:
    """raw: what was earned above the detector that never speaks."""
    whole = total * (profile.tp + profile.fn)
    return Result(100 * raw / whole if whole else raw, threshold, found, total - found, false)


def optimum(files: Iterable[Series], profile: Profile) -> Result:
    """The result at the one threshold that is best over all the files, as the benchmark gives it for every detector."""
    return max(sweep(list(files), profile), key=lambda result: result.score)


def at(files: Iterable[Series], profile: Profile, threshold: float) -> Result:
    """The result at a given threshold: scores at or above it are detections."""
    reached = [result for result in sweep(list(files), profile) if result.threshold >= threshold]
    return reached[-1]
