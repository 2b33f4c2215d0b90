"""Contracts: what the data of the project is promised to be."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from sentineldq.contracts.diff import diff
from sentineldq.contracts.model import Contract
from sentineldq.contracts.write import contract_data, dump_contract
from sentineldq.errors import SentinelError
from sentineldq.lake.place import read_place
from sentineldq.pipeline.replay.run import rules_for
from sentineldq.pipeline.rules import rules_of
from sentineldq.server.answers.clauses import Clauses
from sentineldq.server.catalog import Dataset, catalog_of, pick
from sentineldq.server.clauses import DAYS, held
from sentineldq.server.dataset import present
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.security.principal import Viewer
from sentineldq.server.state import Here, State

router = APIRouter(prefix="/contracts", tags=["contracts"])

FINGERPRINT = "^[0-9a-f]{16}$"
YAML = "application/yaml"
FOR_GOOD = float("inf")
Impact = Literal["harmless", "risky", "breaking"]


class ContractItem(BaseModel):
    """The contract of a dataset. fault: why it cannot be used."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "path": "contracts/events.odcs.yaml",
                    "id": "github-events",
                    "name": "events",
                    "version": "1.0.0",
                    "status": "active",
                    "domain": "engineering",
                    "owners": ["engineering-data"],
                    "columns": 12,
                    "checks": 9,
                    "fingerprint": "5f3c8a0b9d2e4f61",
                    "fault": None,
                }
            ]
        }
    )

    dataset: str
    path: str | None
    id: str | None
    name: str | None
    version: str | None
    status: str | None
    domain: str | None
    owners: list[str]
    columns: int
    checks: int
    fingerprint: str | None
    fault: str | None


class ContractDetail(ContractItem):
    """A contract whole: as values, and as the YAML of the standard."""

    contract: dict[str, Any]
    yaml: str


class ChangeOut(BaseModel):
    """One change between two versions, and whom it breaks."""

    rule: str
    kind: str
    path: str
    message: str
    producers: Impact
    consumers: Impact


