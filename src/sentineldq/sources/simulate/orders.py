"""Orders and their items.

Twenty orders have fifty items between them, so that either can be made without the other's past, and both agree: an
order's total is the sum of its items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sentineldq.sources.simulate.clock import HOUR, Clock, iso
from sentineldq.sources.simulate.money import amount
from sentineldq.sources.simulate.people import CITIES, Shop, customer_id, product_id
from sentineldq.sources.simulate.shape import BLOCK, Block, Facts, Shape, Wrong

SIZES = (
    (1,) * 6 + (2,) * 6 + (3,) * 4 + (4,) * 2 + (5,) + (7,)
)  # items of the orders of a group, before shuffling
ORDERS, ITEMS = len(SIZES), sum(SIZES)
STATUSES = (  # status, share, hours until the order has it
    ("created", 10, 0.0),
    ("paid", 12, 0.5),
    ("shipped", 15, 30.0),
    ("delivered", 55, 90.0),
    ("cancelled", 8, 12.0),
)
STREETS = (
    "Main Street",
    "Hauptstraße",
    "Rue de l'Église",
    "Calle Mayor",
    "Station Road",
    "Via Roma",
    "Storgatan",
)


@dataclass(frozen=True)
class Item:
    """A line of an order; money in cents, the discount being off the whole line."""

    product: int
    quantity: int
    price: int
    discount: int

    @property
    def total(self) -> int:
        return self.quantity * self.price - self.discount


@dataclass(frozen=True)
class Order:
    number: int
    customer: int
    items: tuple[Item, ...]


def group(shop: Shop, number: int) -> list[Order]:
    """The orders of a group, with their items."""
    random = shop.random("orders", number)
    sizes = list(SIZES)
    random.shuffle(sizes)
    orders = []
    for place, size in enumerate(sizes):
        items = []
        for _ in range(size):
            product = shop.product(random)
            quantity, price = min(int(random.paretovariate(1.6)), 12), shop.price(product)
            share = random.choice((0, 0, 0, 0, 5, 10, 20))
            items.append(Item(product, quantity, price, quantity * price * share // 100))
        orders.append(Order(number * ORDERS + place, shop.customer(random), tuple(items)))
    return orders


def order_id(number: int) -> str:
    return f"ord_{number + 1:09d}"


class Orders(Shape):
    """Orders, one record each with the status it has by now, by the time they were placed."""

    facts: ClassVar[Facts] = Facts(
        key=("order_id",),
        required=(
            "order_id", "customer_id", "status", "currency", "total", "created_at", "updated_at",
            "shipping_address",
        ),
        wrong=(
            Wrong(field="total", value=-10.0),
            Wrong(field="status", value="teleported"),
            Wrong(field="currency", value="dollars"),
            Wrong(field="customer_id", value=""),
            Wrong(field="created_at", value="2099-01-01T00:00:00Z"),
        ),
        time="created_at",
        kind="status",
        new_kind="returned",
    )  # fmt: skip

    def __init__(self, *, seed: int, clock: Clock, shop: Shop) -> None:
        super().__init__(seed=seed, clock=clock)
        self.shop = shop

    def block(self, number: int) -> Block:
        random = self.random("orders", "block", number)
        times = self.clock.times(range(number * BLOCK, (number + 1) * BLOCK), random)
        groups = range(number * BLOCK // ORDERS, (number + 1) * BLOCK // ORDERS)
        orders = [order for place in groups for order in group(self.shop, place)]
        records, kinds = [], []
        for order, time in zip(orders, times, strict=True):
            status, _, hours = random.choices(STATUSES, [share for _, share, _ in STATUSES])[0]
            country = self.shop.country(order.customer)
            text = (
                f'{{"order_id":"{order_id(order.number)}","customer_id":"{customer_id(order.customer)}",'
                f'"status":"{status}","currency":"EUR","total":{amount(sum(item.total for item in order.items))},'
                f'"created_at":"{iso(time)}","updated_at":"{iso(time + hours * HOUR * (0.5 + random.random()))}",'
                f'"shipping_address":{{"street":"{random.choice(STREETS)} {random.randrange(1, 200)}",'
                f'"city":"{random.choice(CITIES[country])}","postal_code":"{random.randrange(10_000, 99_999)}",'
                f'"country":"{country}"}}}}'
            )
            records.append(text.encode())
            kinds.append(status)
        return Block(records=records, times=times, kinds=kinds)


class Items(Shape):
    """The items of the orders, in the orders' order."""

    facts: ClassVar[Facts] = Facts(
        key=("order_item_id",),
        required=("order_item_id", "order_id", "product_id", "quantity", "unit_price", "discount"),
        wrong=(
            Wrong(field="quantity", value=0),
            Wrong(field="quantity", value=-2),
            Wrong(field="unit_price", value=-5.0),
            Wrong(field="discount", value=-1.0),
        ),
    )

    def __init__(self, *, seed: int, clock: Clock, shop: Shop) -> None:
        super().__init__(seed=seed, clock=clock)
        self.shop = shop

    def block(self, number: int) -> Block:
        random = self.random("order_items", number)
        times = self.clock.times(range(number * BLOCK, (number + 1) * BLOCK), random)
        groups = range(number * BLOCK // ITEMS, (number + 1) * BLOCK // ITEMS)
        records = [record for place in groups for record in self._records(place)]
        return Block(records=records, times=times, kinds=[""] * BLOCK)

    def _records(self, place: int) -> Iterator[bytes]:
        lines = ((order, item) for order in group(self.shop, place) for item in order.items)
        for number, (order, item) in enumerate(lines, start=place * ITEMS + 1):
            yield (
                f'{{"order_item_id":"itm_{number:010d}","order_id":"{order_id(order.number)}",'
                f'"product_id":"{product_id(item.product)}","quantity":{item.quantity},'
                f'"unit_price":{amount(item.price)},"discount":{amount(item.discount)}}}'
            ).encode()
