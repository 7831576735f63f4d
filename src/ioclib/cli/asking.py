"""What ``check`` and ``plan`` have in common: what they are given, and who may be asked about it."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

import click

from ioclib.cli.completing import profile_names, source_names
from ioclib.cli.refusal import refuse
from ioclib.source import Tlp

if TYPE_CHECKING:
    from ioclib.client import Client, Options
    from ioclib.extract import Extracted
    from ioclib.indicators import Indicator
    from ioclib.report import Asked

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
    click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="NAME",
        shell_complete=source_names,
        help="Ask only this source (repeatable).",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="NAME",
        shell_complete=source_names,
        help="Do not ask this source (repeatable).",
    ),
    click.option(
        "--profile",
        metavar="NAME",
        shell_complete=profile_names,
        help="Sources and deadline: quick, full, passive, or one of the config.",
    ),
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


@dataclass(frozen=True)
class Read:
    """What the arguments come to.

    Attributes:
        asked: the indicators, and how each came to be asked about.
        found: how many of them are from files and texts, which hold more than somebody has typed.
        troubles: what could not be read to its end, and why.
    """

    asked: "dict[Indicator, Asked]"
    found: int
    troubles: tuple[str, ...]


@dataclass(frozen=True)
class _File:
    name: str
    content: "Path | BinaryIO"


def read(arguments: Iterable[str], passwords: Sequence[str] = ()) -> Read:
    """The indicators; unless every text that was typed is one, nothing is sent and each wrong one is named.

    A file that cannot be read to its end does not stop the others.

    Args:
        arguments: an indicator or a file each; a dash stands for standard input: indicators, one a line, or any text.
        passwords: for encrypted archives.
    """
    from ioclib.client import asked_about

    parts = list(_parts(arguments))
    typed = [one for one in parts if isinstance(one, str)]
    wrong = [sentence for one in typed if (sentence := _what_is_wrong(one))]
    if wrong:
        refuse(*wrong)
    troubles: list[str] = []
    given = asked_about(typed)
    found = asked_about(_found([one for one in parts if isinstance(one, _File)], passwords, troubles))
    if not given and not found:
        refuse(*(troubles or ["no indicator was found" if len(parts) > len(typed) else "no indicator was given"]))
    return Read({**found, **given}, len(found.keys() - given.keys()), tuple(troubles))


def _parts(arguments: Iterable[str]) -> Iterator[str | _File]:
    for argument in arguments:
        if argument == "-":
            data = sys.stdin.buffer.read()
            lines = _lines(data)
            yield from [_File("standard input", BytesIO(data))] if lines is None else lines
        elif _is_file(argument):
            yield _File(argument, Path(argument))
        else:
            yield argument


def _is_file(argument: str) -> bool:
    """Whether a file is meant: one that is there, unless its name is an indicator too. A path to one is none."""
    from ioclib.errors import InvalidIndicator
    from ioclib.extract import detect
    from ioclib.indicators import FilePath

    try:
        if not isinstance(detect(argument), FilePath):
            return False
    except InvalidIndicator:
        pass
    try:
        return Path(argument).is_file()
    except (OSError, ValueError):  # too long for a name, or with a character that none has
        return False


def _lines(data: bytes) -> list[str] | None:
    """The lines of a list of indicators, well written or not; None for any other text, and what is none."""
    try:
        lines = [line.strip() for line in data.decode("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        return None
    if lines and lines[0].startswith(("{", "<", "[{", '["', "%PDF")):
        return None
    return lines if all(len(line.split()) == 1 or not _what_is_wrong(line) for line in lines) else None


def _what_is_wrong(text: str) -> str | None:
    """Why a text is no indicator; None if it is one."""
    from ioclib.errors import InvalidIndicator
    from ioclib.extract import detect

    try:
        detect(text)
    except InvalidIndicator as error:
        return str(error)
    return None


def _found(files: Iterable[_File], passwords: Sequence[str], troubles: list[str]) -> "Iterator[Extracted]":
    """Every indicator in files, with the file's name in its place; what cannot be read is noted."""
    from ioclib.errors import UnreadableFile
    from ioclib.extract import extract_file

    for file in files:
        try:
            for one in extract_file(file.content, passwords=passwords):
                yield one._replace(place=f"{file.name}: {one.place}" if one.place else file.name)
        except UnreadableFile as error:
            troubles.append(str(error))
