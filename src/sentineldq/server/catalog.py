"""The datasets of a project: who owns each, what its contract says, and what it is made of.

A dataset is called as its pipeline calls it (`events`), a gold table as its table is (`gold.daily`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sentineldq.contracts.model import Contract, SchemaObject
from sentineldq.contracts.privacy import classified
from sentineldq.errors import SentinelError, suggest
from sentineldq.pipeline.owners import people
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.round import gold_models
from sentineldq.server.problems import NotFoundError
from sentineldq.server.state import State

SILVER = "silver."
LONGEST = 100
"""Characters of an unknown name that an error repeats."""


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset of the project.

    contract, table: None where the contract is missing or cannot be read; `fault` says why. path: of the contract,
    as the project names it. reads: the datasets it is made of. source: the kind of what its pipeline reads.
    """

    name: str
    layer: str
    pipeline: str | None = None
    source: str | None = None
    path: str | None = None
    contract: Contract | None = None
    table: SchemaObject | None = None
    fault: str | None = None
    description: str = ""
    reads: tuple[str, ...] = ()

    @cached_property
    def owners(self) -> tuple[str, ...]:
        """The team and the people that the contract names."""
        return people(self.contract) if self.contract else ()

    @property
    def domain(self) -> str | None:
        """What part of the business it belongs to."""
        return self.contract.domain if self.contract else None

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tags of the contract and of its object."""
        own = self.table.tags if self.table else []
        return tuple(dict.fromkeys([*(self.contract.tags if self.contract else []), *own]))

    @cached_property
    def private(self) -> frozenset[str]:
        """Paths whose values are not shown. Without a contract nothing says which these are: `hidden` asks for all."""
        return classified(self.table) if self.table else frozenset()

    @property
    def tables(self) -> tuple[str, ...]:
        """Its tables in the lake."""
        if self.layer == "gold":
            return (self.name,)
        return tuple(f"{layer}.{self.name}" for layer in ("bronze", "silver", "quarantine"))

    @property
    def main(self) -> str:
        """The table of its accepted rows."""
        return self.name if self.layer == "gold" else f"{SILVER}{self.name}"


Catalog = Mapping[str, Dataset]


def catalog_of(here: State) -> Catalog:
    """The datasets by name; read again within a second of a change to a contract or a model."""
    version = here.cache.get("files", lambda: _signature(here.project), longest=0)
    return here.cache.get("catalog", lambda: _read(here.project), version=version, fresh=0, longest=600)


def pick(here: State, name: str) -> Dataset:
    """One dataset, by its name or that of its silver table. Raises NotFoundError with a suggestion."""
    known = catalog_of(here)
    found = known.get(name) or known.get(name.removeprefix(SILVER))
    if found is None:
        raise NotFoundError(f"dataset {shortened(name)!r}", hint=suggest(name[:LONGEST], known))
    return found


def shortened(name: str) -> str:
    """A name as an error repeats it."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}…"


def _signature(project: Project) -> tuple[object, ...]:
    """When each contract and model was last changed, and how long it is."""
    folder = project.root / project.settings.gold.models
    contracts = {one.contract for one in project.settings.pipelines.values()}
    paths = {project.root / path for path in contracts}
    paths |= {*folder.glob("*.sql"), *(project.root / "contracts").glob("gold_*.yaml")}
    return tuple((str(path), *_state(path)) for path in sorted(paths))


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _read(project: Project) -> Catalog:
    read: dict[str, Contract | SentinelError] = {}

    def contract(path: str) -> Contract | SentinelError:
        if path not in read:
            try:
                read[path] = project.contract(path)
            except SentinelError as fault:
                read[path] = fault
        return read[path]

    found = {}
    for name in sorted(project.settings.pipelines):
        chosen = project.settings.pipelines[name]
        dataset = project.dataset(name)
        found[dataset] = _dataset(
            dataset,
            contract(chosen.contract),
            wanted=chosen.schema_object or dataset,
            path=chosen.contract,
            pipeline=name,
            source=str(project.source_settings(name).get("kind", "")),
        )
    return found | {one.name: one for one in _gold(project)}


def _gold(project: Project) -> Iterator[Dataset]:
    try:
        models = gold_models(project)
    except SentinelError:
        return  # a run tells; without its models nothing is known of gold
    for model in models:
        path = f"contracts/gold_{model.name}.odcs.yaml"
        read: Contract | SentinelError | None = None
        if (project.root / path).is_file():
            try:
                read = project.contract(path)
            except SentinelError as fault:
                read = fault
        reads = tuple(name.removeprefix(SILVER) for name in model.reads)
        yield _dataset(
            model.table,
            read,
            wanted=model.name,
            path=path if read else None,
            description=model.description,
            reads=reads,
        )


def _dataset(
    name: str, read: Contract | SentinelError | None, *, wanted: str, path: str | None, **more: object
) -> Dataset:
    layer = "gold" if name.startswith("gold.") else "silver"
    if not isinstance(read, Contract):
        fault = read.message if read else None
        return Dataset(name=name, layer=layer, path=path, fault=fault, **more)  # type: ignore[arg-type]
    table = read.schema[0] if len(read.schema) == 1 else read.object(wanted)
    said = read.description.purpose if read.description else None
    told = {"description": said or (table.description if table else None) or "", **more}
    fault = None if table else f"{path} has no object {wanted!r}"
    if layer == "gold":
        told["description"] = more.get("description") or said or ""
    return Dataset(name=name, layer=layer, path=path, contract=read, table=table, fault=fault, **told)  # type: ignore[arg-type]
