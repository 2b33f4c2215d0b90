"""Whether what the server stands on answers: its store and its lake."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import text

from sentineldq.errors import SentinelError
from sentineldq.server.state import State

Answering = Literal["ok", "does not answer"]


def store_of(here: State) -> Answering:
    try:
        with here.store.read() as connection:
            connection.execute(text("SELECT 1"))
    except SentinelError:
        return "does not answer"
    return "ok"


def lake_of(here: State) -> Answering:
    try:
        here.lake.names()
    except SentinelError:
        return "does not answer"
    return "ok"
