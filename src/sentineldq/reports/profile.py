"""A profile as a person reads it in a terminal: one line for each column, made for the width there is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import click
from rich.cells import cell_len, set_cell_size

from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import Column, Profile
from sentineldq.reports import figures, terminal
from sentineldq.reports.facts import Hides, masked

BARS = "▁▂▃▄▅▆▇█"
MASKED = "(classified)"
WIDE = 110
"""Columns of a terminal from which on there is room for the mean, quartiles and more."""

NEARLY = 0.9
"""Share of distinct values from which on a column is one of names or numbers of things."""

TIED = 0.5
"""Correlation from which on two columns are named."""

LISTED = 5
"""Pairs and values that a line below the table names."""

Cells = tuple[str, ...]


def profile_table(
    profile: Profile, *, source: str, hides: Hides = lambda _: False, width: int | None = None
) -> str:
    """`sentinel profile`: what there is, a line for each column, then what holds across columns."""
    width = width or terminal.columns()
    shown = masked(profile, hides)
    lines = [_head(shown, source), ""]
    if shown.columns:
        wide = width >= WIDE
        rows = [_cells(column, hides=hides(path), wide=wide) for path, column in shown.columns.items()]
        lines += _laid_out(rows, wide=wide, width=width)
    below = [*_entities(shown, width), *_tied(shown, hides)]
    return "\n".join([*lines, *(["", *below] if below else [])])


def _head(profile: Profile, source: str) -> str:
    told = [figures.plural(profile.rows, "row"), figures.plural(len(profile.columns), "column")]
    if profile.since is not None and profile.until is not None:
        told.append(f"events {_minute(profile.since)} to {_minute(profile.until)} UTC")
    if profile.duplicates is not None:
        count = round(profile.duplicates)
        told.append(
            f"about {figures.plural(count, 'row')} with a key of another" if count else "keys are unique"
        )
    return f"{click.style(figures.visible(source), bold=True)}: {', '.join(told)}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


# ---------------------------------------------------------------------------------------- one column


def _cells(column: Column, *, hides: bool, wide: bool) -> Cells:
    """column, type, null, distinct, mean where there is room, shape, values."""
    first = (
        figures.visible(column.path),
        _type(column),
        figures.share(column.nulls / column.rows) if column.rows else figures.NONE,
        _distinct(column),
    )
    values = MASKED if hides else _values(column, wide=wide)
    return (*first, *([_mean(column)] if wide else []), _shape(column, bars=12 if wide else 8), values)


def _type(column: Column) -> str:
    """The logical type of nearly all values, with a `+` where there are others."""
    if not column.types:
        return column.kind
    best = max(column.types, key=lambda name: column.types[name])
    return best if len(column.types) == 1 else f"{best}+"


def _distinct(column: Column) -> str:
    if column.frequent is not None and column.frequent.exact:
        return figures.count(len(column.frequent.counts))
    if column.distinct is None:
        return figures.NONE
    estimate = column.distinct.estimate
    return figures.count(round(estimate)) if estimate < 1_000 else f"~{_short(estimate)}"


def _mean(column: Column) -> str:
    if column.kind == "time":
        return figures.NONE
    if column.moments is not None and column.moments.count:
        return _number(column.moments.mean)
    if column.lengths is not None and column.lengths.count:
        return f"{_number(column.lengths.mean)} {'long' if column.kind == 'text' else 'items'}"
    return figures.NONE


def _shape(column: Column, *, bars: int) -> str:
    """Numbers and times: how they spread from the 1st to the 99th percentile. Else: the most frequent values."""
    if column.trues is not None:
        return spark([column.values - column.trues, column.trues])
    if column.quantiles is not None and column.quantiles.count:
        low, high = column.quantiles.at([0.01, 0.99])
        if not high > low or not math.isfinite(high - low):
            return BARS[-1]
        edges = [low + (high - low) * at / bars for at in range(bars + 1)]
        ranks = column.quantiles.ranks(edges[1:-1])
        return spark([after - before for before, after in zip([0.0, *ranks], [*ranks, 1.0], strict=True)])
    if column.frequent is not None and _repeats(column):
        return spark([*column.frequent.counts.values()][:bars])
    return ""


def spark(heights: Sequence[float]) -> str:
    """Bars as high as the numbers are; a blank where there is nothing."""
    most = max(heights, default=0.0)
    if most <= 0:
        return ""
    return "".join(BARS[min(int(one / most * 8), 7)] if one > 0 else " " for one in heights)


def _values(column: Column, *, wide: bool) -> str:
    if column.trues is not None:
        return f"{figures.share(column.trues / column.values)} true" if column.values else figures.NONE
    if column.kind == "number" and column.quantiles is not None and column.low is not None:
        return _range(column, wide=wide)
    if column.kind == "time" and column.low is not None:
        return _times(str(column.low), str(column.high), wide=wide)
    if column.frequent is not None and _repeats(column):
        return ", ".join(_top(column.frequent, LISTED))
    if column.patterns is not None and _common(column.patterns):
        return "like " + ", ".join(_top(column.patterns, LISTED))
    if column.low is not None:
        return f"{_text(column.low)} to {_text(column.high)}"
    return figures.NONE


def _range(column: Column, *, wide: bool) -> str:
    assert column.quantiles is not None  # noqa: S101  # asked before
    ranks = (0.05, 0.25, 0.5, 0.75, 0.95) if wide else (0.5,)
    inner = [_number(value) for value in column.quantiles.at(ranks)]
    return " · ".join([_number(column.low), *inner, _number(column.high)])


def _repeats(column: Column) -> bool:
    """Whether frequent values say something: most stand for others than themselves."""
    if column.frequent is None or not column.frequent.counts:
        return False
    most = next(iter(column.frequent.counts.values()))
    return most > column.values / 10 or (
        column.distinct is not None and column.distinct.estimate < NEARLY * column.values
    )


def _top(found: Frequent, most: int) -> Iterator[str]:
    for value, count in [*found.counts.items()][:most]:
        yield f"{_text(value)} {figures.share(count / found.total)}"


def _text(value: object) -> str:
    return figures.observation(value, limit=24) if value != "" else '""'


def _common(found: Frequent) -> bool:
    """Whether the most frequent one is of a twentieth at least."""
    return bool(found.counts) and next(iter(found.counts.values())) * 20 >= found.total


def _times(low: str, high: str, *, wide: bool) -> str:
    """From when to when, to the minute; where there is little room and it is days, only the days."""
    if not wide and low[:10] != high[:10]:
        return f"{low[:10]} to {high[:10]}"
    return " to ".join(text[:16].replace("T", " ").removesuffix(" 00:00") for text in (low, high))


def _number(value: object) -> str:
    """A number in some four digits; whole ones below a million whole."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return figures.NONE if isinstance(value, float) else str(value)
    if abs(value) >= 1e6:
        return _short(value)
    return (
        figures.count(int(value))
        if value == int(value)
        else f"{value:,.4g}"
        if abs(value) < 1e4
        else f"{value:,.0f}"
    )


