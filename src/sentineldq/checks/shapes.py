"""The shape of codes: a readable pattern that nearly all values of a column have.

A value is read as runs of capitals, small letters and digits, with everything else as it stands:
`AB-1234` is `A-9`. Values with the same runs make one shape; a run that always has the same length or the
same letters keeps it: `^SKU-[0-9]{4}$`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST = 64
"""Longest value, in characters, that is taken for a code."""

SHAPES = 3
"""Most shapes that one pattern takes."""

PARTS = 12
"""Most runs and other characters of a code."""

MINOR = 0.05
RARE = 0.01
"""Share of a shape from which it is one of several, and not that of faults; where all values must fit, `RARE`."""

WORD = 4
"""Letters from which a run that hardly ever differs is a word, misspelled where it does."""

_RUN = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|[^A-Za-z0-9]")
_ALPHABETS = (
    ("[0-9a-f]", re.compile(r"[0-9a-f]{8,}")),
    ("[0-9A-F]", re.compile(r"[0-9A-F]{8,}")),
    ("[0-9A-Za-z_-]", re.compile(r"[0-9A-Za-z_-]{8,}")),
)
_MIXED = re.compile(r"[0-9].*[A-Za-z]|[A-Za-z].*[0-9]")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A pattern, and the share of the values that have it."""

    pattern: str
    share: float


def shape_of(counts: Mapping[str, int], *, least: float, besides: Iterable[str] = ()) -> Shape | None:
    """The shape of at least a share of the values, counted as often as they occur; None where there is none.

    Only shapes with a digit, or capitals of a fixed length, are codes; words have none. besides: further texts that
    the pattern takes.
    """
    total = sum(counts.values())
    if not total or any(len(value) > LONGEST for value in list(counts)[:100]):
        return None
    found = _of_alphabet(counts, total, least) or _of_runs(counts, total, least)
    others = [re.escape(text) for text in besides]
    if found is None or not others:
        return found
    inner = found.pattern[1:-1]
    return Shape(pattern=f"^(?:{'|'.join([inner, *others])})$", share=found.share)


def _of_alphabet(counts: Mapping[str, int], total: int, least: float) -> Shape | None:
    """Random text of one length: hashes, tokens."""
    size = Counter({len(value): count for value, count in counts.items()}).most_common(1)[0][0]
    alike = {value: count for value, count in counts.items() if len(value) == size}
    for alphabet, look in _ALPHABETS:
        held = [value for value in alike if look.fullmatch(value)]
        share = sum(alike[value] for value in held) / total
        shown = held[:200]
        mixed = sum(1 for value in shown if _MIXED.search(value)) >= len(shown) / 2
        if share >= least and mixed and len({_kinds(value) for value in shown}) > min(10, len(shown) // 2):
            return Shape(pattern=f"^{alphabet}{{{size}}}$", share=share)
    return None


def _kinds(value: str) -> str:
    return "".join(_kind(run) for run in _RUN.findall(value))


def _kind(run: str) -> str:
    first = run[0]
    if first.isascii() and first.isalnum():
        return "9" if first.isdigit() else "A" if first.isupper() else "a"
    return first


def _of_runs(counts: Mapping[str, int], total: int, least: float) -> Shape | None:
    groups: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for value, count in counts.items():
        groups[_kinds(value)[: PARTS + 1]][value] = count
    if len(groups) > 1000:
        return None
    ranked = sorted(groups.items(), key=lambda group: (-sum(group[1].values()), group[0]))
    chosen, share = [], 0.0
    for kinds, values in ranked[:SHAPES]:
        own = sum(values.values()) / total
        if not kinds or len(kinds) > PARTS or ("9" not in kinds and kinds.strip("A")):
            break
        if own < (MINOR if least < 1 else RARE):
            break
        chosen.append((kinds, values))
        share += own
        if share >= least:
            bodies = [_body(kinds, values, least) for kinds, values in chosen]
            return None if None in bodies else Shape(pattern=_joined(bodies), share=share)  # type: ignore[arg-type]
    return None


def _body(kinds: str, values: Mapping[str, int], steady: float) -> str | None:
    """The pattern of one shape, without anchors; None for capitals of no fixed length.

    steady: share of the values with one length of a run, or one word, from which the others are faults.
    """
    runs = [(_RUN.findall(value), count) for value, count in values.items()]
    weight = sum(values.values())
    parts = []
    for position, kind in enumerate(kinds):
        if kind not in "9Aa":
            parts.append(re.escape(kind) if kind not in " -_/:#@%&,;=" else kind)
            continue
        texts: Counter[str] = Counter()
        sizes: Counter[int] = Counter()
        for found, count in runs:
            texts[found[position]] += count
            sizes[len(found[position])] += count
        text, often = texts.most_common(1)[0]
        same = often == weight or (often >= steady * weight and len(text) >= WORD)
        if kind != "9" and len(values) >= 20 and len(kinds) > 1 and same:
            parts.append(text)
            continue
        size, often = sizes.most_common(1)[0]
        fixed = often >= steady * weight
        if kinds == "A" and not fixed:
            return None
        charset = {"9": "[0-9]", "A": "[A-Z]", "a": "[a-z]"}[kind]
        parts.append(charset + (("" if size == 1 else f"{{{size}}}") if fixed else "+"))
    return "".join(parts)


def _joined(bodies: list[str]) -> str:
    """One pattern of several shapes; what one has beyond another is optional."""
    merged: list[str] = []
    for body in sorted(set(bodies), key=lambda text: (len(text), text)):
        short = next((text for text in merged if body.startswith(text)), None)
        if short is None:
            merged.append(body)
            continue
        rest = body[len(short) :]
        simple = re.fullmatch(r"\[[^\]]+\]|[^\\]", rest)
        merged[merged.index(short)] = f"{short}{rest}?" if simple else f"{short}(?:{rest})?"
    return f"^{merged[0]}$" if len(merged) == 1 else f"^(?:{'|'.join(merged)})$"
