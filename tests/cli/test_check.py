"""`sentinel check`: verdicts, exit codes, formats and files."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import polars as pl
import pytest

ORDERS = ("check", "orders.csv", "--contract", "orders.odcs.yaml")
SHOP = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
name: shop
version: 1.0.0
status: active
schema:
  - name: buyers
    properties:
      - {name: id, logicalType: integer, primaryKey: true, required: true}
  - name: sales
    properties:
      - {name: id, logicalType: integer, primaryKey: true, required: true}
      - name: buyer
        logicalType: integer
        relationships: [{to: buyers.id}]
        quality:
          - {metric: invalidValues, mustBe: 0, severity: warning, arguments: {validValues: [1, 2]}}
"""


@pytest.fixture
def shop(folder: Path) -> Path:
    (folder / "shop.odcs.yaml").write_text(SHOP)
    (folder / "sales.csv").write_text("id,buyer\n1,1\n2,3\n")
    (folder / "buyers.csv").write_text("id\n1\n2\n3\n")
    return folder


def by_name(text: str) -> dict[str, Any]:
    return {check["name"]: check for check in json.loads(text)["checks"]}


def test_a_failing_check_exits_with_1(process):
    ran = process(*ORDERS)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("✗ FAILED  orders\n")


def test_without_a_contract_checks_are_inferred_and_none_is_critical(process):
    ran = process("check", "orders.csv")
    assert (ran.code, ran.err) == (0, "")
    assert '"shiped"' in ran.out
    assert "inferred" in ran.out


@pytest.mark.parametrize(("severity", "code"), [("INFO", 1), ("WARNING", 1), ("CRITICAL", 0)])
def test_fail_on_decides_which_severity_fails(sentinel, severity, code):
    assert sentinel("check", "orders.csv", "--fail-on", severity).code == code


def test_json_is_what_its_schema_says(sentinel):
    schema = json.loads(files("sentineldq.reports").joinpath("result.schema.json").read_text())
    for arguments in (ORDERS, ("check", "orders.csv")):
        jsonschema.validate(json.loads(sentinel(*arguments, "--format", "json").out), schema)


def test_junit_counts_what_failed(sentinel):
    suites = ET.fromstring(sentinel(*ORDERS, "--format", "junit").out)
    assert suites.tag == "testsuites"
    assert int(suites.get("failures")) == len(suites.findall(".//failure")) == 9
    assert int(suites.get("tests")) == len(suites.findall(".//testcase"))


def test_html_loads_nothing(sentinel):
    page = sentinel(*ORDERS, "--format", "html").out
    assert page.lower().startswith("<!doctype html>")
    assert re.findall(r"(?:src|href|action|data)\s*=\s*[\"']?(?:https?:)?//|url\(|@import", page) == []


def test_sarif_points_at_the_line_of_the_contract(sentinel, folder):
    lines = (folder / "orders.odcs.yaml").read_text().splitlines()
    (run,) = json.loads(sentinel(*ORDERS, "--format", "sarif").out)["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {"orders.odcs.yaml"}
    found = {
        result["ruleId"]: lines[place["region"]["startLine"] - 1].strip()
        for result, place in zip(run["results"], places, strict=True)
    }
    assert found["unique"] == "unique: true"
    assert found["matches"] == "pattern: ^[A-Z]{3}-[0-9]{5}$"
    assert found["format"] == "format: email"


@pytest.mark.parametrize("form", ["table", "json", "junit", "sarif", "html"])
def test_output_goes_to_a_file_and_says_so_on_standard_error(sentinel, folder, form):
    ran = sentinel(*ORDERS, "--format", form, "--output", "verdict")
    assert (ran.code, ran.out, ran.err) == (1, "", "wrote verdict\n")
    assert "email.format" in (folder / "verdict").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("suffix", "read"),
    [("parquet", pl.read_parquet), ("arrow", pl.read_ipc), ("ndjson", pl.read_ndjson), ("csv", pl.read_csv)],
)
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_good_and_bad_are_all_rows(
    sentinel, folder, suffix: str, read: Callable[..., Any], engine: str
) -> None:
    names = (f"good.{suffix}", f"bad.{suffix}")
    ran = sentinel(*ORDERS, "--engine", engine, "--good", names[0], "--bad", names[1])
    assert (ran.code, ran.err) == (1, f"wrote {names[0]}\nwrote {names[1]}\n")
    good, bad = (read(folder / name) for name in names)
    source = pl.read_csv(folder / "orders.csv")
    assert sorted([*good["order_id"], *bad["order_id"]]) == sorted(source["order_id"])
    assert good.columns == source.columns
    assert bad.columns == [*source.columns, "_errors"]


