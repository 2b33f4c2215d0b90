"""Write a contract as YAML: the reading order of the standard, block style, no anchors, the newest shape.

Defaults are left out. Text that some YAML reader would take for a number, a boolean or a date is quoted.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
import yaml

from sentineldq.contracts.document import is_text
from sentineldq.contracts.model import NEWEST, Contract, Node

_EARLY = ("apiVersion", "kind", "id", "name", "physicalName", "logicalType")
#: Line breaks that PyYAML writes and reads differently unless they are escaped.
_ODD_BREAK = re.compile("[\r\x85\u2028\u2029\ufeff]")
_LATE = (
    "tags",
    "synonyms",
    "authoritativeDefinitions",
    "customProperties",
    "relationships",
    "quality",
    "map",
    "items",
    "properties",
)


def dump_contract(contract: Contract, *, api_version: str = NEWEST) -> str:
    """The contract as YAML text that states `api_version`."""
    return str(
        yaml.dump(
            contract_data(contract, api_version=api_version),
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=110,
        )
    )


def contract_data(contract: Contract, *, api_version: str = NEWEST) -> dict[str, Any]:
    """The contract as the plain values of its document, keys in reading order."""
    data: dict[str, Any] = {"apiVersion": api_version, "kind": contract.kind}
    return data | {key: value for key, value in _section(contract).items() if key not in data}


def _section(node: Node) -> dict[str, Any]:
    """The keys of one section that differ from their defaults; a server's settings are keys of its own."""
    found: dict[str, Any] = {}
    defaults = _defaults(type(node))
    for name, key, value in node.entries():
        if name == "settings":
            found |= value
        elif name not in defaults or value != defaults[name]:
            found[key] = _plain(value)
    return dict(sorted(found.items(), key=lambda item: _rank(item[0])))


def _plain(value: Any) -> Any:
    if isinstance(value, Node):
        return _section(value)
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value


@cache
def _defaults(kind: type[Node]) -> dict[str, Any]:
    """Fields that have a default, with it."""
    return {
        field.name: field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        for field in msgspec.structs.fields(kind)
        if not field.required
    }


def _rank(key: str) -> int:
    """Early keys first, late keys last, the rest between them in the order of the model."""
    if key in _EARLY:
        return _EARLY.index(key) - len(_EARLY)
    return _LATE.index(key) + 1 if key in _LATE else 0


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML ships no types
    """Indents lists under their key and writes text of several lines as it reads."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow=flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = None if is_text(value) else "'"
    if _ODD_BREAK.search(value):
        style = '"'
    elif "\n" in value:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
