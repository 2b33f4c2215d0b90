"""The page on drift names every test with the levels it has."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from sentineldq.drift.choose import LARGE, SMALL
from sentineldq.drift.registry import BUILT_IN
from sentineldq.drift.settings import LEVELS, Override, Settings, settings_of

PAGE = (Path(__file__).parents[2] / "docs/concepts/drift.md").read_text(encoding="utf-8")
NUMBER = r"([\d.]+)"


def test_levels_on_the_page_are_those_of_the_code():
    rows = re.findall(rf"^\| (`[^|]+`) \|.*\| {NUMBER} \| {NUMBER} \| {NUMBER} \|$", PAGE, re.MULTILINE)
    told = {
        name: tuple(map(float, levels)) for names, *levels in rows for name in re.findall(r"`(\w+)`", names)
    }
    schema = {"type", "nullable", "cardinality", "new_values"}
    assert told == {
        name: (item.info, item.warning, item.critical) for name, item in LEVELS.items() if name not in schema
    }
    for name in schema:
        assert re.search(rf"^\| `{name}` .* {LEVELS[name].warning:g} WARNING, {LEVELS[name].critical:g} CRITICAL \|$",
                         PAGE, re.MULTILINE), name  # fmt: skip


def test_every_built_in_test_is_on_the_page():
    assert [name for name in BUILT_IN if f"| `{name}` |" not in PAGE] == []


def test_default_tests_are_built_in():
    chosen = {name for names in (*SMALL.values(), *LARGE.values()) for name in names}
    assert chosen <= BUILT_IN.keys()


def test_the_settings_on_the_page_are_the_defaults_but_for_what_they_show():
    first, second = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    found = settings_of(first["drift"])
    assert (found.windowing, found.schema, found.testing) == (
        Settings().windowing,
        Settings().schema,
        Settings().testing,
    )
    assert found.target("silver.orders").fields == ["amount", "status", "items[].*"]
    assert second["customProperties"][0]["value"].keys() <= set(Override.__struct_fields__)
