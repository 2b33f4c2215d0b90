"""decode: typed records, every error of the others, nothing lost."""

from __future__ import annotations

import json
import math
import string
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.checks.records.decode import Decoded, FieldError, decode, validate_record
from sentineldq.checks.records.leaf import FAULTS
from sentineldq.checks.records.shape import compile_shape
from sentineldq.contracts.model import Contract, EnumValue, MapType, Property, SchemaObject, TypeOptions
from sentineldq.errors import CheckDefinitionError, InexactError, UsageError


def prop(name: str, logical_type: str | None = None, **given_: Any) -> Property:
    """A property; whatever is no field of Property is one of its options."""
    own = {key: value for key, value in given_.items() if key in Property.__struct_fields__}
    options = {key: value for key, value in given_.items() if key not in own}
    own["enum"] = [EnumValue(value=value) for value in own.get("enum", [])]
    if options:
        own["logical_type_options"] = TypeOptions(**options)
    return Property(name=name, logical_type=logical_type, **own)


def table(*properties: Property) -> SchemaObject:
    return SchemaObject(name="things", properties=list(properties))


def one(contract: SchemaObject, raw: bytes | str, **options: Any) -> Decoded:
    return decode([raw.encode() if isinstance(raw, str) else raw], contract, **options)


def kinds(contract: SchemaObject, raw: bytes | str, **options: Any) -> list[tuple[str, str]]:
    """Path and kind of each error of one record."""
    return [
        (error.path, error.kind) for faulty in one(contract, raw, **options).errors for error in faulty.errors
    ]


# ------------------------------------------------------------------------------------- the whole batch


def test_good_and_faulty_records_add_up_in_order() -> None:
    data = b'{"a":1}\n{"a":"x"}\n\n  \n{"a":3}\r\n[1]\n{"a":4'
    result = decode(data, table(prop("a", "integer")))
    assert [record.a for record in result.records] == [1, 3]
    assert result.positions == [0, 2]
    assert [(error.index, error.raw) for error in result.errors] == [
        (1, b'{"a":"x"}'),
        (3, b"[1]"),
        (4, b'{"a":4'),
    ]
    assert (result.total, result.blank) == (5, 2)


@given(
    st.lists(
        st.sampled_from([b'{"a":1}', b'{"a":1.0}', b'{"a":"x"}', b"{", b'{"b":"\xff"}', b""]), max_size=40
    )
)
def test_nothing_is_lost_whatever_the_order_of_faults(raws: list[bytes]) -> None:
    result = decode(raws, table(prop("a", "integer")))
    good = [index for index, raw in enumerate(raws) if raw in {b'{"a":1}', b'{"a":1.0}'}]
    assert result.positions == good
    assert sorted([*good, *(error.index for error in result.errors)]) == list(range(len(raws)))
    assert all(raws[error.index] == error.raw and error.errors for error in result.errors)


def test_every_error_of_a_record_is_named() -> None:
    contract = table(
        prop("id", "string", required=True, pattern="^[0-9]+$", max_length=3),
        prop("kind", "string", enum=["push", "fork"]),
        prop(
            "payload",
            "object",
            properties=[
                prop(
                    "commits",
                    "array",
                    items=prop("", "object", properties=[prop("sha", "string", min_length=4)]),
                )
            ],
        ),
        prop("at", "timestamp", required=True),
    )
    raw = '{"id":"abcd","kind":"star","payload":{"commits":[{"sha":"abcd"},7,{"sha":"abc"}]}}'
    (faulty,) = one(contract, raw).errors
    assert [(error.path, error.kind, error.found) for error in faulty.errors] == [
        ("id", "length", 'string "abcd"'),
        ("id", "pattern", 'string "abcd"'),
        ("kind", "enum", 'string "star"'),
        ("payload.commits[1]", "type", "integer 7"),
        ("payload.commits[2].sha", "length", 'string "abc"'),
        ("at", "required", "nothing"),
    ]
    assert str(faulty.errors[2]) == "kind: expected one of 'push', 'fork', found string \"star\""


def test_text_and_buffers_are_read_like_bytes() -> None:
    contract = table(prop("a", "string"))
    for data in ('{"a":"ä"}\n', bytearray('{"a":"ä"}'.encode()), memoryview('{"a":"ä"}'.encode())):
        assert [record.a for record in decode(data, contract).records] == ["ä"]
    assert kinds(contract, b'{"a":"\xff"}') == [("", "encoding")]
    assert decode('{"a":"\ud800"}', contract).errors[0].errors[0].kind == "encoding"


def test_no_data_gives_an_empty_frame_of_the_right_types() -> None:
    result = decode(b"", table(prop("a", "integer"), prop("b", "array", items=prop("", "date"))))
    assert result.total == result.blank == 0
    assert result.frame.schema == {"a": pl.Int64, "b": pl.List(pl.Date)}


