"""``ioclib check``: what is known about these indicators?"""

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from ioclib.cli.asking import asking, client, detected
from ioclib.cli.helping import Command

if TYPE_CHECKING:
    from ioclib.cli.windows import Window
    from ioclib.client import Client
    from ioclib.indicators import Indicator
    from ioclib.report import Report

EXIT_CODES = """
Exit codes: 0 there is a report; 1 a source's verdict is at least that of --fail-on; 2 bad input or configuration,
and nothing was sent; 3 no source that was asked answered; 130 interrupted.
"""


@click.command(cls=Command, epilog=EXIT_CODES)
@click.argument("indicators", nargs=-1, required=True, metavar="INDICATOR... [-]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@asking
@click.option("--fail-on", type=click.Choice(["malicious", "suspicious"]), help="Exit with 1 if a source says so.")
@click.option("--quiet", is_flag=True, help="Print nothing but what --json asks for.")
def check(indicators: tuple[str, ...], as_json: bool, fail_on: str | None, quiet: bool, **options: Any) -> None:
    """Ask every source about one or several INDICATORs at once.

    An INDICATOR is a hash (MD5, SHA-1, SHA-256), an IPv4 or IPv6 address, a domain or a URL, defanged or not; its type
    is worked out. A dash reads more of them from standard input, one a line.
    """
    import asyncio

    iocs = detected(indicators)
    who = client(options)
    try:
        report = asyncio.run(_run(who, iocs, silent=quiet or as_json))
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


async def _run(who: "Client", iocs: Mapping["Indicator", str], *, silent: bool) -> "Report":
    with _window(who, iocs, silent=silent) as window:
        async with who:
            return await who.lookup(*iocs.values(), on_answer=window.show)


def _window(who: "Client", iocs: Iterable["Indicator"], *, silent: bool) -> "Window":
    from ioclib.cli.windows import Lines, LiveTables, Silence

    if silent:
        return Silence()
    return LiveTables(who.plan(iocs)) if sys.stdout.isatty() else Lines()


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
