"""``ioclib plan``: who would be asked what, and what would it take? Nothing is sent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ioclib.cli.asking import asking, client, read
from ioclib.cli.helping import Command

if TYPE_CHECKING:
    from ioclib.client import Client
    from ioclib.indicators import Indicator
    from ioclib.listings import ForecastEntry
    from ioclib.plan import Plan, Skip

EXAMPLES = (
    "ioclib plan evil.example --tlp amber",
    "ioclib plan suspicious.eml",
    "ioclib plan - --json < iocs.txt",
)

_SHOWN = 5
"""Indicators that are named where many have the same in common."""


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("given", nargs=-1, required=True, metavar="INDICATOR|FILE... [-]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@asking
@click.option("--password", "passwords", multiple=True, help="For encrypted archives (repeatable).")
def plan(given: tuple[str, ...], as_json: bool, passwords: tuple[str, ...], **options: Any) -> None:
    """Show who would be told of the INDICATORs, or of those in a FILE, what would be skipped, and what it would take.

    Nothing is sent. A dash reads standard input: more indicators, one a line, or any text that was pasted.
    """
    import asyncio

    things = read(given, passwords)
    for sentence in things.troubles:
        click.echo(f"ioclib: {sentence}", err=True)
    iocs = things.asked
    who = client(options)
    made = who.plan(iocs)
    forecast = asyncio.run(_forecast(who, made))
    (_as_json if as_json else _as_table)(iocs, made, forecast)


async def _forecast(who: "Client", made: "Plan") -> "list[ForecastEntry]":
    async with who:
        return await who.forecast(made)


def _as_json(iocs: Iterable["Indicator"], made: "Plan", forecast: "Sequence[ForecastEntry]") -> None:
    import msgspec

    from ioclib.report import safe_json

    document = {
        "indicators": [
            {
                "type": ioc.kind,
                "value": ioc.value,
                "asked": [one.source.name for one in made.lookups if one.ioc == ioc],
                "skipped": [{"source": one.source.name, "reason": one.reason} for one in made.skips if one.ioc == ioc],
            }
            for ioc in iocs
        ],
        "sources": forecast,
        "last_at": _last(forecast),
    }
    click.echo(safe_json(msgspec.json.encode(document)))


def _as_table(iocs: Iterable["Indicator"], made: "Plan", forecast: "Sequence[ForecastEntry]") -> None:
    from rich.console import Console

    from ioclib.render import forecast_table

    if forecast:
        Console().print(forecast_table(forecast, datetime.now(UTC)))
    for reason, skips in _by_reason(made.skips).items():
        sources = ", ".join(dict.fromkeys(one.source.name for one in skips))
        click.echo(f"not asked: {sources}: {reason} ({_named([one.ioc for one in skips])})")
    mentioned = {one.ioc for one in made.lookups} | {one.ioc for one in made.skips}
    unknown = [ioc for ioc in iocs if ioc not in mentioned]
    if unknown:
        click.echo(f"no source that was chosen takes {_named(unknown)}")
    requests = sum(one.requests for one in forecast)
    last = _last(forecast)
    end = f"; the last of them could start at {last:%Y-%m-%d %H:%M:%S} UTC" if last else ""
    asked = sum(one.requests > 0 for one in forecast)
    click.echo(f"{requests} requests to {asked} sources{end}. Nothing was sent.")


def _last(forecast: "Iterable[ForecastEntry]") -> Any:
    return max((one.last_at for one in forecast if one.last_at), default=None)


def _by_reason(skips: "Iterable[Skip]") -> "Mapping[str, list[Skip]]":
    """What is skipped for the same reason, together."""
    found: dict[str, list[Skip]] = {}
    for one in skips:
        found.setdefault(f"{one.reason.kind}: {one.reason.message}", []).append(one)
    return found


def _named(iocs: "Iterable[Indicator]") -> str:
    from ioclib.extract import defang

    names = [defang(ioc.value) for ioc in dict.fromkeys(iocs)]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
