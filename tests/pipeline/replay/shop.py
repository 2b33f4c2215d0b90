"""A project whose tables are filled by hand: where replays are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.replay.patch import make_patch
from sentineldq.pipeline.replay.run import drop, replay
from sentineldq.pipeline.replay.step import Outcome
from tests.pipeline import parts
from tests.pipeline.parts import DATASET, land, rules, tables, write_contract, write_project


class Shop:
    """A project whose tables are filled by hand, and its quarantine."""

    def __init__(self, root: Path, **options: Any) -> None:
        self.root = write_project(root, **options)
        self.project = load_project(root)
        self.lake = self.project.open_lake()
        self.store = self.project.open_store()
        self.dataset = Dataset(self.lake, DATASET, rules(**options))
        self.number = count(1)

    def land(self, *batches: list[Any]) -> None:
        self.dataset.reload()
        for records in batches:
            land(self.dataset, records, number=next(self.number))

    def mend(self, **options: Any) -> None:
        write_contract(self.root, **options)

    def replay(self, *settings: str, sql: str | None = None, **options: Any) -> Outcome:
        return replay(
            self.project,
            DATASET,
            lake=self.lake,
            store=self.store,
            patch=make_patch(settings, sql),
            **options,
        )

    def drop(self, **options: Any) -> Outcome:
        return drop(self.project, DATASET, lake=self.lake, store=self.store, **options)

    def tables(self) -> parts.Tables:
        found = tables(self.dataset)
        found.check()
        return found

    def heads(self) -> list[int | None]:
        self.dataset.reload()
        found = (self.dataset.bronze, self.dataset.silver, self.dataset.quarantine)
        return [table.metadata.current_snapshot_id for table in found]

    def close(self) -> None:
        self.lake.close()
        self.store.close()


@pytest.fixture(name="shop")
def shops(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    opened: list[Shop] = []

    def made(**options: Any) -> Shop:
        opened.append(Shop(tmp_path / str(len(opened)), **options))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


def figures(found: Outcome) -> tuple[int, int, int, int, int]:
    assert found.tried == found.recovered + found.still_bad + found.duplicates + found.dropped
    return found.tried, found.recovered, found.still_bad, found.duplicates, found.dropped
