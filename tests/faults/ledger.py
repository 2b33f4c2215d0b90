"""What a source sent, known without asking the pipeline: the other side of every comparison."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sentineldq.sources.simulate import generate, truth

FAULTS = [
    {"kind": "bad_type", "rate": 0.03},
    {"kind": "missing_field", "rate": 0.03},
    {"kind": "bad_value", "rate": 0.03},
    {"kind": "malformed_json", "rate": 0.02},
    {"kind": "duplicate", "rate": 0.05, "by": 40},
]
"""Every third batch of some ten records has something to refuse, and something sent twice."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The records of one partition, in the order they were sent.

    refused, copies: positions of those that must end in quarantine, and of those that are there already; both by the
    source's own account. None: not known, then only the sums are compared.
    """

    partition: str
    records: list[bytes]
    refused: frozenset[int] | None = None
    copies: frozenset[int] | None = None
    reached: str | None = None
    """The key of the cursor that counts the records sent; None where the source's cursor says no such thing."""

    def accepted(self, number: int) -> dict[str, Any]:
        """A record as it reads."""
        found: dict[str, Any] = json.loads(self.records[number])
        return found


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """A simulated source: its settings for the project file, and its ledger."""

    seed: int
    records: int
    rows: int
    settings: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        chosen = {
            "shape": "clickstream",
            "seed": self.seed,
            "records": self.records,
            "rate": 60,
            "faults": FAULTS,
        }
        object.__setattr__(self, "settings", chosen)

    @property
    def source(self) -> dict[str, Any]:
        return {"kind": "simulate", **self.settings, "batch_rows": self.rows}

    def ledger(self) -> Ledger:
        told = list(truth(**self.settings))
        return Ledger(
            partition="simulate:clickstream",
            records=list(generate(**self.settings)),
            refused=frozenset(one.position for one in told if one.expected == "refused"),
            copies=frozenset(one.position for one in told if one.expected == "duplicate"),
            reached="position",
        )
