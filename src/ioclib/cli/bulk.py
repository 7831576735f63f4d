"""``ioclib bulk``: many indicators, with quotas that last for hours or days, whatever dies meanwhile."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ioclib.cli.asking import asking, client
from ioclib.cli.helping import Command
from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.client import Client
    from ioclib.client.inputs import Input
    from ioclib.client.jobs import LongRun
    from ioclib.jobs.chunks import Executor
    from ioclib.jobs.ledger import Job

_LONG = 86_400
"""Seconds from which on a plan is not begun without asking back."""

_NOT_THEIRS = ("sandbox", "active", "include_internal", "no_cache", "max_age")
"""Options that do not reach workers."""

EXAMPLES = (
    "ioclib bulk iocs.txt --job november",
    "ioclib bulk export.csv --column src_ip --job siem --only-if unknown",
    "ioclib bulk reports/ --job hunt --profile passive --yes",
    "ioclib jobs export november --to november.jsonl",
)

EXIT_CODES = """
Exit codes: 0 the job is done; 2 bad input or configuration, and nothing was sent; 130 interrupted: the same command
goes on where it stopped.
"""


@click.command(cls=Command, examples=EXAMPLES, epilog=EXIT_CODES)
@click.argument("given", metavar="INPUT|-")
@click.option("--job", "name", required=True, metavar="NAME", help="What the job is called; the same name goes on.")
@click.option("--column", metavar="NAME", help="Of a table: CSV, TSV, JSONL or Parquet. Without, texts are read.")
@click.option(
    "--only-if",
    type=click.Choice(["unknown"]),
    help="Ask sources with quotas of a day or longer only about what the others leave unknown.",
)
@click.option("--workers", is_flag=True, help="Have `ioclib worker` processes ask; broker_url says where they are.")
@click.option("--yes", is_flag=True, help="Begin without asking back, also what takes more than a day.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@asking
def bulk(
    given: str,
    name: str,
    column: str | None,
    only_if: str | None,
    workers: bool,
    yes: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Ask about all indicators in INPUT: a file, a folder or standard input; a list, a table, or any text.

    What was answered is kept as it lands. The same command, with the same NAME, goes on after an interruption, a crash
    or a power cut: nothing is asked twice but what was under way. Each source is asked at the pace that its quota
    allows, and none waits for another.
    """
    from ioclib.client.inputs import Input
    from ioclib.client.jobs import alone, checked_name
    from ioclib.errors import ConfigurationError, UnreadableFile
    from ioclib.source import Exposure

    if workers and (beside := [word for word in _NOT_THEIRS if options[word]]):
        refuse(f"workers ask as their own settings say: --{beside[0].replace('_', '-')} does not go with --workers")
    who = client(options)
    if workers and who.tlp.allows is Exposure.NONE:
        refuse(f"what is marked TLP:{who.tlp.upper()} stays on this machine: leave out --workers")
    job = f"{name} --sandbox" if who.sandbox else name  # as `ioclib jobs` has to be told
    things = Input(None if given == "-" else Path(given), sys.stdin.buffer, column)
    try:
        with alone(checked_name(name)):
            done = asyncio.run(
                _run(who, things, name, only_unknown=bool(only_if), workers=workers, yes=yes, quiet=quiet)
            )
    except (ConfigurationError, UnreadableFile, OSError) as error:
        refuse(str(error))
    except KeyboardInterrupt:
        click.echo(f"\nioclib: stopped; the same command goes on: see `ioclib jobs show {job}`", err=True)
        sys.exit(130)
    click.echo(f"done: ioclib jobs export {job} --to {name}.jsonl" if done else "cancelled")


async def _run(
    who: "Client", things: "Input", name: str, *, only_unknown: bool, workers: bool, yes: bool, quiet: bool
) -> bool:
    from ioclib.client.jobs import LongRun, job_of, ledger_of

    ledger = ledger_of(sandbox=who.sandbox)
    async with who:
        try:
            job, new = await job_of(ledger, name, things, tlp=who.tlp, sandbox=who.sandbox)
            _introduce(job, things, new=new)
            if not job.total:
                await ledger.forget(name)
                refuse("no indicator was found")
            executor = _fleet(job) if workers else None
            try:
                run = LongRun(who, ledger, job, executor, only_unknown=only_unknown)
                await _agree(run, yes=yes)
                return await _watched(run, quiet=quiet)
            finally:
                if executor:
                    await executor.aclose()
        finally:
            await ledger.aclose()


def _fleet(job: "Job") -> "Executor":
    """Who has workers ask; what an earlier run of the job has sent, and nobody has begun, is not asked any more."""
    from ioclib.fleet import CeleryExecutor, broker_url

    return CeleryExecutor(broker_url(), f"{job.name}:{job.created}")


def _introduce(job: "Job", things: "Input", *, new: bool) -> None:
    for trouble in things.troubles:
        click.echo(f"ioclib: {trouble}", err=True)
    if things.wrong:
        click.echo(f"ioclib: {things.wrong} values were left out, since they are no indicators", err=True)
    click.echo(
        f"{job.total:,} indicators" if new else f"going on with {job.total:,} indicators of {job.name}", err=True
    )


async def _agree(run: "LongRun", *, yes: bool) -> None:
    """The plan; one that takes more than a day is not begun before somebody has agreed."""
    from datetime import UTC, datetime

    from rich.console import Console

    from ioclib.render import ends_table

    ends, now = await run.ends(), datetime.now(UTC)
    if not ends:
        refuse("no source that may be asked takes any of these; `ioclib sources` says what is missing")
    Console(stderr=True).print(ends_table(ends, now))
    if yes or (ends[0].at - now).total_seconds() <= _LONG:
        return
    late = f"{ends[0].source} would end on {ends[0].at:%Y-%m-%d %H:%M} UTC"
    if not sys.stdin.isatty():
        refuse(f"{late}: add --yes, --only-if unknown or --exclude")
    if not click.confirm(f"{late}. Begin?", err=True):
        refuse("nothing was sent")


async def _watched(run: "LongRun", *, quiet: bool) -> bool:
    if quiet:
        return await run.run()
    work = asyncio.ensure_future(run.run())
    try:
        await (_live(run, work) if sys.stderr.isatty() else _lines(run, work))
        return await work
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _live(run: "LongRun", work: "asyncio.Future[bool]") -> None:
    import time

    from rich.console import Console
    from rich.live import Live

    from ioclib.render import progress_table

    with Live(console=Console(stderr=True), get_renderable=lambda: progress_table(run.progress, time.time())):
        await asyncio.wait([work])


async def _lines(run: "LongRun", work: "asyncio.Future[bool]") -> None:
    import time

    from ioclib.render import progress_line

    while not (await asyncio.wait([work], timeout=10))[0]:
        click.echo(progress_line(run.progress, time.time()), err=True)
    click.echo(progress_line(run.progress, time.time()), err=True)
