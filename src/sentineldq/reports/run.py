"""What a run came to, as a person reads it in a terminal: what went where, and what was refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from sentineldq.pipeline.gold.build import Built
from sentineldq.pipeline.plan import Plan
from sentineldq.pipeline.round import Round, total
from sentineldq.pipeline.tally import Ran
from sentineldq.reports.figures import NONE, count, duration
from sentineldq.reports.lake import grid

WORST = 5
"""Checks that are named, those that refused most."""

COLOURS = {
    "succeeded": "green",
    "published": "green",
    "pass": "green",
    "unchanged": None,
    "later": "yellow",
    "busy": "yellow",
    "warn": "yellow",
    "stopped": "yellow",
    "refused": "red",
    "failed": "red",
    "fail": "red",
    "error": "red",
    "INFO": None,
    "WARNING": "yellow",
    "CRITICAL": "red",
}


def rounds_table(rounds: Sequence[Round]) -> str:
    """Every project's part, then one line for all."""
    parts = [_round(one) for one in rounds]
    return "\n\n".join([*parts, _total(rounds)])


def plan_table(plans: Iterable[Plan]) -> str:
    """`sentinel run --dry-run`."""
    told = []
    for plan in plans:
        kind = "simulated" if plan.simulated else "live"
        rows = [[step.pipeline, step.action, step.target, step.detail] for step in plan.steps]
        head = click.style(plan.project, bold=True)
        told.append(
            f"{head} ({kind}; {plan.warehouse})\n\n" + grid(["pipeline", "action", "target", "detail"], rows)
        )
    return "\n\n".join([*told, "Nothing was done: this is what a run would do."])


def _round(found: Round) -> str:
    took = duration(sum(found.seconds.values()))
    kind = "simulated records" if found.simulated else "live"
    parts = [f"{click.style(found.project, bold=True)} {NONE} {kind}, {took}", _pipelines(found.pipelines)]
    parts += [_faults(found.pipelines), _checks(found.pipelines)]
    if found.gold:
        parts += [_gold(found.gold), _refusals(found.gold)]
    parts += [_freshness(found), _drift(found)]
    return "\n\n".join(part for part in parts if part)


def _pipelines(pipelines: Sequence[Ran]) -> str:
    names = ["rows", "silver", "quarantined", "duplicates"]
    titles = ["records", "silver", "quarantine", "duplicates"]
    if any(ran.dropped for ran in pipelines):
        names, titles = [*names, "dropped"], [*titles, "dropped"]
    rows = [
        [
            ran.pipeline,
            ran.source,
            *(count(getattr(ran, name)) for name in names),
            duration(ran.seconds.get("all", 0.0)),
            ran.status,
        ]
        for ran in pipelines
    ]
    return grid(["pipeline", "source", *titles, "took", ""], rows, right=[*titles, "took"])


def _faults(pipelines: Sequence[Ran]) -> str:
    told = []
    for ran in pipelines:
        if ran.error:
            word = click.style(ran.status, fg=COLOURS[ran.status])
            told.append(f"{word} {ran.pipeline}: {ran.error}")
            told += [f"  hint: {ran.hint}"] if ran.hint else []
        elif ran.status == "busy":
            told.append(f"{ran.pipeline}: another process is running it")
    return "\n".join(told)


def _checks(pipelines: Sequence[Ran]) -> str:
    """Why records were refused, in the words of the contract."""
    found = sorted(
        ((number, ran.pipeline, check) for ran in pipelines for check, number in ran.checks.items()),
        reverse=True,
    )
    if not found:
        return ""
    rows = [[pipeline, check, count(number)] for number, pipeline, check in found[:WORST]]
    rest = len(found) - WORST
    more = f"\nand {rest} more checks: `sentinel quarantine list` has all of them" if rest > 0 else ""
    return grid(["pipeline", "refused by", "records"], rows, right=["records"]) + more


def _gold(built: Sequence[Built]) -> str:
    rows = [[f"gold.{one.model}", one.status, count(one.rows), duration(one.seconds)] for one in built]
    return grid(["table", "", "rows", "took"], rows, right=["rows", "took"])


def _refusals(built: Sequence[Built]) -> str:
    told = []
    for one in built:
        if one.status in {"refused", "failed"}:
            word = click.style(one.status, fg=COLOURS[one.status])
            checks = ", ".join(check.name for check in one.failed)
            told.append(f"{word} gold.{one.model}: {one.reason}" + (f" ({checks})" if checks else ""))
            told.append("  its last good version stays")
        told += [f"gold.{one.model}: warned by {check.name}" for check in one.warned]
        told += [f"gold.{one.model}: {note}" for note in one.notes]
    return "\n".join(told)


def _freshness(found: Round) -> str:
    stale = [one for one in found.freshness if one.status in {"fail", "warn", "error"}]
    if not found.freshness:
        return ""
    if found.simulated:
        return "Freshness is measured but means nothing here: simulated events bear simulated times."
    fresh = sum(one.status == "pass" for one in found.freshness)
    told = [f"{fresh} of {len(found.freshness)} datasets are fresh."]
    told += [
        f"{click.style(one.status, fg=COLOURS[one.status])} {one.dataset}: {one.message}" for one in stale
    ]
    return "\n".join(told)


def _drift(found: Round) -> str:
    """What drifted in each dataset, in a line."""
    told = []
    for one in found.drift:
        if one.worst is not None:
            word = click.style(one.worst.lower(), fg=COLOURS[one.worst])
            rest = len(one.drifted) - WORST
            names = ", ".join(one.drifted[:WORST]) + (f" and {rest} more" if rest > 0 else "")
            told.append(f"{word} drift in {one.dataset}: {names}")
    return "\n".join(told)


def _total(rounds: Sequence[Round]) -> str:
    parts = [
        f"{count(total(rounds, 'rows'))} records",
        f"{count(total(rounds, 'silver'))} to silver",
        f"{count(total(rounds, 'quarantined'))} to quarantine, each with every reason",
        f"{count(total(rounds, 'duplicates'))} duplicates left out",
    ]
    dropped = total(rounds, "dropped")
    return ", ".join(parts + ([f"{count(dropped)} dropped"] if dropped else [])) + "."
