"""How soon the overview can be used over a large store: `python benchmarks/dashboard.py`.

Serves the large project in a process of its own, opens the overview in Chromium with nothing kept, and prints, for the
first visit after the server's start and for further ones, when the answer stood there and when the page was quiet. Then
it opens alerts, one after the other, and prints how soon each is on a page that is not loaded again.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from large import make, seed
from playwright.sync_api import Browser, sync_playwright

from server import Server, serving

ANSWERED = "section[aria-label='How the data is']:not([aria-busy=true])"
"""What has the answer to whether the data can be trusted."""


def visit(browser: Browser, url: str, token: str) -> dict[str, float]:
    """Milliseconds from asking for the page, in a browser that knows nothing, and how much came over the wire."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.request.post(f"{url}/api/v1/session/token", data={"token": token})
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(ANSWERED).wait_for()
    answered = time.perf_counter()
    page.locator("section:has-text('Needs attention') [role=status][aria-label=Loading]").wait_for(
        state="detached"
    )
    page.locator("section:has-text('Changed since') [role=status][aria-label=Loading]").wait_for(
        state="detached"
    )
    drawn = time.perf_counter()
    told = page.evaluate(
        """() => ({
          paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
          size: performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0),
          slowest: Math.max(...performance.getEntriesByType('resource')
            .filter((one) => one.name.includes('/dashboard/')).map((one) => one.duration)),
        })"""
    )
    context.close()
    return {
        "first paint": told["paint"],
        "answered": (answered - begun) * 1000,
        "panels": (drawn - begun) * 1000,
        "slowest answer": told["slowest"],
        "KB": told["size"] / 1024,
    }


def news(browser: Browser, server: Server, token: str, *, count: int) -> list[float]:
    """Milliseconds from asking for an alert to be opened until it is on a page that was there before."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.request.post(f"{server.url}/api/v1/session/token", data={"token": token})
    page = context.new_page()
    page.goto(server.url)
    page.get_by_text("Live", exact=True).wait_for()
    took = []
    for number in range(count):
        page.wait_for_timeout(
            137 * number % 1000
        )  # the server looks once a second: at any time between two looks
        begun = time.perf_counter()
        alert = {"title": f"news {number}", "severity": "CRITICAL"}
        httpx.post(f"{server.url}/api/v1/alerts/", json=alert, headers=server.headers).raise_for_status()
        page.locator("section:has-text('Needs attention')").get_by_text(f"news {number}").first.wait_for()
        took.append((time.perf_counter() - begun) * 1000)
    context.close()
    return took


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def main() -> None:
    """Seed, serve, look, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=2_000)
    parser.add_argument("--results", type=int, default=1_000_000)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--visits", type=int, default=9)
    parser.add_argument("--news", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = make(Path(folder), datasets=given.datasets)
        with project.open_store() as store:
            seed(store, datasets=given.datasets, results=given.results, findings=given.findings)
        with serving(project) as server, chromium() as browser:
            token = server.headers["Authorization"].removeprefix("Bearer ")
            first = visit(browser, server.url, token)
            others = [visit(browser, server.url, token) for _ in range(given.visits)]
            took = news(browser, server, token, count=given.news)
    print(f"{'':16}{'first after the start':>24}{'median of ' + str(given.visits):>16}{'worst':>10}")
    for name, value in first.items():
        found = [one[name] for one in others]
        print(f"{name:16}{value:24,.0f}{statistics.median(found):16,.0f}{max(found):10,.0f}")
    print(
        f"a change is on the page after {statistics.median(took):,.0f} ms; the slowest of {len(took)}: {max(took):,.0f}"
    )


if __name__ == "__main__":
    main()
