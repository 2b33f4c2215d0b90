"""Whatever a user does wrong: one sentence and a hint on standard error, an exit code, never a traceback."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentineldq.cli import app

CONTRACT = ("-c", "orders.odcs.yaml")


@pytest.fixture
def broken(folder: Path) -> Path:
    """Files that are not what they seem."""
    (folder / "empty.csv").touch()
    (folder / "nothing").mkdir()
    (folder / "junk.csv").write_bytes(random.Random(1).randbytes(3_000))
    (folder / "cut.parquet").write_bytes(b"PAR1 and then nothing that a footer could be PAR1")
    (folder / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00 cut short")
    (folder / "text.odcs.yaml").write_text("just text\n")
    (folder / "tabs.odcs.yaml").write_text("kind: DataContract\n\tid: x\n")
    (folder / "typo.odcs.yaml").write_text(
        (folder / "orders.odcs.yaml").read_text().replace("pattern:", "patern:")
    )
    (folder / "loop.csv").symlink_to("loop.csv")
    return folder


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("orderz.csv",), 3, "did you mean 'orders.csv'?"),
        (("nowhere/orders.csv",), 3, "nowhere/orders.csv"),
        (("*.txt",), 3, "*.txt"),
        (("nothing",), 3, "holds no data files"),
        (("empty.csv",), 3, "empty"),
        (("cut.parquet",), 3, "Parquet"),
        (("cut.csv.gz",), 3, "cut.csv.gz"),
        (("loop.csv",), 3, "loop.csv"),
        (("x" * 300,), 3, "name too long"),
        (("ftp://host/orders.csv",), 3, "remote files are not read"),
        (("orders.csv#sheet",), 2, "orders.csv"),
        (("orders.csv", "--input-format", "parquet"), 3, "orders.csv"),
        (("orders.csv", "--input-format", "xml"), 2, "known: arrow, csv"),
        (("orders.csv", "-c", "nowhere.odcs.yaml"), 2, "nowhere.odcs.yaml"),
        (("orders.csv", "-c", "nothing"), 2, "directory"),
        (("orders.csv", "-c", "text.odcs.yaml"), 2, "line 1"),
        (("orders.csv", "-c", "tabs.odcs.yaml"), 2, "line 2"),
        (("orders.csv", "-c", "typo.odcs.yaml"), 2, "line 42: schema[0].properties[0]"),
        (("orders.csv", "-c", "typo.odcs.yaml"), 2, "did you mean 'pattern'?"),
        (("orders.csv", "-c", "orders.csv"), 2, "orders.csv"),
        (("orders.csv", *CONTRACT, "--engine", "sparc"), 2, "'polars', 'duckdb', 'spark'"),
        (("orders.csv", *CONTRACT, "--format", "xml"), 2, "'html'"),
        (("orders.csv", *CONTRACT, "--samples", "-1"), 2, "--samples"),
        (("orders.csv", *CONTRACT, "--samples", "many"), 2, "--samples"),
        (("orders.csv", *CONTRACT, "--colour"), 2, "`sentinel check --help`"),
        (("orders.csv", *CONTRACT, "--dataset", "ordres"), 2, "did you mean 'orders'?"),
        (("orders.csv", *CONTRACT, "--with", "customers.csv"), 2, "NAME=DATA"),
        (("orders.csv", "--bad", "bad.csv"), 2, "sentinel contract infer orders.csv"),
        (("orders.csv", *CONTRACT, "--bad", "bad.xyz"), 2, ".parquet"),
        (("orders.csv", *CONTRACT, "--bad", "nowhere/bad.csv"), 2, "no folder nowhere"),
        (("orders.csv", *CONTRACT, "--output", "nowhere/out.json"), 2, "no folder nowhere"),
        (("orders.csv", *CONTRACT, "--output", "nothing"), 2, "is a folder"),
        (("orders.csv", *CONTRACT, "--good", "a.csv", "--bad", "./a.csv"), 2, "named twice"),
        (("orders.csv", *CONTRACT, "--good", "orders.csv"), 2, "is what is read"),
        (("order*.csv", *CONTRACT, "--good", "orders.csv"), 2, "is what is read"),
        ((".", *CONTRACT, "--good", "orders.csv"), 2, "is what is read"),
        (("orders.csv", *CONTRACT, "--output", "orders.odcs.yaml"), 2, "is what is read"),
        ((), 2, "DATA"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(sentinel, broken, arguments, code, said):
    ran = sentinel("check", *arguments)
    assert ran.code == code
    assert ran.err.startswith("error: ")
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 6
    assert not {path.name for path in broken.iterdir()} & {"bad.csv", "bad.xyz", "a.csv", ".bad.csv.part"}


def test_nothing_was_overwritten(sentinel, broken):
    before = (broken / "orders.csv").read_bytes()
    sentinel("check", "orders.csv", *CONTRACT, "--good", "orders.csv", "--bad", "bad.csv")
    assert (broken / "orders.csv").read_bytes() == before


def test_a_column_that_is_not_there_is_an_error_of_its_checks_alone(sentinel, folder):
    contract = folder / "orders.odcs.yaml"
    contract.write_text(contract.read_text().replace("name: sku", "name: skuu"))
    ran = sentinel("check", "orders.csv", *CONTRACT)
    assert (ran.code, ran.err) == (1, "")
    assert "there is no column 'skuu' (did you mean 'sku'?)" in " ".join(ran.out.split())
    assert "status.in_set" in ran.out


def test_a_split_that_cannot_be_made_is_refused_after_the_verdict(sentinel, folder):
    contract = folder / "orders.odcs.yaml"
    contract.write_text(contract.read_text().replace("name: sku", "name: skuu"))
    ran = sentinel("check", "orders.csv", *CONTRACT, "--bad", "bad.csv")
    assert ran.code == 2
    assert ran.out.startswith("✗ FAILED")
    assert "cannot split" in ran.err
    assert not (folder / "bad.csv").exists()


def test_binary_junk_passes_for_nothing(sentinel, broken):
    ran = sentinel("check", "junk.csv", *CONTRACT)
    assert ran.code in {1, 3}
    assert not set(ran.out) & set(map(chr, [*range(9), *range(11, 32), 127, *range(128, 160)]))


@pytest.fixture
def nobody() -> Iterator[None]:
    """A user who may not read what is forbidden; root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_file_without_permission(sentinel, folder, request):
    sentinel("check", "orders.csv")  # what is imported on the way is imported as the user who may
    secret = folder / "secret.csv"
    secret.write_text("a\n1\n")
    secret.chmod(0)
    request.getfixturevalue("nobody")
    ran = sentinel("check", str(secret))
    assert ran.code == 3
    assert "ermission" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chekc",), "Did you mean one of: 'check'"),
        (("contract", "lnt"), "Did you mean 'lint'"),
        (("checks", "betwen"), "did you mean 'between'?"),
        (("checks", "qqq"), "`sentinel checks` lists them"),
        (("--colour",), "`sentinel --help`"),
    ],
)
def test_an_unknown_word_is_answered_with_the_nearest(sentinel, arguments, said):
    ran = sentinel(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "orders.csv", "--smaples", "3"), "Did you mean '--samples'?"),
        (("contract", "import", "x.json"), "Missing option '--from'. Choose from: gx, dbt,"),
        (("contract", "diff", "orders.odcs.yaml"), "Missing argument 'NEW'"),
    ],
)
def test_misuse_is_told_on_one_line(sentinel, arguments, said):
    ran = sentinel(*arguments)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 2)
    assert said in ran.err


