"""The page of one dataset: every tab on real data, a thousand columns, and what is classified."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sentineldq.pipeline.project import Project, load_project
from sentineldq.pipeline.round import run_round
from sentineldq.telemetry.metrics import Metrics
from tests.server.conftest import copied
from tests.server.reading import secrets_of
from tests.server.serving import Served, serving
from tests.web.conftest import entered, serious

pytestmark = pytest.mark.slow

TABS = ("", "/contract", "/columns", "/versions", "/sample", "/lineage")
WIDE = 1000
SECRET = "secret-{}"


def run(project: Project) -> None:
    """One round of a project."""
    with project.open_lake() as lake, project.open_store() as store:
        done = run_round(project, lake=lake, store=store, metrics=Metrics())
    assert done.worst == "succeeded", done


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the events of GitHub, simulated, run and with an alert of its own."""
    project = load_project(copied(tmp_path_factory.mktemp("dataset") / "github"), simulated=True)
    run(project)
    with serving(project) as served:
        alert = {"title": "<b>events</b> are late", "severity": "CRITICAL", "dataset": "silver.events"}
        assert served.client("analyst").post("/api/v1/alerts/", json=alert).status_code == 201
        yield served


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a dataset of a thousand columns, one of them classified, with HTML in its texts."""
    folder = tmp_path_factory.mktemp("wide")
    for name in ("contracts", "in"):
        (folder / name).mkdir()
    kinds = ("integer", "number", "string", "boolean")
    columns = [
        {"name": "id", "logicalType": "integer", "primaryKey": True, "required": True},
        {"name": "person", "logicalType": "string", "classification": "confidential"},
    ]
    columns += [{"name": f"c{at:04d}", "logicalType": kinds[at % 4]} for at in range(WIDE)]
    table = {"name": "wide", "logicalType": "object", "properties": columns}
    head = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "wide",
        "version": "1.0.0",
        "status": "active",
    }
    (folder / "contracts" / "wide.odcs.yaml").write_text(json.dumps({**head, "schema": [table]}))
    source = {"kind": "files", "path": "in"}
    pipelines = {"wide": {"contract": "contracts/wide.odcs.yaml", "source": source}}
    (folder / "sentinel.yaml").write_text(json.dumps({"name": "wide", "pipelines": pipelines}))
    make = random.Random(1)
    values = (
        lambda: make.randrange(1000),
        lambda: make.gauss(0, 10),
        lambda: f"<img src=x onerror=alert({make.randrange(9)})>",
        lambda: make.random() < 0.5,
    )
    rows = (
        {"id": row, "person": SECRET.format(row)} | {f"c{at:04d}": values[at % 4]() for at in range(WIDE)}
        for row in range(60)
    )
    (folder / "in" / "a.ndjson").write_text("\n".join(json.dumps(row) for row in rows))
    project = load_project(folder)
    run(project)
    with serving(project) as served:
        yield served


def tab(page: Page, name: str) -> None:
    """Go to a tab by its word."""
    page.get_by_role("tab", name=name).click()
    expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")


def test_a_silver_dataset_is_walked_through_tab_by_tab(browser: Browser, github: Served) -> None:
    api = github.client("viewer")
    known = api.get("/api/v1/datasets/events").json()
    context, page, faults = entered(browser, github, "viewer", viewport={"width": 1280, "height": 900})
    page.goto("/datasets")
    page.get_by_role("link", name="events", exact=True).click()
    expect(page).to_have_url(re.compile(r"/datasets/events$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("events")
    glance = page.get_by_role("region", name="At a glance")
    expect(glance).to_contain_text("<b>events</b> are late")
    expect(glance).to_contain_text("engineering")
    expect(page.get_by_role("img", name=re.compile("events: Records"))).to_be_visible()
    came = sum(hour["rows"] for hour in known["quality"])
    expect(page.get_by_text(f"{came:,} came,")).to_be_visible()
    page.get_by_role("button", name="Show as table").first.click()
    expect(page.get_by_role("region", name="events: Accepted")).to_be_visible()

    tab(page, "Contract")
    expect(page.get_by_role("region", name="The contract")).to_contain_text("github-events")
    columns = page.get_by_role("grid", name="Columns of the contract")
    expect(columns).to_have_attribute("aria-rowcount", str(len(known["contract"]["columns"]) + 1))
    page.get_by_label(re.compile("Only with failures")).check()
    failing = api.get("/api/v1/contracts/events/clauses", params={"failing": True}).json()["failing"]
    expect(columns).to_have_attribute("aria-rowcount", str(failing + 1))
    columns.get_by_role("row").nth(1).click()
    expect(page).to_have_url(re.compile("column="))
    expect(page.get_by_role("heading", name="Rules, 7 days")).to_be_visible()
    page.get_by_role("button", name="YAML").click()
    expect(page.get_by_role("region", name="YAML")).to_contain_text("id: github-events")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download YAML").click()
    text = Path(saved.value.path()).read_text()
    assert text == api.get("/api/v1/contracts/events", params={"format": "yaml"}).text
    page.get_by_role("button", name="Changes").click()
    expect(page.get_by_role("heading", name="Nothing has changed")).to_be_visible()

    tab(page, "Columns")
    page.get_by_label("Kind").select_option("time")
    grid = page.get_by_role("grid", name="Columns")
    expect(grid.get_by_role("row")).to_have_count(2)
    grid.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("column=created_at"))
    expect(page.get_by_role("img", name=re.compile("events.created_at: "))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("hours have none"))).to_be_visible()
    drift = page.get_by_role("link", name="How it has drifted")
    expect(drift).to_have_attribute("href", "/drift/events/created_at")

    tab(page, "Versions")
    made = api.get("/api/v1/datasets/events/versions").json()
    versions = page.get_by_role("grid", name="Versions")
    expect(versions).to_have_attribute("aria-rowcount", str(made["total"] + 1))
    expect(versions).to_contain_text(made["items"][0]["snapshot"])

    tab(page, "Sample")
    cells = page.get_by_role("grid", name="Rows of events")
    cells.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    last = api.get("/api/v1/datasets/events/sample").json()["columns"][-1]
    expect(page.get_by_role("region", name="The cell whole")).to_contain_text(f"{last}, row 2")

    page.go_back()
    expect(page.get_by_role("tab", name="Versions")).to_have_attribute("aria-selected", "true")
    assert faults == []
    context.close()


def test_lineage_is_walked_by_keyboard_from_silver_to_gold(browser: Browser, github: Served) -> None:
    context, page, faults = entered(browser, github, "viewer", viewport={"width": 1280, "height": 900})
    page.goto("/datasets/events/lineage")
    expect(page.locator(".react-flow__node")).to_have_count(8)
    places = page.get_by_role("region", name="Gold, made of others")
    expect(places.get_by_role("listitem")).to_have_count(4)
    places.get_by_role("link", name="top_repos").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("gold.top_repos")
    expect(page).to_have_url(re.compile(r"/datasets/gold\.top_repos/lineage"))
    expect(page.locator(".react-flow__node")).to_have_count(2)
    for name, places_then in (
        ("Show 1 more next to events (silver)", 3),
        ("Show 2 more next to events (bronze)", 5),
    ):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".react-flow__node")).to_have_count(places_then)
    expect(page).to_have_url(re.compile("open="))
    page.reload()
    expect(page.locator(".react-flow__node")).to_have_count(5)
    for path in ("", "/contract", "/columns", "/versions", "/sample"):
        page.goto(f"/datasets/gold.top_repos{path}")
        expect(page.get_by_role("heading", level=1)).to_have_text("gold.top_repos")
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        expect(page.get_by_role("alert")).to_have_count(0)
    assert faults == []
    context.close()


def test_what_is_classified_is_on_no_tab(browser: Browser, github: Served) -> None:
    hidden = {one.strip('"') for one in secrets_of(github.here)}
    context, page, _ = entered(browser, github, "admin")
    for path in (*TABS, "/columns?column=actor.login", "/contract?column=actor.login"):
        page.goto(f"/datasets/events{path}")
        expect(page.get_by_role("heading", level=1)).to_have_text("events")
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        words = set(re.split(r"[^\w./:?=&-]+", page.content()))
        assert not hidden & words, path
    page.goto("/datasets/events/columns?column=actor.login")
    expect(page.get_by_text("Its values are masked")).to_be_visible()
    context.close()


def test_a_thousand_columns_scroll_and_are_searched(browser: Browser, wide: Served) -> None:
    context, page, faults = entered(browser, wide, "viewer", viewport={"width": 1280, "height": 900})
    page.goto("/datasets/wide/columns")
    grid = page.get_by_role("grid", name="Columns")
    expect(grid).to_have_attribute("aria-rowcount", str(WIDE + 3), timeout=20_000)
    reached = 0
    for _ in range(80):  # to the end, however many pages that takes
        grid.evaluate("box => box.scrollTo(0, box.scrollHeight)")
        page.wait_for_timeout(100)
        drawn = grid.get_by_role("row").count()
        assert drawn < 60
        if grid.get_by_text(f"c{WIDE - 1:04d}").count():
            reached = 1
            break
    assert reached, "the last column never came"
    assert page.locator("*").count() < 2_500
    page.get_by_label("Search columns").fill("c0500")
    expect(grid.get_by_role("row")).to_have_count(2)
    grid.get_by_role("row").nth(1).click()
    expect(page.get_by_role("heading", name="c0500")).to_be_visible()
    page.goto("/datasets/wide/columns?q=c0002&column=c0002")
    expect(page.get_by_role("rowheader", name=re.compile("<img src=x")).first).to_be_visible()
    for path, name in (("contract", "Columns of the contract"), ("sample", "Rows of wide")):
        page.goto(f"/datasets/wide/{path}")
        expect(page.get_by_role("grid", name=name)).to_be_visible(timeout=20_000)
        assert page.locator("*").count() < 2_500, path
    cells = page.get_by_role("grid", name="Rows of wide")
    expect(cells).to_have_attribute("aria-colcount", str(WIDE + 2))
    cells.focus()
    page.keyboard.press("End")
    expect(cells.get_by_role("columnheader", name=f"c{WIDE - 1:04d}")).to_be_visible()
    assert "secret-" not in page.content()
    assert faults == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_tab_can_be_used_by_all(browser: Browser, github: Served, scheme: str, width: int) -> None:
    context, page, faults = entered(
        browser, github, "viewer", color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    more = ("/columns?column=created_at", "/contract?column=type", "/contract?view=yaml")
    for path in (*TABS, *more):
        page.goto(f"/datasets/events{path}")
        expect(page.get_by_role("heading", level=1)).to_have_text("events")
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        page.wait_for_timeout(300)
        assert serious(page) == [], path
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{path} is wider than the screen by {over} px"
    assert faults == []
    context.close()
