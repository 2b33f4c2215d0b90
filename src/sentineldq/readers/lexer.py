"""Records out of lines of delimited text, whatever the quoting.

A line is read strictly first (RFC 4180, with any delimiter, quote and escape). Where that is impossible, or
gives a record of another width than the table's, the readings that a person would consider are compared: a
quote that closes nothing is text, an opening quote without end is text, a quoted cell may run over several
lines. The one with the table's width and the fewest oddities wins, and its record says how many there were.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

Cells = list[str | None]

_LONGEST: Final = 1 << 23  # characters of a quoted cell; beyond it the opening quote is taken as text
_EFFORT: Final = 100_000  # steps spent on one malformed record
_JOINED: Final = 20  # lines joined in search of a malformed record's end


@dataclass(frozen=True)
class Dialect:
    """A way of writing delimited text.

    `delimiter` is one or more characters, "" where every line is one cell. Quotes inside quotes are doubled,
    or preceded by `escape` where there is one. `newline` is what ends most lines; the others are understood.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    newline: str = "\n"


class Record(NamedTuple):
    """One record. In `cells`, None is an empty cell and "" a quoted empty one; a blank line has no cells.

    `oddities` weighs the quotes out of place, `suspect` says that some cell has U+FFFD or a zero byte.
    """

    cells: Cells
    oddities: int = 0
    suspect: bool = False


class _Open(NamedTuple):
    cells: Cells
    parts: list[str]


