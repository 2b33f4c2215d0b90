"""Records that end what checks them: they are found and quarantined, and the others of their batch are unaffected.

Where a check raises, its records are found at once. Where the process dies (a fault in a native library, an abort, the
kernel for want of memory), a note is left of the batch it was judging; a batch that has two of them is judged in a
process of its own, part by part, until the records that end it are known. A batch too large for memory ends the same
way, and each part of it is fine.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import pairwise
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from sentineldq.checks.definition import catalogue
from sentineldq.errors import CheckDefinitionError, EngineError, SentinelError, first_line
from sentineldq.lake.place import read_place
from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.ledger import reasons_of
from sentineldq.pipeline.rules import Rules
from sentineldq.pipeline.validate import ROW, SHOWN, Reason, Verdict, refuse, validate
from sentineldq.telemetry.logs import logger

CRASH = "crash"
"""The check that stands for: it cannot be checked."""

DEATHS = 2
"""Notes of a batch from which on it is judged in a process of its own. One may be anybody's `kill`."""

PARTS = 16
"""Into how many a batch is cut that ends what judges it."""

MOST = 1_000
"""Processes given for one batch; after that a part that ends its process is refused as it is, uncut."""

Attempt = Callable[[pa.Table], Verdict | str]
"""Judges rows; of those that cannot be judged it tells what happened."""

log = logger(__name__)


class Attempts:
    """The notes: by batch, how often its judging was begun by a process that then died.

    In a file, replaced as a whole, which outlives the process. It is no more than an aid: where it cannot be read or
    written, runs go on as if there were none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def at(self, partition: str, batch: int) -> Iterator[int]:
        """Leave a note for as long as the block takes; gives how many were there."""
        key = f"{partition}#{batch}"
        noted = self._read()
        died = noted.get(key, 0)
        self._write({**noted, key: died + 1})
        try:
            yield died
        finally:
            noted.pop(key, None)
            self._write(noted)

    def _read(self) -> dict[str, int]:
        try:
            found = json.loads(self.path.read_bytes())
        except (OSError, ValueError):
            return {}
        counts = found.items() if isinstance(found, dict) else ()
        return {key: count for key, count in counts if isinstance(count, int)}

    def _write(self, noted: Mapping[str, int]) -> None:
        fresh = self.path.with_suffix(".new")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(noted))
            fresh.replace(self.path)


def judge(
    rows: pa.Table, rules: Rules, attempts: Attempts, *, known: Mapping[int, list[Reason]] | None = None
) -> Verdict:
    """As `validate`, but records that raise or end the process are refused, with the reason `crash`.

    known: records that are known to be such, by `_row`; they are not tried again.
    Raises CheckDefinitionError, and EngineError where no record at all can be judged.
    """
    with attempts.at(rows["_partition"][0].as_py(), rows["_batch"][0].as_py()) as died:
        rest = _without(rows, known or {})
        parts = [refuse(_only(rows, known), dict(known), rules)] if known else []
        if not rest.num_rows:
            return _joined(parts)
        if died >= DEATHS:
            log.warning("the batch is judged in a process of its own", deaths=died)
            with _Apart(rules) as apart:
                return _joined([*parts, *_sift(rest, rules, apart.attempt, most=MOST)])
        return _joined([*parts, *_sift(rest, rules, partial(_attempt, rules=rules), most=rest.num_rows)])


def remembered(dataset: Dataset, rows: pa.Table) -> dict[int, list[Reason]]:
    """Records of a batch that an earlier run has put in quarantine for not being checkable, by `_row`."""
    partition, batch = rows["_partition"][0].as_py(), rows["_batch"][0].as_py()
    mark = read_place(dataset.quarantine).marks.get(partition)
    if mark is None or mark.batch != batch:
        return {}
    found = reasons_of(dataset, partition, batch)
    return {row: reasons for row, reasons in found.items() if any(item.check == CRASH for item in reasons)}


def poisoned(verdict: Verdict) -> dict[int, str]:
    """What happened, by the record it happened with."""
    return {
        row: reason.message
        for row, reasons in verdict.reasons.items()
        for reason in reasons
        if reason.check == CRASH
    }


# ------------------------------------------------------------------------------------------ finding them


def _sift(rows: pa.Table, rules: Rules, attempt: Attempt, *, most: int) -> list[Verdict]:
    """Verdicts that together are on all the rows: one on all that can be judged, if they can be so at once."""
    first = attempt(rows)
    if isinstance(first, Verdict):
        return [first]
    _hope(rows, attempt)
    parts: list[Verdict] = []
    guilty: dict[int, str] = {}
    pending, deaths = _cut(rows), 1
    while pending:
        part = pending.pop()
        found = attempt(part)
        if isinstance(found, Verdict):
            parts.append(found)
            continue
        deaths += 1
        if part.num_rows == 1 or deaths > most:
            guilty |= dict.fromkeys(part[ROW].to_pylist(), found)
        else:
            pending += _cut(part)
    if guilty and len(parts) > 1:  # a rule on the batch as a whole needs all of it
        whole = attempt(_without(rows, guilty))
        parts = [whole] if isinstance(whole, Verdict) else parts
    if guilty:
        reasons = {row: [Reason(check=CRASH, message=told)] for row, told in guilty.items()}
        parts.append(refuse(_only(rows, guilty), reasons, rules))
    return parts


def _hope(rows: pa.Table, attempt: Attempt) -> None:
    """Raises EngineError where not one record can be judged, which is not the records' fault."""
    if rows.num_rows <= PARTS:
        return
    found: Verdict | str = ""
    for part in _cut(rows):
        found = attempt(part.slice(0, 1))
        if isinstance(found, Verdict):
            return
    raise EngineError(
        f"not one of {PARTS} records can be checked, each ends like this: {found}",
        hint="this is not about the records: look at the checks of the contract, at memory, at the machine",
    )


