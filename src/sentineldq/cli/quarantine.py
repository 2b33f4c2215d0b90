"""`sentinel quarantine`: what was refused and why; trying it again, mended or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentineldq.cli.chosen import choosing, make_choice
from sentineldq.cli.group import LazyGroup
from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples

if TYPE_CHECKING:
    from sentineldq.lake.open import Lake
    from sentineldq.pipeline.project import Project
    from sentineldq.pipeline.replay.step import Outcome


COMMANDS = {
    "list": ("sentineldq.cli.quarantine:list_", "Count what is in quarantine, by dataset and check."),
    "show": (
        "sentineldq.cli.quarantine:show",
        "Show one record, why it was refused, and if it would pass now.",
    ),
    "replay": (
        "sentineldq.cli.quarantine:replay",
        "Try records again, after a contract fix or with a patch.",
    ),
    "drop": ("sentineldq.cli.quarantine:drop", "Take records out of quarantine for good."),
}

BAD = 1


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog=examples(
        "sentinel quarantine list",
        "sentinel quarantine show 3f9a1c",
        "sentinel quarantine replay events --dry-run",
        "sentinel quarantine replay events --check public.not_null --set public=true",
    ),
)
def quarantine() -> None:
    """See what was refused and why, mend it, and try it again."""


@click.command(
    "list",
    epilog=examples(
        "sentinel quarantine list",
        "sentinel quarantine list events --since 24h",
        "sentinel quarantine list events --check public.not_null --records --limit 5",
        "sentinel quarantine list --format json",
    ),
)
@click.argument("dataset", metavar="[DATASET]", required=False, help="A dataset; without one, all of them.")
@choosing
@click.option("--records", is_flag=True, help="List the records themselves, the newest first.")
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(min=1),
    default=20,
    help="At most so many records or checks a dataset.",
)
@in_project
def list_(
    dataset: str | None, *, records: bool, limit: int, form: str, folder: Path, simulated: bool, **chosen: Any
) -> None:
    """Count what is in quarantine, by dataset and check.

    The worst come first, each with an example.

    Values that the contract classifies are masked in reasons.

    Exit code 0: it is shown, whatever it says. 2: no such project, dataset or check. 3: the lake cannot be read.
    """
    from msgspec import to_builtins

    from sentineldq.pipeline.replay import quarantine as held
    from sentineldq.reports import quarantine as report

    choice = make_choice(**chosen)
    with _opened(folder, simulated=simulated) as (project, lake):
        names = _datasets(project, dataset)
        held.demand_checks(lake, names, choice.checks)
        found = held.summarise(lake, names, choice)
        newest = held.records(lake, names, choice, limit=limit) if records else []
    tail = _tail(folder, simulated=simulated)
    if form == "json":
        _json(to_builtins(newest if records else found))
    elif records:
        click.echo(report.listing(newest, total=sum(one.records for one in found), options=tail))
    else:
        click.echo(report.summary(found, limit=limit, options=tail))


@click.command(
    epilog=examples("sentinel quarantine show 3f9a1c", "sentinel quarantine show 3f9a1c --raw -f json")
)
@click.argument("hash_", metavar="HASH", help="The beginning of a record's hash, as `list` shows it.")
@click.option("--dataset", metavar="NAME", help="Look in this dataset alone.")
@click.option("--raw", is_flag=True, help="Show values that the contract classifies, too.")
@in_project
def show(hash_: str, *, dataset: str | None, raw: bool, form: str, folder: Path, simulated: bool) -> None:
    """Show one record, why it was refused, and if it would pass now.

    Values that the contract classifies (personal data) are masked unless --raw is given.

    Exit code 0: it is shown. 2: no record, or several, have a hash that begins so. 3: the lake cannot be read.
    """
    from msgspec import to_builtins

    from sentineldq.pipeline.replay.quarantine import pipeline_of
    from sentineldq.pipeline.replay.view import view
    from sentineldq.reports import quarantine as report

    with _opened(folder, simulated=simulated) as (project, lake):
        names = [pipeline_of(project, dataset)] if dataset else list(project.settings.pipelines)
        found = view(project, lake, names, hash_.lower(), raw=raw)
    if form == "json":
        _json(to_builtins(found))
    else:
        click.echo(report.record(found, options=_tail(folder, simulated=simulated)))


DRY = click.option("--dry-run", is_flag=True, help="Say what would become of them, and change nothing.")
YES = click.option("--yes", "-y", is_flag=True, help="Do not ask before records are altered or dropped.")


@click.command(
    epilog=examples(
        "sentinel quarantine replay events --dry-run",
        "sentinel quarantine replay events",
        "sentinel quarantine replay events --check payload.size.range --set payload.size=0",
        'sentinel quarantine replay events --sql "json_merge_patch(record, \'{\\"public\\": true}\')"',
        "sentinel quarantine replay events --contract contracts/events-draft.odcs.yaml --dry-run",
    )
)
@click.argument("dataset", metavar="DATASET", help="The dataset whose quarantine it is.")
@choosing
@click.option(
    "--contract",
    metavar="WHICH",
    help="Judge by this contract: a file, a version or a fingerprint; by default the project's as it is now.",
)
@click.option(
    "--set",
    "settings",
    metavar="PATH=JSON",
    multiple=True,
    help="Set a value first (payload.size=0, items[].sku=null); may be repeated.",
)
@click.option(
    "--sql",
    metavar="EXPRESSION",
    help="The record's new JSON, in DuckDB's SQL over `record` (JSON) and `raw` (text); NULL drops the record.",
)
@DRY
@YES
@in_project
def replay(
    dataset: str,
    *,
    contract: str | None,
    settings: tuple[str, ...],
    sql: str | None,
    dry_run: bool,
    yes: bool,
    form: str,
    folder: Path,
    simulated: bool,
    **chosen: Any,
) -> None:
    """Try records again, after a contract fix or with a patch.

    What passes is moved to silver, exactly once.

    What still fails stays, with its new reasons. May be stopped anywhere and run again, also while pipelines run. With
    --set or --sql the records are altered on their way; bronze keeps them as they came.

    Exit code 0: nothing chosen is still refused. 1: some of it is. 2: wrong usage, or a contract that silver cannot
    follow. 3: the lake or the store cannot be read or written.
    """
    from sentineldq.pipeline.replay.patch import make_patch
    from sentineldq.pipeline.replay.quarantine import demand_checks
    from sentineldq.pipeline.replay.run import replay as try_again

    choice, patch = make_choice(**chosen), make_patch(settings, sql)
    with _opened(folder, simulated=simulated) as (project, lake), project.open_store() as store:
        demand_checks(lake, _datasets(project, dataset), choice.checks)

        def act(*, dry: bool) -> Outcome:
            return try_again(
                project,
                dataset,
                lake=lake,
                store=store,
                choice=choice,
                patch=patch,
                contract=contract,
                dry_run=dry,
            )

        sure = not patch or yes
        _act(act, dry=dry_run, sure=sure, form=form, tail=_tail(folder, simulated=simulated))


@click.command(
    epilog=examples(
        "sentinel quarantine drop events --check record.json --dry-run",
        "sentinel quarantine drop events --hash 3f9a1c --yes",
    )
)
@click.argument("dataset", metavar="DATASET", help="The dataset whose quarantine it is.")
@choosing
@DRY
@YES
@in_project
def drop(
    dataset: str, *, dry_run: bool, yes: bool, form: str, folder: Path, simulated: bool, **chosen: Any
) -> None:
    """Take records out of quarantine for good.

    Bronze keeps them as they came.

    They are counted as dropped, so that bronze = silver + quarantine + duplicates + dropped still holds.

    Exit code 0: done. 2: wrong usage. 3: the lake or the store cannot be read or written.
    """
    from sentineldq.pipeline.replay.quarantine import demand_checks
    from sentineldq.pipeline.replay.run import drop as take_away

    choice = make_choice(**chosen)
    with _opened(folder, simulated=simulated) as (project, lake), project.open_store() as store:
        demand_checks(lake, _datasets(project, dataset), choice.checks)

        def act(*, dry: bool) -> Outcome:
            return take_away(project, dataset, lake=lake, store=store, choice=choice, dry_run=dry)

        _act(act, dry=dry_run, sure=yes, form=form, tail=_tail(folder, simulated=simulated))


# ---------------------------------------------------------------------------------------- shared


def _act(act: Callable[..., Outcome], *, dry: bool, sure: bool, form: str, tail: str) -> None:
    """Do it, or try it first and ask; exit code 1 where something is still refused."""
    from msgspec import to_builtins

    from sentineldq.reports import quarantine as report

    if not dry and not sure:
        _ask(act(dry=True), tail=tail)
    done = act(dry=dry)
    if form == "json":
        _json(to_builtins(done))
    else:
        click.echo(report.outcome(done, options=tail))
    if done.still_bad:
        raise click.exceptions.Exit(BAD)


def _ask(tried: Outcome, *, tail: str) -> None:
    """Show what would become of the records, and ask. Raises UsageError where nobody can answer."""
    import sys

    from sentineldq.errors import UsageError
    from sentineldq.reports import quarantine as report

    if not tried.tried:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"this alters or drops up to {tried.tried:,} records, and nobody is there to be asked",
            hint="--dry-run shows what would become of them, --yes does it",
        )
    click.echo(report.outcome(tried, options=tail), err=True)
    click.confirm("do it?", abort=True, err=True)


@contextmanager
def _opened(folder: Path, *, simulated: bool) -> Iterator[tuple[Project, Lake]]:
    from sentineldq.pipeline.project import load_project

    project = load_project(folder, simulated=simulated)
    with project.open_lake() as lake:
        yield project, lake


def _datasets(project: Project, dataset: str | None) -> list[str]:
    from sentineldq.pipeline.replay.quarantine import pipeline_of

    names = [pipeline_of(project, dataset)] if dataset else list(project.settings.pipelines)
    return [project.dataset(name) for name in names]


def _tail(folder: Path, *, simulated: bool) -> str:
    """The options that lead the next command to the same quarantine."""
    from shlex import quote

    where = f" --project {quote(str(folder))}" if folder != Path() else ""
    return where + (" --simulated" if simulated else "")


def _json(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
