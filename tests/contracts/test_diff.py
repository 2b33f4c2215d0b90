"""Diff: what each change means for producers and consumers, and which version it calls for."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.cli.app import app
from sentineldq.contracts.change import TOPICS, required_bump, version_note
from sentineldq.contracts.demand import Range, compare_ranges, compare_sets
from sentineldq.contracts.diff import diff
from sentineldq.contracts.load import load_contract
from sentineldq.errors import ContractError

HEAD = "apiVersion: v3.2.0\nkind: DataContract\nid: orders\nversion: 1.0.0\nstatus: active\n"


def contract(properties="", *, top="", table=""):
    text = f"{HEAD}{top}\nschema:\n  - name: t\n    {table}\n    properties:\n"
    rows = (
        properties
        if isinstance(properties, list)
        else [f"name: a, {properties}" if properties else "name: a"]
    )
    return load_contract(text + "".join(f"      - {{{row}}}\n" for row in rows))


def changed(old, new):
    return {(change.topic, change.kind) for change in diff(old, new)}


STRING = "logicalType: string"
INTEGER = "logicalType: integer"


def options(kind, text):
    return f"logicalType: {kind}, logicalTypeOptions: {{{text}}}"


def quality(text):
    return f"quality: [{{{text}}}]"


VALUES = [
    (INTEGER, "logicalType: number", {("type", "loosened")}),
    ("logicalType: number", INTEGER, {("type", "tightened")}),
    (INTEGER, STRING, {("type", "changed")}),
    ("", STRING, {("type", "tightened")}),
    ("physicalType: INT", "physicalType: BIGINT", {("physical type", "changed")}),
    ("required: false", "required: true", {("required", "tightened")}),
    ("required: true", "required: false", {("required", "loosened")}),
    ("unique: true", "", {("unique", "loosened")}),
    ("enum: [{value: x}, {value: y}]", "enum: [{value: x}]", {("enum", "tightened")}),
    ("enum: [{value: x}]", "enum: [{value: x}, {value: y}]", {("enum", "loosened")}),
    ("enum: [{value: x}]", "enum: [{value: y}]", {("enum", "changed")}),
    ("enum: [{value: x}]", "", {("enum", "loosened")}),
    ("enum: [{value: x}]", "enum: [{value: x, label: X}]", {("documentation", "changed")}),
    (options("integer", "minimum: 0"), options("integer", "minimum: 1"), {("options", "tightened")}),
    (options("integer", "minimum: 0"), options("integer", "exclusiveMinimum: 0"), {("options", "tightened")}),
    (options("integer", "exclusiveMaximum: 9"), options("integer", "maximum: 9"), {("options", "loosened")}),
    (options("integer", "minimum: 0, maximum: 9"), options("integer", "minimum: 1, maximum: 10"), {("options", "changed")}),
    (options("string", "maxLength: 5"), options("string", "maxLength: 9"), {("options", "loosened")}),
    (options("string", "maxLength: 5"), options("string", "minLength: 2, maxLength: 5"), {("options", "tightened")}),
    (STRING, options("string", "pattern: a+"), {("options", "tightened")}),
    (options("string", "pattern: a"), options("string", "pattern: b"), {("options", "changed")}),
    (options("string", "format: uuid"), STRING, {("options", "loosened")}),
    (options("integer", "multipleOf: 5"), options("integer", "multipleOf: 10"), {("options", "tightened")}),
    (options("date", "minimum: 2024-01-01"), options("date", "minimum: 2023-01-01"), {("options", "loosened")}),
    (options("array", "uniqueItems: false"), "logicalType: array", set()),
    (options("timestamp", "timezone: true"), options("timestamp", "timezone: false"), {("meaning", "removed")}),
    (options("object", "required: [x]"), options("object", "required: [x, y]"), {("options", "tightened")}),
    ("classification: public", "classification: secret", {("classification", "changed")}),
    ("transformLogic: a", "transformLogic: b", {("meaning", "changed")}),
    ("", "deprecated: true", {("deprecation", "added")}),
    ("", "relationships: [{to: t.a}]", {("relationship", "added")}),
    ("description: x", "description: y, tags: [z], examples: [1]", {("documentation", "changed"), ("documentation", "added")}),
    ("physicalName: x", "physicalName: y", {("property", "renamed")}),
    ("required: true, physicalName: x", "required: true, physicalName: y", {("required property", "renamed")}),
    ("primaryKey: true", "", {("key", "changed")}),
    ("partitioned: true", "", {("partition", "changed")}),
    ("logicalType: array, items: {logicalType: integer}", "logicalType: array, items: {logicalType: number}", {("type", "loosened")}),
    ("logicalType: object, properties: [{name: b}]", "logicalType: object", {("property", "removed")}),
    (
        "logicalType: map, map: {key: {logicalType: string}, value: {logicalType: integer}}",
        "logicalType: map, map: {key: {logicalType: string}, value: {logicalType: string}}",
        {("type", "changed")},
    ),
    ("", quality("metric: nullValues, mustBe: 0"), {("quality", "added")}),
    (quality("metric: nullValues, mustBe: 0"), "", {("quality", "removed")}),
    ("", quality("metric: nullValues, mustBe: 0, severity: warning"), {("quality warning", "added")}),
    ("", quality("type: text, description: x"), {("documentation", "added")}),
    (quality("metric: nullValues, mustBe: 0"), quality("metric: nullValues, mustBeLessThan: 5"), {("quality", "loosened")}),
    (quality("metric: nullValues, mustBeLessThan: 5"), quality("metric: nullValues, mustBeLessOrEqualTo: 5"), {("quality", "loosened")}),
    (quality("metric: nullValues, mustBeLessThan: 5"), quality("metric: nullValues, mustBeLessThan: 5, unit: percent"), {("quality", "changed")}),
    (quality("metric: nullValues, mustBe: 0, severity: info"), quality("metric: nullValues, mustBe: 0"), {("quality", "tightened")}),
    (quality("type: sql, query: SELECT 1, mustBe: 1"), quality("type: sql, query: SELECT 2, mustBe: 1"), {("quality", "changed")}),
    (quality("id: q, metric: nullValues, mustBe: 0"), quality("id: q, metric: nullValues, mustBe: 0, description: x"), {("documentation", "added")}),
    (
        quality("type: custom, engine: sentineldq, implementation: {check: x, tolerance: 0.01}"),
        quality("type: custom, engine: sentineldq, implementation: {check: x, tolerance: 0.05}"),
        {("quality", "loosened")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), VALUES)
def test_values(old, new, expected):
    assert changed(contract(old), contract(new)) == expected
    assert diff(contract(old), contract(old)) == []


COLUMNS = [
    (["name: a", "name: b"], ["name: a"], {("property", "removed")}),
    (["name: a"], ["name: a", "name: b"], {("property", "added")}),
    (["name: a"], ["name: a", "name: b, required: true"], {("required property", "added")}),
    (["name: a, logicalType: date", "name: b"], ["name: b", "name: a, logicalType: date"], {("order", "changed")}),
    (["name: order_id, logicalType: string"], ["name: orderid, logicalType: string"], {("property", "renamed")}),
    (["id: x, name: order"], ["id: x, name: quantity"], {("property", "renamed")}),
    (["name: order, logicalType: string"], ["name: quantity, logicalType: integer"], {("property", "removed"), ("property", "added")}),
    (["name: a, physicalName: c"], ["name: b, physicalName: c"], {("name", "changed")}),
    (
        ["name: customer_id, primaryKey: true", "name: line, primaryKey: true, primaryKeyPosition: 2"],
        ["name: customerid, primaryKey: true", "name: line, primaryKey: true, primaryKeyPosition: 2"],
        {("property", "renamed")},
    ),
    (
        ["name: a, primaryKey: true, primaryKeyPosition: 1", "name: b, primaryKey: true, primaryKeyPosition: 2"],
        ["name: a, primaryKey: true, primaryKeyPosition: 2", "name: b, primaryKey: true, primaryKeyPosition: 1"],
        {("key", "changed")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), COLUMNS)
def test_columns(old, new, expected):
    assert changed(contract(old), contract(new)) == expected


TOPS = [
    ("", "description: {purpose: x}", {("documentation", "added")}),
    ("team: {members: [{username: a}]}", "team: [{username: a}]", set()),
    ("team: [{username: a}]", "team: [{username: b}]", {("documentation", "changed")}),
    ("servers: [{server: p, type: s3, location: a}]", "servers: [{server: p, type: s3, location: b}]", {("server", "changed")}),
    ("servers: [{server: p, type: s3}]", "servers: []", {("server", "removed")}),
    ("servers: [{server: p, type: s3}]", "servers: [{server: p, type: s3, description: x}]", {("documentation", "added")}),
    ("roles: [{role: r, access: read}]", "roles: [{role: r, access: write}]", {("role", "changed")}),
    ("roles: [{role: r}]", "", {("role", "removed")}),
    ("support: [{channel: c}]", "", {("support", "removed")}),
    ("", "price: {priceAmount: 1}", {("price", "added")}),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), TOPS)
def test_sections(old, new, expected):
    assert changed(contract(top=old), contract(top=new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("latency, value: 4, unit: h", "latency, value: 2, unit: h", "tightened"),
        ("latency, value: 1, unit: d", "latency, value: 25, unit: hours", "loosened"),
        ("latency, value: 1, unit: d", "latency, value: 24, unit: h", None),
        ("retention, value: 3, unit: y", "retention, value: 1, unit: y", "loosened"),
        ("availability, value: 99.9, unit: percent", "availability, value: 99, unit: percent", "loosened"),
        ("endOfLife, value: 2030-01-01", "endOfLife, value: 2031-01-01", "tightened"),
        ("ownSpecial, value: 1", "ownSpecial, value: 2", "changed"),
        ("latency, value: fast", "latency, value: 2", "changed"),
    ],
)
def test_service_levels(old, new, expected):
    before, after = (contract(top=f"slaProperties: [{{property: {text}}}]") for text in (old, new))
    assert changed(before, after) == ({("service level", expected)} if expected else set())


def test_objects():
    old = contract(["name: a", "name: b"])
    new = contract(["name: a", "name: b"])
    new.schema[0].name = "orders"
    assert changed(old, new) == {("object", "renamed")}
    new.schema = []
    assert changed(old, new) == {("object", "removed")}
    assert changed(new, old) == {("object", "added")}


def test_identity_and_status():
    old, new = contract(), contract()
    new.id, new.status, new.version, new.api_version = "other", "deprecated", "2.0.0", "v3.1.0"
    assert changed(old, new) == {("identity", "changed"), ("status", "loosened"), ("version", "changed")}


def test_a_change_says_where_what_and_for_whom():
    (found,) = diff(contract("enum: [{value: x}, {value: y}]"), contract("enum: [{value: y}]"))
    assert (found.path, found.message) == (
        "schema[0].properties[0].enum",
        "t.a: allowed values are no longer x",
    )
    assert (found.old, found.new) == (["x", "y"], ["y"])
    assert (found.producers, found.consumers, found.impact, found.bump) == (
        "breaking",
        "harmless",
        "breaking",
        "major",
    )
    assert (found.for_whom("consumers"), found.for_whom("producers")) == ("harmless", "breaking")


def test_probable_renames_are_called_probable():
    (found,) = diff(contract(["name: order_id"]), contract(["name: orderid"]))
    assert found.message == "t.order_id probably renamed to t.orderid"
    (found,) = diff(contract(["id: x, name: order_id"]), contract(["id: x, name: orderid"]))
    assert found.message == "t.order_id renamed to t.orderid"


def test_worst_first():
    impacts = [
        change.impact
        for change in diff(contract(["name: a", "name: b"]), contract("tags: [x], required: true"))
    ]
    assert impacts == sorted(impacts, key=["breaking", "risky", "harmless"].index)
    assert len(set(impacts)) > 1


@pytest.mark.parametrize(
    ("old", "new", "properties", "expected"),
    [
        ("1.0.0", "2.0.0", "required: true", None),
        ("1.0.0", "1.1.0", "required: true", "major"),
        ("1.0.0", "1.0.0", "deprecated: true", "minor"),
        ("1.0.0", "1.0.0", "description: x", "patch"),
        ("1.0.0", "1.0.1", "description: x", None),
        ("1.0.0", "0.9.0", "description: x", "patch"),
        ("1.0.0", "1.0.1", "", None),
        ("0.3.0", "0.4.0", "required: true", None),
        ("7", "8", "required: true", None),
        ("7", "7", "required: true", "major"),
    ],
)
def test_versions(old, new, properties, expected):
    note = version_note(old, new, diff(contract(), contract(properties)))
    assert (expected is None) == (note is None)
    assert expected is None or expected in str(note)


def test_required_bump():
    assert required_bump([]) == "none"
    assert required_bump(diff(contract(), contract("description: x"))) == "patch"
    assert required_bump(diff(contract(), contract(["name: a", "name: b"]))) == "minor"


_bound = st.none() | st.integers(0, 4)
_range = st.builds(Range, _bound, _bound, st.booleans(), st.booleans())
_mirror = {"tightened": "loosened", "loosened": "tightened", "changed": "changed", None: None}


def holds(span, value):
    above = span.low is None or value > span.low or (value == span.low and not span.low_open)
    return above and (span.high is None or value < span.high or (value == span.high and not span.high_open))


@given(_range, _range)
def test_ranges_mirror_and_mean_what_they_say(old, new):
    verdict = compare_ranges(old, new)
    assert compare_ranges(new, old) == _mirror[verdict]
    values = [step / 2 for step in range(-2, 12)]
    if verdict == "tightened":
        assert all(holds(old, value) for value in values if holds(new, value))
    if verdict is None:
        assert [holds(old, value) for value in values] == [holds(new, value) for value in values]


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_sets_mirror(old, new):
    assert compare_sets(new, old) == _mirror[compare_sets(old, new)]


def test_every_topic_is_in_the_reference():
    page = (Path(__file__).parents[2] / "docs/reference/contract.md").read_text(encoding="utf-8")
    for name, topic in TOPICS.items():
        for kind, (producers, consumers) in topic.impacts.items():
            assert f"| {topic.id} | {name} | {kind} | {producers} | {consumers} |" in page


# command line


@pytest.fixture
def files(tmp_path):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(HEAD + "schema: [{name: t, properties: [{name: a, enum: [{value: x}]}, {name: b}]}]\n")
    new.write_text(
        HEAD + "schema:\n  - name: t\n    properties:\n      - {name: a, enum: [{value: x}, {value: y}]}\n"
    )
    return [str(old), str(new)]


def run(*arguments):
    return CliRunner().invoke(app, ["contract", "diff", *arguments])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--for", "producers"], 0),
        (["--for", "producers", "--fail-on", "risky"], 0),
        (["--for", "consumers", "--fail-on", "risky"], 1),
        (["--fail-on", "none"], 0),
        (["--fail-on", "nope"], 2),
    ],
)
def test_exit_codes(files, options, code):
    assert run(*files, *options).exit_code == code


def test_table_and_markdown(files):
    assert run(*files).output == (
        "producers consumers change\n"
        "harmless  breaking  t.b removed  SDQ202\n"
        "harmless  risky     t.a: allowed values are also y  SDQ214\n"
        "1 breaking, 1 risky\n"
        "version: major\n"
        "note: version went from 1.0.0 to 1.0.0; these changes call for a major version\n"
    )
    assert "| harmless | **breaking** | t.b removed | SDQ202 |" in run(*files, "-f", "markdown").output
    assert run(files[0], files[0]).output == "no changes\n"
    assert run(files[0], files[0]).exit_code == 0


def test_json(files):
    data = json.loads(run(*files, "--format", "json").output)
    assert (data["breaking"], data["risky"], data["harmless"], data["bump"]) == (1, 1, 0, "major")
    assert data["changes"][0]["path"] == "schema[0].properties[1]"


def test_sarif_points_into_the_file_that_has_the_thing(files):
    log = json.loads(run(*files, "--format", "sarif").output)
    places = [result["locations"][0]["physicalLocation"] for result in log["runs"][0]["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == files
    assert [place["region"]["startLine"] for place in places] == [6, 9]
    assert [result["level"] for result in log["runs"][0]["results"]] == ["error", "warning"]


def test_a_contract_that_cannot_be_read_is_an_error(files):
    found = run(files[0], "none.yaml")
    assert isinstance(found.exception, ContractError)
    assert found.exception.exit_code == 2


@pytest.mark.corpus
def test_official_examples_differ_from_each_other_and_not_from_themselves(shared_data):
    paths = sorted((shared_data / "odcs" / "examples").glob("*.yaml"))
    for path, other in zip(paths, [*paths[1:], paths[0]], strict=True):
        assert diff(load_contract(path), load_contract(path)) == [], path
        assert diff(load_contract(path), load_contract(other)), path
