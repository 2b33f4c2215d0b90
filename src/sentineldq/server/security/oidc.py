"""Logging in by an identity provider: OpenID Connect's code flow, with state, nonce and PKCE.

Sources: OpenID Connect Core 1.0 (section 3.1), RFC 7636 (PKCE), RFC 9207 (the issuer in the answer), RFC 9700 (what is
known to go wrong).
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from sentineldq.errors import first_line
from sentineldq.pipeline.settings import Oidc
from sentineldq.server.problems import RequestError
from sentineldq.server.security import secrets
from sentineldq.server.security.principal import RANK, is_local
from sentineldq.store import logins
from sentineldq.store.database import Store
from sentineldq.telemetry.logs import logger

ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
]
"""With keys that the provider alone has: `none` and those with a shared secret are not among them."""

TERM = timedelta(minutes=10)
"""How long somebody has to log in at the provider."""

LEEWAY = 60
"""Seconds by which clocks may differ."""

AGAIN = 60.0
"""Seconds before keys are asked for again because a token names one that is not known."""

FRESH = 3600.0
"""Seconds for which the provider's metadata and keys are taken as they were."""

log = logger(__name__)


class Metadata(msgspec.Struct, frozen=True):
    """What a provider says of itself at `/.well-known/openid-configuration`, as far as it is asked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = []
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A login that was begun: what its answer has to fit.

    All of it is made of the secret that the browser has: the store, which any server may ask, keeps a digest alone.
    """

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, secret: str) -> Pending:
        return cls(**{name: secrets.derive(secret, name) for name in ("state", "nonce", "verifier")})


