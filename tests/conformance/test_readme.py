"""The README's example is a real vector, and its table of types is complete."""

from __future__ import annotations

import json
import re

import jsonschema

from tests.conformance import vectors


def test_example_is_valid_and_real():
    text = (vectors.FOLDER / "README.md").read_text(encoding="utf-8")
    shown = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])
    jsonschema.validate(shown, vectors.schema())
    real = {vector["name"]: vector for vector in vectors.load(shown["subject"])["vectors"]}
    assert shown["vectors"] == [real[shown["vectors"][0]["name"]]]


def test_types_are_known():
    for subject in vectors.SUBJECTS:
        for table in vectors.load(subject)["tables"].values():
            assert vectors.frame(table).width == len(table["schema"])
