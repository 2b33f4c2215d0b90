"""Write the reference pages that follow from the code: `make docs`.

A test fails where a page is not what this writes.
"""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import click
import msgspec

import sentineldq
from sentineldq import errors
from sentineldq.checks.definition import catalogue
from sentineldq.checks.reference import describe, render
from sentineldq.cli.app import app
from sentineldq.contracts.fit import span
from sentineldq.pipeline.settings import Section, Settings

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- written by docs/generate.py -->"


def pages() -> dict[Path, str]:
    """The text of every generated page."""
    made = {"cli.md": cli, "python.md": python, "checks.md": checks, "project.md": project}
    return {FOLDER / name: page() for name, page in made.items()}


def cli() -> str:
    """Every command, from the tree that parses them."""
    head = """\
# The command line

`sentinel COMMAND --help` shows the same in a terminal.

| exit code | means |
|---|---|
| 0 | all is well |
| 1 | a check failed, a contract has errors, or a change is breaking |
| 2 | the command or the contract is wrong; nothing was checked |
| 3 | the data could not be read, an engine failed, or a file could not be written |

Results go to standard output, everything else to standard error. Errors are one sentence and a hint;
`SENTINEL_DEBUG=1` adds the traceback of an unexpected one. `NO_COLOR` turns colours off.

Words are completed with the Tab key once `eval "$(_SENTINEL_COMPLETE=bash_source sentinel)"` stands in `~/.bashrc`;
`zsh_source` is for `~/.zshrc`, and fish reads `_SENTINEL_COMPLETE=fish_source sentinel | source`.
"""
    return "\n".join([NOTE, head, *_command(app, "sentinel")])


def _command(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command)
    if not isinstance(command, click.Group):
        yield from _page(command, path, context)
        return
    for name in command.list_commands(context):
        if item := command.get_command(context, name):
            yield from _command(item, f"{path} {name}")


def _page(command: click.Command, path: str, context: click.Context) -> Iterator[str]:
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    options = [item for item in command.params if item.param_type_name == "option"]
    shown = [item.make_metavar(context) for item in arguments]
    usage = " ".join([path, *shown, "[OPTIONS]"])
    yield f"## `{path}`\n\n{inspect.cleandoc(command.help or '')}\n\n```text\n{usage}\n```\n"
    yield "| argument or option | meaning |\n|---|---|"
    for item in arguments:
        yield f"| `{item.human_readable_name}` | {item.help} |"
    for item in options:
        yield _option(item, context)
    lines = [line.strip() for line in (command.epilog or "").splitlines()]
    if commands := [line for line in lines if "sentinel " in line]:
        yield "\n```text\n" + "\n".join(commands) + "\n```"
    yield ""


def _option(item: Any, context: click.Context) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(item.opts, key=len))
    value = "" if item.is_flag else f" {_value(item, context)}"
    required = " Required." if item.required else ""
    default = item.to_info_dict()["default"]
    shown = "" if default is None or item.is_flag or item.multiple else f" Default: `{default}`."
    return f"| {names}{value} | {item.help}{required}{shown} |"


def _value(item: Any, context: click.Context) -> str:
    if isinstance(item.type, click.Choice):
        return r" \| ".join(f"`{choice}`" for choice in item.type.choices)
    return str(item.make_metavar(context))


def python() -> str:
    """Every public name with its signature and its docstring."""
    head = """\
# Python

Everything here is imported from `sentineldq`; nothing else is public. The package is typed. The guide
[Getting started](../guides/getting-started.md) shows the verbs at work. `sentineldq.__version__` is the version.
"""
    tree = inspect.cleandoc(errors.__doc__ or "").split("\n\n")[1]
    names = [name for name in sentineldq.__all__ if not name.startswith("__")]
    public = (_public(name, getattr(sentineldq, name)) for name in names)
    return "\n".join([NOTE, head, *public, f"## Errors\n\n```text\n{tree}\n```\n"])


def _public(name: str, item: Any) -> str:
    if not inspect.isclass(item):
        body = f"{_signature(name, item)}\n{textwrap.indent(_docstring(item), '    ')}"
    else:
        bases = ", ".join(base.__name__ for base in item.__bases__ if base.__module__ != "msgspec")
        head = f"class {name}({bases}):" if bases and bases != "object" else f"class {name}:"
        inside = "\n".join([_docstring(item), *_fields(item), *_methods(item)])
        body = f"{head}\n{textwrap.indent(inside, '    ')}"
    return f"## `{name}`\n\n```pyi\n{body}\n```\n"


