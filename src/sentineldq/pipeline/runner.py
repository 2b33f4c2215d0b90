"""One pipeline, from its source to silver.

While a batch is being judged, one thread writes it to bronze, another the batch before it to quarantine and silver, and
a third reads the batch after it. At most four batches are in memory, so a source is never read faster than its records
are committed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from sentineldq.errors import EngineError, FencedError, SentinelError, StoreError, first_line
from sentineldq.lake.open import Lake
from sentineldq.pipeline.dataset import Dataset, Landed, bronze_rows
from sentineldq.pipeline.ledger import failures_by_check, reconcile, record
from sentineldq.pipeline.poison import Attempts, judge, poisoned, remembered
from sentineldq.pipeline.profiles.keep import Keeper
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.replay.moves import Tables, finish
from sentineldq.pipeline.rules import Rules, rules_of
from sentineldq.pipeline.tally import Ran
from sentineldq.pipeline.validate import Reason, Verdict
from sentineldq.pipeline.writes import Writes
from sentineldq.sources.batch import Batch
from sentineldq.sources.source import Source
from sentineldq.store import findings, runs
from sentineldq.store.database import Store
from sentineldq.store.hold import Held, hold
from sentineldq.telemetry.logs import bound, logger
from sentineldq.telemetry.metrics import Metrics

FENCED = 3
"""How often in a row another writer may be first before a run gives up."""

STALE = 60.0
"""Seconds after which tables are looked at anew, since upkeep deletes files that only old snapshots need."""

log = logger(__name__)


class Runner:
    """A pipeline that can be run again and again in one process; what it knows of its tables is kept in between."""

    def __init__(
        self,
        project: Project,
        name: str,
        *,
        lake: Lake,
        store: Store,
        metrics: Metrics | None = None,
        stop: threading.Event | None = None,
        told: Callable[[Ran], None] | None = None,
    ) -> None:
        self.project = project
        self.name = name
        self.lake = lake
        self.store = store
        self.metrics = metrics or Metrics()
        self.stop = stop or threading.Event()
        self.told = told or _nobody
        self.source: Source | None = None
        self.dataset: Dataset | None = None
        self.profiles = Keeper(
            lake,
            store,
            project.dataset(name),
            stop=self.stop,
            told=self._report,
            enabled=project.profiled(name),
        )
        self._attempts = Attempts(project.state / "attempts" / f"{quote(name, safe='')}.json")
        self._stamp: int | None = None
        self._begun = perf_counter()

    def run(self, *, follow: bool = False, between: Callable[[Dataset], None] | None = None) -> Ran:
        """Read what the source has, to its end (or until `stop`), and bring all of it to silver.

        With `follow`, the source is asked again and again, as often as it wants to be, until `stop`; `between` is
        called with the tables at each end, when nothing is being written. What fails is told in the result; nothing
        that was committed before is lost, and the next run goes on there.
        """
        settings = self.project.source_settings(self.name)
        ran = Ran(
            pipeline=self.name, dataset=self.project.dataset(self.name), source=str(settings.get("kind"))
        )
        begun = self._begun = perf_counter()
        with hold(self.store, name=self.project.job(self.name), beat=partial(self._beat, ran)) as held:
            if held is None:
                ran.status = "busy"
                return ran
            run = runs.start(self.store, project=self.project.name, pipeline=self.name)
            ran.run_id = run.run_id
            with bound(run=run.run_id, pipeline=self.name):
                try:
                    self._guarded(ran, partial(self._round, ran, held, between if follow else None))
                finally:
                    self.profiles.close()
            ran.took("all", 0.0, perf_counter() - begun)
            self._finish(ran)
        return ran

    def _beat(self, ran: Ran) -> None:
        if ran.run_id is not None:
            runs.beat(self.store, run_id=ran.run_id, counts=ran.told)

    def _guarded(self, ran: Ran, work: Callable[[], None]) -> None:
        for attempt in range(FENCED):
            try:
                work()
            except FencedError as fault:
                log.warning("another writer was first", error=fault.message)
                self.dataset = None
                if attempt + 1 == FENCED:
                    self._fail(ran, fault)
            except SentinelError as fault:
                self.dataset = None
                self._fail(ran, fault)
                return
            except Exception as fault:  # of a source or a library: it may end this run, and no other
                self.dataset = self.source = None
                log.exception("run failed by a fault of the program")
                self._fail(ran, SentinelError(f"{type(fault).__name__}: {first_line(fault)}"))
                return
            else:
                ran.status = "stopped" if self.stop.is_set() else "succeeded"
                return

    def _fail(self, ran: Ran, fault: SentinelError) -> None:
        later = getattr(fault, "wait", None) is not None  # a source that is throttled: no fault of anybody
        ran.status, ran.error, ran.hint = ("later" if later else "failed"), fault.message, fault.hint
        log.warning("run ended early" if later else "run failed", error=fault.message)

    def _finish(self, ran: Ran) -> None:
        status: Any = {"later": "succeeded"}.get(ran.status, ran.status)
        try:
            runs.finish(self.store, run_id=ran.run_id or "", status=status, counts=ran.told, error=ran.error)
        except StoreError as fault:
            log.warning("the store does not know of the run's end", error=fault.message)
        log.info("run ended", status=ran.status, **ran.counts, seconds=round(ran.seconds["all"], 3))

    # ------------------------------------------------------------------------------------ one round

    def _round(self, ran: Ran, held: Held, between: Callable[[Dataset], None] | None) -> None:
        dataset = self._open()
        self._reconcile(dataset)
        if finish(Tables.of(dataset)):
            log.warning(
                "a replay that was stopped had left records in quarantine that silver has; they are out"
            )
            dataset.reload()
        self.profiles.begin(dataset.rules)
        for rows, rules in dataset.waiting():
            held.check()
            verdict = self._judge(rows, rules, ran, known=remembered(dataset, rows))
            self._settle(dataset, _named(rows), verdict, rules, ran)
            ran.caught_up += 1
        if self.source is None:
            self.source = self.project.source(self.name)
        with Writes(self.name) as writes:
            while True:
                try:
                    self._flow(dataset, writes, ran, held)
                finally:
                    writes.drain()
                if between is None or self.stop.is_set():
                    return
                between(dataset)
                if self.stop.wait(self.source.pause):
                    return
                if perf_counter() - dataset.seen > STALE:
                    dataset.reload()

    def _flow(self, dataset: Dataset, writes: Writes, ran: Ran, held: Held) -> None:
        numbers = dataset.numbers()
        for batch in self._batches(dataset, ran):
            held.check()
            self._refresh(dataset, writes)
            rules = dataset.rules
            numbers[batch.partition] = number = numbers.get(batch.partition, 0) + 1
            rows = bronze_rows(batch, number=number, received=datetime.now(UTC))
            writes.add("bronze", partial(self._ingest, dataset, batch, rows, number, ran))
            if rows.num_rows:
                verdict = self._judge(rows, rules, ran)
                writes.add("silver", partial(self._settle, dataset, _named(rows), verdict, rules, ran))
            if self.stop.is_set():
                break

    def _batches(self, dataset: Dataset, ran: Ran) -> Iterator[Batch]:
        """What the source has; one batch is read while the one before it is judged."""
        assert self.source is not None  # noqa: S101  # `_round` makes it
        ask = partial(self._read, self.source.read(dataset.cursors()), ran)
        with ThreadPoolExecutor(1, thread_name_prefix=f"read {self.name}") as pool:
            coming = pool.submit(copy_context().run, ask)
            while (batch := coming.result()) is not None:
                coming = pool.submit(copy_context().run, ask)
                yield batch

    def _read(self, batches: Iterator[Batch], ran: Ran) -> Batch | None:
        begun = perf_counter()
        batch = next(batches, None)
        ran.took("read", begun - self._begun, perf_counter() - self._begun)
        return batch

    def _judge(
        self, rows: pa.Table, rules: Rules, ran: Ran, *, known: dict[int, list[Reason]] | None = None
    ) -> Verdict:
        begun = perf_counter()
        verdict = judge(rows, rules, self._attempts, known=known)
        self._timed("validate", begun, ran)
        if found := poisoned(verdict):
            partition, number = _named(rows)
            title = (
                f"{len(found)} records cannot be checked and are in quarantine: {next(iter(found.values()))}"
            )
            self._report("poison", "CRITICAL", title, partition=partition, batch=number, rows=[*found][:100])
            log.warning("records cannot be checked", partition=partition, batch=number, records=len(found))
        return verdict

    def _ingest(self, dataset: Dataset, batch: Batch, rows: pa.Table, number: int, ran: Ran) -> None:
        begun = perf_counter()
        dataset.ingest(batch, rows, number=number)
        self._timed("bronze", begun, ran)
        self.metrics.ingested(self.name, rows.num_rows)
        if batch.fault is not None:
            self._report("unreadable", "WARNING", f"{batch.origin}: {batch.fault}", batch=number)
            log.warning("a batch cannot be read", batch=number, origin=batch.origin, fault=batch.fault)

    def _settle(
        self, dataset: Dataset, named: tuple[str, int], verdict: Verdict, rules: Rules, ran: Ran
    ) -> None:
        begun = perf_counter()
        partition, number = named
        landed = dataset.settle(verdict, rules, partition=partition, batch=number)
        seconds = self._timed("silver", begun, ran)
        self.profiles.add(landed, rules)
        self._count(ran, landed, verdict)
        log.info(
            "batch committed",
            partition=partition,
            batch=number,
            rows=landed.rows,
            silver=landed.silver,
            quarantined=landed.quarantined,
            duplicates=landed.duplicates,
            seconds=round(seconds, 3),
        )
        try:
            record(self.store, dataset, landed, verdict, rules, seconds=seconds, run_id=ran.run_id or "")
        except StoreError as fault:  # the next run fills it in from the tables
            log.warning("the store does not know of a batch yet", batch=number, error=fault.message)
        self.told(ran)

    def _count(self, ran: Ran, landed: Landed, verdict: Verdict) -> None:
        ran.add(landed)
        self.metrics.quarantined(landed_dataset := ran.dataset, landed.quarantined)
        for check, count in failures_by_check(verdict.reasons).items():
            ran.checks[check] = ran.checks.get(check, 0) + count
            self.metrics.failed(f"{landed_dataset}.{check}", count)

    def _timed(self, step: str, begun: float, ran: Ran) -> float:
        ended = perf_counter()
        ran.took(step, begun - self._begun, ended - self._begun)
        self.metrics.batch(step, ended - begun)
        return ended - begun

    # ------------------------------------------------------------------------------------ around it

    def _open(self) -> Dataset:
        """The tables, as they are now."""
        if self.dataset is None:
            rules = rules_of(*self.project.agreement(self.name))
            self._stamp = self._changed()
            self.dataset = Dataset(
                self.lake, self.project.dataset(self.name), rules, archive=self.project.open_archive()
            )
        else:
            self.dataset.reload()
        return self.dataset

    def _refresh(self, dataset: Dataset, writes: Writes) -> None:
        """Take up a contract that was edited; one that cannot be taken is told, and the one before goes on."""
        stamp = self._changed()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        key = f"contract/{self.project.name}/{self.name}"
        writes.drain()  # what fails there is no fault of the contract
        try:
            rules = rules_of(*self.project.agreement(self.name))
            dataset.adopt(rules)
        except EngineError:
            raise
        except SentinelError as fault:
            log.warning("the edited contract is refused; the one before is used", error=fault.message)
            self._report("contract", "CRITICAL", f"the edited contract is refused: {fault.message}", key=key)
        else:
            log.info("the edited contract is used from here on", version=rules.version)
            findings.clear(self.store, key=key)

    def _changed(self) -> int | None:
        """When the contract's file was last written; None while it is not there."""
        try:
            return (self.project.root / self.project.pipeline(self.name).contract).stat().st_mtime_ns
        except OSError:
            return None

    def _reconcile(self, dataset: Dataset) -> None:
        try:
            if found := reconcile(self.store, dataset):
                log.info("the store was behind the tables", batches=found)
        except StoreError as fault:
            log.warning("the store cannot be brought up to date", error=fault.message)

    def _report(
        self, kind: str, severity: str, title: str, *, key: str | None = None, **details: Any
    ) -> None:
        """A finding, for somebody to look at; the run does not hang on it."""
        name = key or f"{kind}/{self.project.name}/{self.name}"
        try:
            findings.report(
                self.store,
                key=name,
                kind=kind,
                severity=severity,
                title=title[:500],
                dataset=self.project.dataset(self.name),
                details=details,
            )
        except StoreError as fault:
            log.warning("a finding is not written down", title=title, error=fault.message)


def _named(rows: pa.Table) -> tuple[str, int]:
    """The partition and the number of a batch."""
    return rows["_partition"][0].as_py(), rows["_batch"][0].as_py()


def _nobody(ran: Ran) -> None:
    pass
