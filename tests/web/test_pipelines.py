"""Pipelines in the browser: runs, what they refused and why, and replaying it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sentineldq.lake.scan import scan
from sentineldq.pipeline.project import Project, load_project
from sentineldq.pipeline.round import run_round
from sentineldq.store import findings, runs
from sentineldq.telemetry.metrics import Metrics
from tests.server.reading import API, ok
from tests.server.serving import Served, serving
from tests.web.conftest import LIVE, entered, serious

pytestmark = pytest.mark.slow

HTML = "<img src=x onerror=\"document.title='run'\">"
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: {name}
version: 1.0.0
status: active
schema:
  - name: {name}
    properties:
      - {{name: id, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1}}
      - {{name: title, logicalType: string, required: true{more}}}
      - {{name: paid, logicalType: boolean, required: true}}
"""
SETTINGS = """
name: shop
pipelines:
  orders:
    contract: contracts/orders.odcs.yaml
    source: {kind: files, path: in/orders.ndjson, batch_rows: 20}
    schedule: {every: 5m}
  people:
    contract: contracts/people.odcs.yaml
    source: {kind: files, path: in/people.ndjson}
"""


def line(number: int, **more: Any) -> bytes:
    return json.dumps({"id": number, "title": f"order {number}", "paid": True, **more}).encode()


def shop(root: Path) -> Project:
    """Two pipelines that have run: of orders 8 of 60 are refused, of people one, whose title is classified."""
    (root / "contracts").mkdir(parents=True)
    (root / "in").mkdir()
    (root / "sentinel.yaml").write_text(SETTINGS)
    for name, more in (("orders", ""), ("people", ", classification: personal")):
        (root / "contracts" / f"{name}.odcs.yaml").write_text(CONTRACT.format(name=name, more=more))
    good = [line(number) for number in range(52)]
    unpaid = [line(100 + number, paid=None, title=HTML) for number in range(5)]
    huge = [line(12345678901234567, title=None), line(201, title=None)]
    (root / "in" / "orders.ndjson").write_bytes(
        b"\n".join([*good, *unpaid, *huge, b'{"id": \xff\xfe <b>']) + b"\n"
    )
    (root / "in" / "people.ndjson").write_bytes(
        line(1) + b"\n" + line(2, paid="no", title="Ada Lovelace") + b"\n"
    )
    project = load_project(root)
    with project.open_lake() as lake, project.open_store() as store:
        for _ in range(2):
            assert run_round(project, lake=lake, store=store, metrics=Metrics()).worst == "succeeded"
        run = runs.start(store, project="shop", pipeline="orders")
        findings.report(
            store, key="k", kind="poison", severity="CRITICAL", title=f"late {HTML}", dataset="orders"
        )
        counts = {"batches": 1, "rows": 10, "silver": 7, "quarantined": 1, "duplicates": 0, "dropped": 0}
        runs.finish(store, run_id=run.run_id, status="failed", counts=counts, error="the disk is full <b>")
    return project


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(shop(tmp_path / "shop")) as found:
        yield found


def rows(served: Served, table: str) -> int:
    return scan(served.here.lake.table(table)).collect().height


def place(served: Served, check: str, dataset: str = "orders") -> str:
    """The address of the newest record that a check refused."""
    items = ok(served.client("viewer").get(f"{API}/quarantine/{dataset}/records", params={"check": check}))[
        "items"
    ]
    return f"{items[0]['batch']}.{items[0]['row']}.{items[0]['partition']}"


def unspoiled(page: Page, faults: list[str]) -> None:
    """No fault was complained of, and no script of the data has run."""
    assert faults == []
    assert page.title() != "run"
    assert page.locator("main img").count() == 0


def test_runs_are_walked_from_the_pipeline_to_its_batches(browser: Browser, served: Served) -> None:
    context, page, faults = entered(browser, served, "viewer")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pipelines")
    orders = page.locator("[data-pipeline=orders]")
    expect(orders).to_contain_text(re.compile(r"60 in = 52 silver \+ 8 quarantine\s*balances"))
    expect(orders).to_contain_text("every 5m, nobody keeps to it now")
    strip = orders.get_by_role("list").get_by_role("link")
    expect(strip).to_have_count(3)
    expect(strip.last).to_have_attribute("aria-label", re.compile("^failed .*10 records in$"))

    strip.last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run of orders")
    expect(page.get_by_text("2 missing")).to_be_visible()
    expect(page.get_by_text("the disk is full <b>")).to_be_visible()
    expect(page.get_by_text(f"late {HTML}")).to_be_visible()

    page.get_by_role("link", name="Other runs").click()
    expect(page).to_have_url(re.compile("pipeline=orders"))
    grid = page.get_by_role("grid", name="Runs")
    expect(grid).to_have_attribute("aria-rowcount", "4")
    expect(grid.get_by_role("row").nth(1)).to_contain_text("2 missing")
    grid.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"60 in = 52 silver"))).to_be_visible()
    steps = page.get_by_role("list", name="Steps of the run").get_by_role("listitem")
    expect(steps).to_have_text([re.compile(f"^{name}") for name in ("read", "validate", "bronze", "silver")])
    expect(page.get_by_role("grid", name="Batches")).to_have_attribute("aria-rowcount", "4")
    checks = page.get_by_role("region", name="Checks that found fault")
    expect(checks.get_by_role("listitem").first).to_have_text(re.compile("paid.not_null5"))
    checks.get_by_role("link", name="paid.not_null").click()
    expect(page).to_have_url(re.compile(r"/pipelines/quarantine/orders\?check=paid.not_null"))
    unspoiled(page, faults)
    context.close()


