"""Watch mode: every pipeline in a thread of its own, gold, freshness and upkeep on their schedules, until told to stop.

A pipeline without a schedule follows its source. One with a schedule runs once for each due instant, in whichever
process claims it first. A run that fails is tried again, later and later; then it is a finding.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime

import tenacity
from pyiceberg.table import Table

from sentineldq.alerts.loop import follow
from sentineldq.contracts.duration import parse_duration
from sentineldq.errors import LakeError, SentinelError, StoreError
from sentineldq.lake import upkeep
from sentineldq.lake.expire import Keep
from sentineldq.lake.open import Lake
from sentineldq.lake.orphans import delete_orphans, find_orphans
from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.drift.look import look_at_drift
from sentineldq.pipeline.freshness import keep, measure_all
from sentineldq.pipeline.monitor.run import run_monitors, stale, tell
from sentineldq.pipeline.owners import context_of
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.round import build_gold
from sentineldq.pipeline.runner import Runner
from sentineldq.pipeline.schedule import Schedule, missed, next_due, parse
from sentineldq.pipeline.tally import Ran
from sentineldq.store import due, findings, prune
from sentineldq.store.database import Store
from sentineldq.store.hold import hold
from sentineldq.telemetry.logs import logger
from sentineldq.telemetry.metrics import Metrics

ATTEMPTS = 5
"""How often a run is tried before its failure is a finding."""

FIRST, LONGEST = 1.0, 60.0
"""Seconds between attempts, at first and at most."""

LOOK = 30.0
"""Longest wait in seconds before schedules are looked at again."""

TABLES = 3
"""Of a pipeline: bronze, quarantine, silver."""

GOLD = {"every": "5m"}
FRESHNESS = {"every": "1m"}
MONITORS = {"every": "5m"}
DRIFT = {"every": "6h"}
UPKEEP = {"every": "1d"}

log = logger(__name__)


def watch(
    project: Project,
    *,
    names: Collection[str] = (),
    metrics: Metrics | None = None,
    stop: threading.Event,
) -> None:
    """Run a project until `stop` is set; the batches in hand are finished first. Raises UsageError before it begins."""
    chosen = [name for name in project.settings.pipelines if not names or name in names]
    for name in names:
        project.pipeline(name)
    shared = metrics or Metrics()
    jobs: dict[str, Callable[[], None]] = {}
    for name in chosen:
        jobs[name] = _pipeline(project, name, metrics=shared, stop=stop)
    for name, config, work in (
        ("gold", project.settings.gold.schedule or GOLD, _gold),
        ("freshness", FRESHNESS, _freshness),
        ("monitors", project.settings.monitors.schedule or MONITORS, _monitors),
        ("drift", project.settings.monitors.drift_schedule or DRIFT, _drift),
        ("upkeep", project.settings.upkeep.schedule or UPKEEP, _upkeep),
    ):
        jobs[name] = _scheduled(project, name, parse(config, name=name), work, stop=stop, metrics=shared)
    jobs["alerts"] = _alerts(project, stop)
    threads = [threading.Thread(target=work, name=name, daemon=True) for name, work in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# ---------------------------------------------------------------------------------------- pipelines


def _pipeline(project: Project, name: str, *, metrics: Metrics, stop: threading.Event) -> Callable[[], None]:
    config = project.pipeline(name).schedule
    schedule = parse(config, name=name) if config else None

    def work() -> None:
        with project.open_lake() as lake, project.open_store() as store:
            runner = Runner(project, name, lake=lake, store=store, metrics=metrics, stop=stop)

            def once() -> None:
                attempt(runner, store, stop, follow=schedule is None)

            if schedule is None:
                while not stop.is_set():
                    once()
                    stop.wait(runner.source.pause if runner.source else LOOK)
            else:
                _at_each(store, project.job(name), schedule, once, stop)

    return work


def attempt(runner: Runner, store: Store, stop: threading.Event, *, follow: bool) -> Ran:
    """Run a pipeline, again where it fails, with longer and longer waits; a failure that stays is a finding."""
    tidy = _tidy(runner.project)
    tries = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda ran: ran.status == "failed"),
        stop=tenacity.stop_any(tenacity.stop_after_attempt(ATTEMPTS), tenacity.stop_when_event_set(stop)),
        wait=tenacity.wait_exponential_jitter(multiplier=FIRST, max=LONGEST),
        sleep=tenacity.sleep_using_event(stop),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    ran: Ran = tries(runner.run, follow=follow, between=tidy if follow else None)
    if not follow and runner.dataset is not None:
        for _ in range(TABLES):
            tidy(runner.dataset)
    key = f"run/{runner.project.job(runner.name)}"
    with suppress(StoreError):
        if ran.status == "failed":
            findings.report(
                store,
                key=key,
                kind="run",
                severity="CRITICAL",
                title=f"pipeline {runner.name} fails: {ran.error}"[:500],
                dataset=ran.dataset,
                details={"run": ran.run_id, "attempts": ATTEMPTS},
            )
        elif ran.status == "succeeded":
            findings.clear(store, key=key)
    return ran


def _tidy(project: Project) -> Callable[[Dataset], None]:
    """Compaction and expiry of a pipeline's tables, one at a time; never a reason for a run to fail.

    What is to be read meanwhile waits for one table, and not for all of them, which come due together.
    """
    policy = _policy(project)
    turns = deque(range(TABLES))

    def tidy(dataset: Dataset) -> None:
        tables = (dataset.bronze, dataset.quarantine, dataset.silver)
        for turn in (*turns,):
            turns.rotate(-1)
            if _keep_up(tables[turn], policy):
                dataset.reload()
                return

    return tidy


def _keep_up(table: Table, policy: upkeep.Policy) -> bool:
    try:
        if not upkeep.due(table, policy):
            return False
        upkeep.perform(table, upkeep.plan(table, policy), policy)
    except LakeError as fault:
        log.warning("upkeep failed", table=".".join(table.name()), error=fault.message)
    return True


def _policy(project: Project) -> upkeep.Policy:
    return upkeep.Policy(keep=Keep(age=parse_duration(project.settings.upkeep.keep_snapshots)))


def _alerts(project: Project, stop: threading.Event) -> Callable[[], None]:
    def work() -> None:
        with project.open_store() as store:
            follow(store, context_of(project), stop=stop)

    return work


# ---------------------------------------------------------------------------------------- schedules

Work = Callable[[Project, Lake, Store, Metrics], None]


def _scheduled(
    project: Project, name: str, schedule: Schedule, work: Work, *, stop: threading.Event, metrics: Metrics
) -> Callable[[], None]:
    job = project.job(f"({name})")

    def loop() -> None:
        with project.open_lake() as lake, project.open_store() as store:

            def once() -> None:
                try:
                    with hold(store, name=job) as held:
                        if held is not None:
                            work(project, lake, store, metrics)
                except SentinelError as fault:
                    log.warning("a job failed", job=name, error=fault.message)

            _at_each(store, job, schedule, once, stop)

    return loop


def _at_each(
    store: Store, job: str, schedule: Schedule, work: Callable[[], None], stop: threading.Event
) -> None:
    """Do work once for each instant that is due, here or in another process; what came due meanwhile is skipped."""
    since = _last(store, job) or datetime.now(UTC)
    if _last(store, job) is None:
        _claimed(store, job, since, work)
    while not stop.is_set():
        found = missed(schedule, since=since, now=datetime.now(UTC), policy="latest")
        _skip(store, job, found.skipped, "nothing ran then")
        for instant in found.run:
            _claimed(store, job, instant, work)
            ended = datetime.now(UTC)
            _skip(
                store, job, missed(schedule, since=instant, now=ended, policy="skip").skipped, "a run went on"
            )
            since = ended
        wait = (next_due(schedule, since) - datetime.now(UTC)).total_seconds()
        stop.wait(min(max(wait, 0.0), LOOK))


def _skip(store: Store, job: str, instants: Iterable[datetime], note: str) -> None:
    for instant in instants:
        with suppress(StoreError):
            due.skip(store, job=job, due_at=instant, note=note)


def _last(store: Store, job: str) -> datetime | None:
    try:
        return due.last(store, job=job)
    except StoreError as fault:
        log.warning("the store does not answer", error=fault.message)
        return None


def _claimed(store: Store, job: str, instant: datetime, work: Callable[[], None]) -> None:
    try:
        if not due.claim(store, job=job, due_at=instant):
            return
    except StoreError as fault:
        log.warning("a due run is left out", job=job, due=instant.isoformat(), error=fault.message)
        return
    work()
    with suppress(StoreError):
        due.finish(store, job=job, due_at=instant, state="done")


# ---------------------------------------------------------------------------------------- what else is due


def _gold(project: Project, lake: Lake, store: Store, metrics: Metrics) -> None:  # noqa: ARG001  # one shape for all
    for made in build_gold(project, lake, store):
        if made.status != "unchanged":
            log.info("gold", model=made.model, status=made.status, rows=made.rows, seconds=made.seconds)


def _freshness(project: Project, lake: Lake, store: Store, metrics: Metrics) -> None:
    now = datetime.now(UTC)
    found = measure_all(project, lake, now=now)
    for one in found:
        if one.age_seconds is not None:
            metrics.lag(one.dataset, one.age_seconds)
    keep(lake, store, found, now=now)
    for one in found:
        tell(store, project.name, stale(one, now=now))


def _monitors(project: Project, lake: Lake, store: Store, metrics: Metrics) -> None:  # noqa: ARG001  # one shape for all
    if project.settings.monitors.enabled:
        for one in run_monitors(project, lake, store, now=datetime.now(UTC)):
            if one.severity is not None:
                log.warning("a monitor found", series=one.series, severity=one.severity, what=one.message)


def _drift(project: Project, lake: Lake, store: Store, metrics: Metrics) -> None:  # noqa: ARG001  # one shape for all
    for one in look_at_drift(project, store, now=datetime.now(UTC)):
        if one.reason:
            log.info("drift is not looked at", dataset=one.dataset, reason=one.reason)
        else:
            log.info("drift", dataset=one.dataset, found=len(one.drifted), worst=one.worst)


def _upkeep(project: Project, lake: Lake, store: Store, metrics: Metrics) -> None:  # noqa: ARG001  # one shape for all
    policy = _policy(project)
    for name in lake.names():
        try:
            _keep_up(lake.table(name), policy)
            delete_orphans(lake.table(name), find_orphans(lake.table(name)))
        except LakeError as fault:
            log.warning("upkeep failed", table=name, error=fault.message)
    _prune(project, store)


def _prune(project: Project, store: Store) -> None:
    """Delete what the store has kept for long enough."""
    now = datetime.now(UTC)
    before = dict.fromkeys(prune.AGES, now - parse_duration(project.settings.upkeep.keep_history))
    before["profiles"] = now - parse_duration(project.settings.profiles.keep)
    done = {name: count for name, count in prune.prune(store, before=before).items() if count}
    if done:
        log.info("old rows are out of the store", **done)
