"""The command line as a whole: its verbs, and what becomes of an error."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from sentineldq.cli.catalogue import checks
from sentineldq.cli.check import check
from sentineldq.cli.contract import app as contract
from sentineldq.cli.convert import export, import_
from sentineldq.errors import SentinelError, UsageError

INTERRUPTED = 130

app = typer.Typer(
    name="sentinel",
    help="Contracts and checks for data: a verdict on any file, frame or table in one command.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
)


@app.callback()
def options(
    *,
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version and exit.")] = False,
) -> None:
    """Contracts and checks for data: a verdict on any file, frame or table in one command."""
    if version:
        from sentineldq.version import __version__

        typer.echo(f"sentinel {__version__}")
        raise typer.Exit


app.command("check")(check)
app.command("checks")(checks)
app.add_typer(contract, name="contract")
contract.command("import")(import_)
contract.command("export")(export)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code. Errors go to standard error with their hint, not as a traceback."""
    try:
        found = app(arguments, standalone_mode=False)
    except SentinelError as error:
        tell(error)
        return error.exit_code
    except typer.Exit as error:
        return error.exit_code
    except typer.TyperException as error:
        if message := error.format_message():
            tell(UsageError(message, hint="`sentinel COMMAND --help` lists what it takes"))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return found if isinstance(found, int) else 0


def tell(error: SentinelError) -> None:
    """Print an error and its hint."""
    typer.secho("error", fg="red", bold=True, err=True, nl=False)
    typer.echo(f": {error.message}", err=True)
    if error.hint:
        typer.secho("hint", fg="cyan", bold=True, err=True, nl=False)
        typer.echo(f": {error.hint}", err=True)
