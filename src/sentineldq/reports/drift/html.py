"""A comparison as one HTML file that needs nothing else: no network, no script, light and dark by the reader's choice.

`page.html` holds the page and its style; here its holes are filled. Everything from the data is escaped, and the page's
own policy (CSP) allows this one style, by hash, and nothing more.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from string import Template

from sentineldq.drift.model import Drift, Test
from sentineldq.drift.settings import Severity
from sentineldq.pipeline.drift.compared import Compared, Side
from sentineldq.pipeline.drift.window import told
from sentineldq.profiles.model import Column
from sentineldq.reports import figures
from sentineldq.reports.drift import svg, words
from sentineldq.reports.drift.heatmap import heatmap
from sentineldq.reports.drift.shapes import Bars, Histogram
from sentineldq.reports.drift.statistics import statistics
from sentineldq.reports.html import escape
from sentineldq.version import __version__

OPEN = 8
"""Columns whose charts are unfolded at once; the others open at a click."""
TESTS = 3
"""Tests of a column that the overview names."""
HEATED = 40
"""Columns of the heat map, the worst ones."""
LEGEND = (
    ("h0", "below 0.25"),
    ("h1", "0.25 to 0.5"),
    ("h2", "0.5 to 0.75"),
    ("h3", "0.75 and above"),
    ("h-none", "not tested"),
)
CLASSES: Mapping[Severity, str] = {"CRITICAL": "is-fail", "WARNING": "is-warn", "INFO": "is-info"}


def render(compared: Compared) -> str:
    """The report as the text of one HTML file (write it as UTF-8)."""
    page = _template()
    return page.substitute(
        policy=_policy(page.template),
        title=escape(f"Drift: {compared.dataset}"),
        dataset=escape(compared.dataset),
        facts=_facts(compared),
        overview=_overview(compared),
        moved=_moved(compared),
        heat=_heat(compared),
        columns=_columns(compared),
        thin=_thin(compared),
        footer=_footer(compared),
    )


@cache
def _template() -> Template:
    return Template(files("sentineldq.reports.drift").joinpath("page.html").read_text("utf-8"))


@cache
def _policy(page: str) -> str:
    """A content security policy that names the page's own style by its hash."""
    found = re.search("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256((found[1] if found else "").encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


# ------------------------------------------------------------------------------------ overview


def _facts(compared: Compared) -> str:
    notes = "".join(f'<p class="note">{escape(words.sentence(note))}</p>' for note in compared.notes)
    sides = (("Baseline", "base", compared.baseline), ("Current", "now", compared.current))
    spans = "".join(_side(name, kind, one) for name, kind, one in sides)
    made = f"<span>Made <b>{compared.made_at:%Y-%m-%d %H:%M} UTC</b></span>" if compared.made_at else ""
    return f'<p class="facts">{spans}{made}</p>{notes}'


def _side(name: str, kind: str, one: Side) -> str:
    when = told(one.window) if one.window.start else one.source
    rows = figures.plural(one.rows, "row")
    return f'<span><i class="key {kind}"></i>{name} <b><bdi>{escape(when)}</bdi></b>, {escape(rows)}</span>'


def _overview(compared: Compared) -> str:
    found = words.subjects(compared)
    worst = found[0].severity if found else None
    tone = "is-skip" if compared.comparison is None else CLASSES[worst] if worst else "is-pass"
    word = "Not compared" if compared.comparison is None else "Drifted" if found else "No drift"
    icon = {"is-fail": "fail", "is-warn": "warn", "is-info": "info", "is-skip": "skip", "is-pass": "pass"}[
        tone
    ]
    first = "".join(
        f'<li><a href="#{anchor}"><bdi>{escape(one.name)}</bdi></a>'
        f"<span>{escape(words.gist(one.drifts[0]))}</span></li>"
        for anchor, one in zip((f"d{at}" for at in range(3)), found, strict=False)
    )
    ahead = f'<div class="first"><h3>Look first at</h3><ol>{first}</ol></div>' if first else ""
    said = escape(words.sentence(words.verdict(compared)))
    return (
        f'<div class="card verdict {tone}"><div><p class="word">{_icon(icon)}{word}</p><p class="said">{said}</p></div>'
        f"{ahead}</div>{_tally(compared, found)}"
    )


def _tally(compared: Compared, found: Sequence[words.Subject]) -> str:
    if compared.comparison is None:
        return ""
    lines = [
        (severity.capitalize(), CLASSES[severity], number) for severity, number in words.counts(found).items()
    ]
    lines += [("Not drifted", "is-pass", len(words.steady(compared)))]
    lines += [("Not enough data", "is-skip", len(words.thin(compared)))]
    total, at, parts = max(sum(number for _, _, number in lines), 1), 0.0, []
    for _, tone, number in lines:
        parts.append(f'<rect class="{tone}" x="{at:.2f}" width="{number / total * 100:.2f}" height="1"/>')
        at += number / total * 100
    bar = f'<svg class="stack" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'
    items = "".join(
        f'<li class="{"" if number else "none"}"><i class="dot {tone}"></i>{name}<b>{number:,}</b></li>'
        for name, tone, number in lines
    )
    return f'<div class="card counts"><h2>Columns and entities</h2>{bar}<ul class="tally">{items}</ul></div>'


# ---------------------------------------------------------------------------------- what moved


def _moved(compared: Compared) -> str:
    found = words.subjects(compared)
    if not found or compared.comparison is None:
        return ""
    articles = "".join(_article(compared, one, at) for at, one in enumerate(found))
    key = '<span class="muted"><i class="key base"></i>baseline <i class="key now"></i>current, worst first</span>'
    return _section("moved", "What moved", key, articles)


def _article(compared: Compared, one: words.Subject, at: int) -> str:
    tone = CLASSES[one.severity]
    head = (
        f'<summary><i class="dot {tone}"></i><span class="name"><bdi>{escape(one.name)}</bdi></span>'
        f'<span class="gist"><bdi>{escape(words.gist(one.drifts[0]))}</bdi></span>'
        f'<span class="chip {tone}">{one.severity.capitalize()}</span>'
        f'<span class="score">{_meter(one.score, tone)}<b>{escape(figures.score(one.score))}</b></span></summary>'
    )
    found = _told(one.drifts)
    drawn = _drawn(compared, one.path)
    figure = _figures(compared, one.path)
    body = f'<div class="body"><div class="said">{found}{figure}</div>{drawn}</div>'
    return f'<details class="card moved" id="d{at}"{" open" if at < OPEN else ""}>{head}{body}</details>'


def _told(drifts: Sequence[Drift]) -> str:
    """What moved, each thing once, with every metric that sees it."""
    found: dict[str, list[Drift]] = {}
    for drift in drifts:
        found.setdefault(words.gist(drift), []).append(drift)
    items = "".join(
        f'<li><i class="dot {CLASSES[seen[0].severity]}"></i><div><p><bdi>{escape(gist)}</bdi></p>'
        + "".join(f'<p class="muted">{escape(_evidence(drift))}</p>' for drift in seen)
        + "</div></li>"
        for gist, seen in found.items()
    )
    return f'<ul class="findings">{items}</ul>'


def _evidence(drift: Drift) -> str:
    """By what it was found: the metric, its value, from where it counts, how probable it is by chance."""
    facts = drift.metadata
    parts = [words.metric(drift.metric_name)]
    for key, word in (("statistic", ""), ("threshold", "drift from"), ("adjusted", "p")):
        number = facts.get(key)
        if isinstance(number, int | float) and not isinstance(number, bool):
            shown = "<0.0001" if key == "adjusted" and number < 0.0001 else f"{number:.3g}"
            parts.append(f"{word} {shown}".strip())
    return " · ".join([*parts, f"score {figures.score(drift.drift_score)}"])


def _drawn(compared: Compared, path: str | None) -> str:
    found = words.drawn(compared, path)
    charts = "".join(
        f"<figure><figcaption>{escape(_caption(shape))}</figcaption>{svg.draw(shape, name=path or '')}</figure>"
        for shape in found
    )
    return f'<div class="charts">{charts}</div>' if charts else ""


def _caption(shape: Bars | Histogram) -> str:
    title = shape.title.capitalize()
    if isinstance(shape, Bars):
        return f"{title}, share of rows" if shape.title != "words" else f"{title}, share of all words"
    far = max(shape.outside)
    beyond = f"; {figures.share(far)} lie beyond the frame" if far > 0.001 else ""
    return f"{title}, share per bin{' (log scale)' if shape.scale == 'log' else ''}{beyond}"


def _figures(compared: Compared, path: str | None) -> str:
    """The plain statistics of both windows beside each other."""
    pair = _pair(compared, path)
    rows = [row for row in statistics(*pair) if row[1] != row[2] or row[0] == "Rows"] if path and pair else []
    if len(rows) < 2:
        return ""
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{escape(left)}</td><td>{escape(right)}</td></tr>'
        for name, left, right in rows
    )
    sides = (("base", "Baseline"), ("now", "Current"))
    names = "".join(f'<th scope="col"><i class="key {kind}"></i>{name}</th>' for kind, name in sides)
    head = f"<tr><td></td>{names}</tr>"
    return f'<table class="stats"><thead>{head}</thead><tbody>{body}</tbody></table>'


