"""Constraints of dbt and references between models, as fields of the schema."""

from __future__ import annotations

from typing import Any

from sentineldq.contracts.formats.base import (
    Source,
    rule,
)
from sentineldq.contracts.formats.dbt.kinds import dataset_of
from sentineldq.contracts.model import Property, Relationship, SchemaObject


def constrain(source: Source, item: SchemaObject, prop: Property | None, value: Any, path: str) -> None:
    found = source.mapping(value, path)
    kind = found.pop("type", None)
    expression = found.pop("expression", None)
    name = found.pop("name", None)
    columns = source.strings(found.pop("columns", None), f"{path}.columns")
    columns = columns or ([str(prop.name)] if prop is not None else [])
    for flag in ("warn_unenforced", "warn_unsupported"):
        found.pop(flag, None)
    target, fields = (
        found.pop("to", None),
        source.strings(found.pop("to_columns", None), f"{path}.to_columns"),
    )
    for column in columns if kind in ("not_null", "primary_key") else []:
        held = prop or _property(item, column)
        if kind == "not_null":
            held.required = True
        else:
            held.primary_key, held.primary_key_position = True, columns.index(column) + 1
    if kind == "unique" and len(columns) == 1:
        (prop or _property(item, columns[0])).unique = True
    elif kind == "unique":
        item.quality.append(rule("unique_together", columns=columns, name=name))
    elif kind == "check" and isinstance(expression, str):
        item.quality.append(rule("expression", params={"sql": expression}, name=name))
    elif kind == "foreign_key" and isinstance(target, str) and fields:
        relate(prop or item, dataset_of(target), fields, columns if prop is None else None)
    elif kind not in ("not_null", "primary_key"):
        source.note(path, kind or expression or value, "there is no check of this kind")
    source.rest(found, path, "it says nothing about the rows of the dataset")


def _property(item: SchemaObject, column: str) -> Property:
    held = item.find(column)
    if held is None:
        held = Property(name=column)
        item.properties.append(held)
    return held


def relate(held: SchemaObject | Property, dataset: str, fields: list[str], columns: list[str] | None) -> None:
    targets = [f"{dataset}.{field}" for field in fields]
    origin: str | list[str] | None = None
    if isinstance(held, SchemaObject) and columns is not None:
        origin = [f"{held.name}.{column}" for column in columns]
    if len(targets) == 1:
        held.relationships.append(Relationship(to=targets[0], from_=origin[0] if origin else None))
    else:
        held.relationships.append(Relationship(to=targets, from_=origin))
