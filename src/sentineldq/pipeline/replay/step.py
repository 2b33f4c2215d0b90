"""One step of a replay after the other: a portion of quarantined records read, judged, moved and counted."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
import polars as pl
import pyarrow as pa

from sentineldq.errors import FencedError, LakeError, SentinelError
from sentineldq.lake.keys import Keys
from sentineldq.lake.place import Mark, read_place
from sentineldq.lake.schema import META
from sentineldq.pipeline.merge import Merged, held, merge
from sentineldq.pipeline.poison import Attempts
from sentineldq.pipeline.replay.judge import judge
from sentineldq.pipeline.replay.moves import ATTEMPTS, REPLAY, Note, Tables, finish, release, take
from sentineldq.pipeline.replay.patch import Patch, apply
from sentineldq.pipeline.replay.quarantine import Choice, arrow, keys, portions, rows_of
from sentineldq.pipeline.replay.work import ID, Work, key_of, keys_of
from sentineldq.pipeline.rules import Rules

ROWS, BATCHES = 50_000, 1_000
"""Most records (about), and most batches, that one step takes; what is in memory at a time."""


class Still(msgspec.Struct, kw_only=True):
    """A check that records still fail, with one of its reasons and the record it is of."""

    check: str
    records: int
    message: str
    hash: str


class Outcome(msgspec.Struct, kw_only=True):
    """What became of the records that were tried: tried = recovered + still_bad + duplicates + dropped.

    unfit: those of them that the patch could not be applied to; they were tried as they are. refreshed: still refused,
    by other reasons or another contract than before, which quarantine now tells. finished: records that an earlier
    replay, stopped in its middle, had left to be taken out.
    """

    dataset: str
    verb: Literal["replay", "drop"] = "replay"
    dry_run: bool
    run_id: str | None = None
    contract: str | None = None
    fingerprint: str | None = None
    patch: dict[str, Any] = {}
    choice: dict[str, Any] = {}
    tried: int = 0
    recovered: int = 0
    still_bad: int = 0
    duplicates: int = 0
    dropped: int = 0
    unfit: int = 0
    refreshed: int = 0
    finished: int = 0
    seconds: float = 0.0
    reasons: list[Still] = []

    @property
    def counts(self) -> dict[str, Any]:
        """What the run's row in the store says."""
        told = msgspec.to_builtins(self)
        return {name: told[name] for name in told if name not in {"run_id", "dry_run", "reasons", "seconds"}}


Told = Callable[[Outcome, int], None]
"""Is given what was done so far and how many records there are to do; raises HaltedError to end the work."""


class HaltedError(SentinelError):
    """Whoever asked for a replay wants no more of it: what is done stays done."""


