"""Credentials of HTTP sources: read from the environment, put into requests, shown nowhere."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Generator
from urllib.parse import quote

import httpx
import msgspec

from sentineldq.errors import UsageError

SECRET = re.compile(
    r"auth|token|secret|passw|signature|credential|cookie|session|appid|apikey|(^|[-_])(key|sig)$",
    re.IGNORECASE,
)
"""Names of headers and query parameters whose values are not shown, and not taken from a file."""


class Auth(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """How a request proves who asks; every secret by the name of its environment variable.

    `bearer_env` alone; or `user_env` and perhaps `password_env`; or `env` with `header` or `query` and a `prefix`.
    """

    bearer_env: str | None = None
    user_env: str | None = None
    password_env: str | None = None
    header: str | None = None
    query: str | None = None
    prefix: str = ""
    env: str | None = None


class Credentials(httpx.Auth):
    """A header or a query parameter added to each request just before it is sent."""

    def __init__(
        self, *, header: str = "", query: str = "", value: str = "", secrets: tuple[str, ...] = ()
    ) -> None:
        self.query = query
        self._header = header
        self._value = value
        self._secrets = tuple(filter(None, {value, *secrets, *map(quote, secrets)}))

    def __repr__(self) -> str:
        return "Credentials(***)"

    def __bool__(self) -> bool:
        return bool(self._value)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._header:
            request.headers[self._header] = self._value
        elif self.query:
            request.url = request.url.copy_set_param(self.query, self._value)
        yield request

    def hide(self, text: str) -> str:
        """The text without the secrets, should a server repeat them."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def strip(self, url: httpx.URL) -> httpx.URL:
        """The URL without the parameter that is added to each request anyway."""
        return url.copy_remove_param(self.query) if self.query in url.params else url

    def shown(self, url: httpx.URL) -> str:
        """The URL as it may be shown: no user, no value of a parameter that may be secret."""
        params = "&".join(
            f"{quote(name)}={'***' if SECRET.search(name) else quote(value, safe=':,*')}"
            for name, value in self.strip(url).params.multi_items()
        )
        plain = url.copy_with(username=None, password=None, query=None, fragment=None)
        return self.hide(f"{plain}?{params}" if params else str(plain))


def credentials(auth: Auth | None, *, url: httpx.URL, name: str) -> Credentials:
    """The credentials that `auth` describes, for requests to `url`. Raises UsageError."""
    if url.userinfo:
        raise UsageError(f"source of {name}: the URL holds a user or password", hint="use `auth`")
    if auth is None:
        return Credentials()
    if url.scheme != "https" and url.host not in ("127.0.0.1", "::1", "localhost"):
        raise UsageError(
            f"source of {name}: credentials are not sent unencrypted to {url.host}", hint="use https://"
        )
    match auth:
        case Auth(bearer_env=str(variable), user_env=None, env=None):
            secret = _secret(variable, name)
            return Credentials(header="Authorization", value=f"Bearer {secret}", secrets=(secret,))
        case Auth(user_env=str(variable), bearer_env=None, env=None):
            user = _secret(variable, name)
            password = _secret(auth.password_env, name) if auth.password_env else ""
            encoded = b64encode(f"{user}:{password}".encode()).decode()
            return Credentials(
                header="Authorization", value=f"Basic {encoded}", secrets=(user, password, encoded)
            )
        case Auth(env=str(variable), header=str(header), query=None, bearer_env=None, user_env=None):
            secret = _secret(variable, name)
            return Credentials(header=header, value=f"{auth.prefix}{secret}", secrets=(secret,))
        case Auth(env=str(variable), query=str(query), header=None, bearer_env=None, user_env=None):
            secret = _secret(variable, name)
            return Credentials(query=query, value=f"{auth.prefix}{secret}", secrets=(secret,))
    raise UsageError(
        f"source of {name}: `auth` is not one of the known ways",
        hint="bearer_env: NAME, or user_env and password_env, or env: NAME with header: or query:",
    )


def _secret(variable: str, name: str) -> str:
    # What a header cannot carry is refused here: the HTTP library's own error would repeat it.
    value = os.environ.get(variable, "").strip()
    if not value:
        raise UsageError(f"source of {name}: the environment variable {variable} is not set")
    if not (value.isascii() and value.isprintable()):
        raise UsageError(f"source of {name}: {variable} holds characters that a header cannot carry")
    return value
