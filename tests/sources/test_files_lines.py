"""Lines of NDJSON as records: all bytes, in order, whatever the sizes of windows, batches and reads."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import hypothesis.strategies as st
import pyarrow as pa
import pytest
import zstandard
from hypothesis import example, given

from sentineldq.sources.lines import read_lines
from sentineldq.sources.piece import Limits, Piece
from sentineldq.sources.plain import plain


class Stream:
    """Bytes that come in reads of uneven sizes."""

    def __init__(self, data: bytes, *, most: int = 1 << 30, fault: str | None = None) -> None:
        self._file = io.BytesIO(data)
        self._most = most
        self._fault = fault
        self.fault: str | None = None

    def read(self, size: int) -> bytes:
        block = self._file.read(min(size, self._most))
        if not block:
            self.fault = self._fault
        return block


def pieces(
    data: bytes, *, at: int = 0, most: int = 1 << 30, settled: bool = True, **limits: int
) -> list[Piece]:
    found = []
    for piece in read_lines(Stream(data[at:], most=most), at=at, limits=Limits(**limits), settled=settled):
        piece.records.validate(full=True)
        found.append(piece)
    return found


def raws(found: list[Piece]) -> list[bytes]:
    return [record for piece in found for record in piece.records.to_pylist()]


def expected(data: bytes) -> list[bytes]:
    """The rule, said once more in plain Python."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    records: list[bytes] = []
    leading = b""
    for number, line in enumerate(lines):
        text = line + (b"\n" if number < len(lines) - 1 else b"")
        if line.strip():
            records.append(leading + text)
            leading = b""
        elif records:
            records[-1] += text
        else:
            leading += text
    return records


line = st.one_of(
    st.sampled_from(
        [b"", b" ", b"\t \r", b"\r", b'{"a":1}', b'{"a":1}\r', b"\x00", b"\x0b\x0c", b"[1, 2]", b"1"]
    ),
    st.dictionaries(st.text(max_size=3), st.text(max_size=30), max_size=3).map(
        lambda value: json.dumps(value, ensure_ascii=False).encode()
    ),
    st.binary(max_size=20),
)
contents = st.builds(
    lambda lines, mark, end: (b"\xef\xbb\xbf" if mark else b"") + b"\n".join(lines) + (b"\n" if end else b""),
    st.lists(line, max_size=30),
    st.booleans(),
    st.booleans(),
)


@given(data=contents, size=st.integers(1, 200), rows=st.integers(1, 10), most=st.integers(1, 300))
@example(data=b"\n \n{}\n\n\r\n[]\n\n", size=1, rows=1, most=1)
@example(data=b"\n\n", size=1, rows=1, most=1)
@example(data=b"\xef\xbb", size=3, rows=1, most=1)
def test_records_are_the_lines_and_together_the_file(data: bytes, size: int, rows: int, most: int) -> None:
    found = pieces(data, most=most, size=size, rows=rows)
    assert raws(found) == expected(data)
    assert all(0 < len(piece.records) <= rows for piece in found)
    assert [piece.last for piece in found] == [False] * (len(found) - 1) + [True] * bool(found)
    whole = data.removeprefix(b"\xef\xbb\xbf")
    assert b"".join(raws(found)) == (whole if whole.strip() else b"")


@given(data=contents, size=st.integers(1, 100), rows=st.integers(1, 10))
@example(data=b"-" * 15 + b'\n-\n-\n{"a":1}', size=1, rows=2)
@example(data=b"-" * 9 + b"\n1\n{}\n", size=5, rows=2)
def test_reading_on_from_every_position_gives_the_same_batches_again(
    data: bytes, size: int, rows: int
) -> None:
    found = pieces(data, size=size, rows=rows)
    for number, piece in enumerate(found[:-1]):
        again = pieces(data, at=piece.at, size=size, rows=rows)
        assert [(item.records.to_pylist(), item.at, item.last) for item in again] == [
            (item.records.to_pylist(), item.at, item.last) for item in found[number + 1 :]
        ]


