"""From what was counted to an Outcome."""

from __future__ import annotations

from typing import Any

from sentineldq.checks.bind import Bound
from sentineldq.checks.definition import Definition, Reading, catalogue
from sentineldq.checks.judge import by_threshold, by_tolerance, describe
from sentineldq.checks.model import Check, Outcome, Status
from sentineldq.errors import SentinelError

SHOWN = 8
"""Members of a set that are spelled out in `expected`."""

LONG = 40
"""Characters of a member that are shown."""


def from_counts(bound: Bound, *, evaluated: int, failed: int, rows: int) -> Outcome:
    """The outcome of a row check; a percentage threshold is of all rows."""
    check, threshold = bound.check, bound.threshold
    share = failed / evaluated if evaluated else 0.0
    status: Status
    if threshold is not None:
        number = failed if threshold.unit == "rows" else (100 * failed / rows if rows else 0.0)
        status = "pass" if by_threshold(number, threshold) else "fail"
        observed: Any = number
    else:
        status, observed = by_tolerance(failed, evaluated, check.tolerance), None
    outcome = _outcome(check, bound.definition, status)
    outcome.evaluated, outcome.failed, outcome.failed_share = evaluated, failed, share
    outcome.observed = observed
    if threshold is None:
        outcome.tolerance = check.tolerance
    else:
        unit = "%" if threshold.unit == "percent" else " rows"
        outcome.expected = f"{_expected(bound)}; failing {describe(threshold)}{unit}"
    return outcome


def from_value(bound: Bound, observed: Any, *, holds: bool | None) -> Outcome:
    """The outcome of a metric: `holds` decides, or else the threshold; with neither it is only observed."""
    threshold = bound.threshold
    good = holds if holds is not None else threshold is None or by_threshold(observed, threshold)
    outcome = _outcome(bound.check, bound.definition, "pass" if good else "fail")
    outcome.observed = observed
    if threshold is not None:
        outcome.expected = f"{_expected(bound)} {describe(threshold)}"
    return outcome


def from_reading(bound: Bound, reading: Reading) -> Outcome:
    """The outcome of a query check."""
    if bound.threshold is not None:
        outcome = from_value(bound, reading.observed, holds=None)
    else:
        outcome = from_value(bound, reading.observed, holds=reading.holds)
    outcome.evaluated, outcome.failed = reading.evaluated, reading.failed
    if reading.failed is not None and reading.evaluated:
        outcome.failed_share = reading.failed / reading.evaluated
    outcome.samples = list(reading.samples)
    return outcome


def from_fault(check: Check, fault: Exception | str) -> Outcome:
    """A check that could not be evaluated: status error, never a pass."""
    outcome = _outcome(check, catalogue().get(check.kind), "error")
    if isinstance(fault, SentinelError):
        outcome.message = f"{fault.message} ({fault.hint})" if fault.hint else fault.message
    else:
        outcome.message = (str(fault).splitlines() or [type(fault).__name__])[0]
    return outcome


def skipped(check: Check, reason: str) -> Outcome:
    """A check left out for a reason of the run, not of the data."""
    outcome = _outcome(check, catalogue().get(check.kind), "skip")
    outcome.message = reason
    return outcome


def _outcome(check: Check, definition: Definition | None, status: Status) -> Outcome:
    dimension = check.dimension or (definition.dimension if definition else None)
    return Outcome(
        name=check.label,
        kind=check.kind,
        column=check.column or (", ".join(check.columns) or None),
        dimension=dimension,
        severity=check.severity,
        status=status,
        on_violation=check.on_violation,
        expected=describe_check(check, definition) if definition else None,
        description=check.description,
        origin=check.origin,
        weight=check.weight,
        fingerprint=check.fingerprint,
    )


def _expected(bound: Bound) -> str:
    return describe_check(bound.check, bound.definition)


def describe_check(check: Check, definition: Definition) -> str:
    """What a check expects, in words."""
    values = {name: parameter.default for name, parameter in definition.parameters.items()} | check.params
    if "min" in values and "{min}" in definition.says:
        return _range(definition.says, values)
    filled = definition.says
    for name, value in values.items():
        filled = filled.replace("{" + name + "}", _shown(value))
    return filled


def _range(says: str, values: dict[str, Any]) -> str:
    """A range in words, open ends left out."""
    low, high = values.get("min"), values.get("max")
    tail = says.split("{max}", 1)[-1].strip()
    above = ("> " if values.get("strict_min") else "≥ ") + str(low) if low is not None else ""
    below = ("< " if values.get("strict_max") else "≤ ") + str(high) if high is not None else ""
    words = " and ".join(part for part in (above, below) if part) or "any"
    return f"{words} {tail}".strip()


def _word(item: Any) -> str:
    """A member of a set in words; a long one is cut."""
    text = {None: "null", "": "empty"}.get(item, str(item)) if isinstance(item, str | None) else str(item)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        members = [_word(item) for item in value]
        rest = f", … ({len(members)} in all)" if len(members) > SHOWN else ""
        return ", ".join(members[:SHOWN]) + rest
    return str(value)
