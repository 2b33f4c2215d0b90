"""Records that raise, or end the process: those alone are quarantined, and no run is lost to them twice over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest

from sentineldq.checks.definition import Relation, relation_check, value_check
from sentineldq.errors import EngineError
from sentineldq.pipeline import poison
from sentineldq.pipeline.poison import CRASH, Attempts, judge, poisoned, remembered
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.validate import validate
from sentineldq.store import findings
from tests.pipeline import parts
from tests.pipeline.parts import click, rows, rules


@value_check("touchy", says="no trouble")
def touchy(value: str) -> bool:
    """Raises, runs out of memory or ends the process, as the value says."""
    if value.startswith("abort"):
        os.abort()
    if value.startswith("leave"):
        os._exit(7)
    if value.startswith("raise"):
        raise KeyError(value)
    if value.startswith("memory"):
        raise MemoryError
    return value != "bad"


@relation_check("roomy", dimension="consistency", says="small enough")
def roomy(relation: Relation) -> nw.LazyFrame:
    """Takes more memory than there is for more than a few rows."""
    if relation.frame.select(nw.len()).collect().item() > 40:
        raise MemoryError
    return relation.frame.with_columns(nw.lit(value=True).alias(relation.target))


TOUCHY = {"rules": {"email": [parts.rule("touchy", "touchy")]}}


@pytest.fixture
def attempts(tmp_path: Path) -> Attempts:
    return Attempts(tmp_path / "attempts" / "clicks.json")


def _dead(attempts: Attempts, times: int) -> None:
    attempts.path.parent.mkdir(exist_ok=True)
    attempts.path.write_text(json.dumps({"web#1": times}))


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 300])
@pytest.mark.parametrize("word", ["raise", "memory"])
def test_a_record_whose_check_raises_is_refused_alone(attempts: Attempts, count: int, word: str) -> None:
    records = [click(number, email=f"{number}@b") for number in range(count)]
    records[count // 2]["email"] = f"{word} {count}"
    records[0]["kind"] = records[0]["kind"] if count == 1 else "z"
    verdict = judge(rows(records), rules(**TOUCHY), attempts)
    assert list(poisoned(verdict)) == [count // 2]
    refused = {0, count // 2}
    assert set(verdict.reasons) == refused
    assert verdict.good["id"].to_list() == [number for number in range(count) if number not in refused]
    assert verdict.refused["_row"].to_pylist() == sorted(refused)


def test_the_reason_names_the_error_and_hides_what_may_be_classified(attempts: Attempts) -> None:
    records = [click(1), click(2, kind="raise me", email="raise it")]
    hidden = judge(rows(records), rules(**TOUCHY), attempts).reasons[1]
    assert [(reason.check, reason.message) for reason in hidden] == [(CRASH, "checking it raises KeyError")]


def test_a_batch_without_such_records_is_judged_as_ever(attempts: Attempts) -> None:
    batch = rows([click(1), click(2, kind="z"), b"{", click(3, email="bad")])
    known = rules(**TOUCHY)
    plain, found = validate(batch, known), judge(batch, known, attempts)
    assert found.good.equals(plain.good)
    assert found.refused.equals(plain.refused)
    assert (found.reasons, found.outcomes, found.dropped) == (plain.reasons, plain.outcomes, plain.dropped)


def test_a_rule_on_the_whole_batch_sees_all_that_can_be_judged(attempts: Attempts) -> None:
    few = parts.rule("few", "row_count", violation="block", max=39)
    records = [click(number, email="raise" if number == 7 else None) for number in range(41)]
    verdict = judge(rows(records), rules(**TOUCHY, quality=[few]), attempts)
    assert (verdict.good.height, len(verdict.reasons)) == (0, 41)
    assert list(poisoned(verdict)) == [7]


def test_a_batch_too_large_for_memory_is_judged_in_parts(attempts: Attempts) -> None:
    records = [click(number, kind="z" if number % 50 == 7 else "a") for number in range(300)]
    known = rules(rules={"size": [parts.rule("roomy", "roomy")]})
    verdict = judge(rows(records), known, attempts)
    assert poisoned(verdict) == {}
    assert sorted(verdict.reasons) == [7, 57, 107, 157, 207, 257]
    assert verdict.good["id"].to_list() == [number for number in range(300) if number % 50 != 7]
    assert verdict.refused["_row"].to_pylist() == sorted(verdict.reasons)


def test_where_no_record_can_be_judged_the_run_fails_and_nothing_is_refused(attempts: Attempts) -> None:
    records = [click(number, email="raise") for number in range(40)]
    with pytest.raises(EngineError, match="not one of 16 records can be checked"):
        judge(rows(records), rules(**TOUCHY), attempts)
    assert json.loads(attempts.path.read_text()) == {}


def test_a_note_is_there_while_a_batch_is_judged_and_no_longer(attempts: Attempts) -> None:
    with attempts.at("web", 1) as died:
        assert died == 0
        assert json.loads(attempts.path.read_text()) == {"web#1": 1}
    assert json.loads(attempts.path.read_text()) == {}
    _dead(attempts, 2)
    with attempts.at("web", 9) as other:
        assert other == 0
    with attempts.at("web", 1) as died:
        assert died == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"web#1": "two"}', b"\xff"])
def test_a_damaged_note_is_no_note(attempts: Attempts, content: bytes) -> None:
    attempts.path.parent.mkdir()
    attempts.path.write_bytes(content)
    with attempts.at("web", 1) as died:
        assert died == 0


def test_where_no_note_can_be_left_a_batch_is_judged_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert judge(rows([click(1)]), rules(), Attempts(tmp_path / "file" / "note.json")).good.height == 1


def test_records_that_end_the_process_are_found_in_another(attempts: Attempts) -> None:
    records = [click(number, email=f"{number}@b") for number in range(70)]
    records[5]["email"], records[69]["email"], records[6]["email"] = "abort", "leave", "raise"
    _dead(attempts, 2)
    verdict = judge(rows(records), rules(**TOUCHY), attempts)
    assert poisoned(verdict) == {
        5: "checking it ends the process: SIGABRT",
        6: "checking it raises KeyError",
        69: "checking it ends the process: exit code 7",
    }
    assert verdict.good["id"].to_list() == [number for number in range(70) if number not in {5, 6, 69}]
    assert [outcome.evaluated for outcome in verdict.outcomes if outcome.kind == "touchy"] == [67]


def test_what_the_other_process_cannot_evaluate_is_the_same_error(attempts: Attempts) -> None:
    _dead(attempts, 2)
    broken = rules(rules={"email": [parts.rule("broken", "expression", sql="nowhere > 0")]})
    with pytest.raises(EngineError.__mro__[1]) as plain:
        validate(rows([click(1)]), broken)
    with pytest.raises(type(plain.value)) as found:
        judge(rows([click(1)]), broken, attempts)
    assert (found.value.message, found.value.hint) == (plain.value.message, plain.value.hint)


def test_past_the_limit_a_part_is_refused_uncut(attempts: Attempts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poison, "MOST", 1)
    records = [click(number, email="abort" if number == 39 else None) for number in range(40)]
    _dead(attempts, 2)
    verdict = judge(rows(records), rules(**TOUCHY), attempts)
    assert sorted(poisoned(verdict)) == [37, 38, 39]
    assert verdict.good.height == 37


def test_what_quarantine_has_already_is_not_tried_again(dataset, attempts: Attempts) -> None:
    found = dataset(**TOUCHY)
    records = [click(1), click(2, email="raise"), click(3, kind="z")]
    batch = parts.batch(records)
    found.ingest(batch, rows(records), number=1)
    found._refuse(judge(rows(records), found.rules, attempts), found.rules, "web", 1)
    calm = dataset()  # a contract that does not raise
    ((waiting, past),) = calm.waiting()
    known = remembered(calm, waiting)
    assert list(known) == [1]
    verdict = judge(waiting, calm.rules, attempts, known=known)
    calm.settle(verdict, past, partition="web", batch=1)
    parts.tables(calm).check()
    assert parts.tables(calm).ids == [1]
    assert judge(rows(records[1:2]), calm.rules, attempts, known={0: known[1]}).good.is_empty()


CHECK = """\
import os
from sentineldq.checks.definition import value_check

