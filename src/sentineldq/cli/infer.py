"""`sentinel contract infer`: a first contract, from the data itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sentineldq.cli.output import FILE, SOURCE, refuse, write
from sentineldq.cli.progress import progress
from sentineldq.cli.style import examples

if TYPE_CHECKING:
    from sentineldq.contracts.model import Contract

EXAMPLES = examples(
    "sentinel contract infer orders.csv",
    "sentinel contract infer orders.csv --output orders.odcs.yaml",
    "sentinel contract infer 'events/*.ndjson.gz' --name events --format json",
)


@click.command(epilog=EXAMPLES)
@click.argument(
    "data",
    metavar="DATA",
    type=SOURCE,
    help="A file, glob, folder, FILE#SHEET, database URL, or - for standard input.",
)
@click.option(
    "--output", "-o", type=FILE, metavar="FILE", help="Write the contract to this file, not to the screen."
)
@click.option("--name", metavar="NAME", help="Name of contract and dataset; else that of the file.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    help="How to write the contract.",
)
@click.option(
    "--input-format",
    metavar="FORMAT",
    help="What DATA is (csv, json, parquet, …), where its content does not tell.",
)
def infer(*, data: str, output: Path | None, name: str | None, form: str, input_format: str | None) -> None:
    """Write the contract that a person would have written for this data.

    The same data passes it. It is a draft: read it, keep what is meant and drop what is chance.

    Exit code 0; 2: wrong usage. 3: the data could not be read.
    """
    from sentineldq.checks.infer import infer_contract
    from sentineldq.readers.damage import reading
    from sentineldq.readers.open import open_table

    refuse([output] if output else [], inputs=[data])
    with progress(f"reading {data}"):
        table = open_table(data, format=input_format)
        with reading(table):
            contract = infer_contract(table, name=name)
    write(contract.dump() if form == "yaml" else _json(contract), output)


def _json(contract: Contract) -> str:
    import json

    from sentineldq.contracts.write import contract_data

    return f"{json.dumps(contract_data(contract), indent=2, ensure_ascii=False)}\n"
