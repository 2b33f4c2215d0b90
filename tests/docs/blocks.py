"""The code blocks of a Markdown page, and what its comments say about running them.

    <!-- not run: REASON -->    the next block is parsed only; the reason is for whoever reads the page's source
    <!-- setup                  shell lines that prepare what the page takes for granted
    ... -->

A block that names a file behind its language (```yaml orders.odcs.yaml) is that file. In ```console blocks a line `$ COMMAND` is followed by what it prints, in which a line `…` stands for any lines.
In ```sh blocks every line is a command. A command that ends in `# exit N` exits with N, others with 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_PARTS = re.compile(
    r"^<!-- not run: (?P<reason>[^\n]+?) -->$"
    r"|^<!-- setup\n(?P<setup>.*?)\n-->$"
    r"|^(?P<indent> *)```(?P<language>\w*)(?: (?P<file>\S+))?\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_EXIT = re.compile(r"\s+# exit (\d)\s*$")
_TIME = re.compile(r"\b[\d.,]+[ \u00a0](?:µs|ms|s)\b")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A shell command, the code it exits with and what it prints (None where the page does not say)."""

    text: str
    code: int = 0
    shown: str | None = None


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block of code; `reason` is why it is not run, `file` the file that it is."""

    language: str
    code: str
    line: int
    reason: str | None = None
    file: str | None = None


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page in order, set-up lines among them."""
    text, reason = page.read_text(encoding="utf-8"), None
    for part in _PARTS.finditer(text):
        line = text.count("\n", 0, part.start()) + 1
        if part["reason"]:
            reason = part["reason"]
        elif part["setup"]:
            yield Block(language="setup", code=part["setup"], line=line)
        else:
            code = re.sub(f"^{part['indent']}", "", part["code"], flags=re.MULTILINE)
            yield Block(language=part["language"], code=code, line=line, reason=reason, file=part["file"])
            reason = None


def commands(block: Block) -> list[Command]:
    """The commands of a shell or console block."""
    code = block.code.replace("\\\n", "")
    if block.language != "console":
        lines = [line for line in code.splitlines() if line.strip() and not line.startswith("#")]
        return [_command(line) for line in lines]
    first, *rest = re.split(r"^\$ ", code, flags=re.MULTILINE)
    assert not first.strip(), f"line {block.line}: a console block begins with $"
    return [_command(head, shown=shown) for head, _, shown in (part.partition("\n") for part in rest)]


def _command(line: str, *, shown: str | None = None) -> Command:
    found = _EXIT.search(line)
    text = re.sub(r"\s+#\s.*$", "", line)
    return Command(text=text, code=int(found[1]) if found else 0, shown=shown or None)


def agrees(shown: str, printed: str) -> bool:
    """Whether a page shows what a command prints, whatever time it took; `…` alone on a line is any lines.

    How wide a column is depends on the times in it, so any two spaces or more are alike, and so are rules.
    """
    parts = [
        re.escape(_plain(part))
        for part in re.split(r"^ *(?:…|\.\.\.)\n", f"{shown.strip()}\n", flags=re.MULTILINE)
    ]
    return re.fullmatch("(?:.*\n)*?".join(parts), _plain(f"{printed.strip()}\n")) is not None


def _plain(text: str) -> str:
    text = _TIME.sub("TIME", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE))
    return re.sub(r"─+", "─", re.sub(r" {2,}", "  ", text))
