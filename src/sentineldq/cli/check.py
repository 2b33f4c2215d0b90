"""`sentinel check`: the verdict on a dataset."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentineldq.checks.model import Result, Severity
    from sentineldq.contracts.model import Contract

EXAMPLES = """
Examples:

    sentinel check orders.csv

    sentinel check orders.csv --contract orders.odcs.yaml

    sentinel check 'events/*.ndjson.gz' -c events.odcs.yaml --good good.parquet --bad bad.ndjson

    sentinel check postgresql://user@host/shop#public.orders -c orders.odcs.yaml --format json

    cat orders.csv | sentinel check - --format html --output report.html
"""


class Format(StrEnum):
    """How the verdict is shown."""

    table = "table"
    json = "json"
    junit = "junit"
    sarif = "sarif"
    html = "html"


class EngineChoice(StrEnum):
    """Where the checks run."""

    polars = "polars"
    duckdb = "duckdb"
    spark = "spark"


class SeverityChoice(StrEnum):
    """How much a failed check must matter."""

    INFO = "INFO"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


def check(
    data: Annotated[str, typer.Argument(help="A path, glob, folder, database URL, or - for standard input.")],
    contract: Annotated[
        Path | None, typer.Option("--contract", "-c", help="ODCS contract; without it, one is surmised.")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="Which dataset of the contract the data is.")] = None,
    engine: Annotated[EngineChoice, typer.Option(help="Where the checks run.")] = EngineChoice.polars,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to show the verdict.")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it there.")] = None,
    fail_on: Annotated[
        SeverityChoice, typer.Option(help="Exit 1 when a check of this severity or above fails.")
    ] = SeverityChoice.CRITICAL,
    good: Annotated[Path | None, typer.Option(help="Write the rows that pass there.")] = None,
    bad: Annotated[Path | None, typer.Option(help="Write the rows that fail there, with reasons.")] = None,
    samples: Annotated[int, typer.Option(min=0, max=1000, help="Failing values to show per check.")] = 5,
    datasets: Annotated[
        list[str] | None, typer.Option("--with", help="Another dataset, for references: NAME=PATH.")
    ] = None,
    input_format: Annotated[str | None, typer.Option(help="Read DATA as this format.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show passing checks too.")] = False,
) -> int:
    """Check data: with a contract exactly, without one against what its own bulk suggests.

    Exit code 0: passed. 1: a check failed. 2: wrong usage or contract. 3: the data could not be read.
    """
    from sentineldq.api import check as run
    from sentineldq.api import open_data
    from sentineldq.contracts.load import load_contract

    others = _named(datasets or [])
    agreed = load_contract(contract) if contract else None
    table = open_data(data, agreed, form=input_format)
    result = run(
        table,
        agreed,
        dataset=dataset,
        engine=engine.value,
        datasets=others,
        samples=samples,
        fail_on=fail_on.value,
    )
    if good or bad:
        _write_split(table, agreed, good, bad, dataset=dataset, engine=engine.value, datasets=others)
    if contract:
        result.contract = str(contract)
    _show(result, form, output, source=data, verbose=verbose, fail_on=fail_on.value, samples=samples)
    return 0 if result.passed else 1


check.__doc__ = f"{check.__doc__}\n{EXAMPLES}"


def _named(pairs: list[str]) -> dict[str, str]:
    from sentineldq.errors import UsageError

    named = {}
    for pair in pairs:
        name, sign, path = pair.partition("=")
        if not sign or not name or not path:
            raise UsageError(f"--with {pair!r} is not NAME=PATH", hint="--with customers=customers.parquet")
        named[name] = path
    return named


def _show(
    result: Result,
    form: Format,
    output: Path | None,
    *,
    source: str,
    verbose: bool,
    fail_on: Severity,
    samples: int,
) -> None:
    from datetime import UTC, datetime

    from sentineldq.reports import render

    options: dict[Format, dict[str, Any]] = {
        Format.table: {
            "verbose": verbose,
            "source": source,
            "samples": samples,
            "colour": output is None and _terminal(),
        },
        Format.junit: {"fail_on": fail_on, "samples": samples},
        Format.sarif: {"data_file": source, "line": _lines(result.contract)},
        Format.html: {"samples": samples, "made_at": datetime.now(UTC)},
    }
    text = render(result, form.value, **options.get(form, {}))
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {output}", err=True)


def _lines(contract: str | None) -> Callable[[str], int | None] | None:
    """The line of a place in the contract's file."""
    if contract is None:
        return None
    from sentineldq.contracts.document import read_document

    return read_document(Path(contract)).line


def _terminal() -> bool:
    import os
    import sys

    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _write_split(
    table: Any,
    contract: Contract | None,
    good: Path | None,
    bad: Path | None,
    *,
    dataset: str | None,
    engine: str,
    datasets: Mapping[str, str],
) -> None:
    from sentineldq.api import split
    from sentineldq.errors import UsageError
    from sentineldq.readers.write import write_table

    if contract is None:
        raise UsageError("--good and --bad need a contract", hint="write one with `sentinel contract infer`")
    parts = split(table, contract, dataset=dataset, engine=engine, datasets=datasets)
    for path, frame in ((good, parts.good), (bad, parts.bad)):
        if path is not None:
            write_table(frame.to_native(), path)
            typer.echo(f"wrote {path}", err=True)
