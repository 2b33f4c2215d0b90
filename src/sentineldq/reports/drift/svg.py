"""Shapes as inline SVG: colours are classes of the page, words are text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sentineldq.reports import figures
from sentineldq.reports.drift.shapes import Bars, Histogram, Shape
from sentineldq.reports.html import escape

WIDTH = 440
PLOT = 132
AXIS = 22
STRIP = 13
"""Height of the line of quantile marks of one window."""
LABEL = 138
ROW = 24


def draw(shape: Shape, *, name: str) -> str:
    """A shape as an SVG element."""
    if isinstance(shape, Histogram):
        return _histogram(shape, name)
    return _columns(shape, name) if shape.ordered and len(shape.rows) > 4 else _bars(shape, name)


def frame(width: float, height: float, title: str, inside: str, *, kind: str = "plot") -> str:
    """An SVG element of that size, with a title for those who do not see it."""
    named = f'role="img" aria-label="{escape(title)}"'
    return f'<svg class="{kind}" viewBox="0 0 {width:g} {height:g}" {named}>{inside}</svg>'


# ------------------------------------------------------------------------------------- numbers


def _histogram(shape: Histogram, name: str) -> str:
    bins = len(shape.baseline)
    step = WIDTH / bins
    top = max([*shape.baseline, *shape.current, 1e-12])
    base = _area(shape.baseline, top, step)
    now = _area(shape.current, top, step)
    tips = "".join(
        f'<rect class="hit" x="{at * step:.2f}" y="0" width="{step:.2f}" height="{PLOT}">'
        f"<title>{_bin(shape, at)}</title></rect>"
        for at in range(bins)
    )
    parts = [
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{PLOT}" y2="{PLOT}"/>',
        f'<path class="base" d="{base}"/>' if any(shape.baseline) else "",
        f'<path class="now" d="{now}"/>' if any(shape.current) else "",
        tips,
        _ticks(shape),
        _strip(shape, shape.baseline_marks, PLOT + AXIS + STRIP * 0.5, "base"),
        _strip(shape, shape.current_marks, PLOT + AXIS + STRIP * 1.5, "now"),
    ]
    return frame(WIDTH, PLOT + AXIS + 2 * STRIP, f"{name}: {shape.title} in both windows", "".join(parts))


def _area(shares: Sequence[float], top: float, step: float) -> str:
    """Steps along the bins, closed at the axis."""
    points = [f"M0 {PLOT}"]
    for at, share in enumerate(shares):
        height = PLOT - share / top * (PLOT - 8)
        points.append(f"V{height:.1f}H{(at + 1) * step:.2f}")
    return "".join(points) + f"V{PLOT}Z"


def _strip(shape: Histogram, marks: Sequence[float], y: float, side: str) -> str:
    """Five quantiles as a line, a box and a tick: 5, 25, 50, 75 and 95 %."""
    if not marks:
        return ""
    low, first, middle, last, high = (_place(shape, value) for value in marks)
    said = ", ".join(_number(shape, value) for value in marks)
    word = "baseline" if side == "base" else "current"
    return (
        f'<g class="strip {side}"><title>{word}: quantiles 5, 25, 50, 75, 95 % at {escape(said)}</title>'
        f'<line x1="{low:.1f}" x2="{max(high, low + 1):.1f}" y1="{y}" y2="{y}"/>'
        f'<rect x="{first:.1f}" y="{y - 2.5}" width="{max(last - first, 1):.1f}" height="5" rx="2"/>'
        f'<line class="middle" x1="{middle:.1f}" x2="{middle:.1f}" y1="{y - 5}" y2="{y + 5}"/></g>'
    )


def _place(shape: Histogram, value: float) -> float:
    low, high = _scaled(shape, shape.edges[0]), _scaled(shape, shape.edges[-1])
    return min(max((_scaled(shape, value) - low) / ((high - low) or 1) * WIDTH, 1), WIDTH - 1)


def _scaled(shape: Histogram, value: float) -> float:
    return math.log10(1 + max(value, 0)) if shape.scale == "log" else value


def _bin(shape: Histogram, at: int) -> str:
    span = f"{_number(shape, shape.edges[at])} to {_number(shape, shape.edges[at + 1])}"
    return escape(
        f"{span}: {figures.share(shape.baseline[at])} of the baseline, {figures.share(shape.current[at])} now"
    )


def _ticks(shape: Histogram) -> str:
    found = []
    for value in ticks(shape):
        x = _place(shape, value)
        anchor = "start" if x < 18 else "end" if x > WIDTH - 18 else "middle"
        found.append(
            f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{PLOT}" y2="{PLOT + 4}"/>'
            f'<text x="{x:.1f}" y="{PLOT + 16}" text-anchor="{anchor}">{escape(_number(shape, value))}</text>'
        )
    return "".join(found)


def ticks(shape: Histogram) -> list[float]:
    """Round values along the axis, at most seven."""
    low, high = shape.edges[0], shape.edges[-1]
    if shape.scale == "time":
        return [low + (high - low) * part for part in (0, 1 / 3, 2 / 3, 1)]
    if shape.scale == "log":
        powers = [0.0, *(10.0**power for power in range(16))]
        inside = [value for value in powers if low <= value <= high]
        return inside[:: max(1, math.ceil(len(inside) / 6))]
    step = _step((high - low) / 5)
    first = math.ceil(low / step)
    return [at * step for at in range(first, math.floor(high / step) + 1)]


def _step(room: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not below."""
    power = 10.0 ** math.floor(math.log10(room)) if room > 0 else 1.0
    return next((power * part for part in (1, 2, 5) if power * part >= room), power * 10)


