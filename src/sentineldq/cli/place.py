"""The options by which a command is told its project, and how to show what it finds there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def in_project(command: Command) -> Command:
    """`--project`, `--simulated` and `--format`, as `folder`, `simulated` and `form`."""
    for option in (
        click.option(
            "--format",
            "-f",
            "form",
            type=click.Choice(["table", "json"]),
            default="table",
            help="How to show it; json has exact counts, times and bytes.",
        ),
        click.option(
            "--simulated",
            is_flag=True,
            help="The tables and the store of simulated runs.",
            show_default=False,
        ),
        click.option(
            "--project",
            "-p",
            "folder",
            metavar="DIR",
            type=click.Path(path_type=Path),
            default=Path(),
            help="The project's folder.",
        ),
    ):
        command = option(command)
    return command
