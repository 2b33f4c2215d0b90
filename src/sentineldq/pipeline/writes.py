"""The threads that write what a run brings: one for bronze, one for quarantine and silver."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Literal, Self

AHEAD = 2
"""Writes that may wait for the ones that are going on."""


class Writes:
    """Each does its own work in order, and silver comes after the bronze that was handed over before it.

    What comes after work that has failed is not done, except that bronze goes on when silver has failed: the next run
    finds these batches there.
    """

    def __init__(self, name: str) -> None:
        self._pools = {
            stage: ThreadPoolExecutor(1, thread_name_prefix=f"{stage} {name}")
            for stage in ("bronze", "silver")
        }
        self._last: dict[str, Future[None]] = {}
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        for pool in self._pools.values():
            pool.shutdown()

    def add(self, stage: Literal["bronze", "silver"], work: Callable[[], None]) -> None:
        """Hand work over, once there is room. Raises what work handed over before has raised."""
        while len(self._waiting) > AHEAD:
            self._waiting[0].result()
            self._waiting.popleft()
        before = [self._last[each] for each in ("bronze", stage) if each in self._last]
        done = self._pools[stage].submit(copy_context().run, _after, before, work)
        self._last[stage] = done
        self._waiting.append(done)

    def drain(self) -> None:
        """Wait for all of it. Raises what it has raised."""
        while self._waiting:
            self._waiting.popleft().result()


def _after(before: Sequence[Future[None]], work: Callable[[], None]) -> None:
    for each in before:
        each.result()
    work()
