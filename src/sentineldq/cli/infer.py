"""`sentinel contract infer`: a first contract, from the data itself."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    data: Annotated[str, typer.Argument(help="A path, glob, folder, database URL, or - for standard input.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it there.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of contract and dataset.")] = None,
    form: Annotated[Notation, typer.Option("--format", "-f", help="YAML or JSON.")] = Notation.yaml,
    input_format: Annotated[str | None, typer.Option(help="Read DATA as this format.")] = None,
) -> None:
    """Write the contract that a person would have written for this data.

    The same data passes it. It is a draft: read it, keep what is meant and drop what is chance.

    Exit code 0; 2: wrong usage. 3: the data could not be read.
    """
    from sentineldq.checks.infer import infer_contract
    from sentineldq.readers.open import open_table

    contract = infer_contract(open_table(data, format=input_format), name=name)
    text = contract.dump() if form is Notation.yaml else _json(contract)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {output}", err=True)


def _json(contract: Contract) -> str:
    import json

    from sentineldq.contracts.write import contract_data

    return f"{json.dumps(contract_data(contract), indent=2, ensure_ascii=False)}\n"
