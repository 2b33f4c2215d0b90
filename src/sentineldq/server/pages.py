"""The dashboard's files: made by Vite, shipped with the package, answered at every address that is not the API's."""

from __future__ import annotations

import gzip
import mimetypes
import re
import secrets
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.convertors import Convertor, register_url_convertor

from sentineldq.server.problems import NotFoundError
from sentineldq.server.security.headers import POLICY
from sentineldq.server.security.principal import Anyone

STATIC = Path(__file__).parent / "static"
INDEX = "index.html"
NONCE = "NONCE"
"""What stands in index.html and in the content policy for a text that is new with every page."""

_FILE = re.compile(r"(assets/)?[\w-][\w.-]*\.(js|css|svg|png|ico|txt|json|map|webmanifest)", re.ASCII)
_SMALL = 1024
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>SentinelDQ</title></head><body>
<h1>The dashboard is not built</h1>
<p>The API is here, at <code>/api/v1</code>. The dashboard's pages are made from the folder <code>web</code> of the
source: <code>npm --prefix web ci</code>, then <code>npm --prefix web run build</code>. A release has them built.</p>
</body></html>
"""

router = APIRouter(include_in_schema=False, dependencies=[Anyone])


class _Ours(Convertor[str]):
    """Any path but the API's, where what is not there is an error and no page."""

    regex = "(?!api(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("page", _Ours())


@router.api_route("/{path:page}", methods=["GET", "HEAD"])
def page(path: str, request: Request) -> Response:
    """A file of the dashboard, or the dashboard itself, whose own addresses are any others. The last of all routes."""
    if path.startswith("assets/") or (_FILE.fullmatch(path) and "/" not in path):
        return file(path, gzipped="gzip" in request.headers.get("Accept-Encoding", ""))
    return index()


def index() -> Response:
    """The page that all addresses of the dashboard begin with, never kept, with a nonce of its own."""
    try:
        text = (STATIC / INDEX).read_text()
    except FileNotFoundError:
        return Response(_NOT_BUILT, status_code=404, media_type="text/html")
    nonce = secrets.token_urlsafe(16)
    headers = {"Content-Security-Policy": POLICY.replace(NONCE, nonce), "Cache-Control": "no-cache"}
    return Response(text.replace(NONCE, nonce), media_type="text/html", headers=headers)


def file(path: str, *, gzipped: bool) -> Response:
    """A file by its name. Those whose name changes with their content are kept for good. Raises NotFoundError."""
    found = STATIC / path
    if not _FILE.fullmatch(path) or not found.is_file():
        raise NotFoundError(f"/{path}")
    hashed = path.startswith("assets/")
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache"}
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    content = found.read_bytes()
    if gzipped and hashed and len(content) > _SMALL:
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        content = _packed(path)
    return Response(content, media_type=kind, headers=headers)


@lru_cache(maxsize=256)
def _packed(path: str) -> bytes:
    """A hashed file, packed once: its name would be another if its content were."""
    return gzip.compress((STATIC / path).read_bytes(), 9, mtime=0)
