"""Names as SQL identifiers."""

from __future__ import annotations


def quote(*parts: str) -> str:
    """A name, or the parts of a qualified one, quoted as the SQL standard says: nothing in it is ever SQL."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)
