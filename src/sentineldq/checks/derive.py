"""From a contract to its checks: everything the contract says about a dataset becomes one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from sentineldq.checks.definition import definition_of
from sentineldq.checks.model import Check, OnViolation, Severity, Threshold, Tolerance
from sentineldq.contracts.model import OPERATORS, Property, Quality, Relationship, SchemaObject, TypeOptions
from sentineldq.errors import CheckDefinitionError

ENGINE_NAMES = ("sentineldq", "sentinel")
IGNORED_FORMATS = ("password", "binary")

SEVERITIES: dict[str, Severity] = {
    "info": "INFO",
    "information": "INFO",
    "low": "INFO",
    "warn": "WARNING",
    "warning": "WARNING",
    "minor": "WARNING",
    "medium": "WARNING",
}
"""Words for a severity; any other word is CRITICAL."""

INTEGER_RANGES = {
    f"{sign}{bits}": (-(2 ** (bits - 1)) if sign == "i" else 0, 2 ** (bits - (sign == "i")) - 1)
    for sign in "iu"
    for bits in (8, 16, 32, 64, 128)
}

OPTIONS = ("tolerance", "where", "on_violation", "threshold", "weight")
"""Keys of an implementation that are the check's own, not the parameters of its kind."""


def derive(table: SchemaObject, *, place: str = "schema[0]") -> list[Check]:
    """All checks of a schema object, in the order of the contract.

    `place` is where the object stands in the document. Quality rules of type `text` are documentation; those of
    other engines become checks of kind `custom`, which are skipped with a reason.
    """
    found = [*_of_table(table, place)]
    alone = len(table.primary_key) == 1  # a composite key is checked as a whole
    for path, inside, item in table.places():
        found += _of_property(path, item, f"{place}.{inside}", alone=alone)
    return found


def _of_table(table: SchemaObject, where: str) -> Iterator[Check]:
    stored = [item.column for item in table.properties if item.semantic_type != "measure"]
    if stored:
        yield Check(
            kind="columns_equal_set",
            name="columns",
            params={"columns": stored, "exact": False},
            on_violation="block",
            origin=f"{where}.properties",
        )
    key = table.primary_key
    if len(key) > 1:
        yield Check(
            kind="unique_together", columns=tuple(key), name="primaryKey", origin=f"{where}.properties"
        )
    for link in table.relationships:
        yield from _link(link, None, f"{where}.relationships")
    for position, rule in enumerate(table.quality):
        yield from _rule(rule, None, f"{where}.quality[{position}]")


def _of_property(path: str, item: Property, where: str, *, alone: bool) -> Iterator[Check]:
    if item.semantic_type == "measure":
        return

    def made(kind: str, key: str, **params: Any) -> Check:
        return Check(kind=kind, column=path, params=params, origin=f"{where}.{key}")

    if item.logical_type is not None:
        yield made("type", "logicalType", type=item.logical_type)
    if item.required or item.primary_key:
        check = made("not_null", "required" if item.required else "primaryKey")
        yield _within_parent(check, path)
    if item.unique or (item.primary_key and alone and "." not in path):
        yield made("unique", "unique" if item.unique else "primaryKey")
    if item.enum:
        yield made("in_set", "enum", values=[entry.value for entry in item.enum])
    yield from _of_options(path, item, f"{where}.logicalTypeOptions")
    for link in item.relationships:
        yield from _link(link, path, f"{where}.relationships")
    for position, rule in enumerate(item.quality):
        yield from _rule(rule, path, f"{where}.quality[{position}]")


def _within_parent(check: Check, path: str) -> Check:
    """A required field of an object is required where the object is there (as in JSON Schema)."""
    parent = path.rpartition(".")[0]
    if not parent or "[]" in path:
        return check
    quoted = ".".join(f'"{step}"' for step in parent.split("."))
    return msgspec.structs.replace(check, where=f"{quoted} IS NOT NULL")


