"""Asking over HTTP: bounded in time, size and redirects; patient with busy servers; silent about secrets."""

from __future__ import annotations

import logging
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx
import tenacity

from sentineldq.errors import SourceError
from sentineldq.sources.answer import Response, number_of, throttle, words
from sentineldq.sources.auth import Credentials
from sentineldq.sources.line import Line
from sentineldq.version import __version__

logger = logging.getLogger(__name__)

HINTS = {
    400: "the parameters of the source do not suit this API",
    401: "the credentials are missing or wrong: see `auth` and its environment variables",
    403: "these credentials may not read this",
    404: "the path is wrong, or these credentials may not see it",
    410: "this API is gone",
    422: "the parameters of the source do not suit this API",
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one request (seconds, bytes, counts); `patience` is the most that is waited in all for a server."""

    connect: float = 5.0
    read: float = 30.0
    deadline: float = 60.0
    max_bytes: int = 32 * 2**20
    redirects: int = 5
    attempts: int = 6
    patience: float = 120.0


class ThrottledError(SourceError):
    """The server asks to wait longer than a request waits: `wait` seconds."""

    def __init__(self, source: str, reason: str, *, wait: float) -> None:
        self.wait = wait
        super().__init__(source, reason, hint=f"it may be asked again in {wait:.0f} s")


class StatusError(SourceError):
    """The server refuses this request, with `status`; asking again would not help."""

    def __init__(self, source: str, reason: str, *, status: int) -> None:
        self.status = status
        super().__init__(source, reason, hint=HINTS.get(status))


class _RetryError(Exception):
    """This attempt failed in a way that may pass; `wait` is what the server asks for, None if it is no throttle."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        self.reason = reason
        self.wait = wait
        super().__init__(reason)


class Http:
    """Asks one host, over one connection at a time; a context manager that closes it.

    Redirects are followed on the same host only, so credentials never leave it. Attempts that fail in passing
    (connection, truncated body, 5xx, 408, 425, 429, 403 for a rate limit) are repeated with jittered exponential
    backoff, and no sooner than the server asks. `sleep` and `clock` (monotonic seconds) are for tests.
    """

    def __init__(
        self,
        *,
        name: str,
        credentials: Credentials | None = None,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.credentials = credentials or Credentials()
        self._limits = limits or Limits()
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",  # the one that is unpacked here, with a bound
            "User-Agent": f"sentineldq/{__version__}",
            **(headers or {}),
        }
        self._sleep = sleep
        self._clock = clock
        self._until = float("-inf")
        self._line = Line()

    def __enter__(self) -> Self:
        self._client = httpx.Client(
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect),
            limits=httpx.Limits(max_connections=1),
            headers=self._headers,
            verify=_tls(),
            trust_env=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, url: httpx.URL, *, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to a GET. Raises SourceError, as ThrottledError when the server wants a long wait."""
        shown = self.credentials.shown(url)
        if (wait := self._until - self._clock()) > 0:
            raise ThrottledError(self.name, f"GET {shown}: the server asked to wait", wait=wait)
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_RetryError),
            wait=self._wait,
            stop=self._stop,
            sleep=self._sleep,
            before_sleep=self._tell,
            reraise=True,
        )
        try:
            return retrying(self._try, url, headers or {})
        except _RetryError as last:
            if last.wait is None:
                raise self._error(shown, f"{last.reason} (still, after several attempts)") from None
            wait = max(last.wait, 1.0)
            self._until = self._clock() + wait
            raise ThrottledError(self.name, f"GET {shown}: {last.reason}", wait=wait) from None

    def _wait(self, state: tenacity.RetryCallState) -> float:
        backoff = tenacity.wait_exponential_jitter(multiplier=0.5, max=30.0, jitter=1.0)(state)
        return backoff + (_fault(state).wait or 0.0)

    def _stop(self, state: tenacity.RetryCallState) -> bool:
        spent = state.idle_for + state.upcoming_sleep
        return state.attempt_number >= self._limits.attempts or spent > self._limits.patience

    def _tell(self, state: tenacity.RetryCallState) -> None:
        facts = {
            "source": self.name,
            "attempt": state.attempt_number,
            "seconds": round(state.upcoming_sleep, 1),
        }
        logger.warning("%s: %s; asking again", self.name, _fault(state).reason, extra=facts)

    def _try(self, url: httpx.URL, headers: Mapping[str, str]) -> Response:
        with self._line.within(self._limits.deadline):
            for _ in range(self._limits.redirects + 1):
                response = self._exchange(url, headers)
                if not 301 <= response.status <= 308 or response.status == 304:
                    return self._judged(response)
                url = self._followed(url, response)
        raise self._error(self.credentials.shown(url), f"redirects more than {self._limits.redirects} times")

    def _exchange(self, url: httpx.URL, headers: Mapping[str, str]) -> Response:
        request = self._client.build_request(
            "GET", url, headers=dict(headers), extensions={"trace": self._line.trace}
        )
        shown = self.credentials.shown(url)
        try:
            answer = self._client.send(request, auth=self.credentials, stream=True)
            try:
                body = self._body(answer, shown)
            finally:
                answer.close()
        except httpx.TransportError as fault:
            if self._line.cut:
                raise _RetryError(f"no whole answer within {self._limits.deadline:g} s") from None
            if _untrusted(fault):
                raise self._error(
                    shown, str(fault), hint="the server's certificate is not to be trusted"
                ) from None
            reason = self.credentials.hide(str(fault)) or type(fault).__name__
            raise _RetryError(f"the connection failed: {reason}") from None
        if self._line.cut:  # a body that ends with its connection looks whole
            raise _RetryError(f"no whole answer within {self._limits.deadline:g} s")
        return Response(
            url=shown,
            status=answer.status_code,
            headers=answer.headers,
            body=body,
            next=answer.links.get("next", {}).get("url"),
        )

    def _body(self, answer: httpx.Response, shown: str) -> bytes:
        """The body unpacked; of an answer that is none the first 64 KB, for their words."""
        wanted = answer.status_code == 200
        most = self._limits.max_bytes if wanted else 64 * 1024
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip") and wanted:
            raise self._error(shown, f"the answer is encoded as {encoding[:40]!r}, which was not asked for")
        body = bytearray()
        if (number_of(answer.headers.get("content-length")) or 0) <= most or not wanted:
            packed = encoding.endswith("gzip")
            for chunk in _unpacked(answer.iter_raw(), most) if packed else answer.iter_raw():
                body += chunk
                if len(body) > most:
                    break
            else:
                return bytes(body)
        if not wanted:
            return bytes(body[:most])
        raise self._error(
            shown,
            f"the answer is larger than {most:,} bytes",
            hint="ask for smaller pages, or raise max_bytes",
        )

    def _followed(self, url: httpx.URL, response: Response) -> httpx.URL:
        location = response.headers.get("location", "")
        try:
            target = url.join(location)
        except httpx.InvalidURL:
            raise self._error(response.url, "redirects to what is no URL") from None
        safer = (url.scheme, target.scheme) == ("http", "https") and url.host == target.host
        if not location or not (safer or _origin(url) == _origin(target)):
            raise self._error(
                response.url,
                f"redirects to another host, {target.host}",
                hint="if that is right, put its address into the source's URL",
            )
        return target

    def _judged(self, response: Response) -> Response:
        if response.status == 304:
            return response
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status == 200:
            if kind and "json" not in kind and kind != "text/plain":
                raise self._error(
                    response.url, f"status 200, yet {kind} in place of JSON: {self._words(response)}"
                )
            return response
        reason = f"HTTP {response.status}: {self._words(response)}"
        wait = throttle(response)
        if wait is not None or response.status in (408, 425) or response.status >= 500:
            if wait is not None and wait > self._limits.patience:
                self._until = self._clock() + wait
                raise ThrottledError(self.name, f"GET {response.url}: {reason}", wait=wait)
            raise _RetryError(reason, wait=wait)
        raise StatusError(self.name, f"GET {response.url}: {reason}", status=response.status)

    def _words(self, response: Response) -> str:
        return self.credentials.hide(words(response.body))[:200]

    def _error(self, shown: str, reason: str, *, hint: str | None = None) -> SourceError:
        return SourceError(self.name, f"GET {shown}: {reason}", hint=hint)


def _unpacked(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Gzip unpacked, `most` + 1 bytes and not one more."""
    unpacker, left, fed = zlib.decompressobj(31), most + 1, False
    for packed in chunks:
        rest = packed
        while rest and left > 0:
            if unpacker.eof:  # a further member follows
                unpacker = zlib.decompressobj(31)
            try:
                plain = unpacker.decompress(rest, left)
            except zlib.error:
                raise _RetryError("the answer's gzip is damaged") from None
            left, fed, rest = left - len(plain), True, unpacker.unused_data
            yield plain
    if fed and not unpacker.eof and left > 0:
        raise _RetryError("the answer's gzip is truncated")


def _fault(state: tenacity.RetryCallState) -> _RetryError:
    fault = state.outcome.exception() if state.outcome else None
    return fault if isinstance(fault, _RetryError) else _RetryError("")


def _untrusted(fault: BaseException | None) -> bool:
    while fault is not None and not isinstance(fault, ssl.SSLCertVerificationError):
        fault = fault.__cause__ or fault.__context__
    return fault is not None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _Quiet(logging.Filter):
    """httpx logs each URL with its query: the query is cut off."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_without_query, record.args))
        return True


def _without_query(value: Any) -> Any:
    return value.copy_with(query=None) if isinstance(value, httpx.URL) else value


logging.getLogger("httpx").addFilter(_Quiet())
