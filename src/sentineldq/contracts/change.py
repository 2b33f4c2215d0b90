"""A change between two versions of a contract, and what each kind of change means for whom.

`TOPICS` is the whole table: what changed, and how, decides the impact on producers (who must deliver what the
contract says) and on consumers (who rely on it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

Impact = Literal["harmless", "risky", "breaking"]
Kind = Literal["added", "removed", "changed", "tightened", "loosened", "renamed"]
Bump = Literal["none", "patch", "minor", "major"]
IMPACTS: tuple[Impact, ...] = ("harmless", "risky", "breaking")
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change; `path` is in the new contract, or in the old one where the thing is gone."""

    rule: str
    topic: str
    kind: Kind
    path: str
    message: str
    old: Any = None
    new: Any = None
    producers: Impact
    consumers: Impact
    bump: Bump

    @property
    def impact(self) -> Impact:
        """The worse of the two impacts."""
        return max(self.producers, self.consumers, key=IMPACTS.index)

    def for_whom(self, side: Literal["producers", "consumers", "both"]) -> Impact:
        """The impact on one side, or the worse of the two."""
        return self.impact if side == "both" else self.producers if side == "producers" else self.consumers


@dataclass(frozen=True)
class Topic:
    """Something that can change: kind of change to impact on (producers, consumers)."""

    id: str
    summary: str
    impacts: dict[Kind, tuple[Impact, Impact]]
    documentation: bool = False


#: What data may be: less is refused by the contract that was fine, more arrives that never did.
_DEMAND: dict[Kind, tuple[Impact, Impact]] = {
    "tightened": ("breaking", "harmless"),
    "loosened": ("harmless", "risky"),
    "changed": ("breaking", "risky"),
    "added": ("breaking", "harmless"),
    "removed": ("harmless", "risky"),
}
_HARMLESS: dict[Kind, tuple[Impact, Impact]] = {
    "added": ("harmless", "harmless"),
    "removed": ("harmless", "harmless"),
    "changed": ("harmless", "harmless"),
}
_RISKY: dict[Kind, tuple[Impact, Impact]] = {
    "added": ("risky", "risky"),
    "removed": ("risky", "risky"),
    "changed": ("risky", "risky"),
}

