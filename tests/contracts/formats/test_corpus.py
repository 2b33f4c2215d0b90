"""Great Expectations' own test definitions: every case is imported, and none is lost on the way out and in."""

from __future__ import annotations

import json

import pytest

from sentineldq.contracts.formats import gx

EXPLAINED = (
    "it names no column",  # cases that leave the column out, to see the error
    "is no share from 0 to 1",  # cases with such a `mostly`, to see the error
    "'bad_parser' is not known",  # cases that name no known parser, to see the error
    "is known only at run time",  # bounds relative to the moment of the run
)


@pytest.fixture(scope="module")
def cases(shared_data):
    found = []
    for path in sorted((shared_data / "gx").rglob("*.json")):
        document = json.loads(path.read_text())
        for dataset in document["datasets"]:
            found += [
                {"expectation_type": document["expectation_type"], "kwargs": case["in"]}
                for case in dataset["tests"]
            ]
    assert found
    return found


@pytest.mark.corpus
def test_every_case_is_one_check_without_notes(cases):
    for case in cases:
        converted = gx.read(json.dumps([case]), name="case")
        unexplained = [note for note in converted.notes if not any(why in note.why for why in EXPLAINED)]
        assert unexplained == [], case
        assert len(converted.contract.schema[0].quality) == 1 - len(converted.notes), case


@pytest.mark.corpus
def test_every_check_comes_back_as_it_was(cases):
    for case in cases:
        first = gx.read(json.dumps([case]), name="case").contract
        again = gx.read(gx.write(first).text, name="case").contract
        assert again.schema == first.schema, case
