"""Trying quarantined records again, after a contract was mended or with a patch; and dropping what nobody needs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sentineldq.contracts.load import load_contract
from sentineldq.errors import EvolutionError, SentinelError, UsageError
from sentineldq.lake.evolve import Broken, compare
from sentineldq.lake.iceberg import to_iceberg
from sentineldq.lake.open import Lake
from sentineldq.lake.scan import scan
from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.ledger import reconcile
from sentineldq.pipeline.poison import Attempts
from sentineldq.pipeline.profiles.mend import mend_replays
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.replay.moves import Tables, finish
from sentineldq.pipeline.replay.patch import Patch
from sentineldq.pipeline.replay.quarantine import Choice, pipeline_of
from sentineldq.pipeline.replay.step import HaltedError, Outcome, Step, Told
from sentineldq.pipeline.rules import Rules, rules_of
from sentineldq.store import runs
from sentineldq.store.database import Store


def replay(
    project: Project,
    dataset: str,
    *,
    lake: Lake,
    store: Store,
    choice: Choice | None = None,
    patch: Patch | None = None,
    contract: str | None = None,
    dry_run: bool = False,
    told: Told | None = None,
) -> Outcome:
    """Judge the chosen records of a dataset again, patched or not, and move what passes to silver, exactly once.

    contract: a file, a version or a fingerprint; by default the project's as it is now. told: is given the outcome so
    far, and how many records are chosen. May be stopped anywhere and run again, and beside running pipelines.
    Raises UsageError, EvolutionError, LakeError, StoreError.
    """
    pipeline = pipeline_of(project, dataset)
    tables = _open(lake, project.dataset(pipeline))
    rules = rules_for(project, pipeline, lake=lake, given=contract)
    outcome = Outcome(
        dataset=tables.dataset,
        dry_run=dry_run,
        contract=rules.version,
        fingerprint=rules.fingerprint,
        patch=(patch or Patch()).told,
        choice=(choice or Choice()).told,
    )
    if dry_run:
        _demand_fit(tables, rules)
    step = Step(
        tables=tables,
        outcome=outcome,
        rules=rules,
        attempts=attempts_of(project, pipeline),
        patch=patch or Patch(),
        told=told or (lambda _outcome, _all: None),
    )
    return _run(step, choice or Choice(), project=project, pipeline=pipeline, store=store)


def drop(
    project: Project,
    dataset: str,
    *,
    lake: Lake,
    store: Store,
    choice: Choice | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Take the chosen records out of quarantine for good; bronze keeps them, and silver counts them as dropped."""
    pipeline = pipeline_of(project, dataset)
    tables = _open(lake, project.dataset(pipeline))
    outcome = Outcome(dataset=tables.dataset, verb="drop", dry_run=dry_run, choice=(choice or Choice()).told)
    step = Step(
        tables=tables,
        outcome=outcome,
        rules=rules_for(project, pipeline, lake=lake),
        attempts=attempts_of(project, pipeline),
        patch=None,
    )
    return _run(step, choice or Choice(), project=project, pipeline=pipeline, store=store)


def attempts_of(project: Project, pipeline: str) -> Attempts:
    """The notes of batches that end what judges them; a replay has its own."""
    return Attempts(project.state / "attempts" / f"{quote(pipeline, safe='')}.replay.json")


def _open(lake: Lake, dataset: str) -> Tables:
    if not lake.has(f"quarantine.{dataset}") or not lake.has(f"silver.{dataset}"):
        raise UsageError(f"dataset {dataset!r} has no tables yet", hint="`sentinel run` makes them")
    return Tables.open(lake, dataset)


def _run(step: Step, choice: Choice, *, project: Project, pipeline: str, store: Store) -> Outcome:
    outcome = step.outcome
    begun = time.perf_counter()
    if outcome.dry_run:
        step.run(choice)
        outcome.seconds = round(time.perf_counter() - begun, 3)
        return outcome
    # What was found when the batches came in is written down before the records that tell of it are moved.
    reconcile(store, Dataset(step.tables.lake, step.tables.dataset, step.rules))
    run = runs.start(store, project=project.name, pipeline=f"{pipeline}/{outcome.verb}")
    outcome.run_id = run.run_id
    try:
        outcome.finished = finish(step.tables)
        step.run(choice)
    except SentinelError as fault:
        status: Literal["stopped", "failed"] = "stopped" if isinstance(fault, HaltedError) else "failed"
        runs.finish(store, run_id=run.run_id, status=status, counts=outcome.counts, error=fault.message)
        raise
    if project.profiled(pipeline):
        mend_replays(step.tables.lake, store, step.tables.dataset, step.rules)
    outcome.seconds = round(time.perf_counter() - begun, 3)
    runs.finish(store, run_id=run.run_id, status="succeeded", counts=outcome.counts)
    return outcome


# ------------------------------------------------------------------------------------------ which contract


def rules_for(project: Project, pipeline: str, *, lake: Lake, given: str | None = None) -> Rules:
    """The rules of a contract: the project's as it is now, or one given as a file, a version or a fingerprint.

    Raises UsageError, ContractError.
    """
    contract, table = project.agreement(pipeline)
    present = rules_of(contract, table)
    if given is None or given in {present.version, present.fingerprint}:
        return present
    if Path(given).is_file():
        other = load_contract(Path(given), variables=project.variables)
    else:
        other = load_contract(_kept(lake, project.dataset(pipeline), given))
    found = other.object(table.name or "") or other.schema[0]
    return rules_of(other, found)


def _kept(lake: Lake, dataset: str, given: str) -> str:
    """The text of a contract that has judged records of quarantine, by version or fingerprint."""
    quarantine = lake.table(f"quarantine.{dataset}")
    pairs = scan(quarantine, columns=["contract", "contract_fingerprint"]).unique().collect().rows()
    versions = {fingerprint for version, fingerprint in pairs if given == version} or {given}
    if len(versions) > 1:
        raise UsageError(
            f"version {given} has been several contracts: {', '.join(sorted(versions))}",
            hint="name one of these",
        )
    source = quarantine.io.new_input(f"{lake.warehouse}/contracts/{versions.pop()}.yaml")
    if not source.exists():
        known = ", ".join(sorted(f"{version} ({fingerprint})" for version, fingerprint in pairs))
        raise UsageError(
            f"there is no contract {given!r}: no file, version or fingerprint is called so",
            hint=f"quarantine knows {known}" if known else None,
        )
    with source.open() as stream:
        return stream.read().decode()


def _demand_fit(tables: Tables, rules: Rules) -> None:
    """What a dry run says of columns, without changing them. Raises EvolutionError."""
    steps = compare(tables.silver.schema().as_struct(), to_iceberg(rules.schema).as_struct())
    broken = [step.reason for step in steps if isinstance(step, Broken)]
    if broken:
        raise EvolutionError(
            f"silver.{tables.dataset}", broken, hint="the replay would be refused for the same"
        )
