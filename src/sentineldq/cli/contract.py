"""`sentinel contract`: lint contracts, compare two of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import click

from sentineldq.cli.group import LazyGroup
from sentineldq.cli.output import FILE
from sentineldq.cli.style import examples

Side = Literal["producers", "consumers", "both"]

COMMANDS = {
    "lint": (
        "sentineldq.cli.contract:lint",
        "Find what is wrong with contracts, and what is missing in them.",
    ),
    "diff": (
        "sentineldq.cli.contract:diff",
        "Show what changed between two versions of a contract, and whom each change breaks.",
    ),
    "infer": (
        "sentineldq.cli.infer:infer",
        "Write the contract that a person would have written for this data.",
    ),
    "import": (
        "sentineldq.cli.convert:import_",
        "Read another tool's checks or schema into a contract.",
    ),
    "export": (
        "sentineldq.cli.convert:export",
        "Write a contract as another tool's checks or schema.",
    ),
}

LINT_EXAMPLES = examples(
    "sentinel contract lint orders.odcs.yaml",
    "sentinel contract lint contracts/ --strict",
    "sentinel contract lint contracts/ --format sarif > lint.sarif",
)
DIFF_EXAMPLES = examples(
    "sentinel contract diff main/orders.odcs.yaml orders.odcs.yaml",
    "sentinel contract diff old.yaml new.yaml --for consumers --fail-on risky",
    "sentinel contract diff old.yaml new.yaml --format markdown >> comment.md",
)


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog=examples(
        "sentinel contract infer orders.csv --output orders.odcs.yaml",
        "sentinel contract lint orders.odcs.yaml",
        "sentinel contract diff main/orders.odcs.yaml orders.odcs.yaml",
    ),
)
def contract() -> None:
    """Write, check and compare contracts in the Open Data Contract Standard (ODCS)."""


@click.command(epilog=LINT_EXAMPLES)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=FILE,
    help="Contracts, or folders that hold *.odcs.yaml.",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json", "sarif"]),
    default="table",
    help="How to show the problems.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def lint(*, files: tuple[Path, ...], form: str, strict: bool) -> None:
    """Find what is wrong with contracts, and what is missing in them.

    Exit code 0: no errors. 1: errors. 2: a file cannot be read, or wrong usage.
    """
    from sentineldq.contracts.lint import lint_document, rules
    from sentineldq.reports.problems import problems_json, problems_sarif, problems_table

    found = {path.as_posix(): lint_document(path) for path in _contracts(files)}
    if form == "sarif":
        text = problems_sarif(found, {name: summary for name, (_, summary) in rules().items()})
    else:
        text = (problems_json if form == "json" else problems_table)(found)
    click.echo(text)
    levels = {problem.level for problems in found.values() for problem in problems}
    if levels & ({"error", "warning"} if strict else {"error"}):
        raise click.exceptions.Exit(1)


def _contracts(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and the contracts below the folders; raises UsageError where there are none."""
    from sentineldq.errors import UsageError

    found: list[Path] = []
    for path in paths:
        below = sorted([*path.rglob("*.odcs.yaml"), *path.rglob("*.odcs.yml")]) if path.is_dir() else [path]
        if not below:
            raise UsageError(f"no contract in {path}", hint="contracts are named NAME.odcs.yaml")
        found += below
    return found


@click.command(epilog=DIFF_EXAMPLES)
@click.argument("old", metavar="OLD", type=FILE, help="The contract as it was.")
@click.argument("new", metavar="NEW", type=FILE, help="The contract as it is to be.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", "json", "sarif", "markdown"]),
    default="table",
    help="How to show the changes.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["breaking", "risky", "none"]),
    default="breaking",
    help="Exit with 1 from this impact on.",
)
@click.option(
    "--for",
    "side",
    type=click.Choice(["producers", "consumers", "both"]),
    default="both",
    help="Whose impact counts for the exit code.",
)
def diff(*, old: Path, new: Path, form: str, fail_on: str, side: Side) -> None:
    """Show what changed between two versions of a contract, and whom each change breaks.

    Exit code 0: nothing breaking. 1: breaking changes (see --fail-on). 2: a contract cannot be read.
    """
    from sentineldq.contracts.change import IMPACTS, TOPICS, required_bump, version_note
    from sentineldq.contracts.diff import diff as compare
    from sentineldq.contracts.document import read_document
    from sentineldq.contracts.load import fit_contract
    from sentineldq.reports import changes as report

    documents = [read_document(path) for path in (old, new)]
    before, after = (fit_contract(document) for document in documents)
    changes = compare(before, after)
    comparison = report.Comparison(
        old=old.as_posix(),
        new=new.as_posix(),
        changes=changes,
        bump=required_bump(changes),
        version_note=version_note(before.version, after.version, changes),
    )
    if form == "sarif":
        places = [
            (path.as_posix(), document.line(change.path))
            for change in changes
            for path, document in [(old, documents[0]) if change.kind == "removed" else (new, documents[1])]
        ]
        text = report.changes_sarif(
            comparison, {topic.id: topic.summary for topic in TOPICS.values()}, places
        )
    else:
        renderers = {
            "table": report.changes_table,
            "json": report.changes_json,
            "markdown": report.changes_markdown,
        }
        text = renderers[form](comparison)
    click.echo(text)
    worst = max((IMPACTS.index(change.for_whom(side)) for change in changes), default=0)
    if fail_on != "none" and worst >= IMPACTS.index(fail_on):
        raise click.exceptions.Exit(1)
