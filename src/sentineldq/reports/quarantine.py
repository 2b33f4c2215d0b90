"""Quarantine as a person reads it in a terminal, and what to type next."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sentineldq.pipeline.replay.quarantine import Held, Record
from sentineldq.pipeline.replay.step import Outcome
from sentineldq.pipeline.replay.view import View
from sentineldq.pipeline.validate import Reason
from sentineldq.reports import figures
from sentineldq.reports.lake import ago, grid

HASH = 12
"""Characters of a hash that are shown: enough to name a record by."""

MESSAGE = 70
"""Characters of a reason in a table."""


def summary(found: Sequence[Held], *, limit: int, options: str) -> str:
    """`sentinel quarantine list`, at most so many checks of each dataset."""
    if not found:
        return "nothing in quarantine"
    rows = [
        (
            held.dataset,
            count.check,
            figures.count(count.records),
            ago(count.last.isoformat()),
            count.hash[:HASH],
            figures.shorten(count.message, limit=MESSAGE),
        )
        for held in found
        for count in held.checks[:limit]
    ]
    columns = ("dataset", "check", "records", "last", "example", "its reason")
    totals = []
    for held in found:
        more = len(held.checks) - limit
        told = f", and {figures.plural(more, 'more check')}: --limit shows them" if more > 0 else ""
        totals.append(f"{held.dataset}: {figures.plural(held.records, 'record')} in quarantine{told}")
    example = next((count.hash[:HASH] for held in found for count in held.checks), "HASH")
    return "\n".join(
        [
            grid(columns, rows, right=("records", "last")),
            "",
            *totals,
            "(a record that fails several checks is counted by each of them)",
            "",
            "next:",
            f"  sentinel quarantine show {example}{options}",
            f"  sentinel quarantine replay {found[0].dataset} --dry-run{options}",
        ]
    )


def listing(found: Sequence[Record], *, total: int, options: str) -> str:
    """`sentinel quarantine list --records`."""
    if not found:
        return "nothing in quarantine"
    rows = [
        (
            record.hash[:HASH],
            record.dataset,
            record.partition,
            figures.count(record.batch),
            figures.count(record.row),
            ago(record.received_at.isoformat()),
            "; ".join(f"{reason.check}: {reason.message}" for reason in record.reasons),
        )
        for record in found
    ]
    columns = ("hash", "dataset", "partition", "batch", "row", "received", "reasons")
    more = total - len(found)
    tail = [f"and {figures.plural(more, 'older record')}: --limit shows more"] if more > 0 else []
    return "\n".join(
        [
            grid(columns, rows, right=("batch", "row", "received")),
            "",
            *tail,
            f"next: sentinel quarantine show {found[0].hash[:HASH]}{options}",
        ]
    )


def record(found: View, *, options: str) -> str:
    """`sentinel quarantine show`."""
    one, now = found.record, found.now
    value = (
        found.value if isinstance(found.value, str) else json.dumps(found.value, ensure_ascii=False, indent=2)
    )
    received = one.received_at.isoformat(timespec="seconds")
    lines = [
        f"{one.dataset}: record {one.hash}",
        f"received {received} ({ago(received)}) from {figures.visible(one.origin or one.partition)}",
        f"partition {figures.visible(one.partition)}, batch {one.batch}, row {one.row}",
    ]
    if found.others:
        lines.append(f"and {figures.plural(found.others, 'other record')} of the same bytes")
    lines += ["", "\n".join(map(figures.visible, value.splitlines()))]
    if found.masked:
        what = figures.plural(found.masked, "value")
        lines.append(f"({what} masked, since the contract classifies it; --raw shows the record as it came)")
    lines += ["", f"refused by contract {one.contract} ({one.fingerprint}):", *_reasons(one.reasons), ""]
    who = f"contract {now.contract} ({now.fingerprint})"
    again = f"sentinel quarantine replay {one.dataset} --hash {one.hash[:HASH]}"
    match now.verdict:
        case "passes":
            lines += [f"{who} accepts it now", f"next: {again}{options}"]
        case "duplicate":
            lines += [
                f"{who} accepts it now; silver has its key, so it is a repeat",
                f"next: {again}{options}",
            ]
        case "dropped":
            lines += [f"{who} says to drop it", f"next: {again}{options}"]
        case "refused":
            same = now.reasons == one.reasons
            lines.append(f"{who} refuses it{' for the same' if same else ':'}")
            lines += [] if same else _reasons(now.reasons)
            lines.append(f"next: mend the contract, or {again} --set PATH=JSON --dry-run{options}")
        case "error":
            lines += [f"{who} cannot judge it:", *_reasons(now.reasons)]
    return "\n".join(lines)


def outcome(found: Outcome, *, options: str) -> str:
    """`sentinel quarantine replay` and `drop`."""
    lines = []
    if found.finished:
        left = figures.plural(found.finished, "record")
        lines.append(f"an earlier replay was stopped: {left} that it had moved taken out of quarantine")
    if not found.tried:
        return "\n".join([*lines, f"{found.dataset}: nothing in quarantine is chosen"])
    by = f" under contract {found.contract} ({found.fingerprint})" if found.contract else ""
    would = "would be " if found.dry_run else ""
    lines.append(
        f"{found.dataset}: {figures.plural(found.tried, 'record')} tried{by} in {figures.duration(found.seconds)}"
    )
    told = [
        (found.recovered, f"{would}recovered, to silver"),
        (found.duplicates, f"{would}dropped as duplicates of what silver has"),
        (found.dropped, f"{would}dropped"),
        (found.still_bad, "still refused"),
    ]
    if found.verb == "drop":
        lines = [f"{found.dataset}: {figures.plural(found.tried, 'record')} {would}dropped"]
    else:
        lines += [
            f"  {figures.count(number):>9} {what}"
            for number, what in told
            if number or what.endswith("silver")
        ]
    if found.unfit:
        lines.append(
            f"  ({figures.plural(found.unfit, 'record')} could not be patched and tried as they are)"
        )
    if found.refreshed:
        verb = "would be" if found.dry_run else "are"
        lines.append(
            f"  (the reasons of {figures.plural(found.refreshed, 'record')} {verb} brought up to date)"
        )
    if found.reasons:
        rows = [
            (
                still.check,
                figures.count(still.records),
                still.hash[:HASH],
                figures.shorten(still.message, limit=MESSAGE),
            )
            for still in found.reasons
        ]
        lines += ["", grid(("still fails", "records", "example", "its reason"), rows, right=("records",))]
        lines += ["", f"next: sentinel quarantine show {found.reasons[0].hash[:HASH]}{options}"]
    if found.dry_run:
        lines += ["", "a dry run: nothing was changed"]
    return "\n".join(lines)


def _reasons(found: Sequence[Reason]) -> list[str]:
    lines = []
    for reason in found:
        lines.append(f"  {figures.visible(reason.check)}: {figures.visible(reason.message)}")
        facts = {"path": reason.path, "expected": reason.expected, "found": reason.found}
        lines += [f"      {name:<8} {figures.visible(value)}" for name, value in facts.items() if value]
    return lines
