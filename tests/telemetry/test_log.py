"""Logs: one event is one line, for people or as JSON, from us and from libraries alike."""

from __future__ import annotations

import contextvars
import json
import logging
import os
import pty
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentineldq.errors import UsageError, WriteError
from sentineldq.telemetry import logs
from sentineldq.telemetry.render import Human, escape

log = logs.logger("sentineldq.test")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """The state of the standard library's logging, as it was."""
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    levels = root.level, ours.level
    yield
    for handler in [handler for handler in root.handlers if handler.name == logs.OURS]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    logging.captureWarnings(capture=False)


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_nothing_is_said_before_it_is_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    code = "from sentineldq.telemetry import logs; logs.logger('sentineldq.x').error('here', rows=1)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert capfd.readouterr() == ("", "")


def test_json_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    log.info("batch committed", rows=10, share=0.5, at=None, names=["a", "b"])
    (event,) = said(capsys)
    assert event.pop("time").endswith("Z")
    assert event == {
        "level": "info",
        "logger": "sentineldq.test",
        "event": "batch committed",
        "rows": 10,
        "share": 0.5,
        "at": None,
        "names": ["a", "b"],
    }


def test_human_lines_are_short(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(format="human")
    log.warning("batch refused", rows=10, share=1 / 3, reason="two words", names=["a", "b"])
    line = capsys.readouterr().err
    assert line[8:] == ' warning batch refused rows=10 share=0.333333 reason="two words" names=["a", "b"]\n'


def test_facts_are_bound_to_a_context(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    with logs.bound(run="r", pipeline="events"):
        with logs.bound(batch=3):
            log.info("inner")
            logging.getLogger("pyiceberg").warning("of a library")
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(log.info, "thread"))
        thread.start()
        thread.join()
    log.info("outer")
    facts = [{key: event.get(key) for key in ("run", "pipeline", "batch")} for event in said(capsys)]
    inner = {"run": "r", "pipeline": "events", "batch": 3}
    assert facts == [inner, inner, inner | {"batch": None}, dict.fromkeys(inner)]


def test_libraries_are_heard_from_warning_on(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    for name in ("httpx", "sqlalchemy.engine", "pyiceberg.table"):
        logging.getLogger(name).info("unheard %s", 1)
        logging.getLogger(name).warning("heard %s", 1)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("mind this", UserWarning, stacklevel=1)
    events = said(capsys)
    assert [event["logger"] for event in events] == [
        "httpx",
        "sqlalchemy.engine",
        "pyiceberg.table",
        "py.warnings",
    ]
    assert {event["event"] for event in events[:3]} == {"heard 1"}
    assert "mind this" in events[3]["event"]


def test_levels(capsys: pytest.CaptureFixture[str]) -> None:
    for level, heard in (("debug", "diwel"), ("info", "iwe"), ("warning", "we"), ("error", "e")):
        logs.configure(level=level)
        for name in ("debug", "info", "warning", "error"):
            getattr(log, name)(name[0])
        logging.getLogger("httpx").info("l")
        assert "".join(event["event"] for event in said(capsys)) == heard


def test_configured_again_it_speaks_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logs.configure()
    log.info("once")
    assert len(said(capsys)) == 1


def fail() -> None:
    raise ValueError("first\nsecond")


def test_exceptions_are_told_with_their_trace(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("json", "human"):
        logs.configure(format=kind)
        try:
            fail()
        except ValueError:
            log.exception("failed")
    structured, *human = capsys.readouterr().err.splitlines()
    assert json.loads(structured)["exception"].endswith("ValueError: first\nsecond")
    assert human[0][8:] == " error   failed"
    assert all(line.startswith("    ") for line in human[1:])


def test_a_file_holds_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "logs" / "run.log"
    logs.configure(format="human", file=file)
    log.info("batch committed", rows=1)
    (event,) = (json.loads(line) for line in file.read_text().splitlines())
    assert (event["event"], event["rows"]) == ("batch committed", 1)
    assert "batch committed rows=1" in capsys.readouterr().err


def test_a_file_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SIZE", 1_000)
    logs.configure(file=tmp_path / "run.log")
    for number in range(100):
        log.info("line", number=number)
    assert len(list(tmp_path.iterdir())) == logs.KEPT + 1
    assert all(file.stat().st_size <= 1_000 for file in tmp_path.iterdir())


def test_a_full_disk_is_said_once_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(format="json", file=Path("/dev/full"))
    log.info("one")
    log.info("two")
    err = capsys.readouterr().err
    assert err.count("cannot write log file /dev/full: ") == 1
    assert "Traceback" not in err
    assert '"two"' in err


def test_what_is_wrong_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="loud"):
        logs.configure(level="loud")
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match=r"run\.log"):
        logs.configure(file=tmp_path / "file" / "run.log")


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["terminal", "NO_COLOR", "dumb"],
)
def test_colour_is_for_terminals(environment: dict[str, str], coloured: bool) -> None:
    code = "from sentineldq.telemetry import logs; logs.configure(); logs.logger('sentineldq.x').error('here', rows=1)"
    above, below = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-c", code], stderr=below, env=plain | {"TERM": "xterm"} | environment
    ):
        pass
    os.close(below)
    line = os.read(above, 10_000).decode()
    os.close(above)
    assert "here" in line
    assert ("\x1b[31merror" in line) is coloured
    assert ("\x1b" in line) is coloured


@given(words=st.text(), key=st.text(min_size=1), value=st.recursive(st.text(), st.lists))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_in_a_line_makes_another(words: str, key: str, value: Any) -> None:
    event = {"time": "2026-11-20T12:00:00Z", "level": "info", "event": words, key: value}
    line = Human(colour=False)(None, "info", event)
    assert line.isprintable() or not set(line) & {chr(code) for code in (*range(32), *range(127, 160))}
    assert len(line.splitlines()) == 1


def test_escapes_tell_what_was_there() -> None:
    assert (
        escape("a\r\nb\x1b[31m\u2028\u202e\x9b\x7f\ud800ü")
        == "a\\r\\nb\\x1b[31m\\u2028\\u202e\\x9b\\x7f\\ud800ü"
    )


def test_a_forged_event_stays_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    forged = 'x\r\n{"level": "error", "event": "forged"}\n12:00:00 error forged level=error\x1b[2J'
    for kind in ("json", "human"):
        logs.configure(format=kind)
        log.info(forged, path=forged)
        logging.getLogger("httpx").warning("%s", forged)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert [json.loads(line)["event"] for line in lines[:2]] == [forged, forged]
    assert not any("\x1b" in line for line in lines)
    assert 'path="x' in lines[2]


def test_configuring_is_what_imports_structlog() -> None:
    code = "import sys, sentineldq.telemetry.logs; print('structlog' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
