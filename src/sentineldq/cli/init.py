"""`sentinel init`: a new project, from one that is shipped or from nothing."""

from __future__ import annotations

from pathlib import Path

import click

from sentineldq.cli.style import examples


@click.command(
    epilog=examples(
        "sentinel init --list",
        "sentinel init shop --template commerce",
        "sentinel init --template empty",
    )
)
@click.argument(
    "folder",
    metavar="[FOLDER]",
    required=False,
    type=click.Path(path_type=Path),
    help="Where to make it; without one, a folder named like the template (`empty`: the current one).",
)
@click.option("--template", "-t", metavar="NAME", default="github", help="What to begin with; see --list.")
@click.option("--list", "listing", is_flag=True, help="List the templates, and make nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
def init(*, folder: Path | None, template: str, listing: bool, force: bool) -> None:
    """Make a project out of one that comes with SentinelDQ.

    Exit code 0: it is made. 2: a file is there already, or wrong usage; nothing was written. 3: a file cannot be
    written.
    """
    from sentineldq.pipeline.template import EMPTY, copy, templates

    if listing:
        known = templates()
        width = max(map(len, known))
        click.echo("\n".join(f"{name:<{width}}  {what}" for name, what in known.items()))
        return
    target = folder or Path("." if template == EMPTY else template)
    written = copy(template, target, force=force)
    click.echo(f"{target}: {len(written)} files of the template {template}")
    click.echo("\nnext:")
    enter = [] if target == Path() else [f"cd {target}"]
    steps = ["sentinel contract infer FILE --output contracts/NAME.odcs.yaml"] if template == EMPTY else []
    for step in [*enter, *steps, "sentinel doctor", "sentinel run", "sentinel status"]:
        click.echo(f"  {step}")
