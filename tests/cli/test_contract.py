"""`sentinel contract`: infer, lint, diff, import, export."""

from __future__ import annotations

import json

import pytest

from sentineldq import load_contract


def test_infer_writes_a_contract_that_the_data_meets(sentinel, folder):
    ran = sentinel("contract", "infer", "orders.csv", "--output", "draft.odcs.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "", "wrote draft.odcs.yaml\n")
    assert sentinel("contract", "lint", "draft.odcs.yaml").code == 0
    assert sentinel("check", "orders.csv", "-c", "draft.odcs.yaml").code == 0


def test_infer_prints_what_it_would_write(sentinel, folder):
    sentinel("contract", "infer", "orders.csv", "--output", "draft.odcs.yaml")
    assert sentinel("contract", "infer", "orders.csv").out == (folder / "draft.odcs.yaml").read_text()


def test_infer_reads_standard_input(process, folder):
    ran = process("contract", "infer", "-", "--name", "orders", stdin=(folder / "orders.csv").read_bytes())
    assert (ran.code, ran.err) == (0, "")
    assert load_contract(ran.out).schema[0].name == "orders"


def test_lint_of_a_sound_contract(sentinel):
    ran = sentinel("contract", "lint", "orders.odcs.yaml")
    assert (ran.code, ran.err) == (0, "")


def test_lint_names_line_path_and_cure(sentinel, folder):
    contract = folder / "orders.odcs.yaml"
    contract.write_text(contract.read_text().replace("maximum: 100\n", "maximun: 100\n"))
    ran = sentinel("contract", "lint", "orders.odcs.yaml")
    assert ran.code == 1
    line = next(n for n, text in enumerate(contract.read_text().splitlines(), 1) if "maximun" in text)
    assert f"orders.odcs.yaml:{line}" in ran.out
    assert "maximum" in ran.out
    (found,) = json.loads(sentinel("contract", "lint", "orders.odcs.yaml", "--format", "sarif").out)["runs"]
    region = found["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == line


def test_lint_reads_folders(sentinel, folder):
    ran = sentinel("contract", "lint", ".", "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("maximum: 100\n", "maximum: 50\n"), 1),
        (("maximum: 100\n", "maximum: 200\n"), 0),
        (("Orders of the web shop", "Orders"), 0),
    ],
)
def test_diff_fails_on_what_breaks_somebody(sentinel, folder, change, code):
    new = (folder / "orders.odcs.yaml").read_text().replace(*change)
    (folder / "new.odcs.yaml").write_text(new)
    ran = sentinel("contract", "diff", "orders.odcs.yaml", "new.odcs.yaml")
    assert (ran.code, ran.err) == (code, "")
    assert sentinel("contract", "diff", "orders.odcs.yaml", "new.odcs.yaml", "--fail-on", "none").code == 0


def test_diff_for_one_side(sentinel, folder):
    new = (folder / "orders.odcs.yaml").read_text().replace("maximum: 100\n", "maximum: 50\n")
    (folder / "new.odcs.yaml").write_text(new)
    both = ("contract", "diff", "orders.odcs.yaml", "new.odcs.yaml")
    assert [sentinel(*both, "--for", side).code for side in ("producers", "consumers")] == [1, 0]


@pytest.mark.parametrize("form", ["gx", "dbt", "jsonschema", "avro", "soda", "pandera", "rules"])
def test_what_is_exported_can_be_imported(sentinel, folder, form):
    ran = sentinel("contract", "export", "orders.odcs.yaml", "--to", form, "--output", "other")
    assert (ran.code, ran.out) == (0, "")
    ran = sentinel("contract", "import", "other", "--from", form, "--name", "orders")
    assert ran.code == 0
    assert load_contract(ran.out).schema


def test_strict_fails_where_something_is_lost(sentinel, folder):
    ran = sentinel("contract", "export", "orders.odcs.yaml", "--to", "avro", "--strict", "--format", "json")
    assert ran.code == 1
    assert json.loads(ran.err)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("infer", "nowhere.csv"), 3),
        (("infer", "orders.csv", "--output", "nowhere/x.yaml"), 2),
        (("lint", "nowhere.yaml"), 2),
        (("lint", "empty"), 2),
        (("diff", "orders.odcs.yaml", "nowhere.yaml"), 2),
        (("import", "nowhere.json", "--from", "gx"), 3),
        (("import", "orders.odcs.yaml", "--from", "gx"), 2),
        (("export", "nowhere.yaml", "--to", "dbt"), 2),
        (("export", "orders.odcs.yaml", "--to", "dbt", "--output", "nowhere/x.yml"), 2),
        (("export", "orders.odcs.yaml", "--to", "dbt", "--object", "ordres"), 2),
        (("export", "orders.odcs.yaml", "--to", "word"), 2),
    ],
)
def test_mistakes(sentinel, folder, arguments, code):
    (folder / "empty").mkdir()
    ran = sentinel("contract", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("error: ")
