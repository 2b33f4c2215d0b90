"""Profiles: what the columns of a dataset hold, over any window of stored hours."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from sentineldq.server.answers.profiles import ColumnDetail, Profiled, ProfileOut
from sentineldq.server.catalog import catalog_of, pick
from sentineldq.server.columns import detail_of, profile_of, window_for
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.security.principal import Viewer
from sentineldq.server.series import Series, series
from sentineldq.server.state import Here
from sentineldq.store import profiles

router = APIRouter(prefix="/profiles", tags=["profiles"])

Length = Annotated[str | None, Query(max_length=100, description="`24h`, `7d`, `2026-11-01..2026-11-08`.")]


@router.get("", summary="List datasets that have profiles")
def list_profiles(_: Viewer, here: Here, limit: Limit = 100, cursor: Cursor = None) -> Page[Profiled]:
    """The datasets of the project that have profiles, by name."""
    made = here.cache.get(
        "profiled", lambda: profiles.spans(here.store), version=here.feed.version("profiles")
    )
    known = sorted(name for name in catalog_of(here) if name in made)
    after = decode_cursor(cursor, str)
    rows = [name for name in known if after is None or name > str(after[0])]
    return paged(
        rows,
        limit,
        item=lambda name: Profiled(dataset=name, since=made[name][0], until=made[name][1]),
        place=lambda name: (name,),
        total=len(known),
    )


@router.get("/{dataset}", summary="The profile of a dataset")
def profile(
    dataset: str,
    _: Viewer,
    here: Here,
    window: Length = None,
    search: Annotated[str | None, Query(max_length=200, description="Part of a column's path.")] = None,
    kind: Literal["number", "boolean", "text", "time", "list", "struct", "binary", "null"] | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ProfileOut:
    """The columns of a dataset over a window of event time: seven days unless said, in the order of the contract."""
    found = pick(here, dataset)
    whole = profile_of(here, found, window)
    chosen = [
        (place, one)
        for place, one in enumerate(whole.columns.items)
        if (not search or search.casefold() in one.path.casefold()) and (kind is None or one.kind == kind)
    ]
    after = decode_cursor(cursor, int)
    rows = [pair for pair in chosen if after is None or pair[0] > after[0]]  # type: ignore[operator]
    page = paged(rows, limit, item=lambda pair: pair[1], place=lambda pair: (pair[0],), total=len(chosen))
    return whole.model_copy(update={"columns": page})


@router.get("/{dataset}/column", summary="One column of a profile")
def column(
    dataset: str,
    _: Viewer,
    here: Here,
    path: Annotated[str, Query(max_length=1000, description="`payload.size`, `labels[].name`.")],
    window: Length = None,
) -> ColumnDetail:
    """A column over a window, with its rhythm and its words. Of a classified one no value is shown."""
    found = pick(here, dataset)
    version = (found, here.feed.version("profiles"))
    key = ("column", found.name, path, window)
    return here.cache.get(key, lambda: detail_of(here, found, path, window), version=version)


@router.get("/{dataset}/series", summary="The columns of a profile over time")
def over_time(
    dataset: str,
    _: Viewer,
    here: Here,
    path: Annotated[list[str], Query(max_length=200, description="Of these columns.")],
    window: Length = None,
) -> Series:
    """Rows and nulls of some columns in the parts of a window, all in one answer: small lines beside each."""
    found = pick(here, dataset)
    version = here.feed.version("profiles")
    key = ("series", found.name, tuple(path), window)
    return here.cache.get(
        key, lambda: series(here.store, found.name, window_for(here, found, window), path), version=version
    )
