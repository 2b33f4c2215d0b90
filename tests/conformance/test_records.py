"""The record path gives the published verdict, record by record, where a vector's check is a constraint of a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import sentineldq
from sentineldq.contracts.load import load_contract
from tests.conformance import vectors

ENCODE = msgspec.json.Encoder(decimal_format="number").encode

Made = dict[str, Any]


def _options(**names: str) -> Callable[[Made], Made]:
    """The parameters of a check as type options of the same meaning."""
    return lambda given: {"logicalTypeOptions": {names[name]: value for name, value in given.items()}}


def _range(given: Made) -> Made:
    low = "exclusiveMinimum" if given.get("strict_min") else "minimum"
    high = "exclusiveMaximum" if given.get("strict_max") else "maximum"
    return _options(min=low, max=high)({name: given[name] for name in ("min", "max") if name in given})


CONSTRAINTS: dict[str, Callable[[Made], Made]] = {
    "not_null": lambda _given: {"required": True},
    "in_set": lambda given: {"enum": [{"value": value} for value in given["values"]]},
    "between": _range,
    "matches": _options(pattern="pattern"),
    "format": _options(format="format"),
    "length": _options(min="minLength", max="maxLength"),
    "multiple_of": _options(of="multipleOf"),
    "items": _options(min="minItems", max="maxItems"),
    "items_unique": lambda _given: {"logicalTypeOptions": {"uniqueItems": True}},
}
TYPES = {
    "string": "string",
    "boolean": "boolean",
    "float64": "number",
    "date": "date",
    "time": "time",
    "list<string>": "array",
    "timestamp": "timestamp",
    "timestamp[UTC]": "timestamp",
    "timestamp[Europe/Berlin]": "timestamp",
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8"), "integer"),
}
ELSEWHERE = {"where", "threshold", "columns"}
NO_NUMBERS = ("NaN", "Infinity", "-0.0")
"""What JSON has no number for."""

UNEQUAL = {
    "times: a bound with a time on dates": "a bound of a date has no time in a record's contract",
}


def _cases() -> list[Any]:
    return [
        pytest.param(vector, vectors.load(subject)["tables"][vector["data"]], id=vector["name"])
        for subject in vectors.SUBJECTS
        for vector in vectors.load(subject)["vectors"]
        if _expressible(vector, vectors.load(subject)["tables"][vector["data"]])
    ]


def _expressible(vector: Made, table: Made) -> bool:
    check, column = vector["check"], vector["check"].get("column")
    if check["check"] not in CONSTRAINTS or ELSEWHERE & set(check) or column not in table["schema"]:
        return False
    if "failing_rows" not in vector["expect"] or table.get("text") or vector["name"] in UNEQUAL:
        return False
    kind = table["schema"][column]
    if kind == "string" and check["check"] == "between":  # no option of text in ODCS
        return False
    numbers = [row[list(table["schema"]).index(column)] for row in table["rows"]]
    known = kind in TYPES or kind.startswith("decimal")
    return known and check.get("values", [1]) not in (None, []) and not set(map(str, numbers)) & {*NO_NUMBERS}


@pytest.mark.parametrize(("vector", "table"), _cases())
def test_records(vector: Made, table: Made):
    column = vector["check"]["column"]
    given = {
        name: value for name, value in vector["check"].items() if name not in {"check", "column", "tolerance"}
    }
    kind = table["schema"][column]
    field: Made = {"name": column, "logicalType": TYPES.get(kind, "number")}
    if kind not in TYPES:
        field["physicalType"] = kind
    if field["logicalType"] == "array":
        field["items"] = {"name": "item", "logicalType": "string"}
    contract = load_contract(
        {
            "apiVersion": "v3.1.0",
            "kind": "DataContract",
            "id": "v",
            "version": "1.0.0",
            "status": "active",
            "schema": [
                {"name": "data", "properties": [field | CONSTRAINTS[vector["check"]["check"]](given)]}
            ],
        }
    )
    rows = [ENCODE({column: row[column]}) for row in vectors.frame(table).select(column).to_dicts()]
    found = sentineldq.decode(rows, contract)
    assert [error.index for error in found.errors] == vector["expect"]["failing_rows"], found.errors


def test_what_is_left_unequal_is_known():
    """A vector of UNEQUAL that has gone would hide nothing."""
    names = {vector["name"] for subject in vectors.SUBJECTS for vector in vectors.load(subject)["vectors"]}
    assert set(UNEQUAL) <= names
