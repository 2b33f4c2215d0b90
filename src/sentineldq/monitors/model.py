"""What monitors measure, and what they say of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Kind = Literal["freshness", "volume", "schema", "nulls", "score", "metric"]

KINDS: dict[Kind, str] = {
    "freshness": "age of the newest event, in seconds, against the service level",
    "volume": "rows per hour or day of event time",
    "schema": "number of columns; a finding where they are not those of the days before",
    "nulls": "share of nulls of a column, per hour or day",
    "score": "share of records accepted, per hour",
    "metric": "a number that a query of one's own gives",
}

State = Literal["normal", "anomaly", "warming up", "masked", "gap", "judged"]
"""`judged`: by a rule of its own (freshness, schema), not by what is usual."""


class Series(msgspec.Struct, frozen=True, order=True):
    """What is measured again and again: of which dataset, and of which part of it (a column, a metric's name)."""

    kind: Kind
    dataset: str
    part: str = ""

    @property
    def name(self) -> str:
        """`nulls/events/payload.size`: the name in the store and on the command line."""
        return "/".join(part for part in (self.kind, self.dataset, self.part) if part)


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a series at a time: of an hour or a day, its beginning."""

    series: Series
    at: datetime
    value: float


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """Where a series stands: its last number, the band it should be in, and what is wrong, in words.

    severity: None where nothing is wrong. points: how many numbers are known of it.
    """

    series: str
    kind: Kind
    dataset: str
    at: datetime | None
    value: float | None
    state: State
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    score: float = 0.0
    severity: Literal["INFO", "WARNING", "CRITICAL"] | None = None
    message: str = ""
    points: int = 0
