"""What ``check`` and ``plan`` have in common: the indicators that they are given, and who may be asked about them."""

import re
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from ioclib.cli.refusal import refuse
from ioclib.source import Tlp

if TYPE_CHECKING:
    from ioclib.client import Client, Options
    from ioclib.indicators import Indicator

F = TypeVar("F", bound=Callable[..., Any])

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """A time such as ``90s``, ``30m``, ``1h`` or ``2d``."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", value.strip())
    if not found:
        raise click.BadParameter(f"{value!r} is no time: a number and s, m, h or d, such as 30m")
    return float(found[1]) * _UNITS[found[2]]


without_plugins = click.option(
    "--no-plugins", "plugins", is_flag=True, flag_value=False, default=True, help="Only what comes with ioclib."
)
"""The option that turns plugins off."""

_OPTIONS = (
    click.option("--source", "sources", multiple=True, metavar="NAME", help="Ask only this source (repeatable)."),
    click.option("--exclude", multiple=True, metavar="NAME", help="Do not ask this source (repeatable)."),
    click.option("--profile", metavar="NAME", help="Sources and deadline: quick, full, passive, or one of the config."),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="Report what has landed by then; 20 unless the config says otherwise.",
    ),
    click.option(
        "--tlp",
        type=click.Choice([str(one) for one in Tlp], case_sensitive=False),
        help="Who may learn of it: red and amber+strict nobody, amber and green the vendors asked, clear everybody.",
    ),
    click.option("--active", is_flag=True, help="Also ask sources that touch the indicator's own infrastructure."),
    click.option("--include-internal", is_flag=True, help="Send private addresses and internal names too."),
    click.option("--no-cache", is_flag=True, help="Use no answer that was kept, and keep none."),
    click.option(
        "--max-age",
        callback=_seconds,
        metavar="AGE",
        help="Use no answer that was kept longer, such as 30m, 1h or 2d.",
    ),
    without_plugins,
    click.option("--sandbox", is_flag=True, help="Ask simulated providers: no key, no network, invented answers."),
)


def asking(command: F) -> F:
    """Gives a command the options that say who may be asked; they arrive as keyword arguments for `client`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def client(options: dict[str, Any]) -> "Client":
    """The client that the options describe; what cannot be used is told, and nothing is sent."""
    from ioclib.client import Client
    from ioclib.errors import ConfigurationError

    given = {name: value for name, value in options.items() if name != "no_cache"}
    given |= {"sources": options["sources"] or None, "cache": not options["no_cache"]}
    try:
        return Client(**cast("Options", given))  # they bear the same names
    except ConfigurationError as error:
        refuse(str(error))


def detected(arguments: Iterable[str]) -> dict["Indicator", str]:
    """The indicators, and how each was written; unless every text is one, nothing is sent and each wrong one is named.

    Args:
        arguments: a text each; a dash stands for the lines of standard input.
    """
    from ioclib.errors import InvalidIndicator
    from ioclib.extract import detect

    found: dict[Indicator, str] = {}
    wrong: list[str] = []
    for text in _texts(arguments):
        try:
            found.setdefault(detect(text), text)
        except InvalidIndicator as error:
            wrong.append(str(error))
    if wrong or not found:
        refuse(*(wrong or ["no indicator was given"]))
    return found


def _texts(arguments: Iterable[str]) -> list[str]:
    texts: list[str] = []
    for argument in arguments:
        if argument == "-":
            texts += [line for line in sys.stdin.read().splitlines() if line.strip()]
        else:
            texts.append(argument)
    return texts
