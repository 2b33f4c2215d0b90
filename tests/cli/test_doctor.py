"""`sentinel doctor`: every fault is named with its place and its remedy, and looking changes nothing."""

from __future__ import annotations

import http.server
import json
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from sentineldq.lake.open import open_lake
from sentineldq.pipeline.machine import EMPTY, SCARCE, WAL_RESET, examine_disk, examine_python, examine_sqlite
from sentineldq.pipeline.note import Note, attempt
from sentineldq.store.migrate import HEAD
from sentineldq.store.open import open_store
from tests.cli.tiny import CONTRACT, SETTINGS, add_bronze, add_silver, register, write_project

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "hunter2-hunter2"
GOLD = "SELECT id FROM silver.orders WHERE id > 1"


@pytest.fixture
def shop(folder, monkeypatch):
    register(monkeypatch, "doctor")
    for name in ("GITHUB_TOKEN", "GITHUB_EVENTS_URL", "SENTRY_DSN", "AWS_ACCESS_KEY_ID", "SHOP_KEY"):
        monkeypatch.delenv(name, raising=False)
    write_project(folder)
    return folder


@pytest.fixture
def notes(sentinel, shop):
    """The notes of the project, those of one subject, or those that are not well."""

    def call(about: str | None = None, *, code: int | None = None, simulated: bool = False) -> list[Note]:
        ran = sentinel("doctor", "-f", "json", *(["--simulated"] if simulated else []))
        found = [Note(**one) for one in json.loads(ran.out)]
        assert ran.err == ""
        assert ran.code == (code if code is not None else int(any(one.level == "problem" for one in found)))
        return [one for one in found if (one.about == about if about else one.level != "ok")]

    return call


def settings(shop: Path, text: str) -> None:
    (shop / "sentinel.yaml").write_text(text)