def _docstring(item: Any) -> str:
    text = inspect.getdoc(item) or ""
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def _signature(name: str, function: Any) -> str:
    """A definition on one line where it fits, else one parameter per line."""
    found = inspect.signature(function)
    result = "" if found.return_annotation is inspect.Signature.empty else f" -> {found.return_annotation}"
    parts, keyword = [], False
    for item in found.parameters.values():
        if item.kind is item.KEYWORD_ONLY and not keyword:
            parts.append("*")
            keyword = True
        parts.append(_parameter(item))
    line = f"def {name}({', '.join(parts)}){result}:"
    if len(line) <= 90:
        return line
    return "\n".join([f"def {name}(", *(f"    {part}," for part in parts), f"){result}:"])


def _parameter(item: inspect.Parameter) -> str:
    kind = "" if item.annotation is item.empty else f": {item.annotation}"
    if item.default is item.empty:
        return f"{item.name}{kind}"
    default = getattr(item.default, "__name__", None) or _literal(item.default)
    return f"{item.name}{kind} = {default}"


def _literal(value: Any) -> str:
    """A value as code, text in double quotes as the formatter wants it."""
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _fields(item: type) -> Iterator[str]:
    if not issubclass(item, msgspec.Struct):
        return
    yield ""
    for field in msgspec.structs.fields(item):
        kind = _annotation(item, field.name).replace("'", '"')
        if field.default is not msgspec.NODEFAULT:
            yield f"{field.name}: {kind} = {_literal(field.default)}"
        elif field.default_factory is not msgspec.NODEFAULT:
            yield f"{field.name}: {kind} = {_literal(field.default_factory())}"
        else:
            yield f"{field.name}: {kind}"


def _annotation(item: type, name: str) -> str:
    known = (inspect.get_annotations(base) for base in item.__mro__)
    return str(next(found[name] for found in known if name in found))


def _methods(item: type) -> Iterator[str]:
    for name, member in vars(item).items():
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        mark = {property: "@property\n", classmethod: "@classmethod\n"}.get(type(member), "")
        yield f"\n{mark}{_signature(name, function)}\n{textwrap.indent(_docstring(function), '    ')}"


def checks() -> str:
    """The catalogue."""
    head = """\
# Checks

The kinds of check there are. In a contract a check is a quality rule `type: custom, engine: sentineldq`; in Python it
is a `Check`. `sentinel checks KIND` shows one. The guide [Custom checks](../guides/custom-checks.md) adds your own.
"""
    ours = [item for item in catalogue().values() if item.function.__module__.startswith("sentineldq.")]
    return "\n".join([NOTE, head, render([describe(item) for item in ours], "markdown")])


_MEANING = re.compile(r"^\| `([^`]+)` \|.*\| ([^|]+) \|$", re.MULTILINE)
_WORDS = {
    str: "text",
    bool: "`true` or `false`",
    int: "whole number",
    dict: "object",
    float: "number",
    list: "list",
    Literal: "text",
}


def project() -> str:
    """The page as it is, with its table of keys anew: what a key means is written there, the rest follows from code."""
    head, rest = (FOLDER / "project.md").read_text(encoding="utf-8").split("<!-- keys -->\n")
    known, tail = rest.split("<!-- end of keys -->\n")
    meanings = dict(_MEANING.findall(known))
    rows = [
        f"| `{key}` | {kind} | {default} | {meanings[key]} |" for key, kind, default in _keys(Settings, "")
    ]
    table = "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *rows])
    return f"{head}<!-- keys -->\n{table}\n<!-- end of keys -->\n{tail}"


def _keys(kind: type[msgspec.Struct], prefix: str) -> Iterator[tuple[str, str, str]]:
    """Key, type and default of each field, those of sections within it in its place."""
    for field in msgspec.structs.fields(kind):
        key, inner = f"{prefix}{field.encode_name}", field.type
        values = get_args(inner)[1] if get_origin(inner) is dict else None
        if isinstance(values, type) and issubclass(values, Section):
            yield from _keys(values, f"{key}.NAME.")
        elif isinstance(part := _alone(inner), type) and issubclass(part, msgspec.Struct):
            yield from _keys(part, f"{key}.")
        else:
            yield key, _word(inner), _default(field)


def _word(kind: Any) -> str:
    plain = _alone(kind)
    if get_origin(plain) is Annotated:
        inner, bounds = get_args(plain)
        return f"{_word(inner)}, {span(bounds)}"
    return _WORDS[get_origin(plain) or plain]


def _alone(kind: Any) -> Any:
    """A type without its None."""
    return next((one for one in get_args(kind) if one is not NoneType), kind) if _optional(kind) else kind


def _optional(kind: Any) -> bool:
    return get_origin(kind) is not dict and NoneType in get_args(kind)


def _default(field: Any) -> str:
    if field.required:
        return "required"
    if field.default in {None, msgspec.NODEFAULT}:
        return ""
    shown = _literal(field.default).strip(chr(34))
    return f"`{shown.lower() if isinstance(field.default, bool) else shown}`"


def main() -> None:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
