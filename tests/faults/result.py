"""What trials came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Result:
    """One trial. fired: whether the fault really struck; in_flight: while a batch was between its commits."""

    fault: str
    name: str
    fired: bool
    in_flight: bool = False
    problems: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Table:
    """Trials of one fault, counted. A trial whose fault did not strike proves nothing and does not count."""

    fault: str
    trials: int = 0
    fired: int = 0
    in_flight: int = 0
    failures: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        self.trials += 1
        self.fired += result.fired
        self.in_flight += result.fired and result.in_flight
        if result.problems:
            self.failures.append(result)

    @property
    def bound(self) -> str:
        """With no failure in N trials, the rate of failures is below 3/N (95 %)."""
        return f"< {3 / self.fired:.1g}" if self.fired and not self.failures else "-"

    @property
    def line(self) -> str:
        """The counts, under HEAD."""
        counts = f"{self.trials:>6} {self.fired:>6} {self.in_flight:>9} {len(self.failures):>6}"
        return f"{self.fault:<12} {counts} {self.bound:>7}"


HEAD = "fault        trials struck in flight failed    rate"


def count(fault: str, results: Iterable[Result]) -> Table:
    table = Table(fault=fault)
    for result in results:
        table.add(result)
    return table