def test_a_dataset_of_a_contract_is_chosen_by_name() -> None:
    other = SchemaObject(name="others", properties=[prop("b", "string")])
    contract = Contract(version="1", id="c", schema=[table(prop("a", "integer")), other])
    assert decode(b'{"b":1}', contract).errors == []
    assert decode(b'{"b":1}', contract, dataset="others").errors[0].errors[0].path == "b"
    with pytest.raises(UsageError, match="did you mean 'others'"):
        decode(b"", contract, dataset="other")
    with pytest.raises(UsageError, match="no schema"):
        decode(b"", Contract(version="1", id="c"))


def test_a_record_that_is_too_large_is_not_read() -> None:
    contract = table(prop("a", "string"))
    result = decode(b'{"a":"xxxxxxxx"}\n{"a":"x"}', contract, max_bytes=12)
    assert (result.positions, result.errors[0].errors[0]) == (
        [1],
        FieldError("", "size", "at most 12 bytes", "16 bytes"),
    )


# -------------------------------------------------------------------------------------------- presence


def test_optional_fields_may_be_absent_or_null() -> None:
    contract = table(
        prop("a", "integer"),
        prop("b", "object"),
        prop("c"),
        prop("d", "number", physical_type="decimal(4,1)"),
    )
    for raw in ("{}", '{"a":null,"b":null,"c":null,"d":null}'):
        (record,) = one(contract, raw).records
        assert (record.a, record.b, record.c, record.d) == (None, None, None, None)


@pytest.mark.parametrize(
    "logical_type", [None, "integer", "number", "string", "date", "object", "array", "map", "vector"]
)
@pytest.mark.parametrize("raw", ['{"a":null}', "{}"])
def test_required_fields_must_be_there(logical_type: str | None, raw: str) -> None:
    contract = table(prop("a", logical_type, required=True))
    assert kinds(contract, raw) == [("a", "required")]
    assert kinds(table(prop("a", logical_type, primary_key=True)), raw) == [("a", "required")]


def test_items_and_entries_may_be_null_unless_required() -> None:
    lax = table(prop("a", "array", items=prop("", "integer")), prop("b", "array"))
    assert one(lax, '{"a":[1,null],"b":[null]}').records[0].a == [1, None]
    strict = table(prop("a", "array", items=prop("", "integer", required=True)))
    assert kinds(strict, '{"a":[1,null]}') == [("a[1]", "required")]
    value = prop("", required=True)
    entries = table(prop("m", "map", map=MapType(key=prop("", "string"), value=value)))
    assert kinds(entries, '{"m":{"x":null}}') == [("m.x", "required")]


def test_unknown_fields_are_ignored_or_errors() -> None:
    contract = table(prop("a", "object", properties=[prop("b", "integer")]), prop("o", "object"))
    raw = '{"a":{"b":1,"c":2},"d":3,"o":{"e":4}}'
    assert kinds(contract, raw) == []
    assert kinds(contract, raw, extra="forbid") == [("a.c", "extra"), ("d", "extra")]


def test_required_names_of_an_object_may_stand_in_its_options() -> None:
    inside = [prop("b", "integer"), prop("c", "integer")]
    options = TypeOptions(required=["b"])
    contract = table(prop("a", "object", properties=inside, logical_type_options=options))
    assert kinds(contract, '{"a":{"c":1}}') == [("a.b", "required")]
    free = table(Property(name="a", logical_type="object", logical_type_options=TypeOptions(required=["b"])))
    assert kinds(free, '{"a":{"b":null}}') == [("a.b", "required")]
    assert kinds(free, '{"a":{"b":0}}') == []


# --------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.0", 1),
        ("1e3", 1000),
        ("-0.0", 0),
        ("0e99", 0),
        ("9223372036854775807", 2**63 - 1),
        ("9007199254740993.0", 2**53 + 1),
        ("-9223372036854775808", -(2**63)),
    ],
)
def test_whole_numbers_are_integers_however_written(text: str, value: int) -> None:
    (record,) = one(table(prop("a", "integer")), f'{{"a":{text}}}').records
    assert record.a == value
    assert type(record.a) is int


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("9223372036854775808", "range"),
        ("-9223372036854775809", "range"),
        ("18446744073709551616", "range"),
        ("9223372036854775808.0", "range"),
        ("1e400", "type"),
        ("1e999999999999999999999", "type"),
        ("1e-999999999", "type"),
        ("1" * 5000, "type"),
        ("1.5", "type"),
        ("true", "type"),
        ('"1"', "type"),
    ],
)
def test_other_numbers_are_no_integers(text: str, kind: str) -> None:
    assert kinds(table(prop("a", "integer")), f'{{"a":{text}}}') == [("a", kind)]


