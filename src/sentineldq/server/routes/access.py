"""Users and keys: who may come in, and what they did."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from sentineldq.errors import UsageError
from sentineldq.server.moment import Moment
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.security import secrets
from sentineldq.server.security.principal import Admin, Role
from sentineldq.server.state import Here, State
from sentineldq.store import audit, keys, sessions, users
from sentineldq.store.audit import Entry
from sentineldq.store.keys import Key
from sentineldq.store.users import User

router = APIRouter(tags=["access"])

Name = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f]*[^\s\x00-\x1f])?$")
]
Outcome = Literal["done", "refused", "failed", "unknown"]
OUTCOMES: dict[Outcome, tuple[int, int]] = {
    "done": (100, 400),
    "refused": (400, 500),
    "failed": (500, 600),
    "unknown": (audit.UNKNOWN, audit.UNKNOWN + 1),
}
Since = Annotated[Moment | None, Query(description="A moment, with its offset.")]
Password = Annotated[
    str, Field(min_length=secrets.SHORTEST, max_length=secrets.LONGEST, examples=["four words will do"])
]


class UserOut(BaseModel):
    """A user. has_password: whether they can log in by one; issuer: the identity provider that they come by.

    sessions: how many they have; seen_at: when one of these was used last, to the minute.
    """

    user_id: str
    name: str
    display_name: str | None
    role: Role
    active: bool
    has_password: bool
    issuer: str | None
    created_at: datetime
    changed_at: datetime
    sessions: int = 0
    seen_at: datetime | None = None


class NewUser(BaseModel):
    """A user to be. Without a password they come by an identity provider, or by a key."""

    name: Annotated[Name, Field(examples=["ada"])]
    role: Role = "viewer"
    password: Password | None = None
    display_name: Annotated[str | None, Field(max_length=200)] = None


class UserChange(BaseModel):
    """What is to be otherwise of a user; what is not given stays.

    Their sessions end with a change of role, password or standing.
    """

    role: Role | None = None
    password: Password | None = None
    active: bool | None = None
    display_name: Annotated[str | None, Field(max_length=200)] = None


class KeyOut(BaseModel):
    """A key, without its secret, which nobody has but its owner. used_at: to the minute."""

    key_id: str
    name: str
    user_id: str | None
    role: Role
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class NewOwnKey(BaseModel):
    """A key to be. scopes: the parts of the API it is good for, such as `alerts`; none: all of them."""

    name: Annotated[Name, Field(examples=["nightly upload"])]
    role: Role = "viewer"
    scopes: Annotated[list[Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,40}$")]], Field(max_length=30)] = []
    days: Annotated[
        int | None, Field(ge=1, le=3660, description="How long it holds; null: until revoked.")
    ] = 90


class NewKey(NewOwnKey):
    """A key to be. user: whose it is: it ends with them, and has their role at most."""

    user: Annotated[str | None, Field(max_length=200, description="A user's name.")] = None


class KeyWithSecret(KeyOut):
    """A key that was just made. secret: is shown this once."""

    secret: str


class EntryOut(BaseModel):
    """Something that was asked for, and what was answered.

    status: 0 where that is not known: it is under way, or the server died in the middle of it.
    """

    entry_id: int
    at: datetime
    actor: str | None
    role: str | None
    address: str | None
    action: str
    target: str | None
    status: int
    details: dict[str, Any]


class Chain(BaseModel):
    """Whether the log is as it was written. broken: the first entry that is not, or that follows one taken out."""

    whole: bool
    broken: int | None


@router.get("/users")
def list_users(_: Admin, here: Here, limit: Limit = 100, cursor: Cursor = None) -> Page[UserOut]:
    """Users, by name."""
    found = users.everyone(here.store)
    after = decode_cursor(cursor, str)
    rows = found if after is None else [one for one in found if one.name > str(after[0])]
    logged_in = sessions.standing(here.store, now=datetime.now(UTC))

    def item(user: User) -> UserOut:
        count, seen_at = logged_in.get(user.user_id, (0, None))
        return shown(user).model_copy(update={"sessions": count, "seen_at": seen_at})

    return paged(rows[: limit + 1], limit, item=item, place=lambda one: (one.name,), total=len(found))


@router.post("/users", status_code=201)
def add_user(given: NewUser, _: Admin, here: Here) -> UserOut:
    """Add a user."""
    password = secrets.hash_password(given.password) if given.password is not None else None
    if users.by_name(here.store, given.name) is not None:
        raise RequestError(409, f"there is a user {given.name!r} already")
    added = users.add(
        here.store,
        name=given.name,
        role=given.role,
        now=datetime.now(UTC),
        password=password,
        display_name=given.display_name,
    )
    return shown(added)


@router.get("/users/{user_id}")
def one_user(user_id: str, _: Admin, here: Here) -> UserOut:
    """A user."""
    return shown(_user(here, user_id))


@router.patch("/users/{user_id}")
def change_user(user_id: str, given: UserChange, _: Admin, here: Here) -> UserOut:
    """Change a user; one admin has to stay."""
    values: dict[str, Any] = given.model_dump(exclude_none=True)
    if given.password is not None:
        values["password"] = secrets.hash_password(given.password)
    _user(here, user_id)
    try:
        changed = users.change(here.store, user_id, now=datetime.now(UTC), **values)
    except UsageError as fault:
        raise RequestError(409, fault.message, hint=fault.hint) from fault
    if changed is None:
        raise NotFoundError(f"user {user_id!r}")
    return shown(changed)


@router.delete("/users/{user_id}/sessions", status_code=204)
def end_sessions(user_id: str, _: Admin, here: Here) -> None:
    """Log a user out, wherever they are logged in."""
    sessions.end_all(here.store, _user(here, user_id).user_id)


@router.get("/keys")
def list_keys(_: Admin, here: Here, limit: Limit = 100, cursor: Cursor = None) -> Page[KeyOut]:
    """Keys, the newest first, those that hold no more among them."""
    found = keys.every(here.store)
    after = decode_cursor(cursor, str)
    rows: Sequence[Key] = found
    if after is not None:
        ids = [one.key_id for one in found]
        rows = found[ids.index(str(after[0])) + 1 :] if after[0] in ids else []
    return paged(rows[: limit + 1], limit, item=key_shown, place=lambda one: (one.key_id,), total=len(found))


@router.post("/keys", status_code=201)
def add_key(given: NewKey, request: Request, _: Admin, here: Here) -> KeyWithSecret:
    """Make a key. Its secret is in this answer and nowhere else."""
    request.state.secret = True  # not to be kept for a request that comes twice
    owner = users.by_name(here.store, given.user) if given.user is not None else None
    if given.user is not None and owner is None:
        raise RequestError(422, f"there is no user {given.user!r}")
    return made(here, given, owner.user_id if owner else None)


@router.delete("/keys/{key_id}", status_code=204)
def revoke_key(key_id: str, _: Admin, here: Here) -> None:
    """Revoke a key: it holds no more from now on."""
    if not keys.revoke(here.store, key_id, now=datetime.now(UTC)):
        raise NotFoundError(f"key {key_id!r} that holds")


@router.get("/audit")
def list_audit(
    _: Admin,
    here: Here,
    actor: Annotated[str | None, Query(max_length=200)] = None,
    text: Annotated[
        str | None,
        Query(max_length=300, description="Part of the action, of what it is about, or of a name."),
    ] = None,
    outcome: Outcome | None = None,
    since: Since = None,
    until: Since = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[EntryOut]:
    """What was done, and by whom, the newest first."""
    after = decode_cursor(cursor, int)
    last = int(str(after[0])) if after is not None else None
    which = audit.Which(
        actor=actor, text=text, since=since, until=until, status=OUTCOMES[outcome] if outcome else None
    )
    rows = audit.query(here.store, before=last, which=which, limit=limit + 1)
    return paged(rows, limit, item=entry_shown, place=lambda one: (one.entry_id,))


@router.get("/audit/chain")
def check_chain(_: Admin, here: Here) -> Chain:
    """Whether the log is whole: no entry was changed or taken out."""
    found = audit.broken(here.store)
    return Chain(whole=found is None, broken=found)


def made(here: State, given: NewOwnKey, user_id: str | None) -> KeyWithSecret:
    """Make a key."""
    now, secret = datetime.now(UTC), secrets.new(secrets.KEY)
    key = Key(
        key_id=str(uuid.uuid4()),
        digest=secrets.digest(secret),
        name=given.name,
        user_id=user_id,
        role=given.role,
        scopes=given.scopes,
        created_at=now,
        expires_at=now + timedelta(days=given.days) if given.days is not None else None,
    )
    keys.add(here.store, key)
    return KeyWithSecret(**key_shown(key).model_dump(), secret=secret)


def shown(user: User) -> UserOut:
    """A user as they are answered: never with their password's hash."""
    values = {name: value for name, value in vars(user).items() if name in UserOut.model_fields}
    return UserOut(**values, has_password=user.password is not None)


def key_shown(key: Key) -> KeyOut:
    """A key as it is answered: never with its digest."""
    return KeyOut(**{name: value for name, value in vars(key).items() if name in KeyOut.model_fields})


def entry_shown(entry: Entry) -> EntryOut:
    """An entry as it is answered."""
    return EntryOut(**{name: value for name, value in vars(entry).items() if name in EntryOut.model_fields})


def _user(here: State, user_id: str) -> User:
    found = users.by_id(here.store, user_id)
    if found is None:
        raise NotFoundError(f"user {user_id!r}")
    return found
