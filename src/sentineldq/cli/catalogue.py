"""`sentinel checks`: the catalogue, as the reference and as help."""

from __future__ import annotations

import click

from sentineldq.cli.style import examples

EXAMPLES = examples(
    "sentinel checks",
    "sentinel checks between",
    "sentinel checks --format markdown > checks.md",
)


@click.command(epilog=EXAMPLES)
@click.argument("kind", required=False, help="One kind of check; without it, all of them.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    help="How to show them.",
)
def checks(kind: str | None, form: str) -> None:
    """List the kinds of check, their parameters and what they mean.

    Exit code 0; 2: there is no check of that kind.
    """
    from sentineldq.checks.definition import catalogue, definition_of
    from sentineldq.checks.reference import describe, render

    found = [definition_of(kind)] if kind else list(catalogue().values())
    click.echo(render([describe(item) for item in found], form), nl=False)
