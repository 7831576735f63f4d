"""In which format a report is had, and where it goes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.report import Report

F = TypeVar("F", bound=Callable[..., Any])

_NAMES = ("table", "json", "jsonl", "csv", "markdown", "html", "stix", "misp")

_OPTIONS = (
    click.option("--format", "form", type=click.Choice(_NAMES), default="table", help="How it is written; table."),
    click.option("--json", "form", flag_value="json", help="The same as --format json."),
    click.option(
        "--output",
        "-o",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write it into this file.",
    ),
    click.option(
        "--defang/--exact",
        "defanged",
        default=None,
        help="Write indicators so that nobody clicks on them, or as they are; what suits the format unless given.",
    ),
)


def with_forms(command: F) -> F:
    """Gives a command the options that say how a report is written."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def write(report: "Report", form: str, output: Path | None, *, defanged: bool | None) -> None:
    """Write a report in a format, to standard output or into a file."""
    from ioclib.errors import ConfigurationError
    from ioclib.render import render

    try:
        text = render(report, form, defanged=defanged)
    except ConfigurationError as error:
        refuse(str(error))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        refuse(f"{output} cannot be written: {error.strerror}")
    click.echo(f"ioclib: written to {output}", err=True)
