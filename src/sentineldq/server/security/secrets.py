"""Secrets: made from the system's randomness, kept as digests, passwords as Argon2id."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from sentineldq.errors import UsageError

KEY = "sdq_"
"""How API keys begin, so that scanners of leaked secrets can know them."""

SHORTEST, LONGEST = 12, 256
"""Characters of a password (NIST SP 800-63B asks for at least 8, and no rules on what they are)."""

_COMMON = frozenset({"password", "sentineldq", "administrator", "123456789012", "qwertyuiop", "letmein"})


def new(prefix: str = "") -> str:
    """A secret of 256 bits."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256, in hex: enough for secrets that are random and long."""
    return hashlib.sha256(secret.encode()).hexdigest()


def derive(secret: str, name: str) -> str:
    """A secret of its own, made of another (HMAC-SHA256): whoever sees it learns nothing of that one."""
    made = hmac.new(secret.encode(), name.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def hash_password(password: str) -> str:
    """A password as it is kept: Argon2id (RFC 9106). Raises UsageError for one that is too weak."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"a password has from {SHORTEST} to {LONGEST} characters")
    if password.lower().strip("0123456789!?.") in _COMMON or len(set(password)) < 5:
        raise UsageError("that password is among the first to be tried", hint="four words will do")
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that is kept; it takes as long where there is none to compare with."""
    try:
        _hasher().verify(kept or _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))