def _number(shape: Histogram, value: float) -> str:
    if shape.scale != "time":
        return short(value)
    room = shape.edges[-1] - shape.edges[0]
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
    return f"{moment:%Y-%m-%d}" if room > 4 * 86_400 else f"{moment:%m-%d %H:%M}"


def short(value: float) -> str:
    """A number in few characters: `1.2k`, `35M`, `0.0041`."""
    for power, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= power * (10 if unit == "k" else 1):
            return f"{value / power:.3g}{unit}"
    return f"{value:.4g}".replace("e+0", "e").replace("e-0", "e-")


# -------------------------------------------------------------------------------------- values


def _bars(shape: Bars, name: str) -> str:
    """Two bars for each value, its text at the left and the shares at the right."""
    rows = [*shape.rows, *([("all others", *shape.rest)] if shape.rest else [])]
    top = max([*(max(row[1], row[2]) for row in rows), 1e-12])
    room = WIDTH - LABEL - 120
    parts = []
    for at, (label, base, now) in enumerate(rows):
        y = at * (ROW + 4)
        other = shape.rest is not None and at == len(shape.rows)
        parts.append(
            f"<g><title>{escape(figures.shorten(label, limit=200))}: {escape(figures.share(base))} of the baseline, "
            f"{escape(figures.share(now))} now</title>"
            f'<text class="{"other" if other else "value"}" x="{LABEL - 10}" y="{y + 16}" text-anchor="end">'
            f"{escape(_fitted(label))}</text>"
            f'<rect class="track" x="{LABEL}" y="{y + 2}" width="{room}" height="20" rx="3"/>'
            f'<rect class="base" x="{LABEL}" y="{y + 2}" width="{base / top * room:.1f}" height="9" rx="2"/>'
            f'<rect class="now" x="{LABEL}" y="{y + 13}" width="{now / top * room:.1f}" height="9" rx="2"/>'
            f'<text class="share" x="{WIDTH}" y="{y + 16}" text-anchor="end">{escape(figures.share(base))} → '
            f"{escape(figures.share(now))}</text></g>"
        )
    return frame(
        WIDTH,
        len(rows) * (ROW + 4),
        f"{name}: {shape.title}, shares in both windows",
        "".join(parts),
        kind="plot bars",
    )


