"""Users and keys as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sentineldq.reports import figures
from sentineldq.reports.lake import ago, grid
from sentineldq.store.keys import Key
from sentineldq.store.users import User


def users_table(found: Sequence[User]) -> str:
    """`sentinel user list`: who may come in, and how."""
    if not found:
        return "there is no user; add one with `sentinel user add NAME --role admin`"
    rows = [
        (
            figures.visible(one.name),
            figures.visible(one.display_name or ""),
            one.role,
            "active" if one.active else "disabled",
            one.issuer or ("password" if one.password else "key alone"),
            ago(one.changed_at.isoformat()),
        )
        for one in found
    ]
    return grid(("user", "called", "role", "standing", "comes by", "changed"), rows, right=())


def keys_table(found: Sequence[Key], owners: dict[str, str], *, now: datetime) -> str:
    """`sentinel key list`: keys, the newest first. owners: the names of users by their ids."""
    if not found:
        return "there is no key; make one with `sentinel key create NAME --role viewer`"
    rows = [
        (
            one.key_id[:8],
            figures.visible(one.name),
            one.role,
            figures.visible(owners.get(one.user_id or "", "")),
            ", ".join(one.scopes) or "all",
            standing(one, now=now),
            ago(one.used_at.isoformat()) if one.used_at else "never",
        )
        for one in found
    ]
    return grid(("key", "name", "role", "whose", "for", "holds", "used"), rows, right=())


def standing(key: Key, *, now: datetime) -> str:
    """Whether a key holds, and until when."""
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is None:
        return "until revoked"
    day = key.expires_at.date().isoformat()
    return f"over since {day}" if key.expires_at <= now else f"until {day}"