@dataclass(kw_only=True)
class Step:
    """Portion by portion: read, judge, move, count. Without a patch there is nothing to judge: all is dropped.

    told: is called before each portion.
    """

    tables: Tables
    outcome: Outcome
    rules: Rules
    attempts: Attempts
    patch: Patch | None
    told: Told = lambda _outcome, _all: None
    seen: pl.DataFrame | None = None  # keys that a dry run would have added by now

    def __post_init__(self) -> None:
        self.index = Keys(self.rules.key) if self.rules.key else None

    def run(self, choice: Choice) -> None:
        chosen = keys(self.tables.quarantine, choice)
        for part in portions(chosen, rows=ROWS, batches=BATCHES):
            self.told(self.outcome, chosen.height)
            self._portion(part)
        self.outcome.reasons.sort(key=lambda still: (-still.records, still.check))

    def _portion(self, part: pl.DataFrame) -> None:
        for _ in range(ATTEMPTS):
            if not self.outcome.dry_run:
                self.tables.reload()
                finish(self.tables)
            work = self._judged(part)
            if not work.chosen.num_rows:  # another replay has had them
                return
            try:
                merged, note = self._move(work, part)
            except FencedError:
                continue
            self._count(work, merged, note)
            return
        raise LakeError(
            f"quarantine.{self.tables.dataset}",
            f"others were first {ATTEMPTS} times in a row",
            hint="run it again: what is done stays done",
        )

    def _judged(self, part: pl.DataFrame) -> Work:
        first, last = part["_received_at"].min(), part["_received_at"].max()
        rows = pl.DataFrame(pl.from_arrow(rows_of(self.tables.quarantine, part, first, last)))  # type: ignore[arg-type]  # times
        chosen = arrow(rows.join(part, on=ID, how="semi", maintain_order="left"))
        others = arrow(rows.join(part, on=ID, how="anti", maintain_order="left"))
        work = Work(mark=self.tables.mark, chosen=chosen)
        if self.patch is None:
            work.judged.dropped = work.keys(range(chosen.num_rows))
            return work
        if self.patch:
            work.patched = apply(self.patch, chosen)
        work.judged = judge(
            work.records,
            self.rules,
            others=others,
            bronze=self.tables.bronze,
            silver=self.tables.silver,
            attempts=self.attempts,
            known=work.crashed(self.rules),
        )
        work.judged.dropped |= work.keys(work.patched.dropped)
        return work

    def _move(self, work: Work, part: pl.DataFrame) -> tuple[Merged, Note]:
        """Hold what passes against silver as it is now, and commit; anew while pipelines are first.

        Raises FencedError where another replay was first, so that the records have to be read anew.
        """
        instead = work.refreshed(self.rules) if self.patch is not None else None
        for attempt in range(ATTEMPTS):
            if not self.outcome.dry_run:
                self.tables.silver = self.tables.lake.table(f"silver.{self.tables.dataset}")
            place = read_place(self.tables.silver)
            merged = self._merged(work.judged.good)
            note = self._note(work, merged, part)
            if self.outcome.dry_run or not (note.gone or instead):
                break
            if place.marks.get(REPLAY) != work.mark:
                raise FencedError(f"silver.{self.tables.dataset}", "another replay was first")
            try:
                mark = take(self.tables, merged, note, place=place, after=work.mark)
            except FencedError:
                time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))  # noqa: S311  # to fall out of step
                continue
            self._release(work, note, mark, instead)
            break
        else:
            raise FencedError(f"silver.{self.tables.dataset}", "pipelines were first all the time")
        self.outcome.refreshed += instead.num_rows if instead else 0
        return merged, note

    def _note(self, work: Work, merged: Merged, part: pl.DataFrame) -> Note:
        taken, good = keys_of(merged.rows), keys_of(work.judged.good)
        outcome = self.outcome
        return Note(
            dataset=self.tables.dataset,
            at=datetime.now(UTC),
            first=part["_received_at"].min(),  # type: ignore[arg-type]  # of a column of times
            last=part["_received_at"].max(),  # type: ignore[arg-type]
            recovered=sorted(taken),
            duplicates=sorted(good - taken),
            dropped=sorted(work.judged.dropped),
            told={
                "verb": outcome.verb,
                "run_id": outcome.run_id,
                "contract": outcome.contract,
                "fingerprint": outcome.fingerprint,
                "patch": outcome.patch,
                "choice": outcome.choice,
            },
        )

    def _release(self, work: Work, note: Note, mark: Mark, instead: pa.Table | None) -> None:
        try:
            release(self.tables, note, expected=work.mark, mark=mark, instead=instead)
        except (
            FencedError
        ):  # another replay, or a pipeline that was started, saw silver ahead and has done it
            self.tables.reload()
            finish(self.tables)

    def _merged(self, good: pl.DataFrame) -> Merged:
        """Silver's answer to what passes; the order of arrival decides among records of one key."""
        if good.is_empty():
            return Merged(rows=good)
        good = good.sort("_received_at", "_partition", "_batch", "_row")
        if self.index is None:
            return Merged(rows=good)
        new = good
        if self.rules.merge == "replace" and self.rules.order is None:
            new = self._newer(good)
        if self.seen is not None:
            new = new.join(self.seen, on=self.rules.key, how="anti", maintain_order="left")
        if self.outcome.dry_run and set(self.rules.columns) - {*self.tables.silver.schema().column_names}:
            # Silver gets its new columns by the replay itself; until then keys are all that can be compared.
            merged = Merged(rows=new.filter(self.index.fresh(self.tables.silver, new)))
        else:
            merged = merge(self.tables.silver, new, self.rules, self.index)
        if self.outcome.dry_run:
            added = merged.rows.select(self.rules.key)
            self.seen = added if self.seen is None else pl.concat([self.seen, added])
        duplicates = good.height - merged.rows.height + merged.replaced
        return Merged(rows=merged.rows, delete=merged.delete, duplicates=duplicates, replaced=merged.replaced)

    def _newer(self, good: pl.DataFrame) -> pl.DataFrame:
        """Without those that silver has by a record that came later."""
        assert self.index is not None  # noqa: S101  # asked only where there is a key
        known = good.filter(~self.index.fresh(self.tables.silver, good))
        if known.is_empty():
            return good
        there = held(self.tables.silver, known, self.rules).select(*self.rules.key, *META.names)
        both = good.join(there, on=self.rules.key, suffix="_there")
        later = (pl.col("_batch_there") > pl.col("_batch")) | (
            (pl.col("_batch_there") == pl.col("_batch")) & (pl.col("_row_there") > pl.col("_row"))
        )
        stale = both.filter(
            pl.when(pl.col("_partition") == pl.col("_partition_there"))
            .then(later)
            .otherwise(pl.col("_received_at_there") > pl.col("_received_at"))
        )
        return good.join(stale.select(ID), on=ID, how="anti", maintain_order="left")

    def _count(self, work: Work, merged: Merged, note: Note) -> None:
        outcome = self.outcome
        outcome.tried += work.chosen.num_rows
        outcome.recovered += merged.rows.height
        outcome.still_bad += len(work.judged.reasons)
        outcome.duplicates += len(note.duplicates)
        outcome.dropped += len(note.dropped)
        outcome.unfit += len(work.patched.unfit)
        hashes = {key_of(row): row["hash"] for row in work.chosen.select([*ID, "hash"]).to_pylist()}
        stills = {still.check: still for still in outcome.reasons}
        for key, reasons in work.judged.reasons.items():
            for reason in {reason.check: reason for reason in reasons}.values():
                still = stills.get(reason.check)
                if still is None:
                    still = Still(check=reason.check, records=0, message=reason.message, hash=hashes[key])
                    stills[reason.check] = still
                still.records += 1
        outcome.reasons = list(stills.values())
