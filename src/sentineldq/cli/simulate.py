"""`sentinel simulate`: invented data in files, and the truth about what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sentineldq.cli.output import FILE
from sentineldq.cli.progress import progress
from sentineldq.cli.style import examples

if TYPE_CHECKING:
    from sentineldq.sources.simulate.write import Written


@click.command(
    epilog=examples(
        "sentinel simulate table --days 14 --output demo",
        "sentinel simulate github --records 20000 --seed 7 --faults faults.yaml --output demo",
        "sentinel simulate commerce --days 3 --output-format parquet --output shop",
    )
)
@click.argument(
    "shape",
    metavar="SHAPE",
    help="table, github, market, clickstream, orders, order_items, customers, products, inventory; "
    "or commerce, which is the last six.",
)
@click.option(
    "--records", "-n", metavar="N", type=click.IntRange(min=1), help="How many records, of each shape."
)
@click.option(
    "--days",
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    help="How many days, in place of that.",
)
@click.option("--seed", metavar="N", type=int, default=0, help="Another seed is another world.")
@click.option(
    "--start", metavar="TIME", help="When it begins, in UTC; else on Monday, 2025-01-06 (market: 2020-01-01)."
)
@click.option(
    "--rate",
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    help="Records an hour on average; by shape.",
)
@click.option("--no-rhythm", is_flag=True, help="All hours of a week alike.")
@click.option("--faults", metavar="FILE", type=FILE, help="YAML file with the faults and drifts to put in.")
@click.option(
    "--output",
    "-o",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("simulated"),
    help="The folder to write to; made where there is none.",
)
@click.option(
    "--output-format",
    "output",
    type=click.Choice(["ndjson", "csv", "parquet"]),
    default="ndjson",
    help="How records are written.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    help="How to show what was written.",
)
def simulate(
    *,
    shape: str,
    records: int | None,
    days: float | None,
    seed: int,
    start: str | None,
    rate: float | None,
    no_rhythm: bool,
    faults: Path | None,
    folder: Path,
    output: Literal["ndjson", "csv", "parquet"],
    force: bool,
    form: str,
) -> None:
    """Write invented data to files, with faults and drifts and the truth about them.

    The same seed and settings give the same bytes. SHAPE.ndjson has the records, SHAPE.truth.ndjson one line for each
    fault in each record, simulation.json what was written and what each line of the script has struck.

    Exit code 0: it is written. 2: a file is there already, or wrong usage; nothing was written. 3: a file cannot be
    written.
    """
    from sentineldq.errors import UsageError
    from sentineldq.sources.simulate.write import script, write

    if (records is None) == (days is None):
        raise UsageError("say how much: either --records or --days")
    given = {
        "records": records,
        "days": days,
        "start": start,
        "rate": rate,
        "rhythm": False if no_rhythm else None,
    }
    options = {key: value for key, value in given.items() if value is not None}
    listed = script(faults, shape)
    with progress(f"simulating {shape}"):
        written = write(shape, folder, faults=listed, form=output, force=force, seed=seed, **options)
    click.echo(_as_json(written) if form == "json" else _as_table(written, folder))


def _as_json(written: list[Written]) -> str:
    from msgspec import to_builtins

    return json.dumps(to_builtins(written), ensure_ascii=False, indent=2)


def _as_table(written: list[Written], folder: Path) -> str:
    lines = []
    for one in written:
        lines.append(f"{folder / one.data}: {one.records:,} records, {one.start} to {one.end}")
        for injected in one.injected:
            what = " ".join(
                [injected.script.kind, *([str(injected.script.field)] if injected.script.field else [])]
            )
            span = f", {injected.first} to {injected.last}" if injected.first else ""
            lines.append(f"  {injected.fault}. {what}: {injected.records:,} records{span}")
        if one.truth:
            lines.append(f"{folder / one.truth}: the truth, line by line")
    return "\n".join(lines)