class Diff(BaseModel):
    """What changed since the pinned contract, worst first; `pinned` is null where nothing was judged by one yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "pinned": "5f3c8a0b9d2e4f61",
                    "pinned_version": "1.0.0",
                    "current": "a01b9f0c2d3e4f55",
                    "current_version": "1.1.0",
                    "same": False,
                    "breaking": False,
                    "changes": [],
                }
            ]
        }
    )

    dataset: str
    pinned: str | None
    pinned_version: str | None
    current: str
    current_version: str
    same: bool
    breaking: bool
    changes: list[ChangeOut]


@router.get("", summary="List contracts")
def list_contracts(
    _: Viewer,
    here: Here,
    search: Annotated[str | None, Query(max_length=200, description="Part of a name, id or domain.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ContractItem]:
    """The contracts of the project, by the name of their dataset."""
    known = [one for name, one in sorted(catalog_of(here).items()) if one.path is not None]
    chosen = [one for one in known if not search or _matches(one, search.casefold())]
    after = decode_cursor(cursor, str)
    rows = [one for one in chosen if after is None or one.name > str(after[0])]
    return paged(
        rows, limit, item=lambda one: item(here, one), place=lambda one: (one.name,), total=len(chosen)
    )


@router.get(
    "/{dataset}",
    summary="One contract",
    response_model=ContractDetail,
    responses={200: {"content": {YAML: {}}}},
)
def one_contract(
    dataset: str,
    _: Viewer,
    here: Here,
    form: Annotated[
        Literal["json", "yaml"], Query(alias="format", description="`yaml`: the document alone.")
    ] = "json",
) -> Any:
    """The contract of a dataset, as JSON or as the YAML of the Open Data Contract Standard."""
    found = pick(here, dataset)
    if found.contract is None:
        why = found.fault or "it has none"
        raise NotFoundError(f"contract of {found.name!r} that can be read", hint=why)
    whole = here.cache.get(
        ("contract", found.name), lambda: _whole(here, found), version=found, fresh=0, longest=FOR_GOOD
    )
    if form == "yaml":
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", found.name)
        headers = {"Content-Disposition": f'attachment; filename="{name}.odcs.yaml"'}
        return Response(whole.yaml, media_type=YAML, headers=headers)
    return whole


@router.get("/{dataset}/diff", summary="What changed since the pinned contract")
def changes(
    dataset: str,
    _: Viewer,
    here: Here,
    against: Annotated[
        str | None,
        Query(
            pattern=FINGERPRINT,
            description="A fingerprint that quarantine knows; the newest one unless said.",
        ),
    ] = None,
) -> Diff:
    """The contract as it is now against the pinned one: the one that the newest refused records were judged by."""
    found = pick(here, dataset)
    if found.contract is None or found.table is None or found.pipeline is None:
        raise RequestError(409, f"nothing is judged by a contract of {found.name}", hint=found.fault)
    pinned = against or _pinned(here, found)
    # What a fingerprint stands for never changes: two contracts are compared once.
    return here.cache.get(
        ("diff", found.name, pinned),
        lambda: _diff(here, found, pinned),
        version=found,
        fresh=0,
        longest=FOR_GOOD,
    )


def _diff(here: State, found: Dataset, pinned: str | None) -> Diff:
    assert found.contract is not None  # noqa: S101  # as its caller has seen
    assert found.table is not None  # noqa: S101
    assert found.pipeline is not None  # noqa: S101
    now = rules_of(found.contract, found.table)
    if pinned is None:
        return Diff(
            dataset=found.name,
            pinned=None,
            pinned_version=None,
            current=now.fingerprint,
            current_version=now.version,
            same=True,
            breaking=False,
            changes=[],
        )
    try:
        before = rules_for(here.project, found.pipeline, lake=here.lake, given=pinned)
    except SentinelError as fault:
        raise NotFoundError(f"contract {pinned!r}", hint=fault.message) from fault
    made = [] if pinned == now.fingerprint else diff(before.contract, now.contract)
    return Diff(
        dataset=found.name,
        pinned=before.fingerprint,
        pinned_version=before.version,
        current=now.fingerprint,
        current_version=now.version,
        same=not made,
        breaking=any(one.impact == "breaking" for one in made),
        changes=[ChangeOut(**{name: getattr(one, name) for name in ChangeOut.model_fields}) for one in made],
    )


@router.get("/{dataset}/clauses", summary="A contract beside what is observed")
def clauses(
    dataset: str,
    _: Viewer,
    here: Here,
    *,
    search: Annotated[str | None, Query(max_length=200, description="Part of a column's path.")] = None,
    failing: Annotated[bool, Query(description="Only columns of which a rule failed.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Clauses:
    """Each column of a contract with its rules, how often they failed, and what the column holds."""
    found = pick(here, dataset)
    whole = held(here, found)
    chosen = [
        (place, one)
        for place, one in enumerate(whole.columns)
        if (not search or search.casefold() in one.path.casefold()) and (one.failed or not failing)
    ]
    after = decode_cursor(cursor, int)
    rows = [pair for pair in chosen if after is None or pair[0] > after[0]]  # type: ignore[operator]
    return Clauses(
        dataset=found.name,
        days=DAYS,
        since=whole.profile.since,
        until=whole.profile.until,
        rows=whole.profile.rows,
        failing=sum(bool(one.failed) for one in whole.columns),
        table=list(whole.table),
        columns=paged(
            rows, limit, item=lambda pair: pair[1], place=lambda pair: (pair[0],), total=len(chosen)
        ),
    )


def _whole(here: State, one: Dataset) -> ContractDetail:
    assert one.contract is not None  # noqa: S101  # as its caller has seen
    data = msgspec.to_builtins(contract_data(one.contract))
    return ContractDetail(**dict(item(here, one)), contract=data, yaml=_yaml(here, one.path, one.contract))


def _yaml(here: State, path: str | None, contract: Contract) -> str:
    """A contract as it is written; the datasets of one are shown the same text."""
    return here.cache.get(
        ("yaml", path), lambda: dump_contract(contract), version=(contract,), fresh=0, longest=float("inf")
    )


def item(here: State, one: Dataset) -> ContractItem:
    """A contract as it is listed."""
    contract, table = one.contract, one.table
    quality = [rule for _, each in (table.walk() if table else ()) for rule in each.quality]
    return ContractItem(
        dataset=one.name,
        path=one.path,
        id=contract.id if contract else None,
        name=contract.name if contract else None,
        version=contract.version if contract else None,
        status=contract.status if contract else None,
        domain=one.domain,
        owners=list(one.owners),
        columns=sum(1 for _ in table.walk()) if table else 0,
        checks=len(quality) + (len(table.quality) if table else 0),
        fingerprint=_fingerprint(here, one),
        fault=one.fault,
    )


def _fingerprint(here: State, one: Dataset) -> str | None:
    contract, table = one.contract, one.table
    if contract is None or table is None:
        return None

    def made() -> str | None:
        try:
            return rules_of(contract, table).fingerprint
        except SentinelError:
            return None

    return here.cache.get(
        ("fingerprint", one.path, table.name), made, version=(contract, table), fresh=0, longest=FOR_GOOD
    )


def _pinned(here: State, one: Dataset) -> str | None:
    """The fingerprint in the newest mark of quarantine."""
    version = here.feed.version("batches", "runs")
    return here.cache.get(("pinned", one.name), lambda: _newest(here, one), version=version)


def _newest(here: State, one: Dataset) -> str | None:
    name = f"quarantine.{one.name}"
    if name not in present(here):
        return None
    marks = read_place(here.lake.table(name)).marks.values()
    known = [(mark.batch, mark.cursor) for mark in marks if isinstance(mark.cursor, str)]
    return max(known)[1] if known else None


def _matches(one: Dataset, search: str) -> bool:
    contract = one.contract
    words = (
        one.name,
        one.path,
        one.domain,
        contract.id if contract else None,
        contract.name if contract else None,
    )
    return any(search in word.casefold() for word in words if word)
