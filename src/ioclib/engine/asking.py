"""One question to a service: waits for its turn, is sent, is tried again where that can help, and is understood."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ioclib.cache import KeptResponse
from ioclib.engine.allowance import allowances
from ioclib.engine.door import Door
from ioclib.engine.gate import Gate
from ioclib.engine.reading import Blotter, Read, sort_of, understood
from ioclib.errors import QuotaExhausted, RateLimited, ServerFault, SourceError, Timeout, Unreachable
from ioclib.plan import Reason, ReasonKind
from ioclib.source import Ask
from ioclib.wire import WireResponse

_TRIES = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 3.0
"""Seconds before the first and the last try; with jitter, so that many who failed do not come back together."""

_TRANSIENT = (Unreachable, Timeout, ServerFault)
_REFUSED = (RateLimited, QuotaExhausted)
_LONGEST_COOLING = 3600.0

logging.getLogger("stamina").addHandler(logging.NullHandler())  # a library prints nothing


_Result = tuple[Read, WireResponse | None]
"""What came of a question, and the response if there was one."""


class NotGranted(Exception):
    """A question that was not asked, since the gate did not let it through in time."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message)
        self.reason = reason


class Desk:
    """Where the questions of one source are asked.

    Args:
        door: the source's door.
        gate: where its requests wait for their turn.
        blotter: knows the keys that must not be repeated.
    """

    def __init__(self, door: Door, gate: Gate, blotter: Blotter) -> None:
        self._door = door
        self._gate = gate
        self._blotter = blotter
        self._source = door.source
        self._refusals = 0  # one after the other

    async def ask(self, asked: Ask[Any], until: float, base: str | None = None) -> _Result:
        """What came of a question, and the response if there was one; tried again where the service was at fault.

        Args:
            asked: the question.
            until: when an answer is of no use any more, by the clock of the event loop.
            base: the base address, if it is another than usual.

        Raises:
            NotGranted: it was not asked.
        """
        result = await self._once(asked, until, base)
        if isinstance(result[0].payload, _TRANSIENT):
            return await self._again(asked, until, base, result)
        return result

    async def _once(self, asked: Ask[Any], until: float, base: str | None) -> _Result:
        if asked.request.wait:
            await asyncio.sleep(asked.request.wait)
        if reason := await self._gate.permit(until):
            raise NotGranted(reason)
        try:
            sent = await self._door.send(asked.request, base)
        except SourceError as error:
            return Read(error), None
        is_data = self._door.base.startswith("package:")  # which nothing was sent to that it could repeat
        response = sent if is_data else replace(sent, body=self._blotter.clean(sent.body))
        read = understood(self._source, asked, response)
        await self._take_note(response, read)
        return read, response

    async def _again(self, asked: Ask[Any], until: float, base: str | None, result: _Result) -> _Result:
        """Tries a failed question again, with growing pauses, as long as there is time."""
        import stamina

        left = until - asyncio.get_running_loop().time()

        def worth_it(error: Exception) -> bool | timedelta:
            if not isinstance(error, _TRANSIENT):
                return False
            if error.retry_at is None:
                return True
            pause = max(error.retry_at - datetime.now(UTC), timedelta())
            return pause if pause.total_seconds() < left else False

        tries = stamina.retry_context(
            on=worth_it, attempts=_TRIES, timeout=left, wait_initial=_FIRST_PAUSE, wait_max=_LONGEST_PAUSE,
            wait_jitter=_FIRST_PAUSE,
        )  # fmt: skip
        first = True
        try:
            async for attempt in tries:
                with attempt:
                    if not first:
                        result = await self._once(asked, until, base)
                    first = False
                    if isinstance(result[0].payload, SourceError):
                        raise result[0].payload
        except (SourceError, NotGranted):
            pass  # the last thing that the service said is what counts
        return result

    async def _take_note(self, response: WireResponse, read: Read) -> None:
        """What a response says of the limits, for the next one who asks."""
        for allowance in allowances(response.headers, self._door.limits):
            await self._gate.sync(*allowance)
        if not isinstance(read.payload, _REFUSED):
            self._refusals = 0
            return
        if read.payload.retry_at is None:
            pause = min(60.0 * 2**self._refusals, _LONGEST_COOLING)
            read.payload.retry_at = datetime.now(UTC) + timedelta(seconds=pause)
        self._refusals += 1
        await self._gate.cool(read.payload.retry_at)


class Visit:
    """The questions of one lookup, and the responses to them.

    Args:
        desk: where they are asked.
        until: when an answer is of no use any more, by the clock of the event loop.
        base: the base address of its requests, if it is another than usual.
    """

    def __init__(self, desk: Desk, until: float, base: str | None = None) -> None:
        self._desk = desk
        self._base = base
        self._until = until
        self._begun = False
        self.responses: list[KeptResponse] = []
        self.whole = True
        """Whether every question was answered."""

    async def exchange(self, asks: Sequence[Ask[Any]]) -> list[Read]:
        """Asks everything at the same time.

        Raises:
            NotGranted: none of the lookup's questions was asked.
        """
        if len(asks) == 1:
            results = [await self._ask(asks[0])]
        else:
            results = await asyncio.gather(*map(self._ask, asks))
        if not self._begun and all(isinstance(result, NotGranted) for result in results):
            raise next(result for result in results if isinstance(result, NotGranted))
        self._begun = True
        return [self._noted(*_as_failure(result)) for result in results]

    async def _ask(self, asked: Ask[Any]) -> _Result | NotGranted:
        try:
            return await self._desk.ask(asked, self._until, self._base)
        except NotGranted as refused:
            return refused

    def _noted(self, read: Read, response: WireResponse | None) -> Read:
        if response is None or isinstance(read.payload, SourceError):
            self.whole = False
        else:
            self.responses.append(KeptResponse(response.status, sort_of(response), response.body))
        return read


def _as_failure(result: _Result | NotGranted) -> _Result:
    """What came of a question; one that was not asked is a failure of a lookup of which others were."""
    if not isinstance(result, NotGranted):
        return result
    reason = result.reason
    kind = RateLimited if reason.kind is ReasonKind.COOLING_DOWN else QuotaExhausted
    return Read(kind(reason.message, retry_at=reason.retry_at)), None
