"""What a tool is worth: the share of drifts it named, how soon, and how often it spoke up when nothing had happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import fmean, median
from typing import Any

import msgspec

from evaluate.streams import CATEGORIES, NUMBERS, SEASONAL, Stream

Alarms = Mapping[str, Mapping[str, Sequence[str]]]
"""By stream and check the columns named; `*` names the dataset."""
HOUR = 3600.0


class Found(msgspec.Struct, kw_only=True, frozen=True):
    """Of the streams of a kind: how many, in how many the drift was named, and the median hours until then."""

    streams: int
    found: int
    delay: float | None


class Quiet(msgspec.Struct, kw_only=True, frozen=True):
    """Of quiet streams: column-days looked at, and how many of them had an alarm; alarms about the dataset by day."""

    column_days: int
    alarms: int
    days: int
    of_dataset: int

    @property
    def rate(self) -> float:
        """False alarms per 1,000 column-days."""
        return 1000 * self.alarms / self.column_days if self.column_days else 0.0


def delay(stream: Stream, alarms: Alarms) -> float | None:
    """Hours from the onset to the first check after it that names what drifts; none: it was not named."""
    onset = datetime.fromisoformat(stream.onset or "")
    for check in stream.checks:
        after = (datetime.fromisoformat(check) - onset).total_seconds() / HOUR
        named = alarms.get(stream.name, {}).get(check, ())
        if after > 0 and set(named) & set(stream.targets or ["*"]):
            return after
    return None


def found(streams: Sequence[Stream], alarms: Alarms) -> Found:
    delays = [late for stream in streams if (late := delay(stream, alarms)) is not None]
    return Found(streams=len(streams), found=len(delays), delay=median(delays) if delays else None)


def chance(stream: Stream, quiet: Sequence[Stream], alarms: Alarms) -> float:
    """How likely a tool that knows nothing of a drift is to name its columns all the same.

    That is the share of stretches of quiet streams of the same volume, as long as the stream has checks, in which one
    of its targets is named.
    """
    targets, length = set(stream.targets or ["*"]), len(stream.checks)
    hits = []
    for one in quiet:
        named = [bool(targets & set(alarms.get(one.name, {}).get(check, ()))) for check in one.checks]
        hits += [any(named[at : at + length]) for at in range(len(named) - length + 1)]
    return fmean(hits) if hits else 0.0


def false(
    streams: Sequence[Stream], alarms: Alarms, *, columns: Sequence[str] = (*NUMBERS, *CATEGORIES)
) -> Quiet:
    days = sum(len(stream.checks) for stream in streams)
    named = [set(alarms.get(stream.name, {}).get(check, ())) for stream in streams for check in stream.checks]
    return Quiet(
        column_days=days * len(columns),
        alarms=sum(len(names & set(columns)) for names in named),
        days=days,
        of_dataset=sum("*" in names for names in named),
    )


def table(streams: Sequence[Stream], tools: Mapping[str, Mapping[str, Any]]) -> str:
    """A Markdown table, kind by tool. tools: by name `alarms`, `seconds` and `checks`."""
    kinds = list(dict.fromkeys(stream.kind for stream in streams if stream.kind != "quiet"))
    lines = [
        "| | " + " | ".join(tools) + " |",
        "|---|" + "--:|" * len(tools),
    ]
    for kind in kinds:
        of = [stream for stream in streams if stream.kind == kind]
        strengths = list(dict.fromkeys(stream.strength for stream in of))
        lines.append(
            _row(f"{kind} ({', '.join(strengths)})", [_found(of, told["alarms"]) for told in tools.values()])
        )
    drifting = [stream for stream in streams if stream.kind != "quiet"]
    lines.append(_row("**all drifts**", [_share(drifting, told["alarms"]) for told in tools.values()]))
    columns = [stream for stream in drifting if stream.kind != "volume"]
    lines.append(_row("**all but volume**", [_share(columns, told["alarms"]) for told in tools.values()]))
    for rows in sorted({stream.rows for stream in columns}):
        of = [stream for stream in columns if stream.rows == rows]
        lines.append(
            _row(f"of these, {rows:,} rows a day", [_share(of, told["alarms"]) for told in tools.values()])
        )
    still = {
        rows: [stream for stream in streams if stream.kind == "quiet" and stream.rows == rows]
        for rows in {stream.rows for stream in streams}
    }
    lucky = [
        fmean(chance(one, still[one.rows], told["alarms"]) for one in columns) for told in tools.values()
    ]
    shares = [found(columns, told["alarms"]) for told in tools.values()]
    known = [(one.found / one.streams - luck) / (1 - luck) for one, luck in zip(shares, lucky, strict=True)]
    lines.append(_row("found by chance", [f"{share:.0%}" for share in lucky]))
    lines.append(_row("**found above chance**", [f"**{share:.0%}**" for share in known]))
    lines += _quiet([stream for stream in streams if stream.kind == "quiet"], tools)
    each = [f"{1000 * told['seconds'] / max(1, told['checks']):,.0f} ms" for told in tools.values()]
    lines.append(_row("CPU time of a check", each))
    return "\n".join(lines)


def _quiet(streams: Sequence[Stream], tools: Mapping[str, Mapping[str, Any]]) -> list[str]:
    steady = tuple(name for name in (*NUMBERS, *CATEGORIES) if name not in SEASONAL)
    lines = []
    for rows in sorted({stream.rows for stream in streams}):
        of = [stream for stream in streams if stream.rows == rows]
        rates = [false(of, told["alarms"], columns=steady) for told in tools.values()]
        lines.append(_row(f"false alarms, {rows:,} rows a day", [f"{one.rate:.1f}" for one in rates]))
    season = [false(streams, told["alarms"], columns=SEASONAL) for told in tools.values()]
    lines.append(_row("false alarms, columns with a weekly rhythm", [f"{one.rate:.1f}" for one in season]))
    every = [false(streams, told["alarms"]) for told in tools.values()]
    lines.append(_row("**false alarms, all**", [f"**{one.rate:.1f}**" for one in every]))
    about = [f"{one.of_dataset} on {one.days} days" for one in every]
    lines.append(_row("false alarms about volume or schema", about))
    return lines


def _found(streams: Sequence[Stream], alarms: Alarms) -> str:
    """Found of all, by strength where there is more than one, and the median delay."""
    of = [
        found([stream for stream in streams if stream.strength == strength], alarms)
        for strength in dict.fromkeys(stream.strength for stream in streams)
    ]
    shares = " ".join(f"{one.found}/{one.streams}" for one in of)
    late = found(streams, alarms).delay
    return shares if late is None else f"{shares}, {late:.0f} h"


def _share(streams: Sequence[Stream], alarms: Alarms) -> str:
    one = found(streams, alarms)
    late = "" if one.delay is None else f", {one.delay:.0f} h"
    return f"**{one.found / one.streams:.0%}**{late}"


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"
