"""The lake's tables as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from sentineldq.reports import figures, terminal

UNITS = ("B", "kB", "MB", "GB", "TB")
SHOWN = 20
"""Partitions of a table that are listed one by one."""


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> str:
    """Rows under their titles, the columns named in `right` set to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(figures.visible(cell)) for cell in row))
    out = StringIO()
    terminal.console(out, width=terminal.columns(), colour=terminal.coloured()).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def size(amount: int) -> str:
    """`1.2 MB`; bytes as they are."""
    value, at = float(amount), 0
    while value >= 999.5 and at < len(UNITS) - 1:
        value, at = value / 1000, at + 1
    return f"{amount} B" if at == 0 else f"{value:.3g} {UNITS[at]}"


def ago(moment: str | None, *, now: datetime | None = None) -> str:
    """How long a time in ISO 8601 is gone, in its largest unit."""
    if moment is None:
        return figures.NONE
    seconds = max(0, int(((now or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()))
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return f"{seconds} s ago"


def tables(found: Sequence[Mapping[str, Any]]) -> str:
    """`sentinel lake ls`."""
    if not found:
        return "no tables yet"
    columns = ("table", "rows", "files", "size", "snapshots", "last commit")
    rows = [
        (
            one["table"],
            figures.count(one["rows"]),
            figures.count(one["files"]),
            size(one["bytes"]),
            figures.count(one["snapshots"]),
            ago(one["committed_at"]),
        )
        for one in found
    ]
    return grid(columns, rows, right=columns[1:])


def details(one: Mapping[str, Any]) -> str:
    """`sentinel lake show`."""
    figures_line = ", ".join(
        [
            figures.plural(one["rows"], "row"),
            figures.plural(one["files"], "file"),
            size(one["bytes"]),
            figures.plural(one["snapshots"], "snapshot"),
        ]
    )
    parts = [
        f"{one['table']}: {figures_line}, last commit {ago(one['committed_at'])}",
        f"in {one['location']}",
        "partitioned by " + (", ".join(one["partitioned_by"]) or "nothing"),
        "",
        grid(("column", "type"), [(field["name"], field["type"]) for field in one["columns"]]),
    ]
    if one["place"]:
        rows = [
            (mark["partition"], figures.count(mark["batch"]), figures.value(mark["cursor"], limit=60))
            for mark in one["place"]
        ]
        parts += ["", grid(("source partition", "batch", "cursor"), rows, right=("batch",))]
    if one["facts"]:
        parts += ["", grid(("fact", "value"), list(one["facts"].items()))]
    parts += ["", *_partitions(one["partitions"])]
    return "\n".join(parts)


def _partitions(found: Sequence[Mapping[str, Any]]) -> list[str]:
    columns = ("partition", "rows", "files", "small", "size")
    rows = [
        (
            one["partition"] or "all",
            figures.count(one["rows"]),
            figures.count(one["files"]),
            figures.count(one["small"]),
            size(one["bytes"]),
        )
        for one in found[-SHOWN:]
    ]
    if not rows:
        return ["no files yet"]
    before = len(found) - len(rows)
    note = [f"and {figures.plural(before, 'earlier partition')}: --format json lists them"] if before else []
    return [grid(columns, rows, right=columns[1:]), *note]


def snapshots(found: Sequence[Mapping[str, Any]]) -> str:
    """`sentinel lake history`."""
    if not found:
        return "no commits yet"
    columns = ("snapshot", "committed", "operation", "rows", "files", "rows then")
    rows = [
        (
            str(one["snapshot"]),
            one["committed_at"].replace("T", " ")[:19],
            one["operation"] or figures.NONE,
            _change(one["rows_added"], one["rows_deleted"]),
            _change(one["files_added"], one["files_deleted"]),
            figures.count(one["rows"]),
        )
        for one in found
    ]
    return grid(columns, rows, right=columns[3:])


def _change(added: int, deleted: int) -> str:
    signs = [f"+{added:,}" if added else "", f"-{deleted:,}" if deleted else ""]
    return " ".join(sign for sign in signs if sign) or "0"


def compactions(found: Sequence[Mapping[str, Any]], *, dry: bool) -> str:
    """`sentinel lake compact`."""
    lines = []
    for one in found:
        if not one["files_before"] and not one["late"]:
            lines.append(f"{one['table']}: nothing to compact")
            continue
        verb = "would become" if dry else "became"
        line = (
            f"{one['table']}: {figures.plural(one['files_before'], 'file')} ({size(one['bytes_before'])}) {verb} "
            f"{figures.count(one['files_after'])}"
        )
        line += "" if dry else f" ({size(one['bytes_after'])})"
        late = one["late"]
        lines.append(
            line + (f"; {figures.plural(late, 'group')} changed meanwhile and stayed" if late else "")
        )
    return "\n".join(lines) or "no tables yet"


def expiries(found: Sequence[Mapping[str, Any]], *, dry: bool) -> str:
    """`sentinel lake expire`."""
    lines = []
    for one in found:
        gone = figures.plural(one["snapshots"], "snapshot")
        told = f"{gone} would be forgotten" if dry else f"{gone} forgotten"
        files = "" if dry else f", {figures.plural(one['files'], 'file')} deleted"
        lines.append(f"{one['table']}: {told} of {figures.count(one['of'])}{files}")
    return "\n".join(lines) or "no tables yet"


def orphans(found: Sequence[Mapping[str, Any]], *, deleted: bool) -> str:
    """`sentinel lake orphans`."""
    if not found:
        return "no orphans"
    rows = [(one["table"], one["location"], size(one["bytes"]), ago(one["modified"])) for one in found]
    total = f"{figures.plural(len(found), 'orphan')}, {size(sum(one['bytes'] for one in found))}"
    end = f"{total}: deleted" if deleted else f"{total}: --delete removes them"
    return f"{grid(('table', 'file', 'size', 'written'), rows, right=('size', 'written'))}\n\n{end}"
