"""Reading the published vectors: JSON into frames and checks. The format is in conformance/README.md."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from sentineldq.checks.derive import check_of
from sentineldq.checks.model import Check
from sentineldq.readers.table import Table

FOLDER = Path(__file__).parents[2] / "conformance"
SUBJECTS = sorted(path.stem for path in (FOLDER / "vectors").glob("*.json"))

_SIMPLE = {
    "string": pl.String(),
    "boolean": pl.Boolean(),
    "int8": pl.Int8(),
    "int16": pl.Int16(),
    "int32": pl.Int32(),
    "int64": pl.Int64(),
    "uint8": pl.UInt8(),
    "uint16": pl.UInt16(),
    "uint32": pl.UInt32(),
    "uint64": pl.UInt64(),
    "float32": pl.Float32(),
    "float64": pl.Float64(),
    "date": pl.Date(),
    "time": pl.Time(),
    "timestamp": pl.Datetime("us"),
    "null": pl.Null(),
}


@cache
def load(subject: str) -> dict[str, Any]:
    """One file of vectors."""
    found: dict[str, Any] = json.loads((FOLDER / "vectors" / f"{subject}.json").read_text(encoding="utf-8"))
    return found


def data(table: dict[str, Any]) -> Any:
    """A table of a file as what `check` takes: a frame, or a table of text."""
    if table.get("text"):
        return Table(name="data", frame=frame(table).lazy(), text=True)
    return frame(table)


def contract(table: dict[str, Any], vectors: list[dict[str, Any]]) -> dict[str, Any]:
    """The contract that declares the logical types of a table of text, with vectors as its rules."""
    rules = [
        {"type": "custom", "engine": "sentineldq", "name": item["name"], "implementation": item["check"]}
        for item in vectors
    ]
    properties = [{"name": name, "logicalType": kind} for name, kind in table["schema"].items()]
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "v",
        "version": "1.0.0",
        "status": "active",
    }
    return document | {"schema": [{"name": "data", "properties": properties, "quality": rules}]}


def frame(table: dict[str, Any]) -> pl.DataFrame:
    """A table of a file as a frame with exactly its types."""
    if table.get("text"):
        return pl.DataFrame(table["rows"], schema=dict.fromkeys(table["schema"], pl.String), orient="row")
    types = [dtype(name) for name in table["schema"].values()]
    columns = zip(*table["rows"], strict=True) if table["rows"] else ([] for _ in types)
    return pl.DataFrame(
        [
            _series(name, kind, values)
            for name, kind, values in zip(table["schema"], types, columns, strict=True)
        ]
    )


def check(vector: dict[str, Any]) -> Check:
    """The check of a vector."""
    return check_of(vector["check"], Check(kind="", name=vector["name"]))


def dtype(text: str) -> pl.DataType:
    """A type by its name in the format: `int64`, `decimal(10,2)`, `timestamp[UTC]`, `list<struct<a: int64>>`."""
    if text in _SIMPLE:
        return _SIMPLE[text]
    if found := re.fullmatch(r"decimal\((\d+),(\d+)\)", text):
        return pl.Decimal(int(found[1]), int(found[2]))
    if found := re.fullmatch(r"timestamp\[(.+)\]", text):
        return pl.Datetime("us", found[1])
    if found := re.fullmatch(r"list<(.+)>", text):
        return pl.List(dtype(found[1]))
    if found := re.fullmatch(r"struct<(.+)>", text):
        return pl.Struct(dict(_member(part) for part in _parts(found[1])))
    raise ValueError(text)


def _member(text: str) -> tuple[str, pl.DataType]:
    name, _, kind = text.partition(":")
    return name.strip(), dtype(kind.strip())


def _parts(text: str) -> list[str]:
    """The members of a struct: split at commas outside brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "<(") - (char in ">)")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _series(name: str, kind: pl.DataType, values: Any) -> pl.Series:
    if isinstance(kind, pl.Datetime) and kind.time_zone:  # from UTC, so that no local time is ambiguous
        moments = pl.Series(name, [_value(kind, value) for value in values], dtype=pl.Datetime("us", "UTC"))
        return moments.dt.convert_time_zone(kind.time_zone)
    return pl.Series(name, [_value(kind, value) for value in values], dtype=kind, strict=True)


def _value(kind: pl.DataType, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case pl.List():
            return [_value(kind.inner, item) for item in value]
        case pl.Struct():
            return {field.name: _value(field.dtype, value.get(field.name)) for field in kind.fields}
        case pl.Float32() | pl.Float64():
            return float(value)
        case pl.Decimal():
            return Decimal(value)
        case pl.Date():
            return date.fromisoformat(value)
        case pl.Time():
            return time.fromisoformat(value)
        case pl.Datetime():
            return datetime.fromisoformat(value)
        case _:
            return int(value) if kind.is_integer() else value


def schema() -> dict[str, Any]:
    """The JSON schema of a file of vectors."""
    found: dict[str, Any] = json.loads((FOLDER / "vectors.schema.json").read_text(encoding="utf-8"))
    return found
