"""Trying quarantined records again: each ends in one place, once, whatever is mended and however often it is tried."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentineldq.errors import EvolutionError, UsageError
from sentineldq.pipeline.poison import CRASH
from sentineldq.pipeline.replay.quarantine import Choice
from sentineldq.pipeline.validate import Reason, refuse
from sentineldq.store import results, runs
from tests.pipeline import parts
from tests.pipeline.parts import DATASET, click, rule
from tests.pipeline.replay.shop import figures, shops  # noqa: F401  # a fixture


def test_without_a_change_nothing_moves(shop) -> None:
    one = shop()
    one.land([click(1), click(2, kind="z"), b"{"], [click(3, size=-1)])
    before = one.heads()
    assert figures(one.replay()) == (3, 0, 3, 0, 0)
    assert one.heads() == before


def test_a_mended_contract_lets_records_through_once(shop) -> None:
    one = shop()
    one.land([click(1), click(2, kind="z"), click(3, kind="y")], [click(4, kind="z")])
    one.mend(version="1.1.0", kinds=["a", "z"])
    assert figures(one.replay(dry_run=True)) == (3, 2, 1, 0, 0)
    assert one.tables().ids == [1]
    found = one.replay()
    assert figures(found) == (3, 2, 1, 0, 0)
    assert (found.contract, found.refreshed) == ("1.1.0", 1)
    held = one.tables()
    assert held.ids == [1, 2, 4]
    assert held.quarantine["contract"].to_list() == ["1.1.0"]
    again = one.replay()
    assert (figures(again), again.refreshed) == ((1, 0, 1, 0, 0), 0)
    assert one.tables().ids == [1, 2, 4]


def test_a_record_keeps_where_it_came_from(shop) -> None:
    one = shop()
    one.land([click(1), click(2, kind="z")])
    one.replay('kind="b"')
    held = one.tables()
    assert held.silver.filter(pl.col("id") == 2).select(parts.ORIGIN).row(0) == ("web", 1, 1)
    assert held.silver["kind"].to_list() == ["a", "b"]
    assert held.bronze["raw"].to_list()[1] == json.dumps(click(2, kind="z")).encode()


def test_a_key_that_silver_has_is_a_duplicate(shop) -> None:
    one = shop()
    one.land([click(1), click(1, kind="z"), click(2, kind="z"), click(2, kind="z")])
    one.mend(kinds=["a", "z"])
    assert figures(one.replay(dry_run=True)) == (3, 1, 0, 2, 0)
    assert figures(one.replay()) == (3, 1, 0, 2, 0)
    assert one.tables().ids == [1, 2]
    assert one.tables().silver["kind"].to_list() == ["a", "z"]


def test_what_came_later_is_not_replaced_by_what_came_before(shop) -> None:
    one = shop(custom={"merge": "replace"})
    one.land([click(1, size=5), click(2, kind="z", size=1), click(3, kind="z", size=1)])
    one.land([click(1, kind="z", size=6), click(2, size=2)])
    one.mend(kinds=["a", "z"], custom={"merge": "replace"})
    assert figures(one.replay(dry_run=True)) == (3, 2, 0, 1, 0)
    assert figures(one.replay()) == (3, 2, 0, 1, 0)
    held = one.tables().silver.sort("id")
    assert held["size"].to_list() == [6, 2, 1]


def test_a_patch_that_does_not_help_changes_nothing(shop) -> None:
    one = shop()
    one.land([click(1, kind="z", size=-1)])
    before = one.heads()
    found = one.replay("size=0")
    assert figures(found) == (1, 0, 1, 0, 0)
    assert [still.check for still in found.reasons] == ["known kind"]
    assert one.heads() == before


def test_null_by_sql_drops(shop) -> None:
    one = shop()
    one.land([click(1, kind="z"), click(2, kind="y"), b"{"])
    found = one.replay(
        sql="""CASE record->>'kind' WHEN 'z' THEN json_merge_patch(record, '{"kind": "a"}') END"""
    )
    assert (figures(found), found.unfit) == ((3, 1, 1, 0, 1), 1)
    held = one.tables()
    assert (held.ids, held.quarantine["raw"].to_list(), held.facts["dropped"]) == ([1], [b"{"], "1")


def test_drop_takes_what_is_chosen(shop) -> None:
    one = shop()
    one.land([click(1, kind="z"), b"{"], [b"}"])
    assert figures(one.drop(choice=Choice(checks=("record.json",)), dry_run=True)) == (2, 0, 0, 0, 2)
    assert figures(one.drop(choice=Choice(checks=("record.json",)))) == (2, 0, 0, 0, 2)
    held = one.tables()
    assert (held.quarantine.height, held.facts["dropped"]) == (1, "2")


def test_only_what_is_chosen_is_tried(shop) -> None:
    one = shop()
    one.land([click(1, kind="z"), click(2, kind="z")], [click(3, kind="z")])
    chosen = one.tables().quarantine["hash"][0]
    one.mend(kinds=["a", "z"])
    assert figures(one.replay(choice=Choice(hashes=(chosen[:9].upper(),)))) == (1, 1, 0, 0, 0)
    assert one.tables().ids == [1]
    assert figures(one.replay(choice=Choice(batches=(2,)))) == (1, 1, 0, 0, 0)
    assert one.tables().ids == [1, 3]
    assert figures(one.replay(choice=Choice(checks=("no such check",)))) == (0, 0, 0, 0, 0)


def test_a_check_over_rows_sees_the_neighbours_in_silver(shop) -> None:
    unique = {"email": [rule("once", "unique")]}
    one = shop(rules=unique)
    one.land([click(1, email="x"), click(2, email="x"), click(3, email="y")])
    refused = one.tables().quarantine.height
    assert refused > 0
    assert figures(one.replay())[:3] == (refused, 0, refused)
    one.replay('email="y"', choice=Choice(hashes=(one.tables().quarantine["hash"][0],)))
    assert one.tables().quarantine.height == refused


def test_a_batch_that_was_refused_as_a_whole_is_judged_as_a_whole(shop) -> None:
    whole = [rule("some", "row_count", violation="block", min=2)]
    one = shop(quality=whole)
    one.land([click(1)], [click(2, kind="z"), click(3)])
    assert one.tables().quarantine.height == 2
    one.mend(quality=whole, kinds=["a", "z"])
    assert figures(one.replay()) == (2, 1, 1, 0, 0)
    one.mend(quality=[rule("some", "row_count", violation="block", min=1)], kinds=["a", "z"])
    assert figures(one.replay()) == (1, 1, 0, 0, 0)
    assert one.tables().ids == [1, 2, 3]


def test_by_a_contract_of_before(shop) -> None:
    one = shop(version="1.0.0", kinds=["a"])
    one.land([click(1, kind="z")])
    one.mend(version="2.0.0", kinds=["a", "z"])
    assert figures(one.replay(contract="1.0.0")) == (1, 0, 1, 0, 0)
    known = one.tables().quarantine["contract_fingerprint"][0]
    assert figures(one.replay(contract=known, dry_run=True)) == (1, 0, 1, 0, 0)
    with pytest.raises(UsageError, match="no contract '3'"):
        one.replay(contract="3")
    assert figures(one.replay(contract=str(one.root / "contracts/clicks.odcs.yaml"))) == (1, 1, 0, 0, 0)


def test_a_contract_that_silver_cannot_follow_is_refused_in_a_dry_run_too(shop) -> None:
    one = shop()
    one.land([click(1, kind="z")])
    text = (one.root / "contracts/clicks.odcs.yaml").read_text()
    (one.root / "contracts/clicks.odcs.yaml").write_text(text.replace("name: email", "name: mail"))
    for dry in (True, False):
        with pytest.raises(EvolutionError, match="email is gone"):
            one.replay(dry_run=dry)
    assert one.tables().quarantine.height == 1


def test_an_unreadable_batch_can_be_mended_by_sql(shop) -> None:
    one = shop()
    batch = parts.batch([b"<html>"], at=1, fault="not a list")
    found = parts.rows([b"<html>"], fault="not a list")
    one.dataset.ingest(batch, found, number=1)
    one.dataset.settle(parts.validate(found, one.dataset.rules), one.dataset.rules, partition="web", batch=1)
    assert figures(one.replay("id=1")) == (1, 0, 1, 0, 0)
    assert figures(one.replay(sql=f"CASE WHEN raw LIKE '<%' THEN '{json.dumps(click(1))}' END")) == (
        1,
        1,
        0,
        0,
        0,
    )
    assert one.tables().ids == [1]


def test_a_record_that_crashed_its_check_is_not_tried_again_as_it_is(shop) -> None:
    one = shop()
    found = parts.rows([click(1), click(2)])
    one.dataset.ingest(parts.batch([click(1), click(2)]), found, number=1)
    crash = {0: [Reason(check=CRASH, message="signal 11")]}
    refused = parts.validate(found, one.dataset.rules)
    verdict = replace(
        refused,
        good=refused.good.slice(1),
        refused=refuse(found.slice(0, 1), crash, one.dataset.rules).refused,
        reasons=crash,
    )
    one.dataset.settle(verdict, one.dataset.rules, partition="web", batch=1)
    assert figures(one.replay()) == (1, 0, 1, 0, 0)
    assert figures(one.replay("size=7")) == (1, 1, 0, 0, 0)
    assert one.tables().ids == [1, 2]


def test_the_store_tells_what_was_found_and_what_was_done(shop) -> None:
    one = shop()
    one.land([click(1), click(2, kind="z")])
    one.replay('kind="a"')
    run = runs.latest(one.store, project="trial", pipeline="clicks/replay")
    assert run is not None
    assert (run.status, run.counts["recovered"], run.counts["patch"]["set"]) == ("succeeded", 1, ['kind="a"'])
    assert results.last_batch(one.store, dataset=DATASET, partition="web") == 1
    notes = list((Path(one.project.warehouse) / "replays").iterdir())
    assert [json.loads(note.read_text())["recovered"] for note in notes] == [[["web", 1, 1]]]


def test_portions_never_part_a_batch(shop, monkeypatch) -> None:
    monkeypatch.setattr("sentineldq.pipeline.replay.step.ROWS", 2)
    one = shop()
    one.land(*([click(10 * at + row, kind="z") for row in range(3)] for at in range(4)))
    one.mend(kinds=["z"])
    assert figures(one.replay(dry_run=True)) == (12, 12, 0, 0, 0)
    assert figures(one.replay()) == (12, 12, 0, 0, 0)
    assert one.tables().silver.height == 12


KINDS = ["a", "b", "c", "d"]
RECORD = st.builds(click, st.integers(0, 5), kind=st.sampled_from(KINDS), size=st.integers(-1, 2))
ACTION = st.one_of(
    st.tuples(st.just("mend"), st.lists(st.sampled_from(KINDS), min_size=1, max_size=4, unique=True)),
    st.tuples(st.just("land"), st.lists(RECORD | st.just(b"{"), min_size=1, max_size=4)),
    st.tuples(st.just("set"), st.sampled_from(["size=0", 'kind="a"', "size=null"])),
    st.tuples(st.just("drop"), st.sampled_from(["known kind", "record.json"])),
)


@pytest.mark.slow
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=st.lists(RECORD, min_size=3, max_size=8),
    actions=st.lists(ACTION, min_size=1, max_size=5),
    merge=st.sampled_from(["ignore", "replace"]),
)
def test_every_record_is_in_one_place_after_every_step(shop, first, actions, merge) -> None:
    one = shop(kinds=["a"], custom={"merge": merge})
    one.land(first)
    for act, given_ in actions:
        match act:
            case "mend":
                one.mend(kinds=given_, custom={"merge": merge})
                tried = one.replay(dry_run=True)
                assert figures(one.replay()) == figures(tried)
            case "land":
                one.land(given_)
            case "set":
                tried = one.replay(given_, dry_run=True)
                assert figures(one.replay(given_)) == figures(tried)
            case "drop":
                one.drop(choice=Choice(checks=(given_,)))
        held = one.tables()
        assert held.silver["id"].is_duplicated().sum() == 0
    one.replay()  # what landed was judged by the contract as it was at first
    before = one.heads()
    after = one.replay()
    assert after.tried == after.still_bad
    assert one.heads() == before
