"""Kept answers: what a source sent for one lookup, under a key that tells one question from every other."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import ClassVar, Literal, Protocol

import msgspec

from ioclib.indicators import Indicator

_Parts = tuple[str, int, str, str | None, str, str]


class KeptResponse(msgspec.Struct, frozen=True, array_like=True):
    """One response: no other header than its type, nothing of the request, and no key.

    Attributes:
        status: the HTTP status.
        content_type: as the service said.
        body: bytes, decompressed.
    """

    status: int
    content_type: str
    body: bytes


class KeptAnswer(msgspec.Struct, frozen=True):
    """What one lookup brought.

    Attributes:
        exchanges: its responses, in the order in which they were asked for.
        outcome: what they were read as; a failure is no answer.
        fetched: seconds since 1970, UTC.
    """

    exchanges: tuple[KeptResponse, ...]
    outcome: Literal["found", "not_found"]
    fetched: float


class Share(msgspec.Struct, frozen=True):
    """What is kept of one source."""

    answers: int
    bytes: int


class CacheInfo(msgspec.Struct, frozen=True):
    """What is kept, whether it may still be served or not.

    Attributes:
        where: a file or an address, without credentials.
        answers: how many.
        bytes: of the answers as they are stored.
        oldest: when the oldest of them was fetched (UTC).
        by_source: each source's share, by name.
    """

    where: str
    answers: int = 0
    bytes: int = 0
    oldest: datetime | None = None
    by_source: Mapping[str, Share] = {}

    @classmethod
    def of(cls, where: str, shares: Iterable[tuple[str, int, int]], oldest: float | None) -> "CacheInfo":
        """The sum of shares: each a source, a number of its answers, and their bytes."""
        answers: Counter[str] = Counter()
        sizes: Counter[str] = Counter()
        for source, count, size in shares:
            answers[source] += count
            sizes[source] += size
        return cls(
            where=where,
            answers=answers.total(),
            bytes=sizes.total(),
            oldest=None if oldest is None else datetime.fromtimestamp(oldest, UTC),
            by_source={source: Share(answers[source], sizes[source]) for source in sorted(answers)},
        )


def cache_key(source: str, version: int, base: str, credential: str | None, ioc: Indicator) -> str:
    """The key of one lookup; two different lookups never have the same.

    The credential is in it because an answer depends on what the account may see. Only the first 48 bits of its
    SHA-256 are: enough to tell apart the few keys that one user has, and too few to learn a key from, because of the
    keys of 128 bits 2^80 share them.

    Args:
        source: its name.
        version: of the source's reading; another version asks anew.
        base: address that is asked.
        credential: what is sent to be let in, if anything is.
        ioc: in the form that is sent.
    """
    fingerprint = None if credential is None else hashlib.sha256(credential.encode()).hexdigest()[:12]
    return msgspec.json.encode((source, version, base, fingerprint, ioc.kind, ioc.value)).decode()


def source_of(key: str) -> str:
    """The source that a key belongs to.

    Raises:
        msgspec.DecodeError: this is no key.
    """
    parts: _Parts = msgspec.json.decode(key, type=_Parts)
    return parts[0]


def key_start(source: str) -> str:
    """How all keys of a source begin, and no other's."""
    return f"[{msgspec.json.encode(source).decode()},"


class Answers(Protocol):
    """Where answers are kept. That it fails, or forgets, costs a request and nothing else.

    Attributes:
        shared: other machines keep theirs here too: only then there is anything to claim.
    """

    shared: ClassVar[bool]

    async def get(self, key: str) -> KeptAnswer | None:
        """What was kept, whatever its age, until it was to be forgotten."""
        ...

    async def put(self, key: str, kept: KeptAnswer, forget_at: float) -> None:
        """Keep an answer until a moment (seconds since 1970); `get` knows it at once, the disk by `aclose`."""
        ...

    async def claim(self, key: str, seconds: float) -> bool:
        """Whether it is for us to ask; nobody else is told so until `release`, or until the time is over."""
        ...

    async def release(self, key: str) -> None:
        """Give up our own claim; somebody else's stays."""
        ...

    async def info(self) -> CacheInfo:
        """What is kept.

        Raises:
            OSError: it cannot be told.
        """
        ...

    async def clear(self, source: str | None = None) -> int:
        """Forget all answers, or those of one source, and say how many they were.

        Raises:
            OSError: they may still be there.
        """
        ...

    async def aclose(self) -> None:
        """Write down what is not yet written, and close what is open."""
        ...


class NoAnswers:
    """Keeps nothing."""

    shared: ClassVar[bool] = False

    async def get(self, key: str) -> None:  # noqa: ARG002 what it is given is the protocol's
        """Nothing."""
        return

    async def put(self, key: str, kept: KeptAnswer, forget_at: float) -> None:
        """Forget it."""

    async def claim(self, key: str, seconds: float) -> bool:  # noqa: ARG002 what it is given is the protocol's
        """Always ours: there is no other who could tell us the answer."""
        return True

    async def release(self, key: str) -> None:
        """Nothing was claimed."""

    async def info(self) -> CacheInfo:
        """Nothing is kept."""
        return CacheInfo(where="nowhere")

    async def clear(self, source: str | None = None) -> int:  # noqa: ARG002 what it is given is the protocol's
        """Nothing is there to be forgotten."""
        return 0

    async def aclose(self) -> None:
        """Nothing is open."""