def test_a_bad_row_names_all_its_reasons(sentinel, folder):
    header, first, *_ = (folder / "orders.csv").read_text().splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    wrong = cells | {"status": "lost", "quantity": "0", "sku": "x", "customer_id": ""}
    (folder / "one.csv").write_text(f"{header}\n{','.join(wrong.values())}\n")
    sentinel("check", "one.csv", "-c", "orders.odcs.yaml", "--bad", "bad.ndjson")
    (row,) = map(json.loads, (folder / "bad.ndjson").read_text().splitlines())
    assert {(error["check"], *error["columns"]) for error in row["_errors"]} == {
        ("customer_id.not_null", "customer_id"),
        ("status.in_set", "status"),
        ("sku.pattern", "sku"),
        ("quantity.range", "quantity"),
    }
    assert all(error["message"].startswith("expected ") and error["fingerprint"] for error in row["_errors"])


def test_engines_agree(sentinel):
    found = [
        {name: (check["status"], check["evaluated"], check["failed"]) for name, check in by_name(out).items()}
        for out in (sentinel(*ORDERS, "--engine", name, "-f", "json").out for name in ("polars", "duckdb"))
    ]
    assert found[0] == found[1]


def test_samples_0_shows_no_values(sentinel):
    for form in ("table", "json", "junit", "sarif", "html"):
        shown = sentinel(*ORDERS, "--samples", "0", "--format", form).out
        assert "email.format" in shown
        assert "mug-12" not in shown
        assert "ORD-100071" not in shown


def test_samples_are_as_many_as_asked_for(sentinel):
    checks = by_name(sentinel(*ORDERS, "--samples", "1", "--format", "json").out)
    assert max(len(check["samples"]) for check in checks.values()) == 1


def test_classified_columns_are_masked(sentinel):
    for form in ("table", "json", "html"):
        assert "emil.k@example" not in sentinel(*ORDERS, "--format", form).out


def test_verbose_lists_what_passed(sentinel):
    assert "sku.not_null" not in sentinel(*ORDERS).out
    assert "sku.not_null" in sentinel(*ORDERS, "--verbose").out


def test_the_dataset_is_the_one_named_like_the_file(sentinel, shop):
    assert by_name(sentinel("check", "buyers.csv", "-c", "shop.odcs.yaml", "-f", "json").out).keys() == {
        "columns",
        "id.type",
        "id.not_null",
        "id.unique",
    }


def test_the_dataset_can_be_chosen(sentinel, shop):
    (shop / "sales.csv").rename(shop / "today.csv")
    ran = sentinel("check", "today.csv", "-c", "shop.odcs.yaml")
    assert ran.code == 2
    assert "--dataset: buyers, sales" in ran.err
    assert "buyer.in_set" in sentinel("check", "today.csv", "-c", "shop.odcs.yaml", "--dataset", "sales").out


def test_references_need_the_other_dataset(sentinel, shop):
    sales = ("check", "sales.csv", "-c", "shop.odcs.yaml", "-f", "json")
    alone = by_name(sentinel(*sales).out)["buyer.foreign_key"]
    assert alone["status"] == "skip"
    assert "--with buyers=PATH" in alone["message"]
    assert (
        by_name(sentinel(*sales, "--with", "buyers=buyers.csv").out)["buyer.foreign_key"]["status"] == "pass"
    )
    (shop / "buyers.csv").write_text("id\n1\n")
    ran = sentinel(*sales, "--with", "buyers=buyers.csv")
    assert (ran.code, by_name(ran.out)["buyer.foreign_key"]["failed"]) == (1, 1)


