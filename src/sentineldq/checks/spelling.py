"""Misspellings: rare values of a choice that look like a frequent one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

COVERED = 0.85
"""Share of the rows that values of `OFTEN` rows and more must make up in a choice."""

ANSWERED = 0.9
OFTEN = 4
TIMES = 5
"""How many times more frequent the right spelling is."""

RARE = 0.01
"""Share of the rows that a misspelling has at most, from three rows on."""

MOST = 300
"""Frequent and rare values that are compared, each."""

SHORTEST = 4
"""Shortest word, in characters, that can be misspelled: shorter ones are codes."""

PER_EDIT = 6
"""Characters per edit."""

ANSWERS = ("yes", "no", "y", "n", "true", "false", "t", "f")
"""Answers to a question: where they make up a column, all else in it is wrong."""

_DIGITS = re.compile(r"[0-9]+")
_WORD = re.compile(r"[^\W_]+")
_LOOSE = re.compile(r"[\W_]+")


def lookalikes(counts: Mapping[str, int]) -> dict[str, str]:
    """Each value that seems a misspelling, with the value it seems to stand for.

    counts: values with their rows, most common first. Two values that differ only in case, spaces or punctuation are
    the same value, and the more frequent spelling is right; others must be a few edits apart, the digits the
    same, and the one much rarer than the other.
    """
    total = sum(counts.values())
    frequent = {value: count for value, count in list(counts.items())[:MOST] if count >= OFTEN}
    if not frequent or sum(frequent.values()) < COVERED * total:
        return {}
    found = _variants(counts)
    if sum(count for value, count in frequent.items() if value.casefold() in ANSWERS) >= ANSWERED * total:
        usual = next(iter(frequent))
        return found | {value: usual for value in counts if value.casefold() not in ANSWERS}
    limit = max(2, RARE * total)
    rare = [value for value, count in counts.items() if count <= limit and value not in found][-MOST:]
    for value in rare:
        near = (
            right
            for right, count in frequent.items()
            if right not in found and count >= TIMES * counts[value] and _near(value, right)
        )
        right = next(near, None)
        if right is not None:
            found[value] = right
    return found


def _variants(counts: Mapping[str, int]) -> dict[str, str]:
    """Spellings that differ only in case, spaces or punctuation from a more frequent one."""
    first: dict[str, str] = {}
    found = {}
    for value in counts:
        key = _LOOSE.sub("", value).casefold()
        if key and first.setdefault(key, value) != value:
            found[value] = first[key]
    return found


def _near(one: str, other: str) -> bool:
    """Whether two texts are one edit apart, or more the longer they are, in words that are not codes."""
    one, other = one.casefold(), other.casefold()
    limit = max(1, min(len(one), len(other)) // PER_EDIT)
    if abs(len(one) - len(other)) > limit or _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    words, others = _WORD.findall(one), _WORD.findall(other)
    pairs = list(zip(words, others, strict=True)) if len(words) == len(others) else [(one, other)]
    if any(min(len(a), len(b)) < SHORTEST for a, b in pairs if a != b):
        return False
    apart = Counter(one)
    apart.subtract(other)
    if sum(abs(count) for count in apart.values()) > 2 * limit:
        return False
    return _distance(one, other) <= limit


def _distance(one: str, other: str) -> int:
    """Edits between two texts: characters added, dropped, replaced (Levenshtein 1966)."""
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]
