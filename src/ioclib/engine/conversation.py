"""One lookup: the conversation that a source wants to have, until it has read its answer."""

import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from ioclib.answers import Failed, Found, NotFound
from ioclib.engine.reading import Read
from ioclib.errors import BrokenSource, SourceError
from ioclib.findings import Finding, Related
from ioclib.indicators import Indicator
from ioclib.source import AnySource, Ask, Reading, Source, SteppedSource, Steps

Conversing = Source[Any, Any] | SteppedSource[Any]
Exchange = Callable[[Sequence[Ask[Any]]], Awaitable[Sequence[Read]]]


async def converse(source: Conversing, ioc: Indicator, exchange: Exchange) -> Found | NotFound | Failed:
    """Asks a source about an indicator.

    Args:
        source: who is asked.
        ioc: the indicator, in the form that may leave the machine.
        exchange: asks what the source wants to know at the same time, and returns what came of it in order.
    """
    documents: list[msgspec.Raw] = []
    try:
        reading = await _reading(source, ioc, exchange, documents)
    except SourceError as error:
        reading = error
    results = _together(documents)
    match reading:
        case Finding():
            others = tuple(one for one in reading.related if one.ioc != ioc)  # which many answers name too
            return Found(replace(reading, related=others), results)
        case None:
            return NotFound(results)
        case SourceError():
            return Failed(reading, results)


async def _reading(source: Conversing, ioc: Indicator, exchange: Exchange, documents: list[msgspec.Raw]) -> Reading:
    try:
        steps = source.lookup(ioc)
    except (Exception, SystemExit) as bug:  # noqa: BLE001 as in `_next`
        return broken(source, bug)
    asks = _next(source, steps, None)
    while not (asks is None or isinstance(asks, Finding | SourceError)):
        reads = await exchange(asks)
        documents += [read.document for read in reads if read.document is not None]
        asks = _next(source, steps, [_told(asked, read) for asked, read in zip(asks, reads, strict=True)])
    return asks


def _told(asked: Ask[Any], read: Read) -> Any:
    """What the source is told of an answer; an error ends the conversation unless it wants to be told of that too."""
    if isinstance(read.payload, SourceError) and not asked.tolerant:
        raise read.payload
    return read.payload


def _next(source: Conversing, steps: Steps, payloads: Sequence[Any] | None) -> Sequence[Ask[Any]] | Reading:
    """What the source asks next, or its reading; whatever else its code does is its own fault."""
    try:
        return next(steps) if payloads is None else steps.send(payloads)
    except StopIteration as done:
        return _checked(source, done.value)
    except (Exception, SystemExit) as bug:  # noqa: BLE001 a source's bug is an outcome, not the end of a run
        return broken(source, bug)


def _checked(source: Conversing, reading: object) -> Reading:
    """A reading, if it is one: a plugin may return anything."""
    named: tuple[object, ...] = reading.related if isinstance(reading, Finding) else ()
    if any(type(one) is not Related for one in named):
        return BrokenSource(f"{source.name} names something as related that is no Related")
    if reading is None or isinstance(reading, Finding | SourceError):
        return reading
    return BrokenSource(f"{source.name} read a {type(reading).__name__}, which is no Finding")


def broken(source: AnySource[Any], bug: BaseException) -> BrokenSource:
    """What a bug in the code of a source comes to."""
    place = traceback.extract_tb(bug.__traceback__)[-1]
    return BrokenSource(f"{type(bug).__name__} in the code of {source.name}, line {place.lineno}")


def _together(documents: Sequence[msgspec.Raw]) -> msgspec.Raw | None:
    """What the source sent: its answer, or the list of its answers."""
    if len(documents) < 2:
        return documents[0] if documents else None
    return msgspec.Raw(b"[" + b",".join(map(bytes, documents)) + b"]")
