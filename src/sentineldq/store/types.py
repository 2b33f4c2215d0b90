"""The types of the store's columns: what goes in is made fit for SQLite and Postgres alike."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

from sentineldq.errors import UsageError


class Timestamp(TypeDecorator):  # type: ignore[misc]  # SQLAlchemy is untyped here
    """A moment in UTC, to the microsecond; one without an offset is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise UsageError(f"the store takes no time without an offset: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """On SQLite, whose moments are texts without an offset, in one step: lists are made of little else."""
        return _moment if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


class Text(TypeDecorator):  # type: ignore[misc]
    """Text of any origin: NUL and lone surrogates, which Postgres refuses, become U+FFFD."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:  # noqa: ARG002
        return None if value is None else clean(value)


class Document(TypeDecorator):  # type: ignore[misc]
    """JSON, JSONB on Postgres; what JSON cannot say becomes text (moments, paths) or null (NaN, infinity)."""

    impl = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:  # noqa: ARG002
        return _plain(value)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def clean(text: str) -> str:
    """Text without what a database refuses."""
    if text.isascii():
        return text.replace("\0", "\ufffd")
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _plain(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case float() if not math.isfinite(value):
            return None
        case None | bool() | int() | float():
            return value
        case dict():
            return {clean(str(key)): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case datetime():
            return value.isoformat()
    return clean(str(value))
