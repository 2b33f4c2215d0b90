"""The Pollock benchmark of CSV loaders, re-created: 2,290 polluted files, one score.

    python benchmarks/pollock.py [--reader sentinel|csv|duckdb] [--worst N] [--write FOLDER]

Pollution and metric follow Vitagliano, Hameed, Jiang, Reisener, Wu and Naumann, "Pollock: A Data Loading
Benchmark" (VLDB 2023). Every file is one source table with one thing changed; a loader gives back rows of
text. Ten measures of 0..1 are added: success, and precision, recall and F1 of header cells, records and
cells, each compared as multisets. The simple score is the mean over all files, the weighted one weighs a
file by how often its pollution was met in the authors' survey of open data. The source table here is our
own (same shape: 84 rows, 9 columns, quoted and unquoted cells, quotes and apostrophes inside); `--reader
csv` and `--reader duckdb` show how near the re-creation is.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

MEASURES = (
    "success",
    *(f"{part}_{what}" for part in ("header", "record", "cell") for what in ("p", "r", "f1")),
)
HEADER = ("DAY", "HOUR", "Count", "CODE", "Cost", "Article", "Remarks", "Link", "Notes")


@dataclass(frozen=True)
class Cell:
    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Row:
    """A row as it is written: its cells, what stands between them, what ends it."""

    cells: tuple[Cell, ...]
    between: tuple[str, ...]
    end: str = "\r\n"


@dataclass(frozen=True)
class File:
    """One benchmark file: rows as written, and the table that a loader should give back."""

    name: str
    rows: tuple[Row, ...]
    clean: tuple[tuple[str, ...], ...]
    weight: float
    quote: str = '"'
    escape: str = '"'

    def text(self) -> str:
        return "".join(self._row(row) for row in self.rows)

    def _row(self, row: Row) -> str:
        cells = [self._cell(cell) for cell in row.cells]
        # `between` has one string before each cell (the first is nearly always empty)
        return "".join(gap + cell for gap, cell in zip(row.between, cells, strict=True)) + row.end

    def _cell(self, cell: Cell) -> str:
        text = cell.text.replace('"', self.escape + '"')
        return f"{self.quote}{text}{self.quote}" if cell.quoted else text


def source() -> tuple[Row, ...]:
    """Make the source table: a header and 83 rows, comma, CR LF, quotes where needed and in two columns."""
    dice = random.Random(2023)
    things = (
        "Men's Rain Coat",
        "Desk Lamp, Brass",
        'Shelf, 30" Wide',
        "Kids' Boots",
        "Tea Pot",
        "Wall Clock, Oak",
        'Round Table 48"',
        "Women's Gloves, Wool",
        "Road Map",
        "Bike Pump",
        "Garden Chairs",
        "Tin Opener, Large",
    )
    parts = (
        "Made to last for years",
        "light enough for every day",
        "it won't fade or shrink",
        "tested by hikers",
        "sold with a small bag",
        "easy to clean",
        "a gift that people keep",
        "from our own workshop",
        'about 9" long',
        "warm, dry and quiet",
        "for rooms of any size",
        "fits most hands",
        "8\\'9\" when folded",
    )
    rows = [_row(HEADER, quoted=(6, 7))]
    for at in range(83):
        code = f"{dice.choice(('AB', 'CK', 'RT', 'ZU'))}-{dice.randint(1000, 9999)}"
        remarks = ", ".join(dice.sample(parts, dice.randint(1, 3))) + "."
        rows.append(
            _row(
                (
                    f"{at % 28 + 1:02}/{at // 28 + 1:02}/2018",
                    f"{at % 24:02}:{at % 4 * 15:02}",
                    str(dice.randint(0, 30)),
                    code,
                    f"${dice.randint(1, 99)}.{dice.randint(0, 99):02}",
                    dice.choice(things),
                    remarks,
                    f"https://shop.example/item/{code.replace('-', '_')}.html",
                    "",
                ),
                quoted=(6, 7),
            )
        )
    return tuple(rows)


def _row(texts: tuple[str, ...], *, quoted: tuple[int, ...] = (), delimiter: str = ",") -> Row:
    cells = (Cell(text, at in quoted or "," in text or '"' in text) for at, text in enumerate(texts))
    return Row(tuple(cells), ("", *(delimiter,) * (len(texts) - 1)))


def _texts(rows: tuple[Row, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cell.text for cell in row.cells) for row in rows)


def files() -> Iterator[File]:
    """Yield every benchmark file, with the published weights."""
    rows = source()
    clean = _texts(rows)
    base = File("source.csv", rows, clean, 1)
    yield base
    yield from _whole(base)
    yield from _tables(base)
    for at in range(len(rows)):
        for column in range(len(HEADER)):
            yield _more(base, at, column)
            if column:
                yield _less(base, at, column)
            yield _quote(base, at, column)
        yield replace(
            base,
            name=f"row_field_delimiter_{at}_0x20.csv",
            rows=_with(rows, at, replace(rows[at], between=("", *(" ",) * 8))),
            weight=1 / 7,
        )


def _with(rows: tuple[Row, ...], at: int, row: Row) -> tuple[Row, ...]:
    return (*rows[:at], row, *rows[at + 1 :])


def _whole(base: File) -> Iterator[File]:
    """Changes of one thing everywhere: record end, delimiter, quote, escape."""

    def ended(end: str) -> tuple[Row, ...]:
        return tuple(replace(row, end=end) for row in base.rows)

    def delimited(by: str) -> tuple[Row, ...]:
        return tuple(replace(row, between=("", *(by,) * 8)) for row in base.rows)

    yield replace(base, name="file_record_delimiter_0xA.csv", rows=ended("\n"), weight=1691)
    yield replace(base, name="file_record_delimiter_0xD.csv", rows=ended("\r"), weight=7)
    yield replace(base, name="file_field_delimiter_0x3B.csv", rows=delimited(";"), weight=834)
    yield replace(base, name="file_field_delimiter_0x9.csv", rows=delimited("\t"), weight=4)
    yield replace(base, name="file_field_delimiter_0x2C_0x20.csv", rows=delimited(", "), weight=101)
    yield replace(base, name="file_field_delimiter_0x20.csv", rows=delimited(" "), weight=4)
    yield replace(base, name="file_quotation_char_0x27.csv", quote="'", weight=11)
    yield replace(base, name="file_escape_char_0x5C.csv", escape="\\", weight=1)
    yield replace(base, name="file_escape_char_0x00.csv", escape="", weight=7)


def _tables(base: File) -> Iterator[File]:
    """Changes of the table's frame: header, preamble, end of file, a second table."""
    rows, clean = base.rows, base.clean
    last = len(rows) - 1
    yield replace(base, name="file_no_payload.csv", rows=(), clean=(), weight=15)
    for name, end, weight in (("no", "", 184), ("double", "\r\n\r\n", 5)):
        ended = _with(rows, last, replace(rows[last], end=end))
        yield replace(base, name=f"file_{name}_trailing_newline.csv", rows=ended, weight=weight)
    yield replace(base, name="file_no_header.csv", rows=rows[1:], clean=clean[1:], weight=470)
    for count in (2, 3):
        names = tuple(" ".join([name] * count) for name in HEADER)
        header = (rows[0],) * count
        name = f"file_header_multirow_{count}.csv"
        yield replace(base, name=name, rows=header + rows[1:], clean=(names, *clean[1:]), weight=47)
    before = (_row(("PREAMBLE", *("",) * 8)), _row(("",) * 9))
    yield replace(base, name="file_preamble.csv", rows=before + rows, weight=282)
    yield replace(base, name="file_header_only.csv", rows=rows[:1], clean=clean[:1], weight=3)
    yield replace(base, name="file_one_data_row.csv", rows=rows[:2], clean=clean[:2], weight=4)
    for name, width in (("less", 8), ("same", 9), ("more", 10)):
        second = tuple(_row((*texts, texts[-1] or "col")[:width]) for texts in clean[:83])
        yield replace(base, name=f"file_multitable_{name}.csv", rows=rows + second, weight=188 / 3)


