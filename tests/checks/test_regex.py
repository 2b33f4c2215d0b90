# ruff: noqa: RUF001 (letters that look alike are the subject)
import re
import warnings

import duckdb
import narwhals as nw
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentineldq.checks.regex import MAX_STATES, compile_python, like_to_regex, translate
from sentineldq.errors import CheckDefinitionError, InexactError

# (pattern, texts it is found in, texts it is not found in)
MEANINGS = [
    ("b", ["b", "abc", "\nb"], ["", "a", "B"]),
    ("", ["", "a", "\n"], []),
    ("^abc$", ["abc"], ["abc\n", "\nabc", "xabc", ""]),
    (r"\Aabc\Z", ["abc"], ["abc\n", "abc\r", "abc\u2028"]),
    ("^$", [""], ["\n", " "]),
    ("(?m)^b$", ["b", "a\nb", "a\nb\nc", "b\n"], ["a\rb", "a\u2028b", "a\x85b", "ab"]),
    ("(?m)^$", ["", "a\n", "\n", "a\n\nb"], ["a", "a\nb"]),
    ("(?m)b$", ["b\n", "b"], ["b\r\n", "ba"]),
    ("^a.b$", ["a b", "a\rb", "aéb", "a😀b", "a\u2028b", "a\x85b", "a\x00b"], ["a\nb", "ab", "a\r\nb"]),
    ("(?s)^a.b$", ["a\nb", "a😀b"], ["ab", "a\r\nb"]),
    (r"^\d+$", ["0", "123"], ["٣", "1٣", "५", "", "²"]),
    (r"^\D$", ["a", "٣", "\n"], ["1", ""]),
    (r"^\w+$", ["aZ_9"], ["é", "ß", "a-b", "字", "ª"]),
    (r"^\W$", ["é", "-", "\n", "ſ"], ["a", "_"]),
    (r"^\s$", [" ", "\t", "\n", "\r", "\x0b", "\x0c"], ["\xa0", "\u2003", "\x85", "\x1c", "\x1f", "\u3000"]),
    (r"^\S$", ["\xa0", "\u2003", "\x85", "\x1f"], [" ", "\x0b"]),
    (r"\bfoo\b", ["foo", "a foo b", "éfooé", "-foo-"], ["food", "_foo", "9foo"]),
    (r"o\B", ["foo", "fot"], ["fo", "foé", "o"]),
    (r"^\B$", [""], ["a", " "]),
    (r"\Bé", ["é", " é"], ["aé"]),
    (r"é\b", ["éa"], ["é", "éé"]),
    ("(?i)^k$", ["k", "K"], ["\u212a"]),
    ("(?i)^s$", ["s", "S"], ["ſ"]),
    ("(?i)^i$", ["i", "I"], ["İ", "ı"]),
    ("(?i)^[k-s]$", ["K", "n", "S"], ["\u212a", "ſ", "t"]),
    ("(?i)^[^k]$", ["\u212a", "a"], ["k", "K"]),
    ("(?i)^é$", ["é", "É"], ["e", "E"]),
    ("(?i)^σ$", ["σ", "ς", "Σ"], ["s"]),
    ("(?i)^ß$", ["ß", "ẞ"], ["ss", "SS"]),
    ("(?i)^ſ$", ["ſ"], ["s", "S"]),
    ("(?i:a)b", ["ab", "Ab"], ["aB"]),
    ("(?i)a(?-i:b)", ["Ab"], ["aB"]),
    (r"^\p{L}+$", ["abcéß字", "ж"], ["1", "", "a1", "😀"]),
    (r"^\p{Lu}\p{Ll}+$", ["Éa", "Жж"], ["éa", "É"]),
    (r"^\P{L}$", ["1", "😀", "\n"], ["a", "字"]),
    (r"^[^\p{L}\d]$", ["-", "٣"], ["a", "1"]),
    (r"^[\p{Nd}_]+$", ["1_٣"], ["a"]),
    (r"^\pN$", ["1", "²", "Ⅷ"], ["a"]),
    (r"(?i)^\p{Lu}$", ["a", "A", "é", "É"], ["1", "字"]),
    (r"^[a&&b]$", ["a", "b", "&"], ["c"]),
    (r"^[a||b]$", ["a", "|"], ["c"]),
    (r"^[+--a]$", ["+", ",", "-", "a"], ["b"]),
    (r"^[a\-\-c]$", ["a", "-", "c"], ["b"]),
    (r"^[a~~b]$", ["~", "a"], ["c"]),
    (r"^[[a]$", ["[", "a"], ["]"]),
    (r"^[]a]$", ["]", "a"], ["[", ""]),
    (r"^[\^a-]$", ["^", "a", "-"], ["b"]),
    (r"^[a\]\\]$", ["]", "\\"], ["["]),
    (r"^[\x00-\U0010ffff]$", ["\x00", "😀", "\n"], ["", "ab"]),
    (r"[^\x00-\U0010ffff]", [], ["", "a"]),
    (r"^[\s\S]$", ["\n", "é"], [""]),
    (r"^\u00e9\U0001f600\x41\101\N{DIGIT ONE}$", ["é😀AA1"], ["e"]),
    (r"^😀{2}$", ["😀😀"], ["😀"]),
    (r"^[😀-😂]$", ["😁"], ["😃", "😀😀"]),
    (r"^\.\*\+\?\(\)\[\]\{\}\|\^\$\\\-\#\&\~\ $", [".*+?()[]{}|^$\\-#&~ "], [""]),
    (r"^Q\\E$", ["Q\\E"], ["QE"]),
    ("(?x) a b # comment\n [ ] c", ["ab c"], ["a b c"]),
    ("a|b|", ["", "c"], []),
    ("^(?:a|b)+$", ["abba", "a" * 20_000], ["abc", ""]),
    ("^(ab|c)*?$", ["", "abc"], ["a"]),
    ("^(?P<year>[0-9]{4})-(?:0[1-9]|1[0-2])$", ["2024-12"], ["2024-13", "2024-12\n"]),
    (r"^a{1001,}$", ["a" * 1001, "a" * 1500], ["a" * 1000]),
    (r"^.{0,2000}$", ["", "é" * 2000], ["é" * 2001, "\n"]),
    (r"^(?:(?:ab){30}){40}$", ["ab" * 1200], ["ab" * 1199, "ab" * 1201]),
    (r"^a{0}b$", ["b"], ["ab", "a"]),
    (r"(?:^)*b", ["ab", "b"], ["a"]),
    (r"^(?:a?)*$", ["", "aaa"], ["b"]),
    (r"^a{,2}$", ["", "aa", "a"], ["aaa"]),
    (r"^a{x}$", ["a{x}"], ["a"]),
    (r"^[\d\-x]+$", ["1-x"], ["a"]),
    (r"^[\w.+-]+@[\w-]+\.[\w.-]+$", ["a.b+c@d-e.fr"], ["a@b", "é@b.c"]),
    ("\x00", ["a\x00b"], ["ab", "0"]),
    ("\ue000|\U0010ffff", ["\ue000", "\U0010ffff"], ["a"]),
]
# Java's matcher recurses for each turn of a group of varying length, and has no stack for these.
LONG = [
    (r"^(?:(?:ab){2,}c){600,1200}$", ["ababc" * 600, "abababc" * 1200], ["ababc" * 599, "ababc" * 1201]),
]
CASES = [
    (pattern, text, expected)
    for pattern, found, absent in MEANINGS
    for expected, texts in ((True, found), (False, absent))
    for text in texts
]


