"""`sentinel monitor`: what is watched, where it stands, what would have alerted, and what people say of it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from sentineldq.cli.group import LazyGroup
from sentineldq.cli.output import SOURCE
from sentineldq.cli.place import in_project
from sentineldq.cli.style import examples

if TYPE_CHECKING:
    from sentineldq.monitors.model import Series
    from sentineldq.pipeline.project import Project
    from sentineldq.store.database import Store

COMMANDS = {
    "list": ("sentineldq.cli.monitor:listed", "List the series that are watched, with where each stands."),
    "run": ("sentineldq.cli.monitor:run", "Measure and judge everything that is watched, now."),
    "show": ("sentineldq.cli.monitor:show", "Show a series with its band."),
    "backtest": ("sentineldq.cli.monitor:backtest", "Replay history and show what would have alerted."),
    "feedback": ("sentineldq.cli.monitor:feedback", "Say what an anomaly was, so that the monitor learns."),
}

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"])
SERIES = click.argument("series", metavar="SERIES", help="A series, as `sentinel monitor list` names it.")


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog=examples(
        "sentinel monitor run",
        "sentinel monitor list",
        "sentinel monitor show volume/events",
        "sentinel monitor backtest --data history.csv",
    ),
)
def monitor() -> None:
    """Watch freshness, volume, columns, nulls, scores and numbers of your own."""


@click.command("list", epilog=examples("sentinel monitor list", "sentinel monitor list -f json"))
@in_project
def listed(*, folder: Path, simulated: bool, form: str) -> None:
    """List the series that are watched, with where each stands.

    Nothing is measured; it is shown as of the last `sentinel monitor run` or the last look of `sentinel run --watch`.

    Exit code 0. 2: there is no such project. 3: the store cannot be read.
    """
    from sentineldq.pipeline.monitor.listing import listing
    from sentineldq.reports.monitor import listing_table

    with _project(folder, simulated=simulated).open_store() as store:
        found = listing(store)
    _answer(found, listing_table, form)


@click.command(
    epilog=examples(
        "sentinel monitor run", "sentinel monitor run --only volume --only nulls --fail-on critical"
    )
)
@click.option(
    "--only",
    "kinds",
    metavar="KIND",
    multiple=True,
    type=click.Choice(["freshness", "volume", "schema", "nulls", "score", "metric"]),
    help="Kinds to look at; all that the project watches, unless given.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["info", "warning", "critical", "never"]),
    default="warning",
    help="Exit with 1 from this severity on.",
)
@in_project
def run(*, kinds: tuple[Any, ...], fail_on: str, folder: Path, simulated: bool, form: str) -> None:
    """Measure and judge everything that is watched, now.

    What is wrong becomes a finding, or updates the open one of the same condition; what is well again clears it. Only
    what is new, or may have changed, is measured and shown.

    Exit code 0: nothing at or above --fail-on. 1: something. 2: the project or a metric is misspelt. 3: the lake or
    the store cannot be read or written.
    """
    from datetime import UTC

    from sentineldq.pipeline.monitor.run import run_monitors
    from sentineldq.reports.monitor import watched_table

    project = _project(folder, simulated=simulated)
    with project.open_lake() as lake, project.open_store() as store:
        found = run_monitors(project, lake, store, now=datetime.now(UTC), kinds=kinds)
    _answer(found, watched_table, form)
    levels = ["info", "warning", "critical"]
    failing = {level.upper() for level in levels[levels.index(fail_on) :]} if fail_on != "never" else set()
    if any(one.severity in failing for one in found):
        raise click.exceptions.Exit(1)


@click.command(
    epilog=examples(
        "sentinel monitor show volume/events", "sentinel monitor show nulls/events/actor.login -f json"
    )
)
@SERIES
@click.option(
    "--limit", "-n", type=click.IntRange(min=1), default=48, help="At most so many points, the newest."
)
@in_project
def show(series: str, *, limit: int, folder: Path, simulated: bool, form: str) -> None:
    """Show a series with its band.

    Each point is judged by those before it alone.

    Exit code 0. 2: no such project or series. 3: the store cannot be read.
    """
    from datetime import UTC

    from sentineldq.pipeline.monitor.run import judge_series
    from sentineldq.reports.monitor import verdicts_table

    project = _project(folder, simulated=simulated)
    with project.open_store() as store:
        found, _ = judge_series(project, store, _series(store, series), now=datetime.now(UTC))
    _answer(found[-limit:], verdicts_table, form)


@click.command(
    epilog=examples(
        "sentinel monitor backtest",
        "sentinel monitor backtest volume/events --sensitivity high",
        "sentinel monitor backtest --data history.csv --time day --value orders",
    )
)
@click.argument("series", metavar="[SERIES]", required=False, help="A series; without one, all of them.")
@click.option("--data", type=SOURCE, metavar="DATA", help="A file with the series, in place of a project's.")
@click.option("--time", metavar="COLUMN", help="Of --data: the column of times; the first one, unless given.")
@click.option(
    "--value", metavar="COLUMN", help="Of --data: the column of numbers; the first one, unless given."
)
@click.option(
    "--sensitivity", type=click.Choice(["low", "medium", "high"]), help="How narrow the band is, to try out."
)
@in_project
def backtest(
    series: str | None,
    *,
    data: str | None,
    time: str | None,
    value: str | None,
    sensitivity: Literal["low", "medium", "high"] | None,
    folder: Path,
    simulated: bool,
    form: str,
) -> None:
    """Replay history and show what would have alerted.

    Each point is judged by those before it alone, with what people said of the series since. Nothing is written.

    Exit code 0, whatever would have alerted. 2: no such project, series or column. 3: the data cannot be read.
    """
    from sentineldq.pipeline.monitor.backtest import backtest as replayed
    from sentineldq.pipeline.monitor.backtest import replay_file
    from sentineldq.reports.monitor import backtest_table

    if data is not None:
        from sentineldq.monitors.anomaly.settings import Settings

        found = replay_file(
            data, time=time, value=value, settings=Settings(sensitivity=sensitivity or "medium")
        )
        tried = [replayed(series or Path(data).stem, found)]
    else:
        from sentineldq.pipeline.monitor.replay import replay_project

        tried = replay_project(_project(folder, simulated=simulated), series, sensitivity=sensitivity)
    _answer(tried, backtest_table, form)


@click.command(
    epilog=examples(
        'sentinel monitor feedback volume/events expected-change --since 2026-11-20 --note "new region"',
        "sentinel monitor feedback volume/events incident --since 2026-11-18 --until 2026-11-19",
    )
)
@SERIES
@click.argument(
    "verdict",
    type=click.Choice(["false-positive", "expected-change", "incident"]),
    help="It was fine; it is the new usual; it was wrong, learn nothing from it.",
)
@click.option("--since", required=True, type=MOMENT, help="When it began, in UTC.")
@click.option("--until", type=MOMENT, help="When it was over, in UTC; now, unless given.")
@click.option("--note", help="Why, for whoever reads it later.")
@in_project
def feedback(
    series: str,
    verdict: str,
    *,
    since: datetime,
    until: datetime | None,
    note: str | None,
    folder: Path,
    simulated: bool,
    form: str,
) -> None:
    """Say what an anomaly was, so that the monitor learns.

    `false-positive`: the points were good, the band widens until it holds them. `expected-change`: the series lives on
    another level from there on. `incident`: they were bad, and no baseline learns from them, that of drift neither.

    Exit code 0. 2: no such project or series, or an end before the beginning. 3: the store cannot be written.
    """
    from datetime import UTC
    from getpass import getuser

    from sentineldq.store.feedback import Feedback, give

    now = datetime.now(UTC)
    with _project(folder, simulated=simulated).open_store() as store:
        said = Feedback(
            series=_series(store, series).name,
            since=since.replace(tzinfo=UTC),
            until=until.replace(tzinfo=UTC) if until else now,
            verdict=verdict.replace("-", "_"),  # type: ignore[arg-type]
            note=note,
            made_by=getuser(),
            made_at=now,
        )
        give(store, said)
    if form == "json":
        from msgspec import to_builtins

        click.echo(json.dumps(to_builtins(said), ensure_ascii=False, indent=2))
    else:
        click.echo(
            f"{said.series}: {verdict} from {said.since:%Y-%m-%d %H:%M} to {said.until:%Y-%m-%d %H:%M} UTC"
        )


def _project(folder: Path, *, simulated: bool) -> Project:
    from sentineldq.pipeline.project import load_project

    return load_project(folder, simulated=simulated)


def _series(store: Store, name: str) -> Series:
    from sentineldq.pipeline.monitor.listing import find

    return find(store, name)


def _answer(found: Any, table: Any, form: str) -> None:
    if form == "json":
        from msgspec import to_builtins

        click.echo(json.dumps(to_builtins(found), ensure_ascii=False, indent=2))
    else:
        click.echo(table(found))
