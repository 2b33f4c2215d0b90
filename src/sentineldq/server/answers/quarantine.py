"""Quarantine, as it is answered: counts, records, and what replays have taken out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from sentineldq.pipeline.replay.past import Move
from sentineldq.pipeline.replay.quarantine import Record
from sentineldq.server.answers.reasons import ErrorOut, error
from sentineldq.server.catalog import Dataset
from sentineldq.server.mask import patch_without


class HeldOut(BaseModel):
    """How much of a dataset is in quarantine, and how much of it came in the last 24 hours."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"dataset": "events", "records": 914, "last_day": 76}]}
    )

    dataset: str
    records: int
    last_day: int


class Group(BaseModel):
    """The records that one check refused, with one of its reasons and the record it is of."""

    check: str
    records: int
    message: str
    hash: str
    first: datetime
    last: datetime


class Groups(BaseModel):
    """What quarantine has of a dataset, by check, the fullest first; one record may have failed several."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "records": 76,
                    "contracts": ["1.0.0"],
                    "groups": [
                        {
                            "check": "id.required",
                            "records": 40,
                            "message": "id: expected a value",
                            "hash": "9f86d081884c7d65",
                            "first": "2026-11-19T00:00:00Z",
                            "last": "2026-11-20T00:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    dataset: str
    records: int
    contracts: list[str]
    groups: list[Group]


class Arrived(BaseModel):
    """How many of the records that are in quarantine came in one hour or day; check: null for all of them."""

    check: str | None
    at: datetime
    records: int


class Arrivals(BaseModel):
    """What is in quarantine, by check and by when it came, from `since` to before `until`.

    Times at which nothing came are left out.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "grain": "hour",
                    "since": "2026-11-13T00:00:00Z",
                    "until": "2026-11-20T13:00:00Z",
                    "items": [{"check": "id.required", "at": "2026-11-20T09:00:00Z", "records": 40}],
                }
            ]
        }
    )

    dataset: str
    grain: Literal["hour", "day"]
    since: datetime
    until: datetime
    items: list[Arrived]


class ContractChoice(BaseModel):
    """A contract that a replay may judge by. now: the project's, as it is at this moment."""

    version: str
    fingerprint: str
    now: bool


class RecordOut(BaseModel):
    """A refused record without its content, with every error."""

    hash: str
    partition: str
    batch: int
    row: int
    received_at: datetime
    origin: str | None
    contract: str
    errors: list[ErrorOut]


Verdict = Literal["passes", "duplicate", "dropped", "refused", "error"]


class RecordDetail(RecordOut):
    """A refused record with its content; classified values read `***`, `masked` counts them.

    Where the contract classifies anything, texts that it does not describe are masked as well.

    verdict: what a replay would make of it now, by the contract as it is; reasons: what that has against it.
    same: further records of the same bytes. form: `json`, or `text` for a row of cells. fault: why its whole batch
    could not be read. content: its first bytes in base64, where they are no JSON and nothing of them is classified.
    size: of all its bytes. run_id: of the run that brought it.
    """

    value: Any
    masked: int
    same: int
    verdict: Verdict
    reasons: list[ErrorOut]
    form: str
    fault: str | None
    content: str | None
    size: int
    run_id: str | None


class MoveOut(BaseModel):
    """One step of a replay, or of a drop: how many records left quarantine, and how. Large replays take several."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "move": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "at": "2026-11-20T12:00:00Z",
                    "verb": "replay",
                    "run_id": "20261120T120000-1f3a5c7e",
                    "contract": "1.0.0",
                    "patch": {"set": ["public=true"], "sql": None},
                    "recovered": 40,
                    "duplicates": 2,
                    "dropped": 0,
                }
            ]
        }
    )

    move: str
    at: datetime
    verb: str
    run_id: str | None
    contract: str | None
    patch: dict[str, Any]
    recovered: int
    duplicates: int
    dropped: int


class GoneOut(BaseModel):
    """A record that has left quarantine, and what became of it."""

    partition: str
    batch: int
    row: int
    fate: Literal["recovered", "duplicate", "dropped"]


class Past(BaseModel):
    """A record that has left quarantine: as it came, what was said of it then, by what it left, and its row of silver.

    errors: as they were found when it came in. silver: null where it is not there, or a later record is in its place.
    """

    partition: str
    batch: int
    row: int
    received_at: datetime
    origin: str | None
    fate: Literal["recovered", "duplicate", "dropped"] | None
    move: MoveOut | None
    errors: list[ErrorOut]
    value: Any
    masked: int
    silver: dict[str, Any] | None
    run_id: str | None


def record_shown(record: Record, dataset: Dataset) -> RecordOut:
    """A record of quarantine without its content."""
    return RecordOut(
        hash=record.hash,
        partition=record.partition,
        batch=record.batch,
        row=record.row,
        received_at=record.received_at,
        origin=record.origin,
        contract=record.contract,
        errors=[error(reason, dataset.private) for reason in record.reasons],
    )


def move_shown(move: Move, dataset: Dataset) -> MoveOut:
    """A step of a replay, without values that it gave to what is classified."""
    told = {name: getattr(move, name) for name in MoveOut.model_fields if hasattr(move, name)}
    return MoveOut(**{**told, "move": move.name, "patch": patch_without(move.patch, dataset.private)})
