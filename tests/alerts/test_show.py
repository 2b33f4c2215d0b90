"""What may be shown of channels and rules: places without secrets, and rules in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.alerts.place import kind_of, place_of, secrets_of
from sentineldq.alerts.rules import Channel, Escalation, Match, Route, Subject, fits, listed, misfits
from sentineldq.alerts.words import gone, meant, told

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
CANARY = "c4n4ry-5ecret"


@pytest.mark.parametrize(
    ("channel", "kind", "place"),
    [
        (
            Channel(webhook=f"https://u:{CANARY}@hooks.example.org/{CANARY}?key={CANARY}"),
            "webhook",
            "hooks.example.org",
        ),
        (Channel(webhook="http://127.0.0.1:8123/hook", secret=CANARY), "webhook", "127.0.0.1:8123"),
        (
            Channel(url=f"mailtos://dq:{CANARY}@mail.example.org?to=ada@example.org,bob@example.org"),
            "mail",
            "ada@example.org, bob@example.org by mail.example.org",
        ),
        (Channel(url=f"mailto://dq:{CANARY}@mail.example.org?to={CANARY}"), "mail", "mail.example.org"),
        (Channel(url=f"slack://{CANARY}/B1/{CANARY}/#alerts"), "slack", None),
        (Channel(url=f"tgram://{CANARY}/12"), "telegram", None),
        (Channel(url=f"pagerduty://{CANARY}@{CANARY}/x"), "pagerduty", None),
        (Channel(url=CANARY), "unknown", None),
        (Channel(url=f"https://[{CANARY}"), "unknown", None),
        (Channel(webhook=f"http://h:99{CANARY}/"), "webhook", None),
    ],
)
def test_a_place_holds_no_secret(channel: Channel, kind: str, place: str | None) -> None:
    assert (kind_of(channel), place_of(channel)) == (kind, place)
    assert CANARY in "".join(secrets_of(channel)) + f"{channel.url or channel.webhook}"


def test_the_secrets_of_a_channel_are_all_its_parts() -> None:
    channel = Channel(
        url="slack://T0K3NAAA/T0K3NBBB/T0K3N%2FCCC/#alerts-of-us?key=T0K3NDDD", secret="hush-hush"
    )
    assert {"T0K3NAAA", "T0K3NBBB", "T0K3N/CCC", "T0K3N%2FCCC", "hush-hush", channel.url} <= secrets_of(
        channel
    )
    mail = Channel(url="mailto://ada:p4ssw0rd@mail.example.org?to=ada@example.org&pass=0therpass")
    assert {"p4ssw0rd", "0therpass"} <= secrets_of(mail)
    assert not {"ada@example.org", "mail.example.org"} & secrets_of(mail)


def test_rules_are_said_in_words() -> None:
    match = Match(
        severity=["WARNING", "CRITICAL"], dataset=["a*", "b", "c"], owner=["ada"], hours="mon-fri 08:00-18:00"
    )
    assert meant(match) == "WARNING or CRITICAL alerts of a*, b or c owned by ada within mon-fri 08:00-18:00"
    assert meant(Match(kind=["run"])) == "all alerts of kind run"
    route = Route(
        to=["mail", "chat"], digest="15m", escalate=[Escalation(after="30m", to=["boss"])], last=True
    )
    assert gone(route) == (
        "go to mail and chat, put together every 15m, to boss as well after 30m without an answer, "
        "and by no route below"
    )
    assert gone(Route(to=[])) == "go to nobody"


def test_what_would_become_of_an_alert_is_said() -> None:
    later = NOW + timedelta(minutes=3)
    assert told({}, now=NOW, held=None, fitting=0) == "nobody is told: no route fits"
    assert told({"b": NOW, "a": NOW, "c": later}, now=NOW, held=None, fitting=2) == (
        "a and b would be told at once, c with the next digest"
    )
    assert "when the maintenance is over" in told({"b": later}, now=NOW, held=later, fitting=1)


WORDS = st.sampled_from(["a", "b", "run", "WARNING", "CRITICAL", "silver.a"])
MATCHES = st.builds(
    Match,
    severity=st.lists(st.sampled_from(["INFO", "WARNING", "CRITICAL"]), max_size=2),
    kind=st.lists(WORDS, max_size=2),
    dataset=st.lists(WORDS, max_size=2),
    owner=st.lists(WORDS, max_size=2),
    hours=st.sampled_from([None, "mon-fri 09:00-18:00", "sat 09:00-10:00"]),
)
SUBJECTS = st.builds(
    Subject,
    severity=WORDS,
    kind=WORDS,
    dataset=st.none() | WORDS,
    owners=st.lists(WORDS, max_size=2).map(tuple),
)


@given(match=MATCHES, of=SUBJECTS)
def test_each_part_that_does_not_fit_is_said_and_nothing_else(match: Match, of: Subject) -> None:
    said = list(misfits(match, of, now=NOW))
    alone = {
        "severity": Match(severity=match.severity),
        "kind": Match(kind=match.kind),
        "dataset": Match(dataset=match.dataset),
        "owner": Match(owner=match.owner),
        "hour": Match(hours=match.hours),
    }
    wrong = [name for name, part in alone.items() if not fits(part, of, now=NOW)]
    assert len(said) == len(wrong)
    assert all(name in text for name, text in zip(wrong, said, strict=True))
    assert fits(match, of, now=NOW) == (not wrong)


def test_words_in_a_row() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "and")] == [
        "",
        "a",
        "a or b",
        "a, b and c",
    ]
