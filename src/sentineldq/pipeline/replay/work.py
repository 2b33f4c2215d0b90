"""A portion of quarantined records on its way: as they were, as a patch made them, and as they were judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa

from sentineldq.lake.place import Mark
from sentineldq.lake.schema import BRONZE, QUARANTINE
from sentineldq.pipeline.poison import CRASH
from sentineldq.pipeline.replay.judge import Judgement, Key
from sentineldq.pipeline.replay.patch import Patched
from sentineldq.pipeline.rules import Rules
from sentineldq.pipeline.validate import Reason

ID = ["_partition", "_batch", "_row"]


@dataclass(kw_only=True)
class Work:
    """Records of quarantine (its columns), and what was found; `mark`: its last replay when they were read."""

    mark: Mark | None
    chosen: pa.Table
    patched: Patched = field(default_factory=Patched)
    judged: Judgement = field(default_factory=lambda: Judgement(good=pl.DataFrame()))

    def keys(self, positions: Iterable[int]) -> set[Key]:
        """Which records these are."""
        rows = self.chosen.select(ID).take(pa.array(sorted(positions), pa.int64())).to_pylist()
        return {key_of(row) for row in rows}

    @property
    def records(self) -> pa.Table:
        """What is to be judged, in BRONZE's columns: with the bytes that the patch gave, without what it took away."""
        changed = self.patched.changed
        rows = self.chosen.select(BRONZE.names).to_pydict()
        rows["raw"] = [changed.get(position, raw) for position, raw in enumerate(rows["raw"])]
        rows["_fault"] = [
            None if position in changed else fault for position, fault in enumerate(rows["_fault"])
        ]
        stay = [position for position in range(self.chosen.num_rows) if position not in self.patched.dropped]
        return pa.table(rows, schema=BRONZE).take(pa.array(stay, pa.int64()))

    def crashed(self, rules: Rules) -> dict[Key, list[Reason]]:
        """Records that have ended what checked them, by these very rules: they are not tried again as they are."""
        found = {}
        rows = self.chosen.select([*ID, "errors", "contract_fingerprint"]).to_pylist()
        for position, row in enumerate(rows):
            same = row["contract_fingerprint"] == rules.fingerprint and position not in self.patched.changed
            if same and any(error["check"] == CRASH for error in row["errors"]):
                found[key_of(row)] = [Reason(**error) for error in row["errors"]]
        return found

    def refreshed(self, rules: Rules) -> pa.Table | None:
        """Rows of quarantine for records that are refused as they came, but not for what is written there.

        One that a patch has changed is refused in another form than quarantine has it, so its row stays as it was.
        """
        taken = []
        for position, row in enumerate(self.chosen.to_pylist()):
            reasons = self.judged.reasons.get(key_of(row))
            if reasons is None or position in self.patched.changed:
                continue
            told = {
                "errors": [msgspec.to_builtins(reason) for reason in reasons],
                "contract": rules.version,
                "contract_fingerprint": rules.fingerprint,
            }
            if any(row[name] != value for name, value in told.items()):
                taken.append({**row, **told})
        return pa.Table.from_pylist(taken, schema=QUARANTINE) if taken else None


def key_of(row: Mapping[str, Any]) -> Key:
    """What identifies a row."""
    return row["_partition"], row["_batch"], row["_row"]


def keys_of(rows: pl.DataFrame) -> set[Key]:
    """What identifies the rows of a frame."""
    return set(rows.select(ID).iter_rows()) if rows.width else set()