def test_a_failure_below_the_severity_asked_for_passes(sentinel, shop):
    sales = ("check", "sales.csv", "-c", "shop.odcs.yaml")
    ran = sentinel(*sales)
    assert ran.code == 0
    assert "none is severe enough to fail the run" in ran.out
    assert sentinel(*sales, "--fail-on", "WARNING").code == 1


def test_globs_and_folders_are_one_table(sentinel, folder):
    header, *rows = (folder / "orders.csv").read_text().splitlines(keepends=True)
    (folder / "parts").mkdir()
    for number, part in enumerate((rows[:100], rows[100:])):
        (folder / "parts" / f"part-{number}.csv").write_text(header + "".join(part))
    for data in ("parts/part-*.csv", "parts"):
        found = json.loads(sentinel("check", data, "-c", "orders.odcs.yaml", "-f", "json").out)
        assert (found["rows"], by_name(json.dumps(found))["order_id.unique"]["failed"]) == (200, 2)


def test_standard_input(process, folder):
    ran = process(
        "check", "-", "-c", "orders.odcs.yaml", "-f", "json", stdin=(folder / "orders.csv").read_bytes()
    )
    assert (ran.code, ran.err, json.loads(ran.out)["rows"]) == (1, "", 200)


def test_a_pipe_gives_its_bytes_once(process, folder):
    """As in `sentinel check <(zcat orders.csv.gz)`."""
    os.mkfifo(folder / "pipe")
    with ThreadPoolExecutor() as pool:
        pool.submit((folder / "pipe").write_bytes, (folder / "orders.csv").read_bytes())
        ran = process("check", "pipe", "-c", "orders.odcs.yaml", "-f", "json")
    assert (ran.err, json.loads(ran.out)["rows"]) == ("", 200)


@pytest.mark.parametrize("form", ["table", "json", "junit", "sarif", "html"])
def test_names_that_are_not_unicode(process, folder, form):
    """File systems hold bytes; a name of another encoding is shown as well as can be."""
    data, contract = (os.fsdecode(name) for name in (b"caf\xe9.csv", b"caf\xe9.odcs.yaml"))
    shutil.copy("orders.csv", data)
    shutil.copy("orders.odcs.yaml", contract)
    ran = process("check", data, "-c", contract, "--dataset", "orders", "--format", form, "--bad", "bad.csv")
    assert (ran.code, ran.err) == (1, "wrote bad.csv\n")


def test_spark_writes_good_and_bad_rows(sentinel, folder, spark):
    ran = sentinel(*ORDERS, "--engine", "spark", "--good", "good.parquet", "--bad", "bad.parquet")
    assert ran.code == 1
    assert [pl.read_parquet(folder / name).height for name in ("good.parquet", "bad.parquet")] == [187, 13]


def test_the_format_can_be_told(sentinel, folder):
    (folder / "lines").write_text('{"a": 1}\n{"a": 2}\n')
    found = json.loads(sentinel("check", "lines", "--input-format", "ndjson", "-f", "json").out)
    assert found["rows"] == 2


def test_a_table_without_rows_is_checked(sentinel, folder):
    (folder / "none.csv").write_text((folder / "orders.csv").read_text().splitlines()[0] + "\n")
    checks = by_name(sentinel("check", "none.csv", "-c", "orders.odcs.yaml", "-f", "json").out)
    assert checks["some orders"]["status"] == "fail"
    assert checks["status.in_set"]["evaluated"] == 0


def test_commands_at_the_end_can_be_run(sentinel):
    """What the table suggests is not refused."""
    steps = re.findall(r"^    sentinel (.+)$", sentinel(*ORDERS).out, re.MULTILINE)
    steps += re.findall(r"^    sentinel (.+)$", sentinel("check", "orders.csv").out, re.MULTILINE)
    assert len(steps) == 3
    for step in steps:
        assert sentinel(*step.split()).code in {0, 1}, step
