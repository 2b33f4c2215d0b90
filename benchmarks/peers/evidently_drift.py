"""Evidently's DataDriftPreset at its defaults: the tests it picks by type and size, and its thresholds.

Types of columns are told, as its documentation recommends. A column that is missing in one of the windows is an error
there; that counts as named.
"""

from __future__ import annotations

import os
import re
import warnings
from importlib.metadata import version

os.environ["DO_NOT_TRACK"] = "1"
warnings.simplefilter("ignore")

import pandas as pd  # noqa: E402
from evidently import DataDefinition, Dataset, Report  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402
from windows import evaluate  # noqa: E402


def compare(
    baseline: pd.DataFrame, current: pd.DataFrame, numbers: list[str], categories: list[str]
) -> list[str]:
    added = [name for name in current.columns if name not in {"id", "at", *baseline.columns}]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=[*categories, *added])
    known = [*numbers, *categories, *added]
    frames = [
        Dataset.from_pandas(frame[[name for name in known if name in frame]], data_definition=definition)
        for frame in (current, baseline)
    ]
    try:
        told = Report([DataDriftPreset()], include_tests=True).run(*frames).dict()
    except ValueError as problem:
        named = re.findall(r"\((\w+)\) is partially present", str(problem))
        if not named:
            raise
        return named
    return [
        test["metric_config"]["params"]["column"]
        for test in told["tests"]
        if test["id"] == "drift" and test["status"].value == "FAIL"
    ]


if __name__ == "__main__":
    evaluate(compare, version=f"evidently {version('evidently')}")