@pytest.mark.parametrize(
    ("options", "good", "bad"),
    [
        ({"minimum": 1, "maximum": 3}, [1, 3], [0, 4]),
        ({"exclusive_minimum": 1, "exclusive_maximum": 3}, [2], [1, 3]),
        ({"minimum": 1.5, "maximum": "3.5"}, [2, 3], [1, 4]),
        ({"minimum": 1, "exclusive_minimum": 1}, [2], [1]),
        ({"multiple_of": 5}, [0, 5, -10], [7]),
        ({"multiple_of": 0.5}, [1], [10**400]),
        ({"multiple_of": 1.5}, [3], [4]),
        ({"format": "i8"}, [-128, 127], [128, -129]),
        ({"format": "u8"}, [0, 255], [-1, 256]),
        ({"minimum": 2**64}, [], [1, 2**63 - 1]),
        ({"enum": [1, 300], "format": "u8"}, [1], [2, 300]),
        ({"enum": [1, 2]}, [1, 2], [3]),
    ],
)
def test_integer_rules(options: dict[str, Any], good: list[int], bad: list[int]) -> None:
    contract = table(prop("a", "integer", **options))
    for value in good:
        assert kinds(contract, f'{{"a":{value}}}') == kinds(contract, f'{{"a":{value}.0}}') == []
    for value in bad:
        assert {path for path, _ in kinds(contract, f'{{"a":{value}}}')} == {"a"}


@pytest.mark.parametrize(
    ("options", "good", "bad"),
    [
        ({"minimum": 0.5, "exclusive_maximum": 2}, ["0.5", "1", "1.999"], ["0.4999", "2", "2.0"]),
        ({"multiple_of": 0.1}, ["0.3", "1e3", "0.7"], ["0.35"]),
        ({"format": "f32"}, ["3.4e38"], ["3.5e38"]),
        ({"enum": [1, 2.5]}, ["1", "1.0", "2.5"], ["2"]),
        ({}, ["1e308", "123456789012345678901234567890"], ["1e309", "true", '"1"']),
    ],
)
def test_number_rules(options: dict[str, Any], good: list[str], bad: list[str]) -> None:
    contract = table(prop("a", "number", **options))
    assert [kinds(contract, f'{{"a":{text}}}') for text in good] == [[]] * len(good)
    assert all(kinds(contract, f'{{"a":{text}}}') for text in bad)


def test_decimals_keep_every_digit_or_are_refused() -> None:
    contract = table(prop("a", "number", physical_type="DECIMAL(20, 2)", minimum=0))
    result = decode(b'{"a":123456789012345678.10}\n{"a":1.5000}\n{"a":1e3}\n{"a":0e99}', contract)
    expected = [Decimal("123456789012345678.10"), Decimal("1.50"), Decimal("1000.00"), Decimal("0.00")]
    assert result.frame["a"].to_list() == expected
    assert result.frame.schema == {"a": pl.Decimal(20, 2)}
    for text in ("1.555", "1e20", '"1.5"', "true", "1e999999999", "1e99999999999999999999", "[1]"):
        assert len(kinds(contract, f'{{"a":{text}}}')) == 1
    assert kinds(contract, '{"a":-1.555}') == [("a", "precision"), ("a", "minimum")]
    with pytest.raises(InexactError, match="76"):
        decode(b"", table(prop("a", "number", physical_type="decimal(76,38)")))


# ------------------------------------------------------------------------------------------------ text


def test_string_rules() -> None:
    contract = table(prop("a", "string", min_length=2, max_length=3, pattern="^x"))
    assert kinds(contract, '{"a":"x😀"}') == []
    assert kinds(contract, '{"a":"yyyy"}') == [("a", "length"), ("a", "pattern")]
    assert kinds(contract, '{"a":1}') == [("a", "type")]
    both = table(prop("a", "string", enum=["ab", "x"], min_length=2))
    assert kinds(both, '{"a":"ab"}') == []
    assert kinds(both, '{"a":"x"}') == [("a", "length")]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("email", ["a.b+c@example.org"], ["a@b@c", "a@", "@b.co", "a b@c.de"]),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", ""]),
        ("ipv4", ["127.0.0.1", "255.255.255.255"], ["256.0.0.1", "1.2.3", "1.2.3.4.", "01.2.3.4"]),
        ("country", ["DE"], ["XX", "de"]),
        ("iban", ["DE89370400440532013000"], ["DE89370400440532013001"]),
        ("json", ["[1]"], ["[1"]),
        ("uri", ["https://example.org/a?b#c", "urn:x:y"], ["example.org", "http://a b"]),
        ("hostname", ["a-b.example"], ["-a.example", "a..b"]),
        ("password", ["anything at all"], []),
    ],
)
def test_named_formats(name: str, good: list[str], bad: list[str]) -> None:
    contract = table(prop("a", "string", format=name))
    assert [kinds(contract, json.dumps({"a": text})) for text in good] == [[]] * len(good)
    assert [kinds(contract, json.dumps({"a": text})) for text in bad] == [[("a", "format")]] * len(bad)