TOPICS: dict[str, Topic] = {
    "object": Topic(
        "SDQ201",
        "A table, topic or file",
        {
            "added": ("harmless", "harmless"),
            "removed": ("harmless", "breaking"),
            "renamed": ("breaking", "breaking"),
        },
    ),
    "property": Topic(
        "SDQ202",
        "A property that may be missing",
        {
            "added": ("harmless", "harmless"),
            "removed": ("harmless", "breaking"),
            "renamed": ("breaking", "breaking"),
        },
    ),
    "required property": Topic(
        "SDQ203",
        "A required property",
        {
            "added": ("breaking", "harmless"),
            "removed": ("harmless", "breaking"),
            "renamed": ("breaking", "breaking"),
        },
    ),
    "name": Topic("SDQ204", "The name of a property whose column stays", {"changed": ("harmless", "risky")}),
    "order": Topic(
        "SDQ205", "The order of properties", {"changed": ("harmless", "harmless")}, documentation=True
    ),
    "type": Topic(
        "SDQ210",
        "The logical type (wider: integer to number; narrower: the reverse)",
        {
            "changed": ("breaking", "breaking"),
            "tightened": ("breaking", "harmless"),
            "loosened": ("harmless", "risky"),
        },
    ),
    "physical type": Topic("SDQ211", "The physical type", _RISKY),
    "required": Topic("SDQ212", "Whether a value may be missing", _DEMAND),
    "unique": Topic("SDQ213", "Whether values may repeat", _DEMAND),
    "enum": Topic("SDQ214", "The allowed values", _DEMAND),
    "options": Topic("SDQ215", "Bounds, lengths, pattern, format and other options of the type", _DEMAND),
    "key": Topic("SDQ216", "The primary key", {"changed": ("breaking", "breaking")}),
    "partition": Topic("SDQ217", "The partitioning", {"changed": ("risky", "risky")}),
    "relationship": Topic("SDQ218", "A relationship to another object", _DEMAND),
    "meaning": Topic(
        "SDQ219",
        "How a value is computed, its semantic type or its time zone",
        {"added": ("harmless", "risky"), "removed": ("harmless", "risky"), "changed": ("risky", "risky")},
    ),
    "classification": Topic(
        "SDQ220",
        "The classification or encryption of a property",
        {"added": ("risky", "risky"), "removed": ("risky", "risky"), "changed": ("risky", "risky")},
    ),
    "deprecation": Topic(
        "SDQ221",
        "Whether an element is deprecated",
        {"added": ("harmless", "risky"), "removed": ("harmless", "harmless")},
    ),
    "quality": Topic("SDQ230", "A quality rule of severity error or critical, or of none", _DEMAND),
    "quality warning": Topic(
        "SDQ231",
        "A quality rule of severity warning or info",
        {
            "added": ("risky", "harmless"),
            "removed": ("harmless", "harmless"),
            "changed": ("risky", "harmless"),
            "tightened": ("risky", "harmless"),
            "loosened": ("harmless", "harmless"),
        },
    ),
    "service level": Topic(
        "SDQ240",
        "A service level",
        {
            "added": ("breaking", "harmless"),
            "removed": ("harmless", "breaking"),
            "tightened": ("breaking", "harmless"),
            "loosened": ("harmless", "breaking"),
            "changed": ("risky", "risky"),
        },
    ),
    "server": Topic(
        "SDQ250",
        "Where the data is",
        {
            "added": ("harmless", "harmless"),
            "removed": ("harmless", "breaking"),
            "changed": ("risky", "breaking"),
        },
    ),
    "role": Topic(
        "SDQ251",
        "A role that gives access",
        {
            "added": ("harmless", "harmless"),
            "removed": ("harmless", "breaking"),
            "changed": ("harmless", "risky"),
        },
    ),
    "support": Topic(
        "SDQ252",
        "A support channel",
        {
            "added": ("harmless", "harmless"),
            "removed": ("harmless", "risky"),
            "changed": ("harmless", "harmless"),
        },
    ),
    "price": Topic(
        "SDQ253",
        "The price",
        {
            "added": ("harmless", "risky"),
            "removed": ("risky", "harmless"),
            "changed": ("risky", "risky"),
        },
    ),
    "status": Topic(
        "SDQ260",
        "The status (loosened: deprecated or retired)",
        {"changed": ("harmless", "harmless"), "loosened": ("harmless", "risky")},
    ),
    "identity": Topic("SDQ261", "The id of the contract", {"changed": ("risky", "risky")}),
    "version": Topic(
        "SDQ262", "The version of the contract or of the standard", _HARMLESS, documentation=True
    ),
    "documentation": Topic(
        "SDQ270",
        "Descriptions, tags, owners, examples, links, custom properties",
        _HARMLESS,
        documentation=True,
    ),
}


def change(topic: str, kind: Kind, path: str, message: str, *, old: Any = None, new: Any = None) -> Change:
    """A change with its impacts looked up in `TOPICS`."""
    found = TOPICS[topic]
    producers, consumers = found.impacts[kind]
    bump: Bump = (
        "major" if "breaking" in (producers, consumers) else "patch" if found.documentation else "minor"
    )
    return Change(
        rule=found.id,
        topic=topic,
        kind=kind,
        path=path,
        message=message,
        old=old,
        new=new,
        producers=producers,
        consumers=consumers,
        bump=bump,
    )


def version_note(old: str, new: str, changes: Iterable[Change]) -> str | None:
    """What is wrong with a version, given the changes; None when nothing is.

    Before 1.0.0 a breaking change needs a minor version only (semver.org, item 4).
    """
    needed = required_bump(changes)
    before, after = _numbers(old), _numbers(new)
    if needed == "major" and before and before[0] == 0:
        needed = "minor"
    actual = actual_bump(old, new)
    enough = (
        old != new
        if before is None or after is None
        else BUMPS.index(actual or "none") >= BUMPS.index(needed)
    )
    if needed == "none" or enough:
        return None
    return f"version went from {old} to {new}; these changes call for a {needed} version"


def required_bump(changes: Iterable[Change]) -> Bump:
    """Which part of a semantic version the changes call for; the change of the version does not count."""
    needed = [item.bump for item in changes if item.topic != "version"]
    return max(needed, key=BUMPS.index, default="none")


def actual_bump(old: str, new: str) -> Bump | None:
    """Which part of the version was raised; None when either is not semantic, or the version went back."""
    before, after = _numbers(old), _numbers(new)
    if before is None or after is None or after < before:
        return None
    return next((part for part, a, b in zip(reversed(BUMPS), before, after, strict=False) if a != b), "none")


def _numbers(version: str) -> tuple[int, ...] | None:
    core = version.removeprefix("v").split("-", maxsplit=1)[0].split("+", maxsplit=1)[0].split(".")
    return tuple(map(int, core)) if len(core) == 3 and all(part.isdecimal() for part in core) else None
