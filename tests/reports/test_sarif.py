"""SARIF logs: the shape that review tools read, and fingerprints that survive edits."""

import json

from sentineldq.reports.sarif import SarifResult, sarif
from sentineldq.version import __version__


def result(**changes):
    given = {"rule": "SDQ101", "level": "warning", "message": "no status", "uri": "a b.yaml", "line": 3}
    return SarifResult(**{**given, **changes})


def test_log():
    log = sarif([result(column=2)], rules={"SDQ101": "The contract states no status.", "SDQ102": "unused"})
    assert log == {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "SentinelDQ",
                        "version": __version__,
                        "rules": [
                            {"id": "SDQ101", "shortDescription": {"text": "The contract states no status."}}
                        ],
                    }
                },
                "results": [
                    {
                        "ruleId": "SDQ101",
                        "ruleIndex": 0,
                        "level": "warning",
                        "message": {"text": "no status"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "a%20b.yaml"},
                                    "region": {"startLine": 3, "startColumn": 2},
                                }
                            }
                        ],
                        "partialFingerprints": {
                            "sentineldq/v1": log["runs"][0]["results"][0]["partialFingerprints"][
                                "sentineldq/v1"
                            ]
                        },
                    }
                ],
            }
        ],
    }
    json.dumps(log)


def test_rules_are_indexed_and_unknown_ones_named_by_their_id():
    run = sarif([result(rule="b"), result(rule="a"), result(rule="b")])["runs"][0]
    assert [entry["ruleIndex"] for entry in run["results"]] == [1, 0, 1]
    assert run["tool"]["driver"]["rules"][1] == {"id": "b", "shortDescription": {"text": "b"}}


def test_without_a_line_there_is_no_region():
    place = sarif([result(line=None)])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a%20b.yaml"}}


def test_no_results():
    assert sarif([])["runs"][0]["results"] == []


def fingerprint(**changes):
    entry = sarif([result(**changes)])["runs"][0]["results"][0]
    return entry["partialFingerprints"]["sentineldq/v1"]


def test_fingerprints_stay_when_lines_move_and_differ_between_findings():
    assert fingerprint(line=3) == fingerprint(line=9)
    assert fingerprint(key="a", message="x") == fingerprint(key="a", message="y")
    assert (
        len(
            {
                fingerprint(),
                fingerprint(rule="x"),
                fingerprint(message="x"),
                fingerprint(uri="x"),
                fingerprint(key="y"),
            }
        )
        == 5
    )
