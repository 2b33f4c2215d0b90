"""Diff: what changed between two versions of a contract, and whom it breaks.

Things are matched by id, then by name; a property that vanished and one that appeared in its place with the
same shape are reported as a probable rename. What each change means stands in `change.TOPICS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple, TypeVar

import msgspec

from sentineldq.contracts.change import (
    IMPACTS,
    Change,
    Kind,
    change,
)
from sentineldq.contracts.demand import (
    compare_levels,
    compare_options,
    compare_presence,
    compare_results,
    compare_sets,
    compare_types,
)
from sentineldq.contracts.model import (
    Contract,
    Element,
    Node,
    Property,
    Quality,
    Relationship,
    SchemaObject,
    Server,
    ServiceLevel,
    Team,
)
from sentineldq.contracts.paths import join
from sentineldq.contracts.rules.quality import operators

T = TypeVar("T")
_SEVERITIES = {"info": 0, "warning": 1, "warn": 1, "error": 2, "critical": 2}
_CONTRACT_DOCS = ("name", "domain", "data_product", "tenant", "description", "context", "contract_created_ts")
_ELEMENT_DOCS = ("description", "business_name", "synonyms", "tags")
_PROPERTY_DOCS = ("examples", "critical_data_element", "transform_description", "transform_source_objects")
_EXTRAS = ("tags", "custom_properties", "authoritative_definitions")


class Pairs(NamedTuple):
    """Positions of what is in both lists, only in the old one, only in the new one."""

    both: list[tuple[int, int]]
    gone: list[int]
    fresh: list[int]


def diff(old: Contract, new: Contract) -> list[Change]:
    """Every change from the old contract to the new one, worst first."""
    changes = [
        *_identity(old, new),
        *_documentation(old, new, "", (*_CONTRACT_DOCS, *_EXTRAS)),
        *_team(old, new),
        *_objects(old.schema, new.schema),
        *_named("server", "servers", old.servers, new.servers, lambda item: item.server, _server),
        *_named("role", "roles", old.roles, new.roles, lambda item: item.role, _plain("role", "access")),
        *_named("support", "support", old.support, new.support, lambda item: item.channel, _plain("support")),
        *_named("service level", "slaProperties", old.sla_properties, new.sla_properties, _level_key, _level),
        *_whole("price", "price", old.price, new.price),
    ]
    return sorted(changes, key=lambda item: (_rank(item), item.path))


def _rank(item: Change) -> int:
    return -IMPACTS.index(item.impact)


def _identity(old: Contract, new: Contract) -> Iterator[Change]:
    if old.id != new.id:
        yield change("identity", "changed", "id", f"id was {old.id}, is {new.id}", old=old.id, new=new.id)
    for key, before, after in (
        ("version", old.version, new.version),
        ("apiVersion", old.api_version, new.api_version),
    ):
        if before != after:
            yield change("version", "changed", key, f"{key} was {before}, is {after}", old=before, new=after)
    if old.status != new.status:
        ending = (new.status or "").lower() in ("deprecated", "retired")
        message = f"status was {old.status}, is {new.status}"
        kind: Kind = "loosened" if ending else "changed"
        yield change("status", kind, "status", message, old=old.status, new=new.status)


def _documentation(old: Node, new: Node, path: str, fields: Sequence[str]) -> Iterator[Change]:
    """Fields that only describe."""
    for name in fields:
        if name in new.__struct_fields__:
            yield from _field(old, new, name, "documentation", path)


def _field(old: Node, new: Node, name: str, topic: str, path: str, *, label: str = "") -> Iterator[Change]:
    """A field of which it only matters whether it is there and whether it is the same."""
    before, after = getattr(old, name), getattr(new, name)
    if before == after:
        return
    key = next(key for field, key, _ in new.entries() if field == name)
    kind: Kind = "added" if not before else "removed" if not after else "changed"
    plain_before, plain_after = msgspec.to_builtins(before), msgspec.to_builtins(after)
    message = f"{label}{key} {kind}"
    if isinstance(before or after, str | int | float) and kind == "changed":
        message = f"{label}{key} was {_short(before)}, is {_short(after)}"
    yield change(topic, kind, join(path, key), message, old=plain_before, new=plain_after)


def _team(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = (Team(members=team) if isinstance(team, list) else team for team in (old.team, new.team))
    yield from _whole("documentation", "team", before, after)


def _whole(topic: str, path: str, old: Node | None, new: Node | None) -> Iterator[Change]:
    """A section taken as one."""
    if old != new:
        kind: Kind = "added" if old is None else "removed" if new is None else "changed"
        yield change(
            topic, kind, path, f"{path} {kind}", old=msgspec.to_builtins(old), new=msgspec.to_builtins(new)
        )


def _named(
    topic: str,
    path: str,
    old: Sequence[T],
    new: Sequence[T],
    key: Callable[[T], Any],
    compare: Callable[[T, T, str], Iterator[Change]],
) -> Iterator[Change]:
    """Sections of a list, matched by id and then by what names them."""
    pairs = _match(old, new, key)
    for i, j in pairs.both:
        yield from compare(old[i], new[j], join(path, j))
    for i in pairs.gone:
        yield change(topic, "removed", join(path, i), f"{topic} {_label(key(old[i]))} removed")
    for j in pairs.fresh:
        yield change(topic, "added", join(path, j), f"{topic} {_label(key(new[j]))} added")


def _label(key: Any) -> str:
    return " ".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)


def _match(old: Sequence[Any], new: Sequence[Any], *keys: Callable[[Any], Any]) -> Pairs:
    """Pair members by id, then by each key in turn; each member is used once."""
    both: list[tuple[int, int]] = []
    gone, fresh = list(range(len(old))), list(range(len(new)))
    for key in (lambda item: item.id, *keys):
        waiting: dict[Any, list[int]] = {}
        for j in fresh:
            waiting.setdefault(_hashable(key(new[j])), []).append(j)
        for i in list(gone):
            found = waiting.get(_hashable(key(old[i])))
            if found and key(old[i]) is not None:
                both.append((i, found.pop(0)))
                gone.remove(i)
                fresh.remove(both[-1][1])
    return Pairs(sorted(both, key=lambda pair: pair[1]), gone, fresh)


def _hashable(key: Any) -> Any:
    return key if isinstance(key, str | tuple | int | None) else repr(key)


def _server(old: Server, new: Server, path: str) -> Iterator[Change]:
    place = {"type": old.type, **old.settings}, {"type": new.type, **new.settings}
    if place[0] != place[1]:
        keys = sorted(key for key in {**place[0], **place[1]} if place[0].get(key) != place[1].get(key))
        message = f"server {new.server}: {', '.join(keys)} changed"
        yield change("server", "changed", path, message, old=place[0], new=place[1])
    yield from _documentation(old, new, path, ("description", "environment", "roles", *_EXTRAS))


def _plain(topic: str, *important: str) -> Callable[[Any, Any, str], Iterator[Change]]:
    """Compare sections in which only some fields matter; all others describe."""

    def compare(old: Node, new: Node, path: str) -> Iterator[Change]:
        for name in important:
            yield from _field(old, new, name, topic, path)
        yield from _documentation(old, new, path, [f for f in new.__struct_fields__ if f not in important])

    return compare


def _level_key(level: ServiceLevel) -> tuple[Any, ...]:
    return (level.property.lower(), level.element, level.driver)


def _level(old: ServiceLevel, new: ServiceLevel, path: str) -> Iterator[Change]:
    verdict = compare_levels(old, new)
    if verdict:
        before, after = (f"{level.value} {level.unit or ''}".strip() for level in (old, new))
        message = f"service level {new.property} was {before}, is {after}"
        yield change("service level", verdict, path, message, old=before, new=after)
    yield from _documentation(old, new, path, ("description", "scheduler", "schedule", *_EXTRAS))


def _objects(old: Sequence[SchemaObject], new: Sequence[SchemaObject]) -> Iterator[Change]:
    pairs = _match(old, new, lambda item: item.name, lambda item: item.physical_name)
    renamed = _same_columns(old, new, pairs)
    for i, j in [*pairs.both, *renamed]:
        before, after, path = old[i], new[j], join("schema", j)
        tables = [item.physical_name or item.name for item in (before, after)]
        if tables[0] != tables[1]:
            words = "probably renamed" if (i, j) in renamed else "renamed"
            message = f"object {tables[0]} {words} to {tables[1]}"
            yield change("object", "renamed", path, message, old=tables[0], new=tables[1])
        elif before.name != after.name:
            yield from _field(before, after, "name", "name", path)
        yield from _element(before, after, path, f"{after.name}: ")
        yield from _documentation(before, after, path, ("data_granularity_description", "context"))
        yield from _properties(before.properties, after.properties, f"{path}.properties", f"{after.name}.")
    for i in pairs.gone:
        if i not in [pair[0] for pair in renamed]:
            yield change(
                "object", "removed", join("schema", i), f"object {old[i].name} removed", old=old[i].name
            )
    for j in pairs.fresh:
        if all(j != fresh for _, fresh in renamed):
            yield change("object", "added", join("schema", j), f"object {new[j].name} added", new=new[j].name)


def _same_columns(
    old: Sequence[SchemaObject], new: Sequence[SchemaObject], pairs: Pairs
) -> list[tuple[int, int]]:
    """Vanished and appeared objects that have the same columns: probably one."""
    found: list[tuple[int, int]] = []
    fresh = list(pairs.fresh)
    for i in pairs.gone:
        columns = [item.column for item in old[i].properties]
        twin = next((j for j in fresh if columns and columns == [p.column for p in new[j].properties]), None)
        if twin is not None:
            fresh.remove(twin)
            found.append((i, twin))
    return found


def _element(old: Element, new: Element, path: str, label: str) -> Iterator[Change]:
    """What objects and properties share."""
    yield from _field(old, new, "physical_type", "physical type", path, label=label)
    if old.deprecated != new.deprecated:
        kind: Kind = "added" if new.deprecated else "removed"
        words = "deprecated" if new.deprecated else "no longer deprecated"
        yield change("deprecation", kind, f"{path}.deprecated", f"{label}{words}")
    yield from _named(
        "relationship", f"{path}.relationships", old.relationships, new.relationships, _target, _none
    )
    yield from _documentation(old, new, path, (*_ELEMENT_DOCS, *_EXTRAS))
    yield from _quality(old.quality, new.quality, f"{path}.quality", label)


def _target(relationship: Relationship) -> tuple[Any, ...]:
    return (str(relationship.from_ or ""), str(relationship.to))


def _none(old: Any, new: Any, path: str) -> Iterator[Change]:
    if old != new:
        yield change("documentation", "changed", path, "relationship described otherwise")


def _properties(old: Sequence[Property], new: Sequence[Property], path: str, within: str) -> Iterator[Change]:
    pairs = _match(
        old, new, lambda item: item.physical_name, lambda item: item.name, lambda item: item.column
    )
    renamed = _renames(old, new, pairs)
    for i, j in [*pairs.both, *renamed]:
        yield from _property(old[i], new[j], join(path, j), within, probable=(i, j) in renamed)
    moved = {i for i, _ in renamed}, {j for _, j in renamed}
    for i in pairs.gone:
        if i not in moved[0]:
            topic = "required property" if old[i].required else "property"
            name = f"{within}{old[i].name}"
            yield change(topic, "removed", join(path, i), f"{name} removed", old=old[i].column)
    for j in pairs.fresh:
        if j not in moved[1]:
            topic = "required property" if new[j].required else "property"
            words = "required property" if new[j].required else "property"
            name = f"{within}{new[j].name}"
            yield change(topic, "added", join(path, j), f"{words} {name} added", new=new[j].column)
    order = [i for i, _ in pairs.both]
    if order != sorted(order):
        yield change("order", "changed", path, f"properties of {within.rstrip('.')} stand in another order")
    yield from _keys(
        old, new, path, within, {old[i].column: new[j].column for i, j in [*pairs.both, *renamed]}
    )


def _renames(old: Sequence[Property], new: Sequence[Property], pairs: Pairs) -> list[tuple[int, int]]:
    """Vanished and appeared properties that are probably one: same shape, same place or a similar name."""
    found: list[tuple[int, int]] = []
    for i in pairs.gone:
        taken = {j for _, j in found}
        alike = [j for j in pairs.fresh if j not in taken and _shape(old[i]) == _shape(new[j])]
        scored = [(_likeness(old[i], new[j], same_place=i == j), j) for j in alike]
        best = max(scored, default=(0.0, -1))
        if best[0] >= 0.6:
            found.append((i, best[1]))
    return found


def _shape(item: Property) -> tuple[Any, ...]:
    return (
        item.logical_type,
        item.logical_type_options,
        item.enum,
        item.required,
        item.unique,
        item.primary_key,
        [child.name for child in item.properties],
    )


def _likeness(old: Property, new: Property, *, same_place: bool) -> float:
    if old.description and old.description == new.description:
        return 1.0
    names = SequenceMatcher(None, (old.name or "").lower(), (new.name or "").lower()).ratio()
    return names + 0.4 * same_place


def _keys(
    old: Sequence[Property],
    new: Sequence[Property],
    path: str,
    within: str,
    names: dict[str, str],
) -> Iterator[Change]:
    """Primary key and partitioning, as ordered lists of columns; a rename alone does not change them."""
    for topic, flag, position, words in (
        ("key", "primary_key", "primary_key_position", "primary key"),
        ("partition", "partitioned", "partition_key_position", "partitioning"),
    ):
        before, after = (
            [
                item.column
                for item in sorted(
                    (item for item in items if getattr(item, flag)), key=lambda item: getattr(item, position)
                )
            ]
            for items in (old, new)
        )
        if [names.get(name, name) for name in before] != after:
            shown = " to ".join(f"({', '.join(keys)})" if keys else "none" for keys in (before, after))
            message = f"{words} of {within.rstrip('.')} changed from {shown}"
            yield change(topic, "changed", path, message, old=before, new=after)


def _property(old: Property, new: Property, path: str, within: str, *, probable: bool) -> Iterator[Change]:
    name = f"{within}{new.name}"
    label = f"{name}: "
    if old.column != new.column:
        topic = "required property" if new.required else "property"
        words = "probably renamed" if probable else "renamed"
        message = f"{within}{old.column} {words} to {within}{new.column}"
        yield change(topic, "renamed", path, message, old=old.column, new=new.column)
    elif old.name != new.name:
        yield from _field(old, new, "name", "name", path, label=label)
    yield from _values(old, new, path, label)
    for field in ("classification", "encrypted_name"):
        yield from _field(old, new, field, "classification", path, label=label)
    for field in ("transform_logic", "semantic_type"):
        yield from _field(old, new, field, "meaning", path, label=label)
    for field in ("timezone", "default_timezone"):
        options = f"{path}.logicalTypeOptions"
        yield from _field(old.options, new.options, field, "meaning", options, label=label)
    yield from _element(old, new, path, label)
    yield from _documentation(old, new, path, _PROPERTY_DOCS)
    yield from _nested(old, new, path, name)


def _values(old: Property, new: Property, path: str, label: str) -> Iterator[Change]:
    """What values may be."""
    verdict = compare_types(old.logical_type, new.logical_type)
    if verdict:
        message = f"{label}type was {old.logical_type}, is {new.logical_type}"
        where = f"{path}.logicalType"
        yield change("type", verdict, where, message, old=old.logical_type, new=new.logical_type)
    for topic, before, after, words in (
        ("required", old.required, new.required, ("may be missing", "may not be missing")),
        ("unique", old.unique, new.unique, ("may repeat", "may not repeat")),
    ):
        verdict = compare_presence(before, after)
        if verdict:
            yield change(
                topic, verdict, f"{path}.{topic}", f"{label}values {words[after]}", old=before, new=after
            )
    allowed = [[entry.value for entry in item.enum] for item in (old, new)]
    verdict = compare_sets(*allowed)
    if verdict:
        yield change(
            "enum", verdict, f"{path}.enum", _enum_words(label, *allowed), old=allowed[0], new=allowed[1]
        )
    elif old.enum != new.enum:
        yield change("documentation", "changed", f"{path}.enum", f"{label}enum described otherwise")
    for option, found, before, after in compare_options(old, new):
        message = f"{label}{option} was {_short(before)}, is {_short(after)}"
        yield change("options", found, f"{path}.logicalTypeOptions", message, old=before, new=after)


def _enum_words(label: str, old: Sequence[Any], new: Sequence[Any]) -> str:
    if not old or not new:
        return f"{label}enum {'added' if new else 'removed'}"
    gone, fresh = [value for value in old if value not in new], [value for value in new if value not in old]
    parts = [f"no longer {_listed(gone)}"] * bool(gone) + [f"also {_listed(fresh)}"] * bool(fresh)
    return f"{label}allowed values are {', '.join(parts)}"


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(map(_short, values[:5])) + (", …" if len(values) > 5 else "")


def _nested(old: Property, new: Property, path: str, name: str) -> Iterator[Change]:
    yield from _properties(old.properties, new.properties, f"{path}.properties", f"{name}.")
    inner = [("items", old.items, new.items, f"{name}[]")]
    if old.map is not None and new.map is not None:
        inner.append(("map.key", old.map.key, new.map.key, f"{name} key"))
        inner.append(("map.value", old.map.value, new.map.value, f"{name} value"))
    for key, before, after, words in inner:
        if before is not None and after is not None:
            unnamed = msgspec.structs.replace(before, name=words), msgspec.structs.replace(after, name=words)
            yield from _property(*unnamed, f"{path}.{key}", "", probable=False)
        elif before is not None or after is not None:
            kind: Kind = "tightened" if before is None else "loosened"
            yield change("type", kind, f"{path}.{key}", f"{words}: type {'added' if after else 'removed'}")


def _quality(old: Sequence[Quality], new: Sequence[Quality], path: str, label: str) -> Iterator[Change]:
    pairs = _match(
        old, new, lambda rule: rule.name, _about, lambda rule: (rule.type, rule.metric or rule.engine)
    )
    for i, j in pairs.both:
        yield from _rule(old[i], new[j], join(path, j), label)
    for i in pairs.gone:
        message = f"{label}quality rule {_title(old[i])} removed"
        yield change(_weight(old[i]), "removed", join(path, i), message)
    for j in pairs.fresh:
        message = f"{label}quality rule {_title(new[j])} added"
        yield change(_weight(new[j]), "added", join(path, j), message)


def _about(rule: Quality) -> tuple[Any, ...]:
    """What a rule computes; how much it tolerates is no part of that."""
    made = rule.implementation
    if isinstance(made, dict):
        made = {key: value for key, value in made.items() if key != "tolerance"}
    return (rule.type, rule.metric, rule.rule, rule.query, rule.engine, repr(made), repr(rule.arguments))


def _title(rule: Quality) -> str:
    return rule.name or rule.metric or rule.id or rule.description or f"({rule.type})"


def _weight(rule: Quality) -> str:
    """How much a rule matters decides the topic; text is documentation."""
    if rule.type == "text":
        return "documentation"
    return "quality" if _SEVERITIES.get((rule.severity or "error").lower(), 2) == 2 else "quality warning"


def _rule(old: Quality, new: Quality, path: str, label: str) -> Iterator[Change]:
    topic = min(_weight(old), _weight(new), key=("quality", "quality warning", "documentation").index)
    label = f"{label}quality rule {_title(new)}: "
    if topic != "documentation":
        severities = [_SEVERITIES.get((rule.severity or "error").lower(), 2) for rule in (old, new)]
        if severities[0] != severities[1]:
            kind: Kind = "tightened" if severities[1] > severities[0] else "loosened"
            message = f"{label}severity was {old.severity}, is {new.severity}"
            yield change(topic, kind, f"{path}.severity", message, old=old.severity, new=new.severity)
        verdict = compare_results(old, new) if old.unit == new.unit else "changed"
        if verdict:
            before, after = (_demand(rule) for rule in (old, new))
            yield change(topic, verdict, path, f"{label}was {before}, is {after}", old=before, new=after)
        loose = [_tolerance(rule) for rule in (old, new)]
        if loose[0] != loose[1]:
            kind = "loosened" if loose[1] > loose[0] else "tightened"
            yield change(topic, kind, path, f"{label}tolerance was {loose[0]}, is {loose[1]}")
        if _about(old) != _about(new):
            yield change(topic, "changed", path, f"{label}what it computes changed")
    described = ("name", "description", "dimension", "method", "business_impact", "schedule", "scheduler")
    yield from _documentation(old, new, path, (*described, *_EXTRAS))


def _demand(rule: Quality) -> str:
    given = " and ".join(f"{key} {value}" for key, value in operators(rule).items()) or "without an operator"
    return f"{given} {rule.unit}" if rule.unit else given


def _tolerance(rule: Quality) -> float:
    """The share of rows that may fail, from the rule's custom property or its implementation."""
    stated = rule.custom("tolerance")
    if stated is None and isinstance(rule.implementation, dict):
        stated = rule.implementation.get("tolerance")
    if isinstance(stated, dict):
        stated = stated.get("fail")
    return float(stated) if isinstance(stated, int | float) else 0.0


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
