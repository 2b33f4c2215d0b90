"""`sentinel contract import` and `sentinel contract export`: contracts from and to other formats."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sentineldq.cli.output import FILE, SOURCE, refuse, write
from sentineldq.cli.style import examples
from sentineldq.contracts.formats import FORMATS, find
from sentineldq.errors import ContractError, ReadError, suggest

if TYPE_CHECKING:
    from sentineldq.contracts.formats.base import Converted, Note

IMPORT_EXAMPLES = examples(
    "sentinel contract import suite.json --from gx --output orders.odcs.yaml",
    "sentinel contract import schema.yml --from dbt --strict > orders.odcs.yaml",
)
EXPORT_EXAMPLES = examples(
    "sentinel contract export orders.odcs.yaml --to jsonschema",
    "sentinel contract export shop.odcs.yaml --object orders --to dbt --output schema.yml",
)

KIND = click.Choice(list(FORMATS))
OUTPUT = click.option(
    "--output", "-o", type=FILE, metavar="FILE", help="Write to this file in place of standard output."
)
NOTES = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print, on standard error, what could not be expressed.",
)
STRICT = click.option("--strict", is_flag=True, help="Exit with 1 when something could not be expressed.")


@click.command(epilog=IMPORT_EXAMPLES)
@click.argument("file", metavar="FILE", type=SOURCE, help="The document to read; - is standard input.")
@click.option("--from", "source", type=KIND, required=True, help="The format of the document.")
@OUTPUT
@click.option("--name", metavar="NAME", help="The dataset's name where the document gives none.")
@click.option(
    "--fold", is_flag=True, help="gx: state expectations as fields of the schema where those say the same."
)
@NOTES
@STRICT
def import_(
    *, file: str, source: str, output: Path | None, name: str | None, fold: bool, style: str, strict: bool
) -> None:
    """Read another tool's checks or schema into a contract.

    Every item that a contract cannot express is told on standard error. Exit code 0; with --strict 1 where there
    is one; 2: the document is not what it should be; 3: it cannot be read, or the contract not written.
    """
    from sentineldq.contracts.write import dump_contract

    refuse([output] if output else [], inputs=[file])
    text, stem = _text(file)
    try:
        converted = _read(source, text, name or stem, fold=fold)
    except ContractError as error:
        raise ContractError(file, error.problems, hint=error.hint) from error
    write(dump_contract(converted.contract), output, quiet=True)
    _report(converted.notes, style, strict=strict)


@click.command(epilog=EXPORT_EXAMPLES)
@click.argument("contract", metavar="CONTRACT", type=SOURCE, help="The contract to write.")
@click.option("--to", "target", type=KIND, required=True, help="The format to write.")
@OUTPUT
@click.option("--object", "item", metavar="NAME", help="The schema object to write, where there are several.")
@NOTES
@STRICT
def export(
    *, contract: str, target: str, output: Path | None, item: str | None, style: str, strict: bool
) -> None:
    """Write a contract as another tool's checks or schema.

    Every item that the other tool cannot express is told on standard error. Exit codes as for import.
    """
    from sentineldq.contracts.load import load_contract

    refuse([output] if output else [], inputs=[contract])
    found = load_contract(Path(contract))
    if item is not None:
        chosen = found.object(item)
        if chosen is None:
            names = [member.name or "" for member in found.schema]
            raise ContractError(contract, [f"no schema object is named {item!r}"], hint=suggest(item, names))
        found.schema = [chosen]
    written = find(target).write(found)
    write(written.text, output, quiet=True)
    _report(written.notes, style, strict=strict)


def _read(source: str, text: str, name: str, *, fold: bool) -> Converted:
    if source == "gx":
        from sentineldq.contracts.formats import gx

        return gx.read(text, name=name, fold=fold)
    return find(source).read(text, name=name)


def _text(file: str) -> tuple[str, str]:
    """The text of a file and its name without endings."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig"), "dataset" if file == "-" else Path(file).name.split(".")[
            0
        ] or "dataset"
    except OSError as error:
        raise ReadError(file, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ReadError(file, f"not UTF-8: byte {error.start} is {error.object[error.start]:#x}") from error


def _report(notes: Sequence[Note], style: str, *, strict: bool) -> None:
    """Every note on standard error; nothing is said where nothing was lost."""
    if style == "json":
        import msgspec

        click.echo(msgspec.json.encode(notes).decode(), err=True)
    elif notes:
        count = len(notes)
        click.echo(f"{count} item{'s' if count != 1 else ''} could not be expressed:", err=True)
        for note in notes:
            click.echo(f"  {note}", err=True)
    if strict and notes:
        raise click.exceptions.Exit(1)
