"""Amounts in whole cents, so that a total is exactly the sum of its parts."""

from __future__ import annotations


def amount(cents: int) -> str:
    """Cents as a JSON number with two decimals."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole}.{rest:02d}"
