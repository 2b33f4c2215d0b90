"""Accepting an upload: its check and its job are written in one transaction, after its file is safely on disk."""

from __future__ import annotations

import os
import uuid

from sentineldq.server.security.principal import Principal
from sentineldq.server.state import State
from sentineldq.server.uploads.run import KIND, folder_of
from sentineldq.store import clock, jobs, sources, uploads
from sentineldq.store.sources import DataSource
from sentineldq.store.uploads import Upload


def accept(here: State, check_id: str, *, source: str, file_name: str, size: int, by: Principal) -> Upload:
    """Have a file that is on disk checked, for the source of a name, made where it is new. Raises StoreError."""
    with here.store.write() as connection:
        now = clock.read(connection)
        found = sources.named(connection, source, owner=by.name, now=now)
        made = Upload(
            check_id=check_id,
            source_id=found.source_id,
            job_id=jobs.identify(),
            file_name=file_name,
            format=None,
            size=size,
            rows=None,
            columns=None,
            status="waiting",
            score=None,
            parts={},
            error=None,
            uploaded_by=by.name,
            created_at=now,
            ended_at=None,
        )
        uploads.add(connection, made)
        payload = {"check_id": check_id}
        job_id = str(made.job_id)
        jobs.add(connection, job_id=job_id, kind=KIND, payload=payload, made_by=by.name, owner=by.owner)
    return made


def again(here: State, source: DataSource, *, by: Principal) -> Upload | None:
    """Have the last file of a source that was kept checked once more; None where none was."""
    folder = folder_of(here)
    for last in uploads.query(here.store, source_id=source.source_id, statuses=("done",), limit=10):
        kept = folder.data(last.check_id)
        check_id = str(uuid.uuid4())
        try:
            os.link(kept, folder.data(check_id))
        except FileNotFoundError:
            continue
        return accept(here, check_id, source=source.name, file_name=last.file_name, size=last.size, by=by)
    return None