def _of_options(path: str, item: Property, where: str) -> Iterator[Check]:
    options = item.options

    def made(kind: str, name: str, key: str, **params: Any) -> Check:
        given = {name: value for name, value in params.items() if value is not None and value is not False}
        return Check(kind=kind, column=path, params=given, origin=f"{where}.{key}", name=f"{path}.{name}")

    if options.min_length is not None or options.max_length is not None:
        yield made(
            "length",
            "length",
            _given(options, "min_length", "max_length"),
            min=options.min_length,
            max=options.max_length,
        )
    if options.pattern is not None:
        yield made("matches", "pattern", "pattern", pattern=options.pattern)
    if options.format is not None:
        yield from _of_format(path, item, options.format, where)
    if options.minimum is not None or options.maximum is not None:
        key = _given(options, "minimum", "maximum")
        yield made("between", "range", key, min=options.minimum, max=options.maximum)
    low, high = options.exclusive_minimum, options.exclusive_maximum
    if low is not None or high is not None:
        key = _given(options, "exclusive_minimum", "exclusive_maximum")
        ends = {"min": low, "max": high, "strict_min": low is not None, "strict_max": high is not None}
        yield made("between", "exclusiveRange", key, **ends)
    if options.multiple_of is not None:
        yield made("multiple_of", "multipleOf", "multipleOf", of=options.multiple_of)
    size = (options.min_items, options.max_items)
    if item.logical_type == "vector" and options.dimensions is not None:
        size = (options.dimensions, options.dimensions)
    if size != (None, None):
        yield made("items", "items", _given(options, "min_items", "max_items"), min=size[0], max=size[1])
    if options.unique_items:
        yield made("items_unique", "uniqueItems", "uniqueItems")
    yield from _of_object(path, item, options, where)


def _of_object(path: str, item: Property, options: TypeOptions, where: str) -> Iterator[Check]:
    for name in options.required:
        check = Check(kind="not_null", column=f"{path}.{name}", origin=f"{where}.required")
        yield _within_parent(check, f"{path}.{name}")
    if (options.min_properties is not None or options.max_properties is not None) and item.properties:
        check = Check(
            kind="filled",
            columns=tuple(f"{path}.{child.column}" for child in item.properties),
            name=f"{path}.properties",
            params={
                name: value
                for name, value in (("min", options.min_properties), ("max", options.max_properties))
                if value is not None
            },
            origin=f"{where}.{_given(options, 'min_properties', 'max_properties')}",
        )
        yield _within_parent(check, f"{path}.*")


def _of_format(path: str, item: Property, form: str, where: str) -> Iterator[Check]:
    """A string's format, an integer's width; the format of dates is how their text is read."""
    if item.logical_type == "integer" and form in INTEGER_RANGES:
        low, high = INTEGER_RANGES[form]
        yield Check(
            kind="between",
            column=path,
            name=f"{path}.format",
            params={"min": low, "max": high},
            dimension="conformity",
            origin=f"{where}.format",
        )
    elif item.logical_type == "string" and form not in IGNORED_FORMATS:
        yield Check(
            kind="format",
            column=path,
            name=f"{path}.format",
            params={"format": form},
            origin=f"{where}.format",
        )


def _given(options: TypeOptions, *names: str) -> str:
    """The document's key of the first of these options that is set."""
    name = next(name for name in names if getattr(options, name) is not None)
    return msgspec.structs.fields(TypeOptions)[TypeOptions.__struct_fields__.index(name)].encode_name


def _link(link: Relationship, path: str | None, origin: str) -> Iterator[Check]:
    targets = [link.to] if isinstance(link.to, str) else link.to
    names = [target.rsplit("/", 1)[-1] if "/" in target else target for target in targets]
    datasets = {name.split(".", 1)[0] for name in names}
    fields = [name.split(".", 1)[-1] for name in names]
    if path is not None:
        columns: tuple[str, ...] = (path,)
    else:
        given = [link.from_] if isinstance(link.from_, str) else (link.from_ or [])
        columns = tuple(name.split(".", 1)[-1] for name in given)
    yield Check(
        kind="foreign_key",
        columns=columns,
        name=f"{','.join(columns)}.foreign_key",
        params={"dataset": datasets.pop(), "fields": fields},
        origin=origin,
    )


# Quality rules ------------------------------------------------------------------------------------


def _rule(rule: Quality, path: str | None, origin: str) -> Iterator[Check]:
    if rule.type == "text":
        return
    base = Check(
        kind="custom",
        column=path,
        name=rule.name or "",
        description=rule.description,
        dimension=rule.dimension,
        severity=severity_of(rule.severity),
        origin=origin,
    )
    base = _with_options(base, {item.property: item.value for item in rule.custom_properties})
    if rule.type == "sql":
        yield _sql(base, rule)
    elif rule.type == "custom":
        yield _custom(base, rule)
    else:
        yield _library(base, rule)


def severity_of(word: str | None) -> Severity:
    """The severity a word stands for; CRITICAL where the contract says nothing."""
    return SEVERITIES.get((word or "").lower(), "CRITICAL")


def threshold_of(rule: Quality, *, default: Threshold | None = None) -> Threshold | None:
    """The `must…` operators of a rule; `mustBeBetween` is closed at both ends."""
    given = {ours: getattr(rule, theirs) for theirs, ours in OPERATORS.items()}
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        return default
    for name in ("between", "not_between"):
        if name in given:
            given[name] = tuple(given[name])
    percent = (rule.unit or "").lower() in {"percent", "percentage", "%"}
    return Threshold(**given, unit="percent" if percent else "rows")


