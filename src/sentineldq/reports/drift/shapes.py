"""Both distributions of a column in one frame: shared bins of numbers, paired shares of values."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import Column
from sentineldq.profiles.quantiles import Quantiles

FEW = 16
"""Distinct numbers up to which each is shown by itself, in order."""
BINS = 40
MOST = 2
"""Shapes of one column."""
SHOWN = 8
"""Values that are shown one by one."""
SMALL = 0.01
"""Share below which a value is one of the others, in both windows."""
LEAST = 0.0005
"""Share of all other values below which they are not drawn."""
NULLS = 0.005
"""Difference of the null shares from which on nulls are shown as a value."""
VALUES = "values"
EDGE = 0.005
"""Share of each distribution that may lie outside the frame, at either end."""
MARKS = (0.05, 0.25, 0.5, 0.75, 0.95)
HOURS = 24

Scale = Literal["linear", "log", "time"]


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """Shares per bin of both windows; bins are equally wide on the scale (`log`: in log10 of 1 + value from 0 on).

    edges: one more than there are bins. marks: the quantiles MARKS of both. outside: shares beyond the frame.
    """

    title: str
    scale: Scale
    edges: list[float]
    baseline: list[float]
    current: list[float]
    baseline_marks: list[float]
    current_marks: list[float]
    outside: tuple[float, float]


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of the values that matter, in both windows: (value, baseline, current); `rest`: of all others."""

    title: str
    rows: list[tuple[str, float, float]]
    rest: tuple[float, float] | None = None
    ordered: bool = False


Shape = Histogram | Bars


def shapes(baseline: Column | None, current: Column | None, *, metrics: Collection[str] = ()) -> list[Shape]:
    """What shows how two columns differ; nothing where neither kept anything to show.

    metrics: those by which the column drifted; a text shows first what they measure.
    """
    known = [column for column in (baseline, current) if column is not None]
    kinds = {column.kind for column in known} - {"null"}
    if len(kinds) != 1:
        return []
    ways = {"number": _numbers, "boolean": _booleans, "time": _times, "text": _texts}
    nulls = _null(baseline), _null(current)
    found = [_beside(shape, nulls) for shape in ways.get(kinds.pop(), _others)(baseline, current)]
    return sorted(found, key=lambda shape: shape.title not in metrics)[:MOST]


def spark(shape: Shape, *, width: int = 12) -> tuple[list[float], list[float]]:
    """Both distributions in at most `width` numbers, for a line of text; heights are 0 to 1 of the higher one."""
    if isinstance(shape, Bars):
        pairs = [(one, other) for _, one, other in shape.rows] + ([shape.rest] if shape.rest else [])
        left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    else:
        left, right = shape.baseline, shape.current
    left, right = _folded(left, width), _folded(right, width)
    top = max([*left, *right], default=0.0)
    return ([value / top for value in left], [value / top for value in right]) if top > 0 else ([], [])


def _null(column: Column | None) -> float:
    return column.nulls / column.rows if column and column.rows else 0.0


def _beside(shape: Shape, nulls: tuple[float, float]) -> Shape:
    """Values with nulls as one more of them, where a window has some and the other has more, or fewer."""
    if not isinstance(shape, Bars) or shape.title != VALUES or abs(nulls[0] - nulls[1]) < NULLS:
        return shape
    left, right = 1 - nulls[0], 1 - nulls[1]
    rows = [(name, base * left, now * right) for name, base, now in shape.rows]
    rest = (shape.rest[0] * left, shape.rest[1] * right) if shape.rest else None
    return msgspec.structs.replace(shape, rows=[*rows, ("(null)", *nulls)], rest=rest)


def _booleans(baseline: Column | None, current: Column | None) -> list[Shape]:
    return _listed([_truths(baseline, current)])


def _others(baseline: Column | None, current: Column | None) -> list[Shape]:
    return _listed([_lengths(baseline, current)])


def _numbers(baseline: Column | None, current: Column | None) -> list[Shape]:
    if _few(baseline) and _few(current):
        return _listed([_values(VALUES, _frequent(baseline), _frequent(current), ordered=True)])
    whole = all(set(column.types) <= {"integer"} for column in (baseline, current) if column is not None)
    return _listed([_histogram("distribution", _quantiles(baseline), _quantiles(current), whole=whole)])


def _few(column: Column | None) -> bool:
    """Whether a number is rather a category: all of its few values are known."""
    return column is None or (
        column.frequent is not None and column.frequent.exact and len(column.frequent.counts) <= FEW
    )


def _times(baseline: Column | None, current: Column | None) -> list[Shape]:
    """The hours of the day, as a column of event times is expected to move on; else the values themselves."""
    if baseline and current and baseline.rhythm and current.rhythm:
        days = [_hours(column.rhythm) for column in (baseline, current)]
        if any(sum(one[1:]) > 0 for one in days):  # not only midnights: dates have no hours
            rows = [(f"{hour:02}:00", days[0][hour], days[1][hour]) for hour in range(HOURS)]
            return [Bars(title="hour of the day, UTC", rows=rows, ordered=True)]
    return _listed([_histogram("distribution", _quantiles(baseline), _quantiles(current), scale="time")])


def _hours(rhythm: Sequence[int] | None) -> list[float]:
    counts = [sum((rhythm or ())[hour::HOURS]) for hour in range(HOURS)]
    total = sum(counts)
    return [count / total if total else 0.0 for count in counts]


def _texts(baseline: Column | None, current: Column | None) -> list[Shape]:
    values = _values(VALUES, _frequent(baseline), _frequent(current))
    if values is not None and _covered(values) >= 0.5:
        return [values]
    words = [column.words if column else None for column in (baseline, current)]
    patterns = [column.patterns if column else None for column in (baseline, current)]
    found = _listed([_lengths(baseline, current), _values("words", *words), _values("patterns", *patterns)])
    return found or _listed([values])


