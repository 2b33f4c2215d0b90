"""Rules over quality rules: what each type needs, operators, metrics and their arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentineldq.contracts.model import Element, Property, Quality
from sentineldq.contracts.rules.base import Fault, QualityPlace, View, rule
from sentineldq.contracts.rules.options import regex_fault
from sentineldq.errors import suggest

METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
SEVERITIES = ("info", "warning", "error", "critical")
OPERATORS = {
    "mustBe": "must_be",
    "mustNotBe": "must_not_be",
    "mustBeGreaterThan": "must_be_greater_than",
    "mustBeGreaterOrEqualTo": "must_be_greater_or_equal_to",
    "mustBeLessThan": "must_be_less_than",
    "mustBeLessOrEqualTo": "must_be_less_or_equal_to",
    "mustBeBetween": "must_be_between",
    "mustNotBeBetween": "must_not_be_between",
}
#: Which type of rule a key belongs to.
_HOMES = {"metric": "library", "query": "sql", "engine": "custom", "implementation": "custom"}


def operators(rule: Quality) -> dict[str, Any]:
    """The operators a rule gives, by their name in the standard."""
    found = {key: getattr(rule, name) for key, name in OPERATORS.items()}
    return {key: value for key, value in found.items() if value is not None}


@rule("SDQ160", "error", "A library rule names no metric, or none that exists.")
def metric_unknown(view: View) -> Iterator[Fault]:
    for path, found, _, _ in view.quality:
        if found.type != "library":
            continue
        if found.metric is None:
            yield Fault(path, "a library rule needs a metric", f"one of {', '.join(METRICS)}")
        elif found.metric not in METRICS:
            yield Fault(f"{path}.metric", f"unknown metric {found.metric!r}", suggest(found.metric, METRICS))


@rule("SDQ161", "error", "A rule lacks what its type needs.")
def parts_missing(view: View) -> Iterator[Fault]:
    needs = {"sql": ("query",), "custom": ("engine", "implementation")}
    for path, found, _, _ in view.quality:
        for key in needs.get(found.type, ()):
            if not getattr(found, key):
                yield Fault(path, f"{'an' if found.type == 'sql' else 'a'} {found.type} rule needs {key}")


@rule("SDQ162", "warning", "A rule has a key that its type does not use, or says nothing.")
def parts_misplaced(view: View) -> Iterator[Fault]:
    for path, found, _, _ in view.quality:
        for key, home in _HOMES.items():
            if getattr(found, key) is not None and found.type != home:
                yield Fault(f"{path}.{key}", f"{key} belongs to type {home}, this is {found.type}")
        if found.type == "text" and not (found.description or found.name):
            yield Fault(path, "a text rule without a description says nothing")


@rule("SDQ163", "error", "A rule has no operator, or more than one.")
def operator_count(view: View) -> Iterator[Fault]:
    for path, found, _, _ in view.quality:
        given = operators(found)
        if len(given) > 1:
            yield Fault(path, f"several operators: {', '.join(given)}", "write one rule for each")
        elif not given and found.type in ("library", "sql"):
            yield Fault(path, "the rule compares its result with nothing", "add an operator, as `mustBe: 0`")


@rule("SDQ164", "error", "A range is not two numbers, the smaller first.")
def range_malformed(view: View) -> Iterator[Fault]:
    for path, found, _, _ in view.quality:
        for key in ("mustBeBetween", "mustNotBeBetween"):
            bounds = getattr(found, OPERATORS[key])
            if bounds is not None and (len(bounds) != 2 or bounds[0] >= bounds[1]):
                yield Fault(f"{path}.{key}", f"{bounds} is no range", "two numbers, the smaller first")


@rule("SDQ165", "warning", "A severity is unknown.")
def severity_unknown(view: View) -> Iterator[Fault]:
    for path, found, _, _ in view.quality:
        if found.severity is not None and found.severity.lower() not in SEVERITIES:
            hint = suggest(found.severity.lower(), SEVERITIES)
            yield Fault(f"{path}.severity", f"unknown severity {found.severity!r}", hint)


@rule(
    "SDQ166", "warning", "The unit of a metric is neither rows nor percent, or a share is above 100 percent."
)
def unit_unknown(view: View) -> Iterator[Fault]:
    for path, found, _, _ in view.quality:
        if found.type != "library" or found.unit is None:
            continue
        if found.unit not in ("rows", "percent"):
            yield Fault(
                f"{path}.unit", f"unknown unit {found.unit!r}", suggest(found.unit, ("rows", "percent"))
            )
        for key, value in operators(found).items() if found.unit == "percent" else ():
            numbers = value if isinstance(value, list) else [value]
            if any(isinstance(number, int | float) and not 0 <= number <= 100 for number in numbers):
                yield Fault(f"{path}.{key}", f"{value} is no share in percent")


@rule("SDQ167", "error", "A metric is used where it has no meaning.")
def metric_misplaced(view: View) -> Iterator[Fault]:
    for path, found, owner, _ in view.quality:
        on_property = isinstance(owner, Property)
        if found.metric == "rowCount" and on_property:
            yield Fault(f"{path}.metric", "rowCount is about an object", "move the rule to the object")
        elif found.metric in ("nullValues", "missingValues", "invalidValues") and not on_property:
            yield Fault(
                f"{path}.metric", f"{found.metric} is about a property", "move the rule to a property"
            )


@rule("SDQ168", "error", "The arguments of a metric do not fit.")
def arguments_malformed(view: View) -> Iterator[Fault]:
    for place in view.quality:
        if place.rule.type == "library":
            yield from _arguments(place)


def _arguments(place: QualityPlace) -> Iterator[Fault]:
    path, found, owner, _ = place
    given = found.arguments
    for key in ("validValues", "missingValues", "properties"):
        if key in given and not isinstance(given[key], list):
            yield Fault(f"{path}.arguments.{key}", f"{key} must be a list")
    if "pattern" in given:
        pattern = given["pattern"]
        reason = regex_fault(pattern) if isinstance(pattern, str) else "it is not text"
        if reason:
            yield Fault(f"{path}.arguments.pattern", f"not a regular expression: {reason}")
    if found.metric == "invalidValues" and not _knows_valid(found, owner):
        yield Fault(path, "invalidValues does not know what is valid", "give validValues or a pattern")
    if found.metric == "duplicateValues" and not isinstance(owner, Property):
        yield from _duplicates(place)


def _knows_valid(found: Quality, owner: Element) -> bool:
    """Valid values come from the arguments, or else from the property's own type."""
    stated = isinstance(owner, Property) and bool(owner.enum or owner.logical_type_options)
    return stated or bool({"validValues", "pattern"} & found.arguments.keys())


def _duplicates(place: QualityPlace) -> Iterator[Fault]:
    path, found, _, table = place
    names = found.arguments.get("properties")
    if not names:
        yield Fault(
            path, "duplicateValues on an object needs its properties", "add `arguments: {properties: […]}`"
        )
    known = {name for item in table.properties for name in (item.name, item.physical_name) if name}
    for index, name in enumerate(names if isinstance(names, list) and known else ()):
        if str(name).split(".", maxsplit=1)[0] not in known:
            where = f"{path}.arguments.properties[{index}]"
            yield Fault(where, f"{name!r} is not a property", suggest(str(name), known))
