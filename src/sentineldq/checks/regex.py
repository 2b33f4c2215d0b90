r"""One pattern language with one meaning on every engine.

A pattern is written in the syntax of Python's `re` and searched for (unanchored), as in JSON Schema. It is
parsed once into a tree of explicit character sets, and written out again in the dialect of each engine:
Rust's `regex` (Polars), RE2 (DuckDB), `java.util.regex` (Spark) and `re` itself (records). Nothing an engine
could read its own way is left in the text: no `\d`, no `.`, no `$`, no flags. What cannot be said in all of
them is refused in all.

The sets are of Unicode code points without surrogates, as in UTF-8 data. `\p{..}` follows the Unicode version
of the running Python (`unicodedata.unidata_version`), for all engines alike.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal

import msgspec

from sentineldq.errors import CheckDefinitionError, InexactError

Target = Literal["polars", "duckdb", "spark", "python"]
Ranges = tuple[tuple[int, int], ...]

MAX_STATES = 250_000
"""The largest pattern, in automaton states as `_cost` counts them; Rust's 10 MB limit is the first met."""

MAX_DEPTH = 60
"""How deeply groups may nest; Python's own parser is recursive, and so is Java's matcher."""

ANY_TEXT = "(?s:.*)"
ASCII_HINT = "classes are ASCII; for Unicode write \\p{L}, \\p{N} and their kin"

# Private to CPython, and the only complete parser of the syntax this module promises; present since 3.11.
_parser: Any = import_module("re._parser")
_op: Any = import_module("re._constants")

LAST = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)
DIGITS: Ranges = ((0x30, 0x39),)
WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Ranges = ((0x09, 0x0D), (0x20, 0x20))
NEWLINE: Ranges = ((0x0A, 0x0A),)
ALL: Ranges = ((0, SURROGATES[0] - 1), (SURROGATES[1] + 1, LAST))


class Chars(msgspec.Struct, frozen=True):
    """One character out of a set."""

    ranges: Ranges


class Anchor(msgspec.Struct, frozen=True):
    """A place between characters; `place` is a key of `Dialect.anchors`."""

    place: str


class Sequence(msgspec.Struct, frozen=True):
    items: tuple[Node, ...]


class Choice(msgspec.Struct, frozen=True):
    items: tuple[Node, ...]


class Repeat(msgspec.Struct, frozen=True):
    """`high` is None for no upper bound. Greedy or lazy is not kept: whether a text matches is the same."""

    item: Node
    low: int
    high: int | None


Node = Chars | Anchor | Sequence | Choice | Repeat


class Dialect(msgspec.Struct, frozen=True):
    """How one engine writes a code point and the anchors; `repeats` is its limit on (nested) repetition."""

    point: Callable[[int], str]
    anchors: Mapping[str, str]
    repeats: int | None = None


def _brace(point: int) -> str:
    return f"\\x{{{point:X}}}"


def _python(point: int) -> str:
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


_W = "[0-9A-Z_a-z]"
DIALECTS: Mapping[Target, Dialect] = {
    "polars": Dialect(
        _brace,
        {
            "start": r"\A",
            "end": r"\z",
            "line_start": "(?m:^)",
            "line_end": "(?m:$)",
            "boundary": r"(?-u:\b)",
            "inside": r"(?-u:\B)",
        },
    ),
    "duckdb": Dialect(
        _brace,
        {
            "start": r"\A",
            "end": r"\z",
            "line_start": "(?m:^)",
            "line_end": "(?m:$)",
            "boundary": r"\b",
            "inside": r"\B",
        },
        repeats=1000,
    ),
    # Java's own \b looks at Unicode letters (before 19), and its ^ does not match after a last newline.
    "spark": Dialect(
        _brace,
        {
            "start": r"\A",
            "end": r"\z",
            "line_start": r"(?:\A|(?<=\x{A}))",
            "line_end": r"(?:\z|(?=\x{A}))",
            "boundary": f"(?:(?<={_W})(?!{_W})|(?<!{_W})(?={_W}))",
            "inside": f"(?:(?<={_W})(?={_W})|(?<!{_W})(?!{_W}))",
        },
    ),
    # \B of Python before 3.14 does not match the empty text; "not a boundary" does.
    "python": Dialect(
        _python,
        {
            "start": r"\A",
            "end": r"\Z",
            "line_start": "(?m:^)",
            "line_end": "(?m:$)",
            "boundary": r"(?a:\b)",
            "inside": r"(?!(?a:\b))",
        },
    ),
}


