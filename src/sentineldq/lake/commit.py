"""One commit: rows added and rows deleted together with the place reached, fenced by the place expected.

A commit has three outcomes. *Applied*: done. *Refused*: another writer was first; the table is read again, and the
same files are committed once more if our partition still stands where it was expected, else they are deleted and the
commit is fenced. *Unknown* (the reply was lost, the catalog broke): the token of this commit is looked up in the
table's history before anything else, and nothing is deleted while that is not settled.
"""

from __future__ import annotations

import copy
import errno
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException, RESTError
from pyiceberg.expressions import BooleanExpression
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table, Transaction
from sqlalchemy.exc import SQLAlchemyError

from sentineldq.errors import FencedError, LakeError, first_line
from sentineldq.lake.delete import plan_delete
from sentineldq.lake.facts import merge_facts
from sentineldq.lake.lock import advice, is_locked
from sentineldq.lake.place import (
    PLACE,
    SUM,
    TOKEN,
    WAREHOUSE,
    Mark,
    Place,
    ancestry,
    checksum,
    property_of,
    read_place,
    spell_place,
)
from sentineldq.lake.restore import UNREADABLE
from sentineldq.lake.transaction import QuickTransaction
from sentineldq.lake.write import remove, write

__all__ = ["commit", "write"]

ATTEMPTS = 50
"""How often a commit is tried while writers of other partitions keep being first."""

UNKNOWNS = 3
"""How often in a row the outcome may be unknown."""

_DISK = {errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


@dataclass(kw_only=True)
class _Wish:
    """What is to be committed; `files` are written already, and deleted if it comes to nothing."""

    partition: str
    expected: Mark | None
    mark: Mark
    delete: BooleanExpression | str | None
    facts: Mapping[str, str | int]
    files: list[DataFile]
    place: Place | None
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    settled: bool = True  # no attempt is out there whose outcome is unknown


def commit(
    table: Table,
    *,
    partition: str,
    expected: Mark | None,
    mark: Mark,
    rows: pa.Table | None = None,
    delete: BooleanExpression | str | None = None,
    facts: Mapping[str, str | int] | None = None,
    files: list[DataFile] | None = None,
    place: Place | None = None,
) -> Table:
    """Add rows and delete others in one atomic commit that moves a partition from one mark to the next.

    expected: the mark that the table must have; None for a partition it has nothing of. rows, files: to add, as they
    are or by `write`; neither is fine, then the mark alone moves. delete: a condition (PyIceberg's) on rows that were
    there before. place: what the place of all partitions must be, for rows that were chosen by what the table held.
    facts: kept with the snapshot; text replaces what was known by that name, an integer is added to it.
    Returns the table at its new head; the one given stays as it is.

    Raises FencedError where the mark is not the one expected, PlaceLostError, and LakeError: where that says that the
    outcome is unknown, the place tells later; otherwise nothing was committed. Files of a commit that is known to
    have failed are deleted.
    """
    _demand(table, expected, mark)
    wish = _Wish(
        partition=partition,
        expected=expected,
        mark=mark,
        delete=delete,
        facts=facts or {},
        files=list(files or ()),
        place=place,
    )
    table = copy.copy(table)
    try:
        _settle(table, wish, rows)
    except BaseException:
        if wish.settled:
            remove(table, wish.files)
        raise
    return table


def _settle(table: Table, wish: _Wish, rows: pa.Table | None) -> None:
    """Try until the commit is applied; raises where it will never be, or where nobody can tell."""
    name = ".".join(table.name())
    place = _fence(table, wish)
    wish.files += write(table, rows) if rows is not None else []
    unknowns = 0
    for attempt in range(ATTEMPTS):
        fault = _try(table, place, wish)
        if fault is None:
            return
        _reload(table, wish)
        if any(property_of(snapshot, TOKEN) == wish.token for snapshot in ancestry(table)):
            return
        unknowns = 0 if isinstance(fault, CommitFailedException) else unknowns + 1
        if unknowns == UNKNOWNS or _of_disk(fault):
            hint = advice(table.catalog) if is_locked(fault) else None
            raise LakeError(name, f"it cannot be committed to: {first_line(fault)}", hint=hint) from fault
        place = _fence(table, wish)
        time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 5)))  # noqa: S311  # to fall out of step
    raise LakeError(name, f"other writers were first {ATTEMPTS} times in a row", hint="run it again")


