"""PyIceberg's transaction, made quick on a table of many snapshots."""

from __future__ import annotations

from pyiceberg.table import Transaction
from pyiceberg.table.metadata import TableMetadata


class QuickTransaction(Transaction):
    """PyIceberg's, for one snapshot and nothing else: it looks at the metadata that are there, without a copy.

    PyIceberg copies all of them, every snapshot, a dozen times for each commit.
    """

    @property
    def table_metadata(self) -> TableMetadata:
        return self._table.metadata
