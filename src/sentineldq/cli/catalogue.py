"""`sentinel checks`: the catalogue, as the reference and as help."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from sentineldq.cli.style import examples

EXAMPLES = examples(
    "sentinel checks",
    "sentinel checks between",
    "sentinel checks --format markdown > checks.md",
)


class CatalogueFormat(StrEnum):
    """How the catalogue is shown."""

    table = "table"
    json = "json"
    markdown = "markdown"


def checks(
    kind: Annotated[
        str | None, typer.Argument(metavar="KIND", help="One kind of check; without it, all of them.")
    ] = None,
    form: Annotated[
        CatalogueFormat, typer.Option("--format", "-f", help="How to show them.")
    ] = CatalogueFormat.table,
) -> None:
    """List the kinds of check, their parameters and what they mean.

    Exit code 0; 2: there is no check of that kind.
    """
    from sentineldq.checks.definition import catalogue, definition_of
    from sentineldq.checks.reference import describe, render

    found = [definition_of(kind)] if kind else list(catalogue().values())
    typer.echo(render([describe(item) for item in found], form.value), nl=False)
