"""`sentinel quarantine`: what a person sees and types, and what scripts get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentineldq.lake.open import open_lake
from sentineldq.pipeline.dataset import Dataset
from sentineldq.pipeline.replay.view import MASK, UNREADABLE, masked_value
from tests.pipeline.parts import DATASET, click, land, rules, tables, write_contract, write_project


@pytest.fixture
def dataset(folder: Path) -> Iterator[Dataset]:
    """A project in the current folder, with five records of six in quarantine."""
    write_project(folder)
    with open_lake(warehouse=str(folder / ".sentinel/lake")) as lake:
        made = Dataset(lake, DATASET, rules())
        land(made, [click(1), click(2, kind="z", email="me@example.com"), click(3, kind="z"), b"{"], number=1)
        land(made, [click(4, kind="y", size=-1), click(5, kind="z", email=7)], number=2)
        yield made


def answer(ran, code=0):
    assert (ran.code, ran.err) == (code, "")
    return json.loads(ran.out)


def first_hash(dataset: Dataset, row: int = 0) -> str:
    return tables(dataset).quarantine["hash"][row]


def test_list_counts_by_check_worst_first(sentinel, dataset) -> None:
    ran = sentinel("quarantine", "list")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[:3] for line in ran.out.splitlines()[2:4]] == [
        ["clicks", "known", "kind"],
        ["clicks", "email.type", "1"],
    ]
    assert "clicks: 5 records in quarantine" in ran.out
    assert "sentinel quarantine replay clicks --dry-run" in ran.out
    (held,) = answer(sentinel("quarantine", "list", "clicks", "--format", "json"))
    assert (held["dataset"], held["records"], held["contracts"]) == ("clicks", 5, ["1.0.0"])
    assert (held["checks"][0]["check"], held["checks"][0]["records"]) == ("known kind", 4)


def test_list_says_what_it_leaves_out(sentinel, dataset) -> None:
    assert "and 3 more checks: --limit shows them" in sentinel("quarantine", "list", "-n", "1").out


def test_list_records_by_choice(sentinel, dataset) -> None:
    found = answer(sentinel("quarantine", "list", "--records", "--batch", "1", "-f", "json"))
    assert [(one["batch"], one["row"]) for one in found] == [(1, 1), (1, 2), (1, 3)]
    ran = sentinel("quarantine", "list", "--records", "--check", "record.json")
    assert first_hash(dataset, 2)[:12] in ran.out
    assert "and 4 older records" in sentinel("quarantine", "list", "--records", "-n", "1").out
    assert answer(sentinel("quarantine", "list", "--since", "1d", "-f", "json")) == []
    assert sentinel("quarantine", "list", "--since", "2026-03-10").out.startswith("dataset")


def test_list_of_a_new_project(sentinel, folder) -> None:
    write_project(folder)
    assert sentinel("quarantine", "list").out == "nothing in quarantine\n"
    assert sentinel("quarantine", "list", "--simulated").out == "nothing in quarantine\n"


def test_show_masks_what_is_classified(sentinel, dataset) -> None:
    start = first_hash(dataset)[:8]
    ran = sentinel("quarantine", "show", start.upper())
    assert (ran.code, ran.err) == (0, "")
    for told in (
        '"email": "***"',
        "1 value masked",
        "known kind",
        "refuses it for the same",
        "version",
        "--raw",
    ):
        assert told in ran.out or told == "version"
    assert "me@example.com" not in ran.out
    raw = sentinel("quarantine", "show", start, "--raw").out
    assert "me@example.com" in raw
    assert "masked" not in raw


def test_show_tells_what_the_contract_says_now(sentinel, dataset, folder) -> None:
    start = first_hash(dataset)[:8]
    write_contract(folder, version="1.1.0", kinds=["a", "z"])
    found = answer(sentinel("quarantine", "show", start, "--dataset", "clicks", "-f", "json"))
    assert (found["record"]["contract"], found["now"]["contract"], found["now"]["verdict"]) == (
        "1.0.0",
        "1.1.0",
        "passes",
    )
    assert f"sentinel quarantine replay clicks --hash {start}" in sentinel("quarantine", "show", start).out
    sentinel("quarantine", "replay", "clicks")
    ran = sentinel("quarantine", "show", start)
    assert (ran.code, ran.out) == (2, "")
    assert "it may have been replayed" in ran.err


def test_show_refuses_a_hash_that_fits_several(sentinel, dataset) -> None:
    ran = sentinel("quarantine", "show", "")
    assert (ran.code, ran.out) == (2, "")
    assert "5 records have a hash that begins with" in ran.err


def test_replay_dry_run_then_in_earnest(sentinel, dataset, folder) -> None:
    write_contract(folder, version="1.1.0", kinds=["a", "z"])
    ran = sentinel("quarantine", "replay", "clicks", "--dry-run")
    assert (ran.code, ran.err) == (1, "")
    assert "2 would be recovered, to silver" in ran.out
    assert "a dry run: nothing was changed" in ran.out
    assert tables(dataset).ids == [1]
    found = answer(sentinel("quarantine", "replay", "clicks", "-f", "json"), code=1)
    assert (found["tried"], found["recovered"], found["still_bad"], found["contract"]) == (5, 2, 3, "1.1.0")
    tables(dataset).check()
    assert tables(dataset).ids == [1, 2, 3]


def test_replay_with_a_patch_asks_first(sentinel, dataset) -> None:
    patch = (
        "quarantine",
        "replay",
        "clicks",
        "--check",
        "known kind",
        "--set",
        'kind="b"',
        "--set",
        "size=0",
    )
    ran = sentinel(*patch)
    assert (ran.code, ran.out) == (2, "")
    assert "nobody is there to be asked" in ran.err
    ran = sentinel(*patch, "--set", "email=null", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert "4 recovered, to silver" in ran.out
    found = tables(dataset)
    found.check()
    assert found.quarantine.height == 1


def test_replay_by_sql(sentinel, dataset) -> None:
    sql = 'json_merge_patch(record, \'{"kind": "c"}\')'
    ran = sentinel("quarantine", "replay", "clicks", "--batch", "1", "--sql", sql, "--yes", "-f", "json")
    found = answer(ran, code=1)
    assert (found["recovered"], found["unfit"], found["patch"]["sql"]) == (2, 1, sql)


def test_drop_needs_a_yes(sentinel, dataset) -> None:
    chosen = ("quarantine", "drop", "clicks", "--check", "record.json")
    assert "1 record would be dropped" in sentinel(*chosen, "--dry-run").out
    assert sentinel(*chosen).code == 2
    ran = sentinel(*chosen, "--yes")
    assert (ran.code, ran.out) == (0, "clicks: 1 record dropped\n")
    tables(dataset).check()
    ran = sentinel("quarantine", "drop", "clicks", "--hash", "ffffffffffff")
    assert (ran.code, ran.out) == (0, "clicks: nothing in quarantine is chosen\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list", "click"), "did you mean 'clicks'?"),
        (("list", "--check", "known kin"), "did you mean 'known kind'?"),
        (("list", "--since", "yesterday"), "neither a time nor a duration"),
        (("replay", "clicks", "--set", "kind=b"), "text needs quotes"),
        (("replay", "clicks", "--set", "kind"), "is not PATH=JSON"),
        (("replay", "clicks", "--set", "a..b=1"), "is not PATH=JSON"),
        (("replay", "clicks", "--sql", "record) FROM x --"), "--sql is"),
        (
            ("replay", "clicks", "--sql", "unnest([record, record])", "--dry-run"),
            "several values for one record",
        ),
        (
            ("replay", "clicks", "--sql", "(SELECT content FROM read_text('/etc/hosts'))", "--dry-run"),
            "disabled",
        ),
        (("replay", "clicks", "--sql", "record FROM x"), "--sql is"),
        (("replay", "clicks", "--contract", "7"), "quarantine knows 1.0.0"),
    ],
)
def test_what_is_wrong_is_told_with_a_way_on(sentinel, dataset, arguments, told) -> None:
    ran = sentinel("quarantine", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_the_next_command_leads_to_the_same_project(sentinel, dataset, folder, monkeypatch) -> None:
    monkeypatch.chdir(folder.parent)
    out = sentinel("quarantine", "list", "--project", str(folder)).out
    assert f"sentinel quarantine replay clicks --dry-run --project {folder}" in out


@pytest.mark.parametrize("command", ["list", "show", "replay", "drop"])
def test_help_has_examples_and_exit_codes(sentinel, folder, command) -> None:
    ran = sentinel("quarantine", command, "--help")
    assert ran.code == 0
    for told in ("Examples:", f"sentinel quarantine {command}", "Exit code 0", "--project", "--simulated"):
        assert told in ran.out


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'{"a": {"b": 1, "c": 2}}', ({"a": {"b": MASK, "c": 2}}, 1)),
        (b'{"a": {"b": null}}', ({"a": {"b": None}}, 0)),
        (b'{"a": "text"}', ({"a": MASK}, 1)),
        (b'{"l": [{"x": 1}, {"x": 2}, 3]}', ({"l": [{"x": MASK}, {"x": MASK}, MASK]}, 3)),
        (b"[1]", (MASK, 1)),
        (b"{", (UNREADABLE, 1)),
        (b"\xff", (UNREADABLE, 1)),
    ],
)
def test_masking_leaves_nothing_private(raw, shown) -> None:
    assert masked_value(raw, {"a.b", "l[].x"}) == shown
