"""A process that has imported everything and computed nothing, and forks children that run `sentinel` in earnest.

A trial then costs the work alone and not the second or two of imports before it. A child is a process of its own, with
its own threads, files and exit code, and can be killed, stopped and traced like any other. Requests and replies are
lines of JSON on standard input and output; run as `python -m tests.faults.nursery`.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

REPOSITORY = Path(__file__).parents[2]
LIMITS = {"file size": resource.RLIMIT_FSIZE, "memory": resource.RLIMIT_AS}


@dataclass
class Child:
    """One run of `sentinel`; `code` once it has ended, negative where a signal ended it."""

    pid: int
    log: Path
    code: int | None = None

    @property
    def text(self) -> str:
        """What it wrote to standard output and standard error."""
        return self.log.read_text(encoding="utf-8", errors="replace")


class Nursery:
    """The trials' side: starts children and waits for them."""

    def __init__(self) -> None:
        self._born = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env={
                **os.environ,
                "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}:{os.environ.get('PYTHONPATH', '')}",
                "SENTRY_DSN": "",
            },
        )
        self._ask({"do": "ready"})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(30)

    def start(
        self,
        folder: Path,
        *arguments: str,
        limits: Mapping[str, int] | None = None,
        patch: Sequence[Any] = (),
        held: bool = False,
        call: str | None = None,
    ) -> Child:
        """Run `sentinel ARGUMENTS` in a folder.

        limits: of `LIMITS`, in bytes. patch: the name of a function below and its arguments, called in the child before
        anything else. held: it waits for `go`. call: a function of a module (`module:function`), called with the
        arguments in place of `sentinel`.
        """
        self._born += 1
        log = folder / "logs" / f"{self._born:05d}.log"
        log.parent.mkdir(exist_ok=True)
        asked = {"folder": str(folder), "arguments": arguments, "limits": limits or {}, "patch": list(patch)}
        reply = self._ask({"do": "start", "log": str(log), "held": held, "call": call, **asked})
        return Child(reply["pid"], log)

    def go(self, child: Child) -> None:
        self._ask({"do": "go", "pid": child.pid})

    def wait(self, child: Child, seconds: float) -> bool:
        """Wait until it has ended; whether it has."""
        if child.code is None:
            child.code = self._ask({"do": "wait", "pid": child.pid, "seconds": seconds})["code"]
        return child.code is not None

    def end(self, child: Child) -> None:
        """Kill it, unless it has ended."""
        if child.code is None:
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
            self.wait(child, 10)

    def run(self, folder: Path, *arguments: str, seconds: float = 120, **options: Any) -> Child:
        """Run to the end; one that takes too long is killed, which its code then says."""
        child = self.start(folder, *arguments, **options)
        if not self.wait(child, seconds):
            self.end(child)
        return child

    def address_space(self) -> int:
        """Bytes of addresses that a child begins with."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[0]) * resource.getpagesize()

    def _ask(self, request: Mapping[str, Any]) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        return json.loads(stdout.readline())


# ---------------------------------------------------------------------------------------- the process itself


def _import_all() -> None:
    import sentineldq

    for found in pkgutil.walk_packages(sentineldq.__path__, "sentineldq."):
        if not any(word in found.name for word in ("__main__", "spark", "yahoo", "migrations")):
            with suppress(ImportError):  # of an extra; a child that needs it says so
                importlib.import_module(found.name)
    for name in (
        "pyiceberg.catalog.sql",
        "pyiceberg.io.pyarrow",
        "alembic.command",
        "sqlalchemy.dialects.sqlite",
    ):
        importlib.import_module(name)


@dataclass
class _Forks:
    gates: dict[int, int] = field(default_factory=dict)

    def start(self, request: Mapping[str, Any]) -> dict[str, Any]:
        gate, opener = os.pipe() if request["held"] else (None, None)
        pid = os.fork()
        if pid == 0:
            try:
                _live(request, gate)
            except BaseException:  # noqa: BLE001  # whatever it is, this process must not go on as its parent
                traceback.print_exc()
            finally:
                os._exit(70)
        if gate is not None and opener is not None:
            os.close(gate)
            self.gates[pid] = opener
        return {"pid": pid}

    def go(self, request: Mapping[str, Any]) -> dict[str, Any]:
        opener = self.gates.pop(request["pid"])
        with suppress(BrokenPipeError):
            os.write(opener, b"!")
        os.close(opener)
        return {}

    def wait(self, request: Mapping[str, Any]) -> dict[str, Any]:
        until = time.monotonic() + request["seconds"]
        while True:
            pid, status = os.waitpid(request["pid"], os.WNOHANG)
            if pid:
                return {"code": os.waitstatus_to_exitcode(status)}
            if time.monotonic() > until:
                return {"code": None}
            time.sleep(0.002)

    def ready(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return {}


def _live(request: Mapping[str, Any], gate: int | None) -> None:
    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(request["folder"])
    if gate is not None:
        os.read(gate, 1)
    for name, most in request["limits"].items():
        resource.setrlimit(LIMITS[name], (most, most))
    if request["patch"]:
        name, *rest = request["patch"]
        PATCHES[name](*rest)
    if request["call"]:
        module, _, function = request["call"].partition(":")
        getattr(importlib.import_module(module), function)(*request["arguments"])
        sys.stdout.flush()
        os._exit(0)
    sys.argv = ["sentinel", *request["arguments"]]
    from sentineldq.__main__ import main

    main()


# ---------------------------------------------------------------------------------------- catalogs that fail


def _around_commit(at: int, act: Callable[[Callable[[], Any]], Any]) -> None:
    """The `at`-th commit that this process asks its catalog for is done by `act`."""
    from pyiceberg.catalog.sql import SqlCatalog

    real, count = SqlCatalog.commit_table, 0

    def commit_table(self: SqlCatalog, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        ask: Callable[[], Any] = lambda: real(self, *arguments)  # noqa: E731
        return act(ask) if count == at else ask()

    SqlCatalog.commit_table = commit_table  # type: ignore[method-assign]


def _lose_reply(ask: Callable[[], Any]) -> Any:
    ask()
    raise ConnectionResetError("the connection broke before the reply was read")


def _lose_request(ask: Callable[[], Any]) -> Any:
    raise ConnectionResetError("the connection broke before the request was sent")


def _die_before(ask: Callable[[], Any]) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_after(ask: Callable[[], Any]) -> Any:
    ask()
    os.kill(os.getpid(), signal.SIGKILL)


def _stop_before(ask: Callable[[], Any]) -> Any:
    os.kill(os.getpid(), signal.SIGSTOP)
    return ask()


PATCHES: Mapping[str, Callable[[Any], object]] = {
    "load": importlib.import_module,
    "reply lost": lambda at: _around_commit(at, _lose_reply),
    "request lost": lambda at: _around_commit(at, _lose_request),
    "die before": lambda at: _around_commit(at, _die_before),
    "die after": lambda at: _around_commit(at, _die_after),
    "stop before": lambda at: _around_commit(at, _stop_before),
}


def serve() -> None:
    """Answer requests until there are no more."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _import_all()
    forks = _Forks()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        reply = getattr(forks, request["do"])(request)
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    serve()
