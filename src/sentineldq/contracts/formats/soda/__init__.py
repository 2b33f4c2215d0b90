"""Soda contracts (v4): columns and dataset with their checks, thresholds and filters.

A check without threshold, filter or name of its own becomes the field of the schema that states it.
Source: https://docs.soda.io/soda-v4/reference/contract-language-reference
"""

from __future__ import annotations

from sentineldq.contracts.formats.soda.reader import read
from sentineldq.contracts.formats.soda.words import negated
from sentineldq.contracts.formats.soda.writer import write

__all__ = ["negated", "read", "write"]
