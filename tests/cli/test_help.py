"""What `--help` shows, and that starting costs nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import click
import pytest

from sentineldq import __version__
from sentineldq.cli.app import app
from tests.docs.test_commands import inner_commands, sentinel_calls, unknown

HEAVY = {"click", "rich", "polars", "duckdb", "narwhals", "pyarrow", "msgspec", "yaml", "sqlglot", "pandas"}


def paths(command=app, path=()):
    yield path
    for name, inner in inner_commands(command).items():
        yield from paths(inner, (*path, name))


def command_at(path):
    command = app
    for name in path:
        command = inner_commands(command)[name]
    return command


@pytest.mark.parametrize("path", list(paths()), ids=lambda path: " ".join(("sentinel", *path)))
def test_help_fits_and_shows_examples_that_work(sentinel, monkeypatch, path):
    monkeypatch.setenv("COLUMNS", "200")
    ran = sentinel(*path, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= 100
    _, examples = ran.out.split("Examples:\n")
    shown = [line.strip() for line in examples.splitlines() if line.strip()]
    assert shown
    for line in shown:
        for words in sentinel_calls(line):
            assert unknown(words) == [], line
    assert sentinel(*path, "-h").out == ran.out


@pytest.mark.parametrize("path", [path for path in paths() if path], ids=" ".join)
def test_every_option_is_explained(path):
    assert [item.name for item in command_at(path).params if not (item.help or "").strip()] == []


def test_leaf_commands_tell_their_exit_codes(sentinel):
    for path in paths():
        if path and not isinstance(command_at(path), click.Group):
            assert re.search(r"[Ee]xit codes? ", sentinel(*path, "--help").out), path


@pytest.mark.parametrize("path", [path for path in paths() if path], ids=" ".join)
def test_the_list_of_commands_says_what_their_help_says(path):
    """It is kept apart, so that a list of commands imports none of them."""
    *group, name = path
    _, line = command_at(group).lazy[name]
    assert line == command_at(path).help.split("\n\n")[0]


def loaded(importtime: str) -> set[str]:
    """The top-level packages in what `-X importtime` writes."""
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in importtime.splitlines()}


def test_version_imports_nothing_heavy(process):
    ran = process("--version", python=("-X", "importtime"))
    assert (ran.code, ran.out) == (0, f"sentinel {__version__}\n")
    assert "sentineldq" in loaded(ran.err)
    assert loaded(ran.err) & HEAVY == set()


def test_help_imports_no_engine(process):
    ran = process("check", "--help", python=("-X", "importtime"))
    assert loaded(ran.err) & (HEAVY - {"click"}) == set()


def test_a_command_imports_no_other(folder):
    """Nor what it does not show: a verdict as JSON needs no terminal."""
    code = "import sys; from sentineldq.cli.app import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    words = [sys.executable, "-c", code, "check", "orders.csv", "--format", "json"]
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": path}
    )
    modules = set(done.stderr.split())
    assert "sentineldq.cli.check" in modules
    others = {f"sentineldq.cli.{name}" for name in ("catalogue", "contract", "convert", "infer")}
    assert modules & {"rich", *others} == set()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("sentinel", "che"), {"plain,check", "plain,checks"}),
        (("sentinel", "contract", "di"), {"plain,diff"}),
        (("sentinel", "check", "x.csv", "--engine", "du"), {"plain,duckdb"}),
        (("sentinel", "check", "ord"), {"file,ord"}),
    ],
)
def test_completion_offers_what_may_follow(sentinel, monkeypatch, words, shown):
    monkeypatch.setenv("_SENTINEL_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    ran = sentinel()
    assert (ran.code, set(ran.out.split()), ran.err) == (0, shown, "")


def test_importing_the_package_is_light():
    code = "import sys, sentineldq; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY == set()


def test_both_versions_agree(sentinel):
    """`--version` alone is answered early, among other options by the parser."""
    assert sentinel("--version").out == f"sentinel {__version__}\n"
