"""Logging in and out."""

from __future__ import annotations

import pytest

from tests.server.serving import ROLES, Served


@pytest.mark.parametrize("role", ROLES)
def test_a_key_has_its_role(served: Served, role: str) -> None:
    found = served.client(role).get("/api/v1/session")
    assert found.status_code == 200
    assert found.json()["role"] == role


def test_the_project_has_run(open_served: Served) -> None:
    client = open_served.client()
    assert client.get("/readyz").json() == {"ready": True, "store": "ok", "lake": "ok"}
    assert client.get("/api/v1/session").json()["role"] == "admin"
