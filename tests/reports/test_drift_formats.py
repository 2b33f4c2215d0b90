"""Drift as a table, as Markdown and as JSON: the same words, worst first, safe and stable."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import jsonschema
import pytest

from sentineldq.errors import UsageError
from sentineldq.reports.drift import FORMATS, render, words
from sentineldq.reports.drift.json import plain, render_all, schema
from sentineldq.reports.drift.shapes import Bars, Histogram, shapes, spark
from tests.reports.drifts import drifted, nothing, profiles, quiet

PUBLISHED = json.loads(files("sentineldq.reports.drift").joinpath("drift.schema.json").read_text("utf-8"))
BLOCKS = re.compile("[▁▂▃▄▅▆▇█]+ → ")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("made", [drifted, quiet, nothing], ids=lambda made: made.__name__)
def test_every_format_shows_every_comparison(form, made):
    assert made().dataset in render(made(), form).replace("\\", "")


def test_an_unknown_format_is_refused_with_a_suggestion():
    with pytest.raises(UsageError, match="unknown format 'htm'") as refused:
        render(quiet(), "htm")
    assert "html" in refused.value.hint


def test_subjects_are_worst_first_and_one_for_each_column():
    found = words.subjects(drifted())
    order = {"CRITICAL": 2, "WARNING": 1, "INFO": 0}
    ranks = [(order[one.severity], one.score) for one in found]
    assert ranks == sorted(ranks, reverse=True)
    paths = [one.path for one in found if one.path]
    assert len(paths) == len(set(paths))
    assert {"amount", "items", "paid", "city", "note", "went", "came"} <= set(paths)


def test_what_did_not_move_is_told_and_what_could_not_be_tested_with_its_reason():
    moved = {one.path for one in words.subjects(drifted())}
    assert "steady" in words.steady(drifted())
    assert not moved & set(words.steady(drifted()))
    assert set(words.tested(drifted())) & set(words.thin(drifted())) == set()


def test_the_table_has_sparklines_where_there_is_room():
    wide, narrow = render(drifted(), "table", width=120), render(drifted(), "table", width=60)
    assert BLOCKS.search(wide)
    assert not BLOCKS.search(narrow)
    for text in (wide, narrow):
        assert "tested, not drifted:" in text
        assert "2 hours of the baseline are left out" in " ".join(text.split())
    assert max(map(len, narrow.splitlines())) <= 60


def test_the_table_speaks_ascii_where_it_must():
    text = render(drifted(), "table", width=100, encoding="ascii")
    assert text.isascii()
    assert "x DRIFT  silver.orders" in text


def test_the_table_has_colours_only_where_asked():
    assert "\x1b[" in render(drifted(), "table", colour=True)
    assert "\x1b[" not in render(drifted(), "table", colour=False)


@pytest.mark.parametrize(
    "text", ["\x1b[31m", "\u202e", "a|b", "<img src=x>", "`x`", "@everyone", "#1", "[x](y)"]
)
def test_markdown_and_table_hold_text_of_the_data_as_text(text):
    hostile = drifted(name=f"c{text}", value=f"v{text}", dataset=f"d{text}")
    shown = render(hostile, "markdown")
    assert "\x1b" not in shown + render(hostile, "table", colour=False)
    assert "<img" not in shown
    assert "\u202e" not in shown
    rows = [line for line in shown.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {6}
    assert not re.search(r"(?<!\\)[@#\[]\w", shown.replace("@\u200b", ""))


def test_markdown_is_a_table_and_what_is_folded_away():
    text = render(drifted(), "markdown")
    assert text.startswith("### Data drift: drift in silver.orders\n")
    assert text.count("\n| 🔴 critical | ") == words.counts(words.subjects(drifted()))["CRITICAL"]
    assert "<details><summary>Not drifted</summary>" in text
    assert render(quiet(), "markdown").startswith("### Data drift: no drift in silver.orders\n")


@pytest.mark.parametrize("made", [drifted, quiet, nothing], ids=lambda made: made.__name__)
def test_json_is_as_published(made):
    tree = json.loads(render(made(), "json"))
    jsonschema.validate(tree, PUBLISHED)
    assert tree == json.loads(json.dumps(plain(made())))
    (listed,) = json.loads(render_all([made()]))
    assert listed == tree


def test_the_schema_is_the_one_published():
    """To renew it: write `json.dumps(schema(), indent=2)` and a newline to drift.schema.json."""
    assert schema() == PUBLISHED


def test_json_has_what_was_found_tested_and_seen():
    tree = plain(drifted())
    assert (tree["drifted"], tree["worst"]) == (True, "CRITICAL")
    assert len(tree["drifts"]) == len(drifted().comparison.drifts)
    assert {test["status"] for test in tree["tests"]} >= {"drift", "same", "not enough data"}
    shares = {one["name"]: one["distributions"] for one in tree["columns"]}
    (amount,) = shares["amount"]
    assert amount["type"] == "bins"
    assert len(amount["edges"]) == len(amount["baseline"]) + 1
    (city,) = shares["city"]
    assert dict(zip(city["values"], city["current"], strict=True))["Köln"] == pytest.approx(0.7, abs=0.05)
    assert len(tree["history"]["windows"]) == 8


@pytest.mark.parametrize(
    "path", ["amount", "items", "steady", "paid", "city", "comment", "code", "at", "went", "came"]
)
def test_shares_of_a_shape_add_up(path):
    baseline, current = (side.columns.get(path) for side in profiles())
    for shape in shapes(baseline, current):
        if isinstance(shape, Histogram):
            sides = [
                sum(side) + out
                for side, out in zip((shape.baseline, shape.current), shape.outside, strict=True)
            ]
        else:
            rest = shape.rest or (0.0, 0.0)
            sides = [sum(row[1] for row in shape.rows) + rest[0], sum(row[2] for row in shape.rows) + rest[1]]
        known = [column is not None for column in (baseline, current)]
        for total, there in zip(sides, known, strict=True):
            assert total == pytest.approx(1.0 if there else 0.0, abs=0.03), shape.title


def test_a_shape_is_what_the_column_is():
    def shape_of(path, **options):
        return shapes(*(side.columns.get(path) for side in profiles()), **options)

    assert isinstance(shape_of("amount")[0], Histogram)
    assert [shape.title for shape in shape_of("city")] == ["values"]
    assert shape_of("at")[0].title == "hour of the day, UTC"
    assert shape_of("code", metrics={"patterns"})[0].title == "patterns"
    assert shape_of("code", metrics={"length"})[0].title == "length"
    nulls = shape_of("note")[0]
    assert isinstance(nulls, Bars)
    assert nulls.rows[-1] == ("(null)", pytest.approx(0.02), pytest.approx(0.5))
    assert shape_of("nowhere") == []


def test_a_spark_is_as_long_as_asked():
    shape = shapes(*(side.columns["amount"] for side in profiles()))[0]
    left, right = spark(shape, width=12)
    assert len(left) == len(right) <= 12
    assert max([*left, *right]) == 1.0
