"""A check's report as a file to download."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from starlette.responses import FileResponse, Response

from sentineldq.checks.model import Result
from sentineldq.reports import html
from sentineldq.server.problems import RequestError
from sentineldq.server.uploads import history
from sentineldq.store.uploads import Upload

Form = Literal["html", "json", "csv"]
TYPES: dict[Form, str] = {"html": "text/html", "json": "application/json", "csv": "text/csv"}


def download(found: Upload, failing: Path, form: Form) -> Response:
    """The report of a check that is done. Raises RequestError for failing rows that are no longer there."""
    name = f"check-{found.check_id}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    report = found.report or {}
    if form == "csv":
        if not failing.is_file():
            raise RequestError(410, "the failing rows are no longer kept", hint="upload the file again")
        return FileResponse(failing, media_type=TYPES[form], headers=headers)
    if form == "json":
        body = msgspec.json.format(msgspec.json.encode(history.shown(report, values=True)), indent=2)
        return Response(body, media_type=TYPES[form], headers=headers)
    result = msgspec.convert(report["result"], Result)
    return Response(html.render(result, made_at=found.ended_at), media_type=TYPES[form], headers=headers)
