"""How many threads share the work on one profile: Arrow, NumPy and zstd let others run while they compute."""

from __future__ import annotations

import os

_CORES = os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()

THREADS = min(4, _CORES or 1)
