"""Which of two demands on data is the tighter: ranges, sets, types, quality rules, service levels."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection
from typing import Any, Literal, NamedTuple

from sentineldq.contracts.model import Property, Quality, ServiceLevel, TypeOptions

Verdict = Literal["tightened", "loosened", "changed"]

_WIDER = {("integer", "number")}
#: Service levels where less is better; where more is better; unlisted ones have no direction.
_LESS = frozenset((
    "latency", "ly", "freshness", "frequency", "fy", "errorrate", "er", "timetodetect", "td",
    "timetonotify", "tn", "timetorepair", "tr", "generalavailability", "ga", "timeofavailability",
))  # fmt: skip
_MORE = frozenset((
    "availability", "av", "throughput", "th", "retention", "re", "endofsupport", "es", "endoflife", "el",
))  # fmt: skip
_SECONDS = {
    "ms": 0.001, "millisecond": 0.001,
    "s": 1, "sec": 1, "second": 1,
    "m": 60, "min": 60, "minute": 60,
    "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86_400, "day": 86_400,
    "w": 604_800, "week": 604_800,
    "mo": 2_629_746, "month": 2_629_746,
    "y": 31_556_952, "yr": 31_556_952, "year": 31_556_952,
}  # fmt: skip
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Range(NamedTuple):
    """An interval of numbers or of text in ISO order; None is unbounded."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "any"
        low = "" if self.low is None else f"{'above' if self.low_open else 'at least'} {self.low}"
        high = "" if self.high is None else f"{'below' if self.high_open else 'at most'} {self.high}"
        return " and ".join(part for part in (low, high) if part)


def compare_presence(old: object, new: object) -> Verdict | None:
    """A demand that is there or not: appearing tightens, vanishing loosens, another one changes."""
    if old == new or not (old or new):
        return None
    return "tightened" if not old else "loosened" if not new else "changed"


def compare_sets(old: Collection[Any], new: Collection[Any]) -> Verdict | None:
    """Allowed values: fewer is tighter; an empty collection allows everything."""
    if set(old) == set(new):
        return None
    if not old or (new and set(new) < set(old)):
        return "tightened"
    return "loosened" if not new or set(old) < set(new) else "changed"


def compare_ranges(old: Range, new: Range) -> Verdict | None:
    """Intervals: one inside the other is the tighter."""
    try:
        raised = _cut(old.low, new.low, old.low_open, new.low_open)
        lowered = -_cut(old.high, new.high, not old.high_open, not new.high_open, above=True)
    except TypeError:
        return "changed"
    if raised == lowered == 0:
        return None
    if raised >= 0 and lowered >= 0:
        return "tightened"
    return "loosened" if raised <= 0 and lowered <= 0 else "changed"


def _cut(old: Any, new: Any, old_last: bool, new_last: bool, *, above: bool = False) -> int:  # noqa: FBT001
    """-1, 0 or 1: did the end of an interval go down, stay or go up? None lies beyond every value."""
    if old is None or new is None:
        beyond = 1 if above else -1
        return (beyond if new is None else 0) - (beyond if old is None else 0)
    before, after = (old, old_last), (new, new_last)
    return (after > before) - (after < before)


def compare_types(old: str | None, new: str | None) -> Verdict | None:
    """Logical types: a wider one loosens."""
    if old == new:
        return None
    if old is None or (new, old) in _WIDER:
        return "tightened"
    return "loosened" if new is None or (old, new) in _WIDER else "changed"


def compare_multiples(old: float | None, new: float | None) -> Verdict | None:
    """A multiple of the old divisor is tighter."""
    if old is None or new is None or old == new:
        return compare_presence(old, new)
    if old and math.isclose(new / old, round(new / old)):
        return "tightened"
    return "loosened" if new and math.isclose(old / new, round(old / new)) else "changed"


