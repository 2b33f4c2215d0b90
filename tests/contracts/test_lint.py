"""Lint: each rule fires on what it is about, with path and line, and on nothing else."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.cli.app import app
from sentineldq.contracts.document import parse_document
from sentineldq.contracts.lint import lint, lint_document, rules
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.rules.cron import cron_fault
from sentineldq.contracts.rules.options import regex_fault
from sentineldq.errors import UsageError

CLEAN = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
description: {purpose: Orders.}
team: {members: [{username: ann, role: owner}]}
"""
HEAD = CLEAN + "schema:\n  - name: orders\n    description: One row per order.\n"


def with_property(text):
    return HEAD + f"    properties:\n      - {{name: a, description: A., {text}}}\n"


def with_quality(text, *, on_object=False):
    if on_object:
        fields = "    properties: [{name: a, logicalType: string, description: A.}]\n"
        return HEAD + fields + f"    quality:\n      - {{{text}}}\n"
    return with_property(f"logicalType: string, quality: [{{{text}}}]")


def found(text):
    return {(problem.rule, problem.path) for problem in lint_document(text)}


A = "schema[0].properties[0]"
Q = f"{A}.quality[0]"
OPTIONS = f"{A}.logicalTypeOptions"
CASES = [
    (with_property("logicalType: string"), set()),
    # fundamentals
    (with_property("logicalType: string").replace("status: active\n", ""), {("SDQ101", "")}),
    (with_property("logicalType: string").replace("active", "activ"), {("SDQ102", "status")}),
    (with_property("logicalType: string").replace("{purpose: Orders.}", "{}"), {("SDQ103", "description")}),
    (with_property("logicalType: string").replace("{members: [{username: ann, role: owner}]}", "{}"), {("SDQ104", "team")}),
    (with_property("logicalType: string").replace("1.0.0", "'7'"), {("SDQ105", "version")}),
    (CLEAN, {("SDQ106", "schema")}),
    (with_property("logicalType: string") + "dataProduct: x\n", {("SDQ107", "dataProduct")}),
    (with_property("logicalType: string").replace("{members: [{username: ann, role: owner}]}", "[{username: ann}]"), {("SDQ107", "team")}),
    (with_property("logicalType: string, enum: [{value: x}]").replace("3.2.0", "3.1.0"), {("SDQ108", f"{A}.enum")}),
    (with_property("logicalType: string, id: a.b"), {("SDQ109", f"{A}.id")}),
    (with_property("logicalType: string, tags: [x]") + "roles: [{id: r, role: a}, {id: r, role: b}]\n", {("SDQ110", "roles[1].id")}),
    (with_property("logicalType: string") + "servers: [{server: a, type: postgress}]\n", {("SDQ111", "servers[0].type")}),
    (with_property("logicalType: string") + "servers: [{server: a, type: s3}, {server: a, type: s3}]\n", {("SDQ112", "servers[1].server")}),
    (with_property("logicalType: string") + "slaProperties: [{property: Latency, value: 1}, {property: latncy, value: 1}]\n", {("SDQ113", "slaProperties[1].property")}),
    (with_property("logicalType: string") + "slaProperties: [{property: latency, value: 1, element: 'orders.a, a, orders.b'}]\n", {("SDQ114", "slaProperties[0].element")}),
    (with_quality("metric: nullValues, mustBe: 0, scheduler: cron, schedule: 0 25 * * *"), {("SDQ115", f"{Q}.schedule")}),
    (with_quality("metric: nullValues, mustBe: 0, scheduler: airflow, schedule: daily"), set()),
    # objects and properties
    (with_property("logicalType: string") + "  - {name: orders, description: B., properties: [{name: a, logicalType: date, description: A.}]}\n", {("SDQ120", "schema[1].name")}),
    (HEAD, {("SDQ121", "schema[0]")}),
    (HEAD + "    properties: [{name: a, logicalType: string}]\n", {("SDQ122", "schema[0].properties")}),
    (with_property("logicalType: string") + "      - {name: a, logicalType: string, description: B.}\n", {("SDQ130", "schema[0].properties[1].name")}),
    (with_property("logicalType: string, physicalName: x") + "      - {name: b, physicalName: x, logicalType: string, description: B.}\n", {("SDQ130", "schema[0].properties[1].physicalName")}),
    (with_property("logicalType: string, primaryKeyPosition: 1"), {("SDQ131", f"{A}.primaryKeyPosition")}),
    (with_property("logicalType: string, partitioned: true, partitionKeyPosition: 1") + "      - {name: b, partitioned: true, partitionKeyPosition: 1, logicalType: string, description: B.}\n", {("SDQ131", "schema[0].properties[1].partitionKeyPosition")}),
    (with_property("logicalType: string, primaryKey: true, primaryKeyPosition: 1") + "      - {name: b, primaryKey: true, primaryKeyPosition: 3, logicalType: string, description: B.}\n", {("SDQ132", "schema[0].properties")}),
    (with_property("logicalType: string, primaryKey: true") + "      - {name: b, primaryKey: true, logicalType: string, description: B.}\n", {("SDQ132", "schema[0].properties")}),
    (with_property("logicalType: string, primaryKey: true"), set()),
    (with_property("logicalType: map"), {("SDQ140", A)}),
    (with_property("logicalType: vector"), {("SDQ140", A)}),
    (with_property("logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: int8}"), set()),
    (with_property("logicalType: string, items: {logicalType: string}"), {("SDQ140", f"{A}.items")}),
    (with_property("logicalType: array"), {("SDQ141", A)}),
    (with_property("required: true"), {("SDQ142", A)}),
    (with_property("logicalType: string").replace("name: a", "name: customerEmail"), {("SDQ143", A)}),
    (with_property("logicalType: string, classification: public").replace("name: a", "name: email"), set()),
    (with_property("logicalType: boolean").replace("name: a", "name: email"), set()),
    (with_property("logicalType: object, classification: pii, properties: [{name: phone, logicalType: string}]"), set()),
    (with_property("logicalType: number, semanticType: measure"), {("SDQ144", A)}),
    # relationships
    (with_property("logicalType: string, relationships: [{to: orders.b}]"), {("SDQ150", f"{A}.relationships[0].to")}),
    (with_property("logicalType: string, relationships: [{to: orders.a}]"), set()),
    (with_property("logicalType: string, relationships: [{to: users.id}]"), {("SDQ151", f"{A}.relationships[0].to")}),
    (with_property("logicalType: string, relationships: [{to: 'x.yaml#users.id'}]"), {("SDQ151", f"{A}.relationships[0].to")}),
    (with_property("logicalType: string, relationships: [{from: orders.a, to: orders.a}]"), {("SDQ152", f"{A}.relationships[0].from")}),
    (with_property("logicalType: string") + "    relationships: [{from: [orders.a, orders.a], to: [orders.a]}]\n", {("SDQ152", "schema[0].relationships[0]")}),
    (with_property("logicalType: string") + "    relationships: [{to: orders.a}]\n", {("SDQ152", "schema[0].relationships[0]")}),
    (with_property("logicalType: string, relationships: [{to: orders.b}]") + "      - {name: b, logicalType: integer, description: B.}\n", {("SDQ153", f"{A}.relationships[0].to")}),
    # values
    (with_property("logicalType: integer, logicalTypeOptions: {maxLength: 3}"), {("SDQ133", f"{OPTIONS}.maxLength")}),
    (with_property("logicalType: string, logicalTypeOptions: {pattern: '(a'}"), {("SDQ134", f"{OPTIONS}.pattern")}),
    (with_property("logicalType: string, logicalTypeOptions: {minLength: 3, maxLength: 2}"), {("SDQ135", f"{OPTIONS}.maxLength")}),
    (with_property("logicalType: integer, logicalTypeOptions: {minimum: 3, exclusiveMaximum: 3}"), {("SDQ135", f"{OPTIONS}.exclusiveMaximum")}),
    (with_property("logicalType: date, logicalTypeOptions: {minimum: 2024-01-01, maximum: 2023-01-01}"), {("SDQ135", f"{OPTIONS}.maximum")}),
    (with_property("logicalType: date, logicalTypeOptions: {minimum: 2024-13-01}"), {("SDQ136", f"{OPTIONS}.minimum")}),
    (with_property("logicalType: timestamp, logicalTypeOptions: {minimum: '2024-01-01T00:00:00Z'}"), set()),
    (with_property("logicalType: integer, logicalTypeOptions: {minimum: '3'}"), {("SDQ136", f"{OPTIONS}.minimum")}),
    (with_property("logicalType: array, items: {logicalType: date}, logicalTypeOptions: {minItems: -1}"), {("SDQ136", f"{OPTIONS}.minItems")}),
    (with_property("logicalType: integer, logicalTypeOptions: {multipleOf: 0}"), {("SDQ136", f"{OPTIONS}.multipleOf")}),
    (with_property("logicalType: string, enum: [{value: a}, {value: 1}]"), {("SDQ137", f"{A}.enum[1].value")}),
    (with_property("logicalType: integer, enum: [{value: 1}, {value: 2.0}, {value: true}]"), {("SDQ137", f"{A}.enum[2].value")}),
    (with_property("logicalType: string, enum: [{value: a}, {value: a}]"), {("SDQ138", f"{A}.enum[1].value")}),
    (with_property("logicalType: integer, examples: [1, x]"), {("SDQ139", f"{A}.examples[1]")}),
    (with_property("logicalType: string, enum: [{value: a}], examples: [b]"), {("SDQ139", f"{A}.examples[0]")}),
    (with_property("logicalType: integer, logicalTypeOptions: {format: int32}"), {("SDQ145", f"{OPTIONS}.format")}),
    (with_property("logicalType: object, properties: [{name: b, logicalType: date}], logicalTypeOptions: {required: [b, c]}"), {("SDQ146", f"{OPTIONS}.required[1]")}),
    # quality
    (with_quality("metric: nullValues, mustBe: 0"), set()),
    (with_quality("mustBe: 0"), {("SDQ160", Q)}),
    (with_quality("metric: nullValue, mustBe: 0"), {("SDQ160", f"{Q}.metric")}),
    (with_quality("type: sql, mustBe: 0"), {("SDQ161", Q)}),
    (with_quality("type: custom, engine: soda"), {("SDQ161", Q)}),
    (with_quality("metric: nullValues, mustBe: 0, query: SELECT 1"), {("SDQ162", f"{Q}.query")}),
    (with_quality("type: text"), {("SDQ162", Q)}),
    (with_quality("metric: nullValues"), {("SDQ163", Q)}),
    (with_quality("type: sql, query: SELECT 1, mustBe: 1, mustBeLessThan: 2"), {("SDQ163", Q)}),
    (with_quality("metric: nullValues, mustBeBetween: [3, 1]"), {("SDQ164", f"{Q}.mustBeBetween")}),
    (with_quality("metric: nullValues, mustNotBeBetween: [1]"), {("SDQ164", f"{Q}.mustNotBeBetween")}),
    (with_quality("metric: nullValues, mustBe: 0, severity: wrning"), {("SDQ165", f"{Q}.severity")}),
    (with_quality("metric: nullValues, mustBe: 0, severity: CRITICAL"), set()),
    (with_quality("metric: nullValues, mustBe: 0, unit: percentage"), {("SDQ166", f"{Q}.unit")}),
    (with_quality("metric: nullValues, mustBeLessThan: 120, unit: percent"), {("SDQ166", f"{Q}.mustBeLessThan")}),
    (with_quality("metric: rowCount, mustBe: 0"), {("SDQ167", f"{Q}.metric")}),
    (with_quality("metric: nullValues, mustBe: 0", on_object=True), {("SDQ167", "schema[0].quality[0].metric")}),
    (with_quality("metric: invalidValues, mustBe: 0"), {("SDQ168", Q)}),
    (with_quality("metric: invalidValues, mustBe: 0, arguments: {pattern: '('}"), {("SDQ168", f"{Q}.arguments.pattern")}),
    (with_quality("metric: invalidValues, mustBe: 0, arguments: {validValues: a}"), {("SDQ168", f"{Q}.arguments.validValues")}),
    (with_quality("metric: duplicateValues, mustBe: 0"), set()),
    (with_quality("metric: duplicateValues, mustBe: 0", on_object=True), {("SDQ168", "schema[0].quality[0]")}),
    (with_quality("metric: duplicateValues, mustBe: 0, arguments: {properties: [a, b]}", on_object=True), {("SDQ168", "schema[0].quality[0].arguments.properties[1]")}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_rule(text, expected):
    assert found(text) == expected


def test_every_rule_has_a_case():
    shown = {rule for _, expected in CASES for rule, _ in expected}
    assert shown == {name for name in rules() if not name.startswith("SDQ0")}


def test_lines_and_order():
    text = with_property("logicalType: integer, logicalTypeOptions: {maxLength: 3}").replace("1.0.0", "'7'")
    assert [(problem.line, problem.rule) for problem in lint_document(text)] == [
        (4, "SDQ105"),
        (12, "SDQ133"),
    ]


def test_without_a_document_there_are_no_lines_and_the_same_faults():
    text = with_quality("metric: nullValues, mustBe: 0, severity: wrning")
    alone = lint(load_contract(text))
    both = lint(load_contract(text), parse_document(text))
    assert [(problem.rule, problem.path) for problem in alone] == [
        (problem.rule, problem.path) for problem in both
    ]
    assert {problem.line for problem in alone} == {None}


def test_faults_of_shape_come_alone():
    assert found("id: 1\nid: 2\n") == {
        ("SDQ002", "id"),
        ("SDQ011", ""),
        ("SDQ012", "id"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "0 20 * * *",
        "*/15 0-6,20 1 JAN-mar 7",
        "@daily",
        "0 0 12 ? * MON-FRI",
        "0 15 10 L * ?",
        "0 0 12 ? * 6#3 2030",
    ],
)
def test_cron(text):
    assert cron_fault(text) is None


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * *", "a * * * *", "1- * * * *", "*/0 * * * *", "0 20 * * *x"]
)
def test_no_cron(text):
    assert cron_fault(text)


@given(st.text("0123456789*/-,? LW#@adijn", max_size=14))
def test_cron_never_crashes(text):
    cron_fault(text)


@pytest.mark.parametrize("pattern", [r"^(?<year>\d{4})-\k<year>$", r"\p{L}+", "[^]", "[[a]", "a{2,3}", ""])
def test_patterns_of_ecma(pattern):
    assert regex_fault(pattern) is None


@given(st.text(max_size=12))
def test_any_pattern_gets_an_answer(pattern):
    regex_fault(pattern)


@pytest.mark.corpus
def test_official_examples_have_no_errors(shared_data):
    for path in sorted((shared_data / "odcs" / "examples").glob("*.yaml")):
        assert [problem for problem in lint_document(path) if problem.level == "error"] == [], path


# command line


def run(*arguments):
    return CliRunner().invoke(app, ["contract", "lint", *map(str, arguments)])


@pytest.fixture
def contracts(tmp_path):
    (tmp_path / "good.odcs.yaml").write_text(with_property("logicalType: string"))
    (tmp_path / "warn.odcs.yaml").write_text(with_property("required: true"))
    (tmp_path / "bad.odcs.yml").write_text(with_property("logicalType: strin"))
    return tmp_path


def test_exit_codes(contracts):
    assert run(contracts / "good.odcs.yaml").exit_code == 0
    assert run(contracts / "warn.odcs.yaml").exit_code == 0
    assert run(contracts / "warn.odcs.yaml", "--strict").exit_code == 1
    assert run(contracts / "bad.odcs.yml").exit_code == 1
    assert run(contracts).exit_code == 1
    assert run().exit_code == 2


def test_files_that_cannot_be_read_are_errors(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        found = run(path)
        assert isinstance(found.exception, UsageError)
        assert found.exception.exit_code == 2


def test_table(contracts):
    file = contracts / "bad.odcs.yml"
    assert run(file).output == (
        f"{file}:12  error    SDQ013  {A}.logicalType: 'strin' is not allowed here\n"
        "    hint: did you mean 'string'?\n"
        "1 error in 1 contract\n"
    )
    assert run(contracts / "good.odcs.yaml").output == "no problems in 1 contract\n"


def test_json_and_sarif_hold_every_problem(contracts):
    data = json.loads(run(contracts, "--format", "json").output)
    assert [len(file["problems"]) for file in data["files"]] == [1, 0, 1]
    assert (data["error"], data["warning"], data["note"]) == (1, 1, 0)
    log = json.loads(run(contracts, "--format", "sarif").output)["runs"][0]
    assert [(found["ruleId"], found["level"]) for found in log["results"]] == [
        ("SDQ013", "error"),
        ("SDQ142", "warning"),
    ]
    assert log["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == rules()["SDQ013"][1]


def test_help_has_examples():
    assert "sentinel contract lint contracts/ --strict" in run("--help").output


def test_every_rule_is_in_the_reference():
    page = (Path(__file__).parents[2] / "docs/reference/contract.md").read_text(encoding="utf-8")
    for name, (level, summary) in rules().items():
        assert f"| {name} | {level} | {summary} |" in page


def test_the_contract_of_the_guide_is_clean_and_its_diff_is_as_shown(tmp_path):
    guide = (Path(__file__).parents[2] / "docs/guides/contracts.md").read_text(encoding="utf-8")
    text = guide.split("```yaml orders.odcs.yaml\n")[1].split("```")[0]
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(text)
    new.write_text(text.replace(", {value: shipped}", ""))
    assert lint_document(old) == []
    output = CliRunner().invoke(app, ["contract", "diff", str(old), str(new)]).output
    assert output in guide
