"""`sentinel lake`: what the tables hold, and their upkeep by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentineldq.cli.group import LazyGroup
from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples

if TYPE_CHECKING:
    from pyiceberg.table import Table

    from sentineldq.lake.open import Lake


COMMANDS = {
    "ls": ("sentineldq.cli.lake:ls", "List the tables, with their rows, files and last commit."),
    "show": ("sentineldq.cli.lake:show", "Show a table: columns, place, facts, files by partition."),
    "history": ("sentineldq.cli.lake:history", "Show the commits of a table that are still kept."),
    "compact": ("sentineldq.cli.lake:compact", "Put small files together."),
    "expire": ("sentineldq.cli.lake:expire", "Forget old snapshots and delete what only they needed."),
    "orphans": ("sentineldq.cli.lake:orphans", "Find files that no table refers to, and delete them."),
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog=examples(
        "sentinel lake ls",
        "sentinel lake show silver.events",
        "sentinel lake compact && sentinel lake expire --older-than 7d",
    ),
)
def lake() -> None:
    """Look at the tables of a project's lake, and keep them small."""


@click.command(epilog=examples("sentinel lake ls", "sentinel lake ls --format json"))
@in_project
def ls(*, folder: Path, simulated: bool, form: str) -> None:
    """List the tables, with their rows, files and last commit.

    Exit code 0; 2: no such project or table. 3: the lake cannot be read.
    """
    from sentineldq.lake.describe import summarise
    from sentineldq.reports.lake import tables

    with _open(folder, simulated=simulated) as opened:
        found = _each(opened, (), summarise)
    _answer(found, tables, form)


@click.command(
    epilog=examples("sentinel lake show silver.events", "sentinel lake show bronze.events -f json")
)
@click.argument("table", metavar="TABLE", help="A table, as `sentinel lake ls` names it.")
@in_project
def show(table: str, *, folder: Path, simulated: bool, form: str) -> None:
    """Show a table: columns, place, facts, files by partition.

    Exit code 0; 2: no such project or table. 3: the lake cannot be read.
    """
    from sentineldq.lake.describe import describe
    from sentineldq.reports.lake import details

    with _open(folder, simulated=simulated) as opened:
        _print(describe(opened.table(table)), details, form)


@click.command(
    epilog=examples("sentinel lake history silver.events", "sentinel lake history silver.events -n 5")
)
@click.argument("table", metavar="TABLE", help="A table, as `sentinel lake ls` names it.")
@click.option("--limit", "-n", type=click.IntRange(min=1), default=30, help="At most so many, the newest.")
@in_project
def history(table: str, *, limit: int, folder: Path, simulated: bool, form: str) -> None:
    """Show the commits of a table that are still kept.

    The newest come first. Exit code 0; 2: no such project or table. 3: the lake cannot be read.
    """
    from sentineldq.lake.describe import history as commits
    from sentineldq.reports.lake import snapshots

    with _open(folder, simulated=simulated) as opened:
        _print(commits(opened.table(table))[:limit], snapshots, form)


NAMES = click.argument("names", metavar="[TABLE...]", nargs=-1, help="Tables; without one, all of them.")
DRY = click.option("--dry-run", "dry", is_flag=True, help="Say what would be done, and do nothing.")


@click.command(epilog=examples("sentinel lake compact --dry-run", "sentinel lake compact bronze.events"))
@NAMES
@DRY
@in_project
def compact(names: tuple[str, ...], *, dry: bool, folder: Path, simulated: bool, form: str) -> None:
    """Put small files together.

    The same rows in fewer files, safe beside writers.

    Old files stay until `sentinel lake expire` removes the snapshots that need them.

    Exit code 0; 2: no such project or table. 3: a table could not be kept, the others were.
    """
    from sentineldq.lake.compact import compact as join
    from sentineldq.lake.compact import pack
    from sentineldq.reports.lake import compactions

    def one(table: Table) -> dict[str, Any]:
        bins = pack(table)
        plan = {
            "table": ".".join(table.name()),
            "files_before": sum(len(each.files) for each in bins),
            "files_after": len(bins),
            "bytes_before": sum(each.bytes for each in bins),
            "rows": sum(each.rows for each in bins),
            "late": 0,
        }
        if dry:
            return plan
        done = join(table, bins)
        return plan | {
            "files_before": done.files,
            "files_after": done.bins,
            "bytes_before": done.before,
            "bytes_after": done.after,
            "rows": done.rows,
            "late": done.late,
        }

    with _open(folder, simulated=simulated) as opened:
        found = _each(opened, names, one)
    _answer(found, lambda each: compactions(each, dry=dry), form)