def _cut(rows: pa.Table) -> list[pa.Table]:
    """Up to `PARTS` parts of about the same size."""
    ends = sorted({rows.num_rows * part // PARTS for part in range(PARTS + 1)})
    return [rows.slice(start, end - start) for start, end in pairwise(ends)]


def _only(rows: pa.Table, chosen: Mapping[int, Any]) -> pa.Table:
    return rows.filter(pc.is_in(rows[ROW], pa.array(chosen, pa.int32())))


def _without(rows: pa.Table, chosen: Mapping[int, Any]) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows[ROW], pa.array(chosen, pa.int32())))) if chosen else rows


def _joined(parts: list[Verdict]) -> Verdict:
    """One verdict of several. Counts by check are kept where all records that can be judged were judged at once."""
    if len(parts) == 1:
        return parts[0]
    counted = [part.outcomes for part in parts if part.outcomes]
    return Verdict(
        rows=sum(part.rows for part in parts),
        good=pl.concat([part.good for part in parts]).sort(ROW),
        refused=pa.concat_tables([part.refused for part in parts]).sort_by(ROW),
        dropped=sum(part.dropped for part in parts),
        reasons={row: reasons for part in parts for row, reasons in part.reasons.items()},
        outcomes=counted[0] if len(counted) == 1 else [],
    )


def _attempt(rows: pa.Table, rules: Rules) -> Verdict | str:
    """Judge in this process. Raises SentinelError."""
    try:
        return validate(rows, rules)
    except (SentinelError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # noqa: BLE001  # Polars' panics are no Exceptions
        told = "" if rules.private else first_line(fault)[:SHOWN]  # what it says may quote a value
        return f"checking it raises {type(fault).__name__}{': ' if told else ''}{told}"


# ------------------------------------------------------------------------------------------ in another process


class _Apart:
    """A process that has computed nothing yet, and forks one for each thing to be judged; that one may die.

    It is no fork of ours: that would have the locks of our threads, and not the threads.
    """

    def __init__(self, rules: Rules) -> None:
        kinds = {check.kind for check in rules.checks}
        found = (definition for kind, definition in catalogue().items() if kind in kinds)
        modules = sorted({definition.function.__module__ for definition in found})
        context = get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, modules, replace(rules)), daemon=True)
        self._process.start()
        far.close()

    def __enter__(self) -> Self:
        self._answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()  # it is waiting for more, and ends when there is none
        self._process.join()
        self._process.close()

    def attempt(self, rows: pa.Table) -> Verdict | str:
        """Raises CheckDefinitionError, EngineError."""
        self._pipe.send_bytes(_packed(rows))
        reply = self._answer()
        if isinstance(reply, Verdict | str):
            return reply
        definition, message, hint = reply
        raise (CheckDefinitionError if definition else EngineError)(message, hint=hint)

    def _answer(self) -> Any:
        try:
            return self._pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            raise EngineError(
                f"the process that checks records apart from this one has ended: {_spelled(self._process.exitcode)}",
                hint="a script that runs pipelines needs `if __name__ == '__main__':`",
            ) from None


def _serve(pipe: Connection, modules: list[str], rules: Rules) -> None:
    """Have judged what comes, until nothing more does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to answer
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory runs out, this one goes first
    for module in modules:
        import_module(module)
    pipe.send(None)
    while True:
        try:
            packed = pipe.recv_bytes()
        except EOFError:
            return
        pipe.send_bytes(_forked(packed, rules))


def _forked(packed: bytes, rules: Rules) -> bytes:
    """What a process of its own makes of the rows, or how it ended; pickled."""
    near, far = Pipe(duplex=False)
    born = os.fork()
    if not born:
        try:
            far.send(_told(packed, rules))
        finally:
            os._exit(1)  # nothing of the parent's is this one's to end
    far.close()
    try:
        reply = near.recv_bytes()
    except EOFError:
        reply = b""
    near.close()
    ended = os.waitstatus_to_exitcode(os.waitpid(born, 0)[1])
    return reply or pickle.dumps(f"checking it ends the process: {_spelled(ended)}")


def _told(packed: bytes, rules: Rules) -> Any:
    try:
        return _attempt(pa.ipc.open_stream(packed).read_all(), rules)
    except SentinelError as fault:
        return isinstance(fault, CheckDefinitionError), fault.message, fault.hint


def _packed(rows: pa.Table) -> bytes:
    """Rows as bytes, without those that a slice leaves out."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _spelled(code: int | None) -> str:
    """An exit code in words."""
    if code is None or code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
