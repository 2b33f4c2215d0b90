"""`sentinel contract`: lint contracts, compare two of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sentineldq.cli.style import SETTINGS, examples

app = typer.Typer(
    name="contract",
    help="Write, check and compare contracts in the Open Data Contract Standard (ODCS).",
    no_args_is_help=True,
    epilog=examples(
        "sentinel contract infer orders.csv --output orders.odcs.yaml",
        "sentinel contract lint orders.odcs.yaml",
        "sentinel contract diff main/orders.odcs.yaml orders.odcs.yaml",
    ),
    **SETTINGS,
)

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


class LintFormat(StrEnum):
    """How problems are shown."""

    table = "table"
    json = "json"
    sarif = "sarif"


class DiffFormat(StrEnum):
    """How changes are shown."""

    table = "table"
    json = "json"
    sarif = "sarif"
    markdown = "markdown"


class FailOn(StrEnum):
    """Which impact makes the exit code 1."""

    breaking = "breaking"
    risky = "risky"
    none = "none"


class Side(StrEnum):
    """For whom the impact counts."""

    producers = "producers"
    consumers = "consumers"
    both = "both"


@app.command("lint", epilog=LINT_EXAMPLES)
def lint_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Contracts, or folders that hold *.odcs.yaml.")
    ],
    form: Annotated[
        LintFormat, typer.Option("--format", "-f", help="How to show the problems.")
    ] = LintFormat.table,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
) -> None:
    """Find what is wrong with contracts, and what is missing in them.

    Exit code 0: no errors. 1: errors. 2: a file cannot be read, or wrong usage.
    """
    from sentineldq.contracts.lint import lint_document, rules
    from sentineldq.reports.problems import problems_json, problems_sarif, problems_table

    found = {path.as_posix(): lint_document(path) for path in _contracts(files)}
    if form is LintFormat.sarif:
        text = problems_sarif(found, {name: summary for name, (_, summary) in rules().items()})
    else:
        text = (problems_json if form is LintFormat.json else problems_table)(found)
    typer.echo(text)
    levels = {problem.level for problems in found.values() for problem in problems}
    if levels & ({"error", "warning"} if strict else {"error"}):
        raise typer.Exit(1)


def _contracts(paths: list[Path]) -> list[Path]:
    """The files themselves, and the contracts below the folders; raises UsageError where there are none."""
    from sentineldq.errors import UsageError

    found: list[Path] = []
    for path in paths:
        below = sorted([*path.rglob("*.odcs.yaml"), *path.rglob("*.odcs.yml")]) if path.is_dir() else [path]
        if not below:
            raise UsageError(f"no contract in {path}", hint="contracts are named NAME.odcs.yaml")
        found += below
    return found


@app.command("diff", epilog=DIFF_EXAMPLES)
def diff_command(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The contract as it was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The contract as it is to be.")],
    form: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="How to show the changes.")
    ] = DiffFormat.table,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 1 from this impact on.")
    ] = FailOn.breaking,
    side: Annotated[Side, typer.Option("--for", help="Whose impact counts for the exit code.")] = Side.both,
) -> None:
    """Show what changed between two versions of a contract, and whom each change breaks.

    Exit code 0: nothing breaking. 1: breaking changes (see --fail-on). 2: a contract cannot be read.
    """
    from sentineldq.contracts.change import IMPACTS, TOPICS, required_bump, version_note
    from sentineldq.contracts.diff import diff
    from sentineldq.contracts.document import read_document
    from sentineldq.contracts.load import fit_contract
    from sentineldq.reports import changes as report

    documents = [read_document(path) for path in (old, new)]
    before, after = (fit_contract(document) for document in documents)
    changes = diff(before, after)
    comparison = report.Comparison(
        old=old.as_posix(),
        new=new.as_posix(),
        changes=changes,
        bump=required_bump(changes),
        version_note=version_note(before.version, after.version, changes),
    )
    if form is DiffFormat.sarif:
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
            DiffFormat.table: report.changes_table,
            DiffFormat.json: report.changes_json,
            DiffFormat.markdown: report.changes_markdown,
        }
        text = renderers[form](comparison)
    typer.echo(text)
    worst = max((IMPACTS.index(change.for_whom(side.value)) for change in changes), default=0)
    if fail_on is not FailOn.none and worst >= IMPACTS.index(fail_on.value):
        raise typer.Exit(1)