def compare_options(old: Property, new: Property) -> list[tuple[str, Verdict, Any, Any]]:
    """What changed among the options of the type: label, verdict, old and new."""
    before, after = old.options, new.options
    found: list[tuple[str, Verdict | None, Any, Any]] = []
    for label, keys in _SPANS.items():
        was, is_ = _span(before, *keys), _span(after, *keys)
        found.append((label, compare_ranges(was, is_), str(was), str(is_)))
    for label, (field, compare) in _SINGLE.items():
        values = getattr(before, field), getattr(after, field)
        found.append((label, compare(*values), *values))
    return [(label, verdict, *values) for label, verdict, *values in found if verdict]


def _more_is_tighter(old: Collection[str], new: Collection[str]) -> Verdict | None:
    if set(old) == set(new):
        return None
    return "tightened" if set(old) < set(new) else "loosened" if set(new) < set(old) else "changed"


_SPANS = {
    "range": ("minimum", "maximum"),
    "length": ("min_length", "max_length"),
    "number of items": ("min_items", "max_items"),
    "number of properties": ("min_properties", "max_properties"),
}
_SINGLE: dict[str, tuple[str, Callable[[Any, Any], Verdict | None]]] = {
    "pattern": ("pattern", compare_presence),
    "format": ("format", compare_presence),
    "multipleOf": ("multiple_of", compare_multiples),
    "uniqueItems": ("unique_items", compare_presence),
    "required properties": ("required", _more_is_tighter),
    "dimensions": ("dimensions", compare_presence),
    "elementType": ("element_type", compare_presence),
    "normalized": ("normalized", compare_presence),
}


def _span(options: TypeOptions, low: str, high: str) -> Range:
    """The interval that options allow; of an inclusive and an exclusive bound the tighter one holds."""
    least, most = getattr(options, low), getattr(options, high)
    if low != "minimum":
        return Range(least, most)
    over, under = options.exclusive_minimum, options.exclusive_maximum
    low_open = over is not None and (least is None or _at_least(over, least))
    high_open = under is not None and (most is None or _at_least(most, under))
    return Range(over if low_open else least, under if high_open else most, low_open, high_open)


def _at_least(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return str(one) >= str(other)
    return bool(one >= other)


def compare_results(old: Quality, new: Quality) -> Verdict | None:
    """What a rule's result may be, by its operators."""
    before, after = _result(old), _result(new)
    if isinstance(before, Range) and isinstance(after, Range):
        return compare_ranges(before, after)
    return compare_presence(before, after)


def _result(rule: Quality) -> Range | tuple[Any, Any] | None:
    if rule.must_not_be is not None or rule.must_not_be_between is not None:
        return ("not", rule.must_not_be if rule.must_not_be is not None else str(rule.must_not_be_between))
    if rule.must_be is not None and not isinstance(rule.must_be, int | float):
        return ("is", rule.must_be)
    if rule.must_be is not None:
        return Range(rule.must_be, rule.must_be)
    if rule.must_be_between:
        return Range(rule.must_be_between[0], rule.must_be_between[-1])
    low, high = rule.must_be_greater_than, rule.must_be_less_than
    found = Range(
        low if low is not None else rule.must_be_greater_or_equal_to,
        high if high is not None else rule.must_be_less_or_equal_to,
        low is not None,
        high is not None,
    )
    return None if found.low is None and found.high is None else found


def compare_levels(old: ServiceLevel, new: ServiceLevel) -> Verdict | None:
    """Service levels: a better promise is tighter."""
    (unit, before), (new_unit, after) = _amount(old), _amount(new)
    name = old.property.lower()
    if (unit, before) == (new_unit, after):
        return None if old.value_ext == new.value_ext else "changed"
    if unit != new_unit or type(before) is not type(after) or name not in _LESS | _MORE:
        return "changed"
    return "tightened" if (after > before) == (name in _MORE) else "loosened"


def _amount(level: ServiceLevel) -> tuple[str, Any]:
    """Unit and value: times in seconds, numbers as floats, all else as text."""
    value, unit = level.value, (level.unit or "").lower()
    text = str(value)
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        return unit, text
    seconds = _SECONDS.get(unit) or _SECONDS.get(unit.removesuffix("s"))
    return ("seconds", float(text) * seconds) if seconds else (unit, float(text))
