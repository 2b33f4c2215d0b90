"""Loading contracts: what is accepted, and how every fault is named with its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.contracts.document import parse_document
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import Context, Contract, Team
from sentineldq.contracts.paths import join, parent, resolve
from sentineldq.errors import ContractError

HEAD = "apiVersion: v3.2.0\nkind: DataContract\nid: orders\nversion: 1.0.0\n"


def faults(text, **options):
    with pytest.raises(ContractError) as caught:
        load_contract(text, **options)
    return caught.value.problems


def test_smallest_contract():
    contract = load_contract(HEAD)
    assert (contract.id, contract.version, contract.schema) == ("orders", "1.0.0", [])


def test_json_text_dict_path_and_contract(tmp_path):
    data = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "a\U0001f600", "version": "1"}
    path = tmp_path / "a.odcs.json"
    path.write_text(json.dumps(data, indent="\t"), encoding="utf-8-sig")
    contract = load_contract(path)
    assert contract.id == "a\U0001f600"
    assert load_contract(str(path)) == load_contract(data) == load_contract(json.dumps(data)) == contract
    assert load_contract(contract) is contract


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("2024-01-31", "2024-01-31"),
        ("12:30:00", "12:30:00"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        ("-3", -3),
        ("0x1F", 31),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ("!!str 1", "1"),
        (".5", 0.5),
        ("-.inf", float("-inf")),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(scalar, value):
    document = parse_document(f"a: {scalar}\n")
    assert document.problems == []
    assert document.data == {"a": value}
    assert type(document.data["a"]) is type(value)


def test_merge_keys_and_aliases():
    document = parse_document("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: *x\n")
    assert document.data == {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}, "e": {"b": 1, "c": 2}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1\n", "not valid YAML"),
        ("a: &a [*a]\n", "contains itself"),
        ("[" * 100_000, "deep"),
        ("a: 1\n---\nb: 2\n", "more than one document"),
        ("? [a]\n: b\n", "a key must be plain text"),
        ("a: 1\na: 2\n", "appears twice (first on line 1)"),
        ("a: !!python/object/apply:os.system [ls]\n", "is not allowed"),
        ("a: " + "9" * 9999 + "\n", "too many digits"),
        ("\0\n", "control characters"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"{y}: &{y} [{','.join([f'*{x}'] * 10)}]\n" for x, y in zip("abcdefg", "bcdefgh", strict=True)
            ),
            "values",
        ),
    ],
)
def test_bad_documents_are_named(text, words):
    problems = faults(text + "\n")
    assert words in problems[0]


def test_every_problem_is_collected_with_line_path_and_suggestion():
    text = """apiVersion: v3.0.2
kind: DataContract
version: 1.0
schema:
  - name: orders
    properties:
      - name: a
        logicalType: strng
        required: yes
        logicalTypeOptions: {patern: x, minLength: "3"}
        enum: [new]
      - logicalType: integer
