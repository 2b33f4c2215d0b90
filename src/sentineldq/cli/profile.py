"""`sentinel profile`: what data looks like, column by column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sentineldq.cli.output import FILE, SOURCE, refuse
from sentineldq.cli.progress import progress
from sentineldq.cli.style import examples
from sentineldq.errors import UsageError, WriteError

if TYPE_CHECKING:
    from sentineldq.profiles.model import Profile
    from sentineldq.profiles.plan import Plan

SUFFIX = ".sqp"
"""Files of profiles; several are shown as one."""


@click.command(
    epilog=examples(
        "sentinel profile orders.csv",
        "sentinel profile 'events/*.parquet' --contract events.odcs.yaml --output events.sqp",
        "sentinel profile monday.sqp tuesday.sqp",
        "sentinel profile events --project . --window 24h",
        "sentinel profile events --project . --since 2026-11-01 --until 2026-11-08 -f json",
    )
)
@click.argument(
    "data",
    metavar="DATA...",
    nargs=-1,
    required=True,
    type=SOURCE,
    help="Files, globs, folders, FILE#SHEET, database URLs, profiles (*.sqp), or - for standard input; with "
    "--project a dataset.",
)
@click.option(
    "--contract",
    "-c",
    type=FILE,
    metavar="FILE",
    help="What the data should be (ODCS): its columns, its key, what is classified.",
)
@click.option(
    "--dataset", metavar="NAME", help="Which dataset of the contract DATA is, where its name does not tell."
)
@click.option(
    "--project",
    "-p",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Show what this project's store has of a dataset, by the hour.",
)
@click.option("--simulated", is_flag=True, help="The store of simulated runs.", show_default=False)
@click.option("--window", metavar="WINDOW", help="The newest hours: 24h, 7d; or a day: 2026-11-08.")
@click.option(
    "--since", metavar="TIME", help="From this hour on: a date or time in UTC, or so long ago (2d)."
)
@click.option("--until", metavar="TIME", help="Up to this hour, which is not counted.")
@click.option(
    "--output", "-o", type=FILE, metavar="FILE", help="Write the profile itself to this file (*.sqp) as well."
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    help="How to show it; json has all that is known.",
)
@click.option(
    "--input-format",
    metavar="FORMAT",
    help="What DATA is (csv, json, parquet, …), where its content does not tell.",
)
def profile(
    *,
    data: tuple[str, ...],
    contract: Path | None,
    dataset: str | None,
    folder: Path | None,
    simulated: bool,
    window: str | None,
    since: str | None,
    until: str | None,
    output: Path | None,
    form: str,
    input_format: str | None,
) -> None:
    """Show what data looks like: types, nulls, distinct and frequent values, how numbers spread.

    Of files it is found in one pass, in bounded memory, however large they are. Several files, and profiles that were
    written before, are shown as one. With --project it is what the store has: silver is profiled by the hour as it is
    written, so no data is read; without a window all hours are shown.

    Columns that the contract classifies show no values. Counts are exact, distinct counts (~) are estimates, within 4 %
    or so, quantiles within 2 % of ranks.

    Exit code 0; 2: wrong usage, as a dataset that is not known. 3: something could not be read or written.
    """
    refuse([output] if output else [], inputs=list(data))
    if folder is not None:
        if contract or dataset or input_format:
            raise UsageError(
                "a project's datasets have contracts of their own", hint="leave out --project, or the rest"
            )
        found, plan, source = _of_project(
            data, folder, simulated=simulated, window=window, since=since, until=until
        )
    else:
        if simulated or window or since or until:
            raise UsageError("hours are of a project's store", hint="name the project: --project .")
        plan = _plan(contract, dataset or Path(data[0]).name.split(".", 1)[0])
        found, source = _of_files(data, plan, input_format), ", ".join(data)
    if output is not None:
        _write(found, output)
    _show(found, plan, source, form)


def _of_files(data: tuple[str, ...], plan: Plan, form: str | None) -> Profile:
    from sentineldq.profiles.merge import merge
    from sentineldq.profiles.scan import profile_file

    found = []
    for one in data:
        if one.endswith(SUFFIX):
            found.append(_read(Path(one)))
            continue
        with progress(f"profiling {one}"):
            found.append(profile_file(one, plan=plan, format=form))
    return found[0] if len(found) == 1 else merge(found)


def _plan(path: Path | None, dataset: str) -> Plan:
    from sentineldq.contracts.load import load_contract
    from sentineldq.errors import suggest
    from sentineldq.profiles.plan import Plan, plan_of

    if path is None:
        return Plan()
    contract = load_contract(path)
    found = contract.schema[0] if len(contract.schema) == 1 else contract.object(dataset)
    if found is None:
        names = [item.name or "" for item in contract.schema]
        raise UsageError(
            f"{path} has no dataset {dataset!r}", hint=suggest(dataset, names) or "name it: --dataset"
        )
    return plan_of(found, contract)


def _of_project(
    data: tuple[str, ...],
    folder: Path,
    *,
    simulated: bool,
    window: str | None,
    since: str | None,
    until: str | None,
) -> tuple[Profile, Plan, str]:
    from datetime import UTC, datetime

    from sentineldq.pipeline.drift.window import told
    from sentineldq.pipeline.profiles.window import stored, window_of
    from sentineldq.pipeline.project import load_project
    from sentineldq.pipeline.replay.quarantine import pipeline_of
    from sentineldq.profiles.plan import plan_of
    from sentineldq.store import profiles

    if len(data) != 1:
        raise UsageError("one dataset of a project at a time", hint="name one")
    project = load_project(folder, simulated=simulated)
    pipeline = pipeline_of(project, data[0].removeprefix("silver."))
    name = project.dataset(pipeline)
    contract, table = project.agreement(pipeline)
    with project.open_store() as store:
        span = profiles.span(store, name)
        asked = window_of(
            length=window, since=since, until=until, newest=span[1] if span else None, now=datetime.now(UTC)
        )
        if span is None:
            raise UsageError(f"dataset {name!r} has no profiles yet", hint="`sentinel run` makes them")
        found = stored(store, name, window=asked)
    hours = f"{found.hours} hour{'' if found.hours == 1 else 's'}"
    return found.profile, plan_of(table, contract), f"{name}, {told(found.window)} ({hours})"


def _read(path: Path) -> Profile:
    from sentineldq.errors import ProfileError, ReadError
    from sentineldq.profiles.codec import decode

    try:
        return decode(path.read_bytes())
    except OSError as fault:
        raise ReadError(str(path), fault.strerror or str(fault)) from fault
    except ProfileError as fault:
        raise ReadError(str(path), fault.message, hint=fault.hint) from fault


def _write(found: Profile, path: Path) -> None:
    from sentineldq.profiles.codec import encode

    try:
        path.write_bytes(encode(found))
    except OSError as fault:
        raise WriteError(str(path), fault.strerror or str(fault)) from fault
    click.echo(f"wrote {path}", err=True)


def _show(found: Profile, plan: Plan, source: str, form: str) -> None:
    if form == "json":
        import json

        from sentineldq.reports.facts import facts

        click.echo(json.dumps(facts(found, source=source, hides=plan.hides), ensure_ascii=False, indent=2))
        return
    from sentineldq.reports.profile import profile_table

    click.echo(profile_table(found, source=source, hides=plan.hides))
