"""The job of an upload: its file to a report, the report to the store, what is wrong to findings."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from sentineldq.contracts.duration import parse_duration
from sentineldq.errors import ReadError, SentinelError
from sentineldq.pipeline.project import Project
from sentineldq.server.jobs.task import Done, FailedError, LostError, Task
from sentineldq.server.state import State
from sentineldq.server.uploads.folder import Folder
from sentineldq.server.uploads.inspect import Report, Request
from sentineldq.server.uploads.judge import Breach
from sentineldq.server.uploads.process import Step, examine
from sentineldq.server.uploads.thresholds import PARTS, thresholds_of
from sentineldq.store import clock, findings, jobs, prune, sources, uploads
from sentineldq.store.jobs import Job
from sentineldq.store.sources import DataSource
from sentineldq.store.uploads import Upload

KIND = "upload"
WHATS = ("unreadable", "empty", "score", *PARTS)
"""What may be wrong with an upload: the ends of its findings' keys."""


def folder_of(here: State) -> Folder:
    """Where a project's uploads lie."""
    return Folder(here.project.state / "uploads")


def sweep(here: State) -> None:
    """Remove jobs and checks that are old, then files that nobody needs. Raises StoreError.

    `sentinel run --watch` prunes too; a server that takes uploads and has no pipeline beside it does it alone.
    """
    old = datetime.now(UTC) - parse_duration(here.project.settings.upkeep.keep_history)
    prune.prune(here.store, before=dict.fromkeys(("jobs", "data_quality_checks"), old))
    folder_of(here).sweep(here.store, keep=here.project.settings.server.keep_uploads)


def work(here: State, task: Task) -> Done:
    """Check an upload. Raises FailedError where its file cannot be read, and what Task.tell raises."""
    check_id = str(task.job.payload["check_id"])
    folder = folder_of(here)
    upload, source = _asked(here, check_id)
    if not folder.data(check_id).is_file():
        raise FailedError("the file is gone", hint="upload it again")
    task.tell({"step": "starting", "rows": None})
    with here.store.write() as connection:
        uploads.change(connection, check_id, status="running")
    request = _request(here, folder, upload, source)
    try:
        report = examine(request, tell=partial(_tell, task))
    except ReadError as fault:
        raise FailedError(fault.message, hint=fault.hint) from fault
    except LostError:
        found = jobs.get(here.store, task.job.job_id)
        if found is not None and found.state == "cancelled":
            folder.drop(check_id)
        raise
    failing = Path(request.work) / "failing.csv"
    failing.replace(folder.failing(check_id))
    tell_findings(here, source, upload, report.breaches)
    kept = here.project.settings.server.keep_uploads
    return Done(
        result={"check_id": check_id, "score": report.score, "passed": report.passed},
        along=partial(_write, check_id=check_id, report=report),
        after=partial(folder.drop, check_id, kept=kept),
    )


def failed(here: State, job: Job, error: str) -> Done:
    """An upload that could not be checked: it is said, and its file is removed."""
    check_id = str(job.payload["check_id"])
    upload = uploads.get(here.store, check_id)
    source = sources.get(here.store, upload.source_id) if upload else None
    if upload is not None and source is not None:
        breach = Breach(what="unreadable", severity="WARNING", message=f"{source.name}: {error}")
        _report(here, source, upload, breach)
    return Done(
        result={"check_id": check_id},
        along=partial(_give_up, check_id=check_id, error=error),
        after=partial(folder_of(here).drop, check_id),
    )


def cancel(here: State, job: Job) -> bool:
    """Cancel the check of an upload; False where it is over."""
    check_id = str(job.payload["check_id"])
    along = partial(_give_up, check_id=check_id, error="cancelled")
    if not jobs.cancel(here.store, job.job_id, along=along):
        return False
    if job.state == "waiting":
        folder_of(here).drop(check_id)
    return True


def tell_findings(here: State, source: DataSource, upload: Upload, breaches: list[Breach]) -> None:
    """Open a finding for each breach, and clear those of a source that are over."""
    for breach in breaches:
        _report(here, source, upload, breach)
    for what in {*WHATS} - {breach.what for breach in breaches}:
        findings.clear(here.store, key=key(source, what))


def key(source: DataSource, what: str) -> str:
    """The key of a finding of a source."""
    return f"upload/{source.source_id}/{what}"


def _report(here: State, source: DataSource, upload: Upload, breach: Breach) -> None:
    details = {
        "source": source.name,
        "source_id": source.source_id,
        "check_id": upload.check_id,
        "file": upload.file_name,
        "value": breach.value,
        "threshold": breach.threshold,
    }
    findings.report(
        here.store,
        key=key(source, breach.what),
        kind="upload",
        severity=breach.severity,
        title=breach.message[:500],
        dataset=source.name,
        details=details,
    )


def _asked(here: State, check_id: str) -> tuple[Upload, DataSource]:
    upload = uploads.get(here.store, check_id)
    source = sources.get(here.store, upload.source_id) if upload else None
    if upload is None or source is None:
        raise FailedError("the upload is no longer known")
    return upload, source


def _request(here: State, folder: Folder, upload: Upload, source: DataSource) -> Request:
    last = uploads.latest(here.store, source.source_id, before=upload.created_at)
    baseline = (last.report or {}).get("profile") if last else None
    try:
        thresholds = thresholds_of(source.thresholds)
    except msgspec.ValidationError as fault:
        raise FailedError(f"the thresholds of {source.name} are not valid: {fault}") from fault
    contract, contract_object = _contract(here.project, source.name)
    return Request(
        path=str(folder.data(upload.check_id)),
        work=str(folder.work(upload.check_id)),
        name=upload.file_name,
        source=source.name,
        limit=here.project.settings.server.upload_limit,
        thresholds=thresholds,
        baseline=baseline,
        contract=contract,
        contract_object=contract_object,
    )


def _contract(project: Project, name: str) -> tuple[str | None, str | None]:
    """The contract of the dataset that a source is called like, as its path and object, where the project has one."""
    for pipeline in project.settings.pipelines:
        if project.dataset(pipeline) != name:
            continue
        try:
            _, found = project.agreement(pipeline)
        except SentinelError:
            return None, None  # `sentinel contract lint` says what is wrong with it
        return str(project.root / project.pipeline(pipeline).contract), found.name
    return None, None


def _tell(task: Task, step: Step | None) -> None:
    task.tell(None if step is None else {"step": step.step, "rows": step.rows})


def _write(connection: Connection, *, check_id: str, report: Report) -> None:
    values: dict[str, Any] = {
        "status": "done",
        "score": report.score,
        "rows": report.rows,
        "columns": report.columns,
        "format": report.format,
        "parts": report.parts,
        "report": msgspec.to_builtins(report),
        "error": None,
        "ended_at": clock.read(connection),
    }
    uploads.change(connection, check_id, **values)


def _give_up(connection: Connection, *, check_id: str, error: str) -> None:
    ended = clock.read(connection)
    uploads.change(connection, check_id, status="failed", error=error[:2000], ended_at=ended)
