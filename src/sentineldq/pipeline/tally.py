"""What a run of one pipeline came to."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sentineldq.pipeline.dataset import Landed

Status = Literal["succeeded", "failed", "stopped", "busy", "later"]


class Spell(msgspec.Struct, kw_only=True):
    """When a step was first begun and last ended, in seconds since its run began; `busy` of these it was at work."""

    first: float
    last: float
    busy: float = 0.0


class Ran(msgspec.Struct, kw_only=True):
    """One run of one pipeline.

    status: `busy` where another process has the pipeline, `later` where its source asks to be left alone for now.
    caught_up: batches of bronze that an earlier run had left. steps overlap; `seconds` is how long each was at work.
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
    steps: dict[str, Spell] = {}
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

    def took(self, step: str, first: float, last: float) -> None:
        """Add to the time of a step: it was at work from one moment of the run to another."""
        self.seconds[step] = self.seconds.get(step, 0.0) + last - first
        spell = self.steps.setdefault(step, Spell(first=first, last=last))
        spell.last = last
        spell.busy += last - first

    @property
    def counts(self) -> dict[str, int]:
        names = ("batches", "rows", "silver", "quarantined", "duplicates", "dropped")
        return {name: getattr(self, name) for name in names}

    @property
    def told(self) -> dict[str, Any]:
        """What the run's row in the store says of it: its counts, and when each step was at work."""
        steps = {name: _rounded(spell) for name, spell in dict(self.steps).items() if name != "all"}
        return {**self.counts, "steps": steps}


def _rounded(spell: Spell) -> dict[str, float]:
    return {name: round(value, 3) for name, value in msgspec.structs.asdict(spell).items()}
