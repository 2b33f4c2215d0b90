"""NannyML's univariate drift at its defaults: Jensen-Shannon, 3 standard deviations above the reference's own days.

A reference of 7 days in chunks of a day, fitted for each check. A column that is missing is an error there; that counts
as named.
"""

from __future__ import annotations

import os
import re
import warnings
from importlib.metadata import version

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.simplefilter("ignore")

import nannyml  # noqa: E402
import pandas as pd  # noqa: E402
from nannyml.exceptions import InvalidArgumentsException  # noqa: E402
from windows import evaluate  # noqa: E402


def compare(
    baseline: pd.DataFrame, current: pd.DataFrame, numbers: list[str], categories: list[str]
) -> list[str]:
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=[*numbers, *categories],
        treat_as_categorical=categories,
        timestamp_column_name="at",
        chunk_period="D",
    ).fit(baseline)
    try:
        told = calculator.calculate(current).filter(period="analysis").to_df()
    except InvalidArgumentsException as problem:
        named = re.findall(r"'(\w+)'", str(problem))
        return [name for name in named if name in {*numbers, *categories}]
    return [name for name in (*numbers, *categories) if told[name, "jensen_shannon", "alert"].any()]


if __name__ == "__main__":
    evaluate(compare, version=f"nannyml {version('nannyml')}")