@example(data=b'\n{"a":1}', cut=2, size=1)
@given(data=contents, cut=st.integers(0, 400), size=st.integers(1, 100))
def test_a_file_that_grows_loses_no_line_and_cuts_none_that_waits(data: bytes, cut: int, size: int) -> None:
    before = pieces(data[:cut], settled=False, size=size)
    at = before[-1].at if before else 0
    after = pieces(data, at=at, size=size)
    lines = [line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    given_ = [line for record in raws(before) + raws(after) for line in record.split(b"\n") if line.strip()]
    if cut > 3 and data[cut - 1 : cut] == b"\n":  # cut between two lines: nothing is given twice
        assert given_ == lines
    assert set(lines) <= set(given_) or data[:cut].endswith((b"}", b"]"))


def test_a_last_line_that_is_not_whole_waits_until_the_file_is_settled() -> None:
    data = b'{"a":1}\n{"a":'
    assert raws(young := pieces(data, settled=False)) == [b'{"a":1}\n']
    assert (young[-1].at, young[-1].last) == (8, False)
    assert raws(old := pieces(data)) == [b'{"a":1}\n', b'{"a":']
    assert (old[-1].at, old[-1].last) == (8, True)  # should it grow, the line is read again as a whole


def test_a_whole_document_without_a_line_end_does_not_wait() -> None:
    [piece] = pieces(b'{"a":1}\n{"a":2}', settled=False)
    assert (raws([piece]), piece.at, piece.last) == ([b'{"a":1}\n', b'{"a":2}'], 15, True)


def test_a_record_above_the_limit_is_passed_by_with_its_head_and_size() -> None:
    data = b'{"a":1}\n' + b"x" * 5_000_000 + b'\n{"a":2}\n'
    first, large, rest = pieces(data, size=64, record=1000)
    assert raws([first, rest]) == [b'{"a":1}\n', b'{"a":2}\n']
    assert large.fault == "a record of 5000001 bytes; the largest that is read has 1000 (`max_record`)"
    assert len(large.records[0].as_py()) <= 1 << 20
    assert pieces(data, at=large.at, size=64, record=1000)[0].records.to_pylist() == [b'{"a":2}\n']


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n \n"])
def test_a_file_of_one_record_above_the_limit_ends_with_it(end: bytes) -> None:
    [piece] = pieces(b"x" * 9999 + end, size=64, record=1000)
    assert piece.fault
    assert piece.last


def pack(data: bytes, codec: str) -> bytes:
    return gzip.compress(data, mtime=0) if codec == "gz" else zstandard.compress(data)


@pytest.mark.parametrize("codec", ["gz", "zst"])
@given(data=contents, at=st.integers(0, 300), parts=st.integers(1, 3))
def test_compressed_files_of_several_members_read_like_plain_ones(
    tmp_path_factory: pytest.TempPathFactory, codec: str, data: bytes, at: int, parts: int
) -> None:
    path = tmp_path_factory.mktemp("packed") / "a"
    step = len(data) // parts + 1
    path.write_bytes(
        b"".join(pack(data[first : first + step], codec) for first in range(0, len(data) + 1, step))
    )
    stream = plain(lambda: path.open("rb"), at=at, size=path.stat().st_size)
    assert stream.read(1 << 20) == data[at:]
    assert stream.read(1) == b""
    assert stream.fault is None
    stream.close()


@pytest.mark.parametrize("codec", ["gz", "zst"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_a_file_cut_short_gives_what_can_be_unpacked_then_its_fault(
    tmp_path: Path, codec: str, share: float
) -> None:
    data = b"".join(b'{"id":%d,"text":"%d"}\n' % (number, number**5 % 7919) for number in range(20_000))
    packed = pack(data, codec)
    path = tmp_path / "a"
    path.write_bytes(packed[: int(len(packed) * share)])

    def read(at: int) -> list[Piece]:
        stream = plain(lambda: path.open("rb"), at=at, size=path.stat().st_size)
        found = list(read_lines(stream, at=at, limits=Limits(rows=1000, size=100_000)))
        stream.close()
        return found

    found = read(0)
    assert found[-1].fault
    assert "damaged or cut short" in found[-1].fault
    good, rest = b"".join(raws(found[:-1])), found[-1].records[0].as_py()
    assert data.startswith(good + rest)
    assert good.endswith(b"\n") or not good
    assert b"\n" not in rest
    assert len(good + rest) > len(data) * share * 0.4 or share < 0.1
    assert raws(read(found[-1].at)) == [rest]  # nothing but the fault again


def test_a_wrong_checksum_is_a_fault_behind_the_records(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b'{"a":1}\n' * 1000))
    packed[-8] ^= 1
    path = tmp_path / "a"
    path.write_bytes(packed)
    stream = plain(lambda: path.open("rb"), at=0, size=len(packed))
    found = list(read_lines(stream, at=0, limits=Limits()))
    stream.close()
    assert raws(found[:-1]) == [b'{"a":1}\n'] * 1000
    assert found[-1].fault
    assert found[-1].last


def test_records_are_not_copied_out_of_the_window() -> None:
    [piece] = pieces(b'{"a":1}\n' * 1000)
    assert piece.records.type == pa.large_binary()
    assert piece.records.offset == 0
    assert piece.records.buffers()[2].size == 8000


def test_a_small_file_takes_no_more_memory_than_it_needs() -> None:
    before = pa.total_allocated_bytes()
    held = [pieces(b'{"a":1}\n') for _ in range(20)]
    assert pa.total_allocated_bytes() - before < 1 << 20
    assert len(held) == 20
