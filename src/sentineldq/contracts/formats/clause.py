"""A contract's schema object taken apart into single clauses: one per demand, whatever section states it.

Exporters read clauses, not sections: `required: true`, `quality: {metric: nullValues, mustBe: 0}` and
`implementation: {check: not_null}` are the same clause. Kinds are those of the catalogue of checks, and three
more: `text` (a rule in words), `sql` (a query and a threshold) and `engine` (a rule for another engine).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sentineldq.contracts.formats.base import ENGINE, IGNORED, Note, brief, leftovers, place
from sentineldq.contracts.model import OPERATORS, Property, Quality, Relationship, SchemaObject, TypeOptions

RESERVED = {"check", "column", "columns", "tolerance", "threshold", "where", "on_violation"}
BOUNDED = {"row_count", "column_count"}
STRUCTURED = ("object", "array", "map", "vector")


class Clause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One demand on a dataset. `quality` is the rule that states it, None for a field of the schema."""

    kind: str
    path: str
    column: str | None = None
    columns: tuple[str, ...] = ()
    params: dict[str, Any] = {}
    tolerance: Any = None
    threshold: dict[str, Any] | None = None
    where: str | None = None
    on_violation: str | None = None
    quality: Quality | None = None

    @property
    def what(self) -> str:
        """The clause in one line, for notes."""
        beside = {"tolerance": self.tolerance, "threshold": self.threshold, "where": self.where}
        shown = {
            **({"columns": list(self.columns)} if self.columns else {}),
            **self.params,
            **{key: value for key, value in beside.items() if value},
        }
        return brief(
            f"{self.kind} {msgspec.json.encode(shown, enc_hook=str).decode()}" if shown else self.kind
        )

    @property
    def demand(self) -> tuple[str, str]:
        """What is demanded, without where it is stated: two clauses with the same demand are the same."""
        parts = (
            self.kind,
            self.column,
            self.columns,
            self.params,
            self.tolerance,
            self.threshold,
            self.where,
        )
        return self.kind, msgspec.json.encode(parts, order="sorted", enc_hook=str).decode()

    def refuse(self, why: str) -> Note:
        return Note(self.path, self.what, why)


def clauses(item: SchemaObject) -> list[Clause]:
    """All clauses of a schema object: columns first, in order, then the object's own."""
    path = place(item)
    found: list[Clause] = []
    key = item.primary_key
    for column, prop in item.walk():
        found += _property(prop, column, f"{path}.properties[{column}]", key if column in key else [])
    if len(key) > 1:
        found.append(Clause(kind="unique_together", columns=tuple(key), path=f"{path}.primaryKey"))
    for index, quality in enumerate(item.quality):
        found.append(_quality(quality, None, f"{path}.quality[{quality.name or index}]"))
    for index, relation in enumerate(item.relationships):
        found.append(_relation(relation, None, f"{path}.relationships[{index}]"))
    return found


def _property(prop: Property, column: str, path: str, key: list[str]) -> Iterator[Clause]:
    """The clauses of one property; `key` is the primary key where it is part of one."""
    if prop.required or key:
        field = "required" if prop.required else "primaryKey"
        yield Clause(kind="not_null", column=column, path=f"{path}.{field}")
    if prop.unique or len(key) == 1:
        field = "unique" if prop.unique else "primaryKey"
        yield Clause(kind="unique", column=column, path=f"{path}.{field}")
    if prop.logical_type:
        yield Clause(
            kind="type", column=column, params={"type": prop.logical_type}, path=f"{path}.logicalType"
        )
    if prop.enum:
        values = [member.value for member in prop.enum]
        yield Clause(kind="in_set", column=column, params={"values": values}, path=f"{path}.enum")
    yield from _options(prop, column, f"{path}.logicalTypeOptions")
    for index, quality in enumerate(prop.quality):
        yield _quality(quality, column, f"{path}.quality[{quality.name or index}]")
    for index, relation in enumerate(prop.relationships):
        yield _relation(relation, column, f"{path}.relationships[{index}]")


