"""``ioclib cache``: what is kept on this machine, and forgetting it."""

from typing import TYPE_CHECKING

import click

from ioclib.cli.helping import Command, Group
from ioclib.cli.refusal import refuse

if TYPE_CHECKING:
    from datetime import datetime

    from ioclib.cache import CacheInfo, ListsInfo


@click.group(cls=Group)
def cache() -> None:
    """Show or clear what is kept between runs: sources' answers, and downloaded lists."""


@cache.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def info(as_json: bool) -> None:
    """Say where answers and lists are kept, how many and how large they are, and of what age."""
    import msgspec

    from ioclib.client import cache_info

    try:
        answers, lists = cache_info()
    except OSError as error:
        refuse(str(error))
    if as_json:
        click.echo(msgspec.json.encode({"answers": answers, "lists": lists}))
        return
    _say_answers(answers)
    _say_lists(lists)


@cache.command(cls=Command)
@click.option("--source", metavar="NAME", help="Only what this source has sent.")
def clear(source: str | None) -> None:
    """Forget the answers and the lists that are kept; they will be asked for again."""
    from ioclib.client import clear_cache
    from ioclib.errors import ConfigurationError

    try:
        answers, lists = clear_cache(source)
    except (ConfigurationError, OSError) as error:
        refuse(str(error))
    click.echo(f"Removed: {_count(answers, 'answer')} and {_count(lists, 'list')}.")


def _say_answers(answers: "CacheInfo") -> None:
    click.echo(f"{_count(answers.answers, 'answer')} ({_size(answers.bytes)}) in {answers.where}")
    if answers.oldest:
        click.echo(f"the oldest of {_moment(answers.oldest)}")
    for name, share in answers.by_source.items():
        click.echo(_row(name, share.bytes, f"{share.answers:,}"))


def _say_lists(lists: "ListsInfo") -> None:
    size = sum(one.bytes for one in lists.lists)
    click.echo(f"{_count(len(lists.lists), 'downloaded list')} ({_size(size)}) in {lists.where}")
    for one in lists.lists:
        click.echo(_row(one.source, one.bytes, f"of {_moment(one.fetched)}"))


def _row(source: str, size: int, rest: str) -> str:
    from ioclib.render import printable

    return f"  {printable(source):<24} {_size(size):>10}  {rest}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:,.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"


def _moment(moment: "datetime") -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
