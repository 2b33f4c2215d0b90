"""A contract beside what is observed: each column with its rules, how often they failed, and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sentineldq.checks.derive import derive
from sentineldq.checks.model import Check
from sentineldq.contracts.model import Property
from sentineldq.errors import SentinelError
from sentineldq.pipeline.rules import rules_of
from sentineldq.server.answers.clauses import ClauseOut, Observed, RuleOut
from sentineldq.server.answers.profiles import ColumnProfile, ProfileOut
from sentineldq.server.catalog import Dataset
from sentineldq.server.columns import profile_of
from sentineldq.server.state import State
from sentineldq.server.wording import asked
from sentineldq.store import results
from sentineldq.store.results import Tally

DAYS = 7
"""How far back failures are counted."""

ALL = "*"
"""What the results call all checks of a batch together."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A contract held against its dataset: rules of the table, and all columns in the order of the contract."""

    profile: ProfileOut
    table: tuple[RuleOut, ...]
    columns: tuple[ClauseOut, ...]


def held(here: State, dataset: Dataset) -> Held:
    """The contract of a dataset beside what is observed; nothing of one that has none."""
    profile = profile_of(here, dataset)
    version = (dataset, here.feed.version("results", "profiles"))
    return here.cache.get(
        ("clauses", dataset.name), lambda: _held(here, dataset, profile), version=version, longest=600
    )


def _held(here: State, dataset: Dataset, profile: ProfileOut) -> Held:
    since = datetime.now(UTC) - timedelta(days=DAYS)
    tallies = results.by_check(here.store, dataset=dataset.name, since=since)
    found = {one.fingerprint: one for one in tallies if one.fingerprint is not None}
    whole = next((one for one in tallies if one.check == ALL), None)
    decoded = _decoded(dataset)
    observed = {one.path: one for one in profile.columns.items}
    rules: dict[str | None, list[RuleOut]] = {}
    for check in _checks(dataset):
        every = whole if check.fingerprint in decoded else None
        rules.setdefault(check.column, []).append(_rule(check, found.get(check.fingerprint), every))
    keys = set(dataset.table.primary_key if dataset.table else ())
    columns = tuple(
        _clause(path, item, rules.get(path, ()), observed.get(path), keys, dataset.private)
        for path, item in (dataset.table.walk() if dataset.table else ())
    )
    return Held(profile=profile, table=tuple(rules.get(None, ())), columns=columns)


def _checks(dataset: Dataset) -> list[Check]:
    try:
        return derive(dataset.table) if dataset.table else []
    except SentinelError:
        return []  # the dataset's fault tells


def _decoded(dataset: Dataset) -> set[str]:
    """The checks that decoding answers for every record, and that are written down only where they failed."""
    if dataset.contract is None or dataset.table is None:
        return set()
    try:
        rules = rules_of(dataset.contract, dataset.table)
    except SentinelError:
        return set()
    return {check.fingerprint for check in rules.checks} - {check.fingerprint for check in rules.quality}


def _rule(check: Check, tally: Tally | None, every: Tally | None) -> RuleOut:
    """every: what all records were asked of, where this check was asked of all of them."""
    of = every or tally
    return RuleOut(
        name=check.label,
        asks=asked(check),
        description=check.description,
        severity=check.severity,
        on_violation=check.on_violation,
        of_schema=".quality[" not in (check.origin or ""),
        batches=of.batches if of else 0,
        evaluated=of.evaluated if of else 0,
        failed=tally.failed if tally else 0,
        failed_batches=tally.failed_batches if tally else 0,
        last_failed_at=tally.last_failed_at if tally else None,
    )


def _clause(
    path: str,
    item: Property,
    rules: Sequence[RuleOut],
    seen: ColumnProfile | None,
    keys: set[str],
    private: frozenset[str],
) -> ClauseOut:
    return ClauseOut(
        path=path,
        type=item.logical_type,
        physical_type=item.physical_type,
        description=item.description,
        key=path in keys,
        required=item.required,
        unique=item.unique,
        classification=item.classification,
        classified=path in private,
        rules=sorted(rules, key=lambda rule: -rule.failed),
        failed=sum(rule.failed for rule in rules),
        observed=None
        if seen is None
        else Observed(**{name: getattr(seen, name) for name in Observed.model_fields}),
    )
