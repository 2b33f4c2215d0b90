"""How improbable a size is."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.monitors.anomaly.tail import Tail, normal


def learned(count: int, draw) -> Tail:
    tail = Tail()
    for _ in range(count):
        tail.learn(draw())
    return tail


@pytest.mark.parametrize("seed", range(3))
def test_exponential_sizes_are_as_rare_as_it_says(seed: int) -> None:
    """The quantiles of an exponential distribution of mean 1 are -ln(share)."""
    chance = random.Random(seed)
    tail = learned(20_000, lambda: chance.expovariate(1))
    for surprise, size in ((2, 4.6), (3, 6.9), (4, 9.2)):
        assert tail.surprise(size) == pytest.approx(surprise, rel=0.15)


@given(st.floats(1.6, 40))
def test_size_is_the_inverse_of_surprise(surprise: float) -> None:
    assert normal().surprise(normal().size(surprise)) == pytest.approx(surprise)


def test_a_wild_size_is_forgotten_soon() -> None:
    chance = random.Random(1)
    tail = learned(2000, lambda: chance.expovariate(1))
    before = tail.size(4)
    tail.learn(1e9)
    assert tail.size(4) < 1.4 * before


def test_nothing_surprises_before_there_is_a_tail() -> None:
    tail = learned(59, lambda: 1.0)
    assert tail.surprise(100.0) == 0.0
    tail.learn(1.0)
    assert tail.surprise(100.0) > 10


def test_what_never_varied_is_left_by_anything() -> None:
    tail = learned(100, lambda: 0.0)
    assert tail.surprise(0.0) == 0.0
    assert tail.surprise(1e-9) == 50.0


def test_widened_it_holds_the_size_and_forgets_it_slowly() -> None:
    chance = random.Random(1)
    tail = learned(2000, lambda: chance.expovariate(1))
    assert tail.surprise(30.0) > 4
    tail.widen(30.0, 4.0)
    assert tail.surprise(30.0) < 4
    for _ in range(500):
        tail.learn(chance.expovariate(1))
    assert tail.surprise(30.0) < 4
    for _ in range(20_000):
        tail.learn(chance.expovariate(1))
    assert tail.surprise(30.0) > 4
