"""The records of an irregular file, placed one by one: into the table, or whole among the findings.

A record of another width than the table's stays in the table only where nothing is lost and nothing can be
wrong: a short one is padded when its cells suit their columns, a long one trimmed when only empty cells go.
Any other is a misfit: it is set aside with all its cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from sentineldq.readers import kinds
from sentineldq.readers.finding import Finding
from sentineldq.readers.layout import Layout
from sentineldq.readers.lexer import Cells, Record

_CHUNK: Final = 50_000
_NOTES: Final = 20  # records at the end of a file that may be footnotes


@dataclass(frozen=True)
class Misfit:
    """A record of the table that its frame does not hold, and how many of the frame's rows come before it."""

    position: int
    row_number: int
    cells: Cells


@dataclass
class Reading:
    """One pass over the records of a file; `findings` and `misfits` grow as it goes."""

    plan: Layout
    names: list[str]
    findings: list[Finding] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)
    _chunk: list[Cells] = field(default_factory=list)
    _kept: int = 0
    _held: list[tuple[int, Record]] = field(default_factory=list)
    _other: tuple[int, int] = (0, 0)  # first row and width of another table that has begun

    def batches(self, records: Iterable[Record]) -> Iterator[pl.DataFrame]:
        """Place every record and yield the table in batches, all columns text; the last may be empty."""
        body = self.plan.preamble + self.plan.header
        for number, record in enumerate(records, 1):
            if record.suspect:
                self._doubt(number, record.cells)
            if number <= self.plan.preamble:
                self._aside(number, record.cells, "stands before the table")
            elif number <= body:
                continue
            elif not record.cells or self._note_like(record.cells):
                self._hold(number, record)
            else:
                gap = bool(self._held) and not self._held[-1][1].cells
                self._release()
                self._place(number, record, gap=gap)
            if len(self._chunk) >= _CHUNK:
                yield self._batch()
        for number, record in self._held:
            self._aside(number, record.cells, "stands after the table")
        yield self._batch()

    def _hold(self, number: int, record: Record) -> None:
        """Keep back what is blank or may be a footnote until it is known whether the table goes on."""
        self._held.append((number, record))
        if len(self._held) > _NOTES and any(record.cells for _, record in self._held):
            self._release()

    def _release(self) -> None:
        for number, record in self._held:
            if record.cells:
                self._place(number, record)
            elif self.plan.width == 1:
                self._find("blank-row", number, "the row is blank; it is kept as an empty cell")
                self._keep([None])
            else:
                self._find("blank-row", number, "the row is blank")
        self._held.clear()

    def _note_like(self, cells: Cells) -> bool:
        return len(cells) < self.plan.width >= 3 and sum(cell is not None for cell in cells) <= 1

    def _place(self, number: int, record: Record, *, gap: bool = False) -> None:
        """Place a record; `gap` says that a blank line is right above it."""
        cells, width = record.cells, self.plan.width
        if self._elsewhere(number, cells, gap=gap):
            return
        if record.oddities:
            self._find("incorrect-quote", number, "a quote is out of place; it is read as text", cells=cells)
        if len(cells) == width:
            self._keep(cells)
        elif len(cells) < width:
            self._short(number, cells)
        else:
            self._long(number, cells)

    def _short(self, number: int, cells: Cells) -> None:
        at, width = len(cells), self.plan.width
        filled = sum(cell is not None for cell in cells)
        whole = (self.plan.short or 2 * filled >= width) and kinds.fits(cells, self.plan.kinds)
        end = "they are null" if whole else "the row is set aside"
        message = f"the row has {at} of {width} cells; {end}"
        self._find("missing-cell", number, message, field=at, cells=cells)
        if whole:
            self._keep(cells + [None] * (width - at))
        else:
            self._misfit(number, cells)

    def _long(self, number: int, cells: Cells) -> None:
        width = self.plan.width
        whole = not any(cells[width:]) and kinds.fits(cells[:width], self.plan.kinds)
        end = "the last ones are empty and left out" if whole else "the row is set aside"
        message = f"the row has {len(cells)} cells, the table {width}; {end}"
        self._find("extra-cell", number, message, field=width, cells=cells)
        if whole:
            self._keep(cells[:width])
        else:
            self._misfit(number, cells)

    def _elsewhere(self, number: int, cells: Cells, *, gap: bool) -> bool:
        """Whether a record is the header once more, or belongs to another table below the first."""
        if self._is_header(cells):
            self._other = (0, 0)
            self._aside(number, cells, "repeats the header")
            return True
        first, width = self._other
        if first and (len(cells) != self.plan.width or len(cells) == width):
            self._aside(number, cells, f"belongs to another table, which begins at row {first}")
            return True
        if (gap or len(cells) != self.plan.width) and self._begins(cells, gap=gap):
            self._other = (number, len(cells))
            self._aside(number, cells, "is the header of another table")
            return True
        self._other = (0, 0)
        return False

    def _is_header(self, cells: Cells) -> bool:
        header = self.plan.labels[-1] if self.plan.labels else ()
        same = len(header) == len(cells) > 1 and (cells[0] or "") == header[0]
        return same and [cell or "" for cell in cells] == list(header)

    def _begins(self, cells: Cells, *, gap: bool) -> bool:
        """Whether a record heads another table: this one's labels, more or fewer; or labels below a gap."""
        texts = [cell or "" for cell in cells]
        header = list(self.plan.labels[-1]) if self.plan.labels else []
        shared = min(len(texts), len(header))
        if shared > 1 and len(texts) != len(header) and texts[:shared] == header[:shared]:
            return True
        labels = len(texts) > 1 and len(set(texts)) == len(texts) and all(map(_label, texts))
        return gap and labels and (len(texts) != self.plan.width or not kinds.fits(texts, self.plan.kinds))

    def _doubt(self, number: int, cells: Cells) -> None:
        for at, cell in enumerate(cells):
            if cell and "\ufffd" in cell:
                self._find("encoding-error", number, "the cell has bytes that are not valid text", field=at)
            if cell and "\0" in cell:
                self._find("encoding-error", number, "the cell has a zero byte", field=at)

    def _aside(self, number: int, cells: Cells, why: str) -> None:
        if cells:
            self._find("source-error", number, f"the row {why}; it is set aside", cells=cells)

    def _misfit(self, number: int, cells: Cells) -> None:
        self.misfits.append(Misfit(self._kept, number, cells))

    def _find(
        self, kind: str, number: int, message: str, *, field: int | None = None, cells: Cells | None = None
    ) -> None:
        name = self.names[field] if field is not None and field < len(self.names) else None
        texts = None if cells is None else [cell or "" for cell in cells]
        place = None if field is None else field + 1
        self.findings.append(
            Finding(
                type=kind,
                message=message,
                row_number=number,
                field_number=place,
                field_name=name,
                cells=texts,
            )
        )

    def _keep(self, cells: Cells) -> None:
        self._kept += 1
        self._chunk.append(cells)

    def _batch(self) -> pl.DataFrame:
        values = zip(*self._chunk, strict=True) if self._chunk else ([] for _ in self.names)
        data = [
            pl.Series(name, list(cells), pl.String) for name, cells in zip(self.names, values, strict=True)
        ]
        self._chunk.clear()
        return pl.DataFrame(data)


def _label(text: str) -> bool:
    return bool(text.strip()) and kinds.kind(text) == "text" and len(text) <= 100
