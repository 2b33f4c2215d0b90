"""Variables of ODCS 3.2: `${NAME}` and `${NAME:-default}` in any text of a contract.

Source: https://bitol-io.github.io/open-data-contract-standard/latest/variables/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")

#: Placeholders that quality queries fill in themselves; never variables.
PLACEHOLDERS = frozenset({"object", "property", "table", "column", "schema"})


def fill(text: str, variables: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with its references replaced, and the names that have neither a value nor a default.

    A variable that is empty counts as unset, as in POSIX; what cannot be replaced is left as it is.
    """
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = variables.get(name)
        if found:
            return found
        if default is not None:
            return default
        if name not in PLACEHOLDERS:
            missing.append(name)
        return match.group()

    return _REFERENCE.sub(value, text), missing