"""
    assert faults(text) == (
        'line 3: version: is the number 1.0, expected text (quote it: "1.0")',
        "line 8: schema[0].properties[0].logicalType: 'strng' is not allowed here (did you mean 'string'?)",
        "line 9: schema[0].properties[0].required: is the text 'yes', expected true or false (write true)",
        "line 10: schema[0].properties[0].logicalTypeOptions.patern: unknown key 'patern' (did you mean 'pattern'?)",
        "line 10: schema[0].properties[0].logicalTypeOptions.minLength: is the text '3', expected a whole number (write 3 without quotes)",
        "line 11: schema[0].properties[0].enum[0]: is the text 'new', expected an object (write `value: new`)",
        "line 12: schema[0].properties[1]: name is missing",
        "line 1: id is missing",
    )


@pytest.mark.parametrize("version", ["v2.2.2", "2.2.0", "v4.0.0", "v3.2"])
def test_other_versions_are_refused(version):
    with pytest.raises(ContractError, match="is not supported") as caught:
        load_contract(HEAD.replace("v3.2.0", version))
    assert "v3.2.0" in (caught.value.hint or "")


def test_missing_file_and_wrong_encoding(tmp_path):
    with pytest.raises(ContractError, match="cannot be read"):
        load_contract(tmp_path / "none.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"id: caf\xe9\n")
    with pytest.raises(ContractError, match="not UTF-8"):
        load_contract(path)
    assert "is empty" in faults("\n")[0]
    assert "is a list" in faults("- a\n")[0]


def test_server_keys_beyond_the_common_ones_are_settings():
    contract = load_contract(HEAD + "servers:\n  - {server: s, type: s3, location: s3://b/x, port: '1'}\n")
    assert contract.servers[0].settings == {"location": "s3://b/x", "port": "1"}


def test_team_of_3_0_becomes_a_team():
    contract = load_contract(HEAD + "team:\n  - username: ann\n    role: owner\n")
    assert isinstance(contract.team, Team)
    assert contract.team.members[0].username == "ann"


def test_exclusive_flags_of_3_0_become_values():
    text = HEAD.replace("3.2.0", "3.0.2") + (
        "schema: [{name: t, properties: [{name: a, logicalType: array, items: {logicalType: number,"
        " logicalTypeOptions: {minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}}}]}]\n"
    )
    found = load_contract(text).schema[0].properties[0].items
    assert found is not None
    options = found.options
    assert (options.minimum, options.exclusive_minimum) == (None, 1)
    assert (options.maximum, options.exclusive_maximum) == (9, None)


def test_context_is_text_or_object():
    assert load_contract(HEAD + "context: Ask first.\n").context == "Ask first."
    assert load_contract(HEAD + "context: {instructions: Ask.}\n").context == Context(instructions="Ask.")


def test_null_means_absent_where_there_is_a_default_and_stays_where_any_value_may_be():
    contract = load_contract(HEAD + "name:\ntags:\ncustomProperties: [{property: a, value: null}]\n")
    assert (contract.name, contract.tags, contract.custom_properties[0].value) == (None, [], None)
    assert "id is missing" not in str(faults(HEAD.replace("id: orders", "id:")))


def test_variables_are_filled_only_when_asked():
    text = HEAD + "servers: [{server: s, type: postgres, host: '${HOST}', database: '${DB:-orders}'}]\n"
    assert load_contract(text).servers[0].settings["host"] == "${HOST}"
    filled = load_contract(text, variables={"HOST": "db.${DB}"}).servers[0].settings
    assert filled == {"host": "db.${DB}", "database": "orders"}
    assert faults(text, variables={"HOST": ""}) == (
        "line 5: servers[0].host: variable HOST has no value (set it, or write ${HOST:-default})",
    )


def test_query_placeholders_are_not_variables():
    text = HEAD + (
        "schema: [{name: t, quality: [{type: sql, mustBe: 0, query: 'SELECT count(*) FROM ${table}'}]}]\n"
    )
    assert load_contract(text, variables={}).schema[0].quality[0].query == "SELECT count(*) FROM ${table}"


def test_references_resolve_by_name_and_by_id():
    contract = load_contract(
        HEAD
        + "schema: [{name: customers, id: c, properties: [{name: address, id: a, logicalType: object,"
        + " properties: [{name: street, id: s}]}]}]\n"
    )
    for reference in ("customers.address.street", "schema/c/properties/a/properties/s"):
        found = resolve(contract, reference)
        assert found is not None
        assert found[1] is not None
        assert found[1].name == "street"
    for reference in ("customers.city", "schema/x", "c.a.s", "schema/c/tables/a", ""):
        assert resolve(contract, reference) is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["schema", "name", "properties", "quality", "team", "servers", "type", "items", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["schema", "team", "servers", "context", "price"]), _json))
def test_any_value_ends_in_a_contract_or_a_contract_error(data):
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "a", "version": "1"}
    try:
        contract = load_contract({**head, **data})
    except ContractError:
        return
    assert isinstance(contract, Contract)


@given(st.text())
def test_any_text_ends_in_a_document(text):
    parse_document(text)


@given(st.lists(st.integers(0, 9) | st.text("ab.[\" ]'", max_size=3), max_size=4))
def test_parent_undoes_join(steps):
    path = "root"
    for step in steps:
        assert parent(join(path, step)) == path
        path = join(path, step)


@pytest.mark.corpus
def test_official_examples_load(shared_data):
    examples = sorted((shared_data / "odcs" / "examples").glob("*.yaml"))
    assert len(examples) >= 18
    for path in examples:
        assert load_contract(path).id, path
