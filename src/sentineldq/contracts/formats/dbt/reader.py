"""A dbt schema file as a contract."""

from __future__ import annotations

from typing import Any

from sentineldq.contracts.formats.base import (
    Converted,
    Source,
    contract,
    parse_yaml,
    rule,
)
from sentineldq.contracts.formats.dbt.constraints import constrain
from sentineldq.contracts.formats.dbt.tests import state
from sentineldq.contracts.formats.dbt.words import UNITS
from sentineldq.contracts.formats.expectations import logical_of
from sentineldq.contracts.formats.fold import say
from sentineldq.contracts.model import CustomProperty, Property, SchemaObject

RESOURCES = ("models", "seeds", "snapshots", "sources")


def read(text: str, *, name: str) -> Converted:
    """Read a schema file. Raises ContractError when the document is not one."""
    source = Source(name)
    data = source.mapping(parse_yaml(text, name), "")
    if not any(key in data for key in RESOURCES):
        source.refuse("", "a dbt schema file has `models`, `sources`, `seeds` or `snapshots`")
    data.pop("version", None)
    objects: list[SchemaObject] = []
    for key in RESOURCES:
        for index, entry in enumerate(source.sequence(data.pop(key, None), key)):
            path = f"{key}[{index}]"
            group = source.mapping(entry, path)
            objects += _tables(source, group, path) if key == "sources" else [_object(source, group, path)]
    source.rest(data, "", "it says nothing about the rows of a dataset")
    return Converted(contract(name, objects), source.notes)


def _tables(source: Source, group: dict[str, Any], path: str) -> list[SchemaObject]:
    tables = []
    shared: dict[str, Any] = {key: group.pop(key) for key in ("loaded_at_field", "freshness") if key in group}
    for index, entry in enumerate(source.sequence(group.pop("tables", None), f"{path}.tables")):
        inner = f"{path}.tables[{index}]"
        tables.append(_object(source, {**shared, **source.mapping(entry, inner)}, inner))
    group.pop("name", None)
    source.rest(group, path, "a source is only the way to its tables")
    return tables


def _object(source: Source, entry: dict[str, Any], path: str) -> SchemaObject:
    item = SchemaObject(name=source.string(entry.pop("name", None), f"{path}.name"))
    item.physical_name = source.optional(entry.pop("identifier", None), f"{path}.identifier")
    _describe(source, item, entry, path)
    for index, column in enumerate(source.sequence(entry.pop("columns", None), f"{path}.columns")):
        item.properties.append(_column(source, item, column, f"{path}.columns[{index}]"))
    for key in ("tests", "data_tests"):
        for index, test in enumerate(source.sequence(entry.pop(key, None), f"{path}.{key}")):
            state(source, item, None, test, f"{path}.{key}[{index}]")
    for index, found in enumerate(source.sequence(entry.pop("constraints", None), f"{path}.constraints")):
        constrain(source, item, None, found, f"{path}.constraints[{index}]")
    _freshness(source, item, entry, path)
    stated = rule("unique_together", columns=item.primary_key)
    if len(item.primary_key) > 1:
        item.quality = [quality for quality in item.quality if quality != stated]
    for ignored in ("docs", "access", "group", "latest_version", "deprecation_date"):
        entry.pop(ignored, None)
    source.rest(entry, path, "it says nothing about the rows of the dataset")
    return item


def _describe(source: Source, item: SchemaObject | Property, entry: dict[str, Any], path: str) -> None:
    item.description = source.optional(entry.pop("description", None), f"{path}.description")
    config = source.mapping(entry.pop("config", None), f"{path}.config")
    meta = {
        **source.mapping(config.pop("meta", None), f"{path}.config.meta"),
        **source.mapping(entry.pop("meta", None), f"{path}.meta"),
    }
    item.custom_properties = [CustomProperty(property=key, value=value) for key, value in meta.items()]
    tags: list[str] = []
    for found in (entry.pop("tags", None), config.pop("tags", None)):
        tags += [found] if isinstance(found, str) else source.strings(found, f"{path}.tags")
    item.tags = tags
    for key in ("loaded_at_field", "freshness"):
        if key in config:
            entry.setdefault(key, config.pop(key))
    config.pop("contract", None)
    if isinstance(item, SchemaObject) and isinstance(config.get("alias"), str):
        item.physical_name = config.pop("alias")
    source.rest(config, f"{path}.config", "it says how dbt builds, not what the data is")


def _column(source: Source, item: SchemaObject, value: Any, path: str) -> Property:
    entry = source.mapping(value, path)
    prop = Property(name=source.string(entry.pop("name", None), f"{path}.name"))
    _describe(source, prop, entry, path)
    prop.physical_type = source.optional(entry.pop("data_type", None), f"{path}.data_type")
    logical = logical_of(prop.physical_type or "")
    if logical:
        say(prop, "type", {"type": logical})
    for key in ("tests", "data_tests"):
        for index, test in enumerate(source.sequence(entry.pop(key, None), f"{path}.{key}")):
            state(source, item, prop, test, f"{path}.{key}[{index}]")
    for index, found in enumerate(source.sequence(entry.pop("constraints", None), f"{path}.constraints")):
        constrain(source, item, prop, found, f"{path}.constraints[{index}]")
    entry.pop("quote", None)
    source.rest(entry, path, "it says nothing about the rows of the dataset")
    return prop


def _freshness(source: Source, item: SchemaObject, entry: dict[str, Any], path: str) -> None:
    """`freshness` of a source: one check per level."""
    column = entry.pop("loaded_at_field", None)
    found = source.mapping(entry.pop("freshness", None), f"{path}.freshness")
    for key, severity in (("warn_after", "WARNING"), ("error_after", "CRITICAL")):
        limit = source.mapping(found.pop(key, None), f"{path}.freshness.{key}")
        if not limit:
            continue
        unit = UNITS.get(str(limit.get("period")))
        if not isinstance(column, str) or not column.isidentifier() or unit is None:
            source.note(f"{path}.freshness.{key}", limit, "it needs loaded_at_field, count and period")
            continue
        params = {"max_age": f"{limit.get('count')}{unit}"}
        item.quality.append(rule("freshness", column=column, params=params, severity=severity))
    source.rest(found, f"{path}.freshness", "there is no check of this kind")