def _options(prop: Property, column: str, path: str) -> Iterator[Clause]:
    options = prop.options

    def one(kind: str, field: str, **params: Any) -> Clause:
        return Clause(kind=kind, column=column, params=params, path=f"{path}.{field}")

    for kind, low, high in (
        ("length", "min_length", "max_length"),
        ("items", "min_items", "max_items"),
        ("filled", "min_properties", "max_properties"),
    ):
        bounds = _bounds(getattr(options, low), getattr(options, high))
        if bounds:
            yield one(kind, low if getattr(options, low) is not None else high, **bounds)
    yield from _range(options, one)
    if options.pattern is not None:
        yield one("matches", "pattern", pattern=options.pattern)
    if options.format is not None and prop.logical_type in (None, "string"):
        yield one("format", "format", format=options.format)
    if options.multiple_of is not None:
        yield one("multiple_of", "multipleOf", of=options.multiple_of)
    if options.unique_items:
        yield one("items_unique", "uniqueItems")


def _range(options: TypeOptions, one: Any) -> Iterator[Clause]:
    """The bounds of a value as one clause; as two where a closed and an open one are both given."""
    low, high, above, below = (
        options.minimum,
        options.maximum,
        options.exclusive_minimum,
        options.exclusive_maximum,
    )
    first = _bounds(
        low if low is not None else above,
        high if high is not None else below,
        strict_min=low is None,
        strict_max=high is None,
    )
    if first:
        yield one("between", "minimum", **first)
    second = _bounds(
        above if low is not None else None,
        below if high is not None else None,
        strict_min=True,
        strict_max=True,
    )
    if second:
        yield one("between", "exclusiveMinimum", **second)


def _bounds(low: Any, high: Any, *, strict_min: bool = False, strict_max: bool = False) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    if low is not None:
        bounds["min"] = low
        if strict_min:
            bounds["strict_min"] = True
    if high is not None:
        bounds["max"] = high
        if strict_max:
            bounds["strict_max"] = True
    return bounds


def _relation(relation: Relationship, column: str | None, path: str) -> Clause:
    targets = [relation.to] if isinstance(relation.to, str) else list(relation.to)
    dataset = _split(targets[0])[0] if targets else ""
    fields = [_split(target)[1] for target in targets]
    origins = [relation.from_] if isinstance(relation.from_, str) else list(relation.from_ or [])
    columns = [column] if column is not None else [origin.rpartition(".")[2] for origin in origins]
    params = {"dataset": dataset, "fields": fields}
    if len(columns) == 1 and len(fields) == 1:
        return Clause(kind="foreign_key", column=columns[0], params=params, path=path)
    return Clause(kind="foreign_key", columns=tuple(columns), params=params, path=path)


def _split(reference: str) -> tuple[str, str]:
    """Dataset and field of `customers.id`, or of the id notation `schema/customers/properties/id`."""
    if "/" in reference:
        file, _, inner = reference.rpartition("#")
        names = inner.strip("/").split("/")[1::2]
        dataset = names[0] if names else inner
        return (f"{file}#{dataset}" if file else dataset), ".".join(names[1:])
    dataset, _, field = reference.rpartition(".")
    return dataset, field


# -- quality rules --------------------------------------------------------------------------------------


def _quality(quality: Quality, column: str | None, path: str) -> Clause:
    threshold = _threshold(quality)
    if quality.type == "text":
        params = {"description": quality.description or ""}
        return Clause(kind="text", column=column, params=params, path=path, quality=quality)
    if quality.type == "sql":
        return Clause(
            kind="sql",
            column=column,
            params={"query": quality.query or ""},
            threshold=threshold,
            path=path,
            quality=quality,
        )
    if quality.type == "custom":
        return _custom(quality, column, path)
    return _library(quality, column, path, threshold)


def _custom(quality: Quality, column: str | None, path: str) -> Clause:
    found = quality.implementation
    if quality.engine != ENGINE or not isinstance(found, dict) or not isinstance(found.get("check"), str):
        params = {"engine": quality.engine, "implementation": found}
        return Clause(kind="engine", column=column, params=params, path=path, quality=quality)
    kind = found["check"]
    names_columns = column is None and kind in ("columns_equal_set", "columns_in_order")
    params = {key: value for key, value in found.items() if key not in RESERVED}
    if names_columns and "columns" in found:
        params["columns"] = found["columns"]
    if params.get("ignore_missing") == IGNORED.get(kind, "any"):
        del params["ignore_missing"]
    tolerance = found.get("tolerance")
    if kind == "null_share" and set(params) == {"max"} and tolerance is None and not found.get("threshold"):
        kind, tolerance, params = "not_null", params["max"], {}  # the same demand in other words
    return Clause(
        kind=kind,
        column=found.get("column", column),
        columns=() if names_columns else tuple(found.get("columns") or ()),
        params=params,
        tolerance=tolerance or None,
        threshold=found.get("threshold"),
        where=found.get("where"),
        on_violation=found.get("on_violation"),
        path=path,
        quality=quality,
    )