def _short(value: float) -> str:
    """`1.2M`: so many thousands, millions, …; beyond them as a power of ten."""
    for scale, unit in ((1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T")):
        if abs(value) < scale * 999.5:
            return f"{value / scale:.3g}{unit}"
    return f"{value:.3g}"


# ---------------------------------------------------------------------------------------- the table


def _laid_out(rows: Sequence[Cells], *, wide: bool, width: int) -> list[str]:
    """Lines of at most `width` characters, each row on one."""
    values = "low · 5 · 25 · 50 · 75 · 95 % · high, or most frequent" if wide else "low · median · high"
    titles = ("column", "type", "null", "distinct", *(("mean",) if wide else ()), "shape", values)
    most = (40 if wide else 20, 10, 8, 9, *((12,) if wide else ()), 12 if wide else 8)
    fixed = [min(limit, max(cell_len(row[at]) for row in (titles, *rows))) for at, limit in enumerate(most)]
    rest = max(width - sum(fixed) - 2 * len(fixed), 12)
    lines = [_line(titles, fixed, rest)]
    return [click.style(lines[0], bold=True), *(_line(row, fixed, rest) for row in rows)]


def _line(cells: Cells, fixed: Sequence[int], rest: int) -> str:
    right = {2, 3, *((4,) if len(cells) == 7 else ())}
    parts = []
    for at, (cell, size) in enumerate(zip(cells, fixed, strict=False)):
        text = _cut(cell, size)
        room = " " * (size - cell_len(text))
        parts.append(room + text if at in right else text + room)
    return "  ".join([*parts, _cut(cells[-1], rest)]).rstrip()


def _cut(text: str, size: int) -> str:
    """At most so many cells of a terminal: a character may take two."""
    return text if cell_len(text) <= size else f"{set_cell_size(text, size - 1).rstrip()}…"


# ---------------------------------------------------------------------------------------- below it


def _entities(profile: Profile, width: int) -> Iterator[str]:
    for path, found in profile.entities.items():
        if found.counts:
            count = figures.plural(len(found.counts), "value")
            told = count if found.exact else f"more than {count}"
            yield _cut(f"by {figures.visible(path)}: {told}; {', '.join(_top(found, LISTED))}", width)


def _tied(profile: Profile, hides: Hides) -> Iterator[str]:
    strong = [
        (pair, r) for pair, r in profile.correlations.items() if abs(r) >= TIED and not any(map(hides, pair))
    ]
    for (one, other), r in sorted(strong, key=lambda pair: -abs(pair[1]))[:LISTED]:
        yield f"{figures.visible(one)} goes with {figures.visible(other)}: r = {r:.2f}"
