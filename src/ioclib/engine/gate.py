"""Where the requests of one key wait for their turn: first come, first served, and never more than the limits allow.

What is limited is when requests start, not how long they take. Everything that waits at the same time is granted by one
call of the ledger, so that counting costs next to nothing where a limit is large.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ioclib.plan import Reason, ReasonKind
from ioclib.quota import GRANTED, Ledger, Wait
from ioclib.source import Limit

_LEASE = 1000
"""Requests that are granted at once at most; all of them are made."""

_MARGIN = 0.002
"""Seconds that are slept longer than the ledger says, since clocks are not as fine as they pretend."""

_COUNTED_BACK = {"second", "minute", "hour"}

_log = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    turn: "asyncio.Future[Reason | None]"
    until: float  # by the clock of the event loop


class Gate:
    """The turnstile in front of one host and key.

    Args:
        ledger: where is counted what was asked, by everybody who has the key.
        key: the host and a fingerprint of the credential.
        limits: all of them.
        name: what people call it.
    """

    def __init__(self, ledger: Ledger, key: str, limits: Sequence[Limit], name: str) -> None:
        self._ledger = ledger
        self._key = key
        self._limits = tuple(limits)
        self._name = name
        self._lease = min([_LEASE, *(limit.count for limit in limits)])
        self._waiting: deque[_Waiting] = deque()
        self._usher: asyncio.Task[None] | None = None
        self._closed: tuple[Wait, float] | None = None  # the last refusal, and when it ends

    async def permit(self, until: float) -> Reason | None:
        """Waits for one's turn.

        Args:
            until: when it is too late, by the clock of the event loop.

        Returns:
            None when the request may be made now; or why it cannot be made in time, told as soon as that is known.
        """
        loop = asyncio.get_running_loop()
        if self._closed and (reason := self._too_late(*self._closed, len(self._waiting), until)):
            return reason
        waiting = _Waiting(loop.create_future(), until)
        self._waiting.append(waiting)
        if self._usher is None or self._usher.done():
            self._usher = asyncio.create_task(self._serve())
        return await waiting.turn

    async def cool(self, until: datetime) -> None:
        """Nobody asks before then, in no process."""
        try:
            await self._ledger.cooldown(self._key, until)
        except OSError as error:
            _log.warning("%s", error)

    async def sync(self, limit: Limit, remaining: int, reset_at: datetime | None) -> None:
        """Takes over what the vendor says is left of a limit."""
        try:
            await self._ledger.sync(self._key, limit, remaining, reset_at)
        except OSError as error:
            _log.warning("%s", error)

    async def aclose(self) -> None:
        """Send away whoever waits."""
        if self._usher:
            self._usher.cancel()
            await asyncio.gather(self._usher, return_exceptions=True)

    async def _serve(self) -> None:
        """Lets in who waits, and sends away who would wait too long; ends when nobody is left."""
        loop = asyncio.get_running_loop()
        while self._forget_the_gone():
            wait = await self._reserve(min(len(self._waiting), self._lease))
            if not wait.seconds:
                continue
            ends = loop.time() + wait.seconds
            self._closed = (wait, ends)
            self._send_away(wait, ends)
            if self._waiting:
                await asyncio.sleep(wait.seconds + _MARGIN)
            else:
                loop.call_at(ends, self._open_again, ends)
        # whoever comes now finds this task done and starts the next

    def _open_again(self, ends: float) -> None:
        if self._closed and self._closed[1] == ends:
            self._closed = None

    async def _reserve(self, n: int) -> Wait:
        """Grants as many as there are, or one of them; those who were granted are let in."""
        try:
            wait = await self._ledger.reserve(self._key, self._limits, n)
            if wait.seconds and n > 1:
                n = 1
                wait = await self._ledger.reserve(self._key, self._limits, n)
        except OSError as error:
            _log.warning("%s", error)
            self._refuse_all(Reason(ReasonKind.QUOTA, f"what is left of the quota cannot be told: {error}"))
            return GRANTED
        if not wait.seconds:
            self._closed = None
            self._let_in(n)
        return wait

    def _forget_the_gone(self) -> bool:
        """Drops those who were cancelled; whether anybody is left."""
        while self._waiting and self._waiting[0].turn.done():
            self._waiting.popleft()
        return bool(self._waiting)

    def _let_in(self, number: int) -> None:
        while number and self._waiting:
            turn = self._waiting.popleft().turn
            if not turn.done():
                turn.set_result(None)
                number -= 1

    def _refuse_all(self, reason: Reason) -> None:
        while self._waiting:
            turn = self._waiting.popleft().turn
            if not turn.done():
                turn.set_result(reason)

    def _send_away(self, wait: Wait, ends: float) -> None:
        """Tells those whose turn cannot come in time; the others stay in their order."""
        staying: deque[_Waiting] = deque()
        for one in self._waiting:
            reason = self._too_late(wait, ends, len(staying), one.until)
            if one.turn.done():
                continue
            if reason:
                one.turn.set_result(reason)
            else:
                staying.append(one)
        self._waiting = staying

    def _too_late(self, wait: Wait, ends: float, before: int, until: float) -> Reason | None:
        """Why a request with so many before it cannot be made in time, if it cannot."""
        now = asyncio.get_running_loop().time()
        turn = ends + self._queue(before)
        if turn <= until or turn <= now:
            return None
        at = datetime.now(UTC) + timedelta(seconds=turn - now)
        shown = f"{at:%Y-%m-%d %H:%M:%S} UTC"
        if wait.cooling:
            return Reason(ReasonKind.COOLING_DOWN, f"{self._name} is not asked until {shown}", at)
        allowed = ", ".join(map(str, self._limits))
        return Reason(ReasonKind.QUOTA, f"{allowed} is used up; it could be asked at {shown}", at)

    def _queue(self, before: int) -> float:
        """Seconds that those before one take at least, after the first of them has got in."""
        limits = (limit for limit in self._limits if limit.rolling or limit.per in _COUNTED_BACK)
        return float(max((before // limit.count * limit.seconds for limit in limits), default=0))
