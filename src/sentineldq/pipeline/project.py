"""A project: a folder with `sentinel.yaml` and contracts, and what its settings lead to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentineldq.alerts import rules
from sentineldq.contracts.document import read_document
from sentineldq.contracts.fit import fit
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import Contract, SchemaObject
from sentineldq.drift import settings as drift
from sentineldq.errors import UsageError, suggest
from sentineldq.pipeline.settings import Pipeline, Settings

if TYPE_CHECKING:
    from sentineldq.lake.archive import Archive
    from sentineldq.lake.open import Lake
    from sentineldq.sources.source import Source
    from sentineldq.store.open import Store

FILE = "sentinel.yaml"
STATE = ".sentinel"


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project's folder and settings.

    With `simulated`, every pipeline reads its simulation, and the lake and the store are others (under
    `.sentinel/simulated`), so that invented records never stand among real ones.
    """

    root: Path
    settings: Settings
    simulated: bool = False

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def state(self) -> Path:
        """The folder of everything that runs leave behind on this machine."""
        return self.root / STATE / "simulated" if self.simulated else self.root / STATE

    @property
    def warehouse(self) -> str:
        """Where the tables are: a folder, or the URL of an object store."""
        return self._place(self.settings.lake) or str(self.state / "lake")

    @property
    def store_url(self) -> str:
        given = None if self.simulated else self.settings.store
        return self._sqlite(given) if given else f"sqlite:///{self.state / 'store.db'}"

    @property
    def catalog(self) -> str | None:
        given = None if self.simulated else self.settings.catalog
        return self._sqlite(given) if given else None

    def open_lake(self) -> Lake:
        from sentineldq.lake.open import open_lake

        return open_lake(warehouse=self.warehouse, catalog=self.catalog)

    def open_store(self) -> Store:
        from sentineldq.store.open import open_store

        return open_store(self.store_url)

    def open_archive(self) -> Archive | None:
        """The raw archive, where the settings have one."""
        from sentineldq.lake.archive import Archive

        chosen = self.settings.archive
        return Archive(self.warehouse, compress=chosen.compress) if chosen.enabled else None

    def pipeline(self, name: str) -> Pipeline:
        """The settings of a pipeline. Raises UsageError."""
        found = self.settings.pipelines.get(name)
        if found is None:
            hint = suggest(name, self.settings.pipelines)
            raise UsageError(f"{self.root / FILE}: there is no pipeline {name!r}", hint=hint)
        return found

    def job(self, name: str) -> str:
        """What a pipeline is called where several projects share a store."""
        return f"{self.name}/{name}"

    def dataset(self, name: str) -> str:
        """The name of a pipeline's dataset, in every layer."""
        return self.pipeline(name).dataset or name

    def profiled(self, name: str) -> bool:
        """Whether what a pipeline writes is profiled."""
        return self.settings.profiles.enabled and self.pipeline(name).profiles

    def source(self, name: str) -> Source:
        """The source a pipeline reads, or its simulation. Raises UsageError."""
        from sentineldq.sources.registry import make

        return make(self.source_settings(name), root=self.root, name=name)

    def source_settings(self, name: str) -> Mapping[str, Any]:
        """The settings of the source a pipeline reads."""
        chosen = self.pipeline(name)
        if not self.simulated or chosen.source.get("kind") == "simulate":
            return chosen.source
        if chosen.simulate is None:
            raise UsageError(
                f"{self.root / FILE}: pipeline {name!r} has no simulation",
                hint="add `simulate: {kind: simulate, shape: …}` to it",
            )
        return {"kind": "simulate", **chosen.simulate}

    def agreement(self, name: str) -> tuple[Contract, SchemaObject]:
        """A pipeline's contract, read anew, and the object of it that is meant. Raises ContractError, UsageError."""
        chosen = self.pipeline(name)
        contract = self.contract(chosen.contract)
        if chosen.schema_object is None and len(contract.schema) == 1:
            return contract, contract.schema[0]
        wanted = chosen.schema_object or self.dataset(name)
        found = contract.object(wanted)
        if found is None:
            names = [item.name or "" for item in contract.schema]
            raise UsageError(
                f"{chosen.contract} has no object {wanted!r}, which pipeline {name!r} needs",
                hint=suggest(wanted, names) or "name one with `schema-object`",
            )
        return contract, found

    def contract(self, path: str) -> Contract:
        """A contract of the project, by the path the settings give."""
        return load_contract(self.root / path, variables=self.variables)

    @cached_property
    def variables(self) -> dict[str, str]:
        return _variables(self.root)

    def _place(self, given: str | None) -> str | None:
        if given is None or self.simulated:
            return None
        return given if "://" in given else str(self.root / given)

    def _sqlite(self, url: str) -> str:
        """A database URL whose SQLite file, where relative, is one of the project's."""
        path = url.removeprefix("sqlite:///")
        return url if path == url or path.startswith("/") else f"sqlite:///{self.root / path}"


def load_project(folder: Path | str = ".", *, simulated: bool = False) -> Project:
    """The project in a folder (or named by its `sentinel.yaml`).

    `${NAME}` is filled in from the environment and from `.env` beside the file; the environment wins. Raises UsageError
    with every problem of the file, each with its path and line.
    """
    path = Path(folder).expanduser()
    path = path / FILE if path.is_dir() else path
    if not path.is_file():
        raise UsageError(
            f"there is no project in {path.parent}: {path.name} is missing",
            hint="`sentinel init --template github` makes one, --project names another folder",
        )
    root = path.parent.resolve()
    settings, problems = fit(read_document(path), Settings, variables=_variables(root))
    if settings is None or problems:
        told = "\n".join([f"{path}: not a project file", *(f"  {problem}" for problem in problems)])
        raise UsageError(told, hint="docs/reference/project.md lists the keys")
    rules.check(settings.alerts)
    drift.check(settings.drift)
    return Project(root=root, settings=settings, simulated=simulated)


def _variables(root: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    given = {name: value for name, value in dotenv_values(root / ".env").items() if value is not None}
    return {**given, **os.environ}
