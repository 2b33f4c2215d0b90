"""The built-in checks, one file per subject; each check is one short definition.

Importing this package registers them all.
"""

from sentineldq.checks.catalogue import (
    dependency,
    distributions,
    formats,
    keys,
    logic,
    order,
    outliers,
    pairs,
    queries,
    statistics,
    strings,
    table,
    types,
    values,
)
from sentineldq.checks.definition import (
    Measure,
    Reading,
    Relation,
    catalogue,
    metric_check,
    query_check,
    relation_check,
    row_check,
    schema_check,
    value_check,
)

__all__ = [
    "Measure",
    "Reading",
    "Relation",
    "catalogue",
    "dependency",
    "distributions",
    "formats",
    "keys",
    "logic",
    "metric_check",
    "order",
    "outliers",
    "pairs",
    "queries",
    "query_check",
    "relation_check",
    "row_check",
    "schema_check",
    "statistics",
    "strings",
    "table",
    "types",
    "value_check",
    "values",
]
