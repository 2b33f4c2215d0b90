"""What holds for every series: causality, going on from a state, and units that do not matter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.errors import UsageError
from sentineldq.monitors.anomaly import Detector, Point, Settings, detect
from tests.monitors.anomaly.series import START, daily, flat, series

STEP = timedelta(minutes=30)

VALUES = st.one_of(
    st.floats(-1e6, 1e6, allow_nan=False), st.integers(-5, 5).map(float), st.just(float("nan")), st.just(0.0)
)
"""Numbers as they come: few different ones, many, and none."""

SERIES = st.lists(st.tuples(st.sampled_from([0, 1, 1, 1, 1, 2, 50]), VALUES), min_size=60, max_size=160)


def points(drawn: list[tuple[int, float]]) -> list[Point]:
    at, found = START, []
    for steps, value in drawn:
        at += steps * STEP
        found.append(Point(at, value))
    return found


def facts(verdicts) -> list[tuple]:
    """All of the verdicts, comparable where a value is not a number."""
    return [
        tuple(map(str, (one.value, one.expected, one.low, one.high, one.score, one.alert, one.status)))
        for one in verdicts
    ]


@settings(max_examples=30)
@given(SERIES, st.data())
def test_a_verdict_is_the_same_whatever_comes_later(drawn, data) -> None:
    whole = points(drawn)
    cut = data.draw(st.integers(1, len(whole)))
    assert facts(detect(whole[:cut])) == facts(detect(whole)[:cut])


@settings(max_examples=30)
@given(SERIES, st.data())
def test_a_restored_detector_goes_on_as_if_nothing_had_happened(drawn, data) -> None:
    whole = points(drawn)
    cut = data.draw(st.integers(0, len(whole)))
    first = Detector(Settings(warm_up=20))
    before = [first.observe(point) for point in whole[:cut]]
    second = Detector.restore(first.state(), Settings(warm_up=20))
    after = [second.observe(point) for point in whole[cut:]]
    assert facts([*before, *after]) == facts(detect(whole, settings=Settings(warm_up=20)))
    assert second.state() == _state(whole)


def _state(whole: list[Point]) -> bytes:
    detector = Detector(Settings(warm_up=20))
    for point in whole:
        detector.observe(point)
    return detector.state()


@settings(max_examples=20)
@given(st.integers(0, 50), st.floats(1e-3, 1e6), st.floats(-1e3, 1e3), st.sampled_from([1, -1]))
def test_units_do_not_matter(seed: int, scale: float, shift: float, sign: int) -> None:
    """Statuses are equal, but for scores within a hundredth of the border; upside down, too."""
    plain = series(daily, 500, step=STEP, seed=seed)
    plain[400] = Point(plain[400].at, 400.0)
    other = [Point(one.at, sign * scale * (one.value + shift)) for one in plain]
    pairs = zip(detect(plain), detect(other), strict=True)
    assert all(a.status == b.status for a, b in pairs if abs(a.score - 0.5) > 0.01)


def test_a_long_history_goes_on_where_it_was_too() -> None:
    """More points than contexts are kept, so that the oldest have been written over."""
    whole = series(flat, 5000, step=STEP)
    first = Detector()
    before = [first.observe(point) for point in whole[:4700]]
    state = first.state()
    second = Detector.restore(state)
    assert facts([*before, *(second.observe(point) for point in whole[4700:])]) == facts(detect(whole))
    assert len(state) < 100_000


@pytest.mark.parametrize("state", [b"", b"\x93\x01", b"{}"])
def test_what_is_no_state_is_refused(state: bytes) -> None:
    with pytest.raises(UsageError, match="not the state of a detector"):
        Detector.restore(state)