def test_a_format_and_a_pattern_both_count_and_unknown_formats_are_refused() -> None:
    contract = table(prop("a", "string", pattern="^x", format="email"))
    assert kinds(contract, '{"a":"x@example.org"}') == []
    assert kinds(contract, '{"a":"y"}') == [("a", "pattern"), ("a", "format")]
    with pytest.raises(CheckDefinitionError, match="emial"):
        decode(b"", table(prop("a", "string", format="emial")))


# ----------------------------------------------------------------------------------- dates and times


def test_moments_are_read_strictly_and_stored_in_utc() -> None:
    contract = table(prop("at", "timestamp"), prop("on", "date"), prop("t", "time"))
    data = (
        b'{"at":"2015-01-01T00:00:00+01:00","on":"2016-02-29","t":"01:02:03.5"}\n'
        b'{"at":"2015-01-01 00:00:00.123456","on":null,"t":"00:30:00+01:00"}\n'
        b'{"at":"0001-01-01T00:00:00+01:00","on":"9999-12-31","t":null}'
    )
    frame = decode(data, contract).frame
    assert frame.schema == {"at": pl.Datetime("us", "UTC"), "on": pl.Date, "t": pl.Time}
    assert frame["at"][0] == datetime(2014, 12, 31, 23, tzinfo=UTC)
    assert frame["at"].to_physical()[1] == 1420070400123456
    assert frame["on"].to_list() == [date(2016, 2, 29), None, date(9999, 12, 31)]
    assert frame["t"].to_list() == [time(1, 2, 3, 500_000), time(23, 30), None]


@pytest.mark.parametrize(
    "text",
    ["2015-02-30T00:00:00Z", "2015-01-01", "2015-01-01T24:00:00Z", "2015-01-01T00:00:60Z", "yesterday", ""],
)
def test_impossible_timestamps_are_errors(text: str) -> None:
    assert kinds(table(prop("a", "timestamp")), json.dumps({"a": text})) == [("a", "type")]


def test_bounds_of_moments() -> None:
    contract = table(
        prop("at", "timestamp", minimum="2020-01-01", exclusive_maximum="2020-01-02T00:00:00+00:00"),
        prop("t", "time", maximum="12:00:00"),
        prop("on", "date", enum=["2020-01-01"]),
    )
    good = '{"at":"2020-01-01T23:30:00-00:00","t":"12:00:00","on":"2020-01-01"}'
    assert kinds(contract, good) == []
    bad = '{"at":"2020-01-01T00:30:00+01:00","t":"11:30:00-01:00","on":"2020-01-02"}'
    assert kinds(contract, bad) == [("at", "minimum"), ("t", "maximum"), ("on", "enum")]


def test_declared_formats_and_time_zones() -> None:
    contract = table(
        prop("at", "timestamp", format="dd/MM/yyyy HH:mm:ss", default_timezone="Europe/Berlin"),
        prop("z", "timestamp", timezone=True),
        prop("n", "timestamp", timezone=False),
        prop("d", "date", format="yyyyMMdd", minimum="2020-01-01"),
    )
    raw = '{"at":"01/07/2020 12:00:00","z":"2020-01-01T00:00:00Z","n":"2020-01-01T00:00:00","d":"20200101"}'
    frame = one(contract, raw).frame
    assert frame["at"][0] == datetime(2020, 7, 1, 10, tzinfo=UTC)
    assert frame["d"][0] == date(2020, 1, 1)
    bad = '{"at":"1/7/2020 12:00:00","z":"2020-01-01T00:00:00","n":"2020-01-01T00:00:00Z","d":"20191231"}'
    assert kinds(contract, bad) == [("at", "type"), ("z", "type"), ("n", "type"), ("d", "minimum")]
    assert kinds(contract, '{"at":"31/02/2020 12:00:00"}') == [("at", "type")]


def test_formats_with_offsets_and_literals() -> None:
    contract = table(prop("a", "timestamp", format="yyyy-MM-dd'T'HH:mm:ss.SSSXXX", timezone=True))
    (record,) = one(contract, '{"a":"2020-01-01T00:00:00.250-02:30"}').records
    assert record.a == datetime(2020, 1, 1, 2, 30, 0, 250_000, tzinfo=UTC)
    assert kinds(contract, '{"a":"2020-01-01T00:00:00.250"}') == [("a", "type")]


