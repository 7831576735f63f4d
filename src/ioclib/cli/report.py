"""``ioclib report``: a saved report, judged anew, in another format."""

from pathlib import Path

import click

from ioclib.cli.forms import with_forms, write
from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

EXAMPLES = (
    "ioclib check --json suspicious.eml > case-7.json",
    "ioclib report case-7.json",
    "ioclib report case-7.json --format html -o case-7.html",
    "ioclib report case-7.json --format stix -o case-7.stix.json",
)

EXIT_CODES = "Exit codes: 0 there is a report; 2 bad input."


@click.command(cls=Command, examples=EXAMPLES, epilog=EXIT_CODES)
@click.argument("file", metavar="FILE.json|-")
@with_forms
def report(file: str, form: str, output: Path | None, defanged: bool | None) -> None:
    """Write the report that was saved in FILE.json in any format; nothing is sent.

    The overall verdicts are made anew from its answers, as of when it was started, with the weights and the lists of
    today's config. A dash reads standard input.
    """
    import sys

    from ioclib.client import read_report
    from ioclib.errors import IoclibError

    try:
        made = read_report(sys.stdin.buffer.read() if file == "-" else Path(file))
    except IoclibError as error:
        refuse(str(error))
    write(made, form, output, defanged=defanged)
