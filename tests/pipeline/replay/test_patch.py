"""Patches: what they change of a record, what they leave alone, and what they do not fit."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from sentineldq.errors import UsageError
from sentineldq.lake.schema import QUARANTINE
from sentineldq.pipeline.replay.patch import Patched, apply, make_patch


def patched(
    *raws: bytes, settings: tuple[str, ...] = (), sql: str | None = None, form: str = "json"
) -> Patched:
    rows: list[dict[str, Any]] = [
        {"raw": raw, "_form": form, "_partition": "web", "_batch": 1, "_row": row, "errors": [], "hash": ""}
        for row, raw in enumerate(raws)
    ]
    return apply(make_patch(settings, sql), pa.Table.from_pylist(rows, schema=QUARANTINE))


@pytest.mark.parametrize(
    ("setting", "before", "after"),
    [
        (
            "a=1",
            b'{"b": 1.10, "c":  12345678901234567890.123}',
            b'{"b":1.10,"c":12345678901234567890.123,"a":1}',
        ),
        ("a.b=null", b'{"a":{"b":1,"c":[ 1, 2 ]}}', b'{"a":{"b":null,"c":[ 1, 2 ]}}'),
        ("a.b.c=1", b"{}", b'{"a":{"b":{"c":1}}}'),
        ("a.b=1", b'{"a":null}', b'{"a":{"b":1}}'),
        ("a[1].x=[]", b'{"a":[{"x":1},{"x":2}]}', b'{"a":[{"x":1},{"x":[]}]}'),
        ("a[].x=true", b'{"a":[{"x":1},{}]}', b'{"a":[{"x":true},{"x":true}]}'),
        ('a="x=y"', b"{}", b'{"a":"x=y"}'),
    ],
)
def test_a_value_is_set_and_the_rest_stays_as_sent(setting, before, after) -> None:
    assert patched(before, settings=(setting,)) == Patched(changed={0: after})


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"[1]", b'"text"', b'{"a": 1}', b'{"a": [1]}', b""])
def test_what_does_not_fit_is_left_as_it_was(raw) -> None:
    assert patched(raw, settings=("a.b=1",)) == Patched(unfit={0})


def test_a_place_that_is_not_there_does_not_fit() -> None:
    assert patched(b'{"a": [1]}', settings=("a[1]=2",)) == Patched(unfit={0})


def test_a_patch_that_says_what_is_there_changes_nothing() -> None:
    assert patched(b'{"a":1}', settings=("a=1",)) == Patched()


def test_cells_of_text_stay_text() -> None:
    found = patched(b'{"a":"x","b":null}', settings=("a=1.50", "b=null", 'c="y"'), form="text")
    assert found.changed == {0: b'{"a":"1.5","b":null,"c":"y"}'}
    assert patched(b'{"a":"x"}', settings=("a.b=1",), form="text") == Patched(unfit={0})


def test_sql_comes_after_the_settings() -> None:
    found = patched(b'{"a":1}', b"{", settings=("b=2",), sql="json_merge_patch(record, '{\"c\": 3}')")
    assert found == Patched(changed={0: b'{"a":1,"b":2,"c":3}'}, unfit={1})


def test_nothing_is_invented_of_what_is_no_json() -> None:
    assert patched(b"{", b"\xff", sql="json_merge_patch(record, '{\"a\": 1}')") == Patched(unfit={0, 1})
    assert patched(b"{", sql="coalesce(raw, '') || '}'") == Patched(changed={0: b"{}"})
    assert patched(b"{", b"{}", sql="if(raw = '', raw, NULL)") == Patched(unfit={0}, dropped={1})


def test_sql_sees_where_a_record_is_from() -> None:
    found = patched(b"{}", b"{}", sql="if(_row = 1 AND _partition = 'web' AND len(checks) = 0, NULL, record)")
    assert found == Patched(dropped={1})


@pytest.mark.parametrize(
    "sql", ["", ")", "1, 2", "1) FROM x --", "record FROM x", "SELECT 1; SELECT 2", "no_such(1)"]
)
def test_sql_that_is_no_expression_is_refused(sql) -> None:
    with pytest.raises(UsageError, match="--sql"):
        patched(b"{}", sql=sql)


def test_a_fault_of_the_sql_does_not_quote_the_record() -> None:
    with pytest.raises(UsageError) as caught:
        patched(b'{"secret": "swordfish"', sql="CAST(raw AS JSON)")
    assert "swordfish" not in str(caught.value)
