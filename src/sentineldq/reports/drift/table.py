"""A comparison as a person reads it in a terminal: worst first, what moved, how both distributions look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sentineldq.drift.settings import Severity
from sentineldq.pipeline.drift.compared import Compared
from sentineldq.reports import figures, terminal
from sentineldq.reports.drift import words
from sentineldq.reports.drift.shapes import spark

NARROW = 72  # below this, no sparklines
SPARK = 12
LEVELS = "▁▂▃▄▅▆▇█"
TOLD = 4
"""Findings of one column that are told one by one."""

MARKS: dict[Severity, str] = {"CRITICAL": "✗", "WARNING": "▲", "INFO": "●"}
STYLES: dict[Severity, str] = {"CRITICAL": "bold red", "WARNING": "yellow", "INFO": "cyan"}

#: Signs in ASCII, for output that cannot hold them; what is not listed is escaped.
ASCII = str.maketrans({
    "✗": "x", "▲": "~", "●": "*", "✓": "+", "○": "-", "→": "->", "·": "|", "…": "...",
    figures.NONE: "-", "≥": ">=", "≤": "<=", **dict(zip(LEVELS, ".:-=+*%#", strict=True)),
})  # fmt: skip


def render(
    compared: Compared, *, width: int | None = None, colour: bool | None = None, encoding: str | None = None
) -> str:
    """The comparison as text, with colours only where standard output is a terminal and NO_COLOR is not set.

    Width and encoding are those of standard output where they are not given.
    """
    colour = terminal.coloured() if colour is None else colour
    width = width or terminal.columns()
    out = StringIO()
    console = terminal.console(out, width=width, colour=colour)
    for part in _parts(compared, width):
        console.print(part)
    text = "\n".join(line.rstrip() for line in out.getvalue().replace(figures.NBSP, " ").splitlines()) + "\n"
    return terminal.encodable(text, ASCII, encoding)


def _parts(compared: Compared, width: int) -> Iterator[RenderableType]:
    found = words.subjects(compared)
    yield _head(compared, found)
    yield Padding(Text(figures.visible(words.sentence(words.verdict(compared)))), (0, 0, 0, 2))
    yield Padding(_sides(compared), (0, 0, 0, 2))
    for note in compared.notes:
        yield Padding(Text(f"note: {figures.visible(note)}", style="dim"), (0, 0, 0, 2))
    if found:
        yield Text()
        for one in found:
            yield from _subject(compared, one, width)
    for line in words.closing(compared):
        yield Text()
        yield Padding(Text(figures.visible(line), style="dim"), (0, 0, 0, 2))


def _head(compared: Compared, found: Sequence[words.Subject]) -> Text:
    if compared.comparison is None:
        mark, style, word = "○", "dim", "NOT COMPARED"
    elif found:
        mark, style, word = MARKS[found[0].severity], STYLES[found[0].severity], "DRIFT"
    else:
        mark, style, word = "✓", "green", "NO DRIFT"
    title = Text(f"{mark} {word}  ", style=style)
    return title.append(figures.visible(compared.dataset), style="bold not dim default")


def _sides(compared: Compared) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("baseline", Text(figures.visible(words.side(compared.baseline))))
    grid.add_row("current", Text(figures.visible(words.side(compared.current))))
    return grid


def _subject(compared: Compared, one: words.Subject, width: int) -> Iterator[RenderableType]:
    style = STYLES[one.severity]
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(width=10, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(no_wrap=True)
    grid.add_column(width=5, justify="right", no_wrap=True)
    grid.add_row(
        Text(f"{MARKS[one.severity]} {one.severity.lower()}", style=style),
        Text(figures.visible(one.name), style="bold"),
        Text(sparkline(compared, one.path) if width >= NARROW else ""),
        Text(figures.score(one.score), style=style),
    )
    yield grid
    lines = words.told(one)
    for line in lines[:TOLD]:
        yield Padding(Text(figures.visible(line)), (0, 0, 0, 12))
    if len(lines) > TOLD:
        more = figures.plural(len(lines) - TOLD, "more finding")
        yield Padding(Text(f"and {more}: --format json or html has all", style="dim"), (0, 0, 0, 12))


def sparkline(compared: Compared, path: str | None) -> str:
    """Both distributions of a column in blocks, `▁▃▇▃▁ → ▁▁▃▇▃`; empty where it has none to show."""
    found = words.drawn(compared, path)
    if not found:
        return ""
    left, right = spark(found[0], width=SPARK)
    if not left:
        return ""
    return " → ".join(_blocks(side) if any(side) else figures.NONE for side in (left, right))


def _blocks(heights: Sequence[float]) -> str:
    return "".join(LEVELS[min(int(height * len(LEVELS)), len(LEVELS) - 1)] for height in heights)
