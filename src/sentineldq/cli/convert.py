"""`sentinel contract import` and `sentinel contract export`: contracts from and to other formats."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentineldq.contracts.formats import FORMATS, find
from sentineldq.errors import ContractError, ReadError, UsageError, suggest

if TYPE_CHECKING:
    from sentineldq.contracts.formats.base import Converted, Note

Kind = StrEnum("Kind", {name: name for name in FORMATS})  # type: ignore[misc]  # choices follow the registry


class Report(StrEnum):
    text = "text"
    json = "json"


Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file in place of standard output.")
]
Notes = Annotated[
    Report, typer.Option("--format", help="How to print, on standard error, what could not be expressed.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 when something could not be expressed.")]


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The document to read; - is standard input.")],
    source: Annotated[Kind, typer.Option("--from", help="The format of the document.")],
    output: Output = None,
    name: Annotated[
        str | None, typer.Option(help="The dataset's name where the document gives none.")
    ] = None,
    fold: Annotated[
        bool,
        typer.Option(
            "--fold", help="gx: state expectations as fields of the schema where those say the same."
        ),
    ] = False,
    notes: Notes = Report.text,
    strict: Strict = False,
) -> None:
    """Read another tool's checks or schema into a contract.

    Every item that a contract cannot express is told on standard error. Exit code 0; with --strict 1 where there
    is one; 2: the document is not what it should be; 3: it cannot be read.
    """
    from sentineldq.contracts.write import dump_contract

    text, stem = _text(file)
    try:
        converted = _read(source, text, name or stem, fold=fold)
    except ContractError as error:
        raise ContractError(file, error.problems, hint=error.hint) from error
    _deliver(dump_contract(converted.contract), output)
    _report(converted.notes, notes, strict=strict)


def export(
    contract: Annotated[str, typer.Argument(metavar="CONTRACT", help="The contract to write.")],
    target: Annotated[Kind, typer.Option("--to", help="The format to write.")],
    output: Output = None,
    item: Annotated[
        str | None, typer.Option("--object", help="The schema object to write, where there are several.")
    ] = None,
    notes: Notes = Report.text,
    strict: Strict = False,
) -> None:
    """Write a contract as another tool's checks or schema.

    Every item that the other tool cannot express is told on standard error. Exit codes as for import.
    """
    from sentineldq.contracts.load import load_contract

    found = load_contract(Path(contract))
    if item is not None:
        chosen = found.object(item)
        if chosen is None:
            names = [member.name or "" for member in found.schema]
            raise ContractError(contract, [f"no schema object is named {item!r}"], hint=suggest(item, names))
        found.schema = [chosen]
    written = find(target.value).write(found)
    _deliver(written.text, output)
    _report(written.notes, notes, strict=strict)


def _read(source: Kind, text: str, name: str, *, fold: bool) -> Converted:
    if source.value == "gx":
        from sentineldq.contracts.formats import gx

        return gx.read(text, name=name, fold=fold)
    return find(source.value).read(text, name=name)


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


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}") from error


def _report(notes: Sequence[Note], style: Report, *, strict: bool) -> None:
    """Every note on standard error; nothing is said where nothing was lost."""
    if style is Report.json:
        import msgspec

        typer.echo(msgspec.json.encode(notes).decode(), err=True)
    elif notes:
        count = len(notes)
        typer.echo(f"{count} item{'s' if count != 1 else ''} could not be expressed:", err=True)
        for note in notes:
            typer.echo(f"  {note}", err=True)
    if strict and notes:
        raise typer.Exit(1)
