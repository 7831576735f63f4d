"""One lookup: the conversation that a source wants to have, until it has read its answer."""

import traceback
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from ioclib.answers import Failed, Found, NotFound, Outcome
from ioclib.engine.reading import Blotter, document_of, payload_of
from ioclib.errors import BrokenSource, SourceError
from ioclib.indicators import Indicator
from ioclib.source import Ask, Finding, Reading, Request, Source, SteppedSource, Steps
from ioclib.wire import WireResponse

Conversing = Source[Any, Any] | SteppedSource[Any]
Exchange = Callable[[Sequence[Request]], Awaitable[Sequence[WireResponse | SourceError]]]


async def converse(source: Conversing, ioc: Indicator, exchange: Exchange, blotter: Blotter) -> Outcome:
    """Asks a source about an indicator.

    Args:
        source: who is asked.
        ioc: the indicator, in the form that may leave the machine.
        exchange: sends requests at the same time and returns their responses in order, or why there is none.
        blotter: knows the keys that must not be repeated.
    """
    documents: list[msgspec.Raw] = []
    try:
        reading = await _reading(source, source.lookup(ioc), exchange, blotter, documents)
    except SourceError as error:
        reading = error
    results = _together(documents)
    match reading:
        case Finding():
            return Found(reading, results)
        case None:
            return NotFound(results)
        case SourceError():
            return Failed(reading, results)


async def _reading(
    source: Conversing, steps: Steps, exchange: Exchange, blotter: Blotter, documents: list[msgspec.Raw]
) -> Reading:
    asks = _next(source, steps, None)
    while isinstance(asks, Sequence):
        responses = await exchange([asked.request for asked in asks])
        payloads = [
            _payload(source, asked, response, blotter, documents)
            for asked, response in zip(asks, responses, strict=True)
        ]
        asks = _next(source, steps, payloads)
    return asks


def _next(source: Conversing, steps: Steps, payloads: Sequence[Any] | None) -> Sequence[Ask[Any]] | Reading:
    """What the source asks next, or its reading; whatever else its code does is its own fault."""
    try:
        return next(steps) if payloads is None else steps.send(payloads)
    except StopIteration as done:
        reading: Reading = done.value
        return reading
    except Exception as bug:  # noqa: BLE001 a source's bug is an outcome, not the end of a run
        place = traceback.extract_tb(bug.__traceback__)[-1]
        return BrokenSource(f"{type(bug).__name__} in the code of {source.name}, line {place.lineno}")


def _payload(
    source: Conversing,
    asked: Ask[Any],
    response: WireResponse | SourceError,
    blotter: Blotter,
    documents: list[msgspec.Raw],
) -> Any:
    """The payload of one response, or its error as a value where the source wants that."""
    try:
        if isinstance(response, SourceError):
            raise response
        document = document_of(response, asked.payload, blotter)
        if isinstance(document, msgspec.Raw):
            documents.append(document)
        return payload_of(source, asked, response, document)
    except SourceError as error:
        if not asked.tolerant:
            raise
        return error


def _together(documents: Sequence[msgspec.Raw]) -> msgspec.Raw | None:
    """What the source sent: its answer, or the list of its answers."""
    if len(documents) < 2:
        return documents[0] if documents else None
    return msgspec.Raw(b"[" + b",".join(map(bytes, documents)) + b"]")
