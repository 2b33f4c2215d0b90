"""CSV with a contract: text is read as the declared types, bad texts are counted once, by `type`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sentineldq

CSV = """id,amount,day,at,open,note
1,10.5,2024-02-29,2024-02-29T10:00:00Z,true,a
2,abc,2023-02-29,2024-02-29T11:00:00.25+01:00,no,
x,-3,2024-01-01,2024-02-29 10:00:00,maybe,b
4,1e2,,yesterday,1,"c, d"
4,,2024-12-31,2024-02-29T24:00:00Z,0,e
"""


def field(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "logicalType": kind, **more}


CONTRACT = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "c",
    "version": "1.0.0",
    "status": "active",
    "schema": [
        {
            "name": "data",
            "properties": [
                field("id", "integer", unique=True, required=True),
                field("amount", "number", logicalTypeOptions={"minimum": 0}),
                field("day", "date", logicalTypeOptions={"maximum": "2024-06-30"}),
                field("at", "timestamp", logicalTypeOptions={"minimum": "2024-02-29T10:00:00.1Z"}),
                field("open", "boolean"),
                field("note", "string", required=True),
            ],
            "quality": [
                {
                    "type": "custom",
                    "engine": "sentineldq",
                    "name": "large",
                    "implementation": {"check": "expression", "sql": "amount > 10 OR id = 4"},
                },
                {
                    "type": "custom",
                    "engine": "sentineldq",
                    "name": "early",
                    "implementation": {
                        "check": "not_null",
                        "column": "amount",
                        "where": "day < DATE '2024-06-01'",
                    },
                },
            ],
        }
    ],
}

EXPECTED = {
    "id.type": (5, 1),
    "id.not_null": (5, 1),
    "id.unique": (4, 2),
    "amount.type": (4, 1),
    "amount.range": (3, 1),
    "day.type": (4, 1),
    "day.range": (3, 1),
    "at.type": (5, 2),
    "at.range": (3, 2),
    "open.type": (5, 1),
    "note.type": (4, 0),
    "note.not_null": (5, 1),
    "large": (3, 0),
    "early": (2, 0),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "data.csv"
    target.write_text(CSV, encoding="utf-8")
    return target


def test_counts(path: Path, engine: str):
    result = sentineldq.check(path, CONTRACT, engine=engine)
    found = {outcome.name: (outcome.evaluated, outcome.failed) for outcome in result.checks}
    found.pop("columns")
    assert found == EXPECTED


def test_samples_are_the_texts(path: Path, engine: str):
    result = sentineldq.check(path, CONTRACT, engine=engine)
    samples = {outcome.name: sorted(outcome.samples) for outcome in result.checks}
    assert samples["amount.type"] == ["abc"]
    assert samples["at.type"] == ["2024-02-29T24:00:00Z", "yesterday"]
    assert samples["amount.range"] == ["-3"]


def test_good_rows_are_typed_and_bad_rows_are_as_they_came(path: Path, engine: str, rows: Any):
    halves = sentineldq.split(path, _lenient(), engine=engine)
    good, bad = rows(halves.good), rows(halves.bad)
    assert [(row["id"], row["amount"], str(row["day"]), row["open"]) for row in good] == [
        (1, 10.5, "2024-02-29", True)
    ]
    assert good[0]["at"].isoformat() == "2024-02-29T10:00:00+00:00"
    assert sorted((row["id"], row["amount"] or "") for row in bad) == [
        ("2", "abc"),
        ("4", ""),
        ("4", "1e2"),
        ("x", "-3"),
    ]


def _lenient() -> dict[str, Any]:
    """The contract without the range of `at`, which no row but bad ones meets."""
    table = CONTRACT["schema"][0]
    properties = [item for item in table["properties"] if item["name"] != "at"] + [field("at", "timestamp")]
    return CONTRACT | {"schema": [table | {"properties": properties}]}
