"""Data that nobody measured: GitHub events, market bars and a shop, deterministic by seed, with faults on demand."""

from __future__ import annotations

from sentineldq.sources.simulate.source import Simulate, generate, truth
from sentineldq.sources.simulate.truth import Injected

__all__ = ["Injected", "Simulate", "generate", "truth"]
