"""Market bars keep to their calendar and their bounds; the shop's records agree with one another."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import log
from statistics import mean, stdev
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from sentineldq.sources.simulate import generate
from sentineldq.sources.simulate.holidays import closed
from sentineldq.sources.simulate.market import ASSETS

NEW_YORK = ZoneInfo("America/New_York")


def made(shape: str, records: int, **options: Any) -> list[dict[str, Any]]:
    return [json.loads(record) for record in generate(shape, seed=8, records=records, **options)]


@pytest.fixture(scope="module")
def bars():
    return made("market", 12_000, start="2019-01-01")


def test_bars_are_within_their_bounds(bars):
    for bar in bars:
        assert bar["high"] >= max(bar["open"], bar["close"])
        assert 0 < bar["low"] <= min(bar["open"], bar["close"])
        assert 0 < bar["adj_close"] <= bar["close"]
        assert bar["volume"] >= 0
        assert (bar["interval"], bar["currency"], bar["complete"]) == ("1d", "USD", True)
    assert len({(bar["symbol"], bar["time"]) for bar in bars}) == len(bars)


def test_bars_are_on_trading_days_and_on_all_of_them(bars):
    days = defaultdict(list)
    for bar in bars:
        zone = NEW_YORK if "-" not in bar["symbol"] else ZoneInfo("UTC")
        time = datetime.fromisoformat(bar["time"]).astimezone(zone)
        assert (time.hour, time.minute) == (0, 0)
        days[bar["symbol"]].append(time.date())
    assert days.keys() == {asset.symbol for asset in ASSETS}
    assert all(next_ - day == timedelta(days=1) for day, next_ in pairwise(days["BTC-USD"]))
    first, last = date(2019, 1, 1), max(days["SPY"])
    between = (first + timedelta(days=number) for number in range((last - first).days + 1))
    assert days["SPY"] == [day for day in between if day.weekday() < 5 and day not in closed(day.year)]


def test_holidays_are_those_of_the_exchange():
    assert sorted(closed(2024)) == [
        date(2024, 1, 1),
        date(2024, 1, 15),
        date(2024, 2, 19),
        date(2024, 3, 29),
        date(2024, 5, 27),
        date(2024, 6, 19),
        date(2024, 7, 4),
        date(2024, 9, 2),
        date(2024, 11, 28),
        date(2024, 12, 25),
    ]
    assert date(2021, 12, 31) not in closed(2021)  # New Year on a Saturday is not kept
    assert date(2022, 12, 26) in closed(2022)


def test_prices_are_a_walk_whose_volatility_clusters(bars):
    closes = [bar["close"] for bar in bars if bar["symbol"] == "TSLA"]
    moves = [log(next_ / price) for price, next_ in pairwise(closes)]
    assert 0.015 < stdev(moves) < 0.08
    assert abs(mean(moves)) < 0.01
    sizes = [abs(move) for move in moves]
    near = correlation(sizes[:-1], sizes[1:])
    assert near > 0.05
    assert abs(correlation(moves[:-1], moves[1:])) < 0.1


def test_a_price_is_the_same_wherever_the_simulation_starts(bars):
    known = {(bar["symbol"], bar["time"]): bar for bar in bars}
    later = made("market", 300, start="2021-06-01")
    assert all(known[bar["symbol"], bar["time"]] == bar for bar in later)


def correlation(ones: list[float], others: list[float]) -> float:
    pairs = zip(ones, others, strict=True)
    low, high = mean(ones), mean(others)
    return mean((one - low) * (other - high) for one, other in pairs) / (stdev(ones) * stdev(others))


@pytest.fixture(scope="module")
def shop():
    sizes = {"customers": 300, "products": 80}
    return {
        shape: made(shape, records, **sizes)
        for shape, records in {
            "customers": 300,
            "products": 80,
            "orders": 2000,
            "order_items": 5000,
            "clickstream": 4000,
            "inventory": 900,
        }.items()
    }


def test_references_hold(shop):
    customers = {one["customer_id"] for one in shop["customers"]}
    products = {one["product_id"] for one in shop["products"]}
    orders = {one["order_id"] for one in shop["orders"]}
    assert {one["customer_id"] for one in shop["orders"]} <= customers
    assert {one["order_id"] for one in shop["order_items"]} == orders
    assert {one["product_id"] for one in shop["order_items"]} <= products
    assert {one["product_id"] for one in shop["inventory"]} == products
    assert {one["customer_id"] for one in shop["clickstream"]} <= customers | {None}
    assert {one["product_id"] for one in shop["clickstream"]} <= products | {None}


def test_a_total_is_the_sum_of_the_items(shop):
    sums: Counter[str] = Counter()
    prices = {one["product_id"]: one["price"] for one in shop["products"]}
    for item in shop["order_items"]:
        assert item["unit_price"] == prices[item["product_id"]]
        assert 0 <= item["discount"] <= item["quantity"] * item["unit_price"]
        sums[item["order_id"]] += round(100 * (item["quantity"] * item["unit_price"] - item["discount"]))
    assert all(round(100 * order["total"]) == sums[order["order_id"]] for order in shop["orders"])


def test_keys_are_keys(shop):
    for shape, key in (
        ("orders", "order_id"),
        ("order_items", "order_item_id"),
        ("customers", "customer_id"),
    ):
        assert len({one[key] for one in shop[shape]}) == len(shop[shape])
    assert len({one["email"] for one in shop["customers"]}) == 300
    assert len({one["sku"] for one in shop["products"]}) == 80
    stock = [(one["product_id"], one["warehouse"], one["updated_at"]) for one in shop["inventory"]]
    assert len(set(stock)) == len(stock)


def test_orders_are_shipped_to_the_country_of_their_customer(shop):
    home = {one["customer_id"]: one["country"] for one in shop["customers"]}
    for order in shop["orders"]:
        assert order["shipping_address"].keys() == {"street", "city", "postal_code", "country"}
        assert order["shipping_address"]["country"] == home[order["customer_id"]]
        assert order["updated_at"] >= order["created_at"]
    assert {one["status"] for one in shop["orders"]} == {
        "created",
        "paid",
        "shipped",
        "delivered",
        "cancelled",
    }


def test_customers_and_products_are_there_before_the_shop_opens(shop):
    assert max(one["created_at"] for one in shop["customers"]) < min(
        one["created_at"] for one in shop["orders"]
    )
    assert max(one["updated_at"] for one in shop["products"]) < min(
        one["created_at"] for one in shop["orders"]
    )
    more = made("customers", 310, customers=300)
    assert more[300]["created_at"] >= "2025-01-06"


def test_visits_have_several_events_and_some_end_with_a_purchase(shop):
    visits: dict[str, list[str]] = defaultdict(list)
    for event in shop["clickstream"]:
        UUID(event["event_id"])
        visits[event["session_id"]].append(event["event_type"])
    kinds = {kind for visit in visits.values() for kind in visit}
    assert kinds == {"page_view", "search", "add_to_cart", "checkout", "purchase"}
    assert 2 < mean(len(visit) for visit in visits.values()) < 12
    for visit in visits.values():
        if "purchase" in visit:
            assert visit.index("purchase") > visit.index("checkout") > visit.index("add_to_cart")


def test_stock_is_not_reserved_beyond_what_is_there(shop):
    assert all(0 <= one["reserved"] <= one["on_hand"] for one in shop["inventory"])
