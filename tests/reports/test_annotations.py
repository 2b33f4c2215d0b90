"""Notes for code review: one per check that did not pass, at the right file and line."""

import json

import pytest

from sentineldq.reports import render
from sentineldq.reports.annotations import remarks


def by_message(found, start):
    return next(remark for remark in found if remark.message.startswith(start))


def test_one_per_check_that_did_not_pass(result):
    found = remarks(result)
    assert len(found) == 2 + 7 + 4
    assert [remark.message.split(";")[0] for remark in found[:3]] == [
        "created_at.freshness could not be evaluated",
        "coupon_code.regex could not be evaluated",
        "country.in_set",
    ]


@pytest.mark.parametrize(
    ("start", "level"),
    [
        ("coupon_code.regex", "error"),
        ("country.in_set", "error"),
        ("email.format", "warning"),
        ("shipped_at.greater", "note"),
        ("customer_id.foreign_key", "warning"),
        ("amount.mean", "note"),
    ],
)
def test_levels_follow_status_and_severity(result, start, level):
    assert by_message(remarks(result), start).level == level


def test_they_stand_in_the_contract_where_its_line_is_known(result):
    lines = {"schema[orders].properties[email].quality": 17}
    found = remarks(result, contract_file="c.yaml", line=lines.get)
    assert (by_message(found, "email").uri, by_message(found, "email").line) == ("c.yaml", 17)
    assert (by_message(found, "tax").uri, by_message(found, "tax").line) == ("c.yaml", None)


def test_they_stand_at_the_data_where_there_is_no_contract(result):
    result.contract = None
    assert {remark.uri for remark in remarks(result, data_file="data/orders.csv")} == {"data/orders.csv"}


def test_sarif(result):
    log = json.loads(render(result, "sarif", contract_file="my contracts/ü.yaml", line=lambda _: 3))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert len(run["results"]) == 13
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for item in run["results"]:
        assert rules[item["ruleIndex"]] == item["ruleId"]
        (place,) = item["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "my%20contracts/%C3%BC.yaml"
        assert place["physicalLocation"]["region"] == {"startLine": 3}
        assert len(item["partialFingerprints"]["sentineldq/v1"]) == 32


def test_message_says_how_much_what_and_why(result):
    assert by_message(remarks(result), "order_id.unique").message == (
        "order_id.unique; 2,408 of 1,048,213 rows failed (0.23 %); expected every value once; "
        "observed 1,204 values more than once"
    )


def test_nothing_to_say(passing):
    assert json.loads(render(passing, "sarif"))["runs"][0]["results"] == []
