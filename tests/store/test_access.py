"""Users, sessions, keys, the audit log and requests that come twice, in each database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from sentineldq.errors import UsageError
from sentineldq.store import audit, idempotency, keys, logins, sessions, tries, users
from sentineldq.store.database import Store
from sentineldq.store.tables import AUDIT_LOG, ROLES, TRIES

NOW = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(store: Store) -> users.User:
    return users.add(store, name="ada", role="admin", now=NOW, password="a hash")


@pytest.fixture
def issued(store: Store) -> Callable[..., keys.Key]:
    def make(**said: Any) -> keys.Key:
        usual: dict[str, Any] = {
            "key_id": "k1",
            "digest": "d1",
            "name": "nightly",
            "user_id": None,
            "role": "steward",
            "scopes": ("alerts",),
            "created_at": NOW,
            "expires_at": None,
        }
        made = keys.Key(**{**usual, **said})
        keys.add(store, made)
        return made

    return make


def begun(store: Store, user: users.User, digest: str = "s1") -> None:
    session = sessions.Session(
        digest=digest, user_id=user.user_id, csrf="c", created_at=NOW, seen_at=NOW, expires_at=NOW + HOUR
    )
    sessions.begin(store, session)


def test_a_user_is_kept_as_given(store: Store, ada: users.User) -> None:
    assert users.by_name(store, "ada") == users.by_id(store, ada.user_id) == ada
    assert users.by_name(store, "Ada") is None
    assert users.everyone(store) == [ada]
    assert users.count(store) == 1


def test_a_subject_is_of_its_issuer(store: Store) -> None:
    made = users.add(store, name="x", role="viewer", now=NOW, issuer="https://a", subject="1")
    assert users.by_subject(store, issuer="https://a", subject="1") == made
    assert users.by_subject(store, issuer="https://b", subject="1") is None
    with pytest.raises(UsageError):
        users.add(store, name="y", role="viewer", now=NOW, issuer="https://a", subject="1")


def test_names_and_roles_are_checked(store: Store, ada: users.User) -> None:
    with pytest.raises(UsageError, match="there is a user 'ada' already"):
        users.add(store, name="ada", role="viewer", now=NOW)
    with pytest.raises(UsageError, match="'root' is no role"):
        users.add(store, name="x", role="root", now=NOW)
    with pytest.raises(UsageError, match="'root' is no role"):
        users.change(store, ada.user_id, now=NOW, role="root")
    assert users.change(store, "nobody", now=NOW, role="viewer") is None


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"password": "other"}, {"active": False}])
def test_a_change_ends_sessions_and_the_last_admin_stays(store: Store, ada: users.User, change: Any) -> None:
    begun(store, ada)
    if "password" not in change:
        with pytest.raises(UsageError, match="one admin has to stay"):
            users.change(store, ada.user_id, now=NOW, **change)
        assert users.by_name(store, "ada") == ada
        assert sessions.find(store, "s1", now=NOW) is not None
        users.add(store, name="grace", role="admin", now=NOW)
    changed = users.change(store, ada.user_id, now=NOW + HOUR, **change)
    assert changed is not None
    assert {name: getattr(changed, name) for name in change} == change
    assert sessions.find(store, "s1", now=NOW) is None


def test_two_admins_cannot_both_go(store: Store, ada: users.User) -> None:
    """Each sees the other one still there, unless they come one after the other."""
    grace = users.add(store, name="grace", role="admin", now=NOW)

    def demote(user: users.User) -> bool:
        try:
            return users.change(store, user.user_id, now=NOW, role="viewer") is not None
        except UsageError:
            return False

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(demote, [ada, grace]))
    assert sum(done) == 1
    assert sum(one.role == "admin" for one in users.everyone(store)) == 1


def test_a_session_ends(store: Store, ada: users.User) -> None:
    for digest in ("s1", "s2", "s3"):
        begun(store, ada, digest)
    found = sessions.find(store, "s1", now=NOW + HOUR - timedelta(seconds=1))
    assert found is not None
    assert found[1] == ada
    assert sessions.find(store, "s1", now=NOW + HOUR) is None
    sessions.end(store, "s1")
    assert sessions.find(store, "s1", now=NOW) is None
    sessions.end_all(store, ada.user_id)
    assert sessions.find(store, "s2", now=NOW) is None
    begun(store, ada)
    sessions.prune(store, now=NOW + HOUR)
    assert sessions.find(store, "s1", now=NOW) is None


def test_when_a_session_was_used_is_kept_to_the_minute(store: Store, ada: users.User) -> None:
    begun(store, ada)
    for seconds, seen in ((30, 0), (90, 0), (100, 90)):
        found = sessions.find(store, "s1", now=NOW + timedelta(seconds=seconds))
        assert found is not None
        assert found[0].seen_at == NOW + timedelta(seconds=seen)


def test_a_key_holds_until_it_does_not(store: Store, issued: Callable[..., keys.Key]) -> None:
    made = issued(expires_at=NOW + HOUR)
    found = keys.find(store, "d1", now=NOW)
    assert found is not None
    assert (found.role, list(found.scopes)) == ("steward", ["alerts"])
    assert keys.find(store, "d2", now=NOW) is None
    assert keys.find(store, "d1", now=NOW + HOUR) is None
    assert keys.every(store)[0].used_at == NOW
    assert keys.revoke(store, made.key_id, now=NOW)
    assert not keys.revoke(store, made.key_id, now=NOW)
    assert keys.find(store, "d1", now=NOW) is None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("highest", ROLES)
def test_a_key_may_no_more_than_its_user(
    store: Store, ada: users.User, issued: Callable[..., keys.Key], role: str, highest: str
) -> None:
    owner = users.add(store, name="grace", role=highest, now=NOW)
    issued(role=role, user_id=owner.user_id)
    found = keys.find(store, "d1", now=NOW)
    assert found is not None
    assert found.role == min(role, highest, key=ROLES.index)
    users.change(store, owner.user_id, now=NOW, active=False)
    assert keys.find(store, "d1", now=NOW) is None


def test_a_key_is_found_by_the_beginning_of_its_id(store: Store, issued: Callable[..., keys.Key]) -> None:
    issued(key_id="abc1", digest="x")
    issued(key_id="abd2", digest="y")
    assert keys.get(store, "abc").digest == "x"
    for text in ("ab", "", "zz"):
        with pytest.raises(UsageError):
            keys.get(store, text)


def wrote(store: Store, number: int) -> None:
    audit.add(
        store,
        at=NOW + timedelta(microseconds=number),
        actor=f"a{number}",
        role="admin",
        address=None,
        action="POST /x",
        target="/x",
        status=200,
        details={"n": number, "é": [1.5, None]},
    )


@pytest.mark.parametrize(
    "column", ["at", "actor", "role", "address", "action", "target", "status", "details", "chain"]
)
def test_an_entry_that_was_changed_is_found(store: Store, column: str) -> None:
    for number in range(5):
        wrote(store, number)
    assert audit.broken(store) is None
    third = audit.query(store)[2].entry_id
    other = {"at": NOW - HOUR, "status": 500, "details": {"n": 9}}.get(column, "other")
    with store.write() as connection:
        connection.execute(update(AUDIT_LOG).where(AUDIT_LOG.c.entry_id == third).values({column: other}))
    assert audit.broken(store) == third


def test_an_entry_that_was_taken_out_is_found(store: Store) -> None:
    for number in range(5):
        wrote(store, number)
    ids = [one.entry_id for one in audit.query(store)][::-1]
    with store.write() as connection:
        connection.execute(AUDIT_LOG.delete().where(AUDIT_LOG.c.entry_id == ids[1]))
    assert audit.broken(store) == ids[2]


def test_writers_at_once_make_one_chain(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: wrote(store, number), range(40)))
    assert audit.broken(store) is None
    assert len(audit.query(store)) == 40


def test_entries_come_in_pages(store: Store) -> None:
    for number in range(5):
        wrote(store, number)
    first = audit.query(store, limit=2)
    rest = audit.query(store, before=first[-1].entry_id)
    assert [one.actor for one in [*first, *rest]] == ["a4", "a3", "a2", "a1", "a0"]
    assert [one.actor for one in audit.query(store, which=audit.Which(actor="a3"))] == ["a3"]


def test_an_intent_is_listed_until_it_is_told_what_came_of_it(store: Store) -> None:
    said = {"at": NOW, "actor": "a", "role": None, "address": None, "action": "POST /x", "target": "/x"}
    wrote(store, 1)
    broken_off = audit.add(store, **said, status=audit.UNKNOWN)
    intent = audit.add(store, **said, status=audit.UNKNOWN)
    done = audit.add(store, **said, status=201, intent=intent)
    assert [one.entry_id for one in audit.query(store, limit=2)] == [done, broken_off]
    assert audit.broken(store) is None
    with store.write() as connection:  # to hide what was broken off is found out
        which = AUDIT_LOG.c.entry_id == done
        connection.execute(update(AUDIT_LOG).where(which).values(intent=broken_off))
    assert audit.broken(store) == done


def test_entries_are_chosen(store: Store) -> None:
    for number in range(4):
        wrote(store, number)
    audit.add(
        store, at=NOW, actor=None, role=None, address=None, action="PUT /y", target="/y_100%", status=403
    )

    def chosen(**said: Any) -> list[str | None]:
        return [one.actor for one in audit.query(store, which=audit.Which(**said))]

    assert chosen(text="A2") == ["a2"]
    assert chosen(text="y_100%") == [None]
    assert chosen(text="x_") == []
    assert chosen(status=(400, 500)) == [None]
    assert chosen(since=NOW + timedelta(microseconds=2)) == ["a3", "a2"]
    assert chosen(until=NOW + timedelta(microseconds=1), status=(100, 400)) == ["a0"]


def test_what_is_taken_comes_back_with_time(store: Store) -> None:
    def take(*names: str) -> float:
        return tries.take(store, names, burst=3, every=HOUR).total_seconds()

    assert [take("a") for _ in range(3)] == [0, 0, 0]
    assert 3590 < take("a") <= 3600
    assert 3590 < take("a") <= 3600  # one that is refused costs nothing
    assert take("b", "a") > 3590
    assert [take("b") for _ in range(3)] == [0, 0, 0]
    with store.write() as connection:
        connection.execute(update(TRIES).values(full_at=NOW - 365 * 24 * HOUR))
    assert take("a") == 0
    with store.read() as connection:
        assert len(connection.execute(select(TRIES)).all()) == 1  # those that are full again are forgotten


def test_tries_at_once_are_counted_together(store: Store) -> None:
    def take(_: int) -> bool:
        return not tries.take(store, ["x", "y"], burst=5, every=HOUR)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(take, range(12))) == 5


def test_a_login_is_finished_once(store: Store) -> None:
    logins.begin(store, "d", now=NOW, until=NOW + HOUR)
    assert not logins.finish(store, "other", now=NOW)
    assert logins.finish(store, "d", now=NOW)
    assert not logins.finish(store, "d", now=NOW)
    logins.begin(store, "late", now=NOW, until=NOW + HOUR)
    assert not logins.finish(store, "late", now=NOW + HOUR)


def test_logins_are_not_kept_without_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "MOST", 3)
    for number in range(5):
        logins.begin(store, str(number), now=NOW, until=NOW + HOUR + timedelta(seconds=number))
    assert [logins.finish(store, str(number), now=NOW) for number in range(5)] == [False, False, *[True] * 3]


def test_of_claims_at_once_one_is_new(store: Store) -> None:
    def claim(number: int) -> str:
        return idempotency.claim(store, actor="a", key="k", request=f"r{number % 2}", now=NOW).state

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(claim, range(40)))
    assert found.count("new") == 1
    assert set(found) == {"new", "running", "other"}
    assert (found.count("running"), found.count("other")) == (19, 20)


def test_an_answer_is_kept_for_a_day(store: Store) -> None:
    said = {"actor": "a", "key": "k"}
    assert idempotency.claim(store, **said, request="r", now=NOW).state == "new"
    idempotency.finish(store, **said, status=201, answer={"body": "{}", "type": "x"})
    late = NOW + idempotency.TERM - timedelta(microseconds=1)
    found = idempotency.claim(store, **said, request="r", now=late)
    assert (found.state, found.status, found.answer) == ("done", 201, {"body": "{}", "type": "x"})
    assert idempotency.claim(store, **said, request="q", now=late).state == "other"
    assert idempotency.claim(store, actor="b", key="k", request="q", now=late).state == "new"
    assert idempotency.claim(store, **said, request="q", now=NOW + idempotency.TERM).state == "new"


def test_what_was_not_done_may_be_tried_again(store: Store) -> None:
    said = {"actor": "a", "key": "k"}
    idempotency.claim(store, **said, request="r", now=NOW)
    idempotency.release(store, **said)
    assert idempotency.claim(store, **said, request="q", now=NOW).state == "new"


@given(
    before=st.text(),
    said=st.dictionaries(st.text(), st.none() | st.integers() | st.text(), max_size=4),
    other=st.text(),
)
@settings(max_examples=50)
def test_a_link_is_of_all_that_it_holds(before: str, said: dict[str, Any], other: str) -> None:
    full = {**said, "at": NOW}
    link = audit.link("0", full)
    assert link == audit.link("0", dict(reversed(full.items())))
    assert audit.link("1", full) != link
    assert audit.link("0", {**full, "at": NOW + timedelta(microseconds=1)}) != link
    if full.get("actor") != other:
        assert audit.link("0", {**full, "actor": other}) != link
