"""Files that come, grow, move, shrink, break and go: every line is given once, or again by the stated rule."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from sentineldq.errors import SourceError, UsageError
from sentineldq.sources import ledger
from sentineldq.sources.batch import Batch, Cursor
from sentineldq.sources.files import Files
from sentineldq.sources.registry import make

PARTITION = "files:events"


def source(path: Path | str, **config: Any) -> Files:
    found = make({"kind": "files", "path": str(path), "settle": 0, **config}, root=Path(), name="events")
    assert isinstance(found, Files)
    return found


class Reader:
    """Reads on from the cursor of the last batch it took, as the pipeline does."""

    def __init__(self, path: Path | str, **config: Any) -> None:
        self.cursors: dict[str, Cursor] = {}
        self.batches: list[Batch] = []
        self._source = lambda: source(path, **config)

    def take(self, most: int = 1 << 30) -> list[bytes]:
        """The records of the next batches, by a new source: nothing but the cursor is remembered."""
        records = []
        for _, batch in zip(range(most), self._source().read(self.cursors), strict=False):
            self.cursors = {batch.partition: batch.cursor}
            self.batches.append(batch)
            records += batch.records.to_pylist()
        return records


def write(path: Path, *ids: int, mode: str = "w", end: str = "\n") -> None:
    with path.open(mode) as file:
        file.write("".join(f'{{"id":{number}}}{end}' for number in ids))


def ids(records: list[bytes]) -> list[int]:
    return [int(record[6:].split(b"}")[0]) for record in records]


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def test_files_come_in_order_of_time_then_of_name(tmp_path: Path) -> None:
    for number, name in enumerate(("b", "a", "d", "c")):
        write(tmp_path / f"{name}.ndjson", number)
        os.utime(tmp_path / f"{name}.ndjson", (1000 - number // 2, 1000 - number // 2))
    assert ids(Reader(tmp_path).take()) == [3, 2, 1, 0]
    assert ids(Reader(tmp_path, order="name").take()) == [1, 0, 3, 2]


def test_a_late_file_with_an_older_name_and_time_is_found(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    write(tmp_path / "5.ndjson", 5)
    assert ids(reader.take()) == [5]
    write(tmp_path / "1.ndjson", 1)
    os.utime(tmp_path / "1.ndjson", (1000, 1000))
    assert ids(reader.take()) == [1]
    assert reader.take() == []


def test_a_file_that_grows_is_read_on(tmp_path: Path) -> None:
    reader, path = Reader(tmp_path), tmp_path / "a.ndjson"
    write(path, 1, 2)
    assert ids(reader.take()) == [1, 2]
    write(path, 3, mode="a")
    assert reader.take() == [b'{"id":3}\n']


def test_a_torn_line_is_given_as_it_is_and_once_more_when_it_is_whole(tmp_path: Path) -> None:
    reader, path = Reader(tmp_path), tmp_path / "a.ndjson"
    path.write_bytes(b'{"id":1}\n{"id"')
    assert reader.take() == [b'{"id":1}\n', b'{"id"']
    assert reader.take() == []
    path.write_bytes(b'{"id":1}\n{"id":2}\n')
    assert reader.take() == [b'{"id":2}\n']


def test_a_torn_line_of_a_young_file_is_waited_for_once(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(b'{"id":1}\n{"id"')
    patient = source(tmp_path, settle=0.2)
    assert [batch.records.to_pylist() for batch in patient.read({})] == [[b'{"id":1}\n'], [b'{"id"']]
    (tmp_path / "b.ndjson").write_bytes(b'{"id":2}\n{"id"')
    found = [batch.records.to_pylist() for batch in patient.read({}) if batch.cursor["file"] == "b.ndjson"]
    assert found == [[b'{"id":2}\n']]


@pytest.mark.parametrize(("rule", "given_"), [("reread", [7, 2]), ("ignore", []), ("refuse", None)])
def test_a_replaced_file_follows_the_rule(tmp_path: Path, rule: str, given_: list[int] | None) -> None:
    reader, path = Reader(tmp_path, on_replace=rule), tmp_path / "a.ndjson"
    write(path, 1, 2)
    reader.take()
    write(path, 7, 2)  # as long as before
    write(tmp_path / "b.ndjson", 9)
    if given_ is None:
        with pytest.raises(SourceError, match=r"a\.ndjson was replaced"):
            reader.take()
        assert ids(reader.batches[-1].records.to_pylist()) == [9]  # the others are not held up
        return
    assert ids(reader.take()) == [*given_, 9]
    assert reader.take() == []
    write(path, 8, mode="a")
    assert ids(reader.take()) == [8]


def test_a_file_cut_short_is_one_replaced(tmp_path: Path) -> None:
    reader, path = Reader(tmp_path), tmp_path / "a.ndjson"
    write(path, 1, 2, 3)
    reader.take()
    write(path, 1)
    assert ids(reader.take()) == [1]


def test_a_file_that_was_only_touched_or_copied_back_is_not_read_again(tmp_path: Path) -> None:
    reader, path = Reader(tmp_path), tmp_path / "a.ndjson"
    write(path, 1)
    reader.take()
    os.utime(path, (5, 5))
    shutil.copy(path, tmp_path / "copy")
    (tmp_path / "copy").replace(path)
    assert reader.take() == []


@pytest.mark.parametrize("count", [1, 200])
def test_a_rotated_file_is_not_read_again(tmp_path: Path, count: int) -> None:
    reader, path = Reader(tmp_path), tmp_path / "app.ndjson"
    write(path, *range(count))
    reader.take()
    path.rename(tmp_path / "app.1.ndjson")
    write(path, 1000)
    assert ids(reader.take()) == [1000]
    (tmp_path / "app.1.ndjson").rename(tmp_path / "app.2.ndjson")
    path.rename(tmp_path / "app.1.ndjson")
    assert reader.take() == []


def test_a_file_rotated_while_it_is_read_is_read_on_under_its_new_name(tmp_path: Path) -> None:
    reader, path = Reader(tmp_path, batch_rows=150), tmp_path / "app.ndjson"
    write(path, *range(300))
    assert ids(reader.take(1)) == list(range(150))
    write(path, *range(300, 310), mode="a")
    path.rename(tmp_path / "app.1.ndjson")
    write(path, 1000)
    assert Counter(ids(reader.take())) == Counter([*range(150, 310), 1000])


def test_a_copy_that_is_cut_to_nothing_afterwards_is_recognised(tmp_path: Path) -> None:
    reader, path = Reader(tmp_path), tmp_path / "app.ndjson"
    write(path, *range(200))
    reader.take()
    shutil.copyfile(path, tmp_path / "app.1.ndjson")
    write(path, 1000)
    assert ids(reader.take()) == [1000]


def test_a_copy_beside_the_file_is_data_of_its_own(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    write(tmp_path / "a.ndjson", *range(200))
    reader.take()
    shutil.copyfile(tmp_path / "a.ndjson", tmp_path / "b.ndjson")
    assert ids(reader.take()) == list(range(200))


def test_files_that_are_gone_are_fine(tmp_path: Path) -> None:
    reader = Reader(tmp_path, batch_rows=1)
    write(tmp_path / "a.ndjson", 1, 2)
    write(tmp_path / "b.ndjson", 3)
    found = source(tmp_path, batch_rows=1).read({})
    assert next(found).records.to_pylist() == [b'{"id":1}\n']
    (tmp_path / "b.ndjson").unlink()
    assert [batch.records.to_pylist() for batch in found] == [[b'{"id":2}\n']]
    (tmp_path / "a.ndjson").unlink()
    assert reader.take() == []


def test_a_file_that_may_not_be_read_holds_up_no_other(tmp_path: Path) -> None:
    write(tmp_path / "b.ndjson", 2)
    (tmp_path / "a.ndjson").symlink_to(tmp_path)  # a folder where a file is wanted is none
    (tmp_path / "broken.ndjson").symlink_to(tmp_path / "nothing")
    assert ids(Reader(tmp_path).take()) == [2]


def test_the_order_of_bytes_that_no_name_can_hold_is_no_obstacle(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ndjson"))
    write(path, 1)
    reader = Reader(tmp_path)
    assert ids(reader.take()) == [1]
    assert reader.batches[0].cursor["file"] == "\\xff.ndjson"
    assert reader.take() == []


steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.sampled_from("abc"), st.integers(1, 5)),
        st.tuples(st.just("rotate"), st.sampled_from("abc"), st.just(0)),
        st.tuples(st.just("delete"), st.sampled_from("abc"), st.just(0)),
        st.tuples(st.just("touch"), st.sampled_from("abc"), st.just(0)),
        st.tuples(st.just("rewrite"), st.sampled_from("abc"), st.integers(1, 5)),
        st.tuples(st.just("read"), st.just(""), st.integers(1, 4)),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(steps=steps, rows=st.integers(1, 4), wide=st.booleans())
def test_any_history_loses_nothing_and_repeats_by_the_rule_alone(
    steps: list[tuple[str, str, int]], rows: int, wide: bool
) -> None:
    with folder() as path:
        reader = Reader(path, batch_rows=rows)
        wanted: set[int] = set()
        again: set[int] = set()  # of files that were rewritten, or too small to be known when renamed
        inside: dict[str, list[int]] = {}
        given_: list[int] = []
        number = moved = 0
        for step, name, count in steps:
            file = path / f"{name}.ndjson"
            if step == "read":
                given_ += ids(reader.take(count))
                continue
            if step == "append":
                new = list(range(number, number + count))
                number += count
                write(file, *new, mode="a", end=" " * (1200 if wide else 0) + "\n")
                inside.setdefault(name, []).extend(new)
            elif step == "rewrite":
                kept = inside.get(name, [])[1:]  # all but the first record stays
                new = list(range(number, number + count))
                number += count
                write(file, *new, *kept, end=" " * (1200 if wide else 0) + "\n")
                again |= set(kept)
                inside[name] = [*new, *kept]
            elif step == "rotate" and file.exists():
                moved += 1
                file.rename(path / f"{name}.{moved}.ndjson")
                again |= set() if wide else set(inside[name])
                wanted |= set(inside.pop(name))
            elif step == "delete" and file.exists():
                given_ += ids(reader.take())  # a file that goes before it is read is lost by its owner
                file.unlink()
                wanted |= set(inside.pop(name))
            elif step == "touch" and file.exists():
                os.utime(file, (number, number))
        given_ += ids(reader.take())
        wanted |= {one for held in inside.values() for one in held}
        counts = Counter(given_)
        assert wanted <= set(counts)
        assert {one for one, count in counts.items() if count > 1} <= again
        assert reader.take() == []


def test_reading_on_from_every_cursor_gives_the_rest(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path / f"{number}.ndjson", *range(number * 10, number * 10 + 7))
    reader = Reader(tmp_path, batch_rows=3)
    reader.take()
    whole = [batch.records.to_pylist() for batch in reader.batches]
    for number, batch in enumerate(reader.batches):
        rest = source(tmp_path, batch_rows=3).read({PARTITION: batch.cursor})
        assert [again.records.to_pylist() for again in rest] == whole[number + 1 :]


@pytest.mark.parametrize("order", ["time", "name"])
def test_thousands_of_files_keep_a_small_cursor_and_are_each_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(ledger, "KEPT", 50)
    monkeypatch.setattr("sentineldq.sources.visit.KEPT", 50)
    monkeypatch.setattr(ledger, "MARGIN", 0)
    reader = Reader(tmp_path, order=order)
    for number in range(300):
        write(tmp_path / f"{number * 7 % 300:03}.ndjson", number)
    found = ids(reader.take(120))
    for number in range(300, 500):  # with names before, among and behind those that were read
        write(tmp_path / f"{number * 7 % 300:03}x.ndjson", number)
        os.utime(tmp_path / f"{number * 7 % 300:03}x.ndjson", (number, number))
        if number % 40 == 0:
            found += ids(reader.take(number % 27))
    found += ids(reader.take())
    for number in range(500, 520):
        write(tmp_path / f"-{number}.ndjson", number)
        found += ids(reader.take())
    assert sorted(found) == list(range(520))
    assert reader.take() == []
    sizes = [len(str(batch.cursor)) for batch in reader.batches]
    assert sizes[-1] < 51 * 48 + 300
    assert max(sizes) < 105 * 48 + 300


def test_two_thousand_files_cost_less_than_a_hundred_kilobytes() -> None:
    book = ledger.Ledger({})
    for number in range(ledger.KEPT):
        book.put(
            ledger.Seen(
                name=ledger.name_hash(str(number)),
                size=1 << 40,
                at=1 << 40,
                changed=b"1234",
                head=b"1234",
                content=b"12345678",
                done=True,
            )
        )
    cursor = book.cursor()
    assert len(cursor["seen"]) < 100_000
    assert list(ledger.Ledger(cursor).items()) == list(book.items())


def test_what_is_wrong_with_the_configuration_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no folder"):
        Reader(tmp_path / "nothing").take()
    with pytest.raises(UsageError, match="did you mean 'pattern'"):
        source(tmp_path, patern="x")
    with pytest.raises(UsageError, match="less than 1"):
        source(tmp_path, batch_rows=0)
    with pytest.raises(UsageError, match="gopher:// is not read"):
        source("gopher://x/y")
    (tmp_path / "data.bin").write_bytes(b"x")
    assert Reader(tmp_path).take() == []  # a folder may hold what is no data
    with pytest.raises(SourceError, match="tells no format"):
        Reader(tmp_path / "*.bin").take()


@pytest.mark.parametrize(
    ("path", "config", "names"),
    [
        ("", {}, "a.ndjson d/b.ndjson d/e/c.ndjson"),
        ("*.ndjson", {}, "a.ndjson"),
        ("**/*.ndjson", {}, "a.ndjson d/b.ndjson d/e/c.ndjson"),
        ("d/*.ndjson", {}, "b.ndjson"),
        ("*/*.ndjson", {}, "d/b.ndjson"),
        ("d/**", {}, "b.ndjson e/c.ndjson"),
        ("d/[!x].nd?son", {}, "b.ndjson"),
        ("", {"pattern": "[a-b].*"}, "a.ndjson d/b.ndjson"),
        ("", {"pattern": "e/*"}, "d/e/c.ndjson"),
        (".h.ndjson", {}, ".h.ndjson"),
        ("*.tmp", {"format": "ndjson"}, "f.ndjson.tmp"),
        ("d/b.ndjson", {}, "b.ndjson"),
    ],
)
def test_paths_and_patterns_name_files(tmp_path: Path, path: str, config: dict[str, str], names: str) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for number, name in enumerate(
        ("a.ndjson", "d/b.ndjson", "d/e/c.ndjson", ".h.ndjson", "_t.ndjson", "f.ndjson.tmp", ".git/g.ndjson")
    ):
        write(tmp_path / name, number)
    reader = Reader(f"{tmp_path}/{path}", order="name", **config)
    reader.take()
    assert " ".join(batch.cursor["file"] for batch in reader.batches) == names
