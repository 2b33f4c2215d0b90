"""The HTML report of drift: complete, self-contained, safe with every text, legible in both themes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import combinations

import pytest

from sentineldq.reports import figures
from sentineldq.reports.drift import render, words
from sentineldq.reports.drift.html import _template
from tests.reports.drifts import drifted, nothing, quiet
from tests.reports.test_colours import VISIONS, contrast, distance, lab

VOID = {"meta", "br"}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{7*7}}$title ${title} </title></svg>--></style>"


class Page(HTMLParser):
    """The elements of a page: their names and attributes, their nesting checked, their text kept."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.text = [], [], ""
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
        if self.open[-1:] != ["style"]:
            self.text += f"{data}\n"

    def tags(self):
        return [tag for tag, _ in self.elements]

    def all(self, tag, **wanted):
        return [attrs for name, attrs in self.elements if name == tag and wanted.items() <= attrs.items()]


def page(compared):
    return Page(render(compared, "html"))


def test_everything_is_there_worst_first():
    compared = drifted()
    found = page(compared)
    names = [one.name for one in words.subjects(compared)]
    assert len(found.all("details", id="d0")) == 1
    assert len([attrs for attrs in found.all("details") if "moved" in attrs["class"]]) == len(names)
    at = [found.text.index(f"\n{name}\n", found.text.index("What moved")) for name in names]
    assert at == sorted(at)
    for drift in compared.comparison.drifts:
        assert figures.visible(words.gist(drift)) in found.text
    for text in ("silver.orders", "2026-11-01 to 2026-11-07", "3,000 rows", "2026-11-09 06:30 UTC", "steady"):
        assert text in found.text
    assert "2 hours of the baseline are left out" in found.text


def test_every_kind_of_column_is_drawn():
    text = render(drifted(), "html")
    for title in (
        "amount: distribution in both windows",
        "items: values, shares in both windows",
        "paid: values, shares in both windows",
        "city: values, shares in both windows",
        "comment: length in both windows",
        "code: patterns, shares in both windows",
    ):
        assert f'aria-label="{title}"' in text, title


def test_the_heat_map_has_a_cell_for_each_column_and_window_and_a_table():
    compared = drifted()
    found = page(compared)
    rows = len(compared.heat.scores)
    cells = [
        attrs
        for attrs in found.all("rect")
        if attrs.get("class", "").startswith("h") and "hit" not in attrs["class"]
    ]
    assert len(cells) == rows * 8
    assert found.all("svg", **{"aria-label": "Drift scores of columns over time"})
    assert "The same as a table" in found.text


def test_it_fetches_nothing_and_runs_nothing():
    text = render(drifted(), "html")
    found = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(found.tags())
    assert all(not attrs.get("src") for _, attrs in found.elements)
    assert all(attrs["href"].startswith("#") for _, attrs in found.elements if "href" in attrs)
    assert not re.search(r"https?://|url\(|@import", text)


def test_its_policy_allows_its_own_style_alone():
    text = render(drifted(), "html")
    (policy,) = [
        attrs["content"]
        for attrs in Page(text).all("meta")
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    (body,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    for tag, attrs in Page(text).elements:
        assert not [name for name in attrs if name == "style" or name.startswith("on")], tag


@pytest.mark.parametrize(
    "text", [SCRIPT, "</script>", "<!--", "]]>", "javascript:alert(1)", "' onclick='x", "\u202e\x07\u2028"]
)
def test_hostile_text_stays_text(text):
    """As a value, as the name of a column, and as that of the dataset."""
    hostile = page(drifted(name=f"c{text}", value=text, dataset=text))
    assert shape(hostile) <= shape(page(drifted()))
    assert figures.visible(text) in hostile.text


@pytest.mark.corpus
def test_naughty_strings(shared_data):
    """Of the big list of naughty strings, some that are markup to somebody."""
    calm = shape(page(drifted()))
    texts = json.loads((shared_data / "edge" / "blns.json").read_text("utf-8"))
    for text in [text for text in texts if set(text) & set("<>&\"'")][::12]:
        assert shape(page(drifted(value=text))) <= calm, text


def shape(found):
    """Which attributes which elements have."""
    return {(tag, name) for tag, attrs in found.elements for name in attrs}


def test_ids_are_unique_and_every_reference_is_met():
    found = page(drifted())
    ids = [attrs["id"] for _, attrs in found.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in found.elements:
        assert attrs.get("aria-labelledby", ids[0]) in ids
        assert attrs.get("href", f"#{ids[0]}")[1:] in ids


def test_every_picture_has_a_name():
    found = page(drifted())
    assert all(attrs.get("aria-hidden") or attrs.get("aria-label") for attrs in found.all("svg"))
    assert found.all("html", lang="en")
    assert all(attrs.get("aria-label") for _, attrs in found.elements if attrs.get("role") == "region")


def test_a_quiet_comparison():
    found = page(quiet())
    assert "No drift in 11 columns." in found.text
    assert "What moved" not in found.text
    assert "Look first at" not in found.text
    assert "share it as you would" not in found.text


def test_nothing_to_compare():
    found = page(nothing())
    assert "Not compared" in found.text
    assert "No profile of silver.orders is stored yet" in found.text
    assert "All columns" not in found.text


def test_equal_comparisons_give_equal_files():
    assert render(drifted(), "html") == render(drifted(), "html")


def palette():
    """Name -> (light, dark), from the page's own style."""
    found = re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", _template().template)
    return {name: (light, dark) for name, light, dark in found}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(theme):
    colour = {name: pair[theme] for name, pair in palette().items()}
    for ground in ("page", "card", "sunk"):
        for text in ("text", "muted", "link"):
            assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    for mark in ("fail", "warn", "info", "skip", "pass", "edge", "base", "now", "h3"):
        assert contrast(colour[mark], colour["card"]) >= 3, mark


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS)
def test_windows_and_levels_differ_in_every_vision(theme, vision):
    seen = {name: lab(pair[theme], vision) for name, pair in palette().items()}
    for group in (("base", "now"), ("h0", "h1", "h2", "h3"), ("fail", "warn", "info", "pass")):
        for one, other in combinations(group, 2):
            assert distance(seen[one], seen[other]) >= 12, (one, other)