def _pair(compared: Compared, path: str | None) -> tuple[Column | None, Column | None] | None:
    if path is None or compared.comparison is None:
        return None
    sides = compared.comparison.baseline.columns, compared.comparison.current.columns
    return sides[0].get(path), sides[1].get(path)


# --------------------------------------------------------------------------- time, all columns


def _heat(compared: Compared) -> str:
    heat = compared.heat
    if heat is None or len(heat.windows) < 2:
        return ""
    tried = {path: row for path, row in heat.scores.items() if any(score is not None for score in row)}
    ranked = sorted(
        tried, key=lambda path: (-(tried[path][-1] or 0), -max(score or 0 for score in tried[path]))
    )
    paths = ranked[:HEATED]
    if not paths:
        return ""
    legend = "".join(f'<span><i class="cell {kind}"></i>{word}</span>' for kind, word in LEGEND)
    note = (
        '<p class="muted">Each window is held against the time before it, as far as it is known; '
        "the framed one is the current window.</p>"
    )
    head = "".join(f'<th scope="col">{escape(told(window))}</th>' for window in heat.windows)
    body = "".join(
        f'<tr><th scope="row"><bdi>{escape(path)}</bdi></th>'
        + "".join(f"<td>{escape(figures.score(score))}</td>" for score in heat.scores[path])
        + "</tr>"
        for path in paths
    )
    table = (
        '<details class="plain"><summary>The same as a table</summary>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Drift scores over time">'
        f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )
    drawn = f'<div class="scroll map" tabindex="0" role="region" aria-label="Heat map">{heatmap(heat, paths)}</div>'
    inside = f'<div class="card over">{note}{drawn}<p class="legend">{legend}</p>{table}</div>'
    more = f", the worst {HEATED} of {len(tried)} columns" if len(tried) > HEATED else ""
    return _section(
        "time", "Drift over time", f'<span class="muted">score by column and window{more}</span>', inside
    )