def _columns(shape: Bars, name: str) -> str:
    """Two columns for each of values that have an order."""
    rows = [*shape.rows, *([("other", *shape.rest)] if shape.rest else [])]
    top = max([*(max(row[1], row[2]) for row in rows), 1e-12])
    step = WIDTH / len(rows)
    width = min(step * 0.38, 22)
    every = math.ceil(max(cells(row[0]) for row in rows) * 6.6 / step) if rows else 1
    parts = [f'<line class="axis" x1="0" x2="{WIDTH}" y1="{PLOT}" y2="{PLOT}"/>']
    for at, (label, base, now) in enumerate(rows):
        middle = (at + 0.5) * step
        bars = "".join(
            f'<rect class="{side}" x="{middle + shift:.1f}" y="{PLOT - share / top * (PLOT - 8):.1f}" '
            f'width="{width:.1f}" height="{share / top * (PLOT - 8):.1f}" rx="1.5"/>'
            for side, share, shift in (("base", base, -width - 0.5), ("now", now, 0.5))
        )
        text = (
            f'<text x="{middle:.1f}" y="{PLOT + 16}" text-anchor="middle">'
            f"{escape(figures.shorten(label, limit=9))}</text>"
            if at % max(every, 1) == 0
            else ""
        )
        said = f"{label}: {figures.share(base)} of the baseline, {figures.share(now)} now"
        hit = f'<rect class="hit" x="{at * step:.1f}" y="0" width="{step:.1f}" height="{PLOT}"/>'
        parts.append(f"<g><title>{escape(said)}</title>{hit}{bars}{text}</g>")
    return frame(WIDTH, PLOT + AXIS, f"{name}: {shape.title}, shares in both windows", "".join(parts))


def cells(text: str) -> int:
    """How many characters of a label are drawn at most."""
    return min(len(text), 9)


def _fitted(label: str) -> str:
    if not label.strip():
        return "(blank)" if label else "(empty)"
    return figures.shorten(label, limit=18)


# ------------------------------------------------------------------------------- one line each

MINI_WIDTH = 120
MINI_HEIGHT = 26


def mini(shape: Shape) -> str:
    """A shape without words, for a line of a table."""
    if isinstance(shape, Histogram):
        left, right = shape.baseline, shape.current
        top = max([*left, *right, 1e-12])
        sides = (("base", left), ("now", right))
        inside = "".join(
            f'<path class="{side}" d="{_line(shares, top)}"/>' for side, shares in sides if any(shares)
        )
    else:
        pairs = [(row[1], row[2]) for row in shape.rows] + ([shape.rest] if shape.rest else [])
        top, step = max([*(max(pair) for pair in pairs), 1e-12]), MINI_WIDTH / max(len(pairs), 1)
        inside = "".join(
            f'<rect class="{side}" x="{at * step + shift * step * 0.42:.1f}" y="{MINI_HEIGHT * (1 - share / top):.1f}" '
            f'width="{step * 0.4:.1f}" height="{MINI_HEIGHT * share / top:.1f}"/>'
            for at, pair in enumerate(pairs)
            for shift, (side, share) in enumerate(zip(("base", "now"), pair, strict=True))
        )
    return f'<svg viewBox="0 0 {MINI_WIDTH} {MINI_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">{inside}</svg>'


def _line(shares: Sequence[float], top: float) -> str:
    step = MINI_WIDTH / len(shares)
    steps = "".join(
        f"V{MINI_HEIGHT - share / top * (MINI_HEIGHT - 2):.1f}H{(at + 1) * step:.1f}"
        for at, share in enumerate(shares)
    )
    return f"M0 {MINI_HEIGHT}{steps}V{MINI_HEIGHT}Z"
