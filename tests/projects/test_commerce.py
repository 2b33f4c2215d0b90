"""The contracts of the shop, and the figures of its gold tables counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tests.projects.gold import audit, build, front, models
from tests.projects.records import contract, judge

SOON = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
RECORDS: dict[str, dict[str, Any]] = {
    "clickstream": {
        "event_id": "e1",
        "session_id": "s1",
        "customer_id": None,
        "event_type": "page_view",
        "url": "https://shop.example.com/search?q=caf%C3%A9",
        "product_id": None,
        "user_agent": BROWSER,
        "ip": "198.51.100.7",
        "occurred_at": "2026-03-01T10:00:00.123Z",
    },
    "orders": {
        "order_id": "o1",
        "customer_id": "c1",
        "status": "paid",
        "currency": "EUR",
        "total": 20.50,
        "created_at": "2026-03-01T10:00:00Z",
        "updated_at": "2026-03-01T10:30:00Z",
        "shipping_address": {"street": "Hauptstraße 1", "city": "東京", "postal_code": None, "country": "JP"},
    },
    "order_items": {
        "order_item_id": "i1",
        "order_id": "o1",
        "product_id": "p1",
        "quantity": 2,
        "unit_price": 10.25,
        "discount": 20.50,
    },
    "customers": {
        "customer_id": "c1",
        "email": "zoe@example.com",
        "name": "Zoë Müller",
        "country": "DE",
        "phone": "+4915123456789",
        "created_at": "2026-03-01T10:00:00Z",
        "marketing_consent": False,
    },
    "products": {
        "product_id": "p1",
        "sku": "HOM-000001",
        "name": "Café Apron",
        "category": "home",
        "price": 10.25,
        "currency": "EUR",
        "active": True,
        "updated_at": "2026-03-01T10:00:00Z",
    },
    "inventory": {
        "product_id": "p1",
        "warehouse": "BER-1",
        "on_hand": 3,
        "reserved": 3,
        "updated_at": "2026-03-01T10:00:00Z",
    },
}
REFUSED: list[tuple[str, dict[str, Any], set[str]]] = [
    ("clickstream", {"event_type": "teleport"}, {"known event type"}),
    ("clickstream", {"event_id": ""}, {"event_id"}),
    ("clickstream", {"url": "not a url"}, {"url"}),
    ("clickstream", {"ip": "999.1.1.1"}, {"ip"}),
    ("clickstream", {"ip": "1.2.3"}, {"ip"}),
    ("clickstream", {"occurred_at": SOON}, {"not in the future"}),
    ("clickstream", {"event_type": "add_to_cart"}, {"a cart has a product"}),
    ("orders", {"status": "returned"}, {"known status"}),
    ("orders", {"currency": "dollars", "total": -1}, {"currency", "total"}),
    ("orders", {"total": 20.505}, {"total"}),
    ("orders", {"updated_at": "2026-03-01T09:00:00Z"}, {"updated after it was created"}),
    (
        "orders",
        {"shipping_address": {"street": "x", "city": "y", "country": "Atlantis"}},
        {"shipping_address.country"},
    ),
    ("order_items", {"quantity": 0}, {"quantity"}),
    ("order_items", {"discount": 20.51}, {"no more is taken off than the line costs"}),
    ("customers", {"email": "no-at-sign", "phone": "call me"}, {"email", "phone"}),
    ("customers", {"country": "XZ"}, {"country"}),
    ("products", {"price": 0}, {"price"}),
    ("products", {"sku": "?", "name": ""}, {"sku", "name"}),
    ("inventory", {"on_hand": -5}, {"on_hand"}),
    ("inventory", {"reserved": 4}, {"no more is reserved than there is"}),
]


def row(name: str, /, **changes: Any) -> dict[str, Any]:
    return {**RECORDS[name], **changes}


def silver(name: str, *records: dict[str, Any]) -> pl.DataFrame:
    verdict = judge(contract("commerce", name), records)
    assert verdict.refused == []
    return verdict.good


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_accepted(name: str) -> None:
    verdict = judge(contract("commerce", name), [RECORDS[name]])
    assert (verdict.refused, verdict.warned, verdict.good.height) == ([], set(), 1)


@pytest.mark.parametrize(
    ("name", "changes", "reasons"), REFUSED, ids=[f"{case[0]}-{at}" for at, case in enumerate(REFUSED)]
)
def test_what_is_wrong_is_refused_with_every_reason(
    name: str, changes: dict[str, Any], reasons: set[str]
) -> None:
    assert judge(contract("commerce", name), [row(name, **changes)]).refused == [reasons]


@pytest.mark.parametrize("ip", ["198.51.100.7", "2001:db8::1", "::ffff:198.51.100.7", "::1"])
def test_addresses_of_both_versions_are_accepted(ip: str) -> None:
    assert judge(contract("commerce", "clickstream"), [row("clickstream", ip=ip)]).refused == []


def test_money_is_exact() -> None:
    orders = silver("orders", *(row("orders", order_id=f"o{n}", total=0.1) for n in range(3)))
    assert orders["total"].sum() == Decimal("0.30")


def click(number: int, session: str, kind: str, *, day: int = 1, **changes: Any) -> dict[str, Any]:
    time = f"2026-03-0{day}T23:59:{number:02d}Z"
    return row(
        "clickstream",
        event_id=f"e{number}",
        session_id=session,
        event_type=kind,
        occurred_at=time,
        product_id="p1",
        **changes,
    )


@pytest.fixture(scope="module")
def shop() -> dict[str, pl.DataFrame]:
    """A shop with two products, three customers, five orders and the visits of two days."""
    late = "2026-03-02T08:00:00Z"
    return {
        "clickstream": silver(
            "clickstream",
            *(
                click(n, "s1", kind)
                for n, kind in enumerate(["page_view", "add_to_cart", "checkout", "purchase"])
            ),
            *(click(n, "s2", kind) for n, kind in enumerate(["search", "add_to_cart", "add_to_cart"], 10)),
            click(20, "s3", "page_view"),
            click(21, "s4", "page_view", user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)"),
            click(22, "s3", "page_view", day=2),
        ),
        "orders": silver(
            "orders",
            row("orders"),
            row("orders", order_id="o2", status="delivered", total=4.5, updated_at=late),
            row("orders", order_id="o3", status="cancelled", total=100),
            row("orders", order_id="o4", status="created", currency="USD", total=7),
            row(
                "orders",
                order_id="o5",
                customer_id="c9",
                created_at="2026-03-02T00:00:00Z",
                updated_at=late,
                total=1,
            ),
        ),
        "order_items": silver(
            "order_items",
            row("order_items"),
            row("order_items", order_item_id="i2", order_id="o7"),
            row("order_items", order_item_id="i3", order_id="o7", product_id="p9"),
        ),
        "customers": silver("customers", row("customers")),
        "products": silver("products", row("products"), row("products", product_id="p2", active=False)),
        "inventory": silver(
            "inventory",
            row("inventory"),
            row("inventory", updated_at=late, on_hand=10, reserved=6),  # the newer count
            row("inventory", warehouse="LYS-1"),
            row("inventory", warehouse="PDX-1", on_hand=8),
            row("inventory", product_id="p2"),
        ),
    }


@pytest.fixture(scope="module")
def gold(shop: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return build("commerce", shop)


def test_revenue(gold: dict[str, pl.DataFrame]) -> None:
    assert gold["revenue"].rows() == [
        (date(2026, 3, 1), "EUR", 3, 1, 2, 1, Decimal("25.00")),
        (date(2026, 3, 1), "USD", 1, 0, 0, 0, Decimal("0.00")),
        (date(2026, 3, 2), "EUR", 1, 0, 1, 1, Decimal("1.00")),
    ]


def test_funnel(gold: dict[str, pl.DataFrame]) -> None:
    assert gold["funnel"].rows() == [
        (date(2026, 3, 1), 3, 2, 1, 1, pytest.approx(1 / 3)),
        (date(2026, 3, 2), 1, 0, 0, 0, 0.0),
    ]


def test_stock_alerts(gold: dict[str, pl.DataFrame]) -> None:
    """Five of the third warehouse are left, and the second product is not on sale."""
    assert gold["stock_alerts"].select("product_id", "warehouse", "available", "alert").rows() == [
        ("p1", "LYS-1", 0, "out of stock"),
        ("p1", "BER-1", 4, "low"),
    ]


def test_orphans(gold: dict[str, pl.DataFrame]) -> None:
    assert gold["orphans"].rows() == [
        ("order_items.order_id", "o7", 2),
        ("order_items.product_id", "p9", 1),
        ("orders.customer_id", "c9", 1),
    ]


@pytest.mark.parametrize("name", models("commerce"))
def test_every_table_holds_its_contract(gold: dict[str, pl.DataFrame], name: str) -> None:
    result = audit("commerce", name, gold[name])
    expected = ["nothing is missing"] if name == "orphans" else []
    assert [check.name for check in result.checks if check.status != "pass"] == expected
    assert result.passed


@pytest.mark.parametrize("name", ["revenue", "funnel"])
def test_a_day_is_built_from_the_rows_of_that_day_alone(
    shop: dict[str, pl.DataFrame], gold: dict[str, pl.DataFrame], name: str
) -> None:
    told = front("commerce", name)
    source = {"revenue": "orders", "funnel": "clickstream"}[name]
    rows = shop[source]
    parts = [
        build("commerce", {**shop, source: rows.filter(pl.col(told["source_date"]).dt.day() == day)})[name]
        for day in (1, 2)
    ]
    assert [part[told["incremental"]].unique().to_list() for part in parts] == [
        [date(2026, 3, 1)],
        [date(2026, 3, 2)],
    ]
    assert pl.concat(parts).equals(gold[name])
