"""How often somebody may try: of each name one moment, at which all that was taken is given back.

Every process that shares the store counts together. The names are kept as digests: who mistypes may have put a password
where a name goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from sentineldq.store import clock
from sentineldq.store.database import Store
from sentineldq.store.insert import insert
from sentineldq.store.tables import TRIES as TABLE

NONE = timedelta(0)


def take(store: Store, names: Sequence[str], *, burst: int, every: timedelta) -> timedelta:
    """One try for each of the names, of which `burst` may come at once and further ones one `every` so often.

    How long to wait where there is none left for one of them, and then none is taken. Raises StoreError.
    """
    digests = sorted({hashlib.sha256(name.encode()).hexdigest() for name in names})
    with store.write() as connection:
        now = clock.read(connection)
        connection.execute(delete(TABLE).where(TABLE.c.full_at <= now))
        for digest in digests:  # in one order, so that nobody waits for each other
            row = insert(connection, TABLE).values(digest=digest, full_at=now)
            connection.execute(row.on_conflict_do_nothing())
        found = select(TABLE.c.full_at).where(TABLE.c.digest.in_(digests)).order_by(TABLE.c.digest)
        full = dict(zip(digests, connection.scalars(found.with_for_update()), strict=True))
        wait: timedelta = max(*full.values(), now) - now - (burst - 1) * every
        if wait <= NONE:
            for digest, moment in full.items():
                values = {"full_at": max(moment, now) + every}
                connection.execute(update(TABLE).where(TABLE.c.digest == digest).values(values))
    return max(wait, NONE)
