"""The options that make the sandbox's services do something wrong."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from ioclib.sandbox.faults import Faults

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--latency", type=click.FloatRange(0), metavar="SECONDS", help="Until each simulated answer."),
    click.option("--fail", type=click.FloatRange(0, 1), metavar="SHARE", help="Of simulated answers that are faults."),
    click.option("--hang", multiple=True, metavar="NAME", help="A simulated service that never answers (repeatable)."),
    click.option("--limit", type=click.IntRange(0), metavar="COUNT", help="Requests until each says: too often."),
)


def with_faults(command: F) -> F:
    """Gives a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def faults_of(options: dict[str, Any]) -> "Faults | None":
    """What the options say; None if they say nothing."""
    given = {name: value for name, value in options.items() if value not in {None, ()}}
    if not given:
        return None
    from ioclib.registry import all_sources
    from ioclib.sandbox import twins
    from ioclib.sandbox.faults import Faults

    known = {twin.name for twin in twins()} | all_sources().keys()
    if unknown := sorted(set(given.get("hang", ())) - known):
        refuse(f"there is no service {unknown[0]!r} in the sandbox; `ioclib sources` lists the sources")
    return Faults(**given)