def listing(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_new_project_is_well_and_stays_as_it_is(sentinel, shop, notes):
    before = listing(shop)
    assert notes(code=0) == []
    assert listing(shop) == before
    ran = sentinel("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "all is well"
    assert {line.split()[0] for line in ran.out.splitlines()[:-2]} == {"ok"}
    for about in ("python", "sqlite", "time zones", "contract", "pipeline orders", "lake", "store", "disk"):
        assert notes(about), about


def test_no_project_is_a_problem_and_the_machine_is_looked_at(notes, shop):
    (shop / "sentinel.yaml").unlink()
    (one,) = notes(code=1)
    assert (one.level, one.about) == ("problem", "project")
    assert "sentinel init" in one.hint
    assert notes("python")


def test_a_wrong_project_file_is_told_by_line(notes, shop):
    settings(shop, SETTINGS.replace("schedule", "shedule") + "lake: ${NOWHERE}\n")
    (one,) = notes(code=1)
    assert "unknown key 'shedule'" in one.what
    assert "line 6" in one.what
    assert "NOWHERE" in one.what


@pytest.mark.parametrize(
    ("change", "about", "told"),
    [
        (("every: 1h", "every: 1 fortnight"), "pipeline orders", "not an interval"),
        (("{every: 1h}", "{cron: '0 0 31 2 *'}"), "pipeline orders", "cron"),
        (("kind: files", "kind: file"), "pipeline orders", "there is no kind of source 'file'"),
        (("path: data", "path: data, patern: x"), "pipeline orders", "unknown key 'patern'"),
        (("orders.odcs", "order.odcs"), "contract", "cannot be read"),
        (("name: shop", "name: shop\nupkeep: {keep-snapshots: long}"), "upkeep", "long"),
        (("name: shop", "name: shop\nstore: redis://x"), "store", "a store in redis is not known"),
        (("name: shop", "name: shop\nlake: sentinel.yaml/lake"), "lake", "it cannot be made: that is a file"),
    ],
    ids=["interval", "never", "kind", "key", "no-contract", "age", "store", "lake"],
)  # fmt: skip
def test_each_fault_of_the_project_file_is_a_problem(notes, shop, change, about, told):
    settings(shop, SETTINGS.replace(*change))
    found = [one for one in notes(code=1) if one.about == about]
    assert any(one.level == "problem" and told in one.what for one in found), notes()


def test_a_simulation_that_cannot_be_made_is_a_problem(notes, shop):
    settings(shop, SETTINGS + "    simulate: {kind: simulate, shape: githup}\n")
    assert any("githup" in one.what for one in notes(code=1))


def test_contracts_are_linted_and_made_ready(notes, shop):
    write_project(shop, contract=CONTRACT.replace("logicalType: integer", "logicalType: intger"))
    linted, *unready = notes(code=1)
    assert (linted.about, linted.where) == ("contract", "contracts/orders.odcs.yaml")
    assert "intger" in linted.what
    assert linted.hint.startswith("sentinel contract lint ")
    assert unready
    write_project(
        shop,
        contract=CONTRACT.replace(
            "description: One order.", "customProperties: [{property: merge, value: newest}]"
        ),
    )
    assert any("merge is `ignore` or `replace`" in one.what for one in notes(code=1))


def test_contracts_that_no_pipeline_names_are_linted_too(notes, shop):
    (shop / "contracts/old.odcs.yaml").write_text("kind: DataContract\n")
    (one,) = notes(code=1)
    assert one.where == "contracts/old.odcs.yaml"


def test_a_source_that_does_not_answer_is_a_warning(notes, shop):
    settings(shop, SETTINGS.replace("path: data", "path: nowhere"))
    (one,) = notes(code=0)
    assert (one.level, one.about) == ("warning", "source of orders")
    assert "there is no folder" in one.what
    settings(shop, SETTINGS.replace("kind: files, path: data", "kind: rest, base_url: 'http://127.0.0.1:9'"))
    (one,) = notes(code=0)
    assert (one.level, one.where) == ("warning", "127.0.0.1")
    assert "does not answer" in one.what


@pytest.fixture
def server():
    """A server that has nothing, which is an answer."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as running:
        running.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_any_answer_is_an_answer(notes, shop, server):
    settings(shop, SETTINGS.replace("kind: files, path: data", f"kind: rest, base_url: '{server}'"))
    assert [one.level for one in notes("source of orders")] == ["warning"]  # 501: HEAD is not implemented
    settings(shop, SETTINGS.replace("kind: files, path: data", f"kind: github, url: '{server}/events'"))
    assert len(notes("source of orders")) == 2


def test_variables_are_named_never_shown(sentinel, notes, shop, monkeypatch):
    settings(
        shop,
        SETTINGS.replace(
            "kind: files, path: data",
            "kind: rest, base_url: 'http://127.0.0.1:9', auth: {bearer_env: SHOP_KEY}",
        )
        + "description: ${SHOP_NOTE:-none} ${SHOP_KEY:-none}\n# ${COMMENTED}\n",
    )
    (one,) = notes(code=1)
    assert (one.what, one.where) == (
        "the environment variable SHOP_KEY is not set",
        "sentinel.yaml: pipelines.orders.source.bearer_env",
    )
    monkeypatch.setenv("SHOP_KEY", SECRET)
    (told,) = notes("variables")
    assert told.what == "SHOP_KEY set, SHOP_NOTE by default"
    ran = sentinel("doctor")
    assert SECRET not in ran.out + ran.err


def test_a_password_in_a_url_is_not_shown(sentinel, shop):
    settings(
        shop,
        f"catalog: postgresql://ada:{SECRET}@127.0.0.1:9/x\nstore: postgresql://ada:{SECRET}@127.0.0.1:9/x\n"
        + SETTINGS,
    )
    ran = sentinel("doctor")
    assert ran.code == 1
    assert SECRET not in ran.out + ran.err
    assert ran.out.count("problem  ") == 2


def test_what_a_secret_variable_holds_is_masked_wherever_it_turns_up(sentinel, shop, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)
    settings(shop, "lake: x-${SHOP_PASSWORD}/lake\nstore: postgres//ada:${SHOP_PASSWORD}@h/x\n" + SETTINGS)
    ran = sentinel("doctor")
    assert "x-***/lake" in ran.out
    assert SECRET not in ran.out + ran.err
    monkeypatch.delenv("SHOP_PASSWORD")
    settings(shop, f"store: postgres//ada:{SECRET}@h/x\n{SETTINGS}")
    ran = sentinel("doctor")
    assert "that is not the URL of a store" in ran.out
    assert SECRET not in ran.out + ran.err


def test_a_token_of_github_that_is_not_set_is_a_warning(notes, shop):
    settings(shop, SETTINGS.replace("kind: files, path: data", "kind: github, url: 'http://127.0.0.1:9/e'"))
    first, second = notes(code=0)
    assert "GITHUB_TOKEN is not set" in first.what
    assert second.where == "127.0.0.1"
    settings(
        shop,
        (shop / "sentinel.yaml").read_text() + "    simulate: {kind: simulate, shape: github, records: 9}\n",
    )
    assert "--records simulated" in notes(code=0)[1].hint
    assert notes(code=0, simulated=True) == []


def test_gold_models_are_parsed_and_want_contracts(notes, shop):
    (shop / "gold").mkdir()
    (shop / "gold/big.sql").write_text(GOLD)
    (one,) = notes(code=0)
    assert (one.level, one.where) == ("warning", "gold/big.sql")
    assert "unaudited" in one.what
    (shop / "contracts/gold_big.odcs.yaml").write_text(
        CONTRACT.replace("name: orders\nversion", "name: gold_big\nversion")
    )
    assert notes(code=0) == []
    (shop / "gold/big.sql").write_text(GOLD.replace("silver.orders", "silver.order"))
    (one,) = notes(code=1)
    assert "unknown table silver.order" in one.what
    (shop / "gold/big.sql").write_text(f"-- contract: nothing\n{GOLD}")
    (one,) = notes(code=1)
    assert "there is no contract 'nothing'" in one.what


def test_a_lake_and_a_store_that_are_there(notes, shop):
    with (
        open_lake(warehouse=str(shop / ".sentinel/lake")) as lake,
        open_store(f"sqlite:///{shop}/.sentinel/store.db"),
    ):
        add_bronze(lake, 2)
        add_silver(lake, [NOON])
    (one,) = notes("lake")
    assert one.level == "ok"
    assert one.what.startswith("2 tables, last commit 20")
    assert not list((shop / ".sentinel/lake/places").iterdir())
    (one,) = notes("store")
    assert (one.level, one.what) == ("ok", f"revision {HEAD}; it can be written to")


def test_a_table_that_cannot_be_read_and_one_whose_place_is_lost(notes, shop):
    with open_lake(warehouse=str(shop / ".sentinel/lake")) as lake:
        add_bronze(lake, 2)
        add_silver(lake, [NOON])
        table = lake.ensure("gold.big", lake.table("silver.orders").schema().as_arrow())
        table.append(lake.table("silver.orders").scan().to_arrow())  # another engine: no place
        Path(lake.table("silver.orders").metadata_location).write_text("not metadata")
    lost, damaged = notes(code=1)
    assert (lost.about, damaged.about) == ("table gold.big", "table silver.orders")
    assert "no snapshot of its history" in lost.what
    assert damaged.hint


def test_a_store_of_a_newer_version_and_one_that_is_none(notes, shop):
    path = shop / ".sentinel/store.db"
    with open_store(f"sqlite:///{path}") as store, store.write() as connection:
        connection.execute(sa.text("UPDATE store_version SET version_num = '9999'"))
    (one,) = notes(code=1)
    assert (one.about, one.hint) == ("store", "upgrade sentineldq")
    path.write_text("this is no database, and long enough to be told from an empty one" * 20)
    (one,) = notes(code=1)
    assert one.about == "store"
    assert "not a database" in one.what


def test_an_old_store_is_looked_at_and_not_migrated(notes, shop):
    path = shop / ".sentinel/store.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (x)")
    (one,) = notes("store")
    assert (one.level, one.what) == ("ok", f"revision none; the next run makes {HEAD}; it can be written to")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("other",)]


@pytest.mark.parametrize("place", ["s3://nowhere/lake", "lake"], ids=["s3", "local"])
def test_a_rest_catalog_that_does_not_answer_is_a_problem(notes, shop, place):
    settings(shop, f"lake: {place}\ncatalog: http://127.0.0.1:9/catalog\n{SETTINGS}")
    problem = next(one for one in notes(code=1) if one.level == "problem")
    assert problem.about == "lake"
    assert "the catalog does not answer" in problem.what
    if place.startswith("s3"):
        assert any("AWS_ACCESS_KEY_ID" in one.what and one.level == "warning" for one in notes())


def test_postgres_answers(notes, shop, postgres_url):
    settings(shop, f"catalog: {postgres_url}\nstore: {postgres_url}\n{SETTINGS}")
    assert notes(code=0) == []
    (one,) = notes("lake")
    assert one.what == "0 tables; it can be written to"
    (one,) = notes("store")
    assert one.what.startswith("revision ")
    only_read = (
        f"{postgres_url}{'&' if '?' in postgres_url else '?'}options=-cdefault_transaction_read_only%3Don"
    )
    settings(shop, f"store: {only_read}\n{SETTINGS}")
    (one,) = notes(code=1)
    assert one.about == "store"
    assert "it can only be read" in one.what


@pytest.mark.s3
def test_an_object_store_answers_or_is_one_problem(notes, shop, s3, postgres_catalog, monkeypatch):
    settings(shop, f"lake: {s3}\ncatalog: {postgres_catalog}\n{SETTINGS}")
    with open_lake(warehouse=s3, catalog=postgres_catalog) as lake:
        add_bronze(lake, 2)
    (one,) = notes("lake", code=0)
    assert one.what.startswith("1 table, last commit ")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    (one,) = notes(code=1)
    assert (one.level, one.about) == ("problem", "lake")
    assert "AWS_ENDPOINT_URL" in one.hint
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert [one.level for one in notes() if one.about == "lake"] == ["warning", "problem"]


def test_a_write_ahead_log_is_told_where_sqlite_can_corrupt_it(tmp_path):
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE x (y)")
    (one,) = examine_sqlite({"store": path, "catalog": tmp_path / "none.db"})
    harmed = WAL_RESET[0] <= sqlite3.sqlite_version_info < WAL_RESET[1]
    assert one.level == ("warning" if harmed else "ok")
    assert not harmed or one.where == str(path)
    (one,) = examine_sqlite({})
    assert one.level == "ok"


def test_little_disk_is_told(tmp_path, monkeypatch):
    for free, level in ((SCARCE, "ok"), (SCARCE - 1, "warning"), (EMPTY - 1, "problem")):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: type("Usage", (), {"free": free}))
        (one,) = examine_disk(tmp_path / "not/there/yet")
        assert one.level == level
        assert one.where == str(tmp_path)


def test_python_and_libraries_are_named():
    first, second = examine_python()
    assert first.what.startswith("Python 3.")
    assert "pyiceberg 0." in second.what


def test_an_examination_that_breaks_stops_no_other():
    def broken():
        yield Note(level="ok", about="x", what="so far")
        raise RuntimeError("no\nmore")

    assert [(one.level, one.what) for one in attempt("x", "here", broken)] == [
        ("ok", "so far"),
        ("problem", "RuntimeError: no"),
    ]


def test_error_reports_need_their_package(notes, monkeypatch):
    monkeypatch.setenv("SENTRY_DSN", "https://key@sentry.example.com/1")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    (one,) = notes("error reports", code=0)
    assert one.hint == "pip install 'sentineldq[sentry]'"


def test_the_table_puts_place_and_hint_below(sentinel, shop):
    settings(shop, SETTINGS.replace("path: data", "path: nowhere"))
    ran = sentinel("doctor")
    assert ran.code == 0
    lines = ran.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("warning"))
    assert "source of orders" in lines[at]
    assert [line.split()[0] for line in lines[at + 1 : at + 3]] == ["in:", "hint:"]
    assert lines[-2:] == ["", "1 warning"]


def test_metrics_and_channels_are_looked_at(notes, shop, monkeypatch):
    more = """
monitors:
  settle: soon
alerts:
  channels: {hook: {webhook: "${HOOK:-}"}}
"""
    settings(shop, SETTINGS + more)
    (monitors,) = notes("monitors")
    assert (monitors.level, monitors.what) == ("problem", "'soon' is not a duration")
    (hook,) = notes("channel hook")
    assert (hook.level, hook.what) == ("problem", "its address is empty")
    monkeypatch.setenv("HOOK", "https://hooks.example.org/x")
    settings(
        shop, SETTINGS + more.replace("soon", "10m\n  metrics: {many: {sql: SELECT count(*) FROM orders}}")
    )
    (monitors,) = notes("monitors")
    assert monitors.what.startswith("metric many: ")
    assert notes("channel hook") == []
    (alerts,) = notes("alerts")
    assert (alerts.level, alerts.what) == ("ok", "1 channel: hook")