# ---------------------------------------------------------------------------------------------- public


@lru_cache(maxsize=4096)
def translate(pattern: str, target: Target) -> str:
    """The same pattern in the dialect of `target`, to be searched for with no flags.

    Raises CheckDefinitionError (with the position) where `pattern` is not valid, and InexactError where it
    uses what not every engine has: look-around, back-references, atomic groups, possessive quantifiers,
    conditional groups.
    """
    return _write(parse(pattern), DIALECTS[target])


@lru_cache(maxsize=1024)
def compile_python(pattern: str) -> re.Pattern[str]:
    """The pattern for the record path; its `search` has the meaning the engines have."""
    return re.compile(translate(pattern, "python"))


def like_to_regex(pattern: str, *, escape: str = "\\") -> str:
    """A pattern (in this module's language) that matches what SQL `LIKE pattern ESCAPE escape` matches.

    `%` is any text and `_` one character (a code point), newlines included; the whole text must match.
    `escape` may be empty: then no character escapes. Raises CheckDefinitionError where the escape is not one
    character, or ends the pattern.
    """
    if len(escape) > 1:
        raise CheckDefinitionError(f"the escape of LIKE must be one character, found {escape!r}")
    parts: list[str] = []
    chars = iter(pattern)
    for char in chars:
        if char == escape:
            literal = next(chars, None)
            if literal is None:
                raise CheckDefinitionError(
                    f"LIKE pattern {pattern!r} ends in its escape character {escape!r}",
                    hint=f"write {escape + escape!r} for the character itself",
                )
            parts.append(re.escape(literal))
        else:
            parts.append({"%": ANY_TEXT, "_": r"(?s:.)"}.get(char) or re.escape(char))
    # Any text at either end is the same as no anchor there, and quicker to search for.
    start = "" if parts[:1] == [ANY_TEXT] else r"\A"
    end = "" if parts[-1:] == [ANY_TEXT] else r"\Z"
    inner = "".join(parts).removeprefix(ANY_TEXT).removesuffix(ANY_TEXT)
    return f"{start}{inner}{end}"


