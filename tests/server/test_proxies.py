"""Where a request comes from: what the connection says, and a header's word where a proxy of ours says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from sentineldq.errors import UsageError
from sentineldq.pipeline.project import Project, load_project
from sentineldq.server.serve import refuse
from sentineldq.server.state import State
from sentineldq.store import audit
from tests.server.serving import PASSWORD, Served, serving

LOGIN = "/api/v1/session"
Serve = Callable[..., Served]


def behind(project: Project, proxies: list[str]) -> Project:
    """The project, with its proxies named."""
    with (project.root / "sentinel.yaml").open("a") as text:
        text.write(f"\nserver: {{proxies: {proxies}}}\n")
    return load_project(project.root, simulated=True)


@pytest.fixture
def serve(empty: Project) -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda *proxies: stack.enter_context(serving(behind(empty, list(proxies))))


def refused(served: Served, forwarded: Callable[[int], str], *, tries: int) -> bool:
    """Whether one is told to wait: each try is of another name, and only the address is the same, if it is."""
    client = served.client()
    for at in range(tries):
        headers = {"X-Forwarded-For": forwarded(at)}
        answer = client.post(LOGIN, json={"name": f"n{at}", "password": "wrong"}, headers=headers)
        if answer.status_code == 429:
            return True
    return False


def addresses(served: Served) -> set[str | None]:
    return {one.address for one in audit.query(served.here.store)}


@pytest.mark.parametrize("proxies", [[], ["10.0.0.0/8"]], ids=str)
def test_nobody_says_by_themselves_where_they_come_from(serve: Serve, proxies: list[str]) -> None:
    served = serve(*proxies)
    assert refused(served, lambda at: f"9.9.9.{at}", tries=60)
    assert addresses(served) == {"127.0.0.1"}


def test_a_proxy_of_ours_says_it(serve: Serve) -> None:
    served = serve("127.0.0.0/8")
    assert not refused(served, lambda at: f"9.9.9.{at}", tries=15)
    assert {f"9.9.9.{at}" for at in range(14)} <= addresses(served)


@pytest.mark.parametrize("forged", ["6.6.6.{}, 9.9.9.9", "{}, 9.9.9.9, 127.0.0.1", "x\tOR {},9.9.9.9"])
def test_what_came_to_the_proxy_is_not_believed(serve: Serve, forged: str) -> None:
    """It adds the address that it sees itself: only what stands there counts, not what the client wrote before."""
    served = serve("127.0.0.1")
    assert refused(served, forged.format, tries=60)
    assert addresses(served) == {"9.9.9.9"}


@pytest.mark.parametrize(("proxies", "secure"), [([], False), (["127.0.0.1"], True)], ids=str)
def test_tls_is_said_by_a_proxy_of_ours(serve: Serve, proxies: list[str], *, secure: bool) -> None:
    def log_in(proto: str) -> httpx.Response:
        body = {"name": "viewer", "password": PASSWORD}
        return served.client().post(LOGIN, json=body, headers={"X-Forwarded-Proto": proto})

    served = serve(*proxies)
    assert ("Secure" in log_in("https").headers["set-cookie"]) == secure
    assert "Secure" not in log_in("javascript").headers["set-cookie"]


@pytest.mark.parametrize("word", ["*", "10.0.0.0/33", "proxy.example", ""])
def test_a_proxy_is_an_address(empty: Project, word: str) -> None:
    project = behind(empty, [word])
    with project.open_store() as store:
        here = State(project=project, store=store)
        with pytest.raises(UsageError, match=r"server\.proxies"):
            refuse(here, "127.0.0.1")
