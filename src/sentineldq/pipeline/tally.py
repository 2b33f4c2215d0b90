"""What a run of one pipeline came to."""

from __future__ import annotations

from typing import Literal

import msgspec

from sentineldq.pipeline.dataset import Landed

Status = Literal["succeeded", "failed", "stopped", "busy", "later"]


class Ran(msgspec.Struct, kw_only=True):
    """One run of one pipeline.

    status: `busy` where another process has the pipeline, `later` where its source asks to be left alone for now.
    caught_up: batches of bronze that an earlier run had left. seconds: by step; steps overlap.
    """

    pipeline: str
    dataset: str
    source: str
    status: Status = "succeeded"
    run_id: str | None = None
    batches: int = 0
    rows: int = 0
    silver: int = 0
    quarantined: int = 0
    duplicates: int = 0
    dropped: int = 0
    caught_up: int = 0
    seconds: dict[str, float] = {}
    checks: dict[str, int] = {}
    error: str | None = None
    hint: str | None = None

    def add(self, landed: Landed) -> None:
        """Count a batch."""
        self.batches += 1
        self.rows += landed.rows
        self.silver += landed.silver
        self.quarantined += landed.quarantined
        self.duplicates += landed.duplicates
        self.dropped += landed.dropped

    def took(self, step: str, seconds: float) -> None:
        """Add to the time of a step."""
        self.seconds[step] = self.seconds.get(step, 0.0) + seconds

    @property
    def counts(self) -> dict[str, int]:
        names = ("batches", "rows", "silver", "quarantined", "duplicates", "dropped")
        return {name: getattr(self, name) for name in names}
