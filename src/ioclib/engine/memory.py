"""What a source has said before: when it may be said again without asking, and when it stands in for an answer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ioclib.answers import Failed, Found, NotFound, Outcome, Skipped
from ioclib.cache import Answers, KeptAnswer, KeptResponse, cache_key
from ioclib.engine.conversation import Conversing, converse
from ioclib.engine.door import Door
from ioclib.engine.reading import Read, understood
from ioclib.errors import QuotaExhausted, RateLimited, ServerFault, Timeout, UnexpectedAnswer, Unreachable
from ioclib.indicators import Indicator
from ioclib.plan import ReasonKind
from ioclib.source import Ask
from ioclib.wire import WireResponse

_DOWN = (Unreachable, Timeout, ServerFault, RateLimited, QuotaExhausted)
_WAITING = {ReasonKind.QUOTA, ReasonKind.COOLING_DOWN}


@dataclass(frozen=True)
class Freshness:
    """How old an answer may be.

    Attributes:
        at_most: seconds; nothing older is used at all. None leaves it to the sources.
        stale: seconds that an answer is kept to stand in for a source that is down.
    """

    at_most: float | None = None
    stale: float = 7 * 24 * 3600


class Recollection(NamedTuple):
    """What was said before.

    Attributes:
        outcome: found or not found.
        age: seconds since then.
        fresh: it need not be asked again.
    """

    outcome: Found | NotFound
    age: float
    fresh: bool


class Memory:
    """The kept answers of one source.

    Args:
        door: the source's, which says what an answer depends on.
        answers: where they are kept.
        freshness: how old they may be.
        clock: seconds since 1970, UTC.
    """

    def __init__(
        self, door: Door, answers: Answers, freshness: Freshness, clock: Callable[[], float] = time.time
    ) -> None:
        self._door = door
        self._answers = answers
        self._freshness = freshness
        self._clock = clock

    def key(self, ioc: Indicator) -> str:
        """What an answer about an indicator is kept under."""
        secret = self._door.secret
        source = self._door.source
        return cache_key(source.name, source.version, self._door.base, secret.reveal() if secret else None, ioc)

    async def recall(self, source: Conversing, ioc: Indicator, key: str) -> Recollection | None:
        """What the source said of an indicator, if it may be used for anything."""
        kept = await self._answers.get(key)
        if kept is None:
            return None
        age = max(0.0, self._clock() - kept.fetched)
        if self._freshness.at_most is not None and age > self._freshness.at_most:
            return None
        outcome = await converse(source, ioc, _Replay(source, kept.exchanges).exchange)
        if isinstance(outcome, Failed):
            return None  # the source reads it in another way today
        return Recollection(outcome, age, age <= self._seconds(outcome))

    async def keep(self, key: str, outcome: Found | NotFound, responses: Sequence[KeptResponse]) -> None:
        """Keeps what a source said just now."""
        now = self._clock()
        word: Literal["found", "not_found"] = "found" if isinstance(outcome, Found) else "not_found"
        forget = now + max(self._seconds(outcome), self._freshness.stale)
        await self._answers.put(key, KeptAnswer(tuple(responses), word, now), forget)

    @property
    def shared(self) -> bool:
        """Whether other machines may be asking the same."""
        return self._answers.shared

    async def claim(self, key: str, seconds: float) -> bool:
        """Whether nobody else, on any machine that shares the cache, is asking this already."""
        return await self._answers.claim(key, seconds)

    async def release(self, key: str) -> None:
        """Others may ask it now."""
        await self._answers.release(key)

    def _seconds(self, outcome: Outcome) -> float:
        keep = self._door.source.keep
        return keep.found if isinstance(outcome, Found) else keep.not_found


def stands_in(outcome: Outcome) -> bool:
    """Whether an older answer says more than this: the source is down, or may not be asked at present."""
    match outcome:
        case Failed(error):
            return isinstance(error, _DOWN)
        case Skipped(reason):
            return reason.kind in _WAITING
        case _:
            return False


class _Replay:
    """A conversation with what a service said before."""

    def __init__(self, source: Conversing, responses: Sequence[KeptResponse]) -> None:
        self._source = source
        self._left = iter(responses)

    async def exchange(self, asks: Sequence[Ask[object]]) -> list[Read]:
        """The answers to the same questions, in the same order."""
        return [self._read(asked) for asked in asks]

    def _read(self, asked: Ask[object]) -> Read:
        kept = next(self._left, None)
        if kept is None:
            return Read(UnexpectedAnswer("another question than the one that was answered"))
        response = WireResponse(status=kept.status, headers={"content-type": kept.content_type}, body=kept.body)
        return understood(self._source, asked, response)
