"""Records held against a contract as they are sent: nothing is kept of them."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict

from sentineldq.pipeline.inline import Inline
from sentineldq.pipeline.rules import rules_of
from sentineldq.server.answers.reasons import ErrorOut, error
from sentineldq.server.catalog import Dataset, pick
from sentineldq.server.problems import RequestError
from sentineldq.server.security.principal import Reading
from sentineldq.server.state import Here, State

router = APIRouter(prefix="/validate", tags=["validate"])

MOST = 10_000
"""Records of one request."""


class Judged(BaseModel):
    """A record that is refused: its place in the request, and every reason."""

    record: int
    errors: list[ErrorOut]


class Verdict(BaseModel):
    """What the contract has against the records. refused: those with an error, by their place; seconds: of judging."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "contract_version": "1.0.0",
                    "fingerprint": "5f3c8a0b9d2e4f61",
                    "valid": False,
                    "records": 1,
                    "passed": 0,
                    "refused": [
                        {
                            "record": 0,
                            "errors": [
                                {
                                    "check": "id.required",
                                    "path": "id",
                                    "message": "id: expected a value, found nothing",
                                    "expected": "a value",
                                    "found": "nothing",
                                }
                            ],
                        }
                    ],
                    "seconds": 0.004,
                }
            ]
        }
    )

    dataset: str
    contract_version: str
    fingerprint: str
    valid: bool
    records: int
    passed: int
    refused: list[Judged]
    seconds: float


Given = Annotated[
    dict[str, Any] | list[Any],
    Body(
        description=f"One record, or a list of at most {MOST:,}.",
        openapi_examples={
            "one record": {"value": {"id": "1", "type": "PushEvent", "created_at": "2026-11-20T12:00:00Z"}},
            "a batch": {"value": [{"id": "1"}, {"id": "2"}]},
        },
    ),
]


@router.post("/{dataset}", summary="Validate records against a dataset's contract")
def validate(dataset: str, given: Given, _: Reading, here: Here) -> Verdict:
    """Decode one record or a batch by the contract and hold it against its rules.

    What only a whole batch can answer (shares, row counts, unique keys) is not asked.
    """
    found = pick(here, dataset)
    ready = inline(here, found)
    records = given if isinstance(given, list) else [given]
    if len(records) > MOST:
        raise RequestError(413, f"{len(records):,} records are too many", hint=f"send {MOST:,} at a time")
    begun = perf_counter()
    reasons = ready.judge([msgspec.json.encode(record) for record in records])
    refused = [
        Judged(record=at, errors=[error(reason, ready.rules.private) for reason in reasons[at]])
        for at in sorted(reasons)
    ]
    return Verdict(
        dataset=found.name,
        contract_version=ready.rules.version,
        fingerprint=ready.rules.fingerprint,
        valid=not refused,
        records=len(records),
        passed=len(records) - len(refused),
        refused=refused,
        seconds=round(perf_counter() - begun, 6),
    )


def inline(here: State, dataset: Dataset) -> Inline:
    """The rules of a dataset, compiled once for each version of a contract, whose datasets may be many.

    Raises RequestError.
    """
    contract, table = dataset.contract, dataset.table
    if contract is None or table is None:
        why = dataset.fault or "it has none"
        raise RequestError(409, f"the contract of {dataset.name} cannot be used: {why}")
    return here.cache.get(
        ("inline", dataset.path, table.name),
        lambda: Inline(rules_of(contract, table)),
        version=(contract, table),
        fresh=0,
        longest=float("inf"),
    )
