"""The problems of contracts as text, JSON or SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec

from sentineldq.contracts.problem import Level, Problem
from sentineldq.reports.sarif import SarifResult, sarif

_STYLES: dict[Level, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow"},
    "note": {"dim": True},
}


def problems_table(files: Mapping[str, Sequence[Problem]]) -> str:
    """One line per problem, `file:line  level  rule  path: message`, and the counts at the end."""
    lines = []
    for file, problems in files.items():
        for problem in problems:
            place = f"{file}:{problem.line}" if problem.line else file
            level = click.style(f"{problem.level:<7}", **_STYLES[problem.level])
            where = f"{problem.path}: " if problem.path else ""
            lines.append(f"{place}  {level}  {problem.rule}  {where}{problem.message}")
            if problem.hint:
                lines.append(click.style(f"    hint: {problem.hint}", dim=True))
    return "\n".join([*lines, _summary(files)])


def problems_json(files: Mapping[str, Sequence[Problem]]) -> str:
    """`{files: [{file, problems: [{rule, level, path, line, message, hint}]}], error, warning, note}`."""
    found = [{"file": file, "problems": msgspec.to_builtins(problems)} for file, problems in files.items()]
    return json.dumps({"files": found, **_counts(files)}, ensure_ascii=False, indent=2)


def problems_sarif(files: Mapping[str, Sequence[Problem]], rules: Mapping[str, str]) -> str:
    """SARIF 2.1.0; `rules` maps rule ids to what is wrong."""
    results = [
        SarifResult(
            rule=problem.rule,
            level=problem.level,
            message=f"{problem.message} ({problem.hint})" if problem.hint else problem.message,
            uri=file,
            line=problem.line or 1,
            key=problem.path,
        )
        for file, problems in files.items()
        for problem in problems
    ]
    return json.dumps(sarif(results, rules=rules), ensure_ascii=False, indent=2)


def _counts(files: Mapping[str, Sequence[Problem]]) -> dict[str, int]:
    found = Counter(problem.level for problems in files.values() for problem in problems)
    return {level: found[level] for level in _STYLES}


def _summary(files: Mapping[str, Sequence[Problem]]) -> str:
    counts = [f"{count} {level}{'s' * (count != 1)}" for level, count in _counts(files).items() if count]
    return f"{', '.join(counts) or 'no problems'} in {len(files)} contract{'s' * (len(files) != 1)}"