def _more(base: File, at: int, column: int) -> File:
    """One delimiter too many in one row."""
    row = base.rows[at]
    between = list(row.between)
    between[column] = "," + between[column]
    name = f"row_more_sep_row{at}_col{column}.csv"
    rows = _with(base.rows, at, replace(row, between=tuple(between)))
    return replace(base, name=name, rows=rows, weight=0.36775106082036774)


def _less(base: File, at: int, column: int) -> File:
    """One delimiter missing in one row."""
    row = base.rows[at]
    between = list(row.between)
    between[column] = ""
    name = f"row_less_sep_row{at}_col{column}.csv"
    rows = _with(base.rows, at, replace(row, between=tuple(between)))
    return replace(base, name=name, rows=rows, weight=0.36775106082036774)


def _quote(base: File, at: int, column: int) -> File:
    """One quote at the beginning of one cell's text, not escaped."""
    row = base.rows[at]
    cell = row.cells[column]
    mark = "\0"  # stands for the bare quote until the text is written
    cells = (*row.cells[:column], Cell(mark + cell.text, cell.quoted), *row.cells[column + 1 :])
    rows = _with(base.rows, at, replace(row, cells=cells))
    clean = tuple(tuple(text.replace(mark, '"') for text in texts) for texts in _texts(rows))
    return replace(base, name=f"row_extra_quote{at}_col{column}.csv", rows=rows, clean=clean, weight=1 / 108)


