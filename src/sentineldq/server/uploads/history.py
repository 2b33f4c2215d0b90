"""What a source's checks say together, and what of a report whom may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

RECENT = 10
"""Checks that a trend is made of."""

VALUES = ("odd_samples", "outlier_samples", "low", "high")
"""Parts of a column's measures that are values of the data."""


def trend(scores: Sequence[float]) -> dict[str, Any]:
    """Mean and slope (least squares, per check) of the last ten scores, and the last step; oldest first."""
    recent = list(scores)[-RECENT:]
    count = len(recent)
    mean = sum(recent) / count if count else None
    slope = None
    if count > 1 and mean is not None:
        middle = (count - 1) / 2
        spread = sum((at - middle) ** 2 for at in range(count))
        slope = sum((at - middle) * (score - mean) for at, score in enumerate(recent)) / spread
    change = recent[-1] - recent[-2] if count > 1 else None
    return {"checks": len(scores), "mean": mean, "change": change, "slope": slope}


def below(score: float | None, parts: Mapping[str, Any], thresholds: Mapping[str, Any]) -> list[str]:
    """What of a check is under its threshold: the given one, or for parts without one, that of its own time."""
    if score is None:
        return []
    found = ["score"] if score < thresholds.get("score", 0.0) else []
    return found + [
        name for name, part in parts.items() if part["score"] < thresholds.get(name, part["threshold"])
    ]


def shown(report: Mapping[str, Any], *, values: bool) -> dict[str, Any]:
    """A report as it is answered: without the profile, and without values of the data unless they may be seen."""
    made = {name: part for name, part in report.items() if name != "profile"}
    if values:
        return made
    result = dict(made["result"])
    result["checks"] = [{**check, "samples": [], "observed": None} for check in result["checks"]]
    result["findings"] = [_without_cells(finding) for finding in result["findings"]]
    made["result"] = result
    made["measures"] = [
        {name: value for name, value in one.items() if name not in VALUES} for one in made["measures"]
    ]
    made["drifts"] = [{**drift, "message": ""} for drift in made["drifts"]]
    return made


def _without_cells(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A fault of the file without the row that it quotes."""
    return {name: value for name, value in finding.items() if name != "cells"}
