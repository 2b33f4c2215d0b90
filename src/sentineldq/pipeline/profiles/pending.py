"""Profiles that the store does not have yet, merged by the hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sentineldq.profiles.codec import decode, encode
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile
from sentineldq.store import profiles
from sentineldq.store.database import Store
from sentineldq.store.profiles import Step


@dataclass
class Pending:
    """The batches that are in it, by partition, and the hours that their rows are of."""

    steps: dict[str, Step] = field(default_factory=dict)
    hours: dict[datetime, Profile] = field(default_factory=dict)

    def add(self, partition: str, *, after: int, batch: int, hours: Mapping[datetime, Profile]) -> None:
        """Take a batch in; `after`: the last one of its partition that was profiled before."""
        self.reach(partition, after=after, batch=batch)
        self.count(hours)

    def reach(self, partition: str, *, after: int, batch: int) -> None:
        """Whatever is counted goes up to this batch of a partition."""
        known = self.steps.get(partition)
        self.steps[partition] = Step(after=known.after if known else after, batch=batch)

    def count(self, hours: Mapping[datetime, Profile]) -> None:
        """Add hours to those that are there."""
        for hour, found in hours.items():
            self.hours[hour] = merge([self.hours[hour], found]) if hour in self.hours else found

    def flush(self, store: Store, dataset: str) -> bool:
        """Hand all of it to the store, in one transaction; False, and nothing done, where another was first.

        Raises StoreError; what is pending stays then.
        """
        if not self.steps:
            return True
        done = profiles.advance(
            store,
            dataset=dataset,
            steps=self.steps,
            hours={hour: encode(found) for hour, found in self.hours.items()},
            rows={hour: found.rows for hour, found in self.hours.items()},
            join=join,
        )
        self.clear()
        return done

    def clear(self) -> None:
        """Forget it."""
        self.steps.clear()
        self.hours.clear()


def join(one: bytes, other: bytes) -> bytes:
    """Two encoded profiles as one."""
    return encode(merge([decode(one), decode(other)]))
