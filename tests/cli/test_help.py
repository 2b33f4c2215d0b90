"""What `--help` shows, and that starting costs nothing."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import typer.main
from tests.docs.test_commands import sentinel_calls, unknown

from sentineldq import __version__
from sentineldq.cli.app import app

HEAVY = {"typer", "rich", "polars", "duckdb", "narwhals", "pyarrow", "msgspec", "yaml", "sqlglot", "pandas"}


def paths(command=None, path=()):
    command = command or typer.main.get_command(app)
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from paths(inner, (*path, name))


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
    command = typer.main.get_command(app)
    for name in path:
        command = command.commands[name]
    assert [item.name for item in command.params if not (item.help or "").strip()] == []


def test_leaf_commands_tell_their_exit_codes(sentinel):
    for path in paths():
        if path and path != ("contract",):
            assert re.search(r"[Ee]xit codes? ", sentinel(*path, "--help").out), path


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
    assert loaded(ran.err) & (HEAVY - {"typer", "msgspec", "yaml"}) == set()


def test_importing_the_package_is_light():
    code = "import sys, sentineldq; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY == set()


def test_both_versions_agree(sentinel):
    """`--version` alone is answered early, among other options by the parser."""
    assert sentinel("--version").out == f"sentinel {__version__}\n"
