"""Named formats of text: as patterns where a pattern is exact, in Python where a checksum decides.

The patterns follow JSON Schema's format vocabulary (2020-12) where it has the name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import narwhals as nw

from sentineldq.checks.codes import COUNTRIES, COUNTRIES_3, CURRENCIES
from sentineldq.checks.definition import row_check, text, value_check
from sentineldq.errors import CheckDefinitionError, suggest

_DAY = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9])(?:\.[0-9]{1,9})?"
_ZONE = r"(?:[zZ]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_DAYS = r"(?:[0-9]+Y(?:[0-9]+M)?(?:[0-9]+D)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)"
_SECONDS = r"[0-9]+(?:\.[0-9]+)?S"
_HOURS = rf"(?:[0-9]+H(?:[0-9]+M)?(?:{_SECONDS})?|[0-9]+M(?:{_SECONDS})?|{_SECONDS})"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_H = r"[0-9A-Fa-f]{1,4}"
_IPV6 = (
    rf"(?:(?:{_H}:){{7}}{_H}"
    rf"|(?:{_H}:){{1,7}}:"
    rf"|(?:{_H}:){{1,6}}:{_H}"
    rf"|(?:{_H}:){{1,5}}(?::{_H}){{1,2}}"
    rf"|(?:{_H}:){{1,4}}(?::{_H}){{1,3}}"
    rf"|(?:{_H}:){{1,3}}(?::{_H}){{1,4}}"
    rf"|(?:{_H}:){{1,2}}(?::{_H}){{1,5}}"
    rf"|{_H}:(?::{_H}){{1,6}}"
    rf"|:(?:(?::{_H}){{1,7}}|:)"
    rf"|(?:{_H}:){{6}}{_IPV4}"
    rf"|::(?:[Ff]{{4}}:)?{_IPV4}"
    rf"|(?:{_H}:){{1,4}}:{_IPV4})"
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"

PATTERNS: dict[str, str] = {
    "email": rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+$",
    "uuid": r"^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$",
    "url": rf"^https?://(?:{_LABEL}(?:\.{_LABEL})*|\[{_IPV6}\])(?::[0-9]{{1,5}})?(?:[/?#][^ \t\n\r\f\v]*)?$",
    "hostname": rf"^{_LABEL}(?:\.{_LABEL})*$",
    "ipv4": rf"^{_IPV4}$",
    "ipv6": rf"^{_IPV6}$",
    "date": rf"^{_DAY}$",
    "time": rf"^{_CLOCK}{_ZONE}?$",
    "date-time": rf"^{_DAY}[Tt ]{_CLOCK}{_ZONE}$",
    "timestamp": rf"^{_DAY}[Tt ]{_CLOCK}{_ZONE}?$",
    "duration": rf"^P(?:[0-9]+W|{_DAYS}(?:T{_HOURS})?|T{_HOURS})$",
    "byte": r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "phone": r"^\+[1-9][0-9]{6,14}$",
    "mac": r"^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$",
    "sha256": r"^[0-9A-Fa-f]{64}$",
    "semver": r"^(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$",
    "integer": r"^[+-]?[0-9]+$",
    "number": r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$",
}
"""Exact patterns, in the language of checks/regex.py."""

SETS: dict[str, frozenset[str]] = {
    "country": COUNTRIES,
    "country3": COUNTRIES_3,
    "currency": CURRENCIES,
}

VALUE_FORMATS = ("card", "iban", "json")
"""Formats with a check of their own, in Python."""

FORMATS = tuple(sorted([*PATTERNS, *SETS, *VALUE_FORMATS]))

ALIASES = {
    "credit-card": "card",
    "datetime": "date-time",
    "idn-email": "email",
    "ip": "ipv4",
    "uri-reference": "uri",
    "base64": "byte",
}


def format_name(name: str) -> str:
    """The catalogue's name of a format; raises CheckDefinitionError for an unknown one."""
    found = ALIASES.get(name, name)
    if found not in FORMATS:
        raise CheckDefinitionError(f"there is no format named {name!r}", hint=suggest(name, FORMATS))
    return found


