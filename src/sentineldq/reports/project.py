"""A project's diagnosis, state and freshness as a person reads them in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from sentineldq.monitors.freshness import Freshness
from sentineldq.pipeline.note import Note
from sentineldq.pipeline.status import GoldState, PipelineState, State
from sentineldq.reports import figures
from sentineldq.reports.lake import ago, grid

_STYLES: dict[str, dict[str, Any]] = {
    "ok": {"fg": "green"},
    "warning": {"fg": "yellow"},
    "problem": {"fg": "red", "bold": True},
}
SHOWN = 10
"""Findings that are listed one by one, the newest."""


def notes_table(notes: Sequence[Note]) -> str:
    """`sentinel doctor`: one line per note, with place and hint below those that are not well, then counts."""
    width = max((len(note.about) for note in notes), default=0)
    lines = [line for note in notes for line in _note(note, width)]
    found = Counter(note.level for note in notes)
    told = [figures.plural(found[level], level) for level in ("problem", "warning") if found[level]]
    return "\n".join([*lines, "", ", ".join(told) or "all is well"])


def _note(note: Note, width: int) -> list[str]:
    level = click.style(f"{note.level:<7}", **_STYLES[note.level])
    first, *rest = [figures.visible(line) for line in note.what.splitlines()] or [""]
    indent = " " * (len("problem") + width + 4)
    where = figures.visible(note.where) if note.where else None
    if note.level == "ok":
        return [
            f"{level}  {note.about:<{width}}  {first}"
            + (click.style(f"  {where}", dim=True) if where else "")
        ]
    lines = [f"{level}  {note.about:<{width}}  {first}", *(indent + line for line in rest)]
    told = {"in": where, "hint": figures.visible(note.hint) if note.hint else None}
    return lines + [click.style(f"{indent}{word}: {text}", dim=True) for word, text in told.items() if text]


def state_table(state: State) -> str:
    """`sentinel status`: the last runs, what is where, gold, open findings, what does not add up."""
    name = f"{state.project} (simulated)" if state.simulated else state.project
    if not state.pipelines:
        return f"{name}: there is no pipeline yet; add one to sentinel.yaml"
    parts = [f"{name}, {state.at:%Y-%m-%d %H:%M:%S} UTC", _runs(state)]
    if not state.ran:
        command = "sentinel run --records simulated" if state.simulated else "sentinel run"
        return "\n\n".join([*parts, f"nothing has run yet; next: {command}"])
    parts.append(_records(state.pipelines))
    if state.gold:
        parts.append(_gold(state))
    if state.findings:
        parts.append(_findings(state))
    parts += [click.style(f"problem: {figures.visible(text)}", fg="red") for text in state.problems]
    return "\n\n".join(parts)


def _runs(state: State) -> str:
    rows = [
        (
            one.pipeline,
            one.run,
            _ago(one.started_at, state.at),
            figures.NONE if one.seconds is None else figures.duration(one.seconds),
            _until(one.next_due, state.at),
            figures.shorten(one.error or "", limit=80),
        )
        for one in state.pipelines
    ]
    columns = ("pipeline", "last run", "began", "took", "next due", "error")
    kept = len(columns) if any(one.error for one in state.pipelines) else len(columns) - 1
    return grid(columns[:kept], [row[:kept] for row in rows], right=("began", "took", "next due"))


def _records(pipelines: Sequence[PipelineState]) -> str:
    names = ("batches", "bronze", "silver", "quarantine", "duplicates", "dropped", "lag", "findings")
    rows = [(one.dataset, *(figures.count(getattr(one, name)) for name in names)) for one in pipelines]
    return grid(("dataset", *names), rows, right=names)


def _gold(state: State) -> str:
    rows = [(one.model, figures.count(one.rows), *_published(one, state.at)) for one in state.gold]
    return grid(("gold", "rows", "published", "audit"), rows, right=("rows", "published"))


def _published(one: GoldState, now: datetime) -> tuple[str, str]:
    if one.refused_at is not None:
        return _ago(one.published_at, now), f"refused {_ago(one.refused_at, now)}, it stands on branch audit"
    return _ago(one.published_at, now), "published" if one.published_at else "never built"


def _findings(state: State) -> str:
    rows = [
        (
            one.severity.lower(),
            one.dataset or figures.NONE,
            figures.shorten(one.title, limit=100),
            figures.count(one.count),
            _ago(one.first_seen_at, state.at),
        )
        for one in state.findings[:SHOWN]
    ]
    more = len(state.findings) - len(rows)
    table = grid(("open finding", "dataset", "what", "times", "since"), rows, right=("times", "since"))
    return f"{table}\nand {more} more: --format json lists them" if more else table


def freshness_table(found: Sequence[Freshness], *, now: datetime) -> str:
    """`sentinel freshness`: one row per dataset, and below them what is wrong with some."""
    if not found:
        return "no dataset to measure"
    rows = [
        (
            one.dataset,
            _ago(one.last_event_at, now),
            _ago(one.last_commit_at, now),
            _span(one.age_seconds),
            _span(one.allowed_seconds),
            one.status,
        )
        for one in found
    ]
    columns = ("dataset", "last event", "last commit", "age", "allowed", "status")
    told = [
        f"{one.dataset}: {figures.visible(one.message.removeprefix(f'table {one.dataset}: '))}"
        for one in found
        if one.message and one.status != "skip"
    ]
    return "\n".join([grid(columns, rows, right=columns[1:5]), *([""] if told else []), *told])


def _ago(moment: datetime | None, now: datetime) -> str:
    return ago(moment.isoformat() if moment else None, now=now)


def _until(moment: datetime | None, now: datetime) -> str:
    """How long it is until then."""
    return figures.NONE if moment is None else f"in {_span((moment - now).total_seconds())}"


def _span(seconds: float | None) -> str:
    """A length of time in its two largest units: `2 d 3 h`, `5 min 10 s`."""
    if seconds is None:
        return figures.NONE
    rest = max(round(seconds), 0)
    parts: list[tuple[int, str]] = []
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        amount, rest = divmod(rest, length)
        if amount or (parts and len(parts) < 2):
            parts.append((amount, unit))
    shown = parts[:2] or [(0, "s")]
    return " ".join(f"{amount} {unit}" for at, (amount, unit) in enumerate(shown) if amount or not at)
