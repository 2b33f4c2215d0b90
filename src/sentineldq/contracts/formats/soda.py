"""Soda contracts (v4): columns and dataset with their checks, thresholds and filters.

A check without threshold, filter or name of its own becomes the field of the schema that states it.
Source: https://docs.soda.io/soda-v4/reference/contract-language-reference
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from sentineldq.contracts.formats.base import (
    Converted,
    Note,
    Source,
    Written,
    contract,
    dump_yaml,
    from_meta,
    only,
    parse_yaml,
    rule,
    title,
    to_meta,
    unheld,
)
from sentineldq.contracts.formats.clause import BOUNDED, Clause, as_bounds, clauses, tolerated, unsaid
from sentineldq.contracts.formats.expectations import LOGICAL, MisfitError
from sentineldq.contracts.formats.fold import say
from sentineldq.contracts.formats.structure import structure_notes
from sentineldq.contracts.model import Contract, CustomProperty, Property, Quality, SchemaObject

WHY = "a Soda contract has no place for it"
DATASET = "soda.dataset"
QUALIFIER = "soda.qualifier"
# Soda's word, the word of a threshold, the field of ODCS
OPERATORS = {
    "must_be": ("equal", "must_be"),
    "must_not_be": ("not_equal", "must_not_be"),
    "must_be_greater_than": ("greater", "must_be_greater_than"),
    "must_be_greater_than_or_equal": ("greater_or_equal", "must_be_greater_or_equal_to"),
    "must_be_less_than": ("less", "must_be_less_than"),
    "must_be_less_than_or_equal": ("less_or_equal", "must_be_less_or_equal_to"),
    "must_be_between": ("between", "must_be_between"),
    "must_be_not_between": ("not_between", "must_not_be_between"),
}
ENDS = {
    "greater_than": "greater",
    "greater_than_or_equal": "greater_or_equal",
    "less_than": "less",
    "less_than_or_equal": "less_or_equal",
}
FUNCTIONS = {"avg": "mean", "min": "min", "max": "max", "sum": "sum", "stddev": "std", "stddev_samp": "std"}
LIBRARY = {
    "not_null": "nullValues",
    "not_missing": "missingValues",
    "unique": "duplicateValues",
    "unique_together": "duplicateValues",
    "row_count": "rowCount",
}
VALIDITY = (
    "valid_values",
    "invalid_values",
    "valid_format",
    "invalid_format",
    "valid_min",
    "valid_max",
    "valid_length",
    "valid_min_length",
    "valid_max_length",
    "valid_reference_data",
)
MISSING = ("missing_values", "missing_format")
UNITS = {"minute": "m", "hour": "h", "day": "d"}
_VARIABLE = re.compile(r"\$\{var\.([A-Za-z_][A-Za-z0-9_]*)\}")


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


def read(text: str, *, name: str) -> Converted:
    """Read a contract. Raises ContractError when the document is none."""
    source = Source(name)
    data = source.mapping(parse_yaml(text, name), "")
    older = [key for key in data if key.startswith(("checks for ", "checks ", "for each "))]
    if older:
        for key in older:
            source.note(key, data[key], "SodaCL (v3) is not read; migrate it to a contract first")
        objects = [SchemaObject(name=key.removeprefix("checks for ").split(" ")[0]) for key in older]
        return Converted(contract(name, objects), source.notes)
    dataset = source.string(data.pop("dataset", None), "dataset")
    item = SchemaObject(name=dataset.split("/")[-1] or dataset)
    if "/" in dataset:
        item.custom_properties = [CustomProperty(property=DATASET, value=dataset)]
    item.description = source.optional(data.pop("description", None), "description")
    reader = _Reader(source, item, source.mapping(data.pop("variables", None), "variables"))
    stated = data.pop("filter", None) or data.pop("checks_filter", None)
    reader.filter = reader.sql(stated, "filter")
    reader.attributes = source.mapping(data.pop("check_attributes", None), "check_attributes")
    columns = source.sequence(data.pop("columns", None), "columns")
    for index, entry in enumerate(columns):
        reader.column(source.mapping(entry, f"columns[{index}]"), f"columns[{index}]")
    for index, entry in enumerate(source.sequence(data.pop("checks", None), "checks")):
        reader.check(entry, f"checks[{index}]", None, {})
    source.rest(data, "", "it says how Soda runs, not what the data is")
    return Converted(contract(str(item.name), [item]), source.notes)


class _Reader:
    """Reads columns and checks into a schema object."""

    def __init__(self, source: Source, item: SchemaObject, variables: dict[str, Any]) -> None:
        self.source = source
        self.item = item
        self.filter: str | None = None
        self.attributes: dict[str, Any] = {}
        self.optional: list[str] = []
        self.variables = {
            name: body["default"]
            for name, body in variables.items()
            if isinstance(body, dict) and "default" in body
        }

    def sql(self, text: Any, path: str) -> str | None:
        """A filter with the defaults of its variables filled in; None (with a note) where one has none."""
        stated = self.source.optional(text, path)
        if stated is None:
            return None
        filled = _VARIABLE.sub(lambda match: str(self.variables.get(match[1], match[0])), stated.strip())
        if "${" in filled:
            self.source.note(path, filled, "its variables are known only at run time")
            return None
        return filled

    def column(self, entry: dict[str, Any], path: str) -> None:
        prop = Property(name=self.source.string(entry.pop("name", None), f"{path}.name"))
        self.item.properties.append(prop)
        prop.description = self.source.optional(entry.pop("description", None), f"{path}.description")
        prop.physical_type = self.source.optional(entry.pop("data_type", None), f"{path}.data_type")
        logical = LOGICAL.get((prop.physical_type or "").lower().partition("(")[0].strip())
        if logical:
            say(prop, "type", {"type": logical})
        longest = entry.pop("character_maximum_length", None)
        if longest is not None and not (isinstance(longest, int) and say(prop, "length", {"max": longest})):
            self.source.note(f"{path}.character_maximum_length", longest, "it is no number of characters")
        if entry.pop("optional", False) is True:
            self.optional.append(str(prop.name))
            self.source.note(f"{path}.optional", prop.name, "a contract's columns are always there")
        shared = {key: entry.pop(key) for key in (*VALIDITY, *MISSING) if key in entry}
        for index, check in enumerate(self.source.sequence(entry.pop("checks", None), f"{path}.checks")):
            self.check(check, f"{path}.checks[{index}]", prop, shared)
        self.source.rest(entry, path, "it says nothing about the rows of the dataset")

    def check(self, entry: Any, path: str, prop: Property | None, shared: dict[str, Any]) -> None:
        """One check; a note where it cannot be said."""
        found = {entry: None} if isinstance(entry, str) else self.source.mapping(entry, path)
        if len(found) != 1:
            self.source.note(path, found, "a check is one key, its type; older contracts are not read")
            return
        kind, body = next(iter(found.items()))
        inner = f"{path}.{kind}"
        try:
            check = self.taken_apart(kind, self.source.mapping(body, inner), inner, prop)
            for demand in self.demands(check, shared):
                self.state(check, demand, prop)
        except MisfitError as error:
            self.source.note(inner, body or kind, str(error))
            return
        self.source.rest(check.body, inner, f"the check {kind} takes no such argument")

    def taken_apart(self, kind: str, body: dict[str, Any], path: str, prop: Property | None) -> Check:
        where = [self.filter] if self.filter else []
        if body.get("filter") is not None:
            own = self.sql(body.pop("filter"), f"{path}.filter")
            if own is None:
                raise MisfitError("its filter is known only at run time")
            where.append(own)
        threshold, level = self.threshold(self.source.mapping(body.pop("threshold", None), path), path)
        attributes = {
            **self.attributes,
            **self.source.mapping(body.pop("attributes", None), f"{path}.attributes"),
        }
        properties = from_meta(attributes)
        if body.get("qualifier") is not None:
            properties.append(CustomProperty(property=QUALIFIER, value=str(body.pop("qualifier"))))
        return Check(
            kind=kind,
            path=path,
            body=body,
            column=prop.name if prop else None,
            threshold=threshold,
            severity="WARNING" if level == "warn" else None,
            where=where[0] if len(where) == 1 else " AND ".join(f"({part})" for part in where) or None,
            name=self.source.optional(body.pop("name", None), f"{path}.name"),
            properties=properties,
        )

    def threshold(self, stated: dict[str, Any], path: str) -> tuple[dict[str, Any], str | None]:
        """A threshold in the words of the catalogue; its `unit` is set for percentages and for ages."""
        level = stated.pop("level", None)
        if "additional" in stated:
            self.source.note(
                f"{path}.threshold.additional", stated.pop("additional"), "a check has one threshold"
            )
        found: dict[str, Any] = {}
        for key, value in stated.items():
            if key in ("metric", "unit"):
                if value != "count":
                    found["unit"] = value
            elif key not in OPERATORS:
                self.source.note(f"{path}.threshold.{key}", value, "there is no such comparison")
            elif isinstance(value, dict):
                found |= _interval(key, value)
            else:
                found[OPERATORS[key][0]] = value
        return found, level if isinstance(level, str) else None

    def demands(self, check: Check, shared: dict[str, Any]) -> list[Demand]:
        body, column = check.body, check.column
        if check.kind == "missing" and column:
            return [self.missing({**shared, **_take(body, MISSING)})]
        if check.kind == "invalid" and column:
            return self.invalid(check, {**shared, **_take(body, (*VALIDITY, *MISSING))})
        if check.kind == "duplicate":
            if check.threshold and tolerated(check.threshold)[1] is not None:
                self.source.note(
                    check.path, check.threshold, "here every row of a duplicate counts, not all but one"
                )
            columns = self.source.strings(body.pop("columns", None), f"{check.path}.columns")
            return [Demand(kind="unique_together", columns=columns) if columns else Demand(kind="unique")]
        if check.kind in ("aggregate", "failed_rows", "metric"):
            return [getattr(self, check.kind)(check)]
        if check.kind == "row_count":
            check.threshold = check.threshold or {"greater": 0}
            return [Demand(kind="row_count")]
        if check.kind == "freshness":
            return [self.freshness(check)]
        if check.kind == "schema":
            return [self.schema(check)]
        raise MisfitError("there is no check of this kind")

    def missing(self, found: dict[str, Any]) -> Demand:
        if found.get("missing_format"):
            raise MisfitError("a pattern of missing values has no counterpart")
        values = found.get("missing_values")
        return (
            Demand(kind="not_missing", params={"values": [None, *values]})
            if values
            else Demand(kind="not_null")
        )

    def invalid(self, check: Check, found: dict[str, Any]) -> list[Demand]:
        """One demand per family; several at once only where no row may be invalid."""
        if found.pop("missing_format", None) or found.pop("missing_values", None):
            self.source.note(check.path, "missing_values", "only null is left out of the invalid values")
        demands = list(_validity(found))
        if not demands:
            raise MisfitError("it does not say what is valid")
        if len(demands) > 1 and tolerated(check.threshold) != (None, None):
            raise MisfitError("its parts cannot share one threshold")
        return demands

    def aggregate(self, check: Check) -> Demand:
        function = str(check.body.pop("function", "")).lower()
        bounds = as_bounds(check.threshold)
        if function not in FUNCTIONS:
            raise MisfitError(f"there is no metric {function!r}")
        if not bounds:
            raise MisfitError("its threshold has no counterpart")
        check.threshold = {}
        return Demand(kind=FUNCTIONS[function], params=bounds)

    def failed_rows(self, check: Check) -> Demand:
        expression, query = check.body.pop("expression", None), check.body.pop("query", None)
        if isinstance(expression, str):
            return Demand(kind="expression", params={"sql": negated(expression.strip())})
        if isinstance(query, str) and tolerated(check.threshold) == (None, None):
            check.threshold, check.where = {}, None  # a query filters by itself
            return Demand(kind="query_returns_none", params={"query": query.strip()})
        raise MisfitError("a query that may return some rows has no counterpart")

    def metric(self, check: Check) -> Demand:
        expression, query = check.body.pop("expression", None), check.body.pop("query", None)
        if isinstance(expression, str):
            where = f" WHERE {check.where}" if check.where else ""
            query, check.where = f"SELECT {expression.strip()} FROM ${{table}}{where}", None
        if not isinstance(query, str):
            raise MisfitError("it needs an expression or a query")
        check.where = None  # a query filters by itself
        return Demand(kind="sql", query=query.strip())

    def freshness(self, check: Check) -> Demand:
        column = self.source.string(check.body.pop("column", None), f"{check.path}.column")
        if check.body.pop("now_variable", None):
            raise MisfitError("it measures from a variable")
        unit = UNITS.get(check.threshold.pop("unit", check.body.pop("unit", "hour")))
        limit = check.threshold.pop("less", check.threshold.pop("less_or_equal", None))
        if check.threshold or unit is None or not isinstance(limit, int) or isinstance(limit, bool):
            raise MisfitError("freshness is at most so many minutes, hours or days")
        return Demand(kind="freshness", column=column, params={"max_age": f"{limit}{unit}"})

    def schema(self, check: Check) -> Demand:
        check.where = None  # columns are there for all rows or none
        extra = check.body.pop("allow_extra_columns", None) is True
        loose = check.body.pop("allow_other_column_order", None) is True
        columns = [str(prop.name) for prop in self.item.properties if prop.name not in self.optional]
        if self.optional and not extra:
            raise MisfitError("columns that may be absent or further ones cannot be told apart")
        if extra and not loose:
            self.source.note(
                check.path, "order of columns", "with further columns allowed, the order is free"
            )
        if extra or loose:
            return Demand(kind="columns_equal_set", params={"columns": columns, "exact": not extra})
        return Demand(kind="columns_in_order", params={"columns": columns})

    def state(self, check: Check, demand: Demand, prop: Property | None) -> None:
        """A field of the schema for a bare demand, else a rule."""
        if prop is not None and check.bare and not demand.columns and say(prop, demand.kind, demand.params):
            return
        held = self.item if prop is None or demand.columns or demand.kind == "freshness" else prop
        quality = _library(check, demand) or _custom(check, demand, held is self.item)
        quality.name, quality.severity = check.name, check.severity
        quality.custom_properties = check.properties
        held.quality.append(quality)


def _take(body: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: body.pop(key) for key in keys if key in body}


def _interval(key: str, value: dict[str, Any]) -> dict[str, Any]:
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


def _validity(found: dict[str, Any]) -> Iterator[Demand]:  # noqa: C901  (one step per family)
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


def _library(check: Check, demand: Demand) -> Quality | None:
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


def _custom(check: Check, demand: Demand, at_object: bool) -> Quality:  # noqa: FBT001
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


def negated(sql: str) -> str:
    """The opposite of a condition; the opposite of the opposite is the condition itself."""
    inner = sql[5:-1]
    if sql.startswith("NOT (") and sql.endswith(")") and _balanced(inner):
        return inner
    return f"NOT ({sql})"


def _balanced(text: str) -> bool:
    """Do the parentheses of a text close within it?"""
    depth = 0
    for mark in re.sub(r"'[^']*'|\"[^\"]*\"", "", text):
        depth += (mark == "(") - (mark == ")")
        if depth < 0:
            return False
    return depth == 0


# -- writing ------------------------------------------------------------------------------------------------


def write(found: Contract) -> Written:
    """Write the first schema object as a contract of Soda."""
    item, notes = only(found, "a Soda contract")
    notes += unheld(found, WHY)
    known = {
        "object": {"description", "custom_properties"},
        "property": {"description", "physical_type"},
        "nested": (),
    }
    notes += structure_notes(item, WHY, handled=known)
    document: dict[str, Any] = {"dataset": item.custom(DATASET) or title(item, found.id)}
    if item.description:
        document["description"] = item.description
    for member in item.custom_properties:
        if member.property != DATASET:
            notes.append(Note(f"customProperties[{member.property}]", str(member.value), WHY))
    columns = {prop.column: _column(prop) for prop in item.properties}
    checks: list[Any] = []
    for clause in clauses(item):
        if clause.kind == "type" and clause.quality is None and clause.column in columns:
            prop = item.find(clause.column)
            notes += _typed(clause, prop) if prop else []
            continue
        made, missed = _made(clause, item)
        notes += missed
        if made is not None:
            held = columns.get(clause.column or "") if next(iter(made)) not in DATASET_CHECKS else None
            (checks if held is None else held.setdefault("checks", [])).append(made)
    document["columns"] = list(columns.values())
    if checks:
        document["checks"] = checks
    return Written(dump_yaml(document), notes)


def _columns(item: SchemaObject) -> list[str]:
    return [prop.column for prop in item.properties]


WHOLE = {
    "row_count",
    "query_returns_none",
    "sql",
    "freshness",
    "columns_in_order",
    "columns_equal_set",
    *FUNCTIONS.values(),
}
DATASET_CHECKS = ("freshness", "schema", "row_count")


def _column(prop: Property) -> dict[str, Any]:
    column: dict[str, Any] = {"name": prop.column}
    if prop.description:
        column["description"] = prop.description
    kind = prop.physical_type or prop.logical_type
    return column | ({"data_type": kind} if kind else {})


def _typed(clause: Clause, prop: Property) -> list[Note]:
    word = LOGICAL.get((prop.physical_type or prop.logical_type or "").lower().partition("(")[0].strip())
    return [] if word == prop.logical_type else [clause.refuse("Soda is told the physical type alone")]


def _made(clause: Clause, item: SchemaObject) -> tuple[dict[str, Any] | None, list[Note]]:
    """One clause as a check, with notes for what of it is lost."""
    notes = unsaid(clause, handled={"name", "severity", "custom_properties"}, why=WHY)
    try:
        kind, body = _check(clause, item)
    except MisfitError as error:
        return None, [clause.refuse(str(error))]
    if clause.column and kind not in DATASET_CHECKS and clause.column not in _columns(item):
        return None, [clause.refuse("Soda checks the columns that its contract lists")]
    if clause.where:
        body["filter"] = clause.where
    quality = clause.quality
    if quality is not None:
        notes += _described(clause, quality, body)
    return {kind: body or None}, notes


def _described(clause: Clause, quality: Quality, body: dict[str, Any]) -> list[Note]:
    if quality.name:
        body["name"] = quality.name
    meta = to_meta(member for member in quality.custom_properties if member.property != QUALIFIER)
    if meta:
        body["attributes"] = meta
    if quality.custom(QUALIFIER):
        body["qualifier"] = quality.custom(QUALIFIER)
    if quality.severity == "WARNING":
        body.setdefault("threshold", {"must_be": 0} if "threshold" not in body else {})
        body["threshold"]["level"] = "warn"
    elif quality.severity not in (None, "CRITICAL"):
        return [Note(f"{clause.path}.severity", str(quality.severity), "Soda knows warn and fail")]
    return []


def _check(  # noqa: C901, PLR0911, PLR0912  (one per type of check)
    clause: Clause, item: SchemaObject
) -> tuple[str, dict[str, Any]]:
    """Type and body of the check that says what a clause says."""
    params, columns = clause.params, _columns(item)
    if clause.kind in WHOLE and (clause.tolerance or (clause.threshold and clause.kind != "sql")):
        raise MisfitError("a check of the whole dataset has one threshold, its own")
    match clause.kind, params:
        case "not_null", {**rest} if not rest:
            return "missing", _threshold(clause)
        case "not_missing", {"values": [*values], **rest} if not rest and None in values:
            return "missing", {
                "missing_values": [value for value in values if value is not None]
            } | _threshold(clause)
        case "unique", {**rest} if not rest:
            return "duplicate", _threshold(clause)
        case "unique_together", {**rest} if not rest:
            return "duplicate", {"columns": list(clause.columns)} | _threshold(clause)
        case "row_count", {**bounds} if bounds:
            return "row_count", {"threshold": _bounded(bounds)}
        case "expression", {"sql": sql, **rest} if not rest:
            return "failed_rows", {"expression": negated(sql)} | _threshold(clause)
        case "query_returns_none", {"query": query, **rest} if not rest:
            return "failed_rows", {"query": query}
        case "sql", {"query": query} if clause.threshold:
            return "metric", {"query": query} | _threshold(clause)
        case "freshness", {"max_age": str(age), **rest} if not rest and age[:-1].isdigit() and clause.column:
            units = {ours: theirs for theirs, ours in UNITS.items()}
            if age[-1] in units:
                threshold = {"unit": units[age[-1]], "must_be_less_than_or_equal": int(age[:-1])}
                return "freshness", {"column": clause.column, "threshold": threshold}
        case "columns_in_order", {"columns": names, **rest} if not rest and names == columns:
            return "schema", {}
        case "columns_equal_set", {"columns": [*names], "exact": exact, **rest} if (
            not rest and names == columns
        ):
            return "schema", {"allow_other_column_order": True} | (
                {} if exact else {"allow_extra_columns": True}
            )
        case kind, {**bounds} if kind in FUNCTIONS.values() and bounds:
            function = next(word for word, ours in FUNCTIONS.items() if ours == kind)
            return "aggregate", {"function": function, "threshold": _bounded(bounds)}
    return "invalid", _invalid(clause) | _threshold(clause)


def _invalid(clause: Clause) -> dict[str, Any]:
    match clause.kind, clause.params:
        case "in_set", {"values": [*values], **rest} if not rest:
            return {"valid_values": values}
        case "not_in_set", {"values": [*values], **rest} if not rest:
            return {"invalid_values": values}
        case "matches", {"pattern": pattern, **rest} if not rest:
            return {"valid_format": {"regex": pattern, "name": "pattern"}}
        case "not_matches", {"pattern": pattern, **rest} if not rest:
            return {"invalid_format": {"regex": pattern, "name": "pattern"}}
        case "between", {**bounds} if _numbers(bounds):
            return {f"valid_{side}": value for side, value in bounds.items()}
        case "length", {**bounds} if _numbers(bounds):
            return {f"valid_{side}_length": value for side, value in bounds.items()}
        case "foreign_key", {"dataset": dataset, "fields": [field], **rest} if not rest and clause.column:
            return {"valid_reference_data": {"dataset": dataset, "column": field}}
    raise MisfitError("Soda has no such check")


def _numbers(bounds: dict[str, Any]) -> bool:
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in bounds.values())
    return bool(bounds) and set(bounds) <= {"min", "max"} and numeric


def _threshold(clause: Clause) -> dict[str, Any]:
    """The threshold of a check, out of a tolerance or a threshold."""
    if isinstance(clause.tolerance, dict):
        raise MisfitError("Soda has one level per check")
    if clause.tolerance is not None:
        percent = round(clause.tolerance * 100, 10)
        value = int(percent) if float(percent).is_integer() else percent
        return {"threshold": {"metric": "percent", "must_be_less_than_or_equal": value}}
    if not clause.threshold:
        return {}
    words = {ours: theirs for theirs, (ours, _) in OPERATORS.items()}
    found = {key: value for key, value in clause.threshold.items() if key != "unit"}
    unit = {"metric": "percent"} if clause.threshold.get("unit") == "percent" else {}
    if len(found) != 1:
        return {"threshold": unit | {"must_be_between": _ends(found)}}
    key, value = next(iter(found.items()))
    if key in ("between", "not_between"):
        return {
            "threshold": unit | {words[key]: _ends({"greater_or_equal": value[0], "less_or_equal": value[1]})}
        }
    return {"threshold": unit | {words[key]: value}}


def _ends(found: dict[str, Any]) -> dict[str, Any]:
    words = {ours: theirs for theirs, ours in ENDS.items()}
    if not set(found) <= set(words):
        raise MisfitError("Soda has no such comparison")
    return {words[key]: value for key, value in found.items()}


def _bounded(bounds: dict[str, Any]) -> dict[str, Any]:
    """`min`, `max`, `strict_min`, `strict_max` as a threshold."""
    low, high = bounds.get("min"), bounds.get("max")
    if not set(bounds) <= {"min", "max", "strict_min", "strict_max"}:
        raise MisfitError("Soda has no such parameters")
    if low is not None and low == high and not bounds.get("strict_min") and not bounds.get("strict_max"):
        return {"must_be": low}
    ends = {}
    if low is not None:
        ends["greater_than" if bounds.get("strict_min") else "greater_than_or_equal"] = low
    if high is not None:
        ends["less_than" if bounds.get("strict_max") else "less_than_or_equal"] = high
    if len(ends) == 1:
        word, value = next(iter(ends.items()))
        return {f"must_be_{word}": value}
    return {"must_be_between": ends}
