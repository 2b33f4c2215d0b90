"""Writing contracts: readable, ordered, and read back as the same contract."""

import json

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import (
    NEWEST,
    Contract,
    CustomProperty,
    EnumValue,
    MapType,
    Property,
    Quality,
    SchemaObject,
    Server,
    TypeOptions,
)
from sentineldq.contracts.write import contract_data, dump_contract


def orders():
    return Contract(
        id="orders",
        version="1.0",
        status="active",
        schema=[
            SchemaObject(
                name="orders",
                quality=[Quality(type="sql", query="SELECT 1\nFROM t\n", must_be=1)],
                properties=[
                    Property(
                        name="id",
                        tags=["key"],
                        primary_key=True,
                        logical_type="string",
                        logical_type_options=TypeOptions(max_length=5),
                    ),
                ],
            )
        ],
        servers=[Server(server="s", type="local", settings={"path": "./orders.csv", "format": "csv"})],
    )


def test_layout_is_the_reading_order():
    assert (
        dump_contract(orders())
        == """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: '1.0'
status: active
servers:
  - server: s
    type: local
    path: ./orders.csv
    format: csv
schema:
  - name: orders
    quality:
      - type: sql
        query: |
          SELECT 1
          FROM t
        mustBe: 1
    properties:
      - name: id
        logicalType: string
        logicalTypeOptions:
          maxLength: 5
        primaryKey: true
        tags:
          - key
"""
    )


def test_old_shapes_are_written_as_new_ones():
    contract = load_contract(
        "{apiVersion: v3.0.0, kind: DataContract, id: a, version: '1', team: [{username: ann}],"
        " schema: [{name: t, quality: [{type: library, rule: rowCount, mustBe: 1}]}]}"
    )
    data = contract_data(contract)
    assert data["apiVersion"] == NEWEST
    assert data["team"] == {"members": [{"username": "ann"}]}
    assert data["schema"][0]["quality"] == [{"metric": "rowCount", "mustBe": 1}]


def test_shared_values_are_written_without_anchors():
    shared = ["a"]
    item = Property(name="a", tags=shared, examples=shared)
    text = dump_contract(Contract(id="a", version="1", schema=[SchemaObject(name="t", properties=[item])]))
    assert "&" not in text
    assert "*" not in text


@pytest.mark.parametrize(
    "text", ["no", "1e5", "1.0", "007", "2024-01-01", "12:30", "~", "", " a ", "a: b", "\t", "<<"]
)
def test_text_stays_text_for_every_reader(text):
    contract = Contract(id="a", version="1", name=text)
    dumped = dump_contract(contract)
    assert load_contract(dumped).name == text
    assert yaml.safe_load(dumped)["name"] == text


_text = st.text(max_size=8) | st.text("\n \t-#:a'\"\r", max_size=6) | st.just("<<")
_scalar = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text
_any = st.recursive(
    _scalar,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_text, inner, max_size=2),
    max_leaves=6,
)
_option = st.builds(
    TypeOptions, min_length=st.none() | st.integers(), minimum=st.none() | _text | st.integers()
)
_leaf = st.builds(
    Property,
    name=_text,
    required=st.booleans(),
    logical_type_options=st.none() | _option,
    enum=st.lists(st.builds(EnumValue, value=_scalar), max_size=2),
)


@given(text=_text, value=_any, leaf=_leaf)
def test_what_is_written_is_read_back(text, value, leaf):
    nested = Property(name=text, items=leaf, map=MapType(key=leaf, value=leaf), properties=[leaf])
    contract = Contract(
        id=text,
        version=text,
        schema=[SchemaObject(name=text, properties=[nested])],
        custom_properties=[CustomProperty(property=text, value=value)],
    )
    assert load_contract(dump_contract(contract)) == contract
    assert load_contract(json.dumps(contract_data(contract))) == contract
    assert load_contract(contract_data(contract)) == contract


@pytest.mark.corpus
def test_official_examples_round_trip_and_are_valid(shared_data):
    schema = json.loads((shared_data / "odcs/schema/odcs-json-schema-v3.1.0.json").read_text())
    validator = jsonschema.Draft201909Validator(schema)
    checked = 0
    for path in sorted((shared_data / "odcs" / "examples").glob("*.yaml")):
        contract = load_contract(path)
        again = load_contract(dump_contract(contract))
        assert msgspec.structs.replace(again, api_version=contract.api_version) == contract, path
        data = yaml.safe_load(dump_contract(contract, api_version="v3.1.0"))
        before = [error.message for error in validator.iter_errors(yaml.safe_load(path.read_text()))]
        after = [error.message for error in validator.iter_errors(data)]
        assert not (set(after) - set(before)), (path.name, after)
        checked += not after
    assert checked >= 14
