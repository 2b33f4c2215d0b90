"""`sentinel check`: the verdict on a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentineldq.cli.output import FILE, SOURCE, refuse, write
from sentineldq.cli.progress import progress
from sentineldq.cli.style import examples
from sentineldq.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import polars as pl

    from sentineldq.checks.model import Result, Severity
    from sentineldq.checks.split import Split

SMALL = 64 * 2**20
"""Bytes of a file that is read once for both outputs; of a larger one each has a reading, in bounded memory."""

EXAMPLES = examples(
    "sentinel check orders.csv",
    "sentinel check orders.csv --contract orders.odcs.yaml",
    "sentinel check 'events/*.ndjson.gz' -c events.odcs.yaml --bad bad.ndjson",
    "sentinel check orders.csv -c shop.odcs.yaml --with customers=customers.parquet",
    "sentinel check postgresql://me@host/shop#public.orders -c orders.odcs.yaml",
    "cat orders.csv | sentinel check - --format html --output report.html",
)


@click.command(epilog=EXAMPLES)
@click.argument(
    "data",
    metavar="DATA",
    type=SOURCE,
    help="A file, glob, folder, FILE#SHEET, database URL, or - for standard input.",
)
@click.option(
    "--contract",
    "-c",
    type=FILE,
    metavar="FILE",
    help="What the data should be (ODCS). Without it, checks are inferred from the data.",
)
@click.option(
    "--dataset",
    metavar="NAME",
    help="Which dataset of the contract DATA is, where its name does not tell.",
)
@click.option(
    "--engine",
    type=click.Choice(["polars", "duckdb", "spark"]),
    default="polars",
    help="Where the checks run.",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json", "junit", "sarif", "html"]),
    default="table",
    help="How to show the verdict.",
)
@click.option(
    "--output", "-o", type=FILE, metavar="FILE", help="Write the verdict to this file, not to the screen."
)
@click.option(
    "--fail-on",
    type=click.Choice(["INFO", "WARNING", "CRITICAL"]),
    default="CRITICAL",
    help="Exit with 1 when a check of this severity or above fails.",
)
@click.option(
    "--good", type=FILE, metavar="FILE", help="Write the rows that pass to this file. Needs --contract."
)
@click.option(
    "--bad",
    type=FILE,
    metavar="FILE",
    help="Write the rows that fail to this file, each with all its reasons. Needs --contract.",
)
@click.option(
    "--samples",
    type=click.IntRange(0, 1000),
    default=5,
    metavar="N",
    help="How many failing values a check shows.",
)
@click.option(
    "--with",
    "datasets",
    multiple=True,
    metavar="NAME=DATA",
    help="Another dataset that the contract refers to. May be given more than once.",
)
@click.option(
    "--input-format",
    metavar="FORMAT",
    help="What DATA is (csv, json, parquet, …), where its content does not tell.",
)
@click.option("--verbose", "-v", is_flag=True, help="Show the checks that passed as well.")
def check(
    *,
    data: str,
    contract: Path | None,
    dataset: str | None,
    engine: str,
    form: str,
    output: Path | None,
    fail_on: Severity,
    good: Path | None,
    bad: Path | None,
    samples: int,
    datasets: tuple[str, ...],
    input_format: str | None,
    verbose: bool,
) -> int:
    """Check data against a contract, or against what the data itself suggests.

    Exit code 0: passed. 1: a check failed. 2: wrong usage or contract. 3: could not read or write.
    """
    from sentineldq.api import check as run
    from sentineldq.api import open_data, split
    from sentineldq.contracts.load import load_contract
    from sentineldq.readers.damage import reading
    from sentineldq.readers.write import writer_of

    others = _named(datasets)
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
    chosen: dict[str, Any] = {"dataset": dataset, "engine": engine, "datasets": others}
    with progress(f"checking {data}"):
        table = open_data(data, agreed, form=input_format)
        result = run(table, agreed, samples=samples, fail_on=fail_on, **chosen)
    if contract:
        result.contract = str(contract)
    _show(result, form, output, source=data, verbose=verbose, fail_on=fail_on, samples=samples)
    if good or bad:
        with progress("writing good and bad rows"), reading(table):
            parts = split(table, agreed, result=result, **chosen)
            _write_split(parts, good=good, bad=bad, together=engine == "polars" and _small(data))
    return 0 if result.passed else 1


def _named(pairs: Iterable[str]) -> dict[str, str]:
    named = {}
    for pair in pairs:
        name, sign, path = pair.partition("=")
        if not sign or not name or not path:
            raise UsageError(f"--with {pair!r} is not NAME=DATA", hint="--with customers=customers.parquet")
        named[name] = path
    return named


def _show(
    result: Result,
    form: str,
    output: Path | None,
    *,
    source: str,
    verbose: bool,
    fail_on: Severity,
    samples: int,
) -> None:
    from datetime import UTC, datetime

    from sentineldq.reports import render
    from sentineldq.reports.terminal import coloured

    options: dict[str, dict[str, Any]] = {
        "table": {
            "verbose": verbose,
            "source": source,
            "samples": samples,
            "colour": output is None and coloured(),
        },
        "junit": {"fail_on": fail_on, "samples": samples},
        "sarif": {"data_file": source, "line": _lines(result.contract)},
        "html": {"samples": samples, "made_at": datetime.now(UTC)},
    }
    write(render(result, form, **options.get(form, {})), output)


def _lines(contract: str | None) -> Callable[[str], int | None] | None:
    """The line of a place in the contract's file."""
    if contract is None:
        return None
    from sentineldq.contracts.document import read_document

    return read_document(Path(contract)).line


def _small(data: str) -> bool:
    """Whether what is read once for two outputs may be kept for the slower of them: a file of modest size."""
    path = Path(data).expanduser()
    return path.is_file() and path.stat().st_size <= SMALL


def _write_split(parts: Split, *, good: Path | None, bad: Path | None, together: bool) -> None:
    from sentineldq.readers.write import write_tables

    wanted = [(frame, path) for frame, path in ((parts.good, good), (parts.bad, bad)) if path is not None]
    tables = [(_polars(frame.to_native()), path) for frame, path in wanted]
    for group in [tables] if together else [[table] for table in tables]:
        write_tables(group)
    for _, path in wanted:
        click.echo(f"wrote {path}", err=True)


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
