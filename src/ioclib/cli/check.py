"""``ioclib check``: what is known about these indicators?"""

import asyncio
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.cli.windows import Window
    from ioclib.client import Client
    from ioclib.indicators import Indicator
    from ioclib.report import Report

EXIT_CODES = """
Exit codes: 0 there is a report; 1 a source's verdict is at least that of --fail-on; 2 bad input or configuration,
and nothing was sent; 3 no source that was asked answered; 130 interrupted.
"""


@click.command(cls=RichCommand, epilog=EXIT_CODES)
@click.argument("indicators", nargs=-1, required=True, metavar="INDICATOR... [-]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@click.option("--source", "chosen", multiple=True, metavar="NAME", help="Ask only this source (repeatable).")
@click.option("--exclude", multiple=True, metavar="NAME", help="Do not ask this source (repeatable).")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Report what has landed by then; 20 unless the config says otherwise.",
)
@click.option("--active", is_flag=True, help="Also ask sources that touch the indicator's own infrastructure.")
@click.option("--include-internal", is_flag=True, help="Send private addresses and internal names too.")
@click.option("--no-cache", is_flag=True, help="Use nothing that was kept on this machine.")
@click.option("--sandbox", is_flag=True, help="Ask simulated providers: no key, no network, invented answers.")
@click.option("--fail-on", type=click.Choice(["malicious", "suspicious"]), help="Exit with 1 if a source says so.")
@click.option("--quiet", is_flag=True, help="Print nothing but what --json asks for.")
def check(
    indicators: tuple[str, ...],
    as_json: bool,
    chosen: tuple[str, ...],
    exclude: tuple[str, ...],
    timeout: float | None,
    active: bool,
    include_internal: bool,
    no_cache: bool,
    sandbox: bool,
    fail_on: str | None,
    quiet: bool,
) -> None:
    """Ask every source about one or several INDICATORs at once.

    An INDICATOR is a hash (MD5, SHA-1, SHA-256), an IPv4 or IPv6 address, a domain or a URL, defanged or not; its type
    is worked out. A dash reads more of them from standard input, one a line.
    """
    from ioclib.client import Client
    from ioclib.errors import ConfigurationError

    iocs = _detected(_texts(indicators))
    try:
        client = Client(
            sources=chosen or None,
            exclude=exclude,
            timeout=timeout,
            active=active,
            include_internal=include_internal,
            cache=not no_cache,
            sandbox=sandbox,
        )
    except ConfigurationError as error:
        refuse(str(error))
    try:
        report = asyncio.run(_run(client, iocs, silent=quiet or as_json))
    except KeyboardInterrupt:  # the window has shown what had landed
        sys.exit(130)
    for one in report.indicators:
        if not one.answers and not quiet:
            click.echo(f"ioclib: no source that was chosen takes the type {one.type}", err=True)
    if as_json:
        click.echo(report.to_json())
    elif not quiet:
        _sum_up(report)
    sys.exit(_exit_code(report, fail_on))


async def _run(client: "Client", iocs: Mapping["Indicator", str], *, silent: bool) -> "Report":
    with _window(client, iocs, silent=silent) as window:
        async with client:
            return await client.lookup(*iocs.values(), on_answer=window.show)


def _window(client: "Client", iocs: Iterable["Indicator"], *, silent: bool) -> "Window":
    if silent:
        from ioclib.cli.windows import Silence

        return Silence()
    from rich.console import Console

    from ioclib.cli.windows import Lines, LiveTables

    console = Console()
    return LiveTables(console, client.plan(iocs)) if console.is_terminal else Lines(console)


def _texts(arguments: Iterable[str]) -> list[str]:
    """The texts that were given; a dash stands for the lines of standard input."""
    texts: list[str] = []
    for argument in arguments:
        if argument == "-":
            texts += [line for line in sys.stdin.read().splitlines() if line.strip()]
        else:
            texts.append(argument)
    return texts


def _detected(texts: Iterable[str]) -> dict["Indicator", str]:
    """The indicators; unless every text is one, nothing is sent and each wrong one is named."""
    from ioclib.errors import InvalidIndicator
    from ioclib.extract import detect

    found: dict[Indicator, str] = {}
    wrong: list[str] = []
    for text in texts:
        try:
            found.setdefault(detect(text), text)
        except InvalidIndicator as error:
            wrong.append(str(error))
    if wrong or not found:
        refuse(*(wrong or ["no indicator was given"]))
    return found


def _sum_up(report: "Report") -> None:
    from ioclib.render import summed_up

    if report.sandbox:
        click.echo("SANDBOX: these answers are invented.")
    click.echo(summed_up(report.answers))


def _exit_code(report: "Report", fail_on: str | None) -> int:
    bad = {"malicious"} if fail_on == "malicious" else {"malicious", "suspicious"}
    if fail_on and any(answer.verdict in bad for answer in report.answers):
        return 1
    asked = [answer for answer in report.answers if answer.outcome != "skipped"]
    return 3 if asked and all(answer.outcome == "failed" for answer in asked) else 0
