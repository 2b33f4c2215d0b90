"""Each kind of fault does what its name says, where and as often as the script says, and the truth tells all of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from hashlib import sha256
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.errors import UsageError
from sentineldq.sources.simulate import Injected, generate, truth
from sentineldq.sources.simulate.script import Kind
from sentineldq.sources.simulate.settings import Name

SHAPES = get_args(Name)
EVERYWHERE = ("bad_type", "missing_field", "null_field", "bad_value", "malformed_json", "truncated")
KEYS = {
    "github": "id",
    "market": "symbol",
    "clickstream": "event_id",
    "orders": "order_id",
    "order_items": "order_item_id",
    "customers": "customer_id",
    "products": "product_id",
    "inventory": "product_id",
    "table": "id",
}


def both(
    shape: str, *faults: dict[str, Any], records: int = 3000, **options: Any
) -> tuple[list[bytes], list[Injected]]:
    given_ = {"seed": 5, "records": records, "faults": list(faults), **options}
    return list(generate(shape, **given_)), list(truth(shape, **given_))


def field(document: Any, path: str | None) -> Any:
    for name in (path or "").split("."):
        document = document[name]
    return document


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", EVERYWHERE)
def test_faults_that_are_to_be_refused(shape, kind):
    clean = list(generate(shape, seed=5, records=1500))
    sent, told = both(shape, {"kind": kind, "count": 20}, records=1500)
    changed = [number for number, (one, other) in enumerate(zip(clean, sent, strict=True)) if one != other]
    assert changed == [line.position for line in told] == [line.record for line in told]
    assert len(told) == 20
    for line in told:
        assert line.expected == "refused"
        assert line.hash == sha256(sent[line.position]).hexdigest()
        assert line.key.split("|")[0] == str(json.loads(clean[line.record])[KEYS[shape]])
        assert b"\n" not in sent[line.position]
        sent[line.position].decode()


def test_broken_json_cannot_be_read_and_the_rest_can():
    sent, told = both("github", {"kind": "malformed_json", "rate": 0.2}, {"kind": "truncated", "rate": 0.2})
    broken = {line.position for line in told}
    assert Counter(line.after for line in told if line.kind == "malformed_json").keys() == {
        "trailing comma",
        "brace too many",
        "key without quotes",
        "equals sign for colon",
        "NaN",
        "single quotes",
    }
    for position, record in enumerate(sent):
        if position in broken:
            with pytest.raises(msgspec.DecodeError):
                msgspec.json.decode(record)
        else:
            msgspec.json.decode(record)


def test_types_are_wrong_fields_missing_and_null():
    sent, told = both(
        "github",
        {"kind": "bad_type", "rate": 0.05, "field": "actor.id"},
        {"kind": "missing_field", "rate": 0.05, "field": "repo.name"},
        {"kind": "null_field", "rate": 0.05, "field": "created_at"},
        {"kind": "bad_type", "rate": 0.05, "field": "public", "value": 1},
    )
    for line in told:
        event = json.loads(sent[line.position])
        if line.kind == "missing_field":
            assert "name" not in event["repo"]
            assert "/" in line.before
        elif line.kind == "null_field":
            assert event["created_at"] is None
        elif line.field == "public":
            assert event["public"] == 1
        else:
            assert event["actor"]["id"] == line.after == f"#{line.before}"
    assert Counter(line.fault for line in told).keys() == {1, 2, 3, 4}


def test_bad_values_are_known_ones_or_those_of_the_script():
    sent, told = both(
        "orders",
        {"kind": "bad_value", "rate": 0.05, "field": ["total", "status"]},
        {"kind": "bad_value", "rate": 0.05, "field": "currency", "value": "XXX"},
    )
    assert {(line.field, line.after) for line in told} == {
        ("total", -10.0),
        ("status", "teleported"),
        ("currency", "XXX"),
    }
    assert all(field(json.loads(sent[line.position]), line.field) == line.after for line in told)


@pytest.mark.parametrize("by", [1, 30, 4000])
def test_copies_are_exact_and_come_later(by):
    sent, told = both("orders", {"kind": "duplicate", "rate": 0.03, "by": by}, records=6000)
    assert len(sent) == 6000 + len(told)
    assert 120 < len(told) < 240
    first: dict[bytes, int] = {}
    for position, record in enumerate(sent):
        first.setdefault(record, position)
    for line in told:
        assert line.expected == "duplicate"
        assert first[sent[line.position]] < line.position
        assert line.after - line.before == min(by, line.record + 1) - 1
    originals = [
        record for position, record in enumerate(sent) if position not in {one.position for one in told}
    ]
    assert originals == list(generate("orders", seed=5, records=6000))


def test_nothing_refused_is_copied():
    faults = [{"kind": "bad_type", "rate": 0.5}, {"kind": "duplicate", "rate": 0.3, "by": 20}]
    sent, told = both("orders", *faults)
    refused = {line.hash for line in told if line.expected == "refused"}
    assert not refused & {line.hash for line in told if line.expected == "duplicate"}
    assert len({sha256(record).hexdigest() for record in sent}) == 3000


def test_late_records_are_older_than_they_should_be():
    sent, told = both("clickstream", {"kind": "late", "rate": 0.05, "by": "3d"})
    assert 100 < len(told) < 200
    for line in told:
        before, after = (datetime.fromisoformat(time) for time in (line.before, line.after))
        assert (before - after).total_seconds() == 3 * 86400
        assert json.loads(sent[line.position])["occurred_at"] == line.after
        assert line.expected == "accepted"


def test_records_out_of_order_have_changed_places():
    clean = list(generate("orders", seed=5, records=3000))
    sent, told = both("orders", {"kind": "out_of_order", "rate": 0.03, "by": 40})
    assert sorted(sent) == sorted(clean)
    for line in told:
        assert sent[line.after] == clean[line.before]
        assert sent[line.before] == clean[line.after]
        assert line.position == line.after


def test_new_types_shifts_and_new_fields():
    sent, told = both(
        "github",
        {"kind": "new_type", "rate": 0.02},
        {"kind": "shift", "field": "payload.size", "factor": 4, "add": 1, "from": 1000, "until": 2000},
        {
            "kind": "schema_add",
            "field": "payload.flavour",
            "value": {"taste": "umami"},
            "rate": 0.1,
            "only": "WatchEvent",
        },
    )
    seen = Counter(line.kind for line in told)
    assert min(seen.values()) > 5
    for line in told:
        event = json.loads(sent[line.position])
        assert line.expected == "accepted"
        if line.kind == "new_type":
            assert event["type"] == "HologramEvent"
        elif line.kind == "shift":
            assert 1000 <= line.record < 2000
            assert event["payload"]["size"] == line.after == 4 * line.before + 1
        else:
            assert event["type"] == "WatchEvent"
            assert event["payload"]["flavour"] == {"taste": "umami"}


def test_a_category_can_be_shifted():
    sent, told = both("customers", {"kind": "shift", "field": "country", "value": "JP", "rate": 0.5})
    assert sum(json.loads(record)["country"] == "JP" for record in sent) > 1300
    assert all(line.before != "JP" for line in told)


def hours(sent: list[bytes]) -> Counter[str]:
    return Counter(json.loads(record)["created_at"][:13] for record in sent)


def test_volume_drops_and_rises_between_times():
    day = "2025-01-06T"
    sent, told = both(
        "orders",
        {"kind": "volume_drop", "from": f"{day}03:00:00Z", "until": f"{day}05:00:00Z"},
        {"kind": "volume_drop", "from": f"{day}07:00:00Z", "until": f"{day}08:00:00Z", "factor": 0},
        {"kind": "volume_spike", "from": f"{day}09:00:00Z", "until": f"{day}10:00:00Z", "factor": 5},
        rate=200,
        rhythm=False,
        records=4000,
    )
    found = hours(sent)
    assert found[f"{day}07"] == 0
    assert found[f"{day}03"] == pytest.approx(20, abs=2)
    assert found[f"{day}09"] == pytest.approx(1000, abs=2)
    assert found[f"{day}06"] == found[f"{day}11"] == pytest.approx(200, abs=2)
    assert [(line.kind, line.field, line.after) for line in told] == [
        ("volume_drop", None, 0.1),
        ("volume_drop", None, 0.0),
        ("volume_spike", None, 5.0),
    ]
    for line, begin in zip(told, ("03", "08", "09"), strict=True):
        assert json.loads(sent[line.position])["created_at"] >= f"{day}{begin}:00:00Z"
        assert json.loads(sent[line.position - 2])["created_at"] < f"{day}{begin}:00:00Z"


def test_volume_changes_between_records():
    drop = {"kind": "volume_drop", "from": 100, "until": 200, "factor": 0.5}
    sent, _ = both("orders", drop, rate=100, rhythm=False, records=400)
    times = [datetime.fromisoformat(json.loads(record)["created_at"]).timestamp() for record in sent]
    assert times[100] - times[0] == pytest.approx(3600, abs=80)
    assert times[200] - times[100] == pytest.approx(7200, abs=150)
    assert times[300] - times[200] == pytest.approx(3600, abs=150)


def test_times_limit_a_fault():
    limits = {"from": "2025-01-06T05:00:00Z", "until": "2025-01-06T06:00:00Z"}
    sent, told = both("orders", {"kind": "null_field", "field": "total", "rate": 1.0, **limits})
    for line in told:
        assert json.loads(sent[line.position])["created_at"][11:13] == "05"
    of_hour = [record for record in sent if json.loads(record)["created_at"][11:13] == "05"]
    assert 0 <= len(of_hour) - len(told) <= 1


def test_only_some_types_are_struck():
    sent, told = both(
        "github", {"kind": "bad_type", "field": "id", "count": 40, "only": ["ForkEvent", "WatchEvent"]}
    )
    assert {json.loads(sent[line.position])["type"] for line in told} == {"ForkEvent", "WatchEvent"}
    assert len(told) == 40


def test_what_is_expected_can_be_said():
    _, told = both("github", {"kind": "new_type", "count": 3, "expect": "refused", "value": "?"})
    assert [(line.expected, line.after) for line in told] == [("refused", "?")] * 3


FAULTS = st.builds(
    lambda kind, often: {"kind": kind, **often},
    st.sampled_from([*EVERYWHERE, "duplicate", "late", "out_of_order", "new_type", "schema_add"]),
    st.one_of(
        st.floats(0.001, 0.2).map(lambda rate: {"rate": rate}),
        st.integers(1, 60).map(lambda count: {"count": count}),
    ),
)


@given(script=st.lists(FAULTS, max_size=5), seed=st.integers(0, 10**6), records=st.integers(500, 2500))
@settings(max_examples=30)
def test_the_truth_is_all_that_differs_and_every_count_is_met(script, seed, records):
    options = {"seed": seed, "records": records}
    clean = list(generate("orders", **options))
    sent = list(generate("orders", **options, faults=script))
    told = list(truth("orders", **options, faults=script))
    copies = {line.position for line in told if line.kind == "duplicate"}
    own = [record for position, record in enumerate(sent) if position not in copies]
    changed = {number for number, (one, other) in enumerate(zip(clean, own, strict=True)) if one != other}
    moved = {line.before for line in told if line.kind == "out_of_order"}
    assert changed == {line.record for line in told if line.kind != "duplicate"} | moved
    assert [line.position for line in told] == sorted(line.position for line in told)
    assert all(sha256(sent[line.position]).hexdigest() == line.hash for line in told)
    for number, fault in enumerate(script, start=1):
        struck = sum(line.fault == number for line in told)
        if fault["kind"] != "out_of_order" and "count" in fault:
            assert struck == fault["count"]


def test_a_rate_is_met():
    _, told = both("order_items", {"kind": "bad_type", "rate": 0.02}, records=50_000)
    assert len(told) / 50_000 == pytest.approx(0.02, abs=0.002)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_is_known_to_the_tests_and_the_guide(kind, request):
    guide = (request.config.rootpath / "docs" / "guides" / "sources" / "simulate.md").read_text("utf-8")
    assert f"`{kind}`" in guide


@pytest.mark.parametrize(
    ("shape", "fault", "message"),
    [
        ("orders", {}, "no kind None"),
        ("orders", {"kind": "bad_tpye", "rate": 0.1}, "bad_type"),
        ("orders", {"kind": "bad_type"}, "`rate` or `count` is missing"),
        ("orders", {"kind": "bad_type", "rate": 0.1, "count": 3}, "either"),
        ("orders", {"kind": "bad_type", "rate": 2}, "rate"),
        ("orders", {"kind": "late", "rate": 0.1, "field": "x"}, "`field` means nothing here"),
        ("orders", {"kind": "late", "rate": 0.1, "by": "long"}, "not a span of time"),
        ("orders", {"kind": "duplicate", "rate": 0.1, "by": "3h"}, "a number of records"),
        ("orders", {"kind": "duplicate", "rate": 0.1, "by": 0}, "a number of records"),
        ("orders", {"kind": "shift", "field": "total"}, "`field` is needed"),
        ("orders", {"kind": "bad_value", "field": "shipping_address", "rate": 0.1}, "say `value`"),
        ("orders", {"kind": "bad_value", "value": 1, "rate": 0.1}, "needs a `field`"),
        ("orders", {"kind": "bad_type", "count": 5000}, "too many"),
        ("orders", {"kind": "bad_type", "rate": 0.1, "from": "noon"}, "not a time"),
        ("orders", {"kind": "volume_drop", "rate": 0.1}, "`rate` means nothing here"),
        ("orders", {"kind": "volume_drop", "factor": 3}, "cannot be 3"),
        ("orders", {"kind": "volume_drop", "factor": 0}, "needs `until`"),
        ("orders", {"kind": "volume_drop", "factor": 0, "from": 3, "until": 5}, "needs times"),
        ("order_items", {"kind": "late", "rate": 0.1}, "have no time"),
        ("order_items", {"kind": "new_type", "rate": 0.1}, "have no type"),
        ("market", {"kind": "volume_drop", "from": 3, "until": 5}, "cannot change"),
        ("table", {"kind": "spread", "field": "score", "factor": 2}, "`around` is missing"),
        ("table", {"kind": "tail", "rate": 0.1}, "`field` is missing"),
        ("table", {"kind": "swap", "field": "country"}, "`values` is missing"),
        ("table", {"kind": "prior", "rate": 0.1}, "`value` is missing"),
        ("table", {"kind": "covariate", "field": "score", "rate": 0.1}, "either `above` or `below`"),
        ("table", {"kind": "schema_rename", "field": "score"}, "`to` is missing"),
        ("table", {"kind": "schema_drop", "field": ["score", "ratio"]}, "one field at a time"),
        ("table", {"kind": "shift", "field": "score", "add": 1, "over": "2d"}, "needs a time in `from`"),
        ("table", {"kind": "late", "count": 3, "over": 20}, "`over` is for a `rate`"),
        ("orders", {"kind": "prior", "value": "paid", "rate": 0.1}, "belong to others"),
    ],
)
def test_a_script_that_cannot_be_is_told_in_one_line(shape, fault, message):
    with pytest.raises(UsageError, match=message):
        list(generate(shape, records=100, faults=[fault]))


def test_a_count_needs_an_end():
    with pytest.raises(UsageError, match="needs an end"):
        truth("orders", records=None, faults=[{"kind": "bad_type", "count": 3}])


def test_changes_of_volume_do_not_overlap():
    faults = [
        {"kind": "volume_drop", "from": 10, "until": 50},
        {"kind": "volume_spike", "from": 40, "until": 60},
    ]
    with pytest.raises(UsageError, match="overlap"):
        truth("orders", records=100, faults=faults)
