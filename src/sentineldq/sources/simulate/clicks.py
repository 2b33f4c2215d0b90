"""What happens on the shop's pages, and what is left in its warehouses."""

from __future__ import annotations

from random import Random
from typing import ClassVar
from uuid import UUID

from sentineldq.sources.simulate.clock import Clock, precise
from sentineldq.sources.simulate.people import Shop, customer_id, product_id
from sentineldq.sources.simulate.shape import BLOCK, Block, Facts, Shape, Wrong

SITE = "https://shop.example.com"
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)
WORDS = ("lamp", "yoga+mat", "keyboard", "caf%C3%A9", "novel", "kite", "sneakers", "gift")
SESSIONS = 60  # visitors on the site at the same time
WAREHOUSES = ("BER-1", "LYS-1", "OSA-1", "PDX-1", "PDX-2")


class Session:
    """One visit: looks around, and now and then buys."""

    def __init__(self, random: Random, shop: Shop) -> None:
        self._random = random
        self._shop = shop
        self._product: int | None = None
        self._step = "page_view"
        known = random.random() < 0.45
        customer = f'"{customer_id(shop.customer(random))}"' if known else "null"
        self._head = f'"session_id":"{random.getrandbits(64):016x}","customer_id":{customer}'
        address = f"198.{random.randrange(18, 20)}.{random.randrange(256)}.{random.randrange(1, 255)}"
        self._tail = f'"user_agent":"{random.choice(AGENTS)}","ip":"{address}"'

    @property
    def over(self) -> bool:
        return self._step == "end"

    def event(self, time: float) -> tuple[bytes, str]:
        """The next event, and its type."""
        kind, random = self._step, self._random
        path, product = self._page(kind)
        key = UUID(int=random.getrandbits(128), version=4)
        self._step = self._next(kind)
        text = (
            f'{{"event_id":"{key}",{self._head},"event_type":"{kind}","url":"{SITE}{path}","product_id":{product},'
            f'{self._tail},"occurred_at":"{precise(time)}"}}'
        )
        return text.encode(), kind

    def _page(self, kind: str) -> tuple[str, str]:
        random = self._random
        if kind == "search":
            return f"/search?q={random.choice(WORDS)}", "null"
        if kind == "page_view":
            self._product = self._shop.product(random) if random.random() < 0.7 else None
            if self._product is None:
                return random.choice(("/", "/sale", "/about", "/category/home")), "null"
            return f"/products/{product_id(self._product)}?utm_source=mail", f'"{product_id(self._product)}"'
        if kind == "add_to_cart":
            return "/cart", f'"{product_id(self._product or 0)}"'
        return f"/{kind}", "null"

    def _next(self, kind: str) -> str:
        draw = self._random.random()
        match kind:
            case "page_view" if self._product is not None and draw < 0.18:
                return "add_to_cart"
            case "page_view" | "search":
                return "search" if 0.18 <= draw < 0.32 else "page_view" if draw < 0.8 else "end"
            case "add_to_cart":
                return "checkout" if draw < 0.4 else "page_view"
            case "checkout":
                return "purchase" if draw < 0.65 else "end"
            case _:
                return "end"


class Clickstream(Shape):
    """Events of visits that go on side by side."""

    facts: ClassVar[Facts] = Facts(
        key=("event_id",),
        required=("event_id", "session_id", "event_type", "url", "user_agent", "ip", "occurred_at"),
        wrong=(
            Wrong(field="event_type", value="teleport"),
            Wrong(field="url", value="not a url"),
            Wrong(field="ip", value="999.1.1.1"),
            Wrong(field="event_id", value=""),
            Wrong(field="occurred_at", value="2099-01-01T00:00:00Z"),
        ),
        time="occurred_at",
        kind="event_type",
        new_kind="share",
    )

    def __init__(self, *, seed: int, clock: Clock, shop: Shop) -> None:
        super().__init__(seed=seed, clock=clock)
        self.shop = shop

    def block(self, number: int) -> Block:
        random = self.random("clickstream", number)
        times = self.clock.times(range(number * BLOCK, (number + 1) * BLOCK), random)
        sessions = [Session(random, self.shop) for _ in range(SESSIONS)]
        records, kinds = [], []
        for time in times:
            place = random.randrange(SESSIONS)
            record, kind = sessions[place].event(time)
            records.append(record)
            kinds.append(kind)
            if sessions[place].over:
                sessions[place] = Session(random, self.shop)
        return Block(records=records, times=times, kinds=kinds)


class Inventory(Shape):
    """Stock taken: any product in any warehouse, each as often as the others."""

    facts: ClassVar[Facts] = Facts(
        key=("product_id", "warehouse", "updated_at"),
        required=("product_id", "warehouse", "on_hand", "reserved", "updated_at"),
        wrong=(
            Wrong(field="on_hand", value=-5),
            Wrong(field="reserved", value=1_000_000),
            Wrong(field="reserved", value=-1),
            Wrong(field="warehouse", value=""),
            Wrong(field="updated_at", value="2099-01-01T00:00:00Z"),
        ),
        time="updated_at",
        kind="warehouse",
        new_kind="X{}",
    )

    def __init__(self, *, seed: int, clock: Clock, shop: Shop) -> None:
        super().__init__(seed=seed, clock=clock)
        self.shop = shop

    def block(self, number: int) -> Block:
        random = self.random("inventory", number)
        times = self.clock.times(range(number * BLOCK, (number + 1) * BLOCK), random)
        records, kinds = [], []
        for time in times:
            product, warehouse = random.randrange(self.shop.products), random.choice(WAREHOUSES)
            on_hand = int(random.expovariate(1 / 80))
            text = (
                f'{{"product_id":"{product_id(product)}","warehouse":"{warehouse}","on_hand":{on_hand},'
                f'"reserved":{random.randrange(min(on_hand, 12) + 1)},"updated_at":"{precise(time)}"}}'
            )
            records.append(text.encode())
            kinds.append(warehouse)
        return Block(records=records, times=times, kinds=kinds)
