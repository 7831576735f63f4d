"""``ioclib setup``: what does a key unlock, where is one to be had, and is it taken?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ioclib.cli.completing import source_names
from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.listings import SourceEntry


@click.command(cls=Command, examples=("ioclib setup virustotal", "ioclib setup --keyring"))
@click.argument("sources", nargs=-1, metavar="[SOURCE...]", shell_complete=source_names)
@click.option("--keyring", is_flag=True, help="Keep keys in the system's keyring instead of the config file.")
def setup(sources: tuple[str, ...], keyring: bool) -> None:
    """Say what each key unlocks and where it is to be had, take it without showing it, keep it, and try it at once.

    Without a SOURCE every key is asked for that is not set. Enter leaves one out.
    """
    from ioclib.client import Client, keep_key
    from ioclib.errors import ConfigurationError

    try:
        Client(sources=sources or None)  # which knows the names
        entries = Client().sources()
        chosen = [one for one in entries if one.key and (one.name in sources if sources else not one.key.set)]
        if not chosen:
            click.echo("There is no key to ask for.")
        for variable in dict.fromkeys(one.key.variable for one in chosen if one.key):
            unlocked = [one for one in entries if one.key and one.key.variable == variable]
            _introduce(variable, unlocked)
            if key := click.prompt(variable, default="", show_default=False, hide_input=True).strip():
                click.echo(f"  kept in {keep_key(variable, key, keyring=keyring)}")
                _try([one.name for one in unlocked if one.state not in {"retired", "unproven", "personal"}])
            click.echo()
    except ConfigurationError as error:
        refuse(str(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nWhat was entered before is kept.")


def _introduce(variable: str, unlocked: "Iterable[SourceEntry]") -> None:
    click.secho(variable, bold=True)
    for one in unlocked:
        if not one.key:
            continue
        click.echo(f"  {one.name}: {one.about}" + (" Answers without one too, with less." if one.key.optional else ""))
        if one.terms:
            click.echo(f"    terms: {one.terms}")
    first = next(iter(unlocked)).key
    if first:
        click.echo(f"  {'free' if first.free else 'paid'}, to be had at {first.get}")


def _try(names: list[str]) -> None:
    """Whether the key is taken, by one harmless question to each of its sources."""
    import asyncio

    from ioclib.doctor import examined
    from ioclib.render import people

    async def tried() -> None:
        async for one in examined(names, timeout=30):
            mark = {"healthy": "accepted", "unhealthy": "not well", "skipped": "not tried"}[one.state]
            click.echo(f"  {one.source}: {mark}" + ("" if one.state == "healthy" else f": {people(one.says)}"))

    asyncio.run(tried())