def _covered(bars: Bars) -> float:
    """The least share of a window that the rows shown stand for."""
    sides = [sum(row[1] for row in bars.rows), sum(row[2] for row in bars.rows)]
    return min((side for side in sides if side > 0), default=0.0)


def _lengths(baseline: Column | None, current: Column | None) -> Shape | None:
    sketches = [column.length_quantiles if column else None for column in (baseline, current)]
    return _histogram("length", *sketches, whole=True)


def _truths(baseline: Column | None, current: Column | None) -> Bars | None:
    shares = [_true(column) for column in (baseline, current)]
    if shares == [None, None]:
        return None
    left, right = (share or 0.0 for share in shares)
    others = [0.0 if share is None else 1 - share for share in shares]
    rows = [("true", left, right), ("false", others[0], others[1])]
    return Bars(title=VALUES, rows=rows, ordered=True)


def _true(column: Column | None) -> float | None:
    if column is None or column.trues is None or column.rows == column.nulls:
        return None
    return column.trues / (column.rows - column.nulls)


def _values(
    title: str, baseline: Frequent | None, current: Frequent | None, *, ordered: bool = False
) -> Bars | None:
    """The values that differ most or are most frequent; `ordered`: in the order of the numbers they are."""
    left, right = _shares(baseline), _shares(current)
    if not left and not right:
        return None
    weight = {name: max(left.get(name, 0.0), right.get(name, 0.0)) for name in (*left, *right)}
    moved = {name: abs(left.get(name, 0.0) - right.get(name, 0.0)) for name in weight}
    room = FEW if ordered else SHOWN
    weight = {name: share for name, share in weight.items() if ordered or share >= SMALL} or weight
    chosen = sorted(weight, key=lambda name: (-weight[name] - moved[name], name))[:room]
    chosen.sort(key=_numeric if ordered else lambda name: -weight[name])
    rows = [(name, left.get(name, 0.0), right.get(name, 0.0)) for name in chosen]
    rest = (
        max(0.0, 1 - sum(row[1] for row in rows)) if left else 0.0,
        max(0.0, 1 - sum(row[2] for row in rows)) if right else 0.0,
    )
    return Bars(title=title, rows=rows, rest=rest if max(rest) > LEAST else None, ordered=ordered)


def _numeric(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return math.inf


def _shares(found: Frequent | None) -> Mapping[str, float]:
    if found is None or not found.total:
        return {}
    return {name: count / found.total for name, count in found.counts.items()}


def _histogram(
    title: str,
    baseline: Quantiles | None,
    current: Quantiles | None,
    *,
    scale: Scale = "linear",
    whole: bool = False,
) -> Histogram | None:
    sketches = [sketch for sketch in (baseline, current) if sketch is not None and sketch.count]
    if not sketches:
        return None
    ends = [sketch.at([EDGE, 0.5, 1 - EDGE]) for sketch in sketches]
    low, high = min(end[0] for end in ends), max(end[2] for end in ends)
    middle = min(end[1] for end in ends)
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    if scale == "linear" and low >= 0 and high > 100 * max(middle, low, 1e-9) and high > 0:
        scale = "log"
    edges = _edges(low, high, scale=scale, whole=whole)
    counted = [_counted(sketch, edges) for sketch in (baseline, current)]
    marks = [
        sketch.at(MARKS) if sketch is not None and sketch.count else [] for sketch in (baseline, current)
    ]
    return Histogram(
        title=title,
        scale=scale,
        edges=edges,
        baseline=counted[0],
        current=counted[1],
        baseline_marks=marks[0],
        current_marks=marks[1],
        outside=(_outside(counted[0]), _outside(counted[1])),
    )


def _edges(low: float, high: float, *, scale: Scale, whole: bool) -> list[float]:
    if scale == "log":
        first, last = math.log10(1 + low), math.log10(1 + high)
        return [10 ** (first + (last - first) * at / BINS) - 1 for at in range(BINS + 1)]
    if whole and high - low < BINS:
        return [low - 0.5 + at for at in range(round(high - low) + 2)]
    if whole:  # steps of whole numbers, or bins would hold unequal numbers of them
        step = math.ceil((high - low + 1) / BINS)
        return [low - 0.5 + step * at for at in range(math.ceil((high - low + 1) / step) + 1)]
    room = (high - low) or max(abs(low), 1.0) * 0.01
    start = low if high > low else low - room / 2
    return [start + room * at / BINS for at in range(BINS + 1)]


def _counted(sketch: Quantiles | None, edges: Sequence[float]) -> list[float]:
    """The share of values in each bin; those at the first edge belong to the first bin."""
    if sketch is None or not sketch.count:
        return [0.0] * (len(edges) - 1)
    first = math.nextafter(edges[0], -math.inf)
    ranks = sketch.ranks([first, *edges[1:]])
    return [max(0.0, high - low) for low, high in pairwise(ranks)]


def _outside(shares: Sequence[float]) -> float:
    return max(0.0, 1 - sum(shares)) if any(shares) else 0.0


def _folded(shares: Sequence[float], width: int) -> list[float]:
    size = math.ceil(len(shares) / width)
    return [sum(shares[at : at + size]) for at in range(0, len(shares), size)]


def _frequent(column: Column | None) -> Frequent | None:
    return column.frequent if column else None


def _quantiles(column: Column | None) -> Quantiles | None:
    return column.quantiles if column else None


def _listed(found: Sequence[Shape | None]) -> list[Shape]:
    return [shape for shape in found if shape is not None]
