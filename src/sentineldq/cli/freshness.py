"""`sentinel freshness`: how old each dataset is, now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click

from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples


@click.command(
    epilog=examples(
        "sentinel freshness",
        "sentinel freshness events --fail-on warn",
        "sentinel freshness gold.summary --project projects/market -f json",
    )
)
@click.argument(
    "datasets",
    metavar="[DATASET...]",
    nargs=-1,
    help="Datasets (`events`) or tables (`gold.daily`) to show; without one, all of them.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["warn", "fail"]),
    default="fail",
    help="Exit with 1 from this status on.",
)
@in_project
def freshness(
    datasets: tuple[str, ...], *, fail_on: Literal["warn", "fail"], folder: Path, simulated: bool, form: str
) -> None:
    """Measure how old each dataset is, against what is allowed.

    That is the age of its newest event, against the service level of its contract. All are measured and written to
    freshness.json, beside the gold tables, and to the store, whichever are shown. What cannot be measured counts as
    stale.

    Exit code 0: what is shown is fresh. 1: stale (see --fail-on). 2: no such project or dataset. 3: the lake or the
    store cannot be read or written.
    """
    from datetime import UTC, datetime

    from msgspec import to_builtins

    from sentineldq.pipeline.freshness import keep, measure_all, pick
    from sentineldq.pipeline.project import load_project
    from sentineldq.reports.project import freshness_table

    now = datetime.now(UTC)
    project = load_project(folder, simulated=simulated)
    with project.open_lake() as lake, project.open_store() as store:
        measured = measure_all(project, lake, now=now)
        shown = pick(measured, datasets)
        keep(lake, store, measured, now=now)
    if form == "json":
        click.echo(json.dumps(to_builtins(shown), ensure_ascii=False, indent=2))
    else:
        click.echo(freshness_table(shown, now=now))
    stale = {"fail", "error", *(["warn"] if fail_on == "warn" else [])}
    if any(one.status in stale for one in shown):
        raise click.exceptions.Exit(1)
