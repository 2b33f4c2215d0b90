"""`sentinel profile`: of files, of profiles written before, and of the hours that a project's store has."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from rich.cells import cell_len

from sentineldq.pipeline.profiles.pending import join
from sentineldq.profiles.build import profile
from sentineldq.profiles.codec import decode, encode
from sentineldq.profiles.plan import Plan
from sentineldq.store import profiles
from sentineldq.store.open import open_store
from tests.cli.tiny import CONTRACT, SETTINGS, register, write_project

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
PRIVATE = CONTRACT.replace("description: Its number.", "description: Its number., classification: restricted")


@pytest.fixture(autouse=True)
def known(monkeypatch):
    register(monkeypatch, "profile")


@pytest.fixture
def shop(folder):
    write_project(folder)
    return folder


def fill(folder, hours: int = 30, *, rows: int = 10):
    """So many hours of a project's store, the last one hour ago."""
    with open_store(f"sqlite:///{folder / '.sentinel/store.db'}") as store:
        for batch in range(1, hours + 1):
            at = NOW - batch * HOUR
            part = pl.DataFrame({"id": range(rows), "at": [at + n * HOUR / rows for n in range(rows)]})
            found = profile(part, plan=Plan(key=("id",), event="at"))
            profiles.add(
                store,
                dataset="orders",
                partition="files",
                batch=batch,
                hours={at: encode(found)},
                rows={at: rows},
                join=join,
            )


@pytest.mark.parametrize("width", [80, 140])
def test_a_file_is_a_line_for_each_column_within_the_width(sentinel, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    ran = sentinel("profile", "orders.csv")
    head, _, titles, *lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert head == "orders.csv: 200 rows, 11 columns"
    assert titles.split()[:4] == ["column", "type", "null", "distinct"]
    assert ("mean" in titles) == (width == 140)
    named = [line.split()[0] for line in lines[:11]]
    assert named == pl.read_csv("orders.csv").columns
    assert max(map(len, ran.out.splitlines())) <= width
    quantity = next(line for line in lines if line.startswith("quantity"))
    assert quantity.rstrip().endswith("  0 · 1 · 5" if width == 80 else "  0 · 1 · 1 · 1 · 2 · 3 · 5")


def test_json_has_all_that_is_known(sentinel):
    frame = pl.read_csv("orders.csv")
    told = json.loads(sentinel("profile", "orders.csv", "-f", "json").out)
    assert (told["source"], told["rows"], told["keys"]) == ("orders.csv", 200, None)
    columns = {one["path"]: one for one in told["columns"]}
    amount = columns["amount"]
    assert (amount["kind"], amount["nulls"], amount["masked"]) == ("number", 0, False)
    assert (amount["low"], amount["high"]) == (frame["amount"].min(), frame["amount"].max())
    assert amount["moments"]["mean"] == pytest.approx(frame["amount"].mean())
    assert amount["quantiles"]["values"]["0.5"] == pytest.approx(frame["amount"].median(), rel=0.05)
    country = {one["value"]: one["count"] for one in columns["country"]["frequent"]["values"]}
    assert country == dict(frame["country"].value_counts().rows())
    assert columns["country"]["frequent"]["exact"]
    assert columns["ordered_at"]["moments"]["mean"].startswith("2026-03-0")


def test_what_the_contract_classifies_shows_no_value(sentinel, folder):
    text = (folder / "orders.odcs.yaml").read_text()
    assert "classification" in text
    for form in ("table", "json"):
        ran = sentinel("profile", "orders.csv", "-c", "orders.odcs.yaml", "-f", form)
        assert ran.code == 0
        assert "example.com" not in ran.out
    masked = [one["path"] for one in json.loads(ran.out)["columns"] if one["masked"]]
    assert "email" in masked


def test_profiles_are_written_and_shown_as_one(sentinel, folder):
    frame = pl.read_csv("orders.csv")
    for name, part in (("a", frame[:120]), ("b", frame[120:])):
        part.write_csv(f"{name}.csv")
        ran = sentinel("profile", f"{name}.csv", "--output", f"{name}.sqp")
        assert (ran.code, ran.err) == (0, f"wrote {name}.sqp\n")
    assert decode((folder / "a.sqp").read_bytes()).rows == 120
    whole = json.loads(sentinel("profile", "orders.csv", "-f", "json").out)
    for given in (["a.sqp", "b.sqp"], ["b.csv", "a.sqp"]):
        both = json.loads(sentinel("profile", *given, "-f", "json").out)
        assert both["rows"] == 200
        for one, other in zip(both["columns"], whole["columns"], strict=True):
            for name in ("path", "types", "nulls", "low", "high", "distinct"):
                assert one[name] == other[name]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PAR1", "no profile"), (b"SDQP\x01nonsense", "damaged")],
    ids=["other", "damaged"],
)
def test_bytes_that_are_no_profile_are_told(sentinel, folder, content, words):
    (folder / "x.sqp").write_bytes(content)
    ran = sentinel("profile", "x.sqp")
    assert ran.code == 3
    assert "x.sqp" in ran.err
    assert words in ran.err