@pytest.mark.parametrize("form", ["MMM d, yyyy", "yyyy yyyy", "yyyy 'open", "h:mm a"])
def test_formats_that_cannot_be_exact_are_refused(form: str) -> None:
    with pytest.raises(InexactError):
        decode(b"", table(prop("a", "timestamp", format=form)))


# --------------------------------------------------------------------------------------- nested values


def test_sizes_and_uniqueness() -> None:
    contract = table(
        prop("a", "array", items=prop("", "integer"), min_items=1, max_items=2, unique_items=True),
        prop(
            "o", "object", properties=[prop("x", "integer"), prop("y", "object"), prop("z")], min_properties=2
        ),
        prop("f", "object", max_properties=1),
        prop("v", "vector", dimensions=2),
    )
    assert kinds(contract, '{"a":[1,2],"o":{"x":1,"y":{}},"f":{"x":1},"v":[1,2.5]}') == []
    bad = '{"a":[1,1],"o":{"x":1,"y":null,"z":null,"other":1},"f":{"x":1,"y":2},"v":[1]}'
    assert kinds(contract, bad) == [("a", "unique"), ("o", "properties"), ("f", "properties"), ("v", "items")]
    assert kinds(contract, '{"a":[]}') == kinds(contract, '{"a":[1,2,3]}') == [("a", "items")]


def test_keys_of_maps_are_checked() -> None:
    contract = table(prop("m", "map", map=MapType(key=prop("", "integer"), value=prop("", "date"))))
    result = one(contract, '{"m":{"1":"2020-01-01","2":null}}')
    assert result.frame["m"].to_list() == [
        [{"key": "1", "value": date(2020, 1, 1)}, {"key": "2", "value": None}]
    ]
    assert kinds(contract, '{"m":{"x":"2020-01-01","":1}}') == [
        ("m.x", "key"),
        ('m[""]', "key"),
        ('m[""]', "type"),
    ]


def test_nested_columns_have_exact_types() -> None:
    sha = prop("sha", "string")
    contract = table(
        prop(
            "o",
            "object",
            properties=[prop("n", "integer"), prop("d", "number", physical_type="decimal(5,1)")],
        ),
        prop("c", "array", items=prop("", "object", properties=[sha])),
        prop("x", "object"),
        prop("y"),
        prop("z", "array"),
    )
    data = b'{"o":{"n":1,"d":2.5},"c":[{"sha":"a"},null,{}],"x":{"k":[1, 2]},"y":[1 ,2],"z":["a",null]}\n{}'
    frame = decode(data, contract).frame
    assert frame.schema == {
        "o": pl.Struct({"n": pl.Int64, "d": pl.Decimal(5, 1)}),
        "c": pl.List(pl.Struct({"sha": pl.String})),
        "x": pl.String,
        "y": pl.String,
        "z": pl.List(pl.String),
    }
    assert frame.row(0) == (
        {"n": 1, "d": Decimal("2.5")},
        [{"sha": "a"}, None, {"sha": None}],
        '{"k":[1, 2]}',
        "[1 ,2]",
        ['"a"', None],
    )
    assert frame.row(1) == (None, None, None, None, None)


def test_any_json_value_may_be_limited_to_some() -> None:
    contract = table(Property(name="a", enum=[EnumValue(value=value) for value in ("x", 1, True)]))
    assert [kinds(contract, f'{{"a":{text}}}') for text in ('"x"', "1", "1.0", "true")] == [[]] * 4
    for text in ("2", "false", "[1]", "1e400", "1" * 5000):
        assert kinds(contract, f'{{"a":{text}}}') == [("a", "enum")]


@pytest.mark.parametrize(
    "key", ["class", "a b", "", "1", "__init__", "é", '"', "\\", "\n", "__post_init__", "a.b"]
)
def test_any_key_can_be_a_field(key: str) -> None:
    contract = table(
        prop(key, "integer", required=True), prop("other", "object", properties=[prop(key, "integer")])
    )
    result = one(contract, json.dumps({key: 1, "other": {key: 2}}))
    assert result.frame.row(0) == (1, {key: 2})
    assert len(kinds(contract, json.dumps({key: "x", "other": {key: "y"}}))) == 2


def test_keys_that_look_alike_in_python_stay_apart() -> None:
    contract = table(prop("a b", "integer"), prop("a_b", "integer"), prop("a-b", "integer"))
    assert one(contract, '{"a b":1,"a_b":2,"a-b":3}').frame.row(0) == (1, 2, 3)
    with pytest.raises(CheckDefinitionError, match="twice"):
        decode(b"", table(prop("a", "integer"), prop("a", "string")))


def test_measures_are_not_in_the_data() -> None:
    measure = prop("m", "integer", required=True, semantic_type="measure")
    contract = table(prop("a", "integer"), measure, prop("o", "object", properties=[measure]))
    assert one(contract, '{"a":1,"o":{}}').frame.row(0) == (1, "{}")


