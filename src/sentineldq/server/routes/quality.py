"""Data quality: files to check, the sources they are of, and what came of them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from pydantic import WithJsonSchema
from starlette.concurrency import run_in_threadpool

from sentineldq.server.page import Cursor, Limit, Page, before, decode_cursor, paged
from sentineldq.server.problems import NotFoundError, RequestError, documented
from sentineldq.server.security.principal import Analyst, Principal, Steward, Viewer
from sentineldq.server.span import Span, spans
from sentineldq.server.state import Here, State
from sentineldq.server.uploads import accept, history, label, report, show
from sentineldq.server.uploads.model import (
    Accepted,
    AlertOfCheck,
    CheckWithReport,
    Described,
    FileCheck,
    Quality,
    ScoreTrend,
    SourceOut,
    Summary,
)
from sentineldq.server.uploads.receive import receive
from sentineldq.server.uploads.run import WHATS, folder_of, key
from sentineldq.server.uploads.thresholds import Thresholds, described
from sentineldq.store import alerts, sources, uploads
from sentineldq.store.sources import DataSource
from sentineldq.store.uploads import Upload

router = APIRouter(prefix="/data-quality", tags=["data quality"])

HISTORY = 200
"""Checks that a source's history shows, at most."""

LONGEST = 3650
"""Days of history that are shown, at most."""

DAY = timedelta(days=1)

Check = Annotated[str, Path(max_length=100)]
Source = Annotated[str, Path(max_length=100)]
Label = Annotated[str | None, Query(max_length=1000, description="What the file is called.")]
Named = Annotated[
    str | None,
    Query(
        max_length=300,
        description="The source it is of, made where it is new; the file's name, unless given.",
    ),
]

FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "minLength": 1},
                        "source": {"type": "string", "examples": ["orders"]},
                    },
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}},
        },
    }
}

PERHAPS = {"requestBody": {**FILE["requestBody"], "required": False}}


@router.post("/upload", status_code=202, openapi_extra=FILE)
@router.put("/upload", status_code=202, openapi_extra=FILE)
async def upload(
    request: Request, me: Analyst, here: Here, name: Label = None, source: Named = None
) -> Accepted:
    """Take a file (CSV, NDJSON, JSON, Parquet, Excel; also packed) and have it checked in the background.

    A form with the field `file`, or the file itself as the body. The answer comes once it is safely on disk.
    """
    return await _taken(request, me, here, name=name, source=source, of=None)


@router.get("/sources")
def list_sources(
    _: Viewer,
    here: Here,
    text: Annotated[str | None, Query(max_length=300, description="Part of a name.")] = None,
    sort: Annotated[
        Literal["name", "score"], Query(description="score: the lowest last score first; without one, last.")
    ] = "name",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SourceOut]:
    """Sources, each with its newest check and its last scores."""
    total = sources.count(here.store) if not text else None
    if sort == "score":
        after = decode_cursor(cursor, float, str)
        scored = sources.worst(here.store, text=text, after=after, limit=limit + 1)  # type: ignore[arg-type]
        told = _shown(here, [row for _, row in scored[:limit]])
        return paged(
            scored,
            limit,
            item=lambda one: told[one[1].source_id],
            place=lambda one: (one[0], one[1].name),
            total=total,
        )
    place = decode_cursor(cursor, str)
    rows = sources.query(here.store, text=text, after=str(place[0]) if place else None, limit=limit + 1)
    told = _shown(here, rows[:limit])
    return paged(
        rows, limit, item=lambda row: told[row.source_id], place=lambda row: (row.name,), total=total
    )