def on_python(pattern: str, texts: list[str]) -> list[bool]:
    return [re.search(translate(pattern, "python"), text) is not None for text in texts]


def on_polars(pattern: str, texts: list[str]) -> list[bool]:
    frame = nw.from_native(pl.DataFrame({"text": texts}, schema={"text": pl.String}))
    return frame.select(nw.col("text").str.contains(translate(pattern, "polars")))["text"].to_list()


def on_duckdb(pattern: str, texts: list[str]) -> list[bool]:
    """With a constant pattern, so that DuckDB's own rewrites of patterns take part."""
    frame = pl.DataFrame(
        {"place": range(len(texts)), "text": texts}, schema={"place": pl.Int64, "text": pl.String}
    )
    with duckdb.connect() as connection:
        relation = connection.from_arrow(frame.to_arrow())
        found = nw.from_native(relation).with_columns(
            found=nw.col("text").str.contains(translate(pattern, "duckdb"))
        )
        return [row[0] for row in found.to_native().order("place").project("found").fetchall()]


@pytest.mark.parametrize("search", [on_python, on_polars, on_duckdb])
@pytest.mark.parametrize(("pattern", "found", "absent"), MEANINGS + LONG)
def test_a_pattern_means_the_same(search, pattern, found, absent):
    assert search(pattern, [*found, *absent]) == [True] * len(found) + [False] * len(absent)