def test_the_physical_name_is_the_key() -> None:
    contract = table(prop("id", "integer", physical_name="ID"))
    assert one(contract, '{"ID":1,"id":"x"}').frame["ID"].to_list() == [1]


# -------------------------------------------------------------------------------------- what JSON is


def test_of_a_key_given_twice_the_last_one_counts() -> None:
    contract = table(prop("a", "integer"))
    assert one(contract, '{"a":"x","a":1}').records[0].a == 1
    assert one(contract, '{"a":1,"a":2}').records[0].a == 2
    assert kinds(contract, '{"a":1,"a":"x"}') == [("a", "type")]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b'{"a":NaN}', "json"),
        (b'{"a":-Infinity}', "json"),
        (b'{"b":NaN}', "json"),
        (b'{"b":"\\ud800"}', "json"),
        (b'{"a":1', "json"),
        (b'{"a":1}{}', "json"),
        (b"", "json"),
        (b"\xef\xbb\xbf{}", "json"),
        (b'{"b":"\xff"}', "encoding"),
        (b'{"\xff":1}', "encoding"),
        (b'{"b":"\xed\xa0\x80"}', "encoding"),
        (b"[1]", "type"),
        (b"null", "type"),
        (b'{"b":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "depth"),
        (b'{"a":' * 100_000, "depth"),
        (b"[" * 100_000, "type"),
    ],
)
def test_what_is_not_json_is_an_error_even_in_ignored_fields(raw: bytes, kind: str) -> None:
    assert kinds(table(prop("a", "number")), raw) == [("", kind)]


def test_numbers_beyond_any_type_are_fine_where_nobody_looks() -> None:
    contract = table(prop("a", "integer"), prop("any"))
    raw = f'{{"a":1,"any":1e400,"b":{"9" * 5000},"c":-1e999}}'
    assert one(contract, raw).frame.row(0) == (1, "1e400")


@pytest.mark.corpus
def test_the_json_parsing_corpus(shared_data: Path) -> None:
    """y_ files that hold an object are records; all n_ files, and all that hold something else, are errors."""
    files = sorted((shared_data / "edge" / "json").glob("*.json"))
    assert len(files) > 300
    for file in files:
        raw = file.read_bytes()
        result = decode([raw], table())
        assert result.total == 1, file.name
        if file.name.startswith("y_") and raw.lstrip()[:1] == b"{":
            assert result.errors == [], file.name
        elif not file.name.startswith("i_"):
            assert result.records == [], file.name
        wrapped = decode([b'{"value":' + raw + b"}"], table(prop("value")))
        if file.name.startswith("y_"):
            assert wrapped.errors == [], file.name
        elif file.name.startswith("n_"):
            assert wrapped.records == [], file.name
        assert wrapped.frame.height == len(wrapped.records)


# --------------------------------------------------------------------------------------- what is shown


def test_classified_values_are_masked_everywhere() -> None:
    contract = table(
        prop("mail", "string", classification="restricted", format="email"),
        prop("open", "string", classification="public", max_length=1),
        prop("who", "object", tags=["PII:name"], properties=[prop("name", "integer")]),
        prop("outer", "object", properties=[prop("secret", "string", tags=["pii"])]),
        prop("m", "map", map=MapType(key=prop("", "integer", tags=["pii"]), value=prop("", "integer"))),
    )
    raw = '{"mail":"s3cret","open":"shown","who":{"name":"s3cret"},"outer":["s3cret"],"m":{"s3cret":1},"x":"s3cret"}'
    text = repr(one(contract, raw, extra="forbid"))
    assert "s3cret" not in text
    assert "shown" in text
    assert "s3cret" not in repr(one(contract, '["s3cret"]'))


def test_found_values_are_shortened() -> None:
    (faulty,) = one(table(prop("a", "integer")), json.dumps({"a": "x" * 10_000})).errors
    assert len(faulty.errors[0].found) < 80


# ------------------------------------------------------------------------------------- parsed records


def test_parsed_records_have_the_errors_of_their_json() -> None:
    contract = table(prop("a", "integer", required=True), prop("b", "number"), prop("c", "timestamp"))
    value = {"a": "x", "b": math.nan, "c": datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=1)))}
    assert [(error.path, error.kind) for error in validate_record(value, contract)] == [
        ("b", "json"),
        ("a", "type"),
    ]
    assert validate_record({"a": 1, "b": Decimal("1.5"), "d": [1, (2,)]}, contract) == []
    assert validate_record({"a": 2**70}, contract)[0].kind == "range"
    assert validate_record([1], contract)[0].kind == "type"
    for odd in ({"a": object()}, {"a": "\ud800"}, {"a": 1, "b": Decimal("Infinity"), "c": 1j}):
        assert validate_record(odd, contract)
    loop: dict[str, Any] = {}
    loop["a"] = loop
    assert validate_record(loop, contract)[0].kind == "json"


