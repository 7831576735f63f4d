"""The command line: words and windows over `ioclib.client` and `ioclib.render`, and the only room that prints."""

import click
from rich_click import RichGroup

from ioclib._version import __version__
from ioclib.cli.cache import cache
from ioclib.cli.check import check
from ioclib.cli.extract import extract
from ioclib.cli.sandbox import sandbox
from ioclib.cli.sources import sources

__all__ = ["main"]


@click.group(cls=RichGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ioclib", message="%(prog)s %(version)s")
def main() -> None:
    """Look up indicators of compromise: every source at once, one report out."""


main.add_command(check)
main.add_command(extract)
main.add_command(sources)
main.add_command(sandbox)
main.add_command(cache)