class Provider:
    """An identity provider, and the logins that are under way at it."""

    def __init__(self, settings: Oidc, store: Store) -> None:
        self.settings, self.store = settings, store
        self._client = httpx.Client(timeout=10, trust_env=False)
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def begin(self, *, back: str) -> tuple[str, str]:
        """Where to send somebody to log in, and the secret that their browser has to bring back with the answer."""
        metadata = self.metadata()
        secret, now = secrets.new(), datetime.now(UTC)
        pending = Pending.of(secret)
        logins.begin(self.store, secrets.digest(secret), now=now, until=now + TERM)
        address = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=self.settings.client_id,
            response_type="code",
            redirect_uri=back,
            scope=self.settings.scope,
            state=pending.state,
            nonce=pending.nonce,
            code_challenge=create_s256_code_challenge(pending.verifier),
            code_challenge_method="S256",
        )
        return str(address), secret

    def finish(self, answer: Mapping[str, str], *, secret: str | None, back: str) -> dict[str, Any]:
        """The claims about who has logged in, all of them checked. Raises RequestError."""
        now = datetime.now(UTC)
        if not secret or not logins.finish(self.store, secrets.digest(secret), now=now):
            raise _refused("this login was not begun here, or too long ago")
        pending = Pending.of(secret)
        if not hmac.compare_digest(answer.get("state", "").encode(), pending.state.encode()):
            raise _refused("the answer is of another login")
        metadata = self.metadata()
        said = answer.get("iss")
        if (said is not None or metadata.authorization_response_iss_parameter_supported) and (
            said != metadata.issuer
        ):
            raise _refused("the answer is of another provider")
        if "code" not in answer:
            log.warning("a login was refused by the provider", error=answer.get("error", "")[:100])
            raise _refused("the provider let nobody in")
        return self._claims(self._exchange(metadata, answer["code"], pending, back), pending, metadata)

    def metadata(self) -> Metadata:
        """What the provider says of itself. Raises RequestError where it does not answer, or answers for another."""
        if self._metadata is not None and time.monotonic() - self._metadata[0] < FRESH:
            return self._metadata[1]
        issuer = self.settings.issuer
        found: Metadata = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", Metadata)
        if found.issuer != issuer:
            raise _away(f"it says that it is {found.issuer}")
        for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            _refuse_plain(address, issuer)
        self._metadata = (time.monotonic(), found)
        return found

    def _get(self, address: str, kind: Any) -> Any:
        _refuse_plain(address, self.settings.issuer)
        try:
            answer = self._client.get(address, headers={"Accept": "application/json"}).raise_for_status()
            return msgspec.json.decode(answer.content, type=kind)
        except (httpx.HTTPError, msgspec.DecodeError) as fault:
            raise _away(first_line(fault)) from fault

    def _exchange(self, metadata: Metadata, code: str, pending: Pending, back: str) -> str:
        """The ID token for a code."""
        data = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": pending.verifier,
        }
        who, secret = self.settings.client_id, self.settings.client_secret
        basic = "client_secret_basic" in (
            metadata.token_endpoint_auth_methods_supported or ["client_secret_basic"]
        )
        auth = httpx.BasicAuth(who, secret) if secret and basic else httpx.USE_CLIENT_DEFAULT
        if not (secret and basic):
            data |= {"client_id": who, **({"client_secret": secret} if secret else {})}
        try:
            answer = self._client.post(metadata.token_endpoint, data=data, auth=auth)
            found = msgspec.json.decode(answer.raise_for_status().content, type=dict[str, Any])
        except httpx.HTTPStatusError as fault:
            if fault.response.status_code < 500:
                raise _refused("the provider does not take the code") from fault
            raise _away(first_line(fault)) from fault
        except (httpx.HTTPError, msgspec.DecodeError) as fault:
            raise _away(first_line(fault)) from fault
        token = found.get("id_token")
        if not isinstance(token, str):
            raise _refused("the provider gave no ID token")
        return token

    def _claims(self, token: str, pending: Pending, metadata: Metadata) -> dict[str, Any]:
        options = {
            "iss": {"essential": True, "value": metadata.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
            "nonce": {"essential": True, "value": pending.nonce},
        }
        try:
            decoded = self._decoded(token, metadata)
            params = {"nonce": pending.nonce, "client_id": self.settings.client_id}
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError) as fault:
            log.warning("an ID token does not hold", error=first_line(fault))
            raise _refused("the provider's ID token does not hold") from fault
        return dict(claims)

    def _decoded(self, token: str, metadata: Metadata) -> jwt.Token:
        """A token whose signature is the provider's; keys are asked for again where it names one not known."""
        try:
            return jwt.decode(token, self._keyset(metadata, older=FRESH), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            before = self._keys
            keys = self._keyset(metadata, older=AGAIN)
            if before is not None and keys is before[1]:
                raise
            return jwt.decode(token, keys, algorithms=ALGORITHMS)

    def _keyset(self, metadata: Metadata, *, older: float) -> KeySet:
        if self._keys is None or time.monotonic() - self._keys[0] > older:
            found = self._get(metadata.jwks_uri, dict[str, Any])
            self._keys = (time.monotonic(), KeySet.import_key_set(found))
        return self._keys[1]


def role_of(claims: Mapping[str, Any], settings: Oidc) -> str | None:
    """The highest role that one of somebody's groups has; None: they have none here."""
    said: Any = claims
    for part in settings.claim.split("."):
        said = said.get(part) if isinstance(said, Mapping) else None
    groups = said if isinstance(said, list) else [said]
    found = [settings.roles[one] for one in groups if isinstance(one, str) and one in settings.roles]
    return max(found, key=RANK.__getitem__) if found else settings.default


def _refuse_plain(address: str, issuer: str) -> None:
    """Refuse an address without TLS, unless the provider is on this machine. Raises RequestError."""
    parts, own = urlsplit(address), urlsplit(issuer)
    local = (
        own.scheme == parts.scheme == "http"
        and is_local(own.hostname or "")
        and is_local(parts.hostname or "")
    )
    if parts.scheme != "https" and not local:
        raise _away("its address is not https")


def _refused(why: str) -> RequestError:
    return RequestError(401, why, hint="begin again: /api/v1/session/provider")


def _away(why: str) -> RequestError:
    log.warning("the identity provider cannot be used", error=why)
    return RequestError(
        503, "the identity provider does not answer as it should", headers={"Retry-After": "30"}
    )