@router.get("/sources/{source_id}/quality")
def quality(
    source_id: Source,
    me: Viewer,
    here: Here,
    span: Annotated[Span, Depends(spans(usual=LONGEST, most=LONGEST))],
) -> Quality:
    """A source: its newest finished check, its history and trend."""
    source = _source(here, source_id)
    rows = uploads.query(here.store, source_id=source_id, since=span.since, until=span.until, limit=HISTORY)
    latest = uploads.latest(here.store, source_id)
    scores = [row.score for row in reversed(rows) if row.status == "done" and row.score is not None]
    return Quality(
        source=show.with_latest(here, [source], recent=True)[0],
        latest=show.full(latest, source, me) if latest else None,
        history=[show.check(row, source) for row in reversed(rows)],
        trend=ScoreTrend(**history.trend(scores)),
    )


@router.post("/sources/{source_id}/check", status_code=202, openapi_extra=PERHAPS)
async def check(source_id: Source, request: Request, me: Analyst, here: Here, name: Label = None) -> Accepted:
    """Check a source again: the file of this request, or without one the last that was kept."""
    source = await run_in_threadpool(_source, here, source_id)
    empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    if not empty:
        return await _taken(request, me, here, name=name, source=source.name, of=source)
    await run_in_threadpool(here.uploads.take, f"uploads of {me.owner}")
    again = await run_in_threadpool(accept.again, here, source, by=me)
    if again is None:
        raise RequestError(
            409,
            "no file of this source was kept",
            hint="send one with this request, or set `keep-uploads` in the section `server` of sentinel.yaml",
        )
    return show.accepted(again)


@router.put("/sources/{source_id}/thresholds")
def set_thresholds(
    source_id: Source,
    given: Annotated[
        dict[str, Any],
        WithJsonSchema(described()),
        Body(examples=[{"score": 0.9, "completeness": 0.95, "weights": {"accuracy": 0}}]),
    ],
    _: Steward,
    here: Here,
) -> SourceOut:
    """Say what a source's uploads must reach, from the next on; what is left out is as usual."""
    try:
        msgspec.convert(given, Thresholds)
    except msgspec.ValidationError as fault:
        known = ", ".join(Thresholds.__struct_fields__)
        raise RequestError(422, f"thresholds: {fault}", hint=f"known: {known}") from fault
    found = sources.change(here.store, source_id, now=datetime.now(UTC), thresholds=given)
    return show.with_latest(here, [_known(found, source_id)])[0]


@router.patch("/sources/{source_id}")
def describe(source_id: Source, given: Described, _: Steward, here: Here) -> SourceOut:
    """Say what a source is, and whose."""
    values = given.model_dump(exclude_unset=True)
    found = sources.change(here.store, source_id, now=datetime.now(UTC), **values)
    return show.with_latest(here, [_known(found, source_id)])[0]


@router.get("/summary")
def summary(_: Viewer, here: Here) -> Summary:
    """All sources together, and those that do worst."""
    every = show.with_latest(here, sources.query(here.store, limit=None))
    today = uploads.counts(here.store, since=datetime.now(UTC) - DAY)
    found = uploads.counts(here.store)
    scored = [one for one in every if one.latest and one.latest.score is not None]
    below = [
        one
        for one in every
        if one.latest
        and history.below(one.latest.score, one.latest.model_dump()["parts"], one.thresholds.model_dump())
    ]

    def by(*statuses: str) -> int:
        return sum(number for (_, status), number in found.items() if status in statuses)

    return Summary(
        sources=len(every),
        checks=sum(found.values()),
        checks_today=sum(today.values()),
        waiting=by("waiting", "running"),
        failed=by("failed"),
        score=sum(one.latest.score for one in scored) / len(scored) if scored else None,  # type: ignore[union-attr,misc]
        below=len(below),
        worst=sorted(scored, key=lambda one: one.latest.score)[:5],  # type: ignore[union-attr,arg-type,return-value]
        upload_limit=here.project.settings.server.upload_limit,
        kept=here.project.settings.server.keep_uploads,
    )


