"""Checks of text: patterns, LIKE, length. Patterns have one meaning on all engines: see checks/regex.py."""

from __future__ import annotations

import narwhals as nw

from sentineldq.checks.catalogue.values import between
from sentineldq.checks.definition import Like, Likes, Pattern, Patterns, row_check, text


def _found(value: nw.Expr, patterns: list[str]) -> list[nw.Expr]:
    if not patterns:
        raise ValueError("needs at least one pattern")
    return [value.str.contains(pattern) for pattern in patterns]


@row_check("matches", dimension="conformity", says="matching {pattern}", types=text)
def matches(value: nw.Expr, *, pattern: Pattern) -> nw.Expr:
    """The pattern is found in the text; anchor it with ^ and $ for a whole match."""
    return value.str.contains(pattern)


@row_check("not_matches", dimension="conformity", says="not matching {pattern}", types=text)
def not_matches(value: nw.Expr, *, pattern: Pattern) -> nw.Expr:
    """The pattern is not found in the text."""
    return ~value.str.contains(pattern)


@row_check("matches_any", dimension="conformity", says="matching one of {patterns}", types=text)
def matches_any(value: nw.Expr, *, patterns: Patterns) -> nw.Expr:
    """At least one of the patterns is found."""
    return nw.any_horizontal(*_found(value, patterns), ignore_nulls=False)


@row_check("matches_all", dimension="conformity", says="matching all of {patterns}", types=text)
def matches_all(value: nw.Expr, *, patterns: Patterns) -> nw.Expr:
    """Every one of the patterns is found."""
    return nw.all_horizontal(*_found(value, patterns), ignore_nulls=False)


@row_check("matches_none", dimension="conformity", says="matching none of {patterns}", types=text)
def matches_none(value: nw.Expr, *, patterns: Patterns) -> nw.Expr:
    """None of the patterns is found."""
    return ~nw.any_horizontal(*_found(value, patterns), ignore_nulls=False)


@row_check("like", dimension="conformity", says="like {pattern}", types=text)
def like(value: nw.Expr, *, pattern: Like) -> nw.Expr:
    r"""The whole text fits an SQL LIKE pattern: % is any text, _ any one character, \ escapes."""
    return value.str.contains(pattern)


@row_check("like_any", dimension="conformity", says="like one of {patterns}", types=text)
def like_any(value: nw.Expr, *, patterns: Likes) -> nw.Expr:
    """The text fits at least one LIKE pattern."""
    return nw.any_horizontal(*_found(value, patterns), ignore_nulls=False)


@row_check("like_all", dimension="conformity", says="like all of {patterns}", types=text)
def like_all(value: nw.Expr, *, patterns: Likes) -> nw.Expr:
    """The text fits every LIKE pattern."""
    return nw.all_horizontal(*_found(value, patterns), ignore_nulls=False)


@row_check("not_like", dimension="conformity", says="like none of {patterns}", types=text)
def not_like(value: nw.Expr, *, patterns: Likes) -> nw.Expr:
    """The text fits none of the LIKE patterns."""
    return ~nw.any_horizontal(*_found(value, patterns), ignore_nulls=False)


@row_check("length", dimension="conformity", says="{min} to {max} characters", types=text)
def length(
    value: nw.Expr,
    *,
    min: int | None = None,
    max: int | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> nw.Expr:
    """The number of characters (Unicode code points) lies in a range."""
    return between(value.str.len_chars(), min=min, max=max, strict_min=strict_min, strict_max=strict_max)
