"""`sentinel contract import` and `export`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sentineldq.cli.app import app
from sentineldq.contracts.load import load_contract
from sentineldq.errors import ContractError, ReadError, UsageError, WriteError

SUITE = {
    "name": "orders",
    "expectations": [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "id"}},
        {"type": "expect_the_impossible", "kwargs": {"column": "id"}},
    ],
}


def run(*arguments, text=None):
    """Run a command; an error of ours is raised."""
    result = CliRunner().invoke(app, ["contract", *map(str, arguments)], input=text)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(SUITE))
    return path


def test_import_prints_a_contract_and_notes_apart(suite):
    result = run("import", suite, "--from", "gx")
    assert result.exit_code == 0
    assert load_contract(result.stdout).schema[0].quality[0].implementation == {
        "check": "not_null",
        "column": "id",
    }
    assert result.stderr.splitlines() == [
        "1 item could not be expressed:",
        "  expectations[1]: expect_the_impossible: there is no check of this kind",
    ]


def test_notes_as_json(suite):
    result = run("import", suite, "--from", "gx", "--format", "json")
    assert json.loads(result.stderr) == [
        {"path": "expectations[1]", "what": "expect_the_impossible", "why": "there is no check of this kind"}
    ]


def test_strict_makes_a_note_a_failure(suite):
    assert run("import", suite, "--from", "gx", "--strict").exit_code == 1


def test_fold_states_expectations_as_fields(suite):
    result = run("import", suite, "--from", "gx", "--fold")
    assert load_contract(result.stdout).schema[0].properties[0].required


def test_standard_input_and_an_output_file(tmp_path):
    target = tmp_path / "orders.odcs.yaml"
    result = run(
        "import", "-", "--from", "rules", "--name", "orders", "-o", target, text="required_fields: [id]"
    )
    assert (result.exit_code, result.stdout) == (0, "")
    assert load_contract(target).name == "orders"


def test_export_writes_what_import_reads(suite, tmp_path):
    contract = tmp_path / "orders.odcs.yaml"
    run("import", suite, "--from", "gx", "-o", contract)
    result = run("export", contract, "--to", "gx")
    assert json.loads(result.stdout)["expectations"] == SUITE["expectations"][:1]


def test_export_of_one_object_among_several(tmp_path):
    schema = tmp_path / "schema.yml"
    schema.write_text("models: [{name: a}, {name: b, columns: [{name: x, tests: [not_null]}]}]")
    contract = tmp_path / "shop.odcs.yaml"
    run("import", schema, "--from", "dbt", "-o", contract)
    assert "schema[b]: schema object" in run("export", contract, "--to", "rules").stderr
    assert "x" in run("export", contract, "--to", "rules", "--object", "b").stdout
    with pytest.raises(ContractError, match="no schema object is named 'c'"):
        run("export", contract, "--to", "rules", "--object", "c")


def test_what_cannot_be_read_is_an_error_not_a_traceback(tmp_path):
    with pytest.raises(ReadError, match="No such file"):
        run("import", tmp_path / "none.json", "--from", "gx")
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(ReadError, match="not UTF-8"):
        run("import", tmp_path / "latin.json", "--from", "gx")


def test_what_cannot_be_written_is_an_error_before_anything_is_read(suite, tmp_path):
    with pytest.raises(UsageError, match="there is no folder"):
        run("import", "-", "--from", "rules", "-o", tmp_path / "no" / "x", text="required_fields: [id]")
    with pytest.raises(UsageError, match="is what is read"):
        run("import", suite, "--from", "gx", "-o", suite)
    contract = tmp_path / "orders.odcs.yaml"
    run("import", suite, "--from", "gx", "-o", contract)
    with pytest.raises(UsageError, match="is what is read"):
        run("export", contract, "--to", "gx", "-o", contract)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_an_output_that_cannot_be_written_ends_with_3(suite):
    with pytest.raises(WriteError, match="No space left") as caught:
        run("import", suite, "--from", "gx", "-o", "/dev/full")
    assert caught.value.exit_code == 3


def test_a_document_of_another_format_is_named_with_its_fault(suite):
    with pytest.raises(ContractError, match=r"orders\.json: 1 problem") as caught:
        run("import", suite, "--from", "dbt")
    assert caught.value.problems == ("a dbt schema file has `models`, `sources`, `seeds` or `snapshots`",)


def test_an_unknown_format_is_a_usage_error(suite):
    result = run("import", suite, "--from", "gxx")
    assert result.exit_code == 2
    assert "'gx'" in result.stderr
