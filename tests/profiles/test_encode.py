"""The bytes of a profile: stable, complete, and never misread."""

from pathlib import Path

import datasketches
import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.errors import ProfileError
from sentineldq.profiles.build import profile
from sentineldq.profiles.codec import decode, encode
from sentineldq.profiles.model import Profile
from sentineldq.profiles.plan import Plan
from tests.profiles.frames import mixed

GOLDEN = Path(__file__).parent / "golden.profile"
PLAN = Plan(key=("id",), entities=("kind",), event="at", hidden=frozenset({"name"}))


def golden():
    """The profile whose bytes are kept: small enough for its sketches to hold every value."""
    return profile(mixed(120, seed=11), plan=PLAN)


def plain(data):
    return zstandard.ZstdDecompressor().decompress(data[5:])


def without_rounding(found):
    """A profile without its sums of floats, whose last bit is the processor's."""
    columns = {
        path: msgspec.structs.replace(column, moments=None, lengths=None)
        for path, column in found.columns.items()
    }
    return msgspec.structs.replace(found, columns=columns, pairs=None)


def test_the_bytes_of_today_are_those_that_were_written_once():
    """Written by `GOLDEN.write_bytes(encode(golden()))`; another compressor may pack them otherwise."""
    written = decode(GOLDEN.read_bytes())
    assert plain(encode(without_rounding(golden()))) == plain(encode(without_rounding(written)))


def test_bytes_of_old_are_read_and_written_the_same():
    found = decode(GOLDEN.read_bytes())
    assert plain(encode(found)) == plain(GOLDEN.read_bytes())
    assert (found.rows, list(found.columns)[:3]) == (120, ["id", "value", "share"])
    assert found.columns["kind"].frequent.counts["push"] == 91
    assert found.columns["id"].quantiles.at([0, 1]) == [11_000_000, 11_000_119]


def test_a_round_trip_changes_nothing():
    first = profile(mixed(40_000), plan=PLAN)
    second = decode(encode(first))
    assert encode(second) == encode(first)
    assert second.duplicates == first.duplicates
    assert second.correlations == first.correlations
    assert (second.since, second.until) == (first.since, first.until)
    assert {path: column.frequent for path, column in second.columns.items()} == {
        path: column.frequent for path, column in first.columns.items()
    }


def test_the_sketches_inside_are_the_library_s():
    found = decode(encode(profile(mixed(40_000)))).columns
    assert (
        datasketches.kll_doubles_sketch.deserialize(found["value"].quantiles.image).n == found["value"].values
    )
    assert datasketches.hll_sketch.deserialize(found["id"].distinct.image).get_estimate() == pytest.approx(
        40_000, rel=0.07
    )


def test_nothing_is_a_profile_too():
    assert decode(encode(Profile())).rows == 0


@given(st.binary(max_size=60))
def test_bytes_that_are_no_profile_are_refused(data):
    with pytest.raises(ProfileError):
        decode(data)


@given(st.integers(5), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place, change):
    data = bytearray(GOLDEN.read_bytes())
    data[5 + place % (len(data) - 5)] ^= change
    with pytest.raises(ProfileError):
        list(decode(bytes(data)).columns.values())


@given(st.integers(0))
def test_bytes_cut_short_are_refused(size):
    data = GOLDEN.read_bytes()
    with pytest.raises(ProfileError):
        decode(data[: size % len(data)])


def test_a_newer_version_is_refused_by_name():
    data = bytearray(GOLDEN.read_bytes())
    data[4] = 9
    with pytest.raises(ProfileError, match="version 9"):
        decode(bytes(data))
