"""What people write: titles, bodies, messages and branches, of plausible length, already escaped for JSON."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from sentineldq.sources.simulate.chance import seeded, words
from sentineldq.sources.simulate.github.template import escape

VERBS = words(
    "add fix remove update refactor bump document test simplify rename handle avoid support revert "
    "improve allow restore split cache validate"
)
PARTS = words(
    "parser scheduler cache login form retry logic index page build script config loader error handler "
    "date picker unit tests query planner websocket client stylesheet container image locale files "
    "memory pool command line benchmark suite migration table view release notes type hints"
)
REASONS = (
    "when the input is empty",
    "on Windows paths",
    "after the last release",
    "for large files",
    "so that CI passes again",
    "behind a flag",
    "in strict mode",
    "without breaking the old API",
    "if the token has expired",
    "under heavy load",
    "as discussed in the last meeting",
    "because the default changed upstream",
)
SPECIAL = (
    "LGTM 🚀",
    "Thanks! 👍 This works for me now.",
    "Merci beaucoup, ça marche très bien à présent — même avec des accents.",
    "这个问题在最新版本中已经修复,请升级后再试。",
    "再現手順を追記しました。ご確認をお願いします。",
    "Спасибо, проверю завтра и отпишусь здесь.",
    "Funktioniert bei mir auch mit Umlauten (äöüß) im Pfad.",
    'The log says `ValueError: could not convert "12,5" to float`, see below.',
    "```python\nfor row in rows:\n\tprint(row[\"name\"], row['id'])\n```",
    "```\n$ make test\n=== 214 passed, 3 skipped in 12.4s ===\n```",
    "- [x] tests added\n- [ ] documentation updated\n- [ ] changelog entry",
    "> Could you rebase this on main?\n\nDone, sorry for the noise 😅",
    "| before | after |\n|---|---|\n| 412 ms | 97 ms |",
    "C:\\Users\\dev\\AppData\\Local\\Temp\\build.log shows the same \\u escape problem.",
    "See the **Details** section <https://example.com/docs/setup#details> & the FAQ.",
    "مرحبا، هل يمكن إضافة دعم للكتابة من اليمين إلى اليسار؟",
    "Reproduced on 3.12.4 ✅, 3.11.9 ✅, 3.10.14 ❌ — family emoji 👨‍👩‍👧‍👦 splits wrongly.",
)
BRANCHES = ("feature", "fix", "chore", "release", "docs", "hotfix", "dev", "codex", "copilot", "wip")
LABELS = (
    ("bug", "d73a4a", "Something isn't working"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("dependencies", "0366d6", "Pull requests that update a dependency file"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("question", "d876e3", "Further information is requested"),
    ("stale", "ededed", None),
    ("help wanted ✋", "008672", "Extra attention is needed"),
)
BREAKS = (" ", " ", " ", "\\n", "\\n\\n", "\\r\\n\\r\\n")


@lru_cache(maxsize=1)
def sentences() -> tuple[str, ...]:
    """A stock of sentences, the same for every seed."""
    random = seeded("sentences")
    plain = []
    for _ in range(320):
        first = f"{random.choice(VERBS)} the {random.choice(PARTS)} {random.choice(PARTS)}"
        second = f"{random.choice(VERBS)} {random.choice(PARTS)} {random.choice(REASONS)}"
        plain.append(f"{first.capitalize()} {random.choice(REASONS)}, then {second}.")
    return tuple(escape(text) for text in (*plain, *SPECIAL * 4))


def title(random: Random) -> str:
    """One line."""
    text = f"{random.choice(VERBS)} {random.choice(PARTS)} {random.choice(PARTS)}"
    return f"{text} {random.choice(REASONS)}" if random.random() < 0.4 else text


def body(random: Random, *, mean: float = 2.0) -> str:
    """Some sentences, `mean` of them on average beyond the first; now and then a long text."""
    count = 1 + int(random.expovariate(1 / mean))
    if random.random() < 0.03:
        count *= 8
    stock = sentences()
    return random.choice(BREAKS).join([random.choice(stock) for _ in range(count)])


def message(random: Random) -> str:
    """A commit message: mostly one line, at times with a body."""
    first = title(random)
    if random.random() < 0.12:
        return f"{first}\\n\\n{body(random, mean=1.0)}"
    return first


def branch(random: Random) -> str:
    """Name of a branch, without `refs/heads/`."""
    return (
        f"{random.choice(BRANCHES)}/{random.choice(VERBS)}-{random.choice(PARTS)}-{random.randrange(1, 4000)}"
    )


def label(random: Random) -> tuple[str, str, str | None]:
    """Name, colour and description of a label."""
    return random.choice(LABELS)
