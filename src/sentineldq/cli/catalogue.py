"""`sentinel checks`: the catalogue, as the reference and as help."""

from __future__ import annotations

from typing import Annotated

import typer


def checks(
    kind: Annotated[str | None, typer.Argument(help="One kind; all of them without it.")] = None,
    form: Annotated[str, typer.Option("--format", "-f", help="table, json or markdown")] = "table",
) -> None:
    """List the checks there are, their parameters and what they mean.

    Examples:
        sentinel checks

        sentinel checks between
    """
    from sentineldq.checks.definition import catalogue, definition_of
    from sentineldq.checks.reference import describe, render

    found = [definition_of(kind)] if kind else list(catalogue().values())
    typer.echo(render([describe(item) for item in found], form), nl=False)
