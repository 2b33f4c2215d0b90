"""JUnit XML: one case per check, well formed whatever the data holds."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.checks.model import Outcome, Result
from sentineldq.reports import render


def suite(result, **options):
    return ET.fromstring(render(result, "junit", **options)).find("testsuite")


def case(found, name):
    return next(item for item in found.iter("testcase") if item.get("name") == name)


def test_counts_are_those_of_the_cases(result):
    found = suite(result)
    assert found.get("name") == "orders.csv"
    assert {name: found.get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "40", "failures": "7", "errors": "2", "skipped": "2", "time": "1.842",
    }  # fmt: skip
    assert len(found.findall("testcase")) == 40


def test_a_failure_says_how_much_and_shows_samples(result):
    found = case(suite(result), "order_id.unique")
    failure = found.find("failure")
    assert found.get("classname") == "orders.csv.order_id"
    assert failure.get("type") == "unique"
    assert failure.get("message").startswith(
        "2,408 of 1,048,213 rows failed (0.23 %); expected every value once"
    )
    assert "fingerprint: " in failure.text
    assert 'sample: "A-0093114"' in found.findtext("system-out")


def test_an_error_carries_its_reason_and_a_skip_its_own(result):
    found = suite(result)
    assert "coupon_code" in case(found, "coupon_code.regex").find("error").get("message")
    assert case(found, "agreed with finance").find("skipped").get("message") == "documentation only"


def test_a_warning_passes_and_says_so(result):
    found = case(suite(result), "tax.not_null")
    assert found.find("failure") is None
    assert found.findtext("system-out").startswith("warn: ")


def test_below_the_level_a_failure_passes(result):
    found = suite(result, fail_on="CRITICAL")
    assert found.get("failures") == "5"
    assert case(found, "email.format").find("failure") is None
    assert case(found, "email.format").findtext("system-out").startswith("fail: ")
    assert found.get("errors") == "2"


def test_findings_are_in_the_output_of_the_suite(result):
    assert "extra-cell: row 1,204: row has 13 cells" in suite(result).findtext("system-out")


def test_properties(result):
    found = {item.get("name"): item.get("value") for item in suite(result).iter("property")}
    assert found["rows"] == "1048213"
    assert found["passed"] == "false"


@pytest.mark.parametrize("text", ["\x00\x1b", "]]>", "<a b='c'>&amp;", "\ud800", "\ufffe", "a\nb"])
def test_hostile_text_stays_text(hostile, text):
    found = suite(hostile(text))
    assert [item.tag for item in found] == ["properties", "testcase", "testcase", "testcase", "system-out"]


@given(text=st.text(st.characters(codec=None, exclude_categories=()), max_size=20))
def test_any_text_is_well_formed(text):
    check = Outcome(name=text, kind=text, column=text, dimension=None, severity="INFO", status="fail", on_violation="warn",
                    message=text, samples=[text])  # fmt: skip
    assert (
        suite(
            Result(dataset=text, contract=text, engine=text, rows=0, passed=False, score=None, checks=[check])
        )
        is not None
    )
