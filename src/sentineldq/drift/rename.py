"""Fields that were probably renamed: a vanished one and a new one of the same kind, alike in name and in values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

import msgspec

from sentineldq.drift.binned import js_of
from sentineldq.drift.bins import Tally, counts_of, of_counts, tally
from sentineldq.drift.ranked import curves
from sentineldq.drift.settings import Settings
from sentineldq.profiles.model import Column
from sentineldq.profiles.quantiles import Quantiles

ENOUGH = 0.7
"""Confidence from which on two fields are told as one."""
NAME = 0.4
"""Weight of the name; the rest is that of the values."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


class Rename(msgspec.Struct, frozen=True, kw_only=True):
    """Two fields taken for one, and why; all numbers 0 to 1."""

    old: str
    new: str
    confidence: float
    name: float
    values: float

    @property
    def evidence(self) -> dict[str, Any]:
        return {
            "confidence": round(self.confidence, 3),
            "similarity of name": round(self.name, 3),
            "similarity of values": round(self.values, 3),
        }


def renames(
    removed: Iterable[str],
    added: Iterable[str],
    baseline: Mapping[str, Column],
    current: Mapping[str, Column],
    settings: Settings,
) -> list[Rename]:
    """The likeliest pairs, each field in one at most."""
    new = list(added)
    pairs = [_pair(baseline[old], current[field], settings) for old in removed for field in new]
    chosen: list[Rename] = []
    for pair in sorted(pairs, key=lambda pair: (-pair.confidence, pair.old, pair.new)):
        free = all(pair.old != other.old and pair.new != other.new for other in chosen)
        if pair.confidence >= ENOUGH and free:
            chosen.append(pair)
    return chosen


def name_alike(old: str, new: str) -> float:
    """How alike two paths are, 0 to 1: their words, spelling of the joints (`userId`, `user_id`) aside."""
    parents = old.rpartition(".")[0], new.rpartition(".")[0]
    if parents[0] == parents[1]:
        old, new = old.rpartition(".")[2], new.rpartition(".")[2]
    words = ["".join(word.lower() for word in _WORD.findall(name)) for name in (old, new)]
    return SequenceMatcher(None, words[0], words[1], autojunk=False).ratio()


def values_alike(old: Column, new: Column, settings: Settings) -> float:
    """How alike two columns of one kind are in what is kept of them, 0 to 1; 0 where nothing can be compared."""
    if old.kind != new.kind or not (old.values and new.values):
        return 0.0
    parts = [_ranks_alike(old.quantiles, new.quantiles)]
    if old.kind != "time" and not parts[0]:
        parts += [
            _counts_alike(counts_of(old), counts_of(new), settings),
            _ranks_alike(old.length_quantiles, new.length_quantiles),
            _counts_alike(tally(old.patterns), tally(new.patterns), settings),
        ]
    known = [part for part in parts if part is not None]
    nulls = 1 - abs(old.nulls / old.rows - new.nulls / new.rows)
    return nulls * sum(known) / len(known) if known else 0.0


def _pair(old: Column, new: Column, settings: Settings) -> Rename:
    values = values_alike(old, new, settings)
    name = name_alike(old.path, new.path)
    confidence = NAME * name + (1 - NAME) * values if values else 0.0
    return Rename(old=old.path, new=new.path, confidence=confidence, name=name, values=values)


def _ranks_alike(old: Quantiles | None, new: Quantiles | None) -> float | None:
    if not (old and new):
        return None
    _, before, after = curves(old, new)
    return 1 - float(abs(before - after).max())


def _counts_alike(old: Tally | None, new: Tally | None, settings: Settings) -> float | None:
    if old is None or new is None:
        return None
    bins = of_counts(old, new, settings)
    return 1 - js_of(*bins.smoothed())