@row_check("format", dimension="conformity", says="a valid {format}", types=text)
def named_format(value: nw.Expr, *, format: str, engine: Any) -> nw.Expr:
    """The text is in a named format.

    byte, card, country, country3, currency, date, date-time, duration, email, hostname, iban, integer, ipv4, ipv6,
    json, mac, number, phone, semver, sha256, time, timestamp, url, uri, uuid; JSON Schema's names for them, too.
    """
    from sentineldq.checks.regex import translate

    name = format_name(format)
    if name in SETS:
        return value.is_in(sorted(SETS[name]))
    return value.str.contains(translate(PATTERNS[name], engine))


@value_check("iban", says="a valid IBAN")
def iban(value: str) -> bool:
    """An IBAN whose length fits its country and whose checksum is right (ISO 13616, ISO 7064 mod 97-10)."""
    code = value.replace(" ", "")
    if not (code.isascii() and code.isalnum() and 15 <= len(code) <= 34 and code[:2].isupper()):
        return False
    if code[:2] not in COUNTRIES | {"XK"} or not code[2:4].isdigit() or code.upper() != code:
        return False
    return int("".join(str(int(char, 36)) for char in code[4:] + code[:4])) % 97 == 1


@value_check("card", says="a valid card number")
def card(value: str) -> bool:
    """A payment card number of 12 to 19 digits with a right check digit (ISO/IEC 7812, Luhn)."""
    digits = value.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19):
        return False
    total = sum(int(digit) for digit in digits[-1::-2])
    return (total + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])) % 10 == 0


@value_check("json", says="valid JSON")
def json(value: str) -> bool:
    """Text that is one JSON value (RFC 8259)."""
    try:
        msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True


@value_check("json_schema", says="JSON of the schema")
def json_schema(value: str, *, schema: dict[str, Any]) -> bool:
    """Text that is JSON and valid against a JSON Schema (the draft its `$schema` names, else 2020-12)."""
    try:
        found = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return bool(_validator(msgspec.json.encode(schema, order="sorted"))(found))


@cache
def _validator(schema: bytes) -> Callable[[Any], bool]:
    try:
        from jsonschema.validators import validator_for
    except ImportError:
        from sentineldq.errors import MissingExtraError

        raise MissingExtraError("jsonschema", extra="stats", purpose="the json_schema check") from None
    described = msgspec.json.decode(schema)
    kind = validator_for(described)
    kind.check_schema(described)
    valid: Callable[[Any], bool] = kind(described).is_valid
    return valid


@value_check("date_format", says="a date as {format}")
def date_format(value: str, *, format: str) -> bool:
    """Text that a strftime format reads completely (Python's datetime.strptime)."""
    _readable(format)
    try:
        datetime.strptime(value, format)  # noqa: DTZ007  # only whether it can be read matters
    except ValueError:
        return False
    return True


@cache
def _readable(format: str) -> None:
    """Refuse a format that cannot read what it writes; raises CheckDefinitionError."""
    some = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
    try:
        datetime.strptime(some.strftime(format), format)  # noqa: DTZ007
    except ValueError as error:
        raise CheckDefinitionError(f"date_format: {format!r} is no format: {error}") from error


@value_check("parseable_date", says="a date in a common form")
def parseable_date(value: str) -> bool:
    """Text that reads as a date or time in one of the forms people write (python-dateutil's parser)."""
    return _dateutil()(value)


@cache
def _dateutil() -> Callable[[str], bool]:
    try:
        from dateutil import parser
    except ImportError:
        from sentineldq.errors import MissingExtraError

        raise MissingExtraError(
            "python-dateutil", extra="stats", purpose="the parseable_date check"
        ) from None

    def readable(value: str) -> bool:
        try:
            parser.parse(value)
        except (ValueError, OverflowError):
            return False
        return True

    return readable


__all__ = ["ALIASES", "FORMATS", "PATTERNS", "SETS", "VALUE_FORMATS", "format_name"]
