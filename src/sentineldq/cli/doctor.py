"""`sentinel doctor`: what is configured, reachable and missing, and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples


@click.command(
    epilog=examples(
        "sentinel doctor", "sentinel doctor --project projects/github", "sentinel doctor --format json"
    )
)
@in_project
def doctor(*, folder: Path, simulated: bool, form: str) -> None:
    """Find what is missing or out of reach, and how to mend it.

    Looks at the machine, the project file, contracts, sources, schedules, gold models, lake and store. Changes nothing
    and shows no secret. A source that does not answer is a warning.

    Exit code 0: no problem (warnings are none). 1: problems. 2: wrong usage.
    """
    from msgspec import to_builtins

    from sentineldq.pipeline.doctor import examine
    from sentineldq.reports.project import notes_table

    notes = examine(folder, simulated=simulated)
    if form == "json":
        click.echo(json.dumps(to_builtins(notes), ensure_ascii=False, indent=2))
    else:
        click.echo(notes_table(notes))
    if any(note.level == "problem" for note in notes):
        raise click.exceptions.Exit(1)
