"""Plays recorded answers to a source, without a network.

A sample is a JSON file ``NAME/CASE.json``, where NAME is the source's name::

    {"ask": "203.0.113.9",
     "answers": [{"status": 200, "headers": {}, "body": {…}}],   # one a request, in the order they are sent;
                                                                 # "body" JSON, "text" text, "base64" bytes
     "expect": {"outcome": "found", "verdict": "malicious", "summary": "…", "error": null, …}}

What ``expect`` leaves out is not compared; times are written as ``2026-09-14T07:42:11+00:00``, related indicators as
``resolves-to 203.0.113.9``.
"""

import base64
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from ioclib.answers import Failed, Found, NotFound, Outcome
from ioclib.cache import KeptList, Marks, MemoryOfLists
from ioclib.engine.asking import Desk
from ioclib.engine.conversation import Conversing, Exchange, converse
from ioclib.engine.listing import Listing
from ioclib.engine.reading import Read, understood
from ioclib.indicators import Indicator
from ioclib.source import AnySource, Ask, ListSource, Request
from ioclib.wire import WireResponse

T = TypeVar("T")


class Recorded(msgspec.Struct, forbid_unknown_fields=True):
    """One answer of a service."""

    status: int = 200
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw()
    text: str | None = None
    base64: str | None = None

    def response(self) -> WireResponse:
        """As it comes from the network."""
        if self.base64 is not None:
            return WireResponse(status=self.status, headers=self.headers, body=base64.b64decode(self.base64))
        if self.text is not None:
            headers = {"content-type": "text/plain", **self.headers}
            return WireResponse(status=self.status, headers=headers, body=self.text.encode())
        headers = {"content-type": "application/json", **self.headers}
        return WireResponse(status=self.status, headers=headers, body=bytes(self.body))


class Expected(msgspec.Struct, forbid_unknown_fields=True):
    """What a source is to make of the answers; None is not compared."""

    outcome: str
    verdict: str | None = None
    summary: str | None = None
    tags: list[str] | None = None
    link: str | None = None
    family: str | None = None
    actor: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    asn: int | None = None
    country: str | None = None
    confidence: int | None = None
    related: list[str] | None = None
    references: list[str] | None = None
    error: str | None = None


class Sample(msgspec.Struct, forbid_unknown_fields=True):
    """A question, what the service answered, and what that means."""

    ask: str
    answers: list[Recorded]
    expect: Expected

    def responses(self) -> list[WireResponse]:
        """The answers as they come from the network."""
        return [one.response() for one in self.answers]


def samples_in(folder: Path) -> Iterator[tuple[str, Sample]]:
    """Every sample in a folder, with the name of its case.

    Raises:
        ValueError: a file is no sample.
    """
    for path in sorted(folder.glob("*.json")):
        try:
            yield path.stem, msgspec.json.decode(path.read_bytes(), type=Sample)
        except ValueError as wrong:  # msgspec's errors are ValueErrors
            raise ValueError(f"{path} is no sample: {wrong}") from None


def folder_beside(file: Path, name: str) -> Path:
    """Where the samples of a plugin's source lie: ``NAME`` or ``samples/NAME`` beside its file."""
    beside = file.parent / name
    return beside if beside.is_dir() else file.parent / "samples" / name


@dataclass(frozen=True)
class Replayed:
    """What a source asked and made of the answers.

    Attributes:
        outcome: what came of it.
        requests: what it asked, in order.
        unread: how many answers it did not ask for.
    """

    outcome: Outcome
    requests: tuple[Request, ...]
    unread: int = 0

    def as_expected(self) -> dict[str, Any]:
        """What a sample's ``expect`` would say of it."""
        match self.outcome:
            case Found(finding=finding):
                return {
                    "outcome": "found",
                    "verdict": str(finding.verdict),
                    "summary": finding.summary,
                    "tags": list(finding.tags),
                    "link": finding.link,
                    "family": finding.family,
                    "actor": finding.actor,
                    "first_seen": finding.first_seen.isoformat() if finding.first_seen else None,
                    "last_seen": finding.last_seen.isoformat() if finding.last_seen else None,
                    "asn": finding.asn,
                    "country": finding.country,
                    "confidence": finding.confidence,
                    "related": [f"{one.relation} {one.ioc.value}" for one in finding.related],
                    "references": list(finding.references),
                }
            case NotFound():
                return {"outcome": "not_found"}
            case Failed(error=error):
                return {"outcome": "failed", "error": str(error.kind)}
            case _:
                return {"outcome": "skipped"}

    def differences(self, expected: Expected) -> Iterator[str]:
        """In what it is not as a sample expects it."""
        read = self.as_expected()
        said = f" ({self.outcome.error.message})" if isinstance(self.outcome, Failed) else ""
        for name in expected.__struct_fields__:
            wanted = getattr(expected, name)
            if wanted is not None and read.get(name) != wanted:
                yield f"{name} is {read.get(name)!r}, not {wanted!r}{said}"
        if self.unread:
            yield f"{self.unread} of its answers were not asked for"


def replay(source: AnySource[Any], ioc: Indicator, responses: Iterable[WireResponse]) -> Replayed:
    """Asks a source about an indicator, and answers it from a list.

    Raises:
        LookupError: it asked for more answers than there are.
    """
    left = list(responses)
    asked: list[Request] = []

    def answer(request: Request) -> WireResponse:
        if not left:
            raise LookupError(f"it asked {request.method} {request.path} too, to which there is no answer")
        return left.pop(0)

    outcome = _at_once(_lookup(source, ioc.sendable(), told(source, answer, asked)))
    return Replayed(outcome, tuple(asked), len(left))


def told(
    source: AnySource[Any], answer: Callable[[Request], WireResponse], asked: list[Request] | None = None
) -> Exchange:
    """An exchange for `converse`, in which a function answers; what was asked is remembered in a list."""

    async def exchange(wanted: Sequence[Ask[Any]]) -> list[Read]:
        if asked is not None:
            asked.extend(one.request for one in wanted)
        return [understood(source, one, answer(one.request)) for one in wanted]

    return exchange


async def _lookup(source: AnySource[Any], ioc: Indicator, exchange: Exchange) -> Outcome:
    if isinstance(source, ListSource):
        desk = cast("Desk", _OneAnswer(exchange))
        return await _ListingHere(cast("Any", source), source.base, desk, MemoryOfLists()).lookup(ioc, 0)
    return await converse(cast("Conversing", source), ioc, exchange)


class _ListingHere(Listing):
    """Makes no index: a list of a sample is short, and nothing may be opened meanwhile."""

    async def index(self, payload: object, marks: Marks) -> KeptList:
        return _ShortList(self.entries(payload), marks)


class _ShortList(KeptList):
    def __init__(self, entries: Mapping[str, str], marks: Marks) -> None:
        self._entries = entries
        self.fetched = time.time()
        self.marks = marks

    def entry(self, keys: Sequence[str]) -> str | None:
        return next((self._entries[key] for key in keys if key in self._entries), None)


class _OneAnswer:
    """What a list needs of a desk."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def ask(self, asked: Ask[Any], _: float) -> tuple[Read, WireResponse]:
        (read,) = await self._exchange([asked])
        return read, WireResponse(status=200, headers={}, body=b"")


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """What comes of a coroutine that waits for nothing: there is neither a network nor an event loop."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast("T", done.value)
    work.close()
    raise RuntimeError("a lookup waits for something although every answer is there")
