"""What a column's name says about its values."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_0-9]+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYS = _set(
    "id key uuid guid pk no nr num number code sku isbn ean upc index idx hash sha sha1 ref reference token"
    " symbol ticker slug handle iban vin serial"
)
"""Last words of names whose values tell things apart."""

LABELS = KEYS | _set(
    "zip zipcode postal postcode plz phone mobile fax tel type status class category flag state kind mode"
    " method group level tier grade gender sex country region currency vendor version prefix bin"
)
"""Words of names whose numbers stand for something: no sums, no ranges, no outliers."""

CHOICES = _set(
    "type status class category flag state kind mode method group level tier grade gender sex vendor code"
    " channel priority severity source segment"
)
"""Words of names whose values come from a short list, even when they are numbers."""

COUNTERS = _set("id key pk index idx serial seq sequence")
"""Last words of names whose numbers go on and on."""

OPEN = _set("country nation nationality language locale timezone city town currency ccy")
"""Words of names whose values come from a list of the world, of which data shows but a part."""

POSITIONS = _set("item line seq sequence sequential position index number no nr rank row step part")
"""Words of names that count within something: the second half of many keys."""

RANGES: dict[str, tuple[float, float]] = {
    "latitude": (-90, 90),
    "lat": (-90, 90),
    "longitude": (-180, 180),
    "lng": (-180, 180),
    "lon": (-180, 180),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "quarter": (1, 4),
    "week": (1, 53),
    "year": (1900, 2100),
    "age": (0, 150),
    "probability": (0, 1),
    "proba": (0, 1),
    "percent": (0, 100),
    "percentage": (0, 100),
    "pct": (0, 100),
}
"""Ranges that words of names promise; they count only where the data keeps them."""

SCALES = _set("score rating stars rate grade satisfaction rank level")
"""Words of names whose numbers are points on a short scale."""


GAPS = _set(
    "na n/a n.a. #n/a #na nan null none nil empty missing unknown undefined tbd ? ?? - -- --- . .. (null)"
) | {
    "",
    "not available",
    "not applicable",
    "(blank)",
    "#null!",
    "<na>",
}
"""What people write where a value is missing, in lower case."""


TELLING = ("email", "uuid", "url", "uri", "ipv4", "ipv6", "date-time", "timestamp", "date", "time", "iban", "card",
           "phone", "mac", "sha256", "duration", "semver")  # fmt: skip
"""Named formats that the values alone tell, the most telling first."""

SAID: dict[str, tuple[str, ...]] = {
    "country": ("country", "nation", "iso"),
    "country3": ("country", "nation", "iso"),
    "currency": ("currency", "ccy"),
    "json": (
        "json",
        "payload",
        "data",
        "properties",
        "attributes",
        "meta",
        "metadata",
        "body",
        "val",
        "value",
    ),
}
"""Named formats whose values look like much else: told where a word of the name says so too."""


def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `CustomerID`, `customer_id` and `customer id` are the same two."""
    return tuple(word.lower() for word in _WORD.findall(name))


def leaf(path: str) -> str:
    """The last name of a path: `sha` of `payload.commits[].sha`."""
    return path.removesuffix("[]").rpartition(".")[2].removesuffix("[]")


def identifies(path: str) -> bool:
    """Whether the name is that of a key: `order_id`, `InvoiceNo`, `sku`."""
    found = words(leaf(path))
    return bool(found) and (found[-1] in KEYS or found[0] in {"id", "uuid"} or _glued(found[-1]))


def labels(path: str) -> bool:
    """Whether numbers of that name stand for something rather than count it: `zip`, `phone`, `vendor_id`."""
    found = words(leaf(path))
    return identifies(path) or not LABELS.isdisjoint(found)


def chooses(path: str) -> bool:
    """Whether the name speaks of a choice: `status`, `payment_type`, `is_active`."""
    found = words(leaf(path))
    return not CHOICES.isdisjoint(found) or (bool(found) and found[0] in {"is", "has"})


def _glued(word: str) -> bool:
    """`userid`, `orderid`; but not `paid` or `grid`."""
    return (
        len(word) > 5 and word.endswith(("uuid", "guid", "id")) and not word.endswith(("aid", "oid", "lid"))
    )
