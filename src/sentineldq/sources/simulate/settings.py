"""The settings of a simulation, and the stream that they mean."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from sentineldq.errors import UsageError
from sentineldq.sources.registry import settings
from sentineldq.sources.simulate.clicks import Clickstream, Inventory
from sentineldq.sources.simulate.clock import DAY, Change, Clock
from sentineldq.sources.simulate.github.shape import GitHub
from sentineldq.sources.simulate.market import Market
from sentineldq.sources.simulate.moment import moment
from sentineldq.sources.simulate.orders import Items, Orders
from sentineldq.sources.simulate.people import Customers, Products, Shop
from sentineldq.sources.simulate.script import changes, read, resolve
from sentineldq.sources.simulate.shape import BLOCK, Shape
from sentineldq.sources.simulate.stream import Stream
from sentineldq.sources.simulate.tabular import Tabular

Name = Literal[
    "github", "market", "clickstream", "orders", "order_items", "customers", "products", "inventory", "table"
]
RATES = {
    "github": 5000.0,
    "clickstream": 3000.0,
    "orders": 120.0,
    "order_items": 300.0,  # 2.5 items to an order, so that both pass through time side by side
    "customers": 20.0,
    "products": 2.0,
    "inventory": 400.0,
    "table": 200.0,
}
START = "2025-01-06T00:00:00Z"
MARKET_START = "2020-01-01T00:00:00Z"
Positive = Annotated[int, msgspec.Meta(gt=0)]
Above = Annotated[float, msgspec.Meta(gt=0)]


class Settings(msgspec.Struct, kw_only=True, frozen=True):
    """What a simulation is; docs/guides/sources/simulate.md says what each means."""

    shape: Name
    seed: int = 0
    start: Any = None
    records: Positive | None = None
    days: Above | None = None
    rate: Above | None = None
    rhythm: bool | None = None
    era: Literal["full", "trimmed"] | None = None
    customers: Positive = 1000
    products: Positive = 200
    faults: str | list[dict[str, Any]] = []
    truth: str | None = None
    batch_rows: Positive = 10_000
    live: bool = False
    speed: Above = 1.0
    pause: Above | None = None


class Simulation:
    """Settings made ready: they can be turned into the stream of records for any start."""

    def __init__(self, chosen: Settings, *, root: Path, name: str) -> None:
        self.settings = chosen
        self._name = name
        _fit(chosen, name)
        try:
            self.start = None if chosen.start is None else moment(chosen.start, name="start")
            self.faults = read(chosen.faults, root=root)
            self._changes = changes(self.faults)
            if self.start is None and not (chosen.live and chosen.shape != "market"):
                self.start = moment(MARKET_START if chosen.shape == "market" else START, name="start")
            if chosen.days is not None:
                self.settings = msgspec.structs.replace(chosen, days=None, records=self._until(chosen.days))
            self.stream(self.start or 0.0)
        except UsageError as problem:
            raise UsageError(f"source of {name}: {problem.message}", hint=problem.hint) from None

    def stream(self, start: float) -> Stream:
        """The records from a start on (epoch seconds). Raises UsageError."""
        shape = _shape(self.settings, start, self._changes)
        records = self.settings.records
        resolved = [
            resolve(number, fault, facts=shape.facts, records=records, position=shape.position)
            for number, fault in enumerate(self.faults)
        ]
        return Stream(shape, resolved, records=records)

    def _until(self, days: float) -> int:
        """How many records come in so many days. Raises UsageError."""
        end = (self.start or 0.0) + days * DAY
        shape = _shape(self.settings, self.start or 0.0, self._changes)
        records = shape.position(end)
        if records and shape.block((records - 1) // BLOCK).times[(records - 1) % BLOCK] >= end:
            records -= 1
        if records < 1:
            raise UsageError(f"no record comes in {days:g} days from the start")
        return records

    def fingerprint(self) -> str:
        """Of everything that decides what the records are; how they are cut into batches and paced does not."""
        chosen = self.settings
        deciding = {
            "shape": chosen.shape,
            "seed": chosen.seed,
            "start": self.start,
            "records": chosen.records if self.faults else None,  # without faults, more may be asked for later
            "rate": chosen.rate,
            "rhythm": chosen.rhythm,
            "era": chosen.era,
            "shop": [chosen.customers, chosen.products],
            "faults": self.faults,
        }
        return sha256(msgspec.json.encode(deciding, order="sorted")).hexdigest()[:16]


def simulation(config: Mapping[str, Any], *, root: Path, name: str) -> Simulation:
    """The simulation that a configuration describes. Raises UsageError."""
    return Simulation(settings(Settings, config, name=name), root=root, name=name)


def _fit(chosen: Settings, name: str) -> None:
    """Settings that do not go together."""
    market = chosen.shape == "market"
    if market and (chosen.rate is not None or chosen.rhythm is not None):
        raise UsageError(f"source of {name}: the calendar of the exchanges sets the rate of `market`")
    if chosen.days is not None and (chosen.live or chosen.records is not None):
        raise UsageError(f"source of {name}: `days` is in place of `records`, and not for `live: true`")
    if chosen.era is not None and chosen.shape != "github":
        raise UsageError(f"source of {name}: only events of `github` have an era")
    if not chosen.live and (chosen.speed != 1 or chosen.pause is not None):
        raise UsageError(f"source of {name}: `speed` and `pause` are for `live: true`")
    if chosen.live and chosen.speed != 1 and chosen.start is None and not market:
        raise UsageError(
            f"source of {name}: from now on, at this speed, events would lie in the future",
            hint="say `start`",
        )


def _shape(chosen: Settings, start: float, volume: list[Change]) -> Shape:
    rate = chosen.rate or RATES.get(chosen.shape, 1.0)
    clock = Clock(start=start, rate=rate, rhythm=chosen.rhythm is not False, changes=volume)
    shop = Shop(seed=chosen.seed, customers=chosen.customers, products=chosen.products)
    match chosen.shape:
        case "github":
            return GitHub(seed=chosen.seed, clock=clock, era=chosen.era or "full")
        case "table":
            return Tabular(seed=chosen.seed, clock=clock, rhythm=chosen.rhythm is not False)
        case "market":
            return Market(seed=chosen.seed, clock=clock)
        case "customers":
            return Customers(seed=chosen.seed, clock=clock, shop=shop, population=chosen.customers)
        case "products":
            return Products(seed=chosen.seed, clock=clock, shop=shop, population=chosen.products)
        case "clickstream":
            return Clickstream(seed=chosen.seed, clock=clock, shop=shop)
        case "orders":
            return Orders(seed=chosen.seed, clock=clock, shop=shop)
        case "order_items":
            return Items(seed=chosen.seed, clock=clock, shop=shop)
        case "inventory":
            return Inventory(seed=chosen.seed, clock=clock, shop=shop)
