"""Drift between two inputs, profiled on the spot: files, folders, globs, database tables, whatever the readers read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sentineldq.contracts.model import Contract, SchemaObject
from sentineldq.drift.compare import compare
from sentineldq.drift.model import Window
from sentineldq.drift.settings import Override, Settings, overrides_of
from sentineldq.errors import UsageError, suggest
from sentineldq.pipeline.drift.compared import Compared, Side
from sentineldq.profiles.model import Profile
from sentineldq.profiles.plan import Plan, plan_of
from sentineldq.profiles.scan import profile_file


def compare_data(
    baseline: str,
    current: str,
    *,
    dataset: str,
    settings: Settings | None = None,
    contract: Contract | None = None,
    now: datetime | None = None,
) -> Compared:
    """Profile both inputs, one pass over each, and compare them.

    contract: gives the columns, the key, what is classified (no value of that is kept) and what a column overrides.
    Raises ReadError for data that cannot be read, UsageError for a contract that has no such dataset.
    """
    plan, overrides = _agreed(contract, dataset)
    settings = settings or Settings()
    left, right = profile_file(baseline, plan=plan), profile_file(current, plan=plan)
    return Compared(
        dataset=dataset,
        baseline=_side(baseline, left),
        current=_side(current, right),
        comparison=compare(left, right, dataset=dataset, settings=settings, overrides=overrides),
        made_at=now or datetime.now(UTC),
    )


def _agreed(contract: Contract | None, dataset: str) -> tuple[Plan, Mapping[str, Override]]:
    if contract is None:
        return Plan(), {}
    found = _object(contract, dataset)
    return plan_of(found, contract), overrides_of(found)


def _object(contract: Contract, dataset: str) -> SchemaObject:
    """The only object of a contract, or the one that is called as the dataset. Raises UsageError."""
    if len(contract.schema) == 1:
        return contract.schema[0]
    found = contract.object(dataset)
    if found is None:
        names = [item.name or "" for item in contract.schema]
        raise UsageError(f"the contract has no object {dataset!r}", hint=suggest(dataset, names))
    return found


def _side(source: str, profile: Profile) -> Side:
    return Side(source=source, window=Window(start=profile.since, end=profile.until), rows=profile.rows)