@lru_cache(maxsize=1024)
def parse(pattern: str) -> Node:
    """The tree of a pattern. Raises as `translate` does."""
    text, properties, positions = _extract_properties(pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            tokens = _parse_tokens(text, pattern)
    except CheckDefinitionError:
        raise
    except re.error as error:
        position = positions[min(error.pos or 0, len(positions) - 1)]
        raise _invalid(pattern, position, error.msg) from None
    except (OverflowError, RecursionError):
        raise _refused(pattern, "a repetition or nesting beyond all limits") from None
    except ValueError:
        raise _refused(
            pattern, "the flag (?u): classes are ASCII, use \\p{L} and its kin for Unicode"
        ) from None
    node = _Reader(pattern, properties).sequence(tokens, tokens.state.flags, depth=0)
    if (states := _cost(node)) > MAX_STATES:
        raise _refused(
            pattern,
            f"a pattern of about {states:,} states (at most {MAX_STATES:,})",
            hint="shorten the repetition, or check the length with a length check",
        )
    return node


# --------------------------------------------------------------------------------------------- reading


def _parse_tokens(text: str, pattern: str) -> Any:
    """Python's parse tree; its FutureWarning marks what others read as set operations or POSIX classes."""
    try:
        return _parser.parse(text, re.ASCII)
    except FutureWarning:
        if found := re.search(r"\[:\^?[a-z]+:\]", text):
            raise _invalid(
                pattern,
                pattern.find(found[0]),
                f"POSIX class {found[0]} is not part of the syntax",
                hint="write the range, as [A-Za-z], or a category, as \\p{L}",
            ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return _parser.parse(text, re.ASCII)


_PROPERTY = re.compile(r"[pP](?:\{(\^?)([^{}]*)\}|([A-Z]))")


def _extract_properties(pattern: str) -> tuple[str, dict[int, Ranges], list[int]]:
    r"""The pattern with each `\p{..}` replaced by a character it does not hold, and what those stand for.

    The list gives, for each position of the new text, the position in the pattern.
    """
    text: list[str] = []
    positions: list[int] = []
    stands: dict[int, Ranges] = {}
    spare = (point for point in range(LAST, 0xF0000, -1) if chr(point) not in pattern)
    at = 0
    while at < len(pattern):
        piece = pattern[at : at + 2] if pattern[at] == "\\" else pattern[at]
        advance = len(piece)
        if piece in ("\\p", "\\P"):
            found = _PROPERTY.match(pattern, at + 1)
            if found is None:
                raise _invalid(pattern, at, "bad category escape", hint="write \\p{L} or \\pL")
            negated = (piece == "\\P") != bool(found[1])
            ranges = _category(found[2] or found[3] or "", pattern, at)
            point = next(spare)
            stands[point] = _complement(ranges) if negated else ranges
            piece, advance = chr(point), found.end() - at
        text.append(piece)
        positions.extend(at + offset for offset in range(len(piece)))
        at += advance
    return "".join(text), stands, [*positions, len(pattern)]


def _category(name: str, pattern: str, at: int) -> Ranges:
    """The code points of a general category (`Lu`) or group of them (`L`)."""
    table = _categories()
    members = [ranges for key, ranges in table.items() if key == name or key[0] == name]
    if not members:
        raise _invalid(
            pattern,
            at,
            f"unknown category {name!r}",
            hint=f"general categories only: {', '.join(sorted({key[0] for key in table} | set(table)))}",
        )
    return _union(*members)


@lru_cache(maxsize=1)
def _categories() -> Mapping[str, Ranges]:
    """Every general category but surrogates. About 0.2 s, once, and only for patterns that name one."""
    runs: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for low, high in ALL:
        start, kind = low, unicodedata.category(chr(low))
        for point in range(low + 1, high + 2):
            following = unicodedata.category(chr(point)) if point <= high else ""
            if following != kind:
                runs[kind].append((start, point - 1))
                start, kind = point, following
    return {kind: tuple(ranges) for kind, ranges in runs.items()}


class _Reader:
    """Turns Python's parse tree into ours: flags applied, classes spelled out, groups dropped."""

    def __init__(self, pattern: str, properties: Mapping[int, Ranges]) -> None:
        self.pattern = pattern
        self.properties = properties

    def sequence(self, tokens: Iterable[tuple[Any, Any]], flags: int, *, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _refused(self.pattern, f"groups nested more than {MAX_DEPTH} deep")
        return _sequence(self.node(op, value, flags, depth) for op, value in tokens)

    def node(self, op: Any, value: Any, flags: int, depth: int) -> Node:
        if op in (_op.LITERAL, _op.NOT_LITERAL, _op.IN, _op.ANY):
            return Chars(self.chars(op, value, flags))
        if op is _op.AT:
            return Anchor(_place(value, multiline=bool(flags & re.MULTILINE)))
        if op is _op.BRANCH:
            return _choice(self.sequence(branch, flags, depth=depth + 1) for branch in value[1])
        if op is _op.SUBPATTERN:
            _, added, removed, body = value
            if added & re.UNICODE:
                raise _refused(self.pattern, "the flag (?u)", hint=ASCII_HINT)
            return self.sequence(body, (flags | added) & ~removed, depth=depth + 1)
        if op in (_op.MAX_REPEAT, _op.MIN_REPEAT):
            low, high, body = value
            item = self.sequence(body, flags, depth=depth + 1)
            return _repeat(item, int(low), None if high is _op.MAXREPEAT else int(high))
        raise _refused(self.pattern, _construct(op, value))

    def chars(self, op: Any, value: Any, flags: int) -> Ranges:
        if op is _op.ANY:
            return ALL if flags & re.DOTALL else _complement(NEWLINE)
        members = [(_op.LITERAL, value)] if op in (_op.LITERAL, _op.NOT_LITERAL) else list(value)
        negated = op is _op.NOT_LITERAL or members[0][0] is _op.NEGATE
        ranges = _union(*(self.member(*member) for member in members if member[0] is not _op.NEGATE))
        if flags & re.IGNORECASE:
            ranges = _fold(ranges)
        return _complement(ranges) if negated else ranges

    def member(self, op: Any, value: Any) -> Ranges:
        if op is _op.CATEGORY:
            return CATEGORIES[value]
        low, high = value if op is _op.RANGE else (value, value)
        if low != high and (low in self.properties or high in self.properties):
            raise CheckDefinitionError(f"pattern {self.pattern!r}: a category cannot end a range")
        if low in self.properties:
            return self.properties[low]
        if low == high and SURROGATES[0] <= low <= SURROGATES[1]:
            raise _refused(
                self.pattern,
                f"the lone surrogate \\u{low:04x}, which no valid text holds",
                hint="write the character itself, or \\U and eight digits",
            )
        return _intersect(((low, high),), ALL)


CATEGORIES: Mapping[Any, Ranges]


def _place(value: Any, *, multiline: bool) -> str:
    if value is _op.AT_BEGINNING:
        return "line_start" if multiline else "start"
    if value is _op.AT_END:
        return "line_end" if multiline else "end"
    places = {
        _op.AT_BEGINNING_STRING: "start",
        _op.AT_END_STRING: "end",
        _op.AT_BOUNDARY: "boundary",
        _op.AT_NON_BOUNDARY: "inside",
    }
    return places[value]


def _construct(op: Any, value: Any) -> str:
    if op in (_op.ASSERT, _op.ASSERT_NOT):
        behind, negated = value[0] < 0, op is _op.ASSERT_NOT
        sign = f"(?{'<' if behind else ''}{'!' if negated else '='}…)"
        return f"{'negative ' if negated else ''}look-{'behind' if behind else 'ahead'} {sign}"
    names = {
        "GROUPREF": "a back-reference",
        "GROUPREF_EXISTS": "a conditional group (?(…)…)",
        "ATOMIC_GROUP": "an atomic group (?>…)",
        "POSSESSIVE_REPEAT": "a possessive quantifier",
        "FAILURE": "negative look-ahead (?!…)",
    }
    return names.get(str(op), str(op))


def _invalid(pattern: str, position: int, reason: str, *, hint: str | None = None) -> CheckDefinitionError:
    return CheckDefinitionError(
        f"pattern {pattern!r} is not valid at position {position}: {reason}", hint=hint
    )


def _refused(pattern: str, what: str, *, hint: str | None = None) -> InexactError:
    default = "say it without, or with two checks, one that must match and one that must not"
    return InexactError("all", f"{what} in pattern {pattern!r}", hint=hint or default)


# -------------------------------------------------------------------------------------------- the tree


def _sequence(nodes: Iterable[Node]) -> Node:
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.items if isinstance(node, Sequence) else [node])
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def _choice(nodes: Iterable[Node]) -> Node:
    """Single characters become one set: Java's matcher recurses on choices, and overflows on long texts."""
    items = list(nodes)
    sets = [item for item in items if isinstance(item, Chars)]
    others: list[Node] = [item for item in items if not isinstance(item, Chars)]
    if sets:
        others.append(Chars(_union(*(item.ranges for item in sets))))
    return others[0] if len(others) == 1 else Choice(tuple(others))


def _repeat(item: Node, low: int, high: int | None) -> Node:
    if high == 0 or item == Sequence(()):
        return Sequence(())
    return item if low == high == 1 else Repeat(item, low, high)


def _cost(node: Node) -> int:
    """An upper bound of the states an automaton over UTF-8 bytes needs."""
    match node:
        case Chars(ranges):
            return max(1, sum(_bytes(low, high) for low, high in ranges))
        case Anchor():
            return 1
        case Repeat(item, low, high):
            return (_cost(item) + 1) * max(1, low if high is None else high)
        case _:
            return 1 + sum(_cost(item) for item in node.items)


def _bytes(low: int, high: int) -> int:
    """States for one range: each length of UTF-8 takes up to (2 n - 1) sequences of n bytes."""
    if high < 0x80:
        return 1
    widths = [bisect_right((0x80, 0x800, 0x10000), point) + 1 for point in (low, high)]
    wide = range(widths[0], widths[1] + 1)
    return sum(n if low == high else n * min(n, 3) for n in wide)


# ------------------------------------------------------------------------------------------------ sets


def _union(*sets: Ranges) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(pair for ranges in sets for pair in ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _intersect(one: Ranges, other: Ranges) -> Ranges:
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple((low, high) for low, high in pairs if low <= high)


def _complement(ranges: Ranges) -> Ranges:
    gaps: list[tuple[int, int]] = []
    start = 0
    for low, high in (*ranges, (LAST + 1, LAST + 1)):
        if low > start:
            gaps.append((start, low - 1))
        start = high + 1
    return _intersect(tuple(gaps), ALL)


def _points(ranges: Ranges) -> Iterator[int]:
    for low, high in ranges:
        yield from range(low, high + 1)


def _fold(ranges: Ranges) -> Ranges:
    """The set with both cases of every letter; ASCII letters fold among themselves (no Kelvin sign for k)."""
    if ranges and ranges[-1][1] < 0x80:
        lower = _intersect(ranges, ((0x41, 0x5A),))
        upper = _intersect(ranges, ((0x61, 0x7A),))
        moved = [(a + 32, b + 32) for a, b in lower] + [(a - 32, b - 32) for a, b in upper]
        return _union(ranges, tuple(moved))
    cases = _cases()
    added = {other for point in _points(ranges) for other in cases.get(point, ())}
    return _union(ranges, tuple((point, point) for point in added))


@lru_cache(maxsize=1)
def _cases() -> Mapping[int, tuple[int, ...]]:
    """For each letter those that differ from it by case alone (one code point to one). About 0.3 s, once."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for char in map(chr, _points(ALL)):
        if char.lower() != char or char.upper() != char:
            groups[_folded(ord(char))].append(ord(char))
    return {point: tuple(group) for group in groups.values() if len(group) > 1 for point in group}


def _folded(point: int) -> int:
    """Lower case of upper case, where each is one character and on the same side of ASCII."""
    for change in (str.upper, str.lower):
        changed = change(chr(point))
        if len(changed) == 1 and (ord(changed) < 0x80) == (point < 0x80):
            point = ord(changed)
    return point


# --------------------------------------------------------------------------------------------- writing


def _write(node: Node, dialect: Dialect) -> str:
    match node:
        case Chars(ranges):
            return _write_chars(ranges, dialect)
        case Anchor(place):
            return dialect.anchors[place]
        case Sequence(items):
            return "".join(
                f"(?:{_write(item, dialect)})" if isinstance(item, Choice) else _write(item, dialect)
                for item in items
            )
        case Choice(items):
            return "|".join(_write(item, dialect) for item in items)
        case Repeat(item, low, high):
            body = _write(item, dialect)
            if not isinstance(item, Chars):
                body = f"(?:{body})"
            limit = (
                None
                if dialect.repeats is None
                else max(1, dialect.repeats // _product(item, dialect.repeats))
            )
            return "".join(body + count for count in _counts(low, high, limit))


def _counts(low: int, high: int | None, limit: int | None) -> Iterator[str]:
    """The quantifiers that, one after another, repeat from `low` to `high` times, none above `limit`."""
    if limit is None or max(low, high or 0) <= limit:
        yield _quantifier(low, high)
        return
    for count in _chunks(low, limit):
        yield _quantifier(count, count)
    if high is None:
        yield "*"
        return
    for count in _chunks(high - low, limit):
        yield _quantifier(0, count)


def _chunks(total: int, limit: int) -> Iterator[int]:
    yield from [limit] * (total // limit)
    if total % limit:
        yield total % limit


def _quantifier(low: int, high: int | None) -> str:
    short = {(0, None): "*", (1, None): "+", (0, 1): "?", (1, 1): ""}
    if (low, high) in short:
        return short[low, high]
    return f"{{{low}}}" if low == high else f"{{{low},{'' if high is None else high}}}"


def _product(node: Node, limit: int) -> int:
    """The largest product of nested repetitions as written with `limit`, the figure that RE2 limits."""
    match node:
        case Repeat(item, low, high):
            inner = _product(item, limit)
            return inner * max(1, min(low if high is None else high, max(1, limit // inner)))
        case Sequence(items) | Choice(items):
            return max((_product(item, limit) for item in items), default=1)
        case _:
            return 1


def _write_chars(ranges: Ranges, dialect: Dialect) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _write_point(ranges[0][0], dialect)
    outside = _complement(ranges)
    if not ranges or (outside and len(outside) < len(ranges)):
        return f"[^{_write_ranges(outside, dialect)}]"
    return f"[{_write_ranges(ranges, dialect)}]"


def _write_ranges(ranges: Ranges, dialect: Dialect) -> str:
    return "".join(
        _write_point(low, dialect)
        if low == high
        else f"{_write_point(low, dialect)}-{_write_point(high, dialect)}"
        for low, high in ranges
    )


def _write_point(point: int, dialect: Dialect) -> str:
    """ASCII letters, digits and a few signs with no meaning anywhere as they are; all else by number."""
    plain = chr(point).isalnum() or chr(point) in "_@/:,;"
    return chr(point) if point < 0x80 and plain else dialect.point(point)


CATEGORIES = {
    _op.CATEGORY_DIGIT: DIGITS,
    _op.CATEGORY_NOT_DIGIT: _complement(DIGITS),
    _op.CATEGORY_SPACE: SPACE,
    _op.CATEGORY_NOT_SPACE: _complement(SPACE),
    _op.CATEGORY_WORD: WORD,
    _op.CATEGORY_NOT_WORD: _complement(WORD),
}
