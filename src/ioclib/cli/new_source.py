"""``ioclib new-source``: a source of one's own, to begin with."""

import shlex
from pathlib import Path

import click

from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse


@click.command(cls=Command)
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write it; else into the folder of your own sources, where ioclib finds it.",
)
def new_source(name: str, folder: Path | None) -> None:
    """Write the file of a new source called NAME and its samples; they work as they are, for a service of nobody's."""
    from ioclib.config import sources_folder
    from ioclib.conformance.template import write

    try:
        file, *samples = write(name, folder or sources_folder())
    except (OSError, ValueError) as error:
        refuse(str(error))
    click.echo(f"{file}\n{samples[0].parent} ({len(samples)} samples)")
    click.echo(f"Now change both, and run: ioclib check-source {shlex.quote(str(file))}")
