"""Reading: a table as a lazy Polars frame, and bronze batch by batch."""

from __future__ import annotations


from sentineldq.lake.facts import head_facts
from sentineldq.lake.place import ancestry

__all__ = ["ancestry", "head_facts"]
