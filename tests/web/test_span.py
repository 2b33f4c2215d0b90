"""A span of the past that stands in the address: every page that shows one asks for both of its ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.server.serving import Served
from tests.web.conftest import entered

pytestmark = pytest.mark.slow

PAGES = {
    "/datasets/events": "/datasets/events/timeline",
    "/drift": "/drift/matrix",
    "/drift/events": "/drift?",
    "/pipelines/quarantine/events": "/arrivals",
    "/datasets/events/columns": "/profiles/events?",
}


def test_pages_ask_for_both_ends(browser: Browser, dashboard: Served) -> None:
    context, page, faults = entered(browser, dashboard, "viewer")
    for address, asked in PAGES.items():
        with page.expect_request(lambda one, asked=asked: asked in one.url) as found:  # type: ignore[misc]
            page.goto(f"{address}?from=2026-11-01T10:00Z&to=2026-11-03T10:00Z")
        answer = found.value.response()
        assert answer is not None
        assert answer.ok, (found.value.url, answer.text())
        assert "2026-11-01T10" in found.value.url, found.value.url
        assert "2026-11-03T10" in found.value.url, found.value.url
    assert faults == []
    context.close()
