"""`sentinel status`: where the pipelines of a project stand."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples


@click.command(
    epilog=examples(
        "sentinel status", "sentinel status --project projects/github --simulated", "sentinel status -f json"
    )
)
@in_project
def status(*, folder: Path, simulated: bool, form: str) -> None:
    """Show where the pipelines and gold of a project stand.

    Last runs, records by table, gold, open findings. `lag` counts the batches of bronze that are not in silver yet.
    Only metadata is read, also while a run goes on.

    Exit code 0: it is shown, whatever it says. 2: there is no such project. 3: something could not be read, or does
    not add up.
    """
    from datetime import UTC, datetime

    from msgspec import to_builtins

    from sentineldq.pipeline.project import load_project
    from sentineldq.pipeline.status import look
    from sentineldq.reports.project import state_table

    state = look(load_project(folder, simulated=simulated), now=datetime.now(UTC))
    if form == "json":
        click.echo(json.dumps(to_builtins(state), ensure_ascii=False, indent=2))
    else:
        click.echo(state_table(state))
    if state.problems:
        raise click.exceptions.Exit(3)
