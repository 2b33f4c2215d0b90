"""Sources and checks as the API answers them, each with what is known of it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sentineldq.server.security.principal import RANK, Principal
from sentineldq.server.state import State
from sentineldq.server.uploads import history
from sentineldq.server.uploads.answer import ThresholdsOut, report_of
from sentineldq.server.uploads.model import Accepted, CheckWithReport, FileCheck, SourceOut
from sentineldq.server.uploads.thresholds import thresholds_of
from sentineldq.store import sources, uploads
from sentineldq.store.sources import DataSource
from sentineldq.store.uploads import Upload

RECENT = 20
"""Scores that are answered with a source."""


def accepted(made: Upload) -> Accepted:
    """An upload that was just taken."""
    return Accepted.model_validate(made, from_attributes=True)


def check(found: Upload, source: DataSource) -> FileCheck:
    """A check as it is answered in lists."""
    told = {name: value for name, value in vars(found).items() if name in FileCheck.model_fields}
    asked = {"score": thresholds_of(source.thresholds).score}
    below = history.below(found.score, found.parts, asked)
    return FileCheck(**told, source_name=source.name, below=below)


def checks(here: State, found: Sequence[Upload]) -> list[FileCheck]:
    """Checks of any sources."""
    by = {one.source_id: one for one in sources.of(here.store, {one.source_id for one in found})}
    return [check(one, by[one.source_id]) for one in found]


def full(found: Upload, source: DataSource, me: Principal) -> CheckWithReport:
    """A check with all that was found, as far as somebody may see it."""
    values = RANK[me.role] >= RANK["analyst"]
    return CheckWithReport(
        **check(found, source).model_dump(),
        report=report_of(history.shown(found.report, values=values)) if found.report else None,
    )


def with_latest(here: State, rows: Sequence[DataSource], *, recent: bool = False) -> list[SourceOut]:
    """Sources with their newest checks; `recent`: with their last scores too."""
    ids = [row.source_id for row in rows]
    newest = uploads.newest(here.store, ids)
    scores = uploads.scores(here.store, ids, most=RECENT) if recent else {}
    numbers: dict[str, int] = {}
    for (source_id, _), number in uploads.counts(here.store).items():
        numbers[source_id] = numbers.get(source_id, 0) + number
    return [
        SourceOut(
            **{**vars(row), "thresholds": thresholds(row)},
            latest=check(newest[row.source_id], row) if row.source_id in newest else None,
            recent=scores.get(row.source_id, []),
            checks=numbers.get(row.source_id, 0),
        )
        for row in rows
    ]


def thresholds(source: DataSource) -> ThresholdsOut:
    """What is in force: what was given, over what is usual."""
    return ThresholdsOut(**msgspec.to_builtins(thresholds_of(source.thresholds)))
