"""What one check of a Soda contract demands, and the rule it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sentineldq.contracts.formats.base import (
    rule,
)
from sentineldq.contracts.formats.clause import BOUNDED, as_bounds, tolerated
from sentineldq.contracts.formats.expectations import MisfitError
from sentineldq.contracts.formats.soda.words import ENDS, OPERATORS
from sentineldq.contracts.model import CustomProperty, Quality

LIBRARY = {
    "not_null": "nullValues",
    "not_missing": "missingValues",
    "unique": "duplicateValues",
    "unique_together": "duplicateValues",
    "row_count": "rowCount",
}


class Check(msgspec.Struct, kw_only=True):
    """One check of the document, taken apart."""

    kind: str
    path: str
    body: dict[str, Any]
    column: str | None = None
    threshold: dict[str, Any] = {}
    severity: str | None = None
    where: str | None = None
    name: str | None = None
    properties: list[CustomProperty] = []

    @property
    def bare(self) -> bool:
        return not (self.threshold or self.severity or self.where or self.name or self.properties)


class Demand(msgspec.Struct, kw_only=True):
    """What a check demands; `native` ones have a field of the schema that says the same."""

    kind: str
    params: dict[str, Any] = {}
    columns: list[str] = []
    column: str | None = None
    query: str | None = None


def take(body: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: body.pop(key) for key in keys if key in body}


def interval(key: str, value: dict[str, Any]) -> dict[str, Any]:
    """`must_be_between: {greater_than: 1, less_than_or_equal: 5}` in the words of a threshold."""
    ends = {ENDS[word]: bound for word, bound in value.items() if word in ENDS}
    if len(ends) != len(value) or not ends:
        raise MisfitError("its interval is not understood")
    closed = set(ends) == {"greater_or_equal", "less_or_equal"}
    if closed:
        return {OPERATORS[key][0]: [ends["greater_or_equal"], ends["less_or_equal"]]}
    if key == "must_be_not_between":
        raise MisfitError("an open interval to stay out of has no counterpart")
    return ends


def validity(found: dict[str, Any]) -> Iterator[Demand]:  # noqa: C901  (one step per family)
    """The families of validity, each a demand of its own."""

    def bounds(low: str, high: str) -> dict[str, Any]:
        pairs = (("min", found.get(low)), ("max", found.get(high)))
        return {side: value for side, value in pairs if value is not None}

    for key, kind in (("valid_values", "in_set"), ("invalid_values", "not_in_set")):
        values = found.get(key)
        if values is not None:
            if not isinstance(values, list):
                raise MisfitError(f"{key} is no list")
            yield Demand(kind=kind, params={"values": values})
    for key, kind in (("valid_format", "matches"), ("invalid_format", "not_matches")):
        form = found.get(key)
        if form is not None:
            pattern = form.get("regex") if isinstance(form, dict) else None
            if not isinstance(pattern, str):
                raise MisfitError("its format has no pattern")
            yield Demand(kind=kind, params={"pattern": pattern})
    if between := bounds("valid_min", "valid_max"):
        yield Demand(kind="between", params=between)
    if length := bounds("valid_length", "valid_length") | bounds("valid_min_length", "valid_max_length"):
        yield Demand(kind="length", params=length)
    reference = found.get("valid_reference_data")
    if reference is not None:
        dataset = reference.get("dataset") if isinstance(reference, dict) else None
        if isinstance(dataset, list):
            dataset = "/".join(map(str, dataset))
        if not isinstance(dataset, str) or not isinstance(reference.get("column"), str):
            raise MisfitError("its reference names no dataset and column")
        yield Demand(kind="foreign_key", params={"dataset": dataset, "fields": [reference["column"]]})


def library_rule(check: Check, demand: Demand) -> Quality | None:
    """A rule of ODCS's own library, or a query of its own; None where a filter or parameters forbid it."""
    operators = _odcs(check.threshold)
    if demand.query is not None:
        if operators is None or not check.threshold:
            raise MisfitError("its threshold has no counterpart")
        return Quality(type="sql", query=demand.query, **operators)
    metric = LIBRARY.get(demand.kind)
    if metric is None or check.where or operators is None:
        return None
    arguments: dict[str, Any] = {}
    if demand.kind == "not_missing":
        arguments = {"missingValues": demand.params["values"]}
    if demand.columns:
        arguments = {"properties": demand.columns}
    if not check.threshold:
        operators = {"must_be": 0}
    return Quality(type="library", metric=metric, arguments=arguments, **operators)


def _odcs(threshold: dict[str, Any]) -> dict[str, Any] | None:
    """A threshold as one operator of ODCS; None where it takes two."""
    fields = dict(OPERATORS.values())
    found = {fields[key]: value for key, value in threshold.items() if key != "unit"}
    if len(found) > 1:
        return None
    unit = {"unit": "percent"} if threshold.get("unit") == "percent" else {}
    return found | unit if found else {}


def custom_rule(check: Check, demand: Demand, at_object: bool) -> Quality:  # noqa: FBT001
    tolerance, threshold = tolerated(check.threshold)
    params = demand.params
    if demand.kind in BOUNDED:
        bounds = as_bounds(check.threshold)
        if bounds is None:
            raise MisfitError("its threshold has no counterpart")
        params, tolerance, threshold = {**params, **bounds}, None, None
    return rule(
        demand.kind,
        column=demand.column if at_object else None,
        columns=demand.columns,
        params=params,
        tolerance=tolerance,
        threshold=threshold,
        where=check.where,
    )
