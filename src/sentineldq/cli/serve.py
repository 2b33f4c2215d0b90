"""`sentinel serve`: the API, the dashboard and the alerts of a project."""

from __future__ import annotations

from pathlib import Path

import click

from sentineldq.cli.style import examples


@click.command(
    epilog=examples(
        "sentinel serve",
        "sentinel serve --project projects/github --simulated --port 9000",
        "SENTINEL_AUTH=none sentinel serve",
    )
)
@click.option(
    "--host", metavar="ADDRESS", help="Where to listen; 127.0.0.1, unless the project says otherwise."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="8080, unless the project says otherwise; 0: any that is free.",
)
@click.option(
    "--project",
    "-p",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The project's folder.",
)
@click.option(
    "--simulated", is_flag=True, help="The tables and the store of simulated runs.", show_default=False
)
def serve(*, host: str | None, port: int | None, folder: Path, simulated: bool) -> None:
    """Serve the API and the dashboard, and send alerts.

    The first run shows a token to log in with. Until there are users, only this machine can be served; with
    SENTINEL_AUTH=none in the environment nobody has to log in, on this machine alone. Ctrl-C or SIGTERM ends it, once
    the requests in flight are answered.

    Exit code 0: it was told to stop. 2: no such project, or an address that is not to be had. 3: the store cannot be
    opened.
    """
    from sentineldq.errors import MissingExtraError
    from sentineldq.pipeline.project import load_project

    try:
        from sentineldq.server.serve import serve as run
    except ModuleNotFoundError as fault:
        if fault.name in {
            "fastapi",
            "uvicorn",
            "argon2",
            "starlette",
            "pydantic",
            "python_multipart",
            "authlib",
            "joserfc",
            "h11",
        }:
            raise MissingExtraError(fault.name, extra="server", purpose="to serve") from fault
        raise
    run(
        load_project(folder, simulated=simulated),
        host=host,
        port=port,
        told=lambda text: click.echo(text, err=True),
    )
