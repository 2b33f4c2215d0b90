"""Series, verdicts and backtests as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import isfinite

import click

from sentineldq.monitors.anomaly.model import Verdict
from sentineldq.monitors.model import Watched
from sentineldq.pipeline.monitor.backtest import Backtest, Episode
from sentineldq.pipeline.monitor.listing import Listed
from sentineldq.reports import figures
from sentineldq.reports.lake import grid

WIDTH = 40
"""Cells of the strip in which a point is drawn in its band."""

COLOURS = {"CRITICAL": "red", "WARNING": "yellow", "INFO": "cyan"}


def watched_table(found: Sequence[Watched]) -> str:
    """`sentinel monitor run`: what is wrong first, in words; then a line on the rest."""
    wrong = [one for one in found if one.severity]
    lines = [
        click.style(f"{one.severity:<8}", fg=COLOURS[one.severity or "INFO"])
        + f"  {one.series}\n          {figures.visible(one.message)}"
        for one in wrong
    ]
    warming = sum(one.state == "warming up" for one in found)
    if not found:
        return "there was nothing new to look at"
    rest = len(found) - len(wrong) - warming
    said = f"{rest:,} series as usual" + (f", {warming:,} warming up" if warming else "")
    return "\n".join([*lines, *([""] if lines else []), said])


def listing_table(found: Sequence[Listed]) -> str:
    """`sentinel monitor list`: a line per series."""
    if not found:
        return "nothing is watched yet; next: sentinel monitor run"
    rows = [
        (
            figures.visible(one.series),
            figures.count(one.points),
            moment(one.last_at),
            number(one.value),
            band(one.low, one.high),
            one.verdict or "",
        )
        for one in found
    ]
    return grid(
        ("series", "points", "last", "value", "expected", ""), rows, right=("points", "value", "expected")
    )


def verdicts_table(found: Sequence[Verdict]) -> str:
    """`sentinel monitor show`: each point drawn in its band; anomalies are marked."""
    if not found:
        return "there is no point yet"
    bounds = [
        one
        for each in found
        for one in (each.value, each.low, each.high)
        if one is not None and isfinite(one)
    ]
    low, high = (min(bounds), max(bounds)) if bounds else (0.0, 1.0)
    rows = [
        (moment(one.at), number(one.value), strip(one, low, high), band(one.low, one.high), _state(one))
        for one in found
    ]
    return grid(("at (UTC)", "value", "", "expected", ""), rows, right=("value", "expected"))


def strip(one: Verdict, low: float, high: float) -> str:
    """A point between the smallest and the largest number shown: `·` is the band, `●` the point, `!` an anomaly."""
    span = (high - low) or 1.0

    def cell(value: float) -> int:
        return min(max(round((value - low) / span * (WIDTH - 1)), 0), WIDTH - 1)

    cells = [" "] * WIDTH
    if one.low is not None or one.high is not None:
        first, last = (
            cell(one.low if one.low is not None else low),
            cell(one.high if one.high is not None else high),
        )
        cells[first : last + 1] = ["·"] * (last + 1 - first)
    if isfinite(one.value):
        cells[cell(one.value)] = "!" if one.status == "anomaly" else "●"
    return "".join(cells)


def _state(one: Verdict) -> str:
    text = one.status if one.status != "normal" else ""
    return click.style(text, fg="red") if one.status == "anomaly" else text


def backtest_table(found: Sequence[Backtest]) -> str:
    """`sentinel monitor backtest`: the alerts of each series, worst first, then how many that is for how much time."""
    if not found:
        return "there is no history yet; next: sentinel monitor run"
    return "\n\n".join(_backtest(one) for one in found)


def _backtest(one: Backtest) -> str:
    if one.since is None or one.until is None:
        return f"{one.series}: no point"
    span = one.until - one.since
    head = (
        f"{figures.visible(one.series)}: {figures.plural(one.points, 'point')} from {moment(one.since)} to "
        f"{moment(one.until)} UTC, {one.judged:,} judged: "
        f"{figures.plural(len(one.episodes), 'alert')}{_rate(one, span)}"
    )
    rows = [_episode(each) for each in sorted(one.episodes, key=lambda each: -each.worst.score)]
    if not rows:
        return head
    return (
        head
        + "\n"
        + grid(
            ("from", "to", "points", "worst", "expected", "score"), rows, right=("points", "worst", "score")
        )
    )


def _rate(one: Backtest, span: timedelta) -> str:
    days = span / timedelta(days=1)
    return f", one in {days / len(one.episodes):.1f} days" if one.episodes and days >= 1 else ""


def _episode(one: Episode) -> tuple[str, ...]:
    worst = one.worst
    return (
        moment(one.since),
        moment(one.until),
        figures.count(one.points),
        number(worst.value),
        band(worst.low, worst.high),
        f"{worst.score:.2f}",
    )


def moment(at: datetime) -> str:
    """A time in UTC, to the minute; the zone is said in the heading."""
    return f"{at:%Y-%m-%d %H:%M}"


def number(value: float | None) -> str:
    """A number in at most six digits."""
    return figures.NONE if value is None or not isfinite(value) else f"{value:,.6g}"


def band(low: float | None, high: float | None) -> str:
    """`12 to 40`; an open side is left out."""
    if low is None and high is None:
        return ""
    if low is None:
        return f"to {number(high)}"
    return f"from {number(low)}" if high is None else f"{number(low)} to {number(high)}"
