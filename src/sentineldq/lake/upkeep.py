"""What keeps a table quick however many small commits it gets: when it is due, what to do, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation

from sentineldq.lake.compact import TARGET, Bin, Compacted, compact, pack
from sentineldq.lake.expire import Expired, Keep, doomed, expire
from sentineldq.lake.place import ancestry
from sentineldq.lake.replace import replace


@dataclass(frozen=True, kw_only=True)
class Policy:
    """When upkeep is worth its while."""

    commits: int = 32
    """After so many commits, small files and manifests are looked at."""

    files: int = 16
    """So many small files of about one size in a partition are packed together."""

    target: int = TARGET
    """Bytes of a file that is left alone."""

    keep: Keep = field(default_factory=Keep)
    """The snapshots that stay."""

    snapshots: int = 25
    """So many snapshots to forget are worth a commit."""


@dataclass(frozen=True)
class Compact:
    """Write each bin's files as one."""

    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Merge:
    """Put many manifests of few files together."""

    manifests: int


@dataclass(frozen=True)
class Expire:
    """Forget snapshots, and delete what only they needed."""

    snapshots: int


Action = Compact | Merge | Expire


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What upkeep did; `table` is at its new head."""

    table: Table
    compacted: Compacted | None = None
    expired: Expired | None = None


def due(table: Table, policy: Policy | None = None, *, now: datetime | None = None) -> bool:
    """Whether `plan` is worth calling: from the metadata alone, well below a millisecond for some hundred snapshots."""
    policy = policy or Policy()
    return _commits(table) >= policy.commits or len(doomed(table, policy.keep, now=now)) >= policy.snapshots


def plan(table: Table, policy: Policy | None = None, *, now: datetime | None = None) -> list[Action]:
    """What is to be done to a table, in this order; nothing is written. Reads the manifests."""
    policy = policy or Policy()
    actions: list[Action] = []
    if _commits(table) >= policy.commits:
        head = table.current_snapshot()
        manifests = len(head.manifests(table.io)) if head else 0
        if bins := pack(table, target=policy.target, least=policy.files):
            actions.append(Compact(tuple(bins)))
        elif manifests >= policy.files:
            actions.append(Merge(manifests))
    old = len(doomed(table, policy.keep, now=now))
    if old >= policy.snapshots:
        actions.append(Expire(old))
    return actions


def perform(
    table: Table, actions: Sequence[Action], policy: Policy | None = None, *, now: datetime | None = None
) -> Kept:
    """Do what was planned, beside writers. Stopped at any point, it leaves at most orphans. Raises LakeError."""
    policy = policy or Policy()
    compacted: Compacted | None = None
    expired: Expired | None = None
    for action in actions:
        match action:
            case Compact(bins):
                compacted = compact(table, bins)
                table = compacted.table
            case Merge():
                table, _ = replace(table, [])
            case Expire():
                expired = expire(table, policy.keep, now=now)
                table = expired.table
    return Kept(table=table, compacted=compacted, expired=expired)


def _commits(table: Table) -> int:
    """How many commits the table has had since small files were last looked at."""
    count = 0
    for snapshot in ancestry(table):
        if snapshot.summary is None or snapshot.summary.operation == Operation.REPLACE:
            break
        count += 1
    return count
