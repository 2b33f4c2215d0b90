"""Tests of a dbt schema file: fields of the schema for bare ones, rules for those with a configuration."""

from __future__ import annotations

import re
from typing import Any

from sentineldq.contracts.formats.base import (
    Source,
    from_meta,
    rule,
)
from sentineldq.contracts.formats.dbt.constraints import relate
from sentineldq.contracts.formats.dbt.kinds import Rule, Test, rule_of
from sentineldq.contracts.formats.dbt.words import NEGATED, SEVERITIES
from sentineldq.contracts.formats.expectations import MisfitError
from sentineldq.contracts.formats.fold import say
from sentineldq.contracts.model import Property, Quality, SchemaObject

CONFIG = ("severity", "where", "warn_if", "error_if", "enabled")
STORAGE = (
    "limit",
    "fail_calc",
    "store_failures",
    "store_failures_as",
    "schema",
    "database",
    "alias",
    "group",
)
_CONDITION = re.compile(r"^\s*(>=|<=|!=|<>|==|=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$")


def state(source: Source, item: SchemaObject, prop: Property | None, value: Any, path: str) -> None:
    test = _taken_apart(source, prop, value, path)
    if test is None:
        return
    try:
        found = rule_of(test)
        quality = _quality(source, test, found)
    except MisfitError as error:
        source.note(path, test.name, str(error))
        return
    for key, stated in test.args.items():
        if stated not in (None, False, [], {}):
            source.note(f"{path}.{key}", stated, f"{test.name} takes no such argument")
    if prop is not None and quality is None and _native(prop, found):
        return
    quality = quality or rule(found.kind, params=found.params, where=found.where, tolerance=found.tolerance)
    own = prop is not None and not found.columns and found.column == prop.name
    implementation = quality.implementation
    if not own and isinstance(implementation, dict):
        named: dict[str, Any] = {"column": found.column} if found.column else {}
        named |= {"columns": found.columns} if found.columns else {}
        quality.implementation = {"check": found.kind, **named, **implementation}
    (prop.quality if own and prop is not None else item.quality).append(quality)


def _taken_apart(source: Source, prop: Property | None, value: Any, path: str) -> Test | None:
    if isinstance(value, str):
        return Test(name=value, path=path, column=prop.name if prop else None, args={}, config={})
    entry = source.mapping(value, path)
    if "test_name" in entry:
        name, args = entry.pop("test_name"), entry
    elif len(entry) >= 1:
        name = next(iter(entry))
        args = {**source.mapping(entry.pop(name), f"{path}.{name}"), **entry}
    else:
        source.refuse(path, "a test has a name")
    args |= source.mapping(args.pop("arguments", None), f"{path}.arguments")
    config = source.mapping(args.pop("config", None), f"{path}.config")
    config |= {key: args.pop(key) for key in (*CONFIG, *STORAGE, "tags", "meta") if key in args}
    column = args.pop("column_name", None) or (prop.name if prop else None)
    label, description = args.pop("name", None), args.pop("description", None)
    return Test(
        name=source.string(name, path),
        path=path,
        column=column if isinstance(column, str) else None,
        args=args,
        config=config,
        label=label if isinstance(label, str) else None,
        description=description if isinstance(description, str) else None,
    )


def _native(prop: Property, found: Rule) -> bool:
    """State a bare test as fields of the property."""
    if found.where or found.tolerance or found.columns or found.column != prop.name:
        return False
    if found.kind == "foreign_key" and not found.where:
        relate(prop, found.params["dataset"], found.params["fields"], None)
        return True
    return found.kind in ("not_null", "unique", "in_set") and say(prop, found.kind, found.params)


def _quality(source: Source, test: Test, found: Rule) -> Quality | None:
    """The rule of a test that has a configuration or a name of its own; None for a bare one."""
    config = dict(test.config)
    if config.pop("enabled", True) in (False, "false"):
        raise MisfitError("it is switched off")
    where = config.pop("where", None)
    if isinstance(where, str) and "{{" in where:
        raise MisfitError(f"its filter {where!r} is computed by dbt")
    threshold, severity = _levels(source, test, config)
    tags = config.pop("tags", [])
    meta = source.mapping(config.pop("meta", None), f"{test.path}.config.meta")
    source.rest(config, f"{test.path}.config", "it says how dbt stores results, not what the data is")
    where = (
        " AND ".join(f"({part})" for part in (found.where, where) if part)
        if found.where and where
        else (found.where or where)
    )
    if not any((where, threshold, severity, tags, meta, test.label, test.description)):
        return None
    quality = rule(
        found.kind,
        params=found.params,
        where=where,
        tolerance=found.tolerance,
        threshold=threshold,
        severity=severity,
        name=test.label,
        description=test.description,
    )
    quality.tags = [tags] if isinstance(tags, str) else source.strings(tags, f"{test.path}.config.tags")
    quality.custom_properties = from_meta(meta)
    return quality


def _levels(source: Source, test: Test, config: dict[str, Any]) -> tuple[dict[str, Any] | None, str | None]:
    """Threshold and severity out of `severity`, `warn_if`, `error_if`."""
    stated = config.pop("severity", None)
    warn, error = config.pop("warn_if", None), config.pop("error_if", None)
    warns = str(stated).lower() == "warn"
    if not warns and error is not None and warn is not None:
        source.note(f"{test.path}.config.warn_if", warn, "a number of rows has one level; error_if is kept")
    text = warn if warns else error
    if text is None and not warns and warn is not None:
        source.note(
            f"{test.path}.config.warn_if", warn, "a number of rows has one level; it fails on any row"
        )
    severity = SEVERITIES.get(str(stated).lower()) if stated is not None else None
    if text is None:
        return None, severity
    match = _CONDITION.match(str(text))
    if match is None:
        raise MisfitError(f"the condition {text!r} is no comparison with a number")
    number = float(match[2])
    bound = {NEGATED[match[1]]: int(number) if number.is_integer() else number}
    return (None if bound in ({"equal": 0}, {"less_or_equal": 0}) else bound), severity
