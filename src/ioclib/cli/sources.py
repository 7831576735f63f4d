"""``ioclib sources``: who can be asked, and what is missing to ask them."""

import click

from ioclib.cli.asking import without_plugins
from ioclib.cli.helping import Command


@click.command(cls=Command, examples=("ioclib sources", "ioclib sources --json"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@without_plugins
def sources(as_json: bool, plugins: bool) -> None:
    """List the sources: the types each takes, its key, who learns of an indicator, its limits, its state.

    A plugin that cannot be used is listed as broken, with what is wrong with it.
    """
    import msgspec

    from ioclib.cli.refusal import refuse
    from ioclib.client import Client
    from ioclib.errors import ConfigurationError
    from ioclib.report import safe_json

    try:
        entries = Client(plugins=plugins).sources()
    except ConfigurationError as error:
        refuse(str(error))
    if as_json:
        click.echo(safe_json(msgspec.json.encode({"sources": entries})))
        return
    from rich.console import Console

    from ioclib.render import missing_keys, sources_table

    Console().print(sources_table(entries))
    if missing := missing_keys(entries):
        click.echo("Set these in the environment or in the config file; a key is to be had at the page behind each:")
        click.echo("\n".join(missing))