@pytest.mark.spark
def test_patterns_mean_the_same_on_spark(spark):
    rows = [(translate(pattern, "spark"), text, expected) for pattern, text, expected in CASES]
    frame = spark.createDataFrame(rows, "pattern string, text string, expected boolean")
    wrong = frame.where("rlike(text, pattern) != expected").collect()
    assert [(row.pattern, row.text) for row in wrong] == []


@pytest.mark.spark
def test_random_patterns_agree_on_spark(spark):
    """The property below, in one batch: patterns and texts are drawn first."""
    drawn: list[tuple[str, str]] = []

    @settings(max_examples=400, deadline=None, database=None, derandomize=True)
    @given(patterns(), st.lists(texts(), min_size=4, max_size=4))
    def draw(pattern, some):
        drawn.extend((pattern, text) for text in some)

    draw()
    rows = [
        (translate(pattern, "spark"), text, compile_python(pattern).search(text) is not None)
        for pattern, text in drawn
    ]
    frame = spark.createDataFrame(rows, "pattern string, text string, expected boolean")
    wrong = frame.where("rlike(text, pattern) != expected").collect()
    assert [(row.pattern, row.text) for row in wrong] == []


ALPHABET = "abkKsSiI 0_9-[]^&~|.\\\n\r\x85\u2028éÉßſıİ\u212aσςΣ٣字😀"
ATOMS = (
    [re.escape(char) for char in ALPHABET]
    + [r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", ".", r"\p{L}", r"\P{Lu}", r"\p{N}"]
    + ["[a-k]", "[^a-k]", r"[^\w]", r"[\s0-9]", "[ß-é]", "[À-ÿ]", r"[^\p{L}\s]", "[a&&b]", r"[-\]\[^]"]
)
ANCHORS = ["^", "$", r"\A", r"\Z", r"\b", r"\B"]
QUANTIFIERS = ["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?"]


def texts():
    return st.text(alphabet=ALPHABET, max_size=6)


def patterns():
    """Patterns of Python's syntax, without what is refused."""
    pieces = st.one_of(st.sampled_from(ATOMS), st.sampled_from(ANCHORS))
    nested = st.recursive(
        pieces,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=4).map("".join),
            st.lists(inner, min_size=2, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
            st.builds("(?:{}){}".format, inner, st.sampled_from(QUANTIFIERS)),
            st.builds("(?{}:{})".format, st.sampled_from(["i", "s", "m", "im", "-i"]), inner),
        ),
        max_leaves=8,
    )
    return st.builds("{}{}".format, st.sampled_from(["", "(?i)", "(?m)", "(?s)", "(?is)"]), nested)


@settings(max_examples=150, deadline=None)
@given(patterns(), st.lists(texts(), min_size=1, max_size=8))
@example("(?m)^(?:a|)*$", ["a\n", "\n", ""])
@example(r"\B", ["", "é", "a"])
def test_engines_agree_on_any_pattern(pattern, some):
    expected = on_python(pattern, some)
    assert on_polars(pattern, some) == expected
    assert on_duckdb(pattern, some) == expected