@value_check("abrupt")
def abrupt(value):
    \"\"\"Ends the process.\"\"\"
    if value.startswith("die"):
        os.abort()
    return True
"""
RUN = """\
import sys
sys.path.insert(0, sys.argv[1])
import abrupt
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.runner import Runner

if __name__ == "__main__":
    project = load_project(sys.argv[1])
    with project.open_lake() as lake, project.open_store() as store:
        ran = Runner(project, "clicks", lake=lake, store=store).run()
        print(ran.status, ran.rows, ran.silver, ran.quarantined, ran.error)
"""


def test_a_run_that_dies_of_a_record_recovers_by_itself(tmp_path: Path) -> None:
    source = {"kind": "files", "path": "in", "batch_rows": 50, "settle": 0}
    root = parts.write_project(
        tmp_path / "project", source=source, rules={"email": [parts.rule("abrupt", "abrupt")]}
    )
    (root / "abrupt.py").write_text(CHECK)
    (root / "run.py").write_text(textwrap.dedent(RUN))
    (root / "in").mkdir()
    records = [click(number, email=f"{number}@b") for number in range(120)]
    records[60]["email"] = records[61]["email"] = "die"
    records[3]["kind"] = "z"
    (root / "in" / "clicks.ndjson").write_bytes(b"".join(parts.line(one) + b"\n" for one in records))

    def run() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, root / "run.py", root],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "SENTINEL_STORE": "", "SENTINEL_LAKE": ""},
        )
        return done.returncode, (done.stdout or done.stderr[-3000:]).strip()

    first = run()
    assert (first[0], run()[0]) == (-6, -6), first
    code, told = run()
    assert (code, told.split()[0]) == (0, "succeeded")
    assert run() == (0, "succeeded 0 0 0 None")
    project = load_project(root)
    with project.open_lake() as lake, project.open_store() as store:
        dataset = parts.Dataset(lake, parts.DATASET, parts.rules())
        found = parts.tables(dataset)
        found.check()
        assert found.ids == [number for number in range(120) if number not in {3, 60, 61}]
        crashed = found.quarantine.filter(pl.col("errors").list.first().struct.field("check") == CRASH)
        assert sorted(json.loads(raw)["id"] for raw in crashed["raw"]) == [60, 61]
        (finding,) = findings.query(store, kind="poison")
        assert finding.severity == "CRITICAL"
        assert finding.title.startswith("2 records cannot be checked")
