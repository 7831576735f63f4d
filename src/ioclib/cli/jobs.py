"""``ioclib jobs``: long runs, how far they are, and what came of them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ioclib.cli.helping import Command, Group
from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.jobs.ledger import Job, JobLedger
    from ioclib.report import Report

_FORMS = {".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet", ".json": "stix", ".stix": "stix"}

sandboxed = click.option("--sandbox", is_flag=True, help="Of jobs whose answers are simulated.")


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def jobs(ctx: click.Context) -> None:
    """List long runs, show how far one is, cancel it, try again what failed, or export what came of it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, sandbox=False)


@jobs.command("list", cls=Command)
@sandboxed
def list_(sandbox: bool) -> None:
    """List the jobs, the latest first."""
    from datetime import UTC, datetime

    async def every() -> "list[Job]":
        async with _ledger(sandbox) as ledger:
            return await ledger.jobs()

    for one in asyncio.run(every()):
        created = datetime.fromtimestamp(one.created, UTC)
        click.echo(f"{one.name:<24}  {one.state:<9}  {one.total:>9,} indicators  {created:%Y-%m-%d %H:%M} UTC")


@jobs.command(cls=Command, examples=("ioclib jobs show november",))
@click.argument("name")
@sandboxed
def show(name: str, sandbox: bool) -> None:
    """Say how far a job is: what each source has answered, and what is left."""
    from rich.console import Console

    from ioclib.render import counts_table

    async def counted() -> "tuple[Job, dict[str, int], dict[str, dict[str, int]]]":
        async with _ledger(sandbox) as ledger:
            job = await _job(ledger, name)
            return job, await ledger.types(name), await ledger.counts(name)

    job, types, counts = asyncio.run(counted())
    click.echo(f"{job.name}: {job.state}, {job.total:,} indicators")
    Console().print(counts_table(types, counts))


@jobs.command(cls=Command, examples=("ioclib jobs cancel november",))
@click.argument("name")
@click.option("--forget", is_flag=True, help="Drop its results too.")
@sandboxed
def cancel(name: str, forget: bool, sandbox: bool) -> None:
    """Stop a job. It can be begun again with `ioclib bulk`, and goes on then."""

    async def stopped() -> None:
        async with _ledger(sandbox) as ledger:
            await _job(ledger, name)
            await (ledger.forget(name) if forget else ledger.finish(name, "cancelled"))

    asyncio.run(stopped())
    click.echo(f"{name}: {'forgotten' if forget else 'cancelled'}")


@jobs.command(cls=Command, examples=("ioclib jobs retry november",))
@click.argument("name")
@sandboxed
def retry(name: str, sandbox: bool) -> None:
    """Have what failed or was skipped asked again: by the same `ioclib bulk` as before."""

    async def reopened() -> int:
        async with _ledger(sandbox) as ledger:
            await _job(ledger, name)
            return await ledger.retry(name)

    count = asyncio.run(reopened())
    click.echo(f"{name}: {count:,} lookups are asked again by `ioclib bulk ... --job {name}`")


@jobs.command(
    cls=Command,
    examples=("ioclib jobs export november --to november.jsonl", "ioclib jobs export november --to november.parquet"),
)
@click.argument("name")
@click.option(
    "--to",
    "output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file whose name ends in .jsonl, .csv, .parquet, or .json or .stix for a STIX 2.1 bundle.",
)
@sandboxed
def export(name: str, output: Path, sandbox: bool) -> None:
    """Write what came of a job into a file; also of one that is not done."""
    from ioclib.errors import ConfigurationError

    form = _FORMS.get(output.suffix)
    if form is None:
        refuse(f"{output} ends in none of {', '.join(_FORMS)}")

    async def written() -> int:
        from ioclib.client import Client
        from ioclib.client.jobs import parts_of

        async with _ledger(sandbox) as ledger:
            job = await _job(ledger, name)
            async with Client(sandbox=sandbox, tlp=job.tlp) as who:
                return await _write(parts_of(who, ledger, job), form, output)

    try:
        count = asyncio.run(written())
    except (ConfigurationError, OSError) as error:
        refuse(str(error))
    click.echo(f"{count:,} indicators written to {output}", err=True)


@asynccontextmanager
async def _ledger(sandbox: bool) -> "AsyncGenerator[JobLedger]":
    from ioclib.client.jobs import ledger_of

    ledger = ledger_of(sandbox=sandbox)
    try:
        yield ledger
    finally:
        await ledger.aclose()


async def _job(ledger: "JobLedger", name: str) -> "Job":
    job = await ledger.job(name)
    if job is None:
        refuse(f"there is no job {name!r}; `ioclib jobs` lists them")
    return job


async def _write(parts: "AsyncIterator[Report]", form: str, output: Path) -> int:
    from ioclib.render import parquet_writer, render

    count = 0
    if form == "parquet":
        with parquet_writer(output) as write:
            async for report in parts:
                write(report)
                count += len(report.indicators)
        return count
    with output.open("w", encoding="utf-8", newline="") as file:
        if form == "stix":
            whole = await _whole(parts)
            file.write(render(whole, "stix"))
            return len(whole.indicators)
        async for report in parts:
            text = render(report, form)
            file.write(text.partition("\n")[2] if form == "csv" and count else text if report.answers else "")
            count += len(report.indicators)
    return count


async def _whole(parts: "AsyncIterator[Report]") -> "Report":
    from dataclasses import replace

    reports = [report async for report in parts]
    return replace(reports[0], indicators=tuple(one for report in reports for one in report.indicators))
