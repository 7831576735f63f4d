"""A source that fails again and again is left alone for a while, and then tried with one lookup."""

import asyncio
from datetime import UTC, datetime, timedelta

from ioclib.answers import Failed, Outcome, Skipped
from ioclib.engine.gate import Gate
from ioclib.errors import ServerFault, Timeout, Unreachable
from ioclib.plan import Reason, ReasonKind

_ENOUGH = 5
"""Failures, one after the other."""

_FIRST, _LONGEST = 30.0, 900.0
"""Seconds that a source is left alone, after the first time and at most; it doubles in between."""

_AT_FAULT = (Unreachable, Timeout, ServerFault)


class Breaker:
    """Counts the failures of one source, and closes its gate when there are enough.

    Args:
        name: of the source.
        gate: the source's; what is closed there is closed for every process.
    """

    def __init__(self, name: str, gate: Gate) -> None:
        self._name = name
        self._gate = gate
        self._failures = 0
        self._pause = 0.0
        self._opens_at = 0.0  # by the clock of the event loop
        self._until = datetime.now(UTC)
        self._probing = False

    def reason(self) -> Reason | None:
        """Why the source is not asked now; None lets the caller try, and nobody else until `note` hears of it."""
        if not self._pause:
            return None
        if asyncio.get_running_loop().time() < self._opens_at or self._probing:
            shown = f"{self._until:%Y-%m-%d %H:%M:%S} UTC"
            return Reason(
                ReasonKind.COOLING_DOWN,
                f"it failed {self._failures} times in a row; not asked until {shown}",
                self._until,
            )
        self._probing = True
        return None

    async def note(self, outcome: Outcome) -> None:
        """What came of a lookup that was tried."""
        self._probing = False
        if isinstance(outcome, Skipped):
            return
        if not (isinstance(outcome, Failed) and isinstance(outcome.error, _AT_FAULT)):
            self._failures, self._pause = 0, 0.0
            return
        self._failures += 1
        now = asyncio.get_running_loop().time()
        if self._failures >= _ENOUGH and now >= self._opens_at:
            self._pause = min(2 * self._pause or _FIRST, _LONGEST)
            self._opens_at = now + self._pause
            self._until = datetime.now(UTC) + timedelta(seconds=self._pause)
            await self._gate.cool(self._until)

    def forget(self) -> None:
        """A lookup that was tried was called off: nothing is known of the source."""
        self._probing = False
