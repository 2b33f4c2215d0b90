"""What the store is told of a batch: its counts, and what each check and each record came to.

The store only ever lags the tables. What a crash kept from it is filled in from them when the next run begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from sentineldq.lake.place import PREFIX, ancestry, property_of, read_place
from sentineldq.lake.scan import scan
from sentineldq.pipeline.dataset import BATCH, Dataset, Landed, read
from sentineldq.pipeline.rules import Rules
from sentineldq.pipeline.validate import Reason, Verdict
from sentineldq.store import batches, results
from sentineldq.store.batches import Batch
from sentineldq.store.database import Store
from sentineldq.store.results import Failure, Summary

ALL = "*"
"""The check that stands for all of a batch's."""


def record(
    store: Store,
    dataset: Dataset,
    landed: Landed,
    verdict: Verdict,
    rules: Rules,
    *,
    seconds: float,
    run_id: str,
) -> None:
    """Write down what became of a batch; writing it again changes nothing. Raises StoreError."""
    summaries = [_whole(landed), *_summaries(verdict, rules)]
    _write(store, dataset, landed, summaries, verdict.reasons, rules)
    batches.record(store, batches=[_batch(dataset, landed, seconds=seconds, run_id=run_id)])


def reconcile(store: Store, dataset: Dataset) -> int:
    """Write down the batches that a crash kept from the store, from the tables alone; how many. Raises StoreError."""
    known = {
        partition: results.last_batch(store, dataset=dataset.name, partition=partition) or 0
        for partition in read_place(dataset.silver).marks
    }
    missing = [landed for landed in _history(dataset) if landed.batch > known.get(landed.partition, 0)]
    if not missing:
        return 0
    for landed in missing:
        _write(store, dataset, landed, [_whole(landed)], _reasons(dataset, landed), dataset.rules)
    batches.record(store, batches=[_batch(dataset, landed) for landed in missing])
    return len(missing)


def failures_by_check(reasons: Mapping[int, Sequence[Reason]]) -> Counter[str]:
    """How many records failed each check."""
    return Counter(name for found in reasons.values() for name in {reason.check for reason in found})


def _history(dataset: Dataset) -> Iterator[Landed]:
    """What became of each batch, the newest first, as far back as snapshots are kept."""
    seen: set[tuple[str, int]] = set()
    for snapshot in ancestry(dataset.silver):
        fact = property_of(snapshot, PREFIX + BATCH)
        if fact is None:
            continue
        landed = read(fact)
        if (landed.partition, landed.batch) not in seen:
            seen.add((landed.partition, landed.batch))
            yield landed


def _reasons(dataset: Dataset, landed: Landed) -> dict[int, list[Reason]]:
    return reasons_of(dataset, landed.partition, landed.batch) if landed.quarantined else {}


def reasons_of(dataset: Dataset, partition: str, batch: int) -> dict[int, list[Reason]]:
    """The reasons against the records of a batch, as quarantine has them, by `_row`."""
    where = (pl.col("_partition") == partition) & (pl.col("_batch") == batch)
    rows = scan(dataset.quarantine, where=where, columns=["_row", "errors", "_partition", "_batch"]).collect()
    return {row["_row"]: [Reason(**error) for error in row["errors"]] for row in rows.iter_rows(named=True)}


def _write(
    store: Store,
    dataset: Dataset,
    landed: Landed,
    summaries: Sequence[Summary],
    reasons: Mapping[int, Sequence[Reason]],
    rules: Rules,
) -> None:
    results.record(
        store,
        dataset=dataset.name,
        partition=landed.partition,
        batch=landed.batch,
        contract_version=landed.contract,
        detected_at=landed.at,
        summaries=summaries,
        failures=_failures(reasons, rules),
    )


def _failures(reasons: Mapping[int, Sequence[Reason]], rules: Rules) -> Iterator[Failure]:
    for row, found in reasons.items():
        for reason in found:
            check = rules.by_fingerprint.get(reason.fingerprint)
            yield Failure(
                row=row,
                check=reason.check,
                message=reason.message,
                path=reason.path or None,
                fingerprint=reason.fingerprint or None,
                severity=check.severity if check else "CRITICAL",
            )


def _summaries(verdict: Verdict, rules: Rules) -> list[Summary]:
    """One for every rule that was counted, and one for every other check that refused a record."""
    refused = failures_by_check(verdict.reasons)
    found = [
        Summary(
            check=item.name,
            status="fail" if refused[item.name] and item.status == "pass" else item.status,
            evaluated=item.evaluated or 0,
            failed=max(item.failed or 0, refused[item.name]),
            fingerprint=item.fingerprint,
            severity=item.severity,
            message=item.message,
        )
        for item in verdict.outcomes
    ]
    counted = {item.name for item in verdict.outcomes}
    by_label = {check.label: check for check in rules.checks}
    for name, number in refused.items():
        if name not in counted:
            check = by_label.get(name)
            found.append(
                Summary(
                    check=name,
                    status="fail",
                    evaluated=verdict.rows,
                    failed=number,
                    fingerprint=check.fingerprint if check else None,
                    severity=check.severity if check else "CRITICAL",
                )
            )
    return found


def _whole(landed: Landed) -> Summary:
    return Summary(
        check=ALL,
        status="fail" if landed.quarantined else "pass",
        evaluated=landed.rows,
        failed=landed.quarantined,
    )


def _batch(
    dataset: Dataset, landed: Landed, *, seconds: float | None = None, run_id: str | None = None
) -> Batch:
    return Batch(
        dataset=dataset.name,
        partition=landed.partition,
        batch=landed.batch,
        rows=landed.rows,
        silver=landed.silver,
        quarantined=landed.quarantined,
        duplicates=landed.duplicates,
        dropped=landed.dropped,
        contract_version=landed.contract,
        committed_at=landed.at,
        seconds=seconds,
        run_id=run_id,
    )
