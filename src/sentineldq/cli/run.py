"""`sentinel run`: from the sources to gold, once or for as long as it is let."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sentineldq.cli.style import examples

if TYPE_CHECKING:
    import threading

    from sentineldq.pipeline.project import Project
    from sentineldq.telemetry.metrics import Metrics

REFUSED, FAILED = 1, 3


@click.command(
    epilog=examples(
        "sentinel run",
        "sentinel run events --dry-run",
        "sentinel run --watch --project projects/github",
        "sentinel run -p projects/github -p projects/market --records auto --format json",
    )
)
@click.argument(
    "pipelines", metavar="[PIPELINE...]", nargs=-1, help="Which to run; without one, all of them."
)
@click.option(
    "--project",
    "-p",
    "folders",
    metavar="DIR",
    multiple=True,
    default=[Path()],
    type=click.Path(path_type=Path),
    help="The project's folder; several are run one after the other.",
)
@click.option(
    "--once/--watch", default=True, help="End with what the sources have now, or go on until told to stop."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.", show_default=False)
@click.option(
    "--records",
    type=click.Choice(["live", "simulated", "auto"]),
    default="live",
    help="Which records to read; auto: simulated ones where a source does not answer within seconds.",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    help="How to show what came of it.",
)
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="How much is logged."
)
def run(
    pipelines: tuple[str, ...],
    *,
    folders: tuple[Path, ...],
    once: bool,
    dry_run: bool,
    records: str,
    form: str,
    log_level: str | None,
) -> int:
    """Bring what the sources have to bronze, silver, quarantine and gold.

    Nothing is lost or doubled wherever a run ends: the next one goes on from the place that the tables hold. In watch
    mode each pipeline follows its source or its schedule; SIGTERM and Ctrl-C finish the batch in hand.

    Exit code 0: done; what was refused is in quarantine. 1: gold was refused by its contract, the last good version
    stays. 2: the project is wrong. 3: a pipeline could not be run.
    """
    from sentineldq.errors import UsageError

    if not once and len(folders) > 1:
        raise UsageError("--watch takes one project", hint="run one process for each")
    projects = [_load(folder, records) for folder in folders]
    if dry_run:
        return _plan(projects, pipelines, form)
    with _telemetry(projects[0], level=log_level, watching=not once) as metrics, _stoppable() as stop:
        if once:
            return _once(projects, pipelines, form, metrics, stop)
        from sentineldq.pipeline.watch import watch

        watch(projects[0], names=pipelines, metrics=metrics, stop=stop)
    return 0


def _load(folder: Path, records: str) -> Project:
    """The project, with live sources or simulated ones."""
    from sentineldq.pipeline.project import load_project

    project = load_project(folder, simulated=records == "simulated")
    if records != "auto":
        return project
    from sentineldq.pipeline.reach import silent

    told = silent(project)
    if told is None:
        return project
    click.echo(f"{project.name}: {told}; its records are simulated", err=True)
    return load_project(folder, simulated=True)


def _plan(projects: list[Project], names: tuple[str, ...], form: str) -> int:
    import msgspec

    from sentineldq.pipeline.plan import plan

    found = [plan(project, names=names) for project in projects]
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        from sentineldq.reports.run import plan_table

        click.echo(plan_table(found))
    return 0


def _once(
    projects: list[Project], names: tuple[str, ...], form: str, metrics: Metrics, stop: threading.Event
) -> int:
    import msgspec

    from sentineldq.alerts.loop import once
    from sentineldq.pipeline.owners import context_of
    from sentineldq.pipeline.round import Round, run_round

    rounds: list[Round] = []
    for project in projects:
        with project.open_lake() as lake, project.open_store() as store:
            rounds.append(
                run_round(
                    project,
                    names=names,
                    lake=lake,
                    store=store,
                    metrics=metrics,
                    stop=stop,
                    told=_teller(form),
                )
            )
            once(store, context_of(project))
        if stop.is_set():
            break
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(rounds), indent=2).decode())
    else:
        from sentineldq.reports.run import rounds_table

        click.echo(rounds_table(rounds))
    worst = {one.worst for one in rounds}
    return FAILED if "failed" in worst else REFUSED if "refused" in worst else 0


def _teller(form: str) -> Callable[[str], None]:
    """What says on a terminal what is going on."""
    import sys

    shown = form == "table" and sys.stderr.isatty()
    return lambda text: click.echo(click.style(f"… {text}", dim=True), err=True) if shown else None


@contextmanager
def _telemetry(project: Project, *, level: str | None, watching: bool) -> Iterator[Metrics]:
    """Logs, metrics and error reports for as long as a run goes on."""
    import os

    from sentineldq.errors import SentinelError
    from sentineldq.telemetry import logs, sentry
    from sentineldq.telemetry.metrics import Metrics, serve

    settings = project.settings
    variables = {**os.environ, **project.variables}
    file = project.root / settings.logs.file if settings.logs.file else None
    chosen = level or (settings.logs.level if watching else "warning")
    logs.configure(level=chosen, file=file, variables=variables)
    sentry.configure(variables=variables)
    metrics = Metrics()
    server = serve(metrics, port=settings.metrics_port) if watching and settings.metrics_port else None
    try:
        yield metrics
    except SentinelError as fault:
        sentry.capture(fault)
        raise
    finally:
        sentry.flush()
        if server is not None:
            server.close()


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set; a second one ends at once."""
    import signal
    import threading

    stop = threading.Event()

    def told(number: int, _: object) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        click.echo("finishing the batch in hand", err=True)
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
