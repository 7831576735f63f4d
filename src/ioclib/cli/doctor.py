"""``ioclib doctor``: does each source still answer as it should?"""

import sys
from typing import TYPE_CHECKING, Any

import click

from ioclib.cli.completing import source_names
from ioclib.cli.faults import faults_of, with_faults
from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.listings import CheckupEntry

EXAMPLES = ("ioclib doctor", "ioclib doctor virustotal otx", "ioclib doctor --sandbox --hang shodan --timeout 5")
EXIT_CODES = "Exit codes: 0 all that were asked are healthy; 1 one is not; 2 bad input or configuration."


@click.command(cls=Command, examples=EXAMPLES, epilog=EXIT_CODES)
@click.argument("sources", nargs=-1, metavar="[SOURCE...]", shell_complete=source_names)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="For all of it; 60.")
@click.option("--sandbox", is_flag=True, help="Ask simulated providers: no key, no network, invented answers.")
@with_faults
def doctor(sources: tuple[str, ...], as_json: bool, timeout: float | None, sandbox: bool, **faults: Any) -> None:
    """Ask each SOURCE one harmless, known indicator: is it reached, is the key taken, is the answer what it was?

    Without a SOURCE all are asked that may be, but for those that touch somebody's infrastructure or tell of a person.
    Nothing that was kept is used.
    """
    import asyncio

    from ioclib.errors import ConfigurationError

    trouble = faults_of(faults)
    if trouble and not sandbox:
        refuse("faults are for the simulated providers: add --sandbox")
    try:
        checkups = asyncio.run(_examined(sources, timeout=timeout or 60, sandbox=sandbox, faults=trouble))
    except ConfigurationError as error:
        refuse(str(error))
    (_as_json if as_json else _as_table)(checkups, sandbox)
    sys.exit(any(one.state == "unhealthy" for one in checkups))


async def _examined(sources: tuple[str, ...], **options: Any) -> "list[CheckupEntry]":
    from ioclib.doctor import examined

    return sorted([one async for one in examined(sources, **options)], key=lambda one: (one.state, one.source))


def _as_json(checkups: "list[CheckupEntry]", sandbox: bool) -> None:
    import msgspec

    from ioclib.report import safe_json

    click.echo(safe_json(msgspec.json.encode({"sandbox": sandbox, "sources": checkups})))


def _as_table(checkups: "list[CheckupEntry]", sandbox: bool) -> None:
    from rich.console import Console

    from ioclib.render import checkups_table, people

    Console().print(checkups_table([one for one in checkups if one.asked]))
    for one in checkups:
        if one.state != "healthy":
            click.echo(f"{one.source}{' not asked' if one.state == 'skipped' else ''}: {people(one.says)}")
    counts = {state: sum(one.state == state for one in checkups) for state in ("healthy", "unhealthy", "skipped")}
    if sandbox:
        click.echo("SANDBOX: these answers are invented.")
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items() if count))
