"""The command line as a whole: its verbs, and what becomes of an error."""

from __future__ import annotations

import os
import sys

import click

from sentineldq.cli.group import LazyGroup
from sentineldq.cli.style import SETTINGS, examples
from sentineldq.errors import SentinelError, UsageError
from sentineldq.version import __version__

INTERRUPTED = 130
DEBUG = "SENTINEL_DEBUG"
COMPLETE = "_SENTINEL_COMPLETE"

COMMANDS = {
    "check": (
        "sentineldq.cli.check:check",
        "Check data against a contract, or against what the data itself suggests.",
    ),
    "checks": (
        "sentineldq.cli.catalogue:checks",
        "List the kinds of check, their parameters and what they mean.",
    ),
    "contract": (
        "sentineldq.cli.contract:contract",
        "Write, check and compare contracts in the Open Data Contract Standard (ODCS).",
    ),
    "init": ("sentineldq.cli.init:init", "Make a project out of one that comes with SentinelDQ."),
    "run": ("sentineldq.cli.run:run", "Bring what the sources have to bronze, silver, quarantine and gold."),
    "status": ("sentineldq.cli.status:status", "Show where the pipelines and gold of a project stand."),
    "quarantine": (
        "sentineldq.cli.quarantine:quarantine",
        "See what was refused and why, mend it, and try it again.",
    ),
    "freshness": (
        "sentineldq.cli.freshness:freshness",
        "Measure how old each dataset is, against what is allowed.",
    ),
    "profile": (
        "sentineldq.cli.profile:profile",
        "Show what data looks like: types, nulls, distinct and frequent values, how numbers spread.",
    ),
    "drift": (
        "sentineldq.cli.drift:drift",
        "Find what has changed: today against last week, or one file against another.",
    ),
    "monitor": (
        "sentineldq.cli.monitor:monitor",
        "Watch freshness, volume, columns, nulls, scores and numbers of your own.",
    ),
    "alerts": ("sentineldq.cli.alerts:alerts", "See what is wrong, take it on, and resolve it."),
    "serve": ("sentineldq.cli.serve:serve", "Serve the API and the dashboard, and send alerts."),
    "user": ("sentineldq.cli.user:user", "Say who may come in to the server, and with which role."),
    "key": ("sentineldq.cli.key:key", "Make keys that programs come in with, and revoke them."),
    "simulate": (
        "sentineldq.cli.simulate:simulate",
        "Write invented data to files, with faults and drifts and the truth about them.",
    ),
    "lake": ("sentineldq.cli.lake:lake", "Look at the tables of a project's lake, and keep them small."),
    "doctor": ("sentineldq.cli.doctor:doctor", "Find what is missing or out of reach, and how to mend it."),
}


@click.group(
    "sentinel",
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings=SETTINGS,
    epilog=examples(
        "sentinel check orders.csv",
        "sentinel contract infer orders.csv --output orders.odcs.yaml",
        "sentinel check orders.csv --contract orders.odcs.yaml",
        "sentinel init shop --template commerce && sentinel run --project shop",
    ),
)
@click.version_option(__version__, "--version", "-V", message="sentinel %(version)s")
def app() -> None:
    """Data that keeps its contract: check any file or table, and run pipelines that refuse what breaks it."""


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code. Errors go to standard error with their hint, not as a traceback."""
    if instruction := os.environ.get(COMPLETE):
        return _complete(instruction)
    try:
        # Not app.main(), which would answer for standard output as well.
        with app.make_context("sentinel", sys.argv[1:] if arguments is None else arguments) as context:
            found = app.invoke(context)
    except SentinelError as error:
        tell(error)
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.ClickException as error:
        tell(_misuse(error))
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
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
    _line("error", error.message, fg="red")
    if error.hint:
        _line("hint", error.hint, fg="cyan")


def _line(word: str, text: str, *, fg: str) -> None:
    click.echo(f"{click.style(word, fg=fg, bold=True)}: {text}", err=True, color=SETTINGS["color"])


def _complete(instruction: str) -> int:
    """What the shell asks for: its completion script, or the words that may follow."""
    from click.shell_completion import shell_complete

    return shell_complete(app, {}, "sentinel", COMPLETE, instruction)


def _misuse(error: click.ClickException) -> UsageError:
    """What the parser says, on one line, with the command whose help tells more."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "sentinel"
    message = " ".join(error.format_message().split())
    return UsageError(message, hint=f"`{command} --help` lists what it takes")


def _unexpected(error: Exception) -> SentinelError:
    """A fault of ours: said in one sentence, told in full to whoever wants to report it."""
    said = " ".join(str(error).split())[:300]
    return SentinelError(
        f"unexpected {type(error).__name__}: {said or 'no message'}",
        hint=f"this is a fault of SentinelDQ; with {DEBUG}=1 it shows where, please report that",
    )
