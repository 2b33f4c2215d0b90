"""The figures of GitHub's gold tables, counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from tests.projects.events import event, old, push
from tests.projects.gold import audit, build, front, models
from tests.projects.records import contract, judge

FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 2)
ANN, BOB, APP = ({"id": 7, "login": "ann"}, {"id": 8, "login": "bob"}, {"id": 9, "login": "renovate[bot]"})
TOOLS = {"id": 70, "name": "ann/tools"}
RENAMED = {"id": 70, "name": "acme/tools"}
DOCS = {"id": 60, "name": "bob/docs"}


def star(number: int, time: str, actor: dict[str, Any], repo: dict[str, Any]) -> dict[str, Any]:
    return old(id=str(number), actor=actor, repo=repo, created_at=time)


RECORDS = [
    push(1, id="1", actor=ANN, repo=TOOLS, created_at="2026-03-01T10:00:00Z"),
    push(5, id="2", actor=ANN, repo=TOOLS, created_at="2026-03-01T10:59:59Z", distinct=4),
    push(21, id="3", actor=BOB, repo=DOCS, created_at="2026-03-01T11:00:00Z"),
    event(
        id="4", actor=APP, repo=DOCS, created_at="2026-03-01T12:00:00+01:00"
    ),  # a push without its size, at 11:00
    star(5, "2026-03-01T23:59:59Z", BOB, TOOLS),
    star(6, "2026-03-02T00:00:00Z", ANN, TOOLS),
    star(7, "2026-03-02T00:00:01Z", ANN, RENAMED),
    event(id="8", actor=ANN, repo=DOCS, created_at="2026-03-02T00:30:00Z"),
]


@pytest.fixture(scope="module")
def gold() -> dict[str, pl.DataFrame]:
    verdict = judge(contract("github", "events"), RECORDS)
    assert verdict.refused == []
    return build("github", {"events": verdict.good})


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_events_per_hour(gold: dict[str, pl.DataFrame]) -> None:
    assert gold["events_per_hour"].rows() == [
        (FIRST, at(1, 10), "PushEvent", 2, 1, 1),
        (FIRST, at(1, 11), "PushEvent", 2, 2, 1),
        (FIRST, at(1, 23), "WatchEvent", 1, 1, 1),
        (SECOND, at(2, 0), "PushEvent", 1, 1, 1),
        (SECOND, at(2, 0), "WatchEvent", 2, 1, 1),
    ]


def test_top_repos(gold: dict[str, pl.DataFrame]) -> None:
    """The second day begins anew; a repository has its newest name."""
    assert gold["top_repos"].rows() == [
        (FIRST, 1, 70, "ann/tools", 3, 2, 2, 1, 0),
        (FIRST, 2, 60, "bob/docs", 2, 2, 2, 0, 0),
        (SECOND, 1, 70, "acme/tools", 2, 1, 0, 2, 0),
        (SECOND, 2, 60, "bob/docs", 1, 1, 1, 0, 0),
    ]


def test_top_actors(gold: dict[str, pl.DataFrame]) -> None:
    assert gold["top_actors"].rows() == [
        (FIRST, 1, 7, "ann", False, 2, 1, 2),
        (FIRST, 2, 8, "bob", False, 2, 2, 1),
        (FIRST, 3, 9, "renovate[bot]", True, 1, 1, 1),
        (SECOND, 1, 7, "ann", False, 3, 2, 1),
    ]


def test_push_sizes(gold: dict[str, pl.DataFrame]) -> None:
    """Sizes 1, 5 and 21: the 95th percentile lies nine tenths of the way from 5 to 21."""
    assert gold["push_sizes"].rows() == [
        (FIRST, 4, 3, 27, 26, 5.0, pytest.approx(5 + 0.9 * 16), 21),
        (SECOND, 1, 0, None, None, None, None, None),
    ]


def test_at_most_100_are_listed() -> None:
    many = [
        star(n, "2026-03-01T10:00:00Z", {"id": n, "login": "x"}, {"id": n, "name": "a/b"})
        for n in range(1, 121)
    ]
    tables = build("github", {"events": judge(contract("github", "events"), many).good})
    for name, key in (("top_repos", "repo_id"), ("top_actors", "actor_id")):
        assert tables[name].select("rank", key).rows() == [(n, n) for n in range(1, 101)]


@pytest.mark.parametrize("name", models("github"))
def test_every_table_holds_its_contract(gold: dict[str, pl.DataFrame], name: str) -> None:
    result = audit("github", name, gold[name])
    assert [check.name for check in result.checks if check.status != "pass"] == []


@pytest.mark.parametrize("name", models("github"))
def test_a_day_is_built_from_the_events_of_that_day_alone(gold: dict[str, pl.DataFrame], name: str) -> None:
    """What makes it right to rebuild only the days that changed."""
    told = front("github", name)
    events = judge(contract("github", "events"), RECORDS).good
    column = told["incremental"]
    parts = [
        build("github", {"events": events.filter(pl.col(told["source_date"]).dt.date() == day)})[name]
        for day in (FIRST, SECOND)
    ]
    assert [part[column].unique().to_list() for part in parts] == [[FIRST], [SECOND]]
    assert pl.concat(parts).equals(gold[name])
