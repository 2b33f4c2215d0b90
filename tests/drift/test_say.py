"""What moved, in words."""

from sentineldq.drift.say import moves, shares


def test_a_share_that_stayed_is_left_out_beside_one_that_moved():
    parts = [("values above 9", 0.05, 0.2), ("values below 0", 0.0, 0.0)]
    assert moves(parts) == ["share of values above 9 rose from 5.0 % to 20.0 %"]
    told = [{"what": what, "baseline": before, "current": after} for what, before, after in parts[::-1]]
    assert shares(told) == "share of values above 9 rose from 5.0 % to 20.0 %"


def test_where_nothing_moved_the_first_share_is_told():
    assert moves([("a", 0.5, 0.5), ("b", 0.5, 0.5)]) == ["share of a stayed at 50.0 %"]
    assert moves([]) == []