def _library(quality: Quality, column: str | None, path: str, threshold: dict[str, Any]) -> Clause:
    metric = quality.metric or quality.rule or ""
    arguments = dict(quality.arguments)

    def one(kind: str, *, columns: tuple[str, ...] = (), **params: Any) -> Clause:
        bounds = as_bounds(threshold) if kind in BOUNDED else None
        tolerance, rest = (None, None) if bounds is not None else tolerated(threshold)
        return Clause(
            kind=kind,
            column=None if columns else column,
            columns=columns,
            params={**params, **(bounds or {}), **arguments},
            tolerance=tolerance,
            threshold=rest,
            path=path,
            quality=quality,
        )

    if metric in ("nullValues", "nullCheck"):
        return one("not_null")
    if metric == "missingValues":
        return one("not_missing", values=arguments.pop("missingValues", []))
    if metric == "rowCount":
        return one("row_count")
    if metric in ("duplicateValues", "duplicateCount", "uniqueCheck"):
        columns = tuple(arguments.pop("properties", None) or ())
        return one("unique_together", columns=columns) if columns else one("unique")
    if metric in ("invalidValues", "validValues"):
        names = {"validValues": "values", "pattern": "pattern"}
        valid = {names[key]: arguments.pop(key) for key in names if key in arguments}
        if list(valid) == ["values"] and not arguments:
            return one("in_set", values=valid["values"])
        if list(valid) == ["pattern"] and not arguments:
            return one("matches", pattern=valid["pattern"])
        return one("valid", **valid)
    return one("engine", metric=metric)


def _threshold(quality: Quality) -> dict[str, Any]:
    """The operators of a rule under their short names, with the unit where it is percent."""
    found = {
        short: getattr(quality, name)
        for name, short in OPERATORS.items()
        if getattr(quality, name) is not None
    }
    if found and quality.unit == "percent":
        found["unit"] = "percent"
    return found


def tolerated(threshold: dict[str, Any]) -> tuple[float | None, dict[str, Any] | None]:
    """A tolerance where the threshold is one (no bad row, or at most so many percent), else the threshold."""
    percent = threshold.get("unit") == "percent"
    bounds = {key: value for key, value in threshold.items() if key != "unit"}
    if (
        not bounds
        or bounds in ({"equal": 0}, {"less_or_equal": 0})
        or (bounds == {"less": 1} and not percent)
    ):
        return None, None
    if percent and set(bounds) == {"less_or_equal"}:
        return round(bounds["less_or_equal"] / 100, 12), None
    return None, threshold


def as_bounds(threshold: dict[str, Any]) -> dict[str, Any] | None:
    """A threshold as `min`, `max`, `strict_min`, `strict_max`; None where it excludes a value or a range."""
    match {key: value for key, value in threshold.items() if key != "unit"}:
        case {"equal": value, **rest} if not rest:
            return {"min": value, "max": value}
        case {"between": [low, high], **rest} if not rest:
            return _bounds(low, high)
        case bounds if bounds and set(bounds) <= {"greater", "greater_or_equal", "less", "less_or_equal"}:
            return _bounds(
                bounds.get("greater_or_equal", bounds.get("greater")),
                bounds.get("less_or_equal", bounds.get("less")),
                strict_min="greater" in bounds and "greater_or_equal" not in bounds,
                strict_max="less" in bounds and "less_or_equal" not in bounds,
            )
    return None


def unsaid(clause: Clause, *, handled: set[str], why: str) -> list[Note]:
    """Notes for what the rule behind a clause says beside its demand: name, severity, schedule, …"""
    if clause.quality is None:
        return []
    stated = {"type", "engine", "implementation", "metric", "rule", "arguments", "query", "unit", *OPERATORS}
    stated |= {"description"} if clause.kind == "text" else set()
    notes = leftovers(clause.quality, clause.path, handled=stated | handled, why=why)
    if clause.on_violation and "on_violation" not in handled:
        notes.append(Note(f"{clause.path}.on_violation", clause.on_violation, why))
    return notes