def test_what_is_not_there_is_told(sentinel):
    for name in ("none.csv", "none.sqp"):
        ran = sentinel("profile", name)
        assert ran.code == 3
        assert name in ran.err


def test_a_dataset_is_what_the_store_has(sentinel, shop):
    fill(shop)
    ran = sentinel("profile", "orders", "-p", ".")
    head, _, _, *lines = ran.out.splitlines()
    assert ran.code == 0
    assert "(30 hours): 300 rows, 2 columns" in head
    assert [line.split()[0] for line in lines] == ["id", "at"]


@pytest.mark.parametrize(
    ("options", "hours"),
    [
        (["--window", "24h"], 24),
        (["--window", "7d"], 30),
        (["--since", "5h"], 5),
        (["--since", (NOW - 10 * HOUR).isoformat(), "--until", (NOW - 4 * HOUR).isoformat()], 6),
        (["--until", (NOW - 28 * HOUR).isoformat()], 2),
    ],
    ids=["window", "longer than there is", "since so long ago", "between", "until"],
)
def test_a_window_is_of_whole_hours(sentinel, shop, options, hours):
    fill(shop)
    told = json.loads(sentinel("profile", "silver.orders", "-p", ".", *options, "-f", "json").out)
    assert told["rows"] == hours * 10
    assert f"({hours} hours)" in told["source"]


def test_what_was_classified_later_is_masked_too(sentinel, shop):
    fill(shop)
    write_project(shop, contract=PRIVATE)
    number, _ = json.loads(sentinel("profile", "orders", "-p", ".", "-f", "json").out)["columns"]
    assert (number["path"], number["masked"], number["low"], number["frequent"]) == ("id", True, None, None)
    assert number["distinct"]["estimate"] == pytest.approx(10)
    assert "(classified)" in sentinel("profile", "orders", "-p", ".").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["order", "-p", "."], "orders"),
        (["orders", "-p", "."], "no profiles yet"),
        (["orders", "orders", "-p", "."], "one dataset"),
        (["orders", "-p", ".", "-c", "orders.odcs.yaml"], "contracts of their own"),
        (["orders", "-p", ".", "--window", "1d", "--since", "2d"], "leave out --window"),
        (["orders", "-p", ".", "--window", "soon"], "--window 'soon'"),
        (["orders", "-p", ".", "--since", "1d", "--until", "2d"], "not after --since"),
        (["orders.csv", "--window", "1d"], "--project"),
        (["orders.csv", "-o", "orders.csv"], "what is read"),
        ([], "Missing argument"),
    ],
    ids=lambda given: "-".join(given)[:40].replace(".", "") if isinstance(given, list) else "",
)
def test_wrong_usage_says_what_is_meant(sentinel, shop, arguments, words):
    (shop / "sentinel.yaml").write_text(SETTINGS)
    ran = sentinel("profile", *arguments)
    assert ran.code == 2
    assert words in ran.err


def test_wide_characters_keep_the_columns_in_line(sentinel, folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    (folder / "x.csv").write_text("名前名前名前名前名前名前,b\n東京,1\n東京,2\n", encoding="utf-8")
    _, _, titles, wide, narrow = sentinel("profile", "x.csv").out.splitlines()
    assert cell_len(wide[: wide.index("string")]) == narrow.index("integer") == titles.index("type")


def test_text_of_the_data_cannot_steer_the_terminal(sentinel, folder):
    (folder / "x.csv").write_text("a\x1b[31m,b\n\x1b[2Jq,1\n\x1b[2Jq,2\n")
    ran = sentinel("profile", "x.csv")
    assert ran.code == 0
    assert "\x1b" not in ran.out
