"""Functions of texts (LIKE, patterns, case, trimming, parts), and the length of lists."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from sentineldq.checks.regex import like_to_regex, translate
from sentineldq.checks.sql.translator import Translator, handles
from sentineldq.checks.sql.value import Value, when

# Letters that engines change differently: capitals of several characters, and those newer than Unicode 15.
UNSETTLED_LOWER = (
    r"[\u0130\u1c89\ua7cb\ua7cc\ua7ce\ua7d2\ua7d4\ua7da\ua7dc"
    r"\U00010d50-\U00010d65\U00016ea0-\U00016eb8]"
)

UNSETTLED_UPPER = (
    r"[\u00df\u0149\u019b\u01f0\u0264\u0390\u03b0\u0587\u1c8a\u1e96-\u1e9a\u1f50\u1f52\u1f54\u1f56\u1f80-\u1faf"
    r"\u1fb2-\u1fb4\u1fb6\u1fb7\u1fbc\u1fc2-\u1fc4\u1fc6\u1fc7\u1fcc\u1fd2\u1fd3\u1fd6\u1fd7"
    r"\u1fe2-\u1fe4\u1fe6\u1fe7\u1ff2-\u1ff4\u1ff6\u1ff7\u1ffc\ua7cd\ua7cf\ua7d3\ua7d5\ua7db\ufb00-\ufb06\ufb13-\ufb17"
    r"\U00010d70-\U00010d85\U00016ebb-\U00016ed3]"
)


def search(t: Translator, expr: nw.Expr, pattern: str) -> nw.Expr:
    return expr.str.contains(translate(pattern, t.engine))


@handles("like", "ilike", args="this expression negate")
def _like(t: Translator, node: Any) -> Value:
    return _matches_like(t, node, escape=None)


@handles("escape")
def _escape(t: Translator, node: Any) -> Value:
    if node.this.key not in ("like", "ilike"):
        t.unsupported(node)
    return _matches_like(t, node.this, escape=t.constant(node.expression, str))


def _matches_like(t: Translator, node: Any, *, escape: str | None) -> Value:
    pattern = t.constant(node.expression, str)
    if escape is None and "\\" in pattern:
        t.fail(node, "engines disagree on a backslash in LIKE", hint="say which it is: LIKE '…' ESCAPE '\\'")
    flag = "(?i)" if node.key == "ilike" else ""
    found = search(t, t.of_kind(node.this, "string").expr, flag + like_to_regex(pattern, escape=escape or ""))
    return Value(~found if node.args.get("negate") else found, "bool")


@handles("regexplike", args="this expression flag")
def _regexp(t: Translator, node: Any) -> Value:
    flags = t.constant(node.args["flag"], str) if node.args.get("flag") else ""
    if set(flags) - set("ism"):
        t.fail(node, f"flags {flags!r}: only i, s and m are supported")
    pattern = (f"(?{flags})" if flags else "") + t.constant(node.expression, str)
    return Value(search(t, t.of_kind(node.this, "string").expr, pattern), "bool")


@handles("startswith", "endswith", "contains")
def _part(t: Translator, node: Any) -> Value:
    text, part = t.of_kind(node.this, "string").expr.str, t.constant(node.expression, str)
    match node.key:
        case "startswith":
            return Value(text.starts_with(part), "bool")
        case "endswith":
            return Value(text.ends_with(part), "bool")
        case _:
            return Value(text.contains(part, literal=True), "bool")


@handles("lower", "upper", args="this")
def _change_case(t: Translator, node: Any) -> Value:
    text = t.of_kind(node.this, "string").expr
    if node.key == "upper":
        return Value(when(~search(t, text, UNSETTLED_UPPER), text).str.to_uppercase(), "string")
    settled = when(~search(t, text, UNSETTLED_LOWER), text)
    # A last capital sigma becomes a final one on some engines only.
    return Value(settled.str.replace_all("\u03a3", "\u03c3", literal=True).str.to_lowercase(), "string")


@handles("length", args="this")
def _length(t: Translator, node: Any) -> Value:
    text = t.of_kind(node.this, "string").expr
    return Value(text.str.len_chars().cast(nw.Int64()), "int", bound=2.0**32)


@handles("arraysize", args="this")
def _array_length(t: Translator, node: Any) -> Value:
    """The number of elements of a list, missing ones among them."""
    return Value(t.of_kind(node.this, "list").expr.list.len().cast(nw.Int64()), "int", bound=2.0**32)


@handles("trim", args="this position")
def _trim(t: Translator, node: Any) -> Value:
    """Spaces only, as the standard says."""
    text = t.of_kind(node.this, "string").expr.str
    match str(node.args.get("position") or "BOTH").upper():
        case "LEADING":
            return Value(text.strip_chars_start(" "), "string")
        case "TRAILING":
            return Value(text.strip_chars_end(" "), "string")
        case _:
            return Value(text.strip_chars_start(" ").str.strip_chars_end(" "), "string")


@handles("substring", args="this start length")
def _substring(t: Translator, node: Any) -> Value:
    start = t.constant(node.args.get("start"), int)
    length = t.constant(node.args["length"], int) if node.args.get("length") else None
    if start < 1 or (length or 0) < 0:
        t.fail(node, "substr takes a start from 1 and a length from 0: engines disagree on others")
    return Value(t.of_kind(node.this, "string").expr.str.slice(start - 1, length), "string")


@handles("replace", args="this expression replacement")
def _replace(t: Translator, node: Any) -> Value:
    old, new = t.constant(node.expression, str), t.constant(node.args.get("replacement"), str)
    if not old:
        t.fail(node, "engines disagree on replacing the empty text")
    return Value(t.of_kind(node.this, "string").expr.str.replace_all(old, new, literal=True), "string")


@handles("dpipe", args="this expression safe")
def _join(t: Translator, node: Any) -> Value:
    parts = [_text(t, node.this), _text(t, node.expression)]
    return Value(nw.concat_str(*parts, separator="", ignore_nulls=False), "string")


@handles("concat", args="expressions safe coalesce")
def _concat(t: Translator, node: Any) -> Value:
    """Nulls count as empty, as in DuckDB and Postgres."""
    parts = [when(part.is_null(), nw.lit(""), part) for part in (_text(t, item) for item in node.expressions)]
    return Value(nw.concat_str(*parts, separator="", ignore_nulls=False), "string")


def _text(t: Translator, node: Any) -> nw.Expr:
    value = t.of_kind(node, "string", "int")
    return value.expr.cast(nw.String()) if value.kind == "int" else value.expr
