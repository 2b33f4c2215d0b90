"""The result as one HTML file that needs nothing else: no network, no library, readable without JavaScript.

`report.html` holds the page, its style and its script; here its holes are filled. Everything from the data is
escaped, and the page's own policy (CSP) allows this one style and this one script, by hash, and nothing more.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from html import escape as _escape
from importlib.resources import files
from string import Template
from typing import Any

import msgspec

from sentineldq.checks.model import SEVERITIES, STATUSES, Outcome, Result, Severity, Status
from sentineldq.reports import figures, json, summary

VALUE = 120  # characters of a sample before its middle goes
WORDS: dict[Status, str] = {
    "error": "Error",
    "fail": "Failed",
    "warn": "Warned",
    "skip": "Skipped",
    "pass": "Passed",
}
#: Title -> (class, the direction that one wants first, None where it does not sort).
HEADS = {
    "Status": ("", "ascending"),
    "Check": ("", "ascending"),
    "Column": ("", "ascending"),
    "Dimension": ("dimension", "ascending"),
    "Severity": ("", "descending"),
    "Failed": ("num", "descending"),
    "Share": ("", "descending"),
}


def render(result: Result, *, samples: int = 20, made_at: datetime | None = None) -> str:
    """The report as the text of one HTML file (write it as UTF-8).

    `samples` is how many failing values of each check are in it, in the JSON inside too. `made_at` is shown
    where it is given, so that equal results give equal files.
    """
    result = _sampled(result, samples)
    page = _template()
    return page.substitute(
        policy=_policy(page.template),
        title=escape(f"{'Passed' if result.passed else 'Failed'}: {result.dataset}"),
        dataset=escape(result.dataset),
        facts=_facts(result, made_at),
        verdict="pass" if result.passed else "fail",
        word="Passed" if result.passed else "Failed",
        sentence=escape(_sentence(result)),
        first=_first(result),
        ring=_ring(result.score),
        tally=_tally(result),
        dimensions=_dimensions(result),
        chips=_chips(result),
        dimension_options=_options(check.dimension for check in result.checks),
        severity_options=_options(check.severity for check in result.checks),
        heads=_heads(),
        checks="\n".join(_check(check, number) for number, check in enumerate(result.worst())),
        columns=_columns(result),
        faults=_faults(result),
        footer=_footer(result),
        data=_data(result),
    )


def _sampled(result: Result, limit: int) -> Result:
    """The result with at most `limit` samples per check; with none, broken rows are not quoted either."""
    checks = [msgspec.structs.replace(check, samples=check.samples[:limit]) for check in result.checks]
    findings = result.findings if limit else [msgspec.structs.replace(f, cells=None) for f in result.findings]
    return msgspec.structs.replace(result, checks=checks, findings=findings)


def escape(text: str) -> str:
    """Text of the data as HTML; what cannot be seen is written out first."""
    return _escape(figures.visible(text), quote=True)


@cache
def _template() -> Template:
    return Template(files("sentineldq.reports").joinpath("report.html").read_text("utf-8"))


@cache
def _policy(page: str) -> str:
    """A content security policy that names the page's own style and script by their hash."""
    found = {name: re.search(f"<{name}>(.*?)</{name}>", page, re.DOTALL) for name in ("style", "script")}
    hashes = {
        name: base64.b64encode(hashlib.sha256(match[1].encode()).digest()).decode()
        for name, match in found.items()
        if match
    }
    return (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _data(result: Result) -> str:
    """JSON that cannot end the element it stands in: no `<` is left in it."""
    return json.render(result).translate({ord(char): f"\\u{ord(char):04x}" for char in "<\u2028\u2029"})


def _sentence(result: Result) -> str:
    text = summary.verdict(result)
    return f"{text[0].upper()}{text[1:]}."


def _first(result: Result) -> str:
    """Links to the three worst checks that failed."""
    worst = [(number, check) for number, check in enumerate(result.worst()) if check.status == "fail"][:3]
    if not worst:
        return ""
    items = "".join(
        f'<li><a href="#d{number}" data-open="d{number}"><bdi>{escape(check.name)}</bdi></a>'
        f"<b>{escape(figures.share(check.failed_share)) if check.failed_share is not None else ''}</b></li>"
        for number, check in worst
    )
    return f'<div class="first"><h3>Look first at</h3><ol>{items}</ol></div>'


def _facts(result: Result, made_at: datetime | None) -> str:
    facts = [
        ("Contract", summary.contract(result)),
        ("Rows", figures.count(result.rows)),
        ("Engine", result.engine),
        ("Took", figures.duration(result.duration_s)),
    ]
    if made_at is not None:
        facts.append(("Made", made_at.strftime("%Y-%m-%d %H:%M %Z").strip()))
    return "".join(f"<span>{name} <b>{escape(fact)}</b></span>" for name, fact in facts)


def _ring(score: float | None) -> str:
    """The score as an arc; only a perfect one closes it."""
    share = 0.0 if score is None else min(max(score, 0.0), 1.0) * 100
    dashes = f'pathLength="100" stroke-dasharray="{share:.2f} 100"'
    arc = f'<circle class="value" cx="60" cy="60" r="52" {dashes}/>' if share else ""
    return (
        f'<svg class="ring" viewBox="0 0 120 120" role="img" aria-label="Score {figures.score(score)} of 1">'
        f'<circle cx="60" cy="60" r="52"/><g transform="rotate(-90 60 60)">{arc}</g>'
        f'<text x="60" y="66">{escape(figures.score(score))}</text>'
        '<text class="unit" x="60" y="83">score, 0 to 1</text></svg>'
    )


def _icon(status: Status, title: str = "") -> str:
    named = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    tip = f"<title>{escape(title)}</title>" if title else ""
    return f'<svg class="icon mark is-{status}" {named}>{tip}<use href="#i-{status}"/></svg>'


def _bar(share: float, status: Status | None = None) -> str:
    """A bar of a share (0 to 1); a share above zero always shows."""
    width = 0.0 if share <= 0 else min(max(share * 100, 1.5), 100)
    tone = f" is-{status}" if status else ""
    return (
        f'<svg class="bar{tone}" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{width:.2f}" height="1"/></svg>'
    )


def _tally(result: Result) -> str:
    counts = summary.tally(result)
    total = max(len(result.checks), 1)
    parts, at = [], 0.0
    for status, number in counts.items():
        width = number / total * 100
        parts.append(f'<rect class="is-{status}" x="{at:.2f}" width="{width:.2f}" height="1"/>')
        at += width
    bar = '<svg class="stack" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
    lines = "".join(_tallied(status, number) for status, number in counts.items())
    return f'{bar}{"".join(parts)}</svg><ul class="tally">{lines}</ul>'


def _tallied(status: Status, number: int) -> str:
    """One status with its count; a button that filters where there is something to see."""
    line = f"{_icon(status)}{WORDS[status]}<b>{number:,}</b>"
    if not number:
        return f'<li><span class="line none">{line}</span></li>'
    return f'<li><button type="button" data-status="{status}">{line}</button></li>'


def _dimensions(result: Result) -> str:
    if not result.dimensions:
        return '<p class="muted">No check that could be scored has a dimension.</p>'
    rows = []
    for name, score in result.dimensions.items():
        worst = _worst(check for check in result.checks if check.dimension == name)
        label = f"<dt>{_icon(worst, WORDS[worst]) if worst else ''}{escape(name.capitalize())}</dt>"
        rows.append(f'{label}<dd>{_bar(score)}</dd><dd class="num">{escape(figures.score(score))}</dd>')
    return f'<dl class="bars">{"".join(rows)}</dl>'


def _worst(checks: Iterable[Outcome]) -> Status | None:
    statuses = {check.status for check in checks}
    return next((status for status in STATUSES if status in statuses), None)


def _chips(result: Result) -> str:
    return "".join(
        f'<button type="button" class="chip" aria-pressed="false" data-status="{status}">'
        f"{_icon(status)}{WORDS[status]} {number:,}</button>"
        for status, number in summary.tally(result).items()
        if number
    )


def _options(values: Iterable[str | None]) -> str:
    return "".join(
        f'<option value="{escape(value)}">{escape(value.capitalize())}</option>'
        for value in sorted({value for value in values if value})
    )


def _heads() -> str:
    return "".join(
        f'<th role="columnheader" scope="col" class="{kind}" data-first="{first}">'
        f'<button type="button">{title}</button></th>'
        for title, (kind, first) in HEADS.items()
    )


def _check(check: Outcome, number: int) -> str:
    column = escape(check.column or "")
    dimension = check.dimension or ""
    share = check.failed_share
    cells = [
        _cell(
            "status", STATUSES.index(check.status), f"<span>{_icon(check.status)}{WORDS[check.status]}</span>"
        ),
        _cell("what", escape(check.name), _name(check, number)),
        _cell("column mono", column, f"<bdi>{column}</bdi>"),
        _cell("quiet dimension", dimension, dimension.capitalize()),
        _cell("quiet level-cell", SEVERITIES.index(check.severity), _level(check.severity)),
        _cell("num count", "" if check.failed is None else check.failed, _counts(check)),
        _cell("share", "" if share is None else share, _share(check)),
    ]
    return (
        f'<tbody class="check is-{check.status}" role="rowgroup" data-status="{check.status}" '
        f'data-dimension="{dimension}" data-severity="{check.severity}" data-column="{column}">'
        f'<tr class="row" role="row">{"".join(cells)}</tr>'
        f'<tr class="detail" role="row" id="d{number}"><td role="cell" colspan="{len(HEADS)}">'
        f'<div class="inside">{_detail(check)}</div></td></tr></tbody>'
    )


def _cell(kind: str, key: object, inside: str) -> str:
    return f'<td role="cell" class="{kind}" data-key="{key}">{inside}</td>'


def _name(check: Outcome, number: int) -> str:
    gist = _gist(check)
    below = f'<div class="gist"><bdi>{escape(gist)}</bdi></div>' if gist else ""
    name = f"<bdi>{escape(check.name)}</bdi>"
    return f'<button type="button" class="name" aria-controls="d{number}">{name}</button>{below}'


def _gist(check: Outcome) -> str | None:
    """What the line says below the name: why it was not evaluated, or else what was expected."""
    return check.message if check.status in {"error", "skip"} and check.message else check.expected


def _level(severity: Severity) -> str:
    """Three steps, as many filled as the severity is high, and its name."""
    reached = SEVERITIES.index(severity)
    steps = "".join(
        f'<rect class="{"on" if step <= reached else ""}" x="{step * 5}" y="{8 - step * 4}" '
        f'width="3" height="{4 + step * 4}"/>'
        for step in range(len(SEVERITIES))
    )
    drawn = f'<svg viewBox="0 0 13 12" aria-hidden="true">{steps}</svg>'
    return f'<span class="level {severity}">{drawn}{severity.capitalize()}</span>'


def _counts(check: Outcome) -> str:
    if check.failed is None:
        return ""
    tell = check.evaluated is not None and check.status != "pass"
    of = f" <small>of {figures.count(check.evaluated)}</small>" if tell else ""
    return f"{figures.count(check.failed)}{of}"


def _share(check: Outcome) -> str:
    if check.failed_share is None:
        return ""
    bar = _bar(check.failed_share, check.status) if check.failed_share else ""
    return f"{escape(figures.share(check.failed_share))}{bar}"


def _detail(check: Outcome) -> str:
    notes = [check.description, check.message if check.message != _gist(check) else None]
    note = "".join(f'<p class="note">{escape(text)}</p>' for text in notes if text)
    facts: dict[str, Any] = {
        "Expected": check.expected,
        "Observed": None if check.observed is None else figures.observation(check.observed, limit=500),
        "Evaluated": f"{figures.count(check.evaluated)} rows" if check.evaluated is not None else None,
        "Tolerates": summary.tolerated(check),
        "On violation": check.on_violation,
        "Dimension": check.dimension,
        "Kind": check.kind,
        "Weight": f"{check.weight:g}" if check.weight != 1 else None,
        "In the contract": check.origin,
        "Fingerprint": check.fingerprint,
    }
    coded = {"Kind", "In the contract", "Fingerprint"}
    about = "".join(
        f"<dt>{name}</dt><dd{' class=mono' if name in coded else ''}><bdi>{escape(fact)}</bdi></dd>"
        for name, fact in facts.items()
        if fact
    )
    return f'{note}<dl class="about">{about}</dl>{_samples(check)}'


def _samples(check: Outcome) -> str:
    shown = check.samples
    if not shown:
        return ""
    left = (check.failed or len(check.samples)) - len(shown)
    more = f"{figures.count(left)} more" if left > 0 else ""
    rows = [item for item in shown if isinstance(item, dict)]
    if len(rows) == len(shown):
        tail = f'<p class="muted">{more}</p>' if more else ""
        return f"<div><h3>Failing rows</h3>{_rows(rows)}{tail}</div>"
    values = "".join(
        f'<li class="mono"><bdi>{_escape(figures.sample(item, limit=VALUE))}</bdi></li>' for item in shown
    )
    tail = f'<li class="more">{more}</li>' if more else ""
    return f'<div><h3>Failing values</h3><ul class="samples">{values}{tail}</ul></div>'


def _rows(rows: list[dict[Any, Any]]) -> str:
    """Sample rows as a table over the union of their columns."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in names)
    body = "".join(f"<tr>{''.join(_value(row, name) for name in names)}</tr>" for row in rows)
    table = f'<table class="mono"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Failing rows">{table}</div>'


def _value(row: dict[Any, Any], name: Any) -> str:
    return f"<td>{_escape(figures.value(row[name], limit=VALUE)) if name in row else ''}</td>"


def _columns(result: Result) -> str:
    """Which checks look at which column, the column in most trouble first."""
    groups: dict[str, list[Outcome]] = {}
    for check in result.worst():
        if check.column:
            groups.setdefault(check.column, []).append(check)
    if not groups:
        return ""
    rows = "".join(_column(name, checks) for name, checks in groups.items())
    heads = (
        '<th scope="col">Column</th><th scope="col">Checks</th><th scope="col" colspan="2">Worst share</th>'
    )
    table = f'<table class="columns"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    note = f"{figures.plural(len(groups), 'column')} with checks; the bar is the worst failing share"
    return _section("columns", "Columns", note, f'<div class="card">{table}</div>')


def _section(name: str, title: str, note: str, inside: str) -> str:
    return (
        f'<section aria-labelledby="{name}-title"><div class="heading"><h2 id="{name}-title">{title}</h2>'
        f'<span class="muted">{note}</span></div>{inside}</section>'
    )


def _column(name: str, checks: list[Outcome]) -> str:
    marks = "".join(_icon(check.status, f"{WORDS[check.status]}: {check.name}") for check in checks)
    worst = max(checks, key=lambda check: check.failed_share or 0.0)
    share = worst.failed_share
    link = f'<a class="mono" href="#checks" data-show-column="{escape(name)}"><bdi>{escape(name)}</bdi></a>'
    return (
        f'<tr><td>{link}</td><td class="marks">{marks}</td>'
        f'<td class="worst num">{"" if share is None else escape(figures.share(share))}</td>'
        f'<td class="meter">{_bar(share, worst.status) if share else ""}</td></tr>'
    )


def _faults(result: Result) -> str:
    total = summary.found(result)
    if not total:
        return ""
    kept = f", {figures.count(len(result.findings))} kept" if total > len(result.findings) else ""
    articles = "".join(_fault(group) for group in summary.faults(result, examples=10))
    inside = f'<div class="card faults">{articles}</div>'
    return _section("faults", "Faults in the file itself", f"{figures.plural(total, 'fault')}{kept}", inside)


def _fault(group: summary.Faults) -> str:
    items = []
    for item in group.examples:
        place = escape(summary.place(item)) or "the whole file"
        cells = f"<code><bdi>{escape(_cells(item.cells))}</bdi></code>" if item.cells else ""
        items.append(f"<li><span>{place}</span><bdi>{escape(item.message)}</bdi>{cells}</li>")
    left = group.count - len(group.examples)
    tail = f'<p class="muted">{figures.count(left)} more</p>' if left else ""
    title = f'{escape(group.type)} <span class="muted">{figures.count(group.count)}</span>'
    return f"<article><h3>{_icon('warn')}{title}</h3><ul>{''.join(items)}</ul>{tail}</article>"


def _cells(cells: list[str]) -> str:
    return figures.shorten(" | ".join(cells), limit=300)


def _footer(result: Result) -> str:
    version = f" {escape(result.sentineldq)}" if result.sentineldq else ""
    told = any(check.samples for check in result.checks) or any(item.cells for item in result.findings)
    note = "<span>Holds values of the data: share it as you would the data.</span>" if told else ""
    return f"<span>SentinelDQ{version}</span>{note}"