def _sql(base: Check, rule: Quality) -> Check:
    return msgspec.structs.replace(
        base,
        kind="query_value",
        params={"query": rule.query or ""},
        threshold=threshold_of(rule),
        on_violation="warn",
    )


def _library(base: Check, rule: Quality) -> Check:
    metric = rule.metric or rule.rule or ""
    threshold = threshold_of(rule)
    given = rule.arguments

    def made(kind: str, params: dict[str, Any] | None = None, **changes: Any) -> Check:
        return msgspec.structs.replace(
            base, kind=kind, params=params or {}, threshold=_told(kind, threshold), **changes
        )

    match metric:
        case "nullValues" | "nullCheck":
            return made("not_null")
        case "missingValues":
            return made("not_missing", {"values": given.get("missingValues", [None, ""])})
        case "invalidValues" | "validValues":
            return _invalid_values(made, given)
        case "duplicateValues" | "duplicateCount" | "uniqueCheck":
            columns = given.get("properties")
            if columns:
                return made("unique_together", columns=tuple(columns), column=None)
            return made("unique")
        case "rowCount" | "countCheck":
            return made("row_count", column=None, on_violation="warn")
        case _:
            return made(metric or "library")


def _told(kind: str, threshold: Threshold | None) -> Threshold | None:
    """The threshold but for "no row may fail", which every check of rows has; a metric may have to be 0."""
    if threshold != Threshold(equal=0, unit=threshold.unit if threshold else "rows"):
        return threshold
    try:
        counts_rows = definition_of(kind).shape != "metric"
    except CheckDefinitionError:  # told where it is bound
        return threshold
    return None if counts_rows else threshold


def _invalid_values(made: Callable[..., Check], given: dict[str, Any]) -> Check:
    known = {"validValues": "values", "pattern": "pattern"}
    params = {known.get(name, name): value for name, value in given.items()}
    kinds: dict[tuple[str, ...], str] = {("values",): "in_set", ("pattern",): "matches"}
    return made(kinds.get(tuple(params), "valid"), params)


def _custom(base: Check, rule: Quality) -> Check:
    if (rule.engine or "").lower() not in ENGINE_NAMES:
        return msgspec.structs.replace(base, kind="custom", params={"engine": rule.engine or "?"})
    body = rule.implementation
    if not isinstance(body, dict) or "check" not in body:
        raise CheckDefinitionError(
            f"{base.origin}: implementation must be a map with `check`",
            hint="implementation: {check: between, min: 0}",
        )
    return check_of(body, base, threshold=threshold_of(rule))


def check_of(body: dict[str, Any], base: Check, *, threshold: Threshold | None = None) -> Check:
    """A check from the map a person writes: `{check: between, column: age, min: 0, tolerance: 0.01}`."""
    rest = dict(body)
    kind = rest.pop("check")
    column = rest.pop("column", base.column)
    columns: tuple[str, ...] = ()
    if "columns" in rest and not _takes(kind, "columns"):
        columns, column = tuple(rest.pop("columns")), None
    options = {name: rest.pop(name) for name in OPTIONS if name in rest and not _takes(kind, name)}
    if threshold is not None:
        options.setdefault("threshold", threshold)
    for name in ("name", "description", "dimension"):
        if name in rest and not _takes(kind, name):
            options[name] = rest.pop(name)
    if "severity" in rest:
        options["severity"] = severity_of(rest.pop("severity"))
    found = msgspec.structs.replace(base, kind=kind, column=column, columns=columns, params=rest)
    return _with_options(found, options)


def _takes(kind: str, name: str) -> bool:
    try:
        return name in definition_of(kind).parameters
    except CheckDefinitionError:
        return False


def _with_options(check: Check, options: dict[str, Any]) -> Check:
    """Apply the options that SentinelDQ adds to a rule; raises CheckDefinitionError for a wrong value."""
    known = {name: value for name, value in options.items() if name in Check.__struct_fields__}
    tolerance = known.get("tolerance")
    if isinstance(tolerance, (int, float)):
        known["tolerance"] = {"fail": float(tolerance)}
    kinds: dict[str, Any] = {
        "tolerance": Tolerance,
        "threshold": Threshold,
        "on_violation": OnViolation,
        "weight": float,
        "where": str,
    }
    try:
        ready = {
            name: msgspec.convert(value, kinds.get(name, Any), strict=False) for name, value in known.items()
        }
    except msgspec.ValidationError as error:
        raise CheckDefinitionError(f"{check.origin}: {error}") from error
    allowed = ready.get("tolerance", check.tolerance)
    if not all(0 <= share <= 1 for share in (allowed.fail, allowed.warn) if share is not None):
        raise CheckDefinitionError(f"{check.origin}: a tolerance is a share from 0 to 1", hint="1 % is 0.01")
    return msgspec.structs.replace(check, **ready)
