"""The command line as a whole: its verbs, and what becomes of an error."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from sentineldq.cli.catalogue import EXAMPLES as CATALOGUE_EXAMPLES
from sentineldq.cli.catalogue import checks
from sentineldq.cli.check import EXAMPLES as CHECK_EXAMPLES
from sentineldq.cli.check import check
from sentineldq.cli.contract import app as contract
from sentineldq.cli.convert import export, import_
from sentineldq.cli.infer import EXAMPLES as INFER_EXAMPLES
from sentineldq.cli.infer import infer
from sentineldq.cli.style import SETTINGS, examples
from sentineldq.errors import SentinelError, UsageError

INTERRUPTED = 130
DEBUG = "SENTINEL_DEBUG"

IMPORT_EXAMPLES = examples(
    "sentinel contract import suite.json --from gx --output orders.odcs.yaml",
    "sentinel contract import schema.yml --from dbt --strict > orders.odcs.yaml",
)
EXPORT_EXAMPLES = examples(
    "sentinel contract export orders.odcs.yaml --to jsonschema",
    "sentinel contract export shop.odcs.yaml --object orders --to dbt --output schema.yml",
)

app = typer.Typer(name="sentinel", no_args_is_help=True, **SETTINGS)


def _version(wanted: bool) -> None:
    if wanted:
        from sentineldq.version import __version__

        typer.echo(f"sentinel {__version__}")
        raise typer.Exit


@app.callback(
    epilog=examples(
        "sentinel check orders.csv",
        "sentinel contract infer orders.csv --output orders.odcs.yaml",
        "sentinel check orders.csv --contract orders.odcs.yaml",
    )
)
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Contracts and checks for data: a verdict on any file or table in one command."""


app.command("check", epilog=CHECK_EXAMPLES)(check)
app.command("checks", epilog=CATALOGUE_EXAMPLES)(checks)
app.add_typer(contract, name="contract")
contract.command("infer", epilog=INFER_EXAMPLES)(infer)
contract.command("import", epilog=IMPORT_EXAMPLES)(import_)
contract.command("export", epilog=EXPORT_EXAMPLES)(export)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code. Errors go to standard error with their hint, not as a traceback."""
    try:
        found = app(arguments, prog_name="sentinel", standalone_mode=False)
    except SentinelError as error:
        tell(error)
        return error.exit_code
    except typer.Exit as error:
        return error.exit_code
    except typer.TyperException as error:
        if message := error.format_message():
            tell(_misuse(error, message))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        return INTERRUPTED
    except OSError as error:
        if error.filename is None:  # standard output itself: for whoever owns it
            raise
        tell(SentinelError(f"{error.filename}: {error.strerror}"))
        return SentinelError.exit_code
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        tell(_unexpected(error))
        return SentinelError.exit_code
    return found if isinstance(found, int) else 0


def tell(error: SentinelError) -> None:
    """Print an error and its hint."""
    typer.secho("error", fg="red", bold=True, err=True, nl=False)
    typer.echo(f": {error.message}", err=True)
    if error.hint:
        typer.secho("hint", fg="cyan", bold=True, err=True, nl=False)
        typer.echo(f": {error.hint}", err=True)


def _misuse(error: typer.TyperException, message: str) -> UsageError:
    """What the parser says, with the command whose help tells more."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "sentinel"
    return UsageError(message.replace("Value error, ", ""), hint=f"`{command} --help` lists what it takes")


def _unexpected(error: Exception) -> SentinelError:
    """A fault of ours: said in one sentence, told in full to whoever wants to report it."""
    said = " ".join(str(error).split())[:300]
    return SentinelError(
        f"unexpected {type(error).__name__}: {said or 'no message'}",
        hint=f"this is a fault of SentinelDQ; with {DEBUG}=1 it shows where, please report that",
    )