# ------------------------------------------------------------------- both paths say the same, always

NAMES = ["a", "b", "class", "x y"]


@st.composite
def properties(draw: st.DrawFn, depth: int = 2) -> Property:
    """A property of any kind, with options that fit it."""
    leaves = [None, "string", "integer", "number", "decimal", "boolean", "date", "timestamp", "time"]
    kind = draw(st.sampled_from(leaves + ["object", "array", "map", "vector"] * (depth > 0)))
    small = st.none() | st.integers(-3, 3)
    size = st.none() | st.integers(0, 3)
    shared: dict[str, Any] = {"required": draw(st.booleans())}
    if kind == "string":
        shared |= {"min_length": draw(size), "max_length": draw(size)}
        shared |= {"pattern": draw(st.sampled_from([None, None, "^[a-c]", "b"]))}
        shared |= {"format": draw(st.sampled_from([None, None, "email", "password"]))}
        shared |= {
            "enum": draw(st.just([]) | st.lists(st.sampled_from(["a", "abc", "", 1, None]), max_size=3))
        }
    elif kind in {"integer", "number", "decimal"}:
        sides = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")
        shared |= {side: draw(small | st.sampled_from([0.5, 1e19])) for side in sides}
        shared |= {"multiple_of": draw(st.sampled_from([None, None, 2, 0.5]))}
        shared |= {"format": draw(st.sampled_from([None, None, "i8", "u64", "f32"]))}
        shared |= {
            "enum": draw(st.just([]) | st.lists(st.sampled_from([1, 2, 2.5, "x", None, 2**70]), max_size=3))
        }
    elif kind in {"timestamp", "time"}:
        shared |= {"timezone": draw(st.sampled_from([None, None, True, False]))}
    if kind == "timestamp":
        shared |= {"minimum": draw(st.sampled_from([None, "2020-01-01", "2020-01-01T00:00:00+02:00"]))}
    if kind == "date":
        shared |= {"format": draw(st.sampled_from([None, "yyyyMMdd"])), "maximum": "2020-01-01"}
    if kind == "decimal":
        kind, shared["physical_type"] = "number", "decimal(4,1)"
    if kind == "object":
        keys = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
        shared["properties"] = [
            msgspec.structs.replace(draw(properties(depth=depth - 1)), name=key) for key in keys
        ]
        shared |= {"min_properties": draw(size), "max_properties": draw(size)}
    if kind == "array":
        shared |= {"min_items": draw(size), "max_items": draw(size), "unique_items": draw(st.booleans())}
        shared |= {"items": draw(st.none() | properties(depth=depth - 1))}
    if kind == "map":
        shared["map"] = MapType(key=draw(properties(depth=0)), value=draw(properties(depth=depth - 1)))
    if kind == "vector":
        shared |= {"dimensions": draw(size)}
    return prop("", kind, **shared)


@st.composite
def contracts(draw: st.DrawFn) -> SchemaObject:
    keys = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    return table(*(msgspec.structs.replace(draw(properties()), name=key) for key in keys))


TEXTS = ["", "a", "abc", "bb", "a@b.co", "2019-12-31", "20200101", "2020-01-01T00:00:00Z", "2020-02-30"]
MOMENTS = [
    "2019-06-01 01:00:00",
    "2020-01-01T00:30:00+01:00",
    "10:00:00",
    "10:00:00+01:00",
    "1",
    "2.5",
    "true",
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([127, 128, 256, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30]),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: not value.is_integer()),
    st.sampled_from([0.5, 1.5, 2.5, -0.25, 3.5e38, 1.25]),
    st.sampled_from(TEXTS + MOMENTS),
    st.text(max_size=4).filter(lambda text: text.isprintable()),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "c"]), inner, max_size=4)
    ),
    max_leaves=8,
)


def near(item: Property) -> st.SearchStrategy[Any]:
    """Values that often fit a property, and often miss it by little."""
    match item.logical_type:
        case "object":
            exact = objects(item.properties)
        case "array" | "vector":
            exact = st.lists(near(item.items) if item.items else values, max_size=4)
        case "map" if item.map is not None:
            exact = st.dictionaries(
                st.sampled_from(["a", "abc", "1", "2.5", "true", "20200101"]),
                near(item.map.value),
                max_size=3,
            )
        case "string":
            exact = st.sampled_from(TEXTS)
        case "integer" | "number":
            exact = st.integers(-3, 4) | st.sampled_from([0.5, 1.5, 2.5])
        case "date" | "time" | "timestamp":
            exact = st.sampled_from(TEXTS[5:] + MOMENTS)
        case _:
            exact = values
    return exact | exact | exact | values