class _Lines:
    """Lines that can be looked at and given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._back: deque[str] = deque()

    def take(self) -> str | None:
        return self._back.popleft() if self._back else next(self._source, None)

    def give_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))


class _Quick:
    """Python's own reader for the bulk of quoted lines: those that it reads just as `strict` does, in C.

    It cannot tell a quoted empty cell from an empty one, so lines with two quotes in a row are not for it.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._doubled = dialect.quote * 2
        self._line: str | None = None
        self._reader = csv.reader(self, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Hand over the one line; a cell that goes on in the next one is then an error."""
        line, self._line = self._line, None
        if line is None:
            raise StopIteration
        return line

    def read(self, body: str, width: int) -> Cells | None:
        """Read one line; None when it is malformed, goes on in the next or is not of the table's width."""
        if self._doubled in body:
            return None
        self._line = body
        try:
            cells = next(self._reader)
        except csv.Error:
            self._line = None
            return None
        return [cell or None for cell in cells] if width in {0, len(cells)} else None


def records(lines: Iterable[str], dialect: Dialect, width: int = 0) -> Iterator[Record]:
    """Yield one record per row; a blank line is a record without cells.

    `lines` keep their line endings. `width` is the table's number of cells, 0 while it is unknown.
    """
    delimiter, quote = dialect.delimiter, dialect.quote
    simple = dialect.escape is None and bool(delimiter)
    quick = _Quick(dialect) if simple and len(delimiter) == 1 else None
    source = _Lines(lines)
    while (line := source.take()) is not None:
        body = _body(line)
        if not body:
            yield Record([])
        elif simple and quote not in body:
            yield Record([cell or None for cell in body.split(delimiter)], 0, _suspect(body))
        elif quick and (cells := quick.read(body, width)):
            yield Record(cells, 0, _suspect(body))
        else:
            yield _quoted(line, source, dialect, width)


def _suspect(text: str) -> bool:
    return "\ufffd" in text or "\0" in text


def _body(line: str) -> str:
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(("\n", "\r")) else line


def _quoted(line: str, source: _Lines, dialect: Dialect, width: int) -> Record:
    """Read a record that has quotes or escapes; lines looked at in vain are given back."""
    body = _body(line)
    found = strict(body, dialect)
    taken: list[str] = []
    if isinstance(found, _Open):
        found = _span(found, line, taken, source, dialect)
    if isinstance(found, list) and width in {0, len(found)}:
        return Record(found, 0, any(map(_suspect, (body, *taken))))
    record = _repair(line, found, taken, source, dialect, width)
    source.give_back(taken)
    return record


def _span(state: _Open, line: str, taken: list[str], source: _Lines, dialect: Dialect) -> Cells | None:
    """Read on over the following lines until the open cell is closed; `taken` holds the lines used."""
    ending = line[len(_body(line)) :]
    size = len(line)
    while size < _LONGEST:
        following = source.take()
        if following is None:
            return None
        taken.append(following)
        size += len(following)
        body = _body(following)
        state.parts.append(ending)
        ending = following[len(body) :]
        found = _resume(state, body, dialect)
        if not isinstance(found, _Open):
            return found
        state = found
    return None


def _repair(
    line: str, found: Cells | None, taken: list[str], source: _Lines, dialect: Dialect, width: int
) -> Record:
    """Choose a reading of a malformed record; leave in `taken` the lines that the record does not use."""
    body = _body(line)
    if found and not taken and not any(_padded(cell, dialect.quote) for cell in found):
        return Record(found, 0, _suspect(body))  # well-formed, and simply not of the table's width
    first = tolerant(body, dialect, width) or Record(_literal(body, dialect), 1)
    if width in {0, len(first.cells)}:
        return first._replace(suspect=_suspect(body))
    joined = None if found else _joined(line, taken, source, dialect, width)
    if joined:
        return joined
    if found:
        suspect = any(map(_suspect, (body, *taken)))
        taken.clear()
        return Record(found, 0, suspect)
    return first._replace(suspect=_suspect(body))


def _joined(line: str, taken: list[str], source: _Lines, dialect: Dialect, width: int) -> Record | None:
    """Read a malformed record together with lines below it; None when none of them completes it."""
    text = _body(line)
    ending = line[len(text) :]
    for count in range(1, _JOINED + 1):
        if count > len(taken):
            following = source.take()
            if following is None:
                return None
            taken.append(following)
        body = _body(taken[count - 1])
        text, ending = text + ending + body, taken[count - 1][len(body) :]
        found = tolerant(text, dialect, width) if dialect.quote in body else None
        if found and len(found.cells) == width:
            del taken[:count]
            return found._replace(suspect=_suspect(text))
    return None


def _padded(cell: str | None, quote: str) -> bool:
    """Whether a cell begins with a space and a quote, which is probably meant as a quoted cell."""
    return bool(cell) and str(cell).lstrip(" ").startswith(quote)


def _literal(body: str, dialect: Dialect) -> Cells:
    return [cell or None for cell in (body.split(dialect.delimiter) if dialect.delimiter else [body])]


def strict(text: str, dialect: Dialect) -> Cells | _Open | None:
    """Read a record to the letter; `_Open` when it ends inside quotes, None when a quote is out of place."""
    return _scan(text, 0, [], dialect)


def _resume(state: _Open, text: str, dialect: Dialect) -> Cells | _Open | None:
    close = _close(text, 0, dialect)
    if close < 0:
        state.parts.append(text)
        return state
    state.parts.append(text[:close])
    state.cells.append(_unescape("".join(state.parts), dialect))
    return _after(text, close + 1, state.cells, dialect)


def _scan(text: str, start: int, cells: Cells, dialect: Dialect) -> Cells | _Open | None:
    delimiter, quote, step = dialect.delimiter, dialect.quote, len(dialect.delimiter)
    while True:
        if quote and text.startswith(quote, start):
            close = _close(text, start + 1, dialect)
            if close < 0:
                return _Open(cells, [text[start + 1 :]])
            cells.append(_unescape(text[start + 1 : close], dialect))
            start = close + 1
            if start == len(text):
                return cells
            if not delimiter or not text.startswith(delimiter, start):
                return None
            start += step
            continue
        end = _end(text, start, dialect)
        cells.append(_bare(text[start : end if end >= 0 else len(text)], dialect))
        if end < 0:
            return cells
        start = end + step


def _after(text: str, start: int, cells: Cells, dialect: Dialect) -> Cells | _Open | None:
    """Continue behind a closing quote."""
    if start == len(text):
        return cells
    if not dialect.delimiter or not text.startswith(dialect.delimiter, start):
        return None
    return _scan(text, start + len(dialect.delimiter), cells, dialect)


def _close(text: str, start: int, dialect: Dialect) -> int:
    """Find the quote that closes a cell whose content begins at `start`; -1 when there is none."""
    quote, escape = dialect.quote, dialect.escape
    while True:
        at = text.find(quote, start)
        if at < 0:
            return -1
        if escape and _escaped(text, at, start, escape):
            start = at + 1
        elif text.startswith(quote, at + 1):
            start = at + 2
        else:
            return at


def _escaped(text: str, at: int, start: int, escape: str) -> bool:
    count = 0
    while at - 1 - count >= start and text[at - 1 - count] == escape:
        count += 1
    return count % 2 == 1


def _end(text: str, start: int, dialect: Dialect) -> int:
    """Find the delimiter that ends an unquoted cell; -1 when the record ends first."""
    if not dialect.delimiter:
        return -1
    end = text.find(dialect.delimiter, start)
    while dialect.escape and end >= 0 and _escaped(text, end, start, dialect.escape):
        end = text.find(dialect.delimiter, end + 1)
    return end


def _unescape(text: str, dialect: Dialect) -> str:
    quote, escape = dialect.quote, dialect.escape
    if escape and escape in text:
        return _strip_escapes(text.replace(quote * 2, escape + quote), escape, quote + dialect.delimiter)
    return text.replace(quote * 2, quote)


def _bare(text: str, dialect: Dialect) -> str | None:
    if dialect.escape and dialect.escape in text:
        return _strip_escapes(text, dialect.escape, dialect.quote + dialect.delimiter)
    return text or None


def _strip_escapes(text: str, escape: str, special: str) -> str:
    """Drop the escape before a quote, a delimiter or itself; elsewhere it is an ordinary character."""
    out, at = [], 0
    while at < len(text):
        if text[at] == escape and at + 1 < len(text) and text[at + 1] in special + escape:
            at += 1
        out.append(text[at])
        at += 1
    return "".join(out)


def tolerant(text: str, dialect: Dialect, width: int) -> Record | None:
    """Find the least odd reading of a malformed record, of `width` cells if there is one; None when too long.

    A shortest path over the places where a cell may begin, kept for each number of cells so far.
    """
    size, step = len(text), len(dialect.delimiter)
    best: dict[int, dict[int, tuple[int, int, str | None, int]]] = {0: {0: (0, -1, None, 0)}}
    ends: dict[int, tuple[int, int, str | None, int]] = {}
    effort = 0
    for start in _starts(text, dialect):
        if start not in best:
            continue
        for stop, value, odd in _options(text, start, dialect):
            for count, (cost, *_) in best[start].items():
                effort += 1
                target = ends if stop == size else best.setdefault(stop + step, {})
                entry = (cost + odd, start, value, count)
                if count + 1 not in target or entry[0] < target[count + 1][0]:
                    target[count + 1] = entry
            if effort > _EFFORT:
                return None
    if not ends:
        return None
    chosen = width if width in ends else min(ends, key=lambda count: (ends[count][0], abs(count - width)))
    cells, entry = [], ends[chosen]
    while entry[1] >= 0:
        cells.append(entry[2])
        entry = best[entry[1]][entry[3]]
    return Record(cells[::-1], ends[chosen][0])


def _starts(text: str, dialect: Dialect) -> Iterator[int]:
    yield 0
    if dialect.delimiter:
        at = text.find(dialect.delimiter)
        while at >= 0:
            yield at + len(dialect.delimiter)
            at = text.find(dialect.delimiter, at + 1)


def _options(text: str, start: int, dialect: Dialect) -> Iterator[tuple[int, str | None, int]]:
    """Yield the ways to read the cell at `start`: where it stops, its value, how odd that is."""
    delimiter, quote = dialect.delimiter, dialect.quote
    end = _end(text, start, dialect)
    end = len(text) if end < 0 else end
    lead = start
    while delimiter != " " and text.startswith(" ", lead):
        lead += 1
    opened = bool(quote) and text.startswith(quote, lead)
    bare = text[start:end]
    if "\n" not in bare and "\r" not in bare:
        yield end, _bare(bare, dialect), (6 if len(bare) > 1 and bare.endswith(quote) else 3) if opened else 0
    if not opened:
        return
    at = text.find(quote, lead + 1)
    while at >= 0:
        stop = at + 1
        while delimiter != " " and text.startswith(" ", stop):
            stop += 1
        if stop == len(text) or (delimiter and text.startswith(delimiter, stop)):
            inner = text[lead + 1 : at]
            spaced = (lead > start) + (stop > at + 1)
            yield stop, _unescape(inner, dialect), _stray(inner, dialect) + spaced
        at = text.find(quote, at + 1)


def _stray(inner: str, dialect: Dialect) -> int:
    """Weigh the quotes in a quoted cell that are neither doubled nor escaped."""
    if dialect.escape:
        inner = inner.replace(dialect.escape * 2, "").replace(dialect.escape + dialect.quote, "")
    stray = inner.replace(dialect.quote * 2, "").count(dialect.quote)
    return min(1 + stray, 4) if stray else 0