def _columns(compared: Compared) -> str:
    """Every column that was tested, drifted or not: its scores by test."""
    if compared.comparison is None:
        return ""
    tests, scores = words.by_column(compared), compared.comparison.scores
    moved = {one.path: one.severity for one in words.subjects(compared)}
    known = words.tested(compared)
    paths = sorted(known, key=lambda path: (-scores.get(path, 0.0), path))
    rows = []
    for path in paths:
        severity = moved.get(path)
        tone, word = (CLASSES[severity], severity.capitalize()) if severity else ("is-pass", "Not drifted")
        made = _made(tests[path])
        score = scores.get(path, 0.0)
        rows.append(
            f'<tr><th scope="row"><bdi>{escape(path)}</bdi></th><td><i class="dot {tone}"></i>{word}</td>'
            f'<td class="score">{_meter(score, tone)}<b>{escape(figures.score(score))}</b></td>'
            f'<td class="mini">{_mini(compared, path)}</td><td class="muted made">{escape(made)}</td></tr>'
        )
    if not rows:
        return ""
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Column", "Verdict", "Score", "Baseline and current", "Tests")
    )
    table = f'<table class="all"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    note = f'<span class="muted">{figures.plural(len(rows), "column")} tested</span>'
    return _section("all", "All columns", note, f'<div class="card">{table}</div>')


def _made(tests: Sequence[Test]) -> str:
    """The tests that came nearest to a drift, or are one, and how many others there were."""
    made = [test for test in tests if test.statistic is not None and test.status != words.THIN]
    made.sort(key=lambda test: -test.score)
    told = ", ".join(f"{words.metric(test.metric_name)} {test.statistic:.3g}" for test in made[:TESTS])
    return f"{told}, {len(made) - TESTS} more" if len(made) > TESTS else told


def _mini(compared: Compared, path: str) -> str:
    found = words.drawn(compared, path)
    return svg.mini(found[0]) if found else ""


def _thin(compared: Compared) -> str:
    found = words.thin(compared)
    if not found:
        return ""
    items = "".join(
        f"<li><b><bdi>{escape(path)}</bdi></b><span>{escape(why)}</span></li>" for path, why in found.items()
    )
    note = f'<span class="muted">{figures.plural(len(found), "column")}</span>'
    return _section("thin", "Not enough data", note, f'<div class="card"><ul class="thin">{items}</ul></div>')


def _section(name: str, title: str, note: str, inside: str) -> str:
    return (
        f'<section aria-labelledby="{name}-title"><div class="heading"><h2 id="{name}-title">{title}</h2>{note}</div>'
        f"{inside}</section>"
    )


def _footer(compared: Compared) -> str:
    note = (
        "<span>Holds values of the data: share it as you would the data.</span>"
        if words.subjects(compared)
        else ""
    )
    return f"<span>SentinelDQ {__version__}</span>{note}"


def _meter(score: float, tone: str) -> str:
    width = min(max(score * 100, 2.0 if score > 0 else 0.0), 100)
    return (
        f'<svg class="meter {tone}" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="1"/><rect class="full" width="{width:.1f}" height="1"/></svg>'
    )


def _icon(name: str) -> str:
    return f'<svg class="icon mark" aria-hidden="true"><use href="#i-{name}"/></svg>'
