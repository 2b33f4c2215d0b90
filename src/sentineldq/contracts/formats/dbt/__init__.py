"""dbt schema files (version 2): models, seeds, snapshots, sources, their columns, tests and constraints.

A test without a configuration of its own becomes the field of the schema that states it; every other one a
rule. Packages understood: dbt_utils, dbt_expectations. Source: https://docs.getdbt.com/reference/data-tests
"""

from __future__ import annotations

from sentineldq.contracts.formats.dbt.reader import read
from sentineldq.contracts.formats.dbt.writer import write

__all__ = ["read", "write"]
