"""The result as a person reads it in a terminal: worst first, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sentineldq.checks.model import Outcome, Result, Status
from sentineldq.reports import figures, summary, terminal

NARROW = 72  # below this, one figure per line instead of columns
HELD = "\ue000"  # a space that must not break: rich breaks at U+00A0, and data is shown without this one
VALUE = 40  # characters of a sample before its middle goes

MARKS: dict[Status, str] = {"error": "◆", "fail": "✗", "warn": "▲", "skip": "○", "pass": "✓"}
STYLES: dict[Status, str] = {
    "error": "bold magenta",
    "fail": "bold red",
    "warn": "yellow",
    "skip": "dim",
    "pass": "green",
}
SEVERITY_STYLES = {"CRITICAL": "bold", "WARNING": "", "INFO": "dim"}

#: Signs in ASCII, for output that cannot hold them; what is not listed is escaped.
ASCII = str.maketrans({
    "◆": "!", "✗": "x", "▲": "~", "○": "-", "✓": "+", "━": "#", "─": "-", "·": "|", figures.NONE: "-",
    "…": "...", "→": "->", "≥": ">=", "≤": "<=", "≠": "!=",
    "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
})  # fmt: skip


def render(
    result: Result,
    *,
    samples: int = 5,
    verbose: bool = False,
    source: str | None = None,
    width: int | None = None,
    colour: bool | None = None,
    encoding: str | None = None,
) -> str:
    """The result as text, with colours only where standard output is a terminal and NO_COLOR is not set.

    `samples` is how many failing values a check shows, `verbose` lists the passing checks too, `source` is
    the data as the user named it, for the commands at the end. Width and encoding are those of standard
    output where they are not given.
    """
    colour = terminal.coloured() if colour is None else colour
    page = _Page(
        result=result, samples=samples, verbose=verbose, source=source, width=width or terminal.columns()
    )
    out = StringIO()
    console = terminal.console(out, width=page.width, colour=colour)
    for part in page.parts():
        whole = isinstance(part, Text) and part.no_wrap is True
        console.print(part, crop=False, soft_wrap=whole)
    plain = out.getvalue().replace(HELD, " ").replace(figures.NBSP, " ")
    text = "\n".join(line.rstrip() for line in plain.splitlines()) + "\n"
    return terminal.encodable(text, ASCII, encoding)


@dataclass(frozen=True, kw_only=True)
class _Page:
    result: Result
    samples: int
    verbose: bool
    source: str | None
    width: int
    shown: Sequence[Outcome] = field(init=False)

    def __post_init__(self) -> None:
        worst = self.result.worst()
        object.__setattr__(
            self, "shown", [check for check in worst if self.verbose or check.status != "pass"]
        )

    def parts(self) -> Iterator[RenderableType]:
        yield from self.head()
        yield from self.scores()
        yield from self.checks()
        yield from self.findings()
        yield from self.close()

    def head(self) -> Iterator[RenderableType]:
        result = self.result
        mark: Status = "pass" if result.passed else "fail"
        title = Text(f"{MARKS[mark]} {'PASSED' if result.passed else 'FAILED'}  ", style=STYLES[mark])
        yield title.append(figures.visible(result.dataset), style="bold not dim default")
        facts = [
            summary.contract(result),
            figures.plural(result.rows, "row").replace(" ", figures.NBSP),
            figures.visible(result.engine),
            figures.duration(result.duration_s),
        ]
        yield Padding(Text(_hold(" · ".join(facts)), style="dim"), (0, 0, 0, 2))
        yield Text()

    def scores(self) -> Iterator[RenderableType]:
        """The score and its dimensions as bars, in two columns where there is room."""
        result = self.result
        named = [("score", result.score), *result.dimensions.items()]
        if result.score is None and not result.dimensions:
            return
        bar = 20 if self.width >= NARROW else 12
        grid = Table.grid(padding=(0, 2))
        label = max(cell_len(name) for name, _ in named)
        half = (len(named) + 1) // 2 if self.width >= 2 * (label + bar + 14) else len(named)
        for line in range(half):
            cells: list[Text] = []
            for name, ratio in (named[at] for at in (line, line + half) if at < len(named)):
                style = "bold" if name == "score" else ""
                cells += [
                    Text(f"  {figures.visible(name)}", style=style),
                    _bar(ratio, bar),
                    Text(figures.score(ratio), style=style),
                ]
            grid.add_row(*cells)
        yield grid
        yield Text()

    def checks(self) -> Iterator[RenderableType]:
        yield Padding(self.counts(), (0, 0, 0, 2))
        if not self.shown:
            return
        yield Text()
        columns = self.columns()
        if columns:
            yield self.row(columns, [Text(title, style="dim") for title in _titles(columns)])
        for number, check in enumerate(self.shown):
            yield from self.check(check, columns)
            follows = self.shown[number + 1 : number + 2]
            if follows and "pass" not in {check.status, follows[0].status}:
                yield Text()
        folded = len(self.result.checks) - len(self.shown)
        if folded:
            yield Text()
            yield Text.assemble(
                (f"{MARKS['pass']} {figures.plural(folded, 'check')} passed", STYLES["pass"]),
                ("  (--verbose lists them)", "dim"),
            )

    def counts(self) -> Text:
        sentence = summary.verdict(self.result)
        hint = "" if self.shown or not self.result.checks else "  (--verbose lists them)"
        return Text.assemble((sentence[0].upper() + sentence[1:], "bold"), (hint, "dim"))

    def columns(self) -> dict[str, int]:
        """Column -> width; the name takes what the figures leave, and none where it would be too little."""
        if self.width < NARROW:
            return {}
        widths = {
            "status": 8,
            "check": 0,
            "column": max([6, *(cell_len(figures.visible(check.column or "")) for check in self.shown)]),
            "failed": max([6, *(cell_len(figures.count(check.failed)) for check in self.shown)]),
            "evaluated": max([9, *(cell_len(figures.count(check.evaluated)) for check in self.shown)]),
            "share": 8,
            "severity": 8,
        }
        rest = self.width - sum(widths.values()) - 2 * (len(widths) - 1)
        if rest < 30:
            rest += widths.pop("column") + 2
        if rest < 16:
            return {}
        longest = max([5, *(cell_len(figures.visible(check.name)) for check in self.shown)])
        widths["check"] = min(rest, longest)
        return widths

    def row(self, columns: dict[str, int], cells: Sequence[Text]) -> Table:
        grid = Table.grid(padding=(0, 2))
        for name, width in columns.items():
            right = name in {"failed", "evaluated", "share"}
            grid.add_column(width=width, justify="right" if right else "left", overflow="fold")
        grid.add_row(*cells)
        return grid

    def check(self, check: Outcome, columns: dict[str, int]) -> Iterator[RenderableType]:
        style = STYLES[check.status]
        status = Text(f"{MARKS[check.status]} {check.status}", style=style)
        name = Text(figures.visible(check.name), style="" if check.status in {"pass", "skip"} else "bold")
        severity = Text(check.severity.lower(), style=SEVERITY_STYLES[check.severity])
        if columns:
            cells = {
                "status": status,
                "check": name,
                "column": Text(figures.visible(check.column or "")),
                "failed": Text(_blank(check.failed)),
                "evaluated": Text(_blank(check.evaluated), style="dim"),
                "share": Text("" if check.failed_share is None else figures.share(check.failed_share)),
                "severity": severity,
            }
            yield self.row(columns, [cells[column] for column in columns])
        else:
            yield Text.assemble(status, "  ", name)
        if check.status != "pass":
            yield from self.details(check, columns)

    def details(self, check: Outcome, columns: dict[str, int]) -> Iterator[RenderableType]:
        """What was expected and found, as a label and its text, below the name of the check."""
        lines = [] if columns else [("failed", _narrow(check)), ("severity", check.severity.lower())]
        if "column" not in columns and check.column and check.column not in check.name:
            lines.append(("column", figures.visible(check.column)))
        if check.message:
            lines.append(("reason", figures.visible(check.message)))
        if check.description:
            lines.append(("because", figures.visible(check.description)))
        if check.expected:
            lines.append(("expected", figures.visible(check.expected)))
        if check.observed is not None:
            lines.append(("observed", figures.observation(check.observed, limit=200)))
        if summary.tolerated(check):
            lines.append(("tolerates", summary.tolerated(check)))
        if check.samples and self.samples > 0:
            lines.append(("samples", self.sampled(check)))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(width=9, style="dim")
        grid.add_column(overflow="fold")
        for label, text in lines:
            if text:
                grid.add_row(label, Text(_hold(text)))
        yield Padding(grid, (0, 0, 0, 10 if columns else 2))

    def sampled(self, check: Outcome) -> str:
        chosen = [figures.sample(item, limit=VALUE) for item in check.samples[: self.samples]]
        rows = any(isinstance(item, dict) for item in check.samples)
        left = (check.failed or len(check.samples)) - len(chosen)
        more = [f"…{figures.NBSP}{figures.count(left)}{figures.NBSP}more"] if left > 0 else []
        return ("\n" if rows else "  ").join([*chosen, *more])

    def findings(self) -> Iterator[RenderableType]:
        total = summary.found(self.result)
        if not total:
            return
        yield Text()
        yield Padding(
            Text(f"{figures.plural(total, 'fault')} in the file itself", style="bold"), (0, 0, 0, 2)
        )
        grid = Table.grid(padding=(0, 2))
        groups = summary.faults(self.result, examples=3)
        for group in groups:
            grid.add_row(
                Text(f"{MARKS['warn']} {figures.visible(group.type)}", style=STYLES["warn"]),
                Text(figures.count(group.count), justify="right"),
                Text(figures.visible(group.examples[0].message)),
            )
            places = [place for place in map(summary.place, group.examples) if place]
            dots = ["…"] if group.count > len(group.examples) else []
            if places:
                grid.add_row("", "", Text("; ".join([*places, *dots]), style="dim"))
        yield grid

    def close(self) -> Iterator[RenderableType]:
        """Commands to copy: never wrapped by us, each below what it is for."""
        for number, (purpose, command) in enumerate(_steps(self.result, self.source or self.result.dataset)):
            if number == 0:
                yield Text()
            yield Text(f"  {'Next: ' if number == 0 else 'Or: '}{purpose}")
            yield Text(f"    {command}", style="cyan", no_wrap=True, overflow="ignore")


def _steps(result: Result, source: str) -> list[tuple[str, str]]:
    """The commands that help now, each with what it is for."""
    command = f"sentinel check {shlex.quote(figures.visible(source))}"
    if result.contract is not None:
        command += f" --contract {shlex.quote(figures.visible(result.contract))}"
    steps = []
    if result.contract is None:
        infer = f"sentinel contract infer {shlex.quote(figures.visible(source))} --output contract.odcs.yaml"
        steps.append(("keep what was inferred as a contract, and make it yours", infer))
    elif any(check.failed and check.status in {"fail", "warn"} for check in result.checks):
        steps.append(("write the failing rows, each with its reasons", f"{command} --bad bad.csv"))
    if not result.passed:
        steps.append(("make a report to share", f"{command} --format html --output report.html"))
    return steps


def _titles(columns: dict[str, int]) -> list[str]:
    return [{"status": "  status", "evaluated": "of"}.get(name, name) for name in columns]


def _narrow(check: Outcome) -> str:
    counted = summary.counted(check).replace(" ", figures.NBSP)
    return f"{counted}  {figures.share(check.failed_share)}" if check.failed_share is not None else counted


def _hold(text: str) -> str:
    """The text with its no-break spaces as something that rich does not break at."""
    return text.replace(figures.NBSP, HELD)


def _blank(number: int | None) -> str:
    return "" if number is None else figures.count(number)


def _bar(ratio: float | None, width: int) -> Text:
    """Filled from the left; only a perfect score fills it, only nothing leaves it empty."""
    if ratio is None:
        return Text("─" * width, style="dim")
    full = min(max(round(ratio * width), 1 if ratio > 0 else 0), width if ratio >= 1 else width - 1)
    style = "" if ratio >= 0.99 else "yellow" if ratio >= 0.9 else "red"
    return Text.assemble(("━" * full, style), ("─" * (width - full), "dim"))