def _demand(table: Table, expected: Mark | None, mark: Mark) -> None:
    name = ".".join(table.name())
    if mark.batch <= (expected.batch if expected else 0):
        raise LakeError(name, f"batch {mark.batch} cannot follow batch {expected.batch if expected else 0}")
    if table.properties.get("commit.retry.num-retries") != "0":
        raise LakeError(
            name,
            "it lacks the property commit.retry.num-retries=0, so a refused commit would be repeated unseen",
            hint="`Lake.ensure` sets it",
        )


def _fence(table: Table, wish: _Wish) -> Place:
    """The table's place, if our partition is where it is expected; looked at anew before it is called fenced."""
    place = read_place(table)
    if not _stands(place, wish):
        _reload(table, wish)
        place = read_place(table)
    found = place.marks.get(wish.partition)
    if found == wish.expected and not _stands(place, wish):
        raise FencedError(
            ".".join(table.name()),
            "another partition has moved on since these rows were chosen",
            hint="run it again: it goes on from the place the table has",
        )
    if found != wish.expected:
        at, wanted = (f"batch {one.batch}" if one else "nothing" for one in (found, wish.expected))
        at += " (with another cursor)" if at == wanted else ""
        raise FencedError(
            ".".join(table.name()),
            f"partition {wish.partition!r} holds {at}, where {wanted} was expected: another writer was first",
            hint="run it again: it goes on from the place the table has",
        )
    return place


def _stands(place: Place, wish: _Wish) -> bool:
    """Whether the table is where this commit was made for."""
    if wish.place is not None and place.marks != wish.place.marks:
        return False
    return place.marks.get(wish.partition) == wish.expected


def _try(table: Table, place: Place, wish: _Wish) -> Exception | None:
    """One attempt; what it failed by, or None. Raises LakeError where it failed before anything was sent."""
    rewritten: list[DataFile] = []
    try:
        transaction = _stage(table, place, wish, rewritten)
    except (OSError, pa.ArrowException) as fault:
        remove(table, rewritten)
        raise LakeError(".".join(table.name()), f"the commit cannot be written: {fault}") from fault
    settled, wish.settled = wish.settled, False
    try:
        transaction.commit_transaction()
    except CommitFailedException as fault:
        wish.settled = settled
        remove(table, rewritten if settled else [])
        return fault
    except Exception as fault:  # noqa: BLE001  # of any library below; whatever it is, the outcome is unknown
        wish.settled = settled and _of_disk(fault)
        return fault
    return None


def _stage(table: Table, place: Place, wish: _Wish, rewritten: list[DataFile]) -> Transaction:
    """The whole commit as one snapshot, its manifests written, the catalog not yet asked."""
    marks = {**place.marks, wish.partition: wish.mark}
    text = spell_place(marks, io=table.io, warehouse=table.catalog.properties[WAREHOUSE])
    properties = {**merge_facts(table, wish.facts), PLACE: text, TOKEN: wish.token}
    properties[SUM] = checksum(properties)
    replaced = plan_delete(table, wish.delete, rewritten) if wish.delete is not None else []
    transaction = QuickTransaction(table)
    update = transaction.update_snapshot(snapshot_properties=properties)
    with update.overwrite() if replaced else update.merge_append() as producer:
        for gone, instead in replaced:
            producer.delete_data_file(gone)
            for file in instead:
                producer.append_data_file(file)
        for file in wish.files:
            producer.append_data_file(file)
    return transaction


def _of_disk(fault: Exception) -> bool:
    """True for what the local disk refused, which is always before the catalog was asked."""
    return isinstance(fault, OSError) and fault.errno in _DISK


def _reload(table: Table, wish: _Wish) -> None:
    """Read the table anew, with patience: until that works, nobody knows how a commit ended."""
    for pause in (0.1, 0.5, 2.0, None):
        try:
            table.refresh()
        except (SQLAlchemyError, RESTError, *UNREADABLE) as fault:
            locked = is_locked(fault)
            if pause is None or locked:
                told = (
                    ""
                    if wish.settled
                    else "; whether the commit went through is not known, its files are kept"
                )
                raise LakeError(
                    ".".join(table.name()),
                    f"it cannot be read again: {first_line(fault)}{told}",
                    hint=advice(table.catalog) if locked else None,
                ) from fault
            time.sleep(pause)
        else:
            return
