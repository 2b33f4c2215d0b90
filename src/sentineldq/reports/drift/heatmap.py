"""The heat map: scores of columns over time, as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sentineldq.pipeline.drift.compared import Heat
from sentineldq.pipeline.drift.window import told
from sentineldq.reports import figures
from sentineldq.reports.drift.svg import frame
from sentineldq.reports.html import escape

WIDTH = 1060
LEFT = 210
HEIGHT = 22
WIDEST = 106.0
LEVELS = (0.25, 0.5, 0.75)
"""Scores from which on a cell has the next colour."""


def heatmap(heat: Heat, paths: Sequence[str]) -> str:
    """Columns by windows of time, the worst column on top, the current window at the right."""
    cell = min(WIDEST, (WIDTH - LEFT) / max(len(heat.windows), 1))
    parts = []
    for row, path in enumerate(paths):
        y = row * HEIGHT
        parts.append(
            f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(figures.shorten(path, limit=26))}</text>'
        )
        for at, (window, score) in enumerate(zip(heat.windows, heat.scores[path], strict=True)):
            said = f"{path}, {told(window)}: {'not tested' if score is None else f'score {figures.score(score)}'}"
            parts.append(
                f'<rect class="{level(score)}" x="{LEFT + at * cell + 1:.1f}" y="{y + 1}" width="{cell - 2:.1f}" '
                f'height="{HEIGHT - 2}" rx="3"><title>{escape(said)}</title></rect>'
            )
    parts.append(_days(heat, cell, len(paths) * HEIGHT))
    if heat.windows:
        x = LEFT + cell * (len(heat.windows) - 1)
        parts.append(
            f'<rect class="frame" x="{x:.1f}" y="0" width="{cell:.1f}" height="{len(paths) * HEIGHT}" rx="4"/>'
        )
    return frame(
        WIDTH, len(paths) * HEIGHT + 24, "Drift scores of columns over time", "".join(parts), kind="heat"
    )


def _days(heat: Heat, cell: float, y: float) -> str:
    """What the columns of the map are: days, or hours where they are shorter."""
    hours = any(window.start and window.start.hour for window in heat.windows)
    every = math.ceil((70 if hours else 44) / cell)
    found = []
    for at, window in enumerate(heat.windows):
        if (len(heat.windows) - 1 - at) % every or window.start is None:
            continue
        text = f"{window.start:%m-%d %H:%M}" if hours else f"{window.start:%m-%d}"
        found.append(
            f'<text x="{LEFT + (at + 0.5) * cell:.1f}" y="{y + 17}" text-anchor="middle">{text}</text>'
        )
    return "".join(found)


def level(score: float | None) -> str:
    """The class of a cell."""
    if score is None:
        return "h-none"
    return f"h{sum(score >= limit for limit in LEVELS)}"
