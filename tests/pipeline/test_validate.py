"""The verdict on a batch: every record in one place, every error named, and the same again whenever it is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.checks.model import Outcome
from sentineldq.lake.schema import META, QUARANTINE
from sentineldq.pipeline.validate import BATCH_WIDE, STRUCTURE, Reason, Verdict, hash_of, validate
from tests.pipeline import parts
from tests.pipeline.parts import NOW, click, rows, rules


def judged(
    *records: Any, received: datetime = NOW, batch: dict[str, Any] | None = None, **options: Any
) -> Verdict:
    return validate(rows(records, received=received, **(batch or {})), rules(**options))


def told(verdict: Verdict) -> dict[int, list[str]]:
    """The names of the checks that each record fails."""
    return {row: [reason.check for reason in reasons] for row, reasons in verdict.reasons.items()}


def outcome(verdict: Verdict, name: str) -> Outcome:
    (found,) = [item for item in verdict.outcomes if item.name == name]
    return found


# ---------------------------------------------------------------------------------------- JSON


def test_good_records_are_rows_of_silver_in_their_order() -> None:
    verdict = judged(click(3), click(1, email="a@b"), click(2, size=None))
    found = verdict.good
    assert found.columns == [*rules().columns, *META.names]
    assert found["id"].to_list() == [3, 1, 2]
    assert found["_row"].to_list() == [0, 1, 2]
    assert found.select("_partition", "_batch", "_received_at").unique().rows() == [("web", 1, NOW)]
    assert (verdict.reasons, verdict.dropped, verdict.refused.num_rows) == ({}, 0, 0)
    assert found.to_arrow().schema.field("at").type == pa.timestamp("us", "UTC")


def test_every_error_of_a_record_is_named() -> None:
    verdict = judged(click(1), {"id": "x", "size": -1, "kind": "z", "at": "soon"}, click(3, kind="q"))
    assert told(verdict) == {1: ["id.type", "size.range", "at.type", "known kind"], 2: ["known kind"]}
    reasons = {reason.path: reason for reason in verdict.reasons[1]}
    assert (reasons["id"].expected, reasons["id"].found) == ("integer", 'string "x"')
    assert reasons["kind"].found == "z"
    assert all(reason.fingerprint in rules().by_fingerprint for reason in verdict.reasons[1])
    assert verdict.good["_row"].to_list() == [0]


def test_a_rule_on_a_field_that_does_not_fit_is_not_named_twice() -> None:
    verdict = judged({"id": 1, "kind": 7, "size": 0})
    assert told(verdict) == {0: ["kind.type"]}


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"",
        b"null",
        b"[1]",
        b"\xff\xfe",
        b'{"id": NaN, "kind": "a"}',
        b'{"id": 1, "kind": "\xff"}',
        b"[" * 5000,
    ],
)
def test_a_record_that_is_no_record_is_refused_and_no_other(raw: bytes) -> None:
    verdict = judged(click(1), raw, click(2))
    assert set(verdict.reasons) == {1}
    assert verdict.refused["raw"].to_pylist() == [raw]
    assert verdict.good["id"].to_list() == [1, 2]


def test_optional_columns_may_be_missing_and_unknown_ones_are_left_out() -> None:
    verdict = judged({"id": 1, "kind": "a", "extra": {"deep": [1]}})
    assert verdict.good.select(rules().columns).rows() == [(1, "a", None, None, None)]


def test_what_is_refused_is_a_row_of_quarantine() -> None:
    raw = b' {"id": null , "kind":"a"}\n'
    refused = judged(click(1), raw, batch={"origin": "here.json"}).refused
    assert refused.schema.equals(QUARANTINE)
    (row,) = refused.to_pylist()
    assert (row["raw"], row["hash"], row["_origin"], row["_row"]) == (raw, hash_of(raw), "here.json", 1)
    assert (row["contract"], row["contract_fingerprint"]) == ("1.0.0", rules().fingerprint)
    assert [error["check"] for error in row["errors"]] == ["id.not_null"]


def test_all_good_and_all_bad_have_empty_others() -> None:
    good, bad = judged(click(1)), judged(b"x", b"y")
    assert (good.refused.num_rows, good.refused.schema) == (0, QUARANTINE)
    assert (bad.good.height, bad.good.schema) == (0, good.good.schema)
    assert bad.refused.num_rows == bad.rows == 2


def test_counts_are_of_the_records_that_can_be_read() -> None:
    verdict = judged(click(1), click(2, kind="z"), b"{", {"id": 1})
    assert (outcome(verdict, "known kind").evaluated, outcome(verdict, "known kind").failed) == (2, 1)


# ---------------------------------------------------------------------------------------- text


def cells(**values: str | None) -> dict[str, str | None]:
    return {"id": "1", "kind": "a", "size": "5", "at": "2026-03-01 00:00:00", "email": None} | values


def test_cells_of_text_are_read_in_the_contracts_types() -> None:
    verdict = judged(cells(), cells(id="2", size=None, extra="?"), batch={"form": "text"})
    assert verdict.reasons == {}
    assert verdict.good.select("id", "kind", "size").rows() == [(1, "a", 5), (2, "a", None)]
    assert verdict.good["at"].to_list() == [datetime(2026, 3, 1, tzinfo=UTC)] * 2
    assert verdict.good.schema == judged(click(1)).good.schema


def test_every_error_of_a_row_of_text_is_named() -> None:
    verdict = judged(cells(id="x", kind="z", size="-1", at="soon"), cells(), batch={"form": "text"})
    assert set(told(verdict)) == {0}
    assert told(verdict)[0] == ["id.type", "known kind", "size.range", "at.type"]
    assert verdict.good["_row"].to_list() == [1]


def test_a_row_with_other_cells_than_the_table_is_refused_as_it_came() -> None:
    misfit = b'["1","a","5","6"]'
    verdict = judged(cells(), misfit, cells(id="2"), batch={"form": "text"})
    assert told(verdict) == {1: [STRUCTURE]}
    assert verdict.refused["raw"].to_pylist() == [misfit]
    assert verdict.good["id"].to_list() == [1, 2]
    alone = judged(misfit, batch={"form": "text"})
    assert (alone.good.height, told(alone)) == (0, {0: [STRUCTURE]})


def test_a_required_column_that_a_file_lacks_is_missing_in_each_row() -> None:
    verdict = judged({"kind": "a"}, {"kind": "b"}, batch={"form": "text"})
    assert told(verdict) == {0: ["id.not_null"], 1: ["id.not_null"]}


# ---------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_batch_that_cannot_be_read_is_refused_whole(form: str) -> None:
    verdict = judged(click(1), b"\x1f\x8b", batch={"fault": "gzip: cut short", "form": form})
    assert told(verdict) == {0: [BATCH_WIDE], 1: [BATCH_WIDE]}
    assert verdict.reasons[0][0].message == "the batch cannot be read: gzip: cut short"
    assert (verdict.good.height, verdict.refused.num_rows) == (0, 2)


# ---------------------------------------------------------------------------------------- on_violation


@pytest.mark.parametrize("way", ["warn", "allow"])
def test_a_rule_that_warns_is_counted_and_refuses_nothing(way: str) -> None:
    verdict = judged(
        click(1), click(9), rules={"size": [parts.rule("small", "between", violation=way, max=5)]}
    )
    assert (verdict.good.height, verdict.reasons) == (2, {})
    assert (outcome(verdict, "small").failed, outcome(verdict, "small").on_violation) == (1, way)


def test_what_is_to_be_dropped_is_in_neither() -> None:
    small = parts.rule("small", "between", violation="drop", max=5)
    verdict = judged(click(1), click(9), click(8, kind="z"), b"{", rules={"size": [small]})
    assert (verdict.dropped, verdict.good["_row"].to_list()) == (1, [0])
    assert told(verdict) == {2: ["known kind", "small"], 3: ["record.json"]}


def test_a_rule_that_blocks_refuses_the_batch_and_names_itself() -> None:
    small = parts.rule("small", "between", violation="block", max=5)
    verdict = judged(click(1), click(9), b"{", rules={"size": [small]})
    assert told(verdict) == {0: ["small"], 1: ["small"], 2: ["record.json"]}
    assert verdict.reasons[0][0].message.startswith("the whole batch is refused")
    assert judged(click(1), b"{", rules={"size": [small]}).good.height == 1


def test_a_blocking_rule_on_the_table_refuses_the_batch() -> None:
    few = parts.rule("few", "row_count", violation="block", max=1)
    assert set(told(judged(click(1), click(2), quality=[few]))) == {0, 1}
    assert told(judged(click(1), quality=[few])) == {}


# ---------------------------------------------------------------------------------------- privacy, time


SECRET = "someone@example.com"


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_classified_value_is_in_a_reason(form: str) -> None:
    short = parts.rule("short", "length", max=3)
    pair = parts.rule("no mail of a", "expression", sql="email is null or kind = 'b'")
    number = "1" if form == "text" else 1
    verdict = judged(
        {"id": number, "kind": "a", "email": SECRET},
        json.dumps([SECRET]).encode(),
        batch={"form": form},
        rules={"email": [short]},
        quality=[pair],
    )
    assert set(verdict.reasons) == {0, 1}
    assert {"short", "no mail of a"} <= {reason.check for reason in verdict.reasons[0]}
    assert SECRET not in repr(verdict.reasons)
    assert SECRET not in repr(verdict.outcomes)


def test_now_is_when_the_batch_arrived() -> None:
    late = parts.rule("not in the future", "between", max="now + 5m")
    record = click(1, at=(NOW + timedelta(hours=1)).isoformat())
    assert told(judged(record, rules={"at": [late]})) == {0: ["not in the future"]}
    assert told(judged(record, received=NOW + timedelta(hours=1), rules={"at": [late]})) == {}


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    ("moment", "good"),
    [
        ("0001-01-01T00:00:00Z", True),
        ("9999-12-31T23:59:59.999999Z", True),
        ("0001-01-01T00:00:00+14:00", False),
        ("9999-12-31T23:59:59-12:00", False),
    ],
)
def test_a_moment_that_no_calendar_has_is_refused(moment: str, good: bool, form: str) -> None:
    number = "1" if form == "text" else 1
    sound = {"id": number, "kind": "a", "at": "2026-03-01T00:00:00Z"}
    verdict = judged(sound, {**sound, "at": moment}, batch={"form": form})
    assert verdict.good["_row"].to_list() == ([0, 1] if good else [0])
    assert told(verdict) == ({} if good else {1: ["at.type"]})


# ---------------------------------------------------------------------------------------- laws


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2**70), st.floats(), st.text(max_size=3), st.just("a")
)
DOCUMENTS = st.dictionaries(
    st.sampled_from(["id", "kind", "size", "at", "email", "other"]),
    st.one_of(VALUES, st.lists(VALUES, max_size=2), st.sampled_from(["2026-03-01T00:00:00Z", "a", "b", 5])),
    max_size=6,
)
SOUND = st.builds(click, st.integers(0, 9), kind=st.sampled_from("abz"), size=st.integers(-1, 9))
RECORDS = st.lists(st.one_of(DOCUMENTS, SOUND, st.binary(max_size=8)), min_size=1, max_size=12)
WAYS = st.sampled_from(["warn", "drop", "quarantine", "block"])


@settings(max_examples=120)
@given(RECORDS, WAYS, st.sampled_from(["json", "text"]))
def test_every_record_is_in_exactly_one_place(records: list[Any], way: str, form: str) -> None:
    known = rules(rules={"size": [parts.rule("small", "between", violation=way, max=5)]})
    batch = rows(records, form=form)
    verdict = validate(batch, known)
    good, refused = verdict.good["_row"].to_list(), verdict.refused["_row"].to_pylist()
    assert len(good) + len(refused) + verdict.dropped == verdict.rows == len(records)
    assert good == sorted(set(good) - set(refused))
    assert refused == sorted(verdict.reasons)
    assert all(verdict.reasons.values())
    assert verdict.refused["raw"].to_pylist() == [parts.line(records[row]) for row in refused]
    assert all(isinstance(item, Reason) for found in verdict.reasons.values() for item in found)
    again = validate(batch, known)
    assert again.good.equals(verdict.good)
    assert (again.reasons, again.outcomes) == (verdict.reasons, verdict.outcomes)


@settings(max_examples=60)
@given(RECORDS)
def test_a_record_is_judged_alike_in_any_company(records: list[Any]) -> None:
    known = rules()
    together = validate(rows(records), known)
    for row, record in enumerate(records):
        alone = validate(rows([record]), known)
        assert alone.reasons.get(0) == together.reasons.get(row)
        columns = together.good.select(known.columns).filter(together.good["_row"] == row)
        assert alone.good.select(known.columns).equals(columns, null_equal=True)