@router.get("/checks")
def list_checks(
    _: Viewer,
    here: Here,
    source: Annotated[str | None, Query(max_length=100, description="The id of a source.")] = None,
    status: Annotated[list[Literal["waiting", "running", "done", "failed"]] | None, Query()] = None,
    text: Annotated[
        str | None, Query(max_length=300, description="Part of a file's name, or of its source's.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[FileCheck]:
    """Checks of uploads, the newest first."""
    rows = uploads.query(
        here.store,
        source_id=source,
        statuses=status or (),
        text=text,
        before=before(cursor),
        limit=limit + 1,
    )
    told = {one.check_id: one for one in show.checks(here, rows[:limit])}
    return paged(
        rows, limit, item=lambda row: told[row.check_id], place=lambda row: (row.created_at, row.check_id)
    )


@router.get("/checks/{check_id}")
def one(check_id: Check, me: Viewer, here: Here) -> CheckWithReport:
    """A check with all that was found."""
    found = _check(here, check_id)
    return show.full(found, _source(here, found.source_id), me)


@router.get("/checks/{check_id}/alerts")
def alerts_of(check_id: Check, _: Viewer, here: Here) -> list[AlertOfCheck]:
    """The alerts that tell of what a check found; they come a moment after it."""
    found = _check(here, check_id)
    source = _source(here, found.source_id)
    whats = {key(source, what): what for what in WHATS}
    known = alerts.of_keys(here.store, whats, dataset=source.name, since=found.ended_at or datetime.now(UTC))
    below = _breached(found)
    return [
        AlertOfCheck(
            what=whats[name],
            alert_id=one.alert_id,
            status=one.status,  # type: ignore[arg-type]  # the store's own rule
            severity=one.severity,  # type: ignore[arg-type]
            title=one.title,
        )
        for name, one in sorted(known.items())
        if whats[name] in below
    ]


@router.get(
    "/checks/{check_id}/report",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in report.TYPES.values()}}, **documented(410)},
)
def download(
    check_id: Check,
    _: Analyst,
    here: Here,
    format: Literal["html", "json", "csv"] = "html",  # noqa: A002
) -> Response:
    """The report to download: a page that needs nothing else, JSON, or the failing rows as CSV."""
    found = _check(here, check_id)
    if found.status != "done" or found.report is None:
        raise RequestError(409, "the check is not done", hint=found.error)
    return report.download(found, folder_of(here).failing(check_id), format)


async def _taken(
    request: Request,
    me: Principal,
    here: State,
    *,
    name: str | None,
    source: str | None,
    of: DataSource | None,
) -> Accepted:
    """Take a file to disk, then accept it: with its job, or not at all."""
    await run_in_threadpool(here.uploads.take, f"uploads of {me.owner}")
    check_id = str(uuid.uuid4())
    folder = await run_in_threadpool(folder_of, here)
    got = await receive(request, folder, check_id, limit=here.project.settings.server.upload_limit)
    file_name = label.clean(name or got.fields.get("name") or got.name)
    wanted = source or got.fields.get("source")
    source_name = of.name if of else label.title(wanted or label.stem(file_name))
    try:
        made = await run_in_threadpool(
            accept.accept,
            here,
            check_id,
            source=source_name,
            file_name=file_name,
            size=got.size,
            by=me,
        )
    except BaseException:
        await run_in_threadpool(folder.drop, check_id)
        raise
    return show.accepted(made)


def _breached(found: Upload) -> set[str]:
    """What a check opened findings of."""
    if found.status == "failed":
        return {"unreadable"}
    return {one["what"] for one in (found.report or {}).get("breaches", ())}


def _shown(here: State, rows: list[DataSource]) -> dict[str, SourceOut]:
    return {one.source_id: one for one in show.with_latest(here, rows, recent=True)}


def _source(here: State, source_id: str) -> DataSource:
    return _known(sources.get(here.store, source_id), source_id)


def _known(found: DataSource | None, source_id: str) -> DataSource:
    if found is None:
        raise NotFoundError(f"source {source_id!r}")
    return found


def _check(here: State, check_id: str) -> Upload:
    found = uploads.get(here.store, check_id)
    if found is None:
        raise NotFoundError(f"check {check_id!r}")
    return found
