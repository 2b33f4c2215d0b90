"""A simulation written to files: the records, the ground truth line by line, and a summary of both."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import yaml

from sentineldq.errors import UsageError, WriteError, first_line, suggest
from sentineldq.readers.open import open_table
from sentineldq.readers.write import write_table
from sentineldq.sources.simulate.clock import iso
from sentineldq.sources.simulate.script import Fault
from sentineldq.sources.simulate.settings import Name, Simulation, simulation
from sentineldq.sources.simulate.stream import Sent

Form = Literal["ndjson", "csv", "parquet"]
SHAPES: tuple[str, ...] = get_args(Name)
GROUPS: dict[str, tuple[str, ...]] = {
    "commerce": ("customers", "products", "orders", "order_items", "clickstream", "inventory")
}
SUMMARY = "simulation.json"
BROKEN = {"malformed_json", "truncated"}
"""Kinds after which a record is a document no more."""


class Injected(msgspec.Struct, kw_only=True, frozen=True):
    """What became of a line of the script: how many records it struck, and the times of the first and the last."""

    fault: int
    script: Fault
    records: int
    first: str | None
    last: str | None


class Written(msgspec.Struct, kw_only=True, frozen=True):
    """The files of one shape, by name in the folder, and what is in them; `start` and `end` are times of records."""

    shape: str
    seed: int
    records: int
    start: str | None
    end: str | None
    data: str
    truth: str | None
    injected: list[Injected]


def members(shape: str) -> tuple[str, ...]:
    """The shapes that a name stands for. Raises UsageError."""
    if shape in GROUPS:
        return GROUPS[shape]
    if shape not in SHAPES:
        raise UsageError(f"there is no shape {shape!r}", hint=suggest(shape, [*SHAPES, *GROUPS]))
    return (shape,)


def script(path: Path | None, shape: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The faults of a YAML file by shape: it holds a list, or for a group lists by shape. Raises UsageError."""
    if path is None:
        return {}
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise UsageError(f"faults: cannot read {path}: {first_line(problem)}") from None
    if isinstance(held, dict) and "faults" in held:
        held = held["faults"]
    if shape not in GROUPS:
        held = {shape: held}
    if not isinstance(held, dict) or not all(isinstance(faults, list) for faults in held.values()):
        wanted = f"of {shape}, lists by shape are expected" if shape in GROUPS else "a list is expected"
        raise UsageError(f"faults: {path}: {wanted}")
    for name in held:
        if name not in members(shape):
            raise UsageError(
                f"faults: {path}: there is no shape {name!r}", hint=suggest(name, members(shape))
            )
    return held


def write(
    shape: str,
    folder: Path,
    *,
    faults: Mapping[str, Sequence[Mapping[str, Any]]],
    form: Form = "ndjson",
    force: bool = False,
    **options: Any,
) -> list[Written]:
    """Write the records of a shape or group into a folder, with NAME.truth.ndjson where faults are injected.

    options: further settings of the simulation (`seed`, `start`, `records` or `days`, `rate`, `rhythm`). Each file
    appears when it is whole. Raises UsageError, also where a file is there already and is not to be overwritten, and
    WriteError.
    """
    made = [
        simulation({"shape": name, "faults": list(faults.get(name, ())), **options}, root=Path(), name=name)
        for name in members(shape)
    ]
    for one in made:
        _fit(one, form)
    names = [name for one in made for name in _names(one, form) if name] + [SUMMARY]
    there = [name for name in names if (folder / name).exists()]
    if there and not force:
        raise UsageError(f"{folder / there[0]} is there already", hint="--force overwrites what is there")
    with _telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        written = [_write(one, folder, form) for one in made]
        with _whole(folder / SUMMARY) as part:
            part.write_bytes(msgspec.json.format(msgspec.json.encode(written), indent=2) + b"\n")
    return written


def _fit(made: Simulation, form: Form) -> None:
    if made.settings.records is None:
        raise UsageError("a simulation has no end of its own", hint="say --records or --days")
    for number, fault in enumerate(made.faults, start=1):
        if fault.kind in BROKEN and form != "ndjson":
            raise UsageError(
                f"fault {number} ({fault.kind}): {form} cannot hold it", hint="--output-format ndjson can"
            )


def _names(made: Simulation, form: Form) -> tuple[str, str | None]:
    """The files of a simulation: of its records, and of the truth where there is any."""
    shape = made.settings.shape
    return f"{shape}.{form}", f"{shape}.truth.ndjson" if made.faults else None


def _write(made: Simulation, folder: Path, form: Form) -> Written:
    data, truth = _names(made, form)
    with ExitStack() as files:
        part = files.enter_context(_whole(folder / data))
        told = files.enter_context(_whole(folder / truth)) if truth else None
        if form == "ndjson":
            tally = _pour(made, part, told)
        else:
            lines = files.enter_context(_passing(part.with_suffix(".ndjson")))
            tally = _pour(made, lines, told)
            write_table(open_table(str(lines), format="ndjson").frame, part)
    return tally.written(made, data=data, truth=truth)


class Tally:
    """What was sent: how many, from when to when, and the times of what each fault struck."""

    def __init__(self) -> None:
        self.records = 0
        self.spans: dict[int, tuple[float, float]] = {}  # by fault; 0: all records
        self.counts: Counter[int] = Counter()

    def add(self, sent: Sent) -> None:
        self.records += len(sent.records)
        for time in sent.times:
            self._span(0, time)
        for line in sent.truth:
            self.counts[line.fault] += 1
            self._span(line.fault, sent.times[line.position])

    def _span(self, fault: int, time: float) -> None:
        first, last = self.spans.get(fault, (time, time))
        self.spans[fault] = min(first, time), max(last, time)

    def _limits(self, fault: int) -> tuple[str | None, str | None]:
        return (iso(self.spans[fault][0]), iso(self.spans[fault][1])) if fault in self.spans else (None, None)

    def written(self, made: Simulation, *, data: str, truth: str | None) -> Written:
        start, end = self._limits(0)
        injected = []
        for number, fault in enumerate(made.faults, start=1):
            first, last = self._limits(number)
            count = self.counts[number]
            injected.append(Injected(fault=number, script=fault, records=count, first=first, last=last))
        return Written(
            shape=made.settings.shape,
            seed=made.settings.seed,
            records=self.records,
            start=start,
            end=end,
            data=data,
            truth=truth,
            injected=injected,
        )


def _pour(made: Simulation, path: Path, truth: Path | None) -> Tally:
    """All records to one file, all lines of the truth to another."""
    tally, position = Tally(), 0
    with path.open("wb") as records, (truth or Path(os.devnull)).open("wb") as lines:
        for sent in made.stream(made.start or 0.0).blocks():
            tally.add(sent)
            records.writelines(record + b"\n" for record in sent.records)
            if truth is not None:
                for line in sent.truth:
                    moved = msgspec.structs.replace(line, position=position + line.position)
                    lines.write(msgspec.json.encode(moved) + b"\n")
            position += len(sent.records)
    return tally


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file that takes the place of another when all went well."""
    with _passing(path.with_name(f".part-{path.name}")) as part:
        yield part
        part.replace(path)


@contextmanager
def _passing(path: Path) -> Iterator[Path]:
    """A file that is not there afterwards."""
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise WriteError(str(problem.filename or folder), problem.strerror or str(problem)) from None
