"""The errors of SentinelDQ.

SentinelError
├── UsageError            the command or call is wrong            (exit code 2)
│   ├── ContractError     a contract cannot be read or is invalid
│   ├── CheckDefinitionError  a check is unknown or its parameters are wrong
│   └── MissingExtraError an optional package is not installed
├── ReadError             the data cannot be read                 (exit code 3)
├── WriteError            a file cannot be written                (exit code 3)
├── EngineError           an engine could not run the plan        (exit code 3)
│   └── InexactError      an engine refuses what it cannot do exactly
├── SourceError           a source cannot be asked                (exit code 3)
├── LakeError             a table cannot be read or committed to  (exit code 3)
│   ├── FencedError       another writer was first: reload, then decide
│   ├── PlaceLostError    a table has rows, yet nothing says where they end
│   └── EvolutionError    a contract would break the table it has (exit code 2)
├── ProfileError          bytes are no profile, or damaged         (exit code 3)
└── StoreError            the operational database fails          (exit code 3)
    └── LeaseLostError    another process has taken what this one held alone

Every error carries its facts as attributes; its text ends with a hint where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class SentinelError(Exception):
    """Root of all errors raised on purpose; `exit_code` is what the command line returns."""

    exit_code = 3

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message}\nhint: {hint}" if hint else message)


class UsageError(SentinelError, ValueError):
    """The command, the call or the configuration is wrong."""

    exit_code = 2


class ContractError(UsageError):
    """A contract cannot be read; `problems` holds one line per fault, with path and line number."""

    def __init__(self, source: str, problems: Iterable[str], *, hint: str | None = None) -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{source}: {count} problem{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]), hint=hint)


class CheckDefinitionError(UsageError):
    """A check is unknown, or its parameters do not fit."""


class MissingExtraError(UsageError, ImportError):
    """An optional package is missing; the text is the one command that installs it."""

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(
            f"{purpose} needs {package}, which is not installed",
            hint=f"pip install 'sentineldq[{extra}]'",
        )


class ReadError(SentinelError):
    """The data cannot be read at all."""

    def __init__(self, source: str, reason: str, *, hint: str | None = None) -> None:
        self.source = source
        self.reason = reason
        super().__init__(f"cannot read {source}: {reason}", hint=hint)


class WriteError(SentinelError):
    """A file cannot be written."""

    def __init__(self, target: str, reason: str, *, hint: str | None = None) -> None:
        self.target = target
        self.reason = reason
        super().__init__(f"cannot write {target}: {reason}", hint=hint)


class EngineError(SentinelError):
    """An engine could not run a plan."""


class InexactError(EngineError):
    """An engine refuses, by name, what it cannot evaluate exactly as the others do."""

    def __init__(self, engine: str, what: str, *, hint: str | None = None) -> None:
        self.engine = engine
        self.what = what
        super().__init__(f"engine {engine} refuses {what}: it cannot give the exact answer", hint=hint)


class SourceError(SentinelError):
    """A source cannot be asked, or keeps refusing; the cursor has not moved."""

    def __init__(self, source: str, reason: str, *, hint: str | None = None) -> None:
        self.source = source
        self.reason = reason
        super().__init__(f"source {source}: {reason}", hint=hint)


class LakeError(SentinelError):
    """A table of the lake cannot be read or committed to."""

    def __init__(self, table: str, reason: str, *, hint: str | None = None) -> None:
        self.table = table
        self.reason = reason
        super().__init__(f"table {table}: {reason}", hint=hint)


class FencedError(LakeError):
    """The table's place is not the one this writer expected: another writer committed first."""


class PlaceLostError(LakeError):
    """A table holds rows, yet no snapshot of its ancestry says where they end."""


class EvolutionError(LakeError, UsageError):
    """A contract would break the table that already exists; `changes` lists how."""

    exit_code = 2

    def __init__(self, table: str, changes: Iterable[str], *, hint: str | None = None) -> None:
        self.changes = tuple(changes)
        super().__init__(table, "the contract breaks it: " + "; ".join(self.changes), hint=hint)


class ProfileError(SentinelError):
    """Bytes that should be a profile are none, are damaged, or are of a version not known here."""


class StoreError(SentinelError):
    """The operational database cannot be reached, or refuses."""


class LeaseLostError(StoreError):
    """A lease is another's by now, or could not be renewed in its term: what it guards must stop."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the lease {name!r} is lost: another process may be at work")


def first_line(fault: BaseException) -> str:
    """What a fault says first: libraries go on with advice and pieces of their own code."""
    return str(fault).strip().partition("\n")[0]


def suggest(word: str, known: Iterable[str]) -> str | None:
    """A sentence naming the closest known word, or all of them when few; None when nothing helps."""
    names = sorted(set(known))
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= 30 else None
