"""``ioclib diff``: what has changed from one report to a later one?"""

import sys
from pathlib import Path

import click

from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

EXAMPLES = (
    "ioclib check --json evil.example > monday.json",
    "ioclib check --json evil.example > friday.json",
    "ioclib diff monday.json friday.json",
)

EXIT_CODES = "Exit codes: 0 nothing has changed; 1 something has; 2 bad input."


@click.command(cls=Command, examples=EXAMPLES, epilog=EXIT_CODES)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--defang/--exact", "defanged", default=None, help="Defanged for people, exact in JSON unless given.")
def diff(old: Path, new: Path, as_json: bool, defanged: bool | None) -> None:
    """Say what the report NEW says otherwise than the report OLD: verdicts, and what each source knows.

    Both are what `ioclib check --json` has written.
    """
    from ioclib.changes import changes
    from ioclib.client import read_report
    from ioclib.errors import IoclibError
    from ioclib.render import difference_lines, json_text

    try:
        made = changes(read_report(old), read_report(new))
    except IoclibError as error:
        refuse(str(error))
    if as_json:
        click.echo(json_text(made, defanged=bool(defanged)))
    else:
        click.echo("\n".join(difference_lines(made, defanged=defanged is not False)))
    sys.exit(bool(made.indicators))
