"""``ioclib check-source``: does a source keep to what every source keeps to?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.conformance import Checked

EXIT_CODES = "Exit codes: 0 it conforms; 1 it does not; 2 there is no such file."


@click.command(cls=Command, epilog=EXIT_CODES)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def check_source(file: Path) -> None:
    """Check the source in FILE and what it makes of its samples, in NAME or samples/NAME beside it.

    Its code is run, and nothing is sent. It is checked for its types, its quoting, its answers to the samples, and that
    it does no input or output and puts no key into a request.
    """
    from ioclib.conformance import check_file
    from ioclib.render import printable

    try:
        checked = check_file(file)
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}")
    for source in checked.sources:
        click.echo(f"{source.name} takes {', '.join(kind.kind for kind in source.types)}")
    for fault in checked.faults:
        click.echo(f"fault: {printable(fault)}")
    for notice in _notices(checked):
        click.echo(f"note: {notice}")
    click.echo(f"{checked.samples} samples, {len(checked.faults) or 'no'} fault{'s' * (len(checked.faults) != 1)}")
    sys.exit(1 if checked.faults else 0)


def _notices(checked: "Checked") -> list[str]:
    """What stands in the way of its being asked, though it conforms."""
    from ioclib.registry import conflicts

    return [conflict for source in checked.sources for conflict in conflicts(source)]
