"""Which columns a contract classifies, so that their values are masked wherever they appear."""

from __future__ import annotations

from sentineldq.contracts.model import Property, SchemaObject

OPEN = ("public", "internal", "none", "open")
"""Classifications whose values may be shown."""

PRIVATE_TAGS = ("pii", "phi", "pci", "sensitive", "secret", "personal", "confidential", "restricted")


def is_private(item: Property) -> bool:
    """Whether a property's values must not be shown: classified, encrypted or tagged so."""
    if item.classification is not None and item.classification.lower() not in OPEN:
        return True
    words = {tag.lower().split(":")[0] for tag in item.tags} | {tag.lower() for tag in item.tags}
    return bool(item.encrypted_name) or not words.isdisjoint(PRIVATE_TAGS)


def classified(table: SchemaObject) -> frozenset[str]:
    """The paths of all private properties; what lies inside a private object is private."""
    private = [path for path, item in table.walk() if is_private(item)]
    inside = (
        path
        for path, _ in table.walk()
        if any(path.startswith((f"{parent}.", f"{parent}[]")) for parent in private)
    )
    return frozenset([*private, *inside])
