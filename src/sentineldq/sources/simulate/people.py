"""Customers and products of the simulated shop: each a pure function of the seed and its number.

Those within the population exist before the shop's start, which is what lets orders and clicks refer to them; the
records that follow are newcomers.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, log
from random import Random
from typing import ClassVar

from sentineldq.sources.simulate.chance import seeded, words
from sentineldq.sources.simulate.clock import DAY, Clock, iso
from sentineldq.sources.simulate.money import amount
from sentineldq.sources.simulate.shape import BLOCK, Block, Facts, Shape, Wrong

FIRST = words(
    "Anna Ben Chloé David Elena Farid Greta Hiro Ines Jack Kira Lars María Noah Olga Priya Quentin Rosa "
    "Søren Tomáš Uma Viktor Wei Xenia Yusuf Zoë"
)
LAST = words(
    "Andersen Becker Costa Dubois Evans Fischer García Hansen Ito Jones Kowalski López Müller Nguyen "
    "Okafor Petrov Quinn Rossi Smith Tanaka Usman Virtanen Weber Xu Yavuz Zhang"
)
COUNTRIES = ("US", "US", "US", "DE", "DE", "GB", "GB", "FR", "ES", "IT", "NL", "PL", "SE", "JP", "BR")
CALLING = {
    "US": "1", "DE": "49", "GB": "44", "FR": "33", "ES": "34", "IT": "39", "NL": "31", "PL": "48", "SE": "46",
    "JP": "81", "BR": "55",
}  # fmt: skip
CITIES = {
    "US": ("Springfield", "Portland", "Austin"), "DE": ("Hamburg", "Köln", "Leipzig"),
    "GB": ("Leeds", "Bristol", "London"), "FR": ("Lyon", "Nantes", "Paris"), "ES": ("Sevilla", "Málaga", "Madrid"),
    "IT": ("Torino", "Bari", "Roma"), "NL": ("Utrecht", "Delft", "Amsterdam"), "PL": ("Kraków", "Łódź", "Gdańsk"),
    "SE": ("Malmö", "Uppsala", "Göteborg"), "JP": ("大阪", "札幌", "東京"), "BR": ("São Paulo", "Recife", "Curitiba"),
}  # fmt: skip
CATEGORIES = {
    "electronics": ("Headphones", "Keyboard", "Webcam", "Power Bank"),
    "home": ("Lamp", "Blanket", "Vase", "Kettle"),
    "sports": ("Yoga Mat", "Water Bottle", "Dumbbell", "Skipping Rope"),
    "books": ("Cookbook", "Novel", "Atlas", "Field Guide"),
    "fashion": ("Scarf", "T-Shirt", "Sneakers", "Café Apron"),
    "toys": ("Puzzle", "Wooden Train", "Kite", "Board Game"),
}
STYLES = ("Classic", "Compact", "Deluxe", "Eco", "Light", "Mini", "Pro", "Studio", "Travel", "Ultra")


class Shop:
    """The population of a seed, and how often each of them turns up."""

    def __init__(self, *, seed: int, customers: int, products: int) -> None:
        self.seed = seed
        self.customers = customers
        self.products = products
        self.country = lru_cache(maxsize=16384)(self._country)
        self.price = lru_cache(maxsize=16384)(self._price)

    def random(self, *about: object) -> Random:
        return seeded(self.seed, *about)

    def customer(self, random: Random) -> int:
        """Number of a customer of the population; some buy far more often than others."""
        return skewed(random, self.customers)

    def product(self, random: Random) -> int:
        """Number of a product of the population; some sell far more often than others."""
        return skewed(random, self.products)

    def _country(self, number: int) -> str:
        return self.random("country", number).choice(COUNTRIES)

    def _price(self, number: int) -> int:
        """In cents, ending in 9 as prices do."""
        return int(exp(self.random("price", number).gauss(3.3, 0.9))) * 100 + 99


def skewed(random: Random, size: int) -> int:
    """A number below `size`, the low ones more often (Zipf-Mandelbrot)."""
    flat = 1 + size / 40
    return min(int(flat * exp(random.random() * log((size + flat) / flat)) - flat), size - 1)


def customer_id(number: int) -> str:
    return f"cus_{number + 1:07d}"


def product_id(number: int) -> str:
    return f"prd_{number + 1:06d}"


class Register(Shape):
    """A shape whose first records, as many as the population, lie within `span` seconds before the start."""

    span: ClassVar[float]

    def __init__(self, *, seed: int, clock: Clock, shop: Shop, population: int) -> None:
        super().__init__(seed=seed, clock=clock)
        self.shop = shop
        self._population = population

    def position(self, time: float) -> int:
        if time > self.clock.start:
            return self._population + self.clock.position(time)
        share = 1 - (self.clock.start - time) / self.span
        return max(0, min(self._population, int(share * self._population) + 1 if share > 0 else 0))

    def times(self, numbers: range, random: Random) -> list[float]:
        """Times of records, ascending."""
        old = range(numbers.start, min(max(numbers.start, self._population), numbers.stop))
        new = range(max(numbers.start, self._population) - self._population, numbers.stop - self._population)
        before = self.clock.start - self.span
        step = self.span / self._population
        return [before + (number + random.random()) * step for number in old] + self.clock.times(new, random)


class Customers(Register):
    """Customers, one record each, by the time of registration."""

    span = 730 * DAY
    facts: ClassVar[Facts] = Facts(
        key=("customer_id",),
        required=("customer_id", "email", "name", "country", "created_at", "marketing_consent"),
        wrong=(
            Wrong(field="email", value="no-at-sign"),
            Wrong(field="country", value="Atlantis"),
            Wrong(field="phone", value="call me"),
            Wrong(field="created_at", value="2099-01-01T00:00:00Z"),
        ),
        time="created_at",
        kind="country",
        new_kind="XZ",
        paced=False,
    )

    def block(self, number: int) -> Block:
        random = self.random("customers", number)
        numbers = range(number * BLOCK, (number + 1) * BLOCK)
        times = self.times(numbers, random)
        kinds = [self.shop.country(place) for place in numbers]
        records = []
        for place, time, country in zip(numbers, times, kinds, strict=True):
            first, last = random.choice(FIRST), random.choice(LAST)
            phone = (
                f'"+{CALLING[country]}555{random.randrange(10**6):06d}"' if random.random() < 0.8 else "null"
            )
            text = (
                f'{{"customer_id":"{customer_id(place)}","email":"customer{place + 1}@example.com",'
                f'"name":"{first} {last}","country":"{country}",'
                f'"phone":{phone},"created_at":"{iso(time)}",'
                f'"marketing_consent":{"true" if random.random() < 0.4 else "false"}}}'
            )
            records.append(text.encode())
        return Block(records=records, times=times, kinds=kinds)


class Products(Register):
    """Products, one record each, by the time of their last change."""

    span = 90 * DAY
    facts: ClassVar[Facts] = Facts(
        key=("product_id",),
        required=("product_id", "sku", "name", "category", "price", "currency", "active", "updated_at"),
        wrong=(
            Wrong(field="price", value=-1.0),
            Wrong(field="sku", value="?"),
            Wrong(field="currency", value="dollars"),
            Wrong(field="name", value=""),
            Wrong(field="updated_at", value="2099-01-01T00:00:00Z"),
        ),
        time="updated_at",
        kind="category",
        new_kind="groceries",
        paced=False,
    )

    def block(self, number: int) -> Block:
        random = self.random("products", number)
        numbers = range(number * BLOCK, (number + 1) * BLOCK)
        times = self.times(numbers, random)
        records, kinds = [], []
        for place, time in zip(numbers, times, strict=True):
            category = random.choice(tuple(CATEGORIES))
            name = f"{random.choice(STYLES)} {random.choice(CATEGORIES[category])} {place % 97 + 1}"
            text = (
                f'{{"product_id":"{product_id(place)}","sku":"{category[:3].upper()}-{place + 1:06d}",'
                f'"name":"{name}","category":"{category}","price":{amount(self.shop.price(place))},'
                f'"currency":"EUR","active":{"true" if random.random() < 0.94 else "false"},'
                f'"updated_at":"{iso(time)}"}}'
            )
            records.append(text.encode())
            kinds.append(category)
        return Block(records=records, times=times, kinds=kinds)
