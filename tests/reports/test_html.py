"""The HTML report: complete, self-contained, safe with every text, legible in both themes."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import msgspec
import pytest

from sentineldq.reports import figures, render
from sentineldq.reports.json import plain

VOID = {"meta", "input", "br", "path", "rect", "circle", "use"}
SCRIPT = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{7*7}}$title ${title} </title>--></script>"
)


class Page(HTMLParser):
    """The elements of a page: their names and attributes, their nesting checked, their text kept."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts = [], [], {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        self.texts[tuple(self.open)] = self.texts.get(tuple(self.open), "") + data

    @property
    def text(self):
        return "\n".join(
            text for path, text in self.texts.items() if path[-1:] not in {("script",), ("style",)}
        )

    def tags(self):
        return [tag for tag, _ in self.elements]

    def all(self, tag, **wanted):
        return [attrs for name, attrs in self.elements if name == tag and wanted.items() <= attrs.items()]


def page(result, **options):
    return Page(render(result, "html", **options))


def test_everything_is_there_without_javascript(result):
    found = page(result)
    rows = found.all("tbody", role="rowgroup")
    assert [row["data-status"] for row in rows] == [check.status for check in result.worst()]
    for check in result.checks:
        assert check.name in found.text
        assert check.fingerprint in found.text
    for text in (
        "orders.csv",
        "1,048,213",
        "0.934",
        "7 of 40 checks failed",
        '"A-0093114"',
        "<0.01\xa0%",
        "extra-cell",
    ):
        assert text in found.text
    assert not any("hidden" in attrs for attrs in found.all("tr"))


def test_it_fetches_nothing(result):
    text = render(result, "html")
    found = Page(text)
    assert not {"link", "img", "iframe", "object", "base"} & set(found.tags())
    assert all(not attrs.get("src") for _, attrs in found.elements)
    assert all(attrs["href"].startswith("#") for _, attrs in found.elements if "href" in attrs)
    assert not re.search(r"https?://|url\(|@import", text.split('id="result"')[0])


def test_its_policy_allows_its_own_style_and_script_alone(result):
    text = render(result, "html")
    (policy,) = [
        attrs["content"]
        for attrs in Page(text).all("meta")
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    for tag in ("style", "script"):
        (body,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert (
            f"{tag}-src 'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
            in policy
        )
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_no_inline_style_or_handler(result):
    for tag, attrs in page(result).elements:
        assert not [name for name in attrs if name == "style" or name.startswith("on")], tag


def test_the_data_is_inside_as_json(result):
    text = render(result, "html")
    (body,) = re.findall(r'<script type="application/json" id="result">(.*?)</script>', text, re.DOTALL)
    assert json.loads(body) == plain(result)


@pytest.mark.parametrize(
    "text", [SCRIPT, "</script>", "<!--", "]]>", "javascript:alert(1)", "' onclick='x", "\u202e\x00\ud800"]
)
def test_hostile_text_stays_text(hostile, text):
    found, calm = page(hostile(text)), page(hostile("calm"))
    assert found.tags() == calm.tags()
    assert [set(attrs) for _, attrs in found.elements] == [set(attrs) for _, attrs in calm.elements]
    assert figures.visible(text) in found.text


@pytest.mark.corpus
def test_naughty_strings(hostile, shared_data):
    """All of the big list of naughty strings, in every place that shows text of the data."""
    calm = page(hostile("calm"))
    for text in json.loads((shared_data / "edge" / "blns.json").read_text("utf-8")):
        if not text:
            continue
        found = page(hostile(text))
        assert found.tags() == calm.tags(), text
        assert [set(attrs) for _, attrs in found.elements] == [set(attrs) for _, attrs in calm.elements], text


def test_ids_are_unique_and_every_reference_is_met(result):
    found = page(result)
    ids = [attrs["id"] for _, attrs in found.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in found.elements:
        for name in ("aria-controls", "aria-labelledby", "data-open"):
            assert name not in attrs or attrs[name] in ids
        if attrs.get("href", "#") != "#":
            assert attrs["href"][1:] in ids


def test_every_control_has_a_name(result):
    found = page(result)
    assert all(attrs.get("aria-label") for attrs in found.all("select") + found.all("input"))
    assert all(attrs.get("aria-hidden") or attrs.get("aria-label") for attrs in found.all("svg"))
    assert found.all("html", lang="en")


def test_as_many_samples_as_asked(result):
    assert page(result, samples=2).text.count('"A-00931') == 1 * 2
    assert "2,406 more" in page(result, samples=2).text


def test_no_sample_is_left_where_none_is_asked_for(result):
    text = render(result, "html", samples=0)
    assert "A-0093115" not in text
    assert "anna" not in text


def test_sample_rows_are_a_table(result):
    assert "Failing rows" in page(result).text
    assert "23.00" in page(result).text


def test_when_it_was_made_is_said_where_known(result):
    assert "2026-03-01 12:00 UTC" in page(result, made_at=datetime(2026, 3, 1, 12, tzinfo=UTC)).text
    assert render(result, "html") == render(result, "html")


def test_a_passing_result(passing):
    found = page(passing)
    assert "Passed" in found.text
    assert "Look first at" not in found.text
    assert "Faults in the file itself" not in found.text
    assert "share it as you would" not in found.text


def test_nothing_to_show(passing):
    empty = msgspec.structs.replace(passing, checks=[], score=None, dimensions={})
    assert "No checks were run." in page(empty).text
