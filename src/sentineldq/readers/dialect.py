"""How a delimited text file is written, found from the text itself.

Every plausible delimiter is tried with the quote that its file would use. Its score is the consistency of
the rows (one width, and many cells) times the consistency of the cells (each looks like one whole value),
the principle of van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type
patterns" (2019).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from sentineldq.readers import kinds, lexer
from sentineldq.readers.lexer import Dialect

__all__ = ["Dialect", "sniff", "split"]

_COMMON: Final = ",;\t|"
_OTHER: Final = " :^~#&*=!%@$/\\\x01\x1e\x1f\x07¦¬§"
_PRIOR: Final = {
    ",": 1.0,
    "\t": 1.0,
    ";": 1.0,
    "|": 1.0,
    " ": 0.75,
    ":": 0.8,
    "^": 0.95,
    "~": 0.95,
    "\x01": 1.0,
}
_RARE: Final = 0.6
_QUOTES: Final = "\"'"
_LEAST: Final = 0.1  # consistency of rows below which a common delimiter is only punctuation
_LEAST_RARE: Final = 0.25  # score below which another one is
_ROWS: Final = 200
_WHOLE: Final = frozenset({"date", "datetime", "time", "url", "email", "uuid"})
_SPREADSHEET: Final = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # a first line for spreadsheets
_SPREAD: Final = " |~^:;\t#$&*@%"  # characters that extend a delimiter to more than one character


def sniff(text: str, *, complete: bool = True) -> Dialect:
    """Find the dialect of a sample; `complete` says that the sample is the whole text."""
    lines = split(text)
    if not complete and len(lines) > 1:
        lines.pop()
    newline = _newline(lines)
    sample = [line for line in islice(lines, 2 * _ROWS) if line.strip()][:_ROWS]
    told = _SPREADSHEET.fullmatch(sample[0].strip()) if sample else None
    if told:
        return Dialect(delimiter=told[1], quote=_quote(sample, told[1]), newline=newline)
    candidates = [
        dialect
        for delimiter in _delimiters(sample)
        for dialect in _variants(sample, Dialect(delimiter=delimiter, newline=newline))
    ]
    candidates += [longer for dialect in candidates if (longer := _longer(sample, dialect)) != dialect]
    best, score = Dialect(delimiter="", newline=newline), 0.0
    if _atomic(sample):
        return replace(best, quote=_quote(sample, ""))
    for dialect in candidates:
        found = _score(sample, dialect)
        if found > score or (found == score > 0 and len(dialect.delimiter) > len(best.delimiter)):
            best, score = dialect, found
    if not best.delimiter:
        return replace(best, quote=_quote(sample, ""))
    return best


def split(text: str) -> list[str]:
    """Split into lines at LF, CR LF and CR alone, endings kept (`str.splitlines` knows too many others)."""
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", text)


def _newline(lines: Sequence[str]) -> str:
    endings = Counter(line[len(line.rstrip("\r\n")) :] for line in lines)
    endings.pop("", None)
    return endings.most_common(1)[0][0] if endings else "\n"


def _delimiters(sample: Sequence[str]) -> list[str]:
    """Delimiters worth trying: those in many lines. With few lines, any line will do."""
    found = Counter(char for line in sample for char in set(line.rstrip("\r\n")))
    least = max(1, 0.3 * len(sample))
    return [char for char in _COMMON + _OTHER * (len(sample) > 1) if found[char] >= least]


def _variants(sample: Sequence[str], dialect: Dialect) -> list[Dialect]:
    """The quotes and escapes that the sample speaks for, given a delimiter."""
    dialect = replace(dialect, quote=_quote(sample, dialect.delimiter))
    text = "".join(sample)
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    escaped = len(re.findall(rf"\\{quote}(?!{delimiter}|[\r\n]|$)", text))
    escaped += len(re.findall(rf"(?<=[^{delimiter}\r\n])\\{quote}{quote}(?={delimiter}|[\r\n]|$)", text))
    doubled = len(re.findall(rf"(?<=[^{delimiter}\r\n\\]){quote}{quote}", text))
    loose = len(re.findall(rf"(?<=[^{delimiter}{quote}\\\s]){quote}(?=[^{delimiter}{quote}\r\n])", text))
    if escaped > max(doubled, loose):
        return [replace(dialect, escape="\\")]
    if re.search(rf"\\{delimiter}", text) and dialect.delimiter != "\\":
        return [dialect, replace(dialect, escape="\\")]
    return [dialect]


def _quote(sample: Sequence[str], delimiter: str) -> str:
    """The quote that most often opens and closes cells; the double quote where none does."""
    text = "".join(sample)
    border = f"(?:{re.escape(delimiter)} ?|[\r\n]|^)" if delimiter else "(?:[\r\n]|^)"
    after = f"(?= ?{re.escape(delimiter)}|[\r\n]|$)" if delimiter else "(?=[\r\n]|$)"
    evidence = {}
    for quote in _QUOTES:
        opening = len(re.findall(f"{border}{quote}(?!{quote}?{after})", text))
        closing = len(re.findall(f"(?<=[^\\s{quote}{re.escape(delimiter)}]){quote}{after}", text))
        evidence[quote] = min(opening, closing)
    single, double = evidence["'"], evidence['"']
    return "'" if single > 2 * double and single >= 2 else '"'


def _atomic(sample: Sequence[str]) -> bool:
    """Whether each line (but the first) is one value: a column of dates is not three of numbers.

    A title that is split as its lines are says otherwise: below `at,rows`, `2026-01-01 10:00:00,108` is no fraction.
    """
    if not sample:
        return False
    first, *names = [kinds.kind(line) for line in sample]
    title = sample[0] if first not in _WHOLE else ""
    if any(char in title and len({line.count(char) for line in sample}) == 1 for char in _COMMON):
        return False
    return bool(names) and sum(name in _WHOLE for name in names) >= 0.95 * len(names)


def _score(sample: Sequence[str], dialect: Dialect) -> float:
    rows = [record for record in lexer.records(sample, dialect) if record.cells]
    widths = Counter(len(record.cells) for record in rows)
    several = [record.cells for record in rows if len(record.cells) > 1]
    if len(rows) < 0.2 * len(sample) or not several:
        return 0.0
    common = bool(set(dialect.delimiter) & set(_COMMON))
    if not common and max(widths.values()) < 0.7 * len(rows):
        return 0.0  # other characters are common inside of cells
    pattern = sum((count / len(rows)) ** 1.5 * (width - 1) / width for width, count in widths.items())
    if pattern < _LEAST:
        return 0.0
    looks = sum(sum(map(kinds.tidy, cells)) for cells in several) / sum(map(len, several))
    prior = max(_PRIOR.get(char, _RARE) for char in dialect.delimiter)
    odd = sum(record.oddities > 0 for record in rows) / len(rows)
    score = float(pattern * looks**2 * (1 - 0.7 * odd) * prior)
    return score if common or score > _LEAST_RARE else 0.0


def _longer(sample: Sequence[str], dialect: Dialect) -> Dialect:
    """Extend a delimiter that never comes alone: `, ` or `||` or `~|~`."""
    quote, delimiter = dialect.quote, dialect.delimiter
    bare = re.sub(f"{quote}[^{quote}\r\n]*{quote}", quote * 2, "".join(sample))
    if all(len(run) % 2 == 0 for run in re.findall(f"{re.escape(delimiter)}+", bare)):
        return replace(dialect, delimiter=delimiter * 2)
    while len(delimiter) < 4 and (char := _neighbour(bare, rf"{re.escape(delimiter)}(.?)")):
        delimiter += char
    while len(delimiter) < 4 and (char := _neighbour(bare, rf"(.?){re.escape(delimiter)}")):
        delimiter = char + delimiter
    return replace(dialect, delimiter=delimiter)


def _neighbour(text: str, pattern: str) -> str:
    """The one character that stands beside every delimiter; "" when there is none."""
    beside = Counter(re.findall(pattern, text))
    if set(beside) == {" ", ""}:  # a space before a line's end is easily lost
        del beside[""]
    char, count = beside.most_common(1)[0] if len(beside) == 1 else ("", 0)
    return char if count > 1 and char and char in _SPREAD else ""
