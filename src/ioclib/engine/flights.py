"""The same question is asked once, however many want to know: whoever comes second waits for the first one's answer."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")

_Waiting = list["Future[Any]"]

_under_way: dict[tuple[object, str], _Waiting] = {}  # of the process: several event loops may ask the same
_lock = threading.Lock()


class Flights(Generic[T]):
    """Questions that are under way, across all threads and event loops of the process.

    Args:
        scope: questions are the same if they have the same key and the same scope, such as one file of kept answers.
    """

    def __init__(self, scope: object) -> None:
        self._scope = scope

    async def share(self, key: str, make: Callable[[], Awaitable[T]], limit: float) -> T:
        """The result of ``make``, or of somebody else's who asks the same just now.

        One that is called off, or comes too late, is nobody's result: the next in line asks anew.

        Args:
            key: what is asked.
            make: asks it.
            limit: until when somebody else's result is waited for, by the clock of the event loop.

        Raises:
            TimeoutError: there was none until then.
        """
        question = self._scope, key
        while True:
            mine: _Waiting = []
            theirs: Future[Any] | None = None
            with _lock:
                waiting = _under_way.setdefault(question, mine)
                if waiting is not mine:
                    waiting.append(theirs := Future())
            if theirs is None:
                return await _fly(question, make)
            async with asyncio.timeout_at(limit):
                landed = await asyncio.wrap_future(theirs)
            if landed:
                return cast("T", landed[0])


async def _fly(question: tuple[object, str], make: Callable[[], Awaitable[T]]) -> T:
    landed: tuple[()] | tuple[T] = ()
    try:
        result = await make()
        landed = (result,)
        return result
    finally:
        with _lock:
            waiting = _under_way.pop(question)
        for one in waiting:
            if one.set_running_or_notify_cancel():  # else whoever waited was called off
                one.set_result(landed)
