"""The ways in which JSON APIs give a list page by page, and the lies that are refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

import httpx
import msgspec

from sentineldq.errors import UsageError
from sentineldq.sources.answer import Response, same_host
from sentineldq.sources.slices import value

Place = int | str
"""Where a page is: its number, its offset, a token or a link (path and query); of these two "" is the first."""
IDLE = 5


class Paging(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """How the next page is asked for, and how the last one is known.

    page, offset: `param` holds the number of the page (from `start`) or of the records to skip. cursor: `param`
    holds the token found at `next` in the body, or with `last` the value at that path in the last record. link:
    the URL at `next` in the body, else the Link header. `size_param` and `size` ask for pages of a size. `more` is
    the path of a boolean, `total` that of the number of all records; without either, pages and offsets end at the
    first empty page, or where `short` is true at one of fewer than `size` records.
    """

    kind: Literal["none", "page", "offset", "cursor", "link"] = "none"
    param: str | None = None
    size_param: str | None = None
    size: int | None = None
    start: int | None = None
    next: str | None = None
    last: str | None = None
    more: str | None = None
    total: str | None = None
    short: bool = False

    def check(self, name: str) -> None:
        """Raises UsageError where what the kind needs is missing."""
        wants = {"page": bool(self.param), "offset": bool(self.param), "link": True, "none": True}
        wants["cursor"] = bool(self.param) and (self.next is None) != (self.last is None)
        if not wants[self.kind]:
            needs = "`param` and one of `next` and `last`" if self.kind == "cursor" else "`param`"
            raise UsageError(f"source of {name}: paging by {self.kind} needs {needs}")
        if (self.short and not self.size) or (self.size is not None and self.size < 1):
            raise UsageError(f"source of {name}: paging needs a `size` of 1 or more")


class PagingError(Exception):
    """The server's pages cannot be what it says they are."""


@dataclass(kw_only=True)
class Trail:
    """The places that a sweep has passed; raises PagingError when it walks in circles or without end."""

    most: int
    pages: int = 0
    idle: int = 0
    passed: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, place: Place, *, most: int, pages: int) -> Trail:
        """The trail of a sweep that is at a place, with `pages` behind it."""
        return cls(most=most, pages=pages, passed={digest(repr(place).encode())})

    def step(self, place: Place, *, fresh: bool) -> None:
        """Takes note of a page, and of whether it gave anything that the sweep had not seen."""
        self.pages += 1
        self.idle = 0 if fresh else self.idle + 1
        if (mark := digest(repr(place).encode())) in self.passed:
            raise PagingError("the server leads back to a page that it gave before")
        if self.idle >= IDLE:
            raise PagingError(f"{IDLE} pages in a row hold nothing new, and the server promises more")
        if self.pages >= self.most:
            raise PagingError(f"more than {self.most} pages: raise max_pages if there are so many")
        self.passed.add(mark)


def begin(paging: Paging) -> Place:
    """The place of the first page."""
    if paging.kind in ("page", "offset"):
        return paging.start if paging.start is not None else int(paging.kind == "page")
    return ""


def address(paging: Paging, url: httpx.URL, place: Place) -> httpx.URL:
    """The URL of the page at a place, from that of the list with its parameters."""
    if paging.kind == "link" and place:
        return url.copy_with(raw_path=str(place).encode("ascii", "ignore"))
    if paging.size_param and paging.size:
        url = url.copy_set_param(paging.size_param, paging.size)
    if paging.param and place != "":
        url = url.copy_set_param(paging.param, place)
    return url


def after(paging: Paging, url: httpx.URL, place: Place, page: Response, records: list[bytes]) -> Place | None:
    """The place of the page after this one; None when it was the last. Raises PagingError."""
    if paging.more and _flag(page, paging.more) is False:
        return None
    match paging.kind:
        case "page" | "offset":
            return _counted(paging, place, page, records)
        case "cursor":
            return _token(paging, page, records)
        case "link":
            return _link(paging, url, page)
    return None


def total(paging: Paging, page: Response) -> int | None:
    """The number of all records that the page claims. Raises PagingError."""
    if paging.total is None:
        return None
    count = value(page.body, paging.total)
    if not isinstance(count, int) or count < 0:
        raise PagingError(f"`{paging.total}` is not the number of all records")
    return count


def digest(text: bytes) -> int:
    """64 bits of a hash."""
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def _counted(paging: Paging, place: Place, page: Response, records: list[bytes]) -> Place | None:
    at = int(place)
    claimed = total(paging, page)
    done = at + len(records) if paging.kind == "offset" else None
    if not records:
        if claimed is not None and done is not None and done < claimed:
            raise PagingError(f"the page at {at} is empty, yet there are {claimed} records")
        return at + 1 if paging.more and paging.kind == "page" else None
    if claimed is not None and done is not None and not paging.more and done >= claimed:
        return None
    if paging.short and not paging.more and len(records) < (paging.size or 0):
        return None
    return at + 1 if done is None else done


def _token(paging: Paging, page: Response, records: list[bytes]) -> Place | None:
    if paging.last:
        if not records:
            if paging.more:
                raise PagingError("the page is empty, yet more is promised")
            return None
        found, where = value(records[-1], paging.last), f"`{paging.last}` of the last record"
        if found is None:
            raise PagingError(f"{where} is missing")
    else:
        found, where = value(page.body, paging.next), f"`{paging.next}`"
    if found is None or found == "":
        if paging.more:
            raise PagingError(f"{where} is missing, yet more is promised")
        return None
    if isinstance(found, bool) or not isinstance(found, (int, str)):
        raise PagingError(f"{where} is not a token")
    return found


def _link(paging: Paging, url: httpx.URL, page: Response) -> Place | None:
    link = value(page.body, paging.next) if paging.next else page.next
    if link is None or link == "":
        return None
    if not isinstance(link, str):
        raise PagingError(f"`{paging.next}` is not a link")
    target = same_host(link, url)
    if target is None:
        raise PagingError("the next page is said to be on another host, where credentials do not go")
    return target.raw_path.decode("ascii")


def _flag(page: Response, path: str) -> bool:
    flag = value(page.body, path)
    if not isinstance(flag, bool):
        raise PagingError(f"`{path}` does not say whether there is more")
    return flag
