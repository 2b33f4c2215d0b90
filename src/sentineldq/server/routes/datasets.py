"""Datasets: how each is, what its contract says, where it comes from, and what is in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from sentineldq.server.answers.datasets import (
    DatasetDetail,
    DatasetPage,
    DatasetRow,
    Edge,
    Lineage,
    Node,
    QualityOut,
    Sample,
    Timeline,
    VersionOut,
)
from sentineldq.server.catalog import catalog_of, pick
from sentineldq.server.dataset import (
    checks_of,
    contract_of,
    downstream,
    layers_of,
    present,
    quality_of,
    sample_of,
    scores_of,
    shown,
    standing_of,
    upstream,
    versions_of,
)
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.security.principal import Viewer
from sentineldq.server.span import MOST, Span, between, spans
from sentineldq.server.standing import LEVELS, Level, Standing, Standings, standings
from sentineldq.server.state import Here
from sentineldq.server.timeline import timeline

router = APIRouter(prefix="/datasets", tags=["datasets"])

Sort = Literal["name", "health", "score", "rows", "quarantined", "age", "run"]
LAST = 1e300
"""Where those stand, in any order, of which there is no number to sort by."""
NO_CONTRACT = "not shown: no contract says which of its columns may be seen"

Search = Annotated[
    str | None, Query(max_length=200, description="Part of a name, a description, an owner or a tag.")
]


@dataclass(frozen=True)
class Wanted:
    """Which datasets are asked for: a text, levels of health, and a value of each further filter."""

    search: str | None
    health: tuple[Level, ...]
    given: tuple[tuple[str, str | None], ...]


def wanted(
    search: Search = None,
    health: Annotated[list[Level] | None, Query(description="Any of these.")] = None,
    layer: Literal["silver", "gold"] | None = None,
    owner: Annotated[str | None, Query(max_length=500)] = None,
    domain: Annotated[str | None, Query(max_length=500)] = None,
    tag: Annotated[str | None, Query(max_length=500)] = None,
) -> Wanted:
    """The filters as a request has them."""
    given = ("layer", layer), ("owner", owner), ("domain", domain), ("tag", tag)
    return Wanted(search, tuple(sorted(set(health or ()))), given)


@router.get("", summary="List datasets")
def list_datasets(
    _: Viewer,
    here: Here,
    asked: Annotated[Wanted, Depends(wanted)],
    sort: Sort = "name",
    limit: Limit = 50,
    cursor: Cursor = None,
    offset: Annotated[int, Query(ge=0, description="How many to leave out, where there is no cursor.")] = 0,
    trend: Annotated[
        int, Query(ge=0, le=90, description="Of each also the score by the day, so many days back.")
    ] = 0,
    *,
    reverse: Annotated[bool, Query(description="The other way round.")] = False,
) -> DatasetPage:
    """The datasets of the project with their health, a page at a time, and how many there are of each kind.

    The worst health, the lowest score, the most rows, the oldest event and the newest run come first.
    """
    known = standings(here)
    rows, facets = here.cache.get(
        ("datasets", asked, sort, reverse),
        lambda: _found(known, asked, sort, reverse=reverse),
        version=known,
        fresh=0,
    )
    total = len(rows)
    after = decode_cursor(cursor, float, str)
    if after is not None:
        rows = [one for one in rows if _follows(one, after, sort=sort, reverse=reverse)]
    elif offset:
        rows = rows[offset:]
    page = paged(
        rows[: limit + 1],
        limit,
        item=shown,
        place=lambda one: _place(one, sort, reverse=reverse),
        total=total,
    )
    scores = scores_of(here, [one.name for one in page.items], days=trend) if trend else {}
    items = [DatasetRow(**dict(one), trend=scores.get(one.name, [])) for one in page.items]
    return DatasetPage(items=items, next_cursor=page.next_cursor, total=page.total, facets=facets)


@router.get("/{name}", summary="One dataset")
def one_dataset(name: str, _: Viewer, here: Here) -> DatasetDetail:
    """A dataset with its contract, its tables, its quality over time and its neighbours."""
    dataset = pick(here, name)
    standing = standings(here)[dataset.name]
    return DatasetDetail(
        **dict(shown(standing)),
        contract=contract_of(dataset),
        layers=layers_of(here, dataset),
        quality=quality_of(here, dataset, grain="hour", span=between(None, None, days=2, most=2)),
        checks=checks_of(here, dataset),
        standing=standing_of(standing),
        upstream=upstream(here, dataset.name),
        downstream=downstream(here, dataset.name),
        simulated=here.project.simulated,
    )


@router.get("/{name}/quality", summary="A dataset's quality over time")
def quality(
    name: str,
    _: Viewer,
    here: Here,
    span: Annotated[Span, Depends(spans(usual=30, most=MOST))],
    grain: Literal["hour", "day"] = "day",
) -> Page[QualityOut]:
    """What became of the records of each hour or day, oldest first; hours without a batch are left out."""
    rows = quality_of(here, pick(here, name), grain=grain, span=span)
    return Page[QualityOut](items=rows, total=len(rows))


@router.get("/{name}/timeline", summary="A dataset over time")
def over_time(
    name: str,
    _: Viewer,
    here: Here,
    span: Annotated[Span, Depends(spans(usual=7, most=MOST))],
    grain: Literal["hour", "day"] = "hour",
) -> Timeline:
    """Its records, its rows, its age and what was found in each hour or day, on one axis."""
    return timeline(here, pick(here, name), grain=grain, span=span)


@router.get("/{name}/lineage", summary="A dataset's lineage")
def lineage(name: str, _: Viewer, here: Here) -> Lineage:
    """Where it comes from and what is made of it: sources, tables and gold models, with the health of each."""
    dataset = pick(here, name)
    names = [dataset.name, *upstream(here, dataset.name), *downstream(here, dataset.name)]
    catalog, known = catalog_of(here), standings(here)
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for each in dict.fromkeys(names):
        one = catalog[each]
        health = known[each].level
        if one.layer == "silver":
            origin = f"source:{one.source or 'unknown'}/{each}"
            nodes[origin] = Node(id=origin, kind="source", dataset=None)
            for table in one.tables:
                kind: Any = table.partition(".")[0]
                nodes[table] = Node(
                    id=table, kind=kind, dataset=each, health=health if kind == "silver" else None
                )
            bronze, silver, quarantine = one.tables
            pairs = ((origin, bronze), (bronze, silver), (bronze, quarantine))
            edges += [Edge(source=start, target=end) for start, end in pairs]
        else:
            nodes[each] = Node(id=each, kind="gold", dataset=each, health=health)
            edges += [Edge(source=catalog[up].main, target=each) for up in one.reads if up in names]
    return Lineage(nodes=list(nodes.values()), edges=edges)


@router.get("/{name}/versions", summary="A dataset's versions")
def versions(name: str, _: Viewer, here: Here, limit: Limit = 50, cursor: Cursor = None) -> Page[VersionOut]:
    """The snapshots of its table of accepted rows, newest first."""
    made = versions_of(here, pick(here, name))
    after = decode_cursor(cursor, str)
    names = [one.snapshot for one in made]
    start = names.index(str(after[0])) + 1 if after and after[0] in names else 0
    rows = made[start : start + limit + 1]
    return paged(rows, limit, item=lambda row: row, place=lambda row: (row.snapshot,), total=len(made))


@router.get("/{name}/sample", summary="Some rows of a dataset")
def sample(name: str, _: Viewer, here: Here, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Sample:
    """Some of its accepted rows; what the contract classifies is masked, whoever asks."""
    dataset = pick(here, name)
    if dataset.table is None:
        return Sample(columns=[], rows=[], masked=0, reason=NO_CONTRACT)
    if dataset.main not in present(here):
        return Sample(columns=[], rows=[], masked=0, reason="there are no rows yet: its pipeline has not run")
    return sample_of(here, dataset, limit)


def _found(
    known: Standings, asked: Wanted, sort: Sort, *, reverse: bool
) -> tuple[list[Standing], dict[str, dict[str, int]]]:
    """What is asked for, in order, and how many of those that match the search there are of each kind."""
    matching = [one for one in known.values() if _matches(one, asked.search)]
    chosen = [one for one in matching if _chosen(one, asked)]
    chosen.sort(key=lambda one: _place(one, sort, reverse=reverse), reverse=reverse and sort == "name")
    return chosen, _facets(matching)


def _matches(one: Standing, search: str | None) -> bool:
    if not search:
        return True
    words = (one.dataset.name, one.dataset.description, *one.dataset.owners, *one.dataset.tags)
    return any(search.casefold() in word.casefold() for word in words)


def _chosen(one: Standing, asked: Wanted) -> bool:
    has = _values(one)
    return (not asked.health or one.level in asked.health) and all(
        value is None or value in has[name] for name, value in asked.given
    )


def _values(one: Standing) -> dict[str, tuple[str, ...]]:
    """What a dataset has of each filter."""
    return {
        "health": (one.level,),
        "layer": (one.dataset.layer,),
        "owner": one.dataset.owners,
        "domain": (one.dataset.domain,) if one.dataset.domain else (),
        "tag": one.dataset.tags,
    }


def _facets(found: list[Standing]) -> dict[str, dict[str, int]]:
    facets: dict[str, Counter[str]] = {}
    for one in found:
        for name, values in _values(one).items():
            facets.setdefault(name, Counter()).update(values)
    return {name: dict(counts.most_common(50)) for name, counts in facets.items()}


def _place(one: Standing, sort: Sort, *, reverse: bool) -> tuple[float, str]:
    """Where a dataset stands: by a number, then by name. Names alone are turned round as a whole."""
    value = _value(one, sort)
    if value is None:
        return LAST, one.dataset.name
    return (-value if reverse else value), one.dataset.name


def _value(one: Standing, sort: Sort) -> float | None:
    """What an order goes by, the lowest first."""
    match sort:
        case "name":
            return 0.0
        case "health":
            return -float(LEVELS.index(one.level))
        case "score":
            return one.score
        case "rows" | "quarantined":
            return -float(getattr(one.flow, sort)) if one.flow else None
        case "age":
            last = one.freshness and one.freshness.last_event_at
            return last.timestamp() if last else None
        case "run":
            return -one.run.started_at.timestamp() if one.run else None


def _follows(one: Standing, after: tuple[object, ...], *, sort: Sort, reverse: bool) -> bool:
    place = _place(one, sort, reverse=reverse)
    return place < after if reverse and sort == "name" else place > after
