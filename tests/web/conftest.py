"""The dashboard in a real browser, over a real server with real alerts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from sentineldq.pipeline.project import load_project
from sentineldq.server.pages import INDEX, STATIC
from tests.server.conftest import copied
from tests.server.serving import PASSWORD, Served, serving

CHROMIUM = shutil.which("chromium")
LIVE = 30_000
"""Milliseconds that a change gets to be on a page without a reload: half of the time after which a list that was told of
none is asked for again. How soon it is there, `benchmarks/dashboard.py` tells.
"""

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    if CHROMIUM is None or not (STATIC / INDEX).exists() or not AXE.exists():
        pytest.skip("needs chromium, and the dashboard built (`make web`)")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Served]:
    """A server over a project that has never run, for one test alone."""
    with serving(load_project(copied(tmp_path / "github"), simulated=True)) as served:
        yield served


class Faults(list[str]):
    """What a browser complained of."""


def entered(
    browser: Browser, served: Served, role: str | None, **options: object
) -> tuple[BrowserContext, Page, Faults]:
    """A browser's page, logged in as a role; its complaints are kept."""
    context = browser.new_context(base_url=served.url, timezone_id="UTC", **options)  # type: ignore[arg-type]
    if role is not None:
        said = context.request.post("/api/v1/session", data={"name": role, "password": PASSWORD})
        assert said.ok, said.text()
    page = context.new_page()
    faults = Faults()
    page.on("console", lambda told: faults.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    return context, page, faults


REST = """() => Promise.allSettled(
    document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < 1e4).map(one => one.finished)
)"""
"""Waits for what comes to an end: what waits for an answer turns for as long as it takes."""


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using a page, once all that moves or fades has come to rest."""
    page.evaluate(REST)
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
