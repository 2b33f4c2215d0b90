"""Every page of the documentation is run: commands exit and print as shown, Python does not fail."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import click
import pytest

from sentineldq.cli.app import COMMANDS, app
from tests.docs.blocks import PAGES, Block, Command, agrees, blocks, commands, name_of

SHELL = ("sh", "bash", "console")
RUN = (*SHELL, "setup", "python")
WITH_CODE = [page for page in PAGES if any(block.language in RUN or block.file for block in blocks(page))]


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_a_page_does_what_it_says(page: Path, folder: Path) -> None:
    """Its commands and its Python, in order, in one folder and one namespace."""
    names: dict[str, object] = {"__name__": "__page__"}
    for block in blocks(page):
        if block.reason is not None:
            continue
        if block.file is not None:
            (folder / block.file).write_text(block.code, encoding="utf-8")
        elif block.language == "setup":
            run(Command(text=block.code), folder, block)
        elif block.language in SHELL:
            for command in commands(block):
                run(command, folder, block)
        elif block.language == "python":
            lines = "\n" * block.line  # so that a traceback shows the page's own lines
            exec(compile(f"{lines}{block.code}", name_of(page), "exec"), names)


def run(command: Command, folder: Path, block: Block) -> None:
    done = subprocess.run(
        ["sh", "-c", command.text],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    where = f"line {block.line}: $ {command.text}\n{done.stdout}"
    assert done.returncode == command.code, where
    if command.shown is not None:
        assert agrees(command.shown, done.stdout), f"{where}\n--- the page shows\n{command.shown}"


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_commands_are_known_with_all_their_options(page: Path) -> None:
    """Also those that are not run, for want of a server."""
    for block in blocks(page):
        if block.language in SHELL:
            for command in commands(block):
                for words in sentinel_calls(command.text):
                    assert unknown(words) == [], f"line {block.line}: {command.text}"


def sentinel_calls(text: str) -> list[list[str]]:
    """The words behind each `sentinel` of a pipeline."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    calls: list[list[str]] = []
    for word in lexer:
        if word == "sentinel" or set(word) <= set("|&;<>"):
            calls.append([])
        elif calls:
            calls[-1].append(word)
    return [call for call in calls if call and call[0] in COMMANDS]


def inner_commands(command: click.Command) -> dict[str, click.Command]:
    """The commands of a group, imported; of anything else none."""
    if not isinstance(command, click.Group):
        return {}
    context = click.Context(command)
    return {name: command.get_command(context, name) for name in command.list_commands(context)}


def unknown(words: list[str]) -> list[str]:
    """The options among these words that their command does not have."""
    command, rest = app, list(words)
    while rest and (inner := inner_commands(command).get(rest[0])):
        command, rest = inner, rest[1:]
    known = {
        "-h",
        "--help",
        *(name for item in command.params for name in (*item.opts, *item.secondary_opts)),
    }
    return [word for word in rest if word.startswith("-") and word != "-" and word not in known]
