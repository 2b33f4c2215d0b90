"""Blocks of GitHub events, in the mix of types that GH Archive shows."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import ClassVar, Literal

from sentineldq.sources.simulate.clock import Clock, iso
from sentineldq.sources.simulate.github.events import TYPES, Scene
from sentineldq.sources.simulate.github.world import World
from sentineldq.sources.simulate.shape import BLOCK, Block, Facts, Shape, Wrong

FUTURE = "2099-01-01T00:00:00Z"
FIRST_ID = {"full": 44_000_000_000, "trimmed": 4_700_000_000}  # ids began anew when the payloads were trimmed
GAP = 37  # events of which the public does not hear lie between two ids
MAKERS = [(name, make) for name, _, make in TYPES]
SHARES = list(accumulate(share for _, share, _ in TYPES))


class GitHub(Shape):
    """Events of the public Events API; `era` says whether payloads are those before or after October 2025."""

    facts: ClassVar[Facts] = Facts(
        key=("id",),
        required=(
            "id", "type", "actor", "actor.id", "actor.login", "repo", "repo.id", "repo.name",
            "payload", "public", "created_at",
        ),
        wrong=(
            Wrong(field="id", value="evt-12"),
            Wrong(field="type", value="not a type"),
            Wrong(field="actor.id", value=0),
            Wrong(field="actor.login", value=""),
            Wrong(field="repo.id", value=-1),
            Wrong(field="repo.name", value="no-owner"),
            Wrong(field="created_at", value="yesterday"),
            Wrong(field="created_at", value=FUTURE),
            Wrong(field="payload.size", value=-3, only=("PushEvent",)),
            Wrong(field="payload.head", value="not-a-hash", only=("PushEvent",)),
        ),
        time="created_at",
        kind="type",
        new_kind="HologramEvent",
        own=("id", "created_at"),
    )  # fmt: skip

    def __init__(self, *, seed: int, clock: Clock, era: Literal["full", "trimmed"] = "full") -> None:
        super().__init__(seed=seed, clock=clock)
        self._world = World(seed=seed, trimmed=era == "trimmed")
        self._first = FIRST_ID[era]

    def block(self, number: int) -> Block:
        random = self.random("github", number)
        numbers = range(number * BLOCK, (number + 1) * BLOCK)
        times = self.clock.times(numbers, random)
        records, kinds = [], []
        for place, time in zip(numbers, times, strict=True):
            kind, make = MAKERS[bisect_right(SHARES, random.random() * SHARES[-1], hi=len(SHARES) - 1)]
            actor, repo, payload = make(Scene(self._world, random, time, place))
            key = self._first + place * GAP + random.randrange(GAP)
            org = f',"org":{repo.owner.org}' if repo.owner.kind == "Organization" else ""
            text = (
                f'{{"id":"{key}","type":"{kind}","actor":{actor.actor},"repo":{repo.base},'
                f'"payload":{payload},"public":true,"created_at":"{iso(time)}"{org}}}'
            )
            records.append(text.encode())
            kinds.append(kind)
        return Block(records=records, times=times, kinds=kinds)
