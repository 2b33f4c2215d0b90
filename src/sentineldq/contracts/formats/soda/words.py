"""What Soda's words mean here, shared by reading and writing."""

from __future__ import annotations

import re

WHY = "a Soda contract has no place for it"
DATASET = "soda.dataset"
QUALIFIER = "soda.qualifier"
# Soda's word, the word of a threshold, the field of ODCS
OPERATORS = {
    "must_be": ("equal", "must_be"),
    "must_not_be": ("not_equal", "must_not_be"),
    "must_be_greater_than": ("greater", "must_be_greater_than"),
    "must_be_greater_than_or_equal": ("greater_or_equal", "must_be_greater_or_equal_to"),
    "must_be_less_than": ("less", "must_be_less_than"),
    "must_be_less_than_or_equal": ("less_or_equal", "must_be_less_or_equal_to"),
    "must_be_between": ("between", "must_be_between"),
    "must_be_not_between": ("not_between", "must_not_be_between"),
}
ENDS = {
    "greater_than": "greater",
    "greater_than_or_equal": "greater_or_equal",
    "less_than": "less",
    "less_than_or_equal": "less_or_equal",
}
FUNCTIONS = {"avg": "mean", "min": "min", "max": "max", "sum": "sum", "stddev": "std", "stddev_samp": "std"}
UNITS = {"minute": "m", "hour": "h", "day": "d"}


def negated(sql: str) -> str:
    """The opposite of a condition; the opposite of the opposite is the condition itself."""
    inner = sql[5:-1]
    if sql.startswith("NOT (") and sql.endswith(")") and _balanced(inner):
        return inner
    return f"NOT ({sql})"


def _balanced(text: str) -> bool:
    """Do the parentheses of a text close within it?"""
    depth = 0
    for mark in re.sub(r"'[^']*'|\"[^\"]*\"", "", text):
        depth += (mark == "(") - (mark == ")")
        if depth < 0:
            return False
    return depth == 0
