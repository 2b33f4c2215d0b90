"""The table for a terminal: readable at every width, honest about every number, safe with every text."""

import re
import shlex

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sentineldq.reports import figures, render

WIDTHS = [40, 60, 80, 100, 120, 200]


def table(result, **options):
    return render(result, "table", **({"width": 100, "encoding": "utf-8", "colour": False} | options))


def test_head_says_what_was_checked(result):
    head = "\n".join(table(result).splitlines()[:2])
    for fact in (
        "FAILED",
        "orders.csv",
        "contracts/orders.odcs.yaml 2.1.0",
        "1,048,213 rows",
        "polars",
        "1.84 s",
    ):
        assert fact in head


def test_worst_comes_first_and_passing_checks_are_folded(result):
    text = table(result)
    words = re.findall(r"^\S (error|fail|warn|skip)", text, re.MULTILINE)
    assert words == ["error"] * 2 + ["fail"] * 7 + ["warn"] * 4 + ["skip"] * 2
    assert "25 checks passed  (--verbose lists them)" in text
    assert "channel.in_set" not in text
    assert "channel.in_set" in table(result, verbose=True)


def test_a_failing_check_says_how_much_and_why(result):
    lines = table(result).splitlines()
    at = next(number for number, line in enumerate(lines) if "order_id.unique" in line)
    assert re.search(r"order_id +2,408 +1,048,213 +0\.23 % +critical", lines[at])
    assert [line.split(maxsplit=1) for line in lines[at + 1 : at + 4]] == [
        ["because", "One row per order; the key that billing joins on."],
        ["expected", "every value once"],
        ["observed", "1,204 values more than once"],
    ]
    assert lines[at + 4].split() == [
        "samples",
        *(f'"{text}"' for text in result_samples(result)),
        "…",
        "2,403",
        "more",
    ]


def result_samples(result):
    return next(check for check in result.checks if check.name == "order_id.unique").samples[:5]


def test_an_error_shows_its_reason(result):
    assert re.search(r"reason +column 'coupon_code' is not in the data", table(result))


@pytest.mark.parametrize("samples", [0, 2])
def test_as_many_samples_as_asked(result, samples):
    assert table(result, samples=samples).count('"A-00931') == samples


def test_findings_are_grouped(result):
    text = table(result)
    assert "6 faults in the file itself" in text
    assert re.search(r"extra-cell +4 +row has 13 cells", text)
    assert "row 1,204; row 88,001; row 88,002; …" in text
    assert "row 17,332, field 4 (amount)" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_fits_and_keeps_every_number(result, width):
    text = table(result, width=width)
    for line in text.splitlines():
        assert cell_len(line) <= width or line.startswith("    sentinel "), line
    for number in ("209,643", "1,048,213", "118,422", "20.0 %", "<0.01 %", "0.934", "2,000,000"):
        assert number in text


@pytest.mark.parametrize("width", [40, 72, 80])
def test_huge_counts_are_never_cut(result, width):
    check = msgspec.structs.replace(
        result.worst()[2], evaluated=10**18, failed=10**18 - 1, failed_share=1 - 1e-18
    )
    result.checks = [check]
    text = table(result, width=width)
    assert f"{10**18:,}" in text
    assert f"{10**18 - 1:,}" in text


def test_last_lines_are_commands_that_can_be_copied(result):
    lines = table(result, width=40, source="my orders.csv").splitlines()
    commands = [shlex.split(line) for line in lines if line.startswith("    sentinel ")]
    start = ["sentinel", "check", "my orders.csv", "--contract", "contracts/orders.odcs.yaml"]
    assert commands == [[*start, "--bad", "bad.csv"], [*start, "--format", "html", "--output", "report.html"]]


def test_a_passing_result_is_short(passing):
    text = table(passing)
    assert text.startswith("✓ PASSED  orders.csv")
    assert "1 check passed  (--verbose lists them)" in text
    assert "sentinel contract infer orders.csv" in text
    assert len(text.splitlines()) < 12


def test_no_checks_at_all(passing):
    passing.checks, passing.score, passing.dimensions = [], None, {}
    assert "No checks were run" in table(passing)


def test_ascii_where_the_encoding_is_not_utf8(result):
    text = table(result, encoding="ascii")
    assert text.isascii()
    assert text.startswith("x FAILED")
    assert "anna.m\\xfcller(at)example.com" in text


def test_latin_1_keeps_what_it_has(result):
    assert "anna.müller(at)example.com" in table(result, encoding="latin-1")


def test_colour_only_where_asked_or_on_a_terminal(result, monkeypatch):
    assert "\x1b[" in table(result, colour=True)
    assert "\x1b[" not in table(result, colour=None)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[" in table(result, colour=None)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in table(result, colour=None)


def test_width_follows_the_terminal(result, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert table(result, width=None) == table(result, width=60)


@pytest.mark.parametrize(
    "text", ["\x1b[31mred", "\x1b]8;;http://x\x07", "\u202etxt", "a\nb\tc", "[bold]x[/]", ":boom:", "\x9b0m"]
)
def test_no_text_reaches_the_terminal_raw(hostile, text):
    shown = table(hostile(text))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert figures.visible(text) in shown


@given(text=st.text(max_size=30), width=st.integers(20, 160))
def test_any_text_at_any_width(hostile_once, text, width):
    for line in table(hostile_once(text), width=width).splitlines():
        assert line.isprintable()


@pytest.fixture(scope="module")
def hostile_once():
    from sentineldq.checks.model import Outcome, Result

    def make(text):
        check = Outcome(name=text, kind="x", column=text, dimension=None, severity="INFO", status="fail",
                        on_violation="warn", evaluated=7, failed=3, failed_share=3 / 7, expected=text, samples=[text, {text: text}])  # fmt: skip
        return Result(
            dataset=text, contract=text, engine="polars", rows=7, passed=False, score=0.5, checks=[check]
        )

    return make


@pytest.mark.parametrize(
    ("ratio", "written"),
    [(0, "0 %"), (1e-9, "<0.01 %"), (0.00005, "0.01 %"), (0.0002, "0.02 %"), (0.0525, "5.25 %"), (0.123, "12.3 %"),
     (0.9994, "99.9 %"), (0.9996, "99.96 %"), (1 - 1e-9, ">99.99 %"), (1, "100 %"), (None, "\u2013")],
)  # fmt: skip
def test_shares(ratio, written):
    assert figures.share(ratio) == written.replace(" ", "\xa0")


@given(ratio=st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_only_nothing_is_0_and_only_everything_is_100(ratio):
    assert float(re.sub(r"[^0-9.]", "", figures.share(ratio))) not in {0, 100}
    assert figures.score(ratio) not in {"0.000", "1.000"}


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "0 ms"), (0.0384, "38 ms"), (0.99999, "1 s"), (1.8423, "1.84 s"), (59.99, "1 min 0 s"), (125, "2 min 5 s")]
)  # fmt: skip
def test_durations(seconds, written):
    assert figures.duration(seconds) == written.replace(" ", "\xa0")
