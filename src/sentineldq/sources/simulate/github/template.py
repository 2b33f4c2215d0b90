"""JSON documents with slots, filled by one `%`: text is formatted, not built and encoded, which is fast."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

SLOT = re.compile(r'"=(\w+)"')


def template(document: Mapping[str, Any]) -> str:
    """A format string for `%` with a mapping.

    A value `"=name"` is a slot for JSON (a number, an object, null); `%(name)s` within a text is a slot for text that
    is already escaped.
    """
    return SLOT.sub(r"%(\1)s", json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def escape(text: str) -> str:
    """Text as it stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def quote(text: str | None) -> str:
    """Escaped text, or none, as a JSON value."""
    return "null" if text is None else f'"{text}"'
