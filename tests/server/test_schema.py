"""The API is as its description says, whatever it is asked: Schemathesis over the OpenAPI document, on real data."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from sentineldq.server.security.limits import Limit
from tests.server.conftest import copied, run_in
from tests.server.serving import PASSWORD, ROLES, Served, serving
from tests.server.test_quality import CLEAN, checked

pytestmark = pytest.mark.slow

DOCUMENT = json.loads((Path(__file__).parents[2] / "web" / "openapi.json").read_text())
"""The server's own; that it is, `python web/openapi.py --check` says, and a test below."""

RULES = {
    "cursor": "is opaque: only what a list gave goes on",
    "since": "comes before `until`, not before 1970, and no span is endless",
    "until": "as `since`",
    "window": "is a length of time or a span, in a small language of its own",
    "baseline": "as `window`",
    "current": "as `window`",
    "checks": "names checks that refused something",
    "hashes": "names records that are in quarantine",
    "file": "holds something, once",
    "contract": "names one that is known",
    "patch": "says where it goes in a path, in a small language of its own",
    "user": "names a user",
    "password": "is not among the first to be tried",
}
"""Parameters and fields that can be refused though they fit the schema, and why."""

STREAMS = "/api/v1/events"
"""It does not end; tests/server/test_events.py and test_listeners.py listen to it."""

api = schemathesis.openapi.from_dict(DOCUMENT)
LIMITED = settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of these tests alone: they write whatever comes."""
    with serving(run_in(copied(tmp_path_factory.mktemp("schema") / "github"))) as found:
        found.here.uploads = Limit(found.here.store, burst=1_000_000, per_minute=1_000_000)
        yield found


@pytest.fixture(scope="module")
def names(here: Served) -> dict[str, str]:
    """Of each kind of thing that paths name, one that there is; nobody's who asks."""
    admin = here.client("admin")

    def got(path: str, **body: Any) -> Any:
        answer = admin.post(path, json=body) if body else admin.get(path)
        assert answer.is_success, answer.text
        return answer.json()

    check = checked(admin, CLEAN, name="clean.csv", source="clean")
    job = got("/api/v1/jobs/")["items"][0]
    bad = got("/api/v1/quarantine/events/records")["items"][0]
    return {
        "alert_id": got("/api/v1/alerts/", title="one to change")["alert_id"],
        "user_id": got("/api/v1/users", name="ada", password=PASSWORD)["user_id"],
        "key_id": got("/api/v1/keys", name="nobody's")["key_id"],
        "check_id": check["check_id"],
        "source_id": check["source_id"],
        "job_id": job["job_id"],
        "run_id": got("/api/v1/runs")["items"][0]["run_id"],
        "series": got("/api/v1/monitors")["items"][0]["series"],
        "dataset": "events",
        "name": "events",
        "column": "type",
        "hash_": bad["hash"],
    }


def test_the_document_is_the_servers(here: Served) -> None:
    found = here.client("viewer").get("/api/v1/openapi.json").json()
    assert {**found, "info": {**found["info"], "version": "1"}} == DOCUMENT


@api.exclude(path=STREAMS).parametrize()
@LIMITED
def test_it_answers_as_described(case: schemathesis.Case, here: Served, names: dict[str, str]) -> None:
    """No fault of the server; statuses, types and content as documented; what does not fit is refused."""
    chance = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    if chance % 4 and not (case.meta and case.meta.is_negative_at(ParameterLocation.PATH)):
        case.path_parameters = {name: names.get(name, said) for name, said in case.path_parameters.items()}
    role = "admin" if chance % 3 else ROLES[chance // 12 % 4]
    case.call_and_validate(
        base_url=here.url,
        headers={"Authorization": f"Bearer {here.keys[role]}"},
        excluded_checks=list(inapplicable(case)),
    )


def inapplicable(case: schemathesis.Case) -> Iterator[Any]:
    """The checks that cannot be made of a request."""
    body = case.body if isinstance(case.body, dict) else {}
    if RULES.keys() & {*case.query, *body}:
        yield positive_data_acceptance
    if any(isinstance(value, list) for value in case.query.values()):
        yield negative_data_rejection  # of a parameter that is given twice the last one counts, as everywhere