def objects(items: list[Property]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {}, optional={**{item.column: near(item) for item in items}, "other": values}
    )


@settings(max_examples=400)
@given(st.data())
def test_the_fast_path_accepts_what_the_error_path_finds_no_fault_in(data: st.DataObject) -> None:
    contract = data.draw(contracts())
    value = data.draw(objects(contract.properties) | values)
    raw = msgspec.json.encode(value)
    shape = compile_shape(contract, forbid=data.draw(st.booleans()))
    errors: list[FieldError] = []
    explained = shape.explain(raw, (), errors)
    try:
        accepted = shape.read(raw)
    except FAULTS:
        assert errors
    else:
        assert errors == []
        assert msgspec.json.encode(accepted) == msgspec.json.encode(explained)


@settings(max_examples=200)
@given(st.data())
def test_every_good_record_has_its_row(data: st.DataObject) -> None:
    contract = data.draw(contracts())
    batch = [msgspec.json.encode(data.draw(objects(contract.properties))) for _ in range(3)]
    result = decode(batch, contract)
    assert result.total == 3
    if contract.properties:
        assert result.frame.height == len(result.records)
        assert result.frame.schema == decode([], contract).frame.schema


@given(
    st.binary(max_size=60)
    | st.lists(st.sampled_from(list(b'{}[]",:a1.e-\\u\n\xff\xc3 tnf')), max_size=60).map(bytes),
    contracts(),
)
def test_decode_never_raises_on_any_bytes(data: bytes, contract: SchemaObject) -> None:
    result = decode(data, contract)
    assert result.total + result.blank == len(data.removesuffix(b"\n").split(b"\n")) - (
        data in {b"", b"\n"} and not result.blank
    )


JUNK = st.lists(st.sampled_from(list(b'{}[]",:a1.e-\\u\n\xff\xc3\xa4 tnf')), max_size=30).map(bytes)


@settings(max_examples=300)
@given(st.data())
def test_records_in_arrow_s_memory_get_the_verdict_of_their_bytes(data: st.DataObject) -> None:
    contract = data.draw(contracts())
    sound = objects(contract.properties).map(msgspec.json.encode)
    cut = st.sampled_from([b'{"a":"\xc3', b'\xa4"}', b"\xff", b"", b'{"a":1,"a":"x"}'])
    raws = data.draw(st.lists(sound | JUNK | cut, max_size=8))
    first = data.draw(st.integers(0, len(raws)))
    array = pa.array(raws, pa.large_binary())[first:]
    limit = data.draw(st.sampled_from([10, 1000]))
    there, here = decode(array, contract, max_bytes=limit), decode(raws[first:], contract, max_bytes=limit)
    assert there.errors == here.errors
    assert there.positions == here.positions
    assert there.frame.equals(here.frame)
    assert there.salvaged.equals(here.salvaged)


def as_json_schema(item: Property) -> dict[str, Any]:
    """The JSON Schema of a property with plain types: what an independent validator says of the same value."""
    options = item.options
    names = {"min_length": "minLength", "max_length": "maxLength", "minimum": "minimum", "maximum": "maximum"}
    names |= {"exclusive_minimum": "exclusiveMinimum", "exclusive_maximum": "exclusiveMaximum"}
    schema: dict[str, Any] = {
        word: getattr(options, name) for name, word in names.items() if getattr(options, name) is not None
    }
    if item.enum:
        schema["enum"] = [entry.value for entry in item.enum]
    return schema | {"type": item.logical_type}


@settings(max_examples=200)
@given(st.data())
def test_plain_rules_agree_with_json_schema(data: st.DataObject) -> None:
    letters = st.text(string.ascii_lowercase, max_size=4)
    size, bound = st.none() | st.integers(0, 4), st.none() | st.integers(-4, 4)
    item = data.draw(
        st.one_of(
            st.builds(lambda low, high: prop("a", "string", min_length=low, max_length=high), size, size),
            st.builds(
                lambda kind, low, high: prop("a", kind, minimum=low, exclusive_maximum=high),
                st.sampled_from(["integer", "number"]),
                bound,
                bound,
            ),
            st.builds(
                lambda words: prop("a", "string", enum=words), st.lists(letters, min_size=1, max_size=3)
            ),
            st.just(prop("a", "boolean")),
        )
    )
    value = data.draw(
        st.booleans() | st.integers(-6, 6) | st.floats(-6, 6) | letters | st.lists(st.booleans(), max_size=1)
    )
    expected = jsonschema.Draft202012Validator(as_json_schema(item)).is_valid(value)
    assert (decode([json.dumps({"a": value}).encode()], table(item)).errors == []) is expected
