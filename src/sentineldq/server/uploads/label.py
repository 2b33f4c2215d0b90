"""What a file is called by whoever hands it in: kept for people, never used as a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
UNNAMED = "upload"
FORMATS = ("csv", "tsv", "txt", "json", "ndjson", "jsonl", "parquet", "xlsx", "xlsm", "xls", "ods")
PACKED = ("gz", "zst", "bz2")

_SEPARATORS = re.compile(r"[\\/]")
_SPACES = re.compile(r"\s+")


def clean(given: str | None, *, instead: str = UNNAMED) -> str:
    """The last part of a path, without what cannot be seen."""
    return title(_SEPARATORS.split(given or "")[-1], instead=instead)


def title(given: str | None, *, instead: str = UNNAMED) -> str:
    """A name without what cannot be seen (controls, marks of direction), shortened in the middle."""
    text = unicodedata.normalize("NFC", given or "")
    text = "".join(char for char in text if not unicodedata.category(char).startswith("C"))
    text = _SPACES.sub(" ", text).strip(" .")
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 41]}…{text[-40:]}"
    return text or instead


def extension(label: str) -> str:
    """The format that a label promises, as one of FORMATS; "" where it promises none."""
    parts = label.lower().split(".")[1:]
    while parts and parts[-1] in PACKED:
        parts.pop()
    return parts[-1] if parts and parts[-1] in FORMATS else ""


def stem(label: str) -> str:
    """A label without its extensions: what its source is called where nobody said."""
    front = label
    while (found := front.rpartition("."))[0] and found[2].lower() in (*FORMATS, *PACKED):
        front = found[0]
    return front
