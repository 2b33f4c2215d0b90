"""What a lint rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sentineldq.contracts.model import Contract, Element, Property, Quality, SchemaObject
from sentineldq.contracts.paths import join
from sentineldq.contracts.problem import Level


class Fault(NamedTuple):
    """What a rule found: where, what, and what to do about it."""

    path: str
    message: str
    hint: str | None = None


class Place(NamedTuple):
    """A property and where it is; `classified` is true when it or something around it is classified."""

    path: str
    item: Property
    table: SchemaObject
    classified: bool


class QualityPlace(NamedTuple):
    """A quality rule, where it is and what it is about."""

    path: str
    rule: Quality
    owner: Element
    table: SchemaObject


@dataclass(frozen=True)
class Rule:
    """A lint rule; `summary` says what is wrong when it fires."""

    id: str
    level: Level
    summary: str
    check: Callable[[View], Iterator[Fault]]


@dataclass
class View:
    """A contract laid out for rules: its objects, properties and quality rules with their paths."""

    contract: Contract
    data: dict[str, Any]
    tables: list[tuple[str, SchemaObject]] = field(default_factory=list)
    properties: list[Place] = field(default_factory=list)
    siblings: list[tuple[str, list[Property]]] = field(default_factory=list)
    quality: list[QualityPlace] = field(default_factory=list)

    def __post_init__(self) -> None:
        for index, table in enumerate(self.contract.schema):
            path = join("schema", index)
            self.tables.append((path, table))
            self._quality(path, table, table)
            self._members(f"{path}.properties", table.properties, table, classified=False)

    def _members(self, path: str, items: list[Property], table: SchemaObject, *, classified: bool) -> None:
        if items:
            self.siblings.append((path, items))
        for index, item in enumerate(items):
            self._property(join(path, index), item, table, classified=classified)

    def _property(self, path: str, item: Property, table: SchemaObject, *, classified: bool) -> None:
        classified = classified or item.classification is not None
        self.properties.append(Place(path, item, table, classified))
        self._quality(path, item, table)
        self._members(f"{path}.properties", item.properties, table, classified=classified)
        if item.items is not None:
            self._property(f"{path}.items", item.items, table, classified=classified)
        if item.map is not None:
            self._property(f"{path}.map.key", item.map.key, table, classified=classified)
            self._property(f"{path}.map.value", item.map.value, table, classified=classified)

    def _quality(self, path: str, owner: Element, table: SchemaObject) -> None:
        for index, rule in enumerate(owner.quality):
            self.quality.append(QualityPlace(f"{path}.quality[{index}]", rule, owner, table))


RULES: dict[str, Rule] = {}


def rule(
    name: str, level: Level, summary: str
) -> Callable[[Callable[[View], Iterator[Fault]]], Callable[[View], Iterator[Fault]]]:
    """Register a rule under its id."""

    def register(check: Callable[[View], Iterator[Fault]]) -> Callable[[View], Iterator[Fault]]:
        RULES[name] = Rule(name, level, summary, check)
        return check

    return register


def repeated(names: list[str | None]) -> Iterator[tuple[int, int]]:
    """Positions of names seen before, each with the position where it was first; None never repeats."""
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name is not None and first.setdefault(name, index) != index:
            yield index, first[name]