def test_a_new_run_is_seen_without_a_reload(browser: Browser, served: Served) -> None:
    context, page, _ = entered(browser, served, "viewer")
    page.goto("/pipelines")
    strip = page.locator("[data-pipeline=orders]").get_by_role("list").get_by_role("link")
    expect(strip).to_have_count(3)
    run = runs.start(served.here.store, project="shop", pipeline="orders")
    expect(strip).to_have_count(4, timeout=LIVE)
    expect(strip.last).to_have_attribute("aria-label", re.compile("^running"))
    runs.finish(served.here.store, run_id=run.run_id, status="stopped")
    expect(strip.last).to_have_attribute("aria-label", re.compile("^stopped"), timeout=LIVE)
    context.close()


def test_an_error_is_read_in_the_record_by_keyboard(browser: Browser, served: Served) -> None:
    context, page, faults = entered(browser, served, "viewer")
    page.goto("/pipelines/quarantine")
    page.get_by_role("grid", name="Quarantine by dataset").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Quarantine of orders")
    page.get_by_role("button", name=re.compile("^paid.not_null")).click()
    expect(page.locator("[data-record]")).to_have_count(5)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    tree = page.get_by_role("tree", name="The record")
    noted = tree.locator("[data-noted=true]")
    expect(noted).to_have_count(1)
    expect(noted).to_have_attribute("data-path", "paid")
    expect(noted).to_contain_text("paid: expected boolean")
    expect(tree.locator("[data-path=title]")).to_contain_text("onerror")
    tree.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(tree.get_by_role("treeitem")).to_have_count(1)
    first = page.url
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("j")
    expect(page).not_to_have_url(first)
    page.get_by_role("link", name=re.compile("^run ")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run of orders")
    unspoiled(page, faults)
    context.close()


def test_numbers_stand_as_they_were_sent_and_what_is_missing_has_its_place(
    browser: Browser, served: Served
) -> None:
    context, page, faults = entered(browser, served, "viewer")
    page.goto("/pipelines/quarantine/orders?check=title.not_null")
    page.locator("[data-record]").first.get_by_role("button").click()
    tree = page.get_by_role("tree", name="The record")
    expect(tree.locator("[data-path=id]")).to_have_text("id: 12345678901234567")
    expect(tree.locator("[data-noted=true]")).to_have_attribute("data-path", "title")
    unspoiled(page, faults)
    context.close()


def test_bytes_are_shown_where_there_is_no_json_and_masks_where_something_is_classified(
    browser: Browser, served: Served
) -> None:
    context, page, faults = entered(browser, served, "admin")
    page.goto(f"/pipelines/quarantine/orders?record={place(served, 'record.encoding')}")
    expect(page.get_by_role("region", name="Bytes of the record")).to_contain_text(
        "7b 22 69 64 22 3a 20 ff fe 20 3c"
    )
    page.goto(f"/pipelines/quarantine/people?record={place(served, 'paid.type', 'people')}")
    tree = page.get_by_role("tree", name="The record")
    expect(tree.locator("[data-path=title]")).to_have_text("title: *** (masked)")
    expect(page.get_by_text("1 value masked: the contract classifies it")).to_be_visible()
    assert "Lovelace" not in page.content()
    unspoiled(page, faults)
    context.close()


def test_a_replay_is_tried_with_a_patch_and_then_moves_exactly_what_it_said(
    browser: Browser, served: Served
) -> None:
    silver, held = rows(served, "silver.orders"), rows(served, "quarantine.orders")
    context, page, faults = entered(browser, served, "steward")
    page.goto("/pipelines/quarantine/orders?check=paid.not_null")
    records = page.locator("[data-record]")
    expect(records).to_have_count(5)
    for at in range(3):
        records.nth(at).get_by_role("checkbox").check()
    page.get_by_role("button", name="Try 3 again").click()
    replay = page.get_by_role("button", name=re.compile("^Replay( |$)"))
    expect(replay).to_be_disabled()
    page.get_by_role("button", name="Dry run").click()
    trial = page.locator("[data-outcome=trial]")
    expect(trial).to_contain_text("Tried 3 records, moved none: 0 would go to silver")
    expect(trial).to_contain_text("paid.not_null")
    page.get_by_role("combobox", name="Field").fill("paid")
    page.get_by_role("textbox", name="Value").fill("false")
    expect(replay).to_be_disabled()
    expect(page.get_by_text("has changed since the dry run")).to_be_visible()
    page.get_by_role("button", name="Dry run").click()
    expect(trial).to_contain_text("3 would go to silver")
    assert (rows(served, "silver.orders"), rows(served, "quarantine.orders")) == (silver, held)

    page.get_by_role("button", name="Replay 3 records").click()
    done = page.locator("[data-outcome=replay]")
    expect(done).to_contain_text("3 records went to silver")
    assert rows(served, "silver.orders") == silver + 3
    assert rows(served, "quarantine.orders") == held - 3
    expect(records).to_have_count(2)
    expect(page.get_by_role("tab", name="In quarantine 2")).to_be_visible()

    page.get_by_role("link", name="See the 3 rows in silver").click()
    left = page.get_by_role("grid", name="Records that left")
    expect(left).to_have_attribute("aria-rowcount", "4")
    left.get_by_role("row").nth(1).click()
    expect(page.get_by_text("It is in silver", exact=True)).to_be_visible()
    now = page.get_by_role("tree", name="The row in silver")
    expect(now.locator("[data-path=paid]")).to_have_text("paid: false")
    before = page.get_by_role("tree", name="The record as it came")
    expect(before.locator("[data-path=paid]")).to_contain_text("expected boolean")
    page.get_by_role("link", name=re.compile("^run .*")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Replay of orders")
    expect(page.get_by_text(re.compile(r"3 tried = 3 in silver\s*balances"))).to_be_visible()
    expect(page.get_by_text("paid=false")).to_be_visible()
    unspoiled(page, faults)
    context.close()


def test_an_address_of_a_record_says_what_happened_to_it_later(browser: Browser, served: Served) -> None:
    where = place(served, "paid.not_null")
    wanted = {"checks": ["paid.not_null"], "patch": [{"path": "paid", "value": True}]}
    context, page, _ = entered(browser, served, "viewer")
    page.goto(f"/pipelines/quarantine/orders?record={where}")
    expect(page.get_by_text("It is in quarantine still.")).to_be_visible()
    ok(served.client("steward").post(f"{API}/quarantine/orders/replay", json=wanted))
    expect(page.get_by_text("It is in silver", exact=True)).to_be_visible()
    context.close()


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_who_may_not_replay_is_told_why(browser: Browser, served: Served, role: str) -> None:
    context, page, faults = entered(browser, served, role)
    page.goto("/pipelines/quarantine/orders")
    expect(page.locator("[data-record]")).to_have_count(8)
    page.keyboard.press("r")
    expect(page.get_by_text("This takes the role steward")).to_be_visible()
    expect(page.get_by_role("button", name="Dry run")).to_be_disabled()
    expect(page.get_by_role("button", name="Replay", exact=True)).to_be_disabled()
    unspoiled(page, faults)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_of_pipelines_can_be_used_by_all(
    browser: Browser, served: Served, scheme: str, width: int
) -> None:
    items = ok(served.client("viewer").get(f"{API}/runs"))["items"]
    context, page, faults = entered(
        browser, served, "steward", color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    for path, seen in (
        ("/pipelines", "fills|every 5m"),
        ("/pipelines/runs", "events|orders"),
        ("/pipelines/runs?status=running", "No run fits"),
        (f"/pipelines/runs/{items[0]['run_id']}", "the disk is full"),
        (f"/pipelines/runs/{items[-1]['run_id']}", "balances"),
        ("/pipelines/runs/none", "could not be shown"),
        ("/pipelines/quarantine", "9 records"),
        ("/pipelines/quarantine/orders", "came in this time"),
        (f"/pipelines/quarantine/orders?record={place(served, 'paid.not_null')}", "refuses it too"),
        (f"/pipelines/quarantine/orders?record={place(served, 'record.encoding')}", "It is no JSON"),
        ("/pipelines/quarantine/orders?replay=true", "A dry run says"),
        ("/pipelines/quarantine/orders?view=left", "Nothing was replayed"),
        ("/pipelines/quarantine/orders?record=1.999.nowhere", "could not be shown"),
        ("/pipelines/quarantine/nothing", "could not be shown"),
    ):
        page.goto(path)
        expect(page.get_by_text(re.compile(seen)).first).to_be_visible()
        page.wait_for_timeout(150)
        assert serious(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is wider than the screen by {wide} px"
    assert [one for one in faults if "404" not in one] == []
    context.close()
