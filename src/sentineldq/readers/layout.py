"""Where the table lies among the records: what stands before it, its header, its width, its columns' kinds.

A header is told from data by the columns below it: where a column holds numbers, dates or codes of one
shape, a first cell of another kind is a label. Lines before the header that fill few cells are a preamble.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sentineldq.readers import kinds

Cells = Sequence[str | None]

_SEARCHED: Final = 50  # records searched for the header
_JUDGED: Final = 200  # records that tell the kinds of the columns
_HEADERS: Final = 6  # rows that one header may take


@dataclass(frozen=True)
class Layout:
    """The shape of a table: `preamble` and `header` count records; `kinds` has one name (or "") per column.

    `labels` are the header's texts as they stand, one per header row; `short` says that many rows leave
    out their last cells.
    """

    width: int
    preamble: int = 0
    header: int = 0
    labels: tuple[tuple[str, ...], ...] = ()
    kinds: tuple[str, ...] = ()
    short: bool = False


def width(records: Sequence[Cells]) -> int:
    """Return the number of cells that most records have (the larger number on a tie, 0 without records)."""
    widths = Counter(len(cells) for cells in records if cells)
    return max(widths, key=lambda size: (widths[size], size)) if widths else 0


def find(records: Sequence[Cells], *, has_header: bool | None = None) -> Layout:
    """Find the layout of a table from its first records."""
    size = width(records)
    if not size:
        return Layout(0)
    start = _start(records, size, has_header=has_header)
    names = _kinds(_below(records, start, size), size)
    header = _header(records, start, size, names) if has_header is None else int(has_header)
    if header and has_header is None:
        header += _more_headers(records, start, header, size, names)
    labels = tuple(tuple(cell or "" for cell in records[start + at]) for at in range(header))
    body = records[start + header :]
    labels = _fitted(labels, size, body)
    size = max(size, len(labels[0]) if len(labels) == 1 else size)
    filled = [cells for cells in body if cells]
    short = sum(len(cells) < size for cells in filled) > 0.05 * len(filled) if len(filled) >= 10 else False
    return Layout(size, start, header, labels, _kinds(body, size), short)


def _below(records: Sequence[Cells], start: int, size: int) -> list[Cells]:
    """Return whole records that are surely below the header, however many rows it takes."""
    first = list(records[start])
    whole = [cells for cells in records[start + 1 :] if len(cells) == size and list(cells) != first]
    return whole[min(_HEADERS - 1, len(whole) // 2) :]


def _kinds(records: Sequence[Cells], size: int) -> tuple[str, ...]:
    whole = [cells for cells in records if len(cells) == size][:_JUDGED]
    return tuple(kinds.common(cells[at] for cells in whole) for at in range(size)) if whole else ("",) * size


def _filled(cells: Cells) -> int:
    return sum(bool(cell and cell.strip()) for cell in cells)


def _start(records: Sequence[Cells], size: int, *, has_header: bool | None) -> int:
    """Return the index of the table's first record: behind blank lines and a preamble of sparse lines."""
    head = records[:_SEARCHED]
    first = next((at for at, cells in enumerate(head) if cells), 0)
    dense = next((at for at, cells in enumerate(head) if at >= first and not _sparse(cells, size)), first)
    names = _kinds(_below(records, dense, size), size)
    while (
        (head[dense][0] or "").startswith("#")
        and dense + 1 < len(head)
        and _votes(head[dense + 1], names) > 0
    ):
        dense += 1
    if dense == first:
        return first
    narrow = all(len(cells) != size for cells in head[first:dense])
    if narrow or (has_header is not False and _label_like(head[dense], names)):
        return dense
    return next((at for at in range(first, dense) if len(head[at]) == size and _filled(head[at])), dense)


def _sparse(cells: Cells, size: int) -> bool:
    """Whether a record fills too few cells to be the first of a table of this width."""
    if cells and (cells[0] or "").lower().startswith("sep=") and _filled(cells) == 1:
        return True
    if size == 1:
        return not cells
    return (
        _filled(cells) <= 1 and (size > 2 or len(cells) < size) if size < 5 else 2 * _filled(cells) < size - 1
    )


def _label_like(cells: Cells, names: Sequence[str]) -> bool:
    """Whether a record could be a header: labels over columns of another kind, or short distinct texts."""
    votes = _votes(cells, names)
    if votes:
        return votes > 0
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    plain = all(kinds.kind(cell) in {"text", "boolean"} and len(cell) <= 200 for cell in filled)
    return plain and 2 * len(filled) > len(cells) and len(set(filled)) == len(filled)


def _votes(cells: Cells, names: Sequence[str]) -> int:
    """Count columns whose kind speaks for a label at the top, minus those that speak for data."""
    pairs = [(cell, name) for cell, name in zip(cells, names, strict=False) if name and cell and cell.strip()]
    if pairs and _sequence([cell for cell, name in pairs if name == "number"]):
        return 1
    return sum(-1 if kinds.has(cell, name) else 1 for cell, name in pairs)


def _sequence(cells: Sequence[str | None]) -> bool:
    """Whether numbers are labels after all: consecutive years."""
    numbers = [int(cell) for cell in cells if cell and re.fullmatch(r"(?:1[89]|2[01])\d\d", cell.strip())]
    return len(numbers) == len(cells) >= 2 and all(after - before == 1 for before, after in pairwise(numbers))


def _header(records: Sequence[Cells], start: int, size: int, names: Sequence[str]) -> int:
    first = records[start]
    if not _label_like(first, names):
        return 0
    if any(names) or size == 1:
        return 1
    body = [cells for cells in records[start + 1 :] if len(cells) == size and list(cells) != list(first)]
    return int(not _repeats(first, body))


def _repeats(first: Cells, body: Sequence[Cells]) -> bool:
    """Whether the first record's texts come again below: then they are values, not labels."""
    columns = [{cells[at] for cells in body if at < len(cells)} for at in range(len(first))]
    again = sum(cell in column for cell, column in zip(first, columns, strict=True) if cell)
    return 2 * again > _filled(first)


def _more_headers(records: Sequence[Cells], start: int, header: int, size: int, names: Sequence[str]) -> int:
    """Count the further header rows: rows of text over columns of another kind, or the header once more."""
    count = 0
    for cells in records[start + header : start + _HEADERS]:
        pairs = [
            (cell, name) for cell, name in zip(cells, names, strict=False) if name and cell and cell.strip()
        ]
        repeated = list(cells) == list(records[start])
        texts = len(pairs) >= 2 and all(kinds.kind(cell) == "text" for cell, _ in pairs)
        if (
            not cells
            or len(cells) != size
            or not (repeated or (texts and _votes(cells, names) == len(pairs)))
        ):
            break
        count += 1
    return count


def _fitted(
    labels: tuple[tuple[str, ...], ...], size: int, body: Sequence[Cells]
) -> tuple[tuple[str, ...], ...]:
    """Fit a header of another width: drop blank labels, add one where the first column numbers the rows."""
    if len(labels) != 1 or len(labels[0]) == size:
        return labels
    row = labels[0]
    named = tuple(label for label in row if label.strip())
    if len(named) == size < len(row):
        return (named,)
    if len(row) == size - 1 and _numbered(body, size):
        return (("", *row),)
    while len(row) > size and not row[-1].strip():
        row = row[:-1]
    return (row,)


def _numbered(body: Sequence[Cells], size: int) -> bool:
    """Whether the first column counts the rows, as R writes them, without a label of its own."""
    first = [cells[0] for cells in body if len(cells) == size]
    return len(first) > 1 and first == [str(number) for number in range(1, len(first) + 1)]
