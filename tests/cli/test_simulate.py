"""`sentinel simulate`: files with records, the truth beside them, and nothing overwritten unasked."""

from __future__ import annotations

import json

import msgspec
import polars as pl
import pytest

from sentineldq.sources.simulate import Injected, generate, truth
from sentineldq.sources.simulate.write import GROUPS
from tests.cli.tiny import register

SCRIPT = """\
- {kind: shift, field: score, add: 5, from: 2025-01-07T00:00:00Z}
- {kind: null_field, field: country, rate: 0.05}
"""
FAULTS = [
    {"kind": "shift", "field": "score", "add": 5, "from": "2025-01-07T00:00:00Z"},
    {"kind": "null_field", "field": "country", "rate": 0.05},
]


@pytest.fixture(autouse=True)
def known(folder, monkeypatch):
    register(monkeypatch, "simulate")
    (folder / "faults.yaml").write_text(SCRIPT)


def test_it_writes_what_the_source_would_give(sentinel, folder):
    ran = sentinel(
        "simulate", "table", "--records", "6000", "--seed", "4", "--faults", "faults.yaml", "-o", "out"
    )
    assert (ran.code, ran.err) == (0, "")
    assert "6,000 records" in ran.out
    given = {"seed": 4, "records": 6000, "faults": FAULTS}
    assert (folder / "out/table.ndjson").read_bytes().splitlines() == list(generate("table", **given))
    lines = (folder / "out/table.truth.ndjson").read_bytes().splitlines()
    told = [msgspec.json.decode(line, type=Injected) for line in lines]
    assert told == list(truth("table", **given))
    (summary,) = json.loads((folder / "out/simulation.json").read_text())
    assert [one["records"] for one in summary["injected"]] == [
        sum(line.fault == number for line in told) for number in (1, 2)
    ]
    assert summary["injected"][0]["first"].startswith("2025-01-07T00")
    assert summary["injected"][1]["script"] == {"kind": "null_field", "rate": 0.05, "field": "country"}


def test_the_summary_can_be_read_by_machines(sentinel, folder):
    ran = sentinel("simulate", "table", "--records", "500", "-o", "out", "-f", "json")
    assert json.loads(ran.out) == json.loads((folder / "out/simulation.json").read_text())
    (one,) = json.loads(ran.out)
    assert (one["records"], one["truth"], one["injected"]) == (500, None, [])
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["simulation.json", "table.ndjson"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_can_be_written(sentinel, folder, form):
    ran = sentinel("simulate", "table", "--records", "500", "-o", "out", "--output-format", form)
    assert ran.code == 0
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet}[form]
    frame = read(folder / f"out/table.{form}")
    records = [json.loads(record) for record in generate("table", records=500)]
    assert frame.columns == list(records[0])
    assert frame["score"].to_list() == [record["score"] for record in records]
    assert frame["discount"].null_count() == sum(record["discount"] is None for record in records)


def test_days_are_days(sentinel, folder):
    sentinel("simulate", "table", "--days", "2", "--rate", "50", "--no-rhythm", "-o", "out")
    days = [json.loads(line)["at"][:10] for line in (folder / "out/table.ndjson").read_bytes().splitlines()]
    assert len(days) == 2400
    assert set(days) == {"2025-01-06", "2025-01-07"}


def test_a_shop_has_all_its_tables(sentinel, folder):
    (folder / "shop.yaml").write_text("orders:\n- {kind: duplicate, count: 3}\n")
    ran = sentinel("simulate", "commerce", "--days", "0.2", "-o", "shop", "--faults", "shop.yaml")
    assert ran.code == 0
    names = {path.name for path in (folder / "shop").iterdir()}
    assert names == {f"{name}.ndjson" for name in GROUPS["commerce"]} | {
        "orders.truth.ndjson",
        "simulation.json",
    }
    customers, orders = (
        [json.loads(line) for line in (folder / f"shop/{name}.ndjson").read_bytes().splitlines()]
        for name in ("customers", "orders")
    )
    assert {one["customer_id"] for one in orders} <= {one["customer_id"] for one in customers}


def test_nothing_is_overwritten_unasked(sentinel, folder):
    first = ("simulate", "table", "--records", "50", "-o", "out")
    assert sentinel(*first).code == 0
    before = (folder / "out/table.ndjson").read_bytes()
    ran = sentinel(*first, "--seed", "2")
    assert ran.code == 2
    assert "is there already" in ran.err
    assert (folder / "out/table.ndjson").read_bytes() == before
    assert sentinel(*first, "--seed", "2", "--force").code == 0
    assert (folder / "out/table.ndjson").read_bytes() != before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tabel", "-n", "5"), "did you mean 'table'"),
        (("table",), "either --records or --days"),
        (("table", "-n", "5", "--days", "1"), "either --records or --days"),
        (("table", "-n", "5", "--faults", "none.yaml"), "cannot read none.yaml"),
        (("table", "-n", "5", "--faults", "mapping.yaml"), "a list is expected"),
        (("commerce", "-n", "5", "--faults", "faults.yaml"), "lists by shape"),
        (("commerce", "-n", "5", "--faults", "mapping.yaml"), "no shape 'ordres'"),
        (("table", "-n", "50", "--faults", "broken.yaml", "--output-format", "csv"), "csv cannot hold it"),
        (("market", "-n", "5", "--rate", "3"), "the calendar"),
        (("table", "-n", "5", "--start", "noon"), "not a time"),
    ],
    ids=lambda given: given if isinstance(given, str) else "-".join(given),
)
def test_wrong_usage_writes_nothing(sentinel, folder, arguments, message):
    (folder / "mapping.yaml").write_text("ordres: []\n")
    (folder / "broken.yaml").write_text("- {kind: truncated, count: 2}\n")
    ran = sentinel("simulate", *arguments, "-o", "out")
    assert ran.code == 2
    assert message in ran.err
    assert not (folder / "out").exists()


def test_a_folder_that_cannot_be_is_told(sentinel, folder):
    ran = sentinel("simulate", "table", "-n", "5", "-o", "faults.yaml")
    assert ran.code == 3
    assert "faults.yaml" in ran.err


def test_help_says_what_the_list_of_commands_says(sentinel):
    from sentineldq.cli.simulate import simulate

    first = simulate.get_short_help_str(200)
    assert first == "Write invented data to files, with faults and drifts and the truth about them."
