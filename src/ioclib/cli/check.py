"""``ioclib check``: what is known about these indicators?"""

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ioclib.cli.asking import Read, asking, client, read
from ioclib.cli.forms import with_forms, write
from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.answers import Answer
    from ioclib.cli.windows import Window
    from ioclib.client import Client
    from ioclib.indicators import Indicator
    from ioclib.report import Asked, Report

_MANY = 100
"""Indicators from files that are asked about without asking back."""

_AT_A_GLANCE = 5
"""Indicators whose tables fit on a screen."""

_AS_THEY_LAND = {"table", "jsonl"}
"""Formats that show each answer when it is there."""

EXAMPLES = (
    "ioclib check 45[.]155.205.233 hxxps://evil[.]example/login",
    "ioclib check suspicious.eml --format html -o report.html",
    "ioclib check - --tlp amber --format markdown < ticket.txt",
    "ioclib check --sandbox 203.0.113.66",
)

EXIT_CODES = """
Exit codes: 0 there is a report; 1 a verdict is at least that of --fail-on; 2 bad input or configuration, and nothing
was sent; 3 no source that was asked answered; 130 interrupted: what had landed is reported.
"""


@click.command(cls=Command, examples=EXAMPLES, epilog=EXIT_CODES)
@click.argument("given", nargs=-1, required=True, metavar="INDICATOR|FILE... [-]")
@with_forms
@asking
@click.option("--password", "passwords", multiple=True, help="For encrypted archives (repeatable).")
@click.option("--yes", is_flag=True, help=f"Ask about more than {_MANY} indicators from files without asking back.")
@click.option("--fail-on", type=click.Choice(["malicious", "suspicious"]), help="Exit with 1 if a verdict is.")
@click.option("--quiet", is_flag=True, help="Print nothing but the report, and that only if a --format is given.")
def check(
    given: tuple[str, ...],
    form: str,
    output: Path | None,
    defanged: bool | None,
    passwords: tuple[str, ...],
    yes: bool,
    fail_on: str | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Ask every source about one or several INDICATORs at once, or about all that stand in a FILE.

    An INDICATOR is a hash, an address, a domain, a link or anything else that `ioclib extract` knows, defanged or not;
    its type is worked out. A FILE is a mail, a report, a log, a document, an archive. A dash reads standard input: more
    indicators, one a line, or any text that was pasted.
    """
    things = read(given, passwords)
    who = client(options)
    if things.found:
        _introduce(who, things, yes=yes, quiet=quiet)
    for sentence in things.troubles:
        click.echo(f"ioclib: {sentence}", err=True)
    at_the_end = form not in _AS_THEY_LAND or output is not None
    window = _window(who, things.asked, form, defanged=defanged, silent=quiet and form == "table", bar=at_the_end)
    report, broken_off = _asked(who, things.asked, window)
    for kind in {} if quiet else dict.fromkeys(one.type for one in report.indicators if not one.answers):
        no_file = ", and no such file is here" if kind == "file_path" else ""
        click.echo(f"ioclib: no source that was chosen takes the type {kind}{no_file}", err=True)
    if at_the_end:
        write(report, form, output, defanged=defanged)
    elif form == "table" and not quiet:
        _sum_up(report, defanged=defanged)
    sys.exit(130 if broken_off else _exit_code(report, fail_on))


def _introduce(who: "Client", things: Read, *, yes: bool, quiet: bool) -> None:
    """What was found in files, and what would be asked; nothing is sent before."""
    from ioclib.render import found_and_planned

    if not quiet:
        click.echo(found_and_planned(things.asked, who.plan(things.asked)), err=True)
    if things.found <= _MANY or yes:
        return
    if not sys.stdin.isatty():
        refuse(f"{things.found} indicators were found; to ask about so many, add --yes, or name fewer files")
    if not click.confirm(f"Ask about {len(things.asked)} indicators?", err=True):
        refuse("nothing was sent")


def _asked(who: "Client", asked: Mapping["Indicator", "Asked"], window: "Window") -> "tuple[Report, bool]":
    """The report, and whether the lookup was broken off."""
    import asyncio

    landed: list[Answer] = []

    def land(answer: "Answer") -> None:
        landed.append(answer)
        window.show(answer)

    async def run() -> "Report":
        async with who:
            return await who.lookup_asked(asked, land)

    started, began = datetime.now(UTC), time.monotonic()
    try:
        with window:
            return asyncio.run(run()), False
    except KeyboardInterrupt:
        return who.broken_off(asked, landed, started, time.monotonic() - began), True


def _window(
    who: "Client", asked: Mapping["Indicator", "Asked"], form: str, *, defanged: bool | None, silent: bool, bar: bool
) -> "Window":
    from ioclib.cli.windows import Bar, JsonLines, Lines, LiveTables, Silence

    if silent:
        return Silence()
    if bar or (sys.stdout.isatty() and len(asked) > _AT_A_GLANCE):
        plan = who.plan(asked)
        return Bar(len(plan.lookups) + len(plan.skips)) if sys.stderr.isatty() else Silence()
    if form == "jsonl":
        return JsonLines(tlp=who.tlp, sandbox=who.sandbox, defanged=bool(defanged))
    shown = defanged is not False
    return LiveTables(who.plan(asked), defanged=shown) if sys.stdout.isatty() else Lines(defanged=shown)


def _sum_up(report: "Report", *, defanged: bool | None) -> None:
    from ioclib.render import Telling, overall_lines, overall_table, summed_up

    telling = Telling(report, defanged is not False)
    if sys.stdout.isatty() and len(report.indicators) > _AT_A_GLANCE:
        from rich.console import Console

        Console().print(overall_table(telling))
        click.echo("All answers: add --format html -o report.html")
    else:
        click.echo("\n".join(overall_lines(telling)))
    click.echo(" ".join(filter(None, (telling.marking, telling.notice))))
    click.echo(summed_up(report.answers))


def _exit_code(report: "Report", fail_on: str | None) -> int:
    bad = {"malicious"} if fail_on == "malicious" else {"malicious", "suspicious"}
    if fail_on and any(one.overall.verdict in bad for one in report.indicators):
        return 1
    asked = [answer for answer in report.answers if answer.outcome != "skipped"]
    return 3 if asked and all(answer.outcome == "failed" for answer in asked) else 0
