"""A contract made ready: what it checks of a batch, what identifies a record, and what of it is refused at once."""

from __future__ import annotations

import pytest

from sentineldq.contracts.load import load_contract
from sentineldq.errors import ContractError, EvolutionError
from sentineldq.lake.schema import META
from sentineldq.pipeline.rules import rules_of
from tests.pipeline import parts
from tests.pipeline.parts import rules


def test_the_columns_are_the_contracts_and_ours_follow() -> None:
    found = rules()
    assert found.columns == ["id", "kind", "size", "at", "email"]
    assert found.schema.names == [*found.columns, *META.names]
    assert list(found.types) == found.columns
    assert (found.key, found.partition, found.private) == (["id"], ("at", "day"), {"email"})


def test_that_the_key_is_unique_is_not_asked_of_a_batch() -> None:
    assert {check.kind for check in rules().checks}.isdisjoint({"unique", "unique_together"})
    other = rules(rules={"size": [parts.rule("no size twice", "unique")]})
    assert [check.label for check in other.checks if check.kind == "unique"] == ["no size twice"]


def test_rules_that_need_other_tables_are_left_to_gold() -> None:
    reference = parts.rule("of somebody", "foreign_key", dataset="people", references="id")
    assert "foreign_key" not in {check.kind for check in rules(rules={"size": [reference]}).checks}


def test_the_quality_rules_are_those_that_decoding_does_not_answer() -> None:
    assert [check.label for check in rules().quality] == ["known kind"]
    assert rules().by_fault[("id", "required")].kind == "not_null"
    assert rules().by_fault[("size", "minimum")].kind == "between"
    assert ("kind", "enum") not in rules().by_fault


def test_the_fingerprint_is_of_the_text() -> None:
    assert rules().fingerprint == rules().fingerprint
    assert rules().fingerprint != rules(version="1.0.1").fingerprint
    again = load_contract(rules().text)
    assert rules_of(again, again.schema[0]).fingerprint == rules().fingerprint


@pytest.mark.parametrize(
    ("custom", "message"),
    [
        ({"merge": "upsert"}, "merge is `ignore` or `replace`, not 'upsert'"),
        ({"merge": "replace", "mergeOrder": "nowhere"}, "mergeOrder names 'nowhere', which is no column"),
    ],
)
def test_a_way_of_merging_that_is_none_is_refused(custom: dict[str, str], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        rules(custom=custom)


def test_a_column_with_a_name_of_ours_is_refused() -> None:
    document = parts.contract()
    document["schema"][0]["properties"].append({"name": "_row", "logicalType": "integer"})
    made = load_contract(document)
    with pytest.raises(ContractError, match="_row"):
        rules_of(made, made.schema[0])


def test_another_column_with_an_underscore_is_the_contracts() -> None:
    document = parts.contract()
    document["schema"][0]["properties"].append({"name": "_etag", "logicalType": "string"})
    made = load_contract(document)
    assert rules_of(made, made.schema[0]).columns[-1] == "_etag"


def test_silver_refuses_rules_that_break_it(dataset) -> None:
    found = dataset()
    document = parts.contract()
    document["schema"][0]["properties"][2]["logicalType"] = "string"
    del document["schema"][0]["properties"][2]["logicalTypeOptions"]
    made = load_contract(document)
    with pytest.raises(EvolutionError, match="size"):
        found.adopt(rules_of(made, made.schema[0]))
    assert found.rules.fingerprint == rules().fingerprint
