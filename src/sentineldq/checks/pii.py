"""Personal data: which columns hold it, told by their names and their values together, with the reason.

A name alone is not enough (`email_count` holds no addresses); each kind below says which values it takes. What
is found is a proposal for a person to confirm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sentineldq.checks.evidence import Column
from sentineldq.checks.words import words

MOST = 0.9
"""Share of the values that must be in a kind's format."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of personal data.

    names: words that stand together in the column's name, one alternative each. formats: named formats that
    tell it by the values alone. fits: whether a column of that name can hold it.
    """

    name: str
    classification: str
    names: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    fits: Callable[[Column], bool] = lambda column: column.text


@dataclass(frozen=True, kw_only=True)
class Personal:
    """What was found: the tag, the classification, and why."""

    kind: str
    classification: str
    reasons: list[str] = field(default_factory=list)

    @property
    def tag(self) -> str:
        return f"pii:{self.kind}"


def _wordy(column: Column) -> bool:
    """Text with letters in most of its values."""
    return column.text and column.share(column.like("[A-Za-z]{2}")) >= MOST


def _human(column: Column) -> bool:
    """Text with letters and without digits or signs of a path or an address."""
    return _wordy(column) and column.share(column.like("[0-9/@_]")) <= 1 - MOST


def _dialled(column: Column) -> bool:
    """Numbers of 6 to 15 digits, as text or as integers."""
    if column.text:
        digits = column.values["value"].str.replace_all("[^0-9]", "").str.len_chars()
        return column.share(digits.is_between(6, 15)) >= MOST
    return (
        column.logical == "integer" and column.low is not None and 10**5 <= column.low <= column.high < 10**15
    )


def _dated(column: Column) -> bool:
    return column.logical in {"date", "timestamp"} or (
        column.text and bool(column.seen) and max(column.reads("date"), column.reads("timestamp")) >= MOST
    )


def _number(column: Column) -> bool:
    return column.logical in {"integer", "number"}


def _any(column: Column) -> bool:
    return column.text or column.logical == "integer"


def _secret(column: Column) -> bool:
    return column.text and bool(column.seen) and column.lengths[1] >= 6


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


KINDS = (
    Kind(
        name="email",
        classification="confidential",
        names=_names("email, e mail, mail, email address"),
        formats=("email",),
    ),
    Kind(
        name="card",
        classification="restricted",
        names=_names("card number, pan, credit card number"),
        formats=("card",),
    ),
    Kind(name="iban", classification="restricted", names=_names("iban, account number"), formats=("iban",)),
    Kind(name="ip", classification="confidential", names=_names("ip, ip address"), formats=("ipv4", "ipv6")),
    Kind(
        name="phone",
        classification="confidential",
        names=_names("phone, mobile, telephone, tel, fax, phone number, cell, whatsapp"),
        formats=("phone",),
        fits=_dialled,
    ),
    Kind(
        name="national-id",
        classification="restricted",
        names=_names("ssn, social security, passport, national id, tax id, nin, cpf, personnummer"),
        fits=_any,
    ),
    Kind(
        name="birth-date",
        classification="confidential",
        names=_names("birth, birthday, birthdate, dob, born"),
        fits=_dated,
    ),
    Kind(
        name="name",
        classification="confidential",
        names=_names(
            "first name, firstname, last name, lastname, full name, fullname, surname, given name, family name,"
            " middle name, maiden name, forename, customer name, user name, person name, patient name,"
            " employee name, contact name, author name, recipient name, cardholder, first, last, customer,"
            " patient, driver name"
        ),
        fits=_human,
    ),
    Kind(
        name="username",
        classification="confidential",
        names=_names("username, login, screen name, nickname"),
        fits=_wordy,
    ),
    Kind(
        name="address",
        classification="confidential",
        names=_names("street, address, address line, addr, house number, street address"),
        fits=_wordy,
    ),
    Kind(
        name="credential",
        classification="restricted",
        names=_names("password, passwd, pwd, secret, api key, access token, private key"),
        fits=_secret,
    ),
    Kind(
        name="health",
        classification="restricted",
        names=_names("diagnosis, icd, blood type, medication, disability, medical record"),
        fits=_any,
    ),
    Kind(
        name="special",
        classification="restricted",
        names=_names("religion, ethnicity, race, sexual orientation, political, union member"),
    ),
    Kind(name="gender", classification="confidential", names=_names("gender, sex"), fits=_any),
    Kind(name="salary", classification="confidential", names=_names("salary, wage"), fits=_number),
)


def personal(column: Column) -> Personal | None:
    """The kind of personal data a column holds, or None."""
    if not column.seen or column.nested:
        return None
    for kind in KINDS:
        formats = [name for name in kind.formats if column.formats.get(name, 0.0) >= MOST]
        named = _named(column.path, kind.names)
        if formats:
            share = max(column.formats[name] for name in formats)
            reasons = [f"{int(100 * share)} % of the values are {formats[0]} values"]
            reasons += [f"the name says {named!r}"] if named else []
        elif named and kind.fits(column):
            reasons = [f"the name says {named!r}"]
        else:
            continue
        return Personal(kind=kind.name, classification=kind.classification, reasons=reasons)
    return None


def _named(path: str, names: tuple[str, ...]) -> str | None:
    """The kind's name that the path's last two steps hold; words that mean much else must be all of them."""
    steps = path.replace("[]", "").split(".")[-2:]
    found = " ".join(word for step in steps for word in words(step))
    for name in sorted(names, key=len, reverse=True):
        if found == name or (name not in _ALONE and f" {name} " in f" {found} "):
            return name
    return None


_ALONE = frozenset({"first", "last", "customer", "patient", "mail", "pan", "cell", "race", "address"})
