"""`sentinel check`: the verdict on a dataset."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentineldq.cli.output import refuse, write
from sentineldq.cli.style import examples
from sentineldq.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from sentineldq.checks.model import Result, Severity
    from sentineldq.checks.split import Split

EXAMPLES = examples(
    "sentinel check orders.csv",
    "sentinel check orders.csv --contract orders.odcs.yaml",
    "sentinel check 'events/*.ndjson.gz' -c events.odcs.yaml --bad bad.ndjson",
    "sentinel check orders.csv -c shop.odcs.yaml --with customers=customers.parquet",
    "sentinel check postgresql://me@host/shop#public.orders -c orders.odcs.yaml",
    "cat orders.csv | sentinel check - --format html --output report.html",
)


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
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA", help="A file, glob, folder, FILE#SHEET, database URL, or - for standard input."
        ),
    ],
    contract: Annotated[
        Path | None,
        typer.Option(
            "--contract",
            "-c",
            metavar="FILE",
            help="What the data should be (ODCS). Without it, checks are inferred from the data.",
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Which dataset of the contract DATA is, where its name does not tell."
        ),
    ] = None,
    engine: Annotated[EngineChoice, typer.Option(help="Where the checks run.")] = EngineChoice.polars,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to show the verdict.")] = Format.table,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write the verdict to this file, not to the screen."
        ),
    ] = None,
    fail_on: Annotated[
        SeverityChoice, typer.Option(help="Exit with 1 when a check of this severity or above fails.")
    ] = SeverityChoice.CRITICAL,
    good: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the rows that pass to this file. Needs --contract."),
    ] = None,
    bad: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the rows that fail to this file, each with all its reasons. Needs --contract.",
        ),
    ] = None,
    samples: Annotated[
        int,
        typer.Option(min=0, max=1000, metavar="N", help="How many failing values a check shows."),
    ] = 5,
    datasets: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="NAME=DATA",
            help="Another dataset that the contract refers to. May be given more than once.",
        ),
    ] = None,
    input_format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT", help="What DATA is (csv, json, parquet, …), where its content does not tell."
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the checks that passed as well.")
    ] = False,
) -> int:
    """Check data against a contract, or against what the data itself suggests.

    Exit code 0: passed. 1: a check failed. 2: wrong usage or contract. 3: could not read or write.
    """
    from sentineldq.api import check as run
    from sentineldq.api import open_data, split
    from sentineldq.contracts.load import load_contract
    from sentineldq.readers.damage import reading
    from sentineldq.readers.write import writer_of

    others = _named(datasets or [])
    agreed = load_contract(contract) if contract else None
    if agreed is None and (good or bad):
        raise UsageError(
            "--good and --bad need a contract",
            hint=f"`sentinel contract infer {data} --output contract.odcs.yaml` writes one to begin with",
        )
    inputs = [data, *others.values(), *([str(contract)] if contract else [])]
    refuse([path for path in (output, good, bad) if path], inputs=inputs)
    for path in filter(None, (good, bad)):
        writer_of(path)
    table = open_data(data, agreed, form=input_format)
    chosen: dict[str, Any] = {"dataset": dataset, "engine": engine.value, "datasets": others}
    result = run(table, agreed, samples=samples, fail_on=fail_on.value, **chosen)
    if contract:
        result.contract = str(contract)
    _show(result, form, output, source=data, verbose=verbose, fail_on=fail_on.value, samples=samples)
    if good or bad:
        with reading(table):
            parts = split(table, agreed, result=result, **chosen)
            _write_split(parts, engine=engine.value, good=good, bad=bad)
    return 0 if result.passed else 1


def _named(pairs: list[str]) -> dict[str, str]:
    named = {}
    for pair in pairs:
        name, sign, path = pair.partition("=")
        if not sign or not name or not path:
            raise UsageError(f"--with {pair!r} is not NAME=DATA", hint="--with customers=customers.parquet")
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
    write(render(result, form.value, **options.get(form, {})), output)


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


def _write_split(parts: Split, *, engine: str, good: Path | None, bad: Path | None) -> None:
    from sentineldq.readers.write import write_tables

    wanted = [(frame, path) for frame, path in ((parts.good, good), (parts.bad, bad)) if path is not None]
    tables = [(_polars(frame.to_native()), path) for frame, path in wanted]
    together = engine == "polars"  # in one pass; a connection of DuckDB serves one reader at a time
    for group in [tables] if together else [[table] for table in tables]:
        write_tables(group)
    for _, path in wanted:
        typer.echo(f"wrote {path}", err=True)


def _polars(native: Any) -> pl.LazyFrame:
    """Rows of any engine as Polars writes them: streamed from DuckDB, collected from Spark."""
    import polars as pl

    if isinstance(native, pl.LazyFrame):
        return native
    if hasattr(native, "pl"):
        relation: pl.LazyFrame = native.pl(lazy=True)
        return relation
    collected = pl.from_arrow(native.toArrow())
    return pl.DataFrame(collected).lazy()
