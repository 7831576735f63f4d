"""Texts become indicators, with where each of them stands."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from ioclib.extract.scanning import Scanner
from ioclib.indicators import Indicator

_BLOCK = 2**16  # characters that are looked at together
_SEPARATOR = re.compile(r"[\s\"'<>|`,;]")


class Extracted(NamedTuple):
    """One indicator in a text.

    Attributes:
        ioc: the indicator, canonical.
        start: where it begins in the text.
        end: where it ends.
        written: as it stands there.
        defanged: whether it was written so that nobody clicks on it.
        line: its line, counted from 1; 0 in what has no lines, such as the cell of a table.
        place: where in a file, if it comes from one: ``page 3``, ``column url, row 7``, ``attachment a.eml``.
    """

    ioc: Indicator
    start: int
    end: int
    written: str
    defanged: bool
    line: int
    place: str = ""
    context: str = ""
    """What stands around it, on one line, if that was asked for."""


# As `Extracted._make` does it, in half the time: it does not count them
_extracted: Callable[[tuple[Indicator, int, int, str, bool, int, str, str]], Extracted] = partial(
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # typeshed's is of any tuple
    Extracted,
)


def extract(
    text: str,
    *,
    unique: bool = False,
    kinds: Collection[type[Indicator]] | None = None,
    context: int = 0,
    place: str = "",
) -> list[Extracted]:
    """Every indicator in a text, in the order in which they stand there; one inside another is not reported.

    Args:
        text: any text.
        unique: each indicator once, where it stands first.
        kinds: only these types.
        context: characters on both sides that are reported with it.
        place: where the text comes from.
    """
    return list(extract_stream([text], unique=unique, kinds=kinds, context=context, place=place))


def extract_stream(
    chunks: Iterable[str],
    *,
    unique: bool = False,
    kinds: Collection[type[Indicator]] | None = None,
    context: int = 0,
    place: str = "",
) -> Iterator[Extracted]:
    """As `extract`, of a text that comes in chunks, in bounded memory; no indicator is cut where a chunk ends."""
    found = found_in(chunks, Scanner(kinds), context=context, place=place)
    return _first_of_each(found) if unique else found


def _first_of_each(found: Iterable[Extracted]) -> Iterator[Extracted]:
    known: set[Indicator] = set()
    for one in found:
        if one.ioc not in known:
            known.add(one.ioc)
            yield one


def found_in(
    chunks: Iterable[str], scanner: Scanner, *, context: int = 0, place: str = "", line: int = 1
) -> Iterator[Extracted]:
    """What a scanner finds in a text that comes in chunks.

    Args:
        chunks: the text.
        scanner: finds the indicators.
        context: characters on both sides that are reported with each.
        place: where the text comes from.
        line: the number of its first line.
    """
    base = 0
    for block in _blocks(chunks):
        end, around, count = 0, "", block.count
        for start, stop, ioc, defanged, _ in scanner.scan(block):
            line += count("\n", end, start)
            end = start
            if context:
                around = " ".join(block[max(0, start - context) : stop + context].split())
            yield _extracted((ioc, start + base, stop + base, block[start:stop], defanged, line, place, around))
        line += count("\n", end)
        base += len(block)


def _blocks(chunks: Iterable[str]) -> Iterator[str]:
    """The text in blocks that end where no indicator is: at a line's end, or in a long line behind a separator."""
    rest = ""
    for chunk in chunks:
        text, start = rest + chunk, 0
        while len(text) - start > 2 * _BLOCK:
            end = _cut(text, start)
            yield text[start:end]
            start = end
        rest = text[start:]
    if rest:
        yield rest


def _cut(text: str, start: int) -> int:
    end = text.rfind("\n", start, start + _BLOCK)
    if end != -1:
        return end + 1
    separators = _SEPARATOR.search(text, start + _BLOCK, start + 2 * _BLOCK)
    return separators.end() if separators else start + _BLOCK
