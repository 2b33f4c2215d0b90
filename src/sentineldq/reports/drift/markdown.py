"""A comparison as Markdown for a pull request: the verdict, a table, and the rest folded away."""

from __future__ import annotations

import re

from sentineldq.drift.settings import Severity
from sentineldq.pipeline.drift.compared import Compared
from sentineldq.reports import figures
from sentineldq.reports.drift import words
from sentineldq.reports.drift.table import sparkline

TOLD = 3
"""Findings of one column that are told one by one."""
SHOWN = 25
"""Rows of the table; a comment has a length that is still read."""
SIGNS: dict[Severity, str] = {"CRITICAL": "🔴", "WARNING": "🟠", "INFO": "🔵"}


def render(compared: Compared) -> str:
    """The comparison as GitHub-flavoured Markdown; text of the data cannot become markup."""
    found = words.subjects(compared)
    state = "not compared" if compared.comparison is None else "drift" if found else "no drift"
    lines = [
        f"### Data drift: {state} in {escape(compared.dataset)}",
        "",
        f"{escape(words.sentence(words.verdict(compared)))}",
        "",
        f"Baseline: {escape(words.side(compared.baseline))}  ",
        f"Current: {escape(words.side(compared.current))}",
    ]
    lines += ["", *(f"> {escape(words.sentence(note))}" for note in compared.notes)] if compared.notes else []
    if found:
        lines += ["", "| | column | what moved | score | baseline → current |", "|---|---|---|--:|---|"]
        lines += [_row(compared, one) for one in found[:SHOWN]]
    if len(found) > SHOWN:
        lines += ["", f"and {len(found) - SHOWN} more"]
    closing = words.closing(compared)
    if closing:
        lines += ["", "<details><summary>Not drifted</summary>", ""]
        lines += [f"- {escape(line)}" for line in closing]
        lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _row(compared: Compared, one: words.Subject) -> str:
    lines = words.told(one)
    told = "<br>".join(escape(line) for line in lines[:TOLD])
    more = f"<br>and {len(lines) - TOLD} more" if len(lines) > TOLD else ""
    drawn = sparkline(compared, one.path)
    cells = [
        f"{SIGNS[one.severity]} {one.severity.lower()}",
        f"**{escape(one.name)}**",
        told + more,
        figures.score(one.score),
        f"`{drawn}`" if drawn else "",
    ]
    return f"| {' | '.join(cells)} |"


def escape(text: str) -> str:
    """Text on one line in which no character starts markup, a mention or a reference."""
    seen = figures.visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    seen = re.sub(r"([\\`*_{}\[\]|~#!$])", r"\\\1", seen)
    return seen.replace("@", "@\u200b").replace("://", ":\u200b//")
