"""What a source's uploads must reach: a score, and one for each of its parts."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Weight = Annotated[float, msgspec.Meta(ge=0, le=1000)]

PARTS = ("completeness", "uniqueness", "conformity", "accuracy", "consistency")


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much each part of the score counts."""

    completeness: Weight = 3.0
    uniqueness: Weight = 2.0
    conformity: Weight = 2.0
    accuracy: Weight = 1.0
    consistency: Weight = 2.0


class Thresholds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The least that an upload has to reach; below `critical`, its score is a critical finding.

    outlier_factor: how many interquartile ranges beyond the quartiles a number is an outlier.
    """

    score: Share = 0.8
    critical: Share = 0.5
    completeness: Share = 0.9
    uniqueness: Share = 0.99
    conformity: Share = 0.98
    accuracy: Share = 0.85
    consistency: Share = 1.0
    outlier_factor: Annotated[float, msgspec.Meta(gt=0, le=100)] = 1.5
    weights: Weights = Weights()

    def of(self, part: str) -> float:
        """The least that a part has to reach; other parts than ours come of contracts, and have to be whole."""
        return float(getattr(self, part)) if part in PARTS else 1.0


def described() -> dict[str, Any]:
    """The JSON Schema of thresholds."""
    parts: dict[str, Any] = msgspec.json.schema(Thresholds)["$defs"]
    whole: dict[str, Any] = parts["Thresholds"]
    return {**whole, "properties": {**whole["properties"], "weights": parts["Weights"]}}


def thresholds_of(given: Any) -> Thresholds:
    """What was given, over what is usual. Raises msgspec.ValidationError."""
    return msgspec.convert(given, Thresholds)
