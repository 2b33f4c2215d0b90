"""`sentinel drift`: what has changed between two windows of a dataset, or between two files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sentineldq.cli.output import FILE, SOURCE, refuse, write
from sentineldq.cli.progress import progress
from sentineldq.cli.style import examples
from sentineldq.errors import UsageError

if TYPE_CHECKING:
    from sentineldq.pipeline.drift.compared import Compared

Floor = Literal["info", "warning", "critical", "never"]


@click.command(
    epilog=examples(
        "sentinel drift events",
        "sentinel drift events --baseline 14d --current 24h --format html --output drift.html",
        "sentinel drift events --baseline 2026-11-01..2026-11-08 --current 2026-11-08",
        "sentinel drift --baseline-data january.parquet --current-data february.parquet",
        "sentinel drift --baseline-data train.csv --current-data live.csv -f markdown --fail-on critical",
    )
)
@click.argument(
    "dataset",
    metavar="[DATASET]",
    required=False,
    help="Which dataset of the project; without one, all of them. Of two files, what to call them.",
)
@click.option(
    "--baseline",
    metavar="WINDOW",
    help="What to compare with: 7d, or 2026-11-01..2026-11-08.  [default: 7d, or as sentinel.yaml says]",
)
@click.option(
    "--current",
    metavar="WINDOW",
    help="What is tested: 24h, or 2026-11-08.  [default: 24h, or as sentinel.yaml says]",
)
@click.option("--baseline-data", type=SOURCE, metavar="DATA", help="A file, glob or table to compare with.")
@click.option("--current-data", type=SOURCE, metavar="DATA", help="A file, glob or table that is tested.")
@click.option(
    "--contract",
    "-c",
    type=FILE,
    metavar="FILE",
    help="What both files should be (ODCS): its columns, what it hides.",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json", "html", "markdown"]),
    default="table",
    help="How to show it.",
)
@click.option(
    "--output", "-o", type=FILE, metavar="FILE", help="Write the report to this file, not to the screen."
)
@click.option(
    "--fail-on",
    type=click.Choice(["info", "warning", "critical", "never"]),
    default="warning",
    help="Exit with 1 where something drifted this severely or more.",
)
@click.option(
    "--record/--no-record", default=True, help="Keep what drifted in the store, and open and clear findings."
)
@click.option(
    "--project",
    "-p",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The project's folder.",
)
@click.option("--simulated", is_flag=True, help="The store of simulated runs.", show_default=False)
def drift(
    *,
    dataset: str | None,
    baseline: str | None,
    current: str | None,
    baseline_data: str | None,
    current_data: str | None,
    contract: Path | None,
    form: str,
    output: Path | None,
    fail_on: Floor,
    record: bool,
    folder: Path,
    simulated: bool,
) -> None:
    """Find what has changed: today against last week, or one file against another.

    A project's datasets are compared by the profiles that its store keeps by the hour: no data is read again. The
    current window ends now, or where the data ended; the baseline ends where the current window begins. Data given by
    path is profiled on the spot.

    A window is a length of time (7d, 24h), a day (2026-11-08) or a span (2026-11-01..2026-11-08, its end not included;
    times as 2026-11-08T06:00), in UTC.

    Exit code 0: nothing drifted as severely as --fail-on says, or there is not enough history yet. 1: something did.
    2: wrong usage, as windows that overlap. 3: something could not be read or written.
    """
    data = _data(baseline_data, current_data)
    if data and (baseline or current):
        raise UsageError(
            "windows are of stored profiles, not of data given by path",
            hint="leave out --baseline and --current",
        )
    if contract and not data:
        raise UsageError(
            "--contract goes with --baseline-data and --current-data",
            hint="a project has contracts of its own",
        )
    refuse([output] if output else [], inputs=[*(data or ()), *([str(contract)] if contract else [])])
    if data:
        found = [_of_data(*data, dataset=dataset, contract=contract)]
    else:
        found = _of_project(
            dataset,
            baseline=baseline,
            current=current,
            folder=folder,
            simulated=simulated,
            keep=record,
            heat=form in {"html", "json"},
        )
    _show(found, form, output, listed=not data and dataset is None)
    if fail_on != "never" and any(_reaches(one, fail_on) for one in found):
        raise click.exceptions.Exit(1)


def _data(baseline: str | None, current: str | None) -> tuple[str, str] | None:
    if baseline and current:
        return baseline, current
    if baseline or current:
        given, lacking = (
            ("--baseline-data", "--current-data") if baseline else ("--current-data", "--baseline-data")
        )
        raise UsageError(
            f"{given} needs {lacking}", hint="name both, or neither and a dataset of the project"
        )
    return None


def _of_data(baseline: str, current: str, *, dataset: str | None, contract: Path | None) -> Compared:
    from sentineldq.contracts.load import load_contract
    from sentineldq.pipeline.drift.data import compare_data

    agreed = load_contract(contract) if contract else None
    name = dataset or Path(current.partition("#")[0]).name.partition(".")[0] or current
    with progress(f"profiling {baseline} and {current}"):
        return compare_data(baseline, current, dataset=name, contract=agreed)


def _of_project(
    dataset: str | None,
    *,
    baseline: str | None,
    current: str | None,
    folder: Path,
    simulated: bool,
    keep: bool,
    heat: bool,
) -> list[Compared]:
    from datetime import UTC, datetime

    from sentineldq.pipeline.drift.hours import known, pick
    from sentineldq.pipeline.drift.run import run_drift, windows_of
    from sentineldq.pipeline.project import load_project

    project = load_project(folder, simulated=simulated)
    windows = windows_of(project.settings.drift, baseline=baseline, current=current)
    now = datetime.now(UTC)
    with project.open_store() as store:
        names = [pick(project, store, dataset)] if dataset else known(project, store)
        if not names:
            raise UsageError(
                f"{project.name} has no dataset to compare", hint="add a pipeline to sentinel.yaml"
            )
        return [
            run_drift(project, store, name, windows=windows, now=now, keep=keep, heat=heat) for name in names
        ]


def _show(found: list[Compared], form: str, output: Path | None, *, listed: bool) -> None:
    from sentineldq.reports.drift import render

    if form == "html" and len(found) > 1:
        names = ", ".join(one.dataset for one in found)
        raise UsageError("an HTML report is of one dataset", hint=f"name one of {names}")
    options = {"colour": False} if form == "table" and output else {}
    if form == "json" and listed:
        from sentineldq.reports.drift.json import render_all

        write(render_all(found), output)
        return
    write("\n".join(render(one, form, **options) for one in found), output)


def _reaches(compared: Compared, floor: str) -> bool:
    from sentineldq.drift.model import ORDER

    return compared.worst is not None and ORDER.index(compared.worst) >= [one.lower() for one in ORDER].index(
        floor
    )