@click.command(
    epilog=examples("sentinel lake expire --older-than 7d", "sentinel lake expire silver.events --dry-run")
)
@NAMES
@click.option(
    "--older-than", "age", metavar="DURATION", default="1d", help="Forget snapshots older than this."
)
@click.option(
    "--keep", type=click.IntRange(min=1), default=20, help="Keep at least so many, whatever their age."
)
@DRY
@in_project
def expire(
    names: tuple[str, ...], *, age: str, keep: int, dry: bool, folder: Path, simulated: bool, form: str
) -> None:
    """Forget old snapshots and delete what only they needed.

    The rows of the table stay, and so does its place. Snapshots younger than five minutes stay in any case, as do
    those of branches' heads and tags.

    Exit code 0; 2: no such project or table. 3: a table could not be kept, the others were.
    """
    from sentineldq.contracts.duration import parse_duration
    from sentineldq.lake.expire import Keep, doomed
    from sentineldq.lake.expire import expire as forget
    from sentineldq.reports.lake import expiries

    rule = Keep(age=parse_duration(age), least=keep, most=max(keep, 2**31), metadata=min(keep, 20))

    def one(table: Table) -> dict[str, Any]:
        plan = {"table": ".".join(table.name()), "of": len(table.metadata.snapshots)}
        if dry:
            return plan | {"snapshots": len(doomed(table, rule))}
        done = forget(table, rule)
        return plan | {"snapshots": done.snapshots, "files": done.files}

    with _open(folder, simulated=simulated) as opened:
        found = _each(opened, names, one)
    _answer(found, lambda each: expiries(each, dry=dry), form)


@click.command(epilog=examples("sentinel lake orphans", "sentinel lake orphans --delete --older-than 3d"))
@NAMES
@click.option("--delete", is_flag=True, help="Delete them, instead of listing them only.")
@click.option("--older-than", "age", metavar="DURATION", default="24h", help="Only files older than this.")
@click.option("--force", is_flag=True, help="Allow less than one hour; stop all writers first.")
@in_project
def orphans(
    names: tuple[str, ...], *, delete: bool, age: str, force: bool, folder: Path, simulated: bool, form: str
) -> None:
    """Find files that no table refers to, and delete them.

    Writers that were refused or killed leave such files.

    A file that a writer has not committed yet looks the same, so only old ones count.

    Exit code 0; 2: no such project or table. 3: a table could not be kept, the others were.
    """
    from sentineldq.contracts.duration import parse_duration
    from sentineldq.lake.orphans import Orphan, delete_orphans, demand_grace, find_lost_places, find_orphans
    from sentineldq.reports import lake as report

    grace = parse_duration(age)
    demand_grace(grace, force=force)

    def told(table: Table, name: str, found: Sequence[Orphan]) -> list[dict[str, Any]]:
        if delete:
            delete_orphans(table, found)
        return [
            {
                "table": name,
                "location": orphan.location,
                "bytes": orphan.bytes,
                "modified": orphan.modified.isoformat(timespec="seconds"),
            }
            for orphan in found
        ]

    def one(table: Table) -> list[dict[str, Any]]:
        return told(table, ".".join(table.name()), find_orphans(table, grace=grace))

    with _open(folder, simulated=simulated) as opened:
        found, errors = _each(opened, names, one)
        rows = [row for table in found for row in table]
        if not names and not errors and (known := opened.names()):
            rows += told(opened.table(known[0]), "places", find_lost_places(opened, grace=grace))
    _answer((rows, errors), lambda each: report.orphans(each, deleted=delete), form)


# ---------------------------------------------------------------------------------------- shared


def _open(folder: Path, *, simulated: bool) -> Lake:
    from sentineldq.pipeline.project import load_project

    return load_project(folder, simulated=simulated).open_lake()


def _each(opened: Lake, names: Sequence[str], do: Callable[[Table], Any]) -> tuple[list[Any], list[Any]]:
    """What is done to each table, and the errors of those that it failed for: one never stops the others."""
    from sentineldq.errors import LakeError

    found, errors = [], []
    for name in names or opened.names():
        try:
            found.append(do(opened.table(name)))
        except LakeError as error:
            errors.append(error)
    return found, errors


def _answer(done: tuple[list[Any], list[Any]], render: Callable[[list[Any]], str], form: str) -> None:
    """Print what was done, then the errors; exit code 3 where there are any."""
    from sentineldq.cli.app import tell

    found, errors = done
    if found or not errors:
        _print(found, render, form)
    for error in errors:
        tell(error)
    if errors:
        raise click.exceptions.Exit(3)


def _print(found: Any, render: Callable[[Any], str], form: str) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if form == "json" else render(found))