def normal(text: str) -> str:
    """Normalise a cell as the benchmark does for headers and records: case, and how numbers are written."""
    for number in (int, float):
        try:
            return str(number(text))
        except ValueError:
            continue
    return text.lower()


def measures(clean: tuple[tuple[str, ...], ...], loaded: list[list[str]]) -> dict[str, float]:
    """Compare a loaded table with the clean one."""
    if not clean:
        return dict.fromkeys(MEASURES, 1.0)
    expected, found = ([list(map(normal, row)) for row in rows] for rows in (clean, loaded))
    header = _compare(expected[0], found[0] if found else [])
    record = _compare(["".join(row) for row in expected[1:]], ["".join(row) for row in found[1:]])
    cell = _compare([text for row in clean for text in row], [text for row in loaded for text in row])
    return dict(zip(MEASURES, (1.0, *header, *record, *cell), strict=True))


def _compare(expected: list[str], found: list[str]) -> tuple[float, float, float]:
    if not expected:
        return 1.0, 1.0, 1.0
    common = (Counter(expected) & Counter(found)).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / len(expected), common / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def by_sentinel(data: bytes) -> list[list[str]]:
    from sentineldq.readers.csv import read_csv, rows

    return list(rows(read_csv(data, typed=False)))


def by_csv(data: bytes) -> list[list[str]]:
    text = data.decode()
    return list(csv.reader(io.StringIO(text, newline=""), csv.Sniffer().sniff(text)))


def by_duckdb(data: bytes) -> list[list[str]]:
    import tempfile

    import duckdb

    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        options = {"strict_mode": False, "ignore_errors": True, "null_padding": True}
        table = duckdb.connect().read_csv(file.name, all_varchar=True, **options)
        return [
            table.columns,
            *([("" if cell is None else str(cell)) for cell in row] for row in table.fetchall()),
        ]


READERS: dict[str, Callable[[bytes], list[list[str]]]] = {
    "sentinel": by_sentinel,
    "csv": by_csv,
    "duckdb": by_duckdb,
}


def main() -> None:
    options = argparse.ArgumentParser(description="The Pollock benchmark, re-created")
    options.add_argument("--reader", choices=sorted(READERS), default="sentinel")
    options.add_argument("--worst", type=int, default=15, help="how many of the worst files to name")
    options.add_argument("--write", type=Path, help="write the polluted files to this folder")
    given = options.parse_args()
    read = READERS[given.reader]
    scores: list[tuple[float, float, str]] = []
    groups: defaultdict[str, list[float]] = defaultdict(list)
    began = time.perf_counter()
    for file in files():
        data = file.text().replace("\0", '"').encode()
        if given.write:
            given.write.mkdir(parents=True, exist_ok=True)
            (given.write / file.name).write_bytes(data)
        try:
            score = sum(measures(file.clean, read(data)).values())
        except Exception as error:  # noqa: BLE001 - a loader that fails scores nothing
            print(f"{file.name}: {type(error).__name__}: {error}")
            score = 0.0
        scores.append((score, file.weight, file.name))
        groups[
            file.name.rstrip("0123456789_colrwxABCD.sv") if file.name.startswith("row") else "file"
        ].append(score)
    total = sum(weight for _, weight, _ in scores)
    for name, group in groups.items():
        print(f"{name:24} {len(group):5} files  {sum(group) / len(group):.3f}")
    lost = sorted(scores, key=lambda entry: (10 - entry[0]) * entry[1], reverse=True)
    for score, weight, name in lost[: given.worst]:
        print(f"  {name:40} {score:7.3f}  costs {(10 - score) * weight / total:.4f} of the weighted score")
    print(f"{given.reader}: {len(scores)} files in {time.perf_counter() - began:.1f} s")
    print(f"simple   {sum(score for score, _, _ in scores) / len(scores):.3f}")
    print(f"weighted {sum(score * weight for score, weight, _ in scores) / total:.3f}")


if __name__ == "__main__":
    main()