@settings(max_examples=150, deadline=None)
@given(patterns().filter(lambda pattern: "\\p" not in pattern and "\\P" not in pattern), texts())
def test_ascii_patterns_mean_what_re_means(pattern, text):
    """Where `re` is strict by itself (ASCII classes, no newline at the end, no special folds) nothing is changed."""
    ascii_text = text.encode("ascii", "ignore").decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        own = re.compile(pattern.replace("$", r"\Z") if "m" not in pattern else pattern, re.ASCII)
    if ascii_text.endswith("\n") or not ascii_text:
        return
    assert (own.search(ascii_text) is not None) == (compile_python(pattern).search(ascii_text) is not None)


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("(?=a)b", "look-ahead (?=…)"),
        ("^(?!foo).*$", "negative look-ahead (?!…)"),
        ("(?<=a)b", "look-behind (?<=…)"),
        ("(?<!a)b", "negative look-behind (?<!…)"),
        (r"(a)\1", "back-reference"),
        (r"(?P<x>a)(?P=x)", "back-reference"),
        ("(?>a)b", "atomic group"),
        ("a++b", "possessive quantifier"),
        ("(a)?(?(1)b|c)", "conditional group"),
        ("(?u)a", "(?u)"),
        ("(?u:a)", "(?u)"),
        (r"\ud83d", "surrogate"),
        ("a{5000000000}", "repetition"),
        (f"a{{{MAX_STATES}}}", "states"),
        ("(?:(?:.{100}){100}){100}", "states"),
        ("(" * 61 + "a" + ")*" * 61, "nested"),
        ("(" * 5000 + "a" + ")" * 5000, "nest"),
    ],
)
@pytest.mark.parametrize("target", ["polars", "duckdb", "spark", "python"])
def test_what_not_all_engines_have_is_refused_by_name(pattern, named, target):
    with pytest.raises(InexactError) as caught:
        translate(pattern, target)
    assert named in caught.value.message
    assert caught.value.engine == "all"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("pattern", "position"),
    [
        ("a(b", 1),
        ("[a", 0),
        ("*a", 0),
        (r"a\q", 1),
        (r"\p{L}(b", 5),
        (r"\p{Latin}", 0),
        (r"ab\p{", 2),
        ("a[[:alpha:]]", 2),
        ("a{3,2}", 2),
        ("a(?i)b", 1),
    ],
)
def test_an_invalid_pattern_says_where(pattern, position):
    with pytest.raises(CheckDefinitionError) as caught:
        translate(pattern, "polars")
    assert f"at position {position}:" in caught.value.message
    assert repr(pattern) in caught.value.message


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab(|)[]{}*+?\\^$.-:=!<>0129,piLPu&\n", max_size=12))
def test_any_text_is_a_pattern_or_an_error_of_ours(text):
    try:
        translate(text, "python")
    except (CheckDefinitionError, InexactError):
        return
    expected = on_python(text, ["a1", ""])
    assert on_polars(text, ["a1", ""]) == expected
    assert on_duckdb(text, ["a1", ""]) == expected


@pytest.mark.parametrize("target", ["polars", "duckdb"])
@pytest.mark.parametrize("atom", ["a", ".", "é", r"\p{L}", r"[α-ω]", "(?:.?)", r"(?:\w|é)"])
def test_the_largest_accepted_pattern_compiles(target, atom):
    size = MAX_STATES
    while True:
        try:
            pattern = f"{atom}{{{size}}}"
            translate(pattern, target)
            break
        except InexactError:
            size = size * 4 // 5
    assert {"polars": on_polars, "duckdb": on_duckdb}[target](pattern, ["x"]) in ([True], [False])


@pytest.mark.parametrize(
    ("like", "found", "absent"),
    [
        ("a%", ["a", "abc", "a\nb"], ["ba", ""]),
        ("_", ["a", "\n", "é", "😀"], ["", "ab", "e\u0301"]),
        ("%", ["", "a", "\n"], []),
        ("", [""], ["a"]),
        ("50\\%", ["50%"], ["500", "50\\%"]),
        ("a\\_b", ["a_b"], ["axb"]),
        ("a\\\\b", ["a\\b"], ["a\\\\b"]),
        ("a.b", ["a.b"], ["axb", "a.b\n"]),
        ("(a|b)^$", ["(a|b)^$"], ["a"]),
    ],
)
@pytest.mark.parametrize("search", [on_python, on_polars, on_duckdb])
def test_like_is_a_whole_match(search, like, found, absent):
    assert search(like_to_regex(like), [*found, *absent]) == [True] * len(found) + [False] * len(absent)


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet="ab%_\\!.\n😀", max_size=6),
    st.lists(st.text(alphabet="ab%_\\!.\n😀", max_size=5), max_size=6),
)
def test_like_is_duckdbs_like(like, some):
    try:
        pattern = compile_python(like_to_regex(like, escape="!"))
    except CheckDefinitionError:
        return
    with duckdb.connect() as connection:
        for text in some:
            own = connection.execute("select ? like ? escape '!'", [text, like]).fetchone()
            assert own == (pattern.search(text) is not None,)


def test_like_without_an_escape_and_with_a_wrong_one():
    assert compile_python(like_to_regex("a\\%", escape="")).search("a\\b")
    with pytest.raises(CheckDefinitionError, match="ends in its escape"):
        like_to_regex("a\\")
    with pytest.raises(CheckDefinitionError, match="one character"):
        like_to_regex("a", escape="ab")
