"""The changes between two contracts as text, Markdown, JSON or SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec

from sentineldq.contracts.change import IMPACTS, Bump, Change, Impact
from sentineldq.reports.sarif import SarifResult, sarif

_STYLES: dict[Impact, dict[str, Any]] = {
    "breaking": {"fg": "red", "bold": True},
    "risky": {"fg": "yellow"},
    "harmless": {"fg": "green"},
}
_LEVELS = {"breaking": "error", "risky": "warning", "harmless": "note"}


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two contracts compared: their files, what changed, and what that asks of the version."""

    old: str
    new: str
    changes: list[Change]
    bump: Bump
    version_note: str | None = None

    def counts(self) -> dict[str, int]:
        """How many changes are breaking, risky, harmless."""
        found = Counter(change.impact for change in self.changes)
        return {impact: found[impact] for impact in reversed(IMPACTS)}


def changes_table(comparison: Comparison) -> str:
    """One line per change with its impact on producers and on consumers, worst first."""
    if not comparison.changes:
        return "no changes"
    lines = [f"{'producers':<10}{'consumers':<10}change"]
    for change in comparison.changes:
        sides = [click.style(f"{side:<10}", **_STYLES[side]) for side in (change.producers, change.consumers)]
        lines.append(f"{''.join(sides)}{change.message}  {click.style(change.rule, dim=True)}")
    return "\n".join([*lines, *_closing(comparison)])


def changes_markdown(comparison: Comparison) -> str:
    """A table for a review comment."""
    if not comparison.changes:
        return "No changes in the contract."
    lines = [
        f"**Contract changes**: {_summary(comparison)}",
        "",
        "| producers | consumers | change | rule |",
        "|---|---|---|---|",
    ]
    for change in comparison.changes:
        sides = [
            f"**{side}**" if side == "breaking" else side for side in (change.producers, change.consumers)
        ]
        text = change.message.replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {' | '.join(sides)} | {text} | {change.rule} |")
    return "\n".join([*lines, "", *_closing(comparison)[1:]])


def changes_json(comparison: Comparison) -> str:
    """`{old, new, bump, version_note, breaking, risky, harmless, changes: […]}`."""
    found = msgspec.to_builtins(comparison)
    changes = found.pop("changes")
    return json.dumps({**found, **comparison.counts(), "changes": changes}, ensure_ascii=False, indent=2)


def changes_sarif(
    comparison: Comparison, rules: Mapping[str, str], lines: Sequence[tuple[str, int | None]]
) -> str:
    """SARIF 2.1.0; `lines` gives file and line of each change."""
    results = [
        SarifResult(
            rule=change.rule,
            level=_LEVELS[change.impact],  # type: ignore[arg-type]
            message=f"{change.message} (producers: {change.producers}, consumers: {change.consumers})",
            uri=file,
            line=line or 1,
            key=f"{change.path} {change.kind}",
        )
        for change, (file, line) in zip(comparison.changes, lines, strict=True)
    ]
    return json.dumps(sarif(results, rules=rules), ensure_ascii=False, indent=2)


def _summary(comparison: Comparison) -> str:
    return ", ".join(f"{count} {impact}" for impact, count in comparison.counts().items() if count)


def _closing(comparison: Comparison) -> list[str]:
    closing = [_summary(comparison), f"version: {comparison.bump}"]
    return [*closing, f"note: {comparison.version_note}"] if comparison.version_note else closing
