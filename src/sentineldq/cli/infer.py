"""`sentinel contract infer`: a first contract, from the data itself."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentineldq.cli.output import refuse, write
from sentineldq.cli.style import examples

if TYPE_CHECKING:
    from sentineldq.contracts.model import Contract

EXAMPLES = examples(
    "sentinel contract infer orders.csv",
    "sentinel contract infer orders.csv --output orders.odcs.yaml",
    "sentinel contract infer 'events/*.ndjson.gz' --name events --format json",
)


class Notation(StrEnum):
    """How the contract is written."""

    yaml = "yaml"
    json = "json"


def infer(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA", help="A file, glob, folder, FILE#SHEET, database URL, or - for standard input."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write the contract to this file, not to the screen."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of contract and dataset; else that of the file.")
    ] = None,
    form: Annotated[
        Notation, typer.Option("--format", "-f", help="How to write the contract.")
    ] = Notation.yaml,
    input_format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT", help="What DATA is (csv, json, parquet, …), where its content does not tell."
        ),
    ] = None,
) -> None:
    """Write the contract that a person would have written for this data.

    The same data passes it. It is a draft: read it, keep what is meant and drop what is chance.

    Exit code 0; 2: wrong usage. 3: the data could not be read.
    """
    from sentineldq.checks.infer import infer_contract
    from sentineldq.readers.damage import reading
    from sentineldq.readers.open import open_table

    refuse([output] if output else [], inputs=[data])
    table = open_table(data, format=input_format)
    with reading(table):
        contract = infer_contract(table, name=name)
    write(contract.dump() if form is Notation.yaml else _json(contract), output)


def _json(contract: Contract) -> str:
    import json

    from sentineldq.contracts.write import contract_data

    return f"{json.dumps(contract_data(contract), indent=2, ensure_ascii=False)}\n"
