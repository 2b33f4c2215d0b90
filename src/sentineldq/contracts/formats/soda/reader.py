"""A Soda contract as a contract of ours."""

from __future__ import annotations

import re
from typing import Any

from sentineldq.contracts.formats.base import (
    Converted,
    Source,
    contract,
    from_meta,
    parse_yaml,
)
from sentineldq.contracts.formats.clause import as_bounds, tolerated
from sentineldq.contracts.formats.expectations import MisfitError, logical_of
from sentineldq.contracts.formats.fold import say
from sentineldq.contracts.formats.soda.checks import (
    Check,
    Demand,
    custom_rule,
    interval,
    library_rule,
    take,
    validity,
)
from sentineldq.contracts.formats.soda.words import DATASET, FUNCTIONS, OPERATORS, QUALIFIER, UNITS, negated
from sentineldq.contracts.model import CustomProperty, Property, SchemaObject

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
_VARIABLE = re.compile(r"\$\{var\.([A-Za-z_][A-Za-z0-9_]*)\}")


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
        logical = logical_of(prop.physical_type or "")
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
                found |= interval(key, value)
            else:
                found[OPERATORS[key][0]] = value
        return found, level if isinstance(level, str) else None

    def demands(self, check: Check, shared: dict[str, Any]) -> list[Demand]:
        body, column = check.body, check.column
        if check.kind == "missing" and column:
            return [self.missing({**shared, **take(body, MISSING)})]
        if check.kind == "invalid" and column:
            return self.invalid(check, {**shared, **take(body, (*VALIDITY, *MISSING))})
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
        demands = list(validity(found))
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
        quality = library_rule(check, demand) or custom_rule(check, demand, held is self.item)
        quality.name, quality.severity = check.name, check.severity
        quality.custom_properties = check.properties
        held.quality.append(quality)