@pytest.mark.parametrize("arguments", [(), ("contract",)])
def test_without_a_verb_the_help_is_shown(sentinel, arguments):
    ran = sentinel(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: sentinel")


def test_errors_are_for_standard_error_alone(process, folder):
    ran = process("check", "nowhere.csv", "--format", "json")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: cannot read nowhere.csv")
    assert "Traceback" not in ran.err


def test_a_reader_that_goes_away_is_no_error(folder):
    """`sentinel … | head -n 1`."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    program = [sys.executable, "-m", "sentineldq", "checks", "--format", "json"]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as running:
        assert running.stdout.read(1) == b"["
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode in {0, 1}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("checks",), ("check", "orders.csv", *CONTRACT)]
)
def test_a_full_disk_is_told(folder, arguments):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sentineldq", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == "error: cannot write standard output: No space left on device\n"


def test_a_fault_of_ours_is_a_sentence_too(sentinel, monkeypatch, capsys):
    def fault() -> None:
        raise KeyError("ours")

    monkeypatch.setattr("sentineldq.checks.definition.catalogue", fault)
    assert app.run(["checks"]) == 3
    assert "unexpected KeyError: 'ours'" in capsys.readouterr().err
    monkeypatch.setenv("SENTINEL_DEBUG", "1")
    with pytest.raises(KeyError):
        app.run(["checks"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_where_nothing_can_be_said_the_exit_code_still_counts(folder):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sentineldq", "checks"],
            stdout=full,
            stderr=full,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=False,
        )
    assert done.returncode == 3
