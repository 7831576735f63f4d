"""What a coordinator hands to an executor, and what it gets back: plain values, ready to be sent anywhere as JSON."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from msgspec import Struct


class Item(Struct, frozen=True):
    """One indicator of a job.

    Attributes:
        id: its number in the job, from 0.
        type: its type.
        value: its canonical form.
    """

    id: int
    type: str
    value: str


class Chunk(Struct, frozen=True):
    """Lookups of one source that are made together.

    Attributes:
        source: its name.
        items: the indicators.
        tlp: who may learn of them.
    """

    source: str
    items: tuple[Item, ...]
    tlp: str


class Row(Struct, frozen=True):
    """What came of one lookup.

    Attributes:
        id: the indicator's number.
        outcome: found, not_found, failed or skipped.
        answer: `AnswerEntry` as JSON.
    """

    id: int
    outcome: str
    answer: bytes


class Deferred(Struct, frozen=True):
    """A lookup that could not be made now, for want of quota.

    Attributes:
        id: the indicator's number.
        until: when it could be made, in seconds since 1970 (UTC).
    """

    id: int
    until: float


class Done(Struct, frozen=True):
    """What came of a chunk.

    Attributes:
        rows: each lookup that was made.
        deferred: each that was not.
    """

    rows: tuple[Row, ...]
    deferred: tuple[Deferred, ...]


Land = Callable[[Sequence[Row]], Awaitable[None]]
"""Keeps rows; it returns when they are safe."""


class Executor(Protocol):
    """Makes lookups: in this process, or on other machines."""

    @property
    def window(self) -> int:
        """So many chunks of one source are under way at once."""
        ...

    async def run(self, chunk: Chunk, land: Land) -> Sequence[Deferred]:
        """Makes the lookups of a chunk.

        Args:
            chunk: the lookups.
            land: is given the rows as they land, each exactly once.

        Returns:
            What could not be made for want of quota.

        Raises:
            OSError: the executor is out of reach; nothing more of the chunk will land, and it may be tried again.
        """
        ...

    async def aclose(self) -> None:
        """Ends what is under way."""
        ...
