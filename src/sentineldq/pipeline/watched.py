"""Whether what is watched, and who is told, makes sense: notes for a project's diagnosis."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from sentineldq.contracts.duration import parse_duration
from sentineldq.pipeline.monitor.metric import tables_read
from sentineldq.pipeline.note import Note, plural
from sentineldq.pipeline.project import Project


def examine_monitors(project: Project) -> Iterator[Note]:
    """The monitors' durations, and each metric's query. Raises UsageError for what cannot be."""
    monitors = project.settings.monitors
    if not monitors.enabled:
        yield Note(level="warning", about="monitors", what="they are switched off")
        return
    for text in (monitors.settle, monitors.history):
        parse_duration(text)
    for name, metric in monitors.metrics.items():
        tables_read(name, metric.sql)
    if monitors.metrics:
        yield Note(
            level="ok", about="monitors", what=f"{plural(len(monitors.metrics), 'metric')} of one's own"
        )


def examine_channels(project: Project) -> Iterator[Note]:
    """Whether there is somebody to tell, and what telling them needs."""
    channels = project.settings.alerts.channels
    if not channels:
        return
    empty = [name for name, one in channels.items() if not (one.url or one.webhook)]
    for name in empty:
        yield Note(
            level="problem",
            about=f"channel {name}",
            what="its address is empty",
            hint="is the variable set that it names?",
        )
    if any(one.url for one in channels.values()) and find_spec("apprise") is None:
        yield Note(
            level="problem",
            about="alerts",
            what="apprise is missing, which sends them",
            hint="pip install 'sentineldq[server]'",
        )
        return
    if not empty:
        told = f"{plural(len(channels), 'channel')}: {', '.join(channels)}"
        yield Note(level="ok", about="alerts", what=told, hint="`sentinel alerts test` sends a test message")
