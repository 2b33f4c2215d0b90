"""The detectors by name: our own, and those that other packages bring by entry point.

A detector is one function of two columns and the settings; it gives the tests it made, measured but not judged:
levels, correction for many tests, and severity are the comparison's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from sentineldq.drift.model import Test
from sentineldq.drift.settings import Settings
from sentineldq.errors import UsageError, suggest
from sentineldq.profiles.model import Column

GROUP = "sentineldq.detectors"
Detector = Callable[[Column, Column, Settings], Sequence[Test]]
BUILT_IN = {
    "psi": "sentineldq.drift.binned:psi",
    "js": "sentineldq.drift.binned:js",
    "kl": "sentineldq.drift.binned:kl",
    "hellinger": "sentineldq.drift.binned:hellinger",
    "chi_square": "sentineldq.drift.binned:chi_square",
    "ks": "sentineldq.drift.ranked:ks",
    "wasserstein": "sentineldq.drift.ranked:wasserstein",
    "tail": "sentineldq.drift.ranked:tail",
    "mean": "sentineldq.drift.moved:mean",
    "mean_percent": "sentineldq.drift.moved:mean_percent",
    "deviation": "sentineldq.drift.moved:deviation",
    "null_share": "sentineldq.drift.shares:null_share",
    "empty_share": "sentineldq.drift.shares:empty_share",
    "vanished_values": "sentineldq.drift.values:vanished_values",
    "length": "sentineldq.drift.text:length",
    "patterns": "sentineldq.drift.text:patterns",
    "words": "sentineldq.drift.text:words",
    "rhythm": "sentineldq.drift.times:rhythm",
    "span": "sentineldq.drift.times:span",
}


@cache
def _places() -> dict[str, str]:
    return {**BUILT_IN, **{entry.name: entry.value for entry in entry_points(group=GROUP)}}


def names() -> frozenset[str]:
    """The names of all detectors."""
    return frozenset(_places())


@cache
def find(name: str) -> Detector:
    """The detector of a name. Raises UsageError."""
    place = BUILT_IN.get(name) or _places().get(name)
    if place is None:
        raise UsageError(f"there is no drift test {name!r}", hint=suggest(name, names()))
    module, _, attribute = place.partition(":")
    found: Detector = getattr(import_module(module), attribute)
    return found
