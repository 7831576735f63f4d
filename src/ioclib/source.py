"""The contract of a source: values and pure functions, no I/O.

A source says which indicator types it takes (the annotation of its ``request``), builds the request and reads the
answer. Sending, waiting, keys, deadlines and errors are the engine's. Nothing here raises for what a service does:
a function returns a `Finding`, ``None`` for "does not know it", or a `SourceError` as a value.
"""

import ipaddress
import types
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import cache
from typing import Any, Generic, Literal, LiteralString, Self, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from ioclib.errors import SourceError
from ioclib.findings import Evidence, Finding, Related, Relation, Verdict, as_indicator, facts, related, when
from ioclib.indicators import Indicator, IPv4, IPv6

__all__ = [
    "MIB", "Absent", "AnySource", "Ask", "Batch", "Evidence", "Exposure", "Finding", "Keep", "Key", "Limit",
    "Lines", "ListSource", "Number", "Payload", "Period", "Reading", "Records", "Refusal", "Related", "Relation",
    "Request", "Retired", "Source", "SteppedSource", "Steps", "Tlp", "Value", "Verdict", "accepted", "as_indicator",
    "ask", "ask_all", "ask_each", "facts", "quoted", "related", "url", "when",
]  # fmt: skip

I_contra = TypeVar("I_contra", bound=Indicator, contravariant=True)
P = TypeVar("P")

Value = str | int | bool | Indicator
"""What may stand in a path, a parameter or a form."""

MIB = 2**20


class Exposure(IntEnum):
    """Who learns of an indicator by our asking; each includes the ones before it."""

    NONE = 0
    """Answered on this machine."""
    VENDOR = 1
    """The vendor learns it."""
    PUBLIC = 2
    """Visible to strangers."""
    TARGET = 3
    """Something touches the indicator's own infrastructure."""


class Tlp(StrEnum):
    """Who may learn of an indicator: FIRST's Traffic Light Protocol 2.0."""

    RED = "red"
    AMBER_STRICT = "amber+strict"
    AMBER = "amber"
    GREEN = "green"
    CLEAR = "clear"

    @property
    def allows(self) -> Exposure:
        """How far an indicator with this marking may travel; touching its owner takes a word of its own."""
        if self in {Tlp.RED, Tlp.AMBER_STRICT}:
            return Exposure.NONE
        return Exposure.TARGET if self is Tlp.CLEAR else Exposure.VENDOR


Reading = Finding | SourceError | None
"""A finding, "not known" (None), or why there is no answer, although the service said 200."""


class Payload(msgspec.Struct):
    """The fields of an answer that are read, spelt as the vendor spells them; all others are ignored.

    A field that may be missing has a default, one that may be null says so in its type.
    """


class Records(Payload):
    """The answer to a DNS question; a name that does not exist has no records.

    Attributes:
        data: of the records of the kind asked for, texts joined and without quotes.
    """

    data: list[str]


@dataclass(frozen=True)
class Number:
    """The number of a protocol buffer's field: ``Annotated[bytes, Number(1)]``.

    Attributes:
        value: the number.
        names: of an enumeration's values, as JSON shows them.
    """

    value: int
    names: Mapping[int, str] = field(default_factory=dict[int, str], hash=False)


@dataclass(frozen=True)
class Lines(Generic[P]):
    """An answer of one JSON document a line: ``payload=Lines[Row]``."""

    rows: tuple[P, ...]


def quoted(value: Value) -> str:
    """A value, percent-encoded for any place in an address: the one function that does this."""
    return quote(_text(value), safe="")


def url(base: LiteralString, *segments: Value, **params: Value) -> str:
    """A link for people: the base, path segments and parameters, all quoted but the base."""
    return base + "".join("/" + quoted(segment) for segment in segments) + _query(params.items())


@dataclass(frozen=True)
class Request:
    """One HTTP request, without scheme, host and key. Build it with `get` or `post`.

    Attributes:
        method: ``GET`` or ``POST``.
        path: below the source's base address, quoted.
        params: of the query, in order.
        body: bytes of the body.
        content_type: of the body.
        wait: seconds to wait before it is sent.
        conditions: headers under which it is to be answered at all: what is known of a list that was downloaded.
    """

    method: Literal["GET", "POST"]
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = ""
    wait: float = 0
    conditions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def get(cls, path: LiteralString, *segments: Value, wait: float = 0, **params: Value | Sequence[Value]) -> Self:
        """``GET path/segment/…?param=…``: only ``path`` is taken as it is.

        Args:
            path: begins with ``/``, or is empty.
            segments: each becomes one path segment.
            wait: seconds to wait before it is sent.
            params: a sequence repeats its parameter.
        """
        return cls("GET", _path(path, segments), tuple(_pairs(params.items())), wait=wait)

    @classmethod
    def post(
        cls,
        path: LiteralString,
        *segments: Value,
        form: Mapping[str, Value] | None = None,
        json: Mapping[str, object] | Sequence[object] | None = None,
    ) -> Self:
        """``POST`` with a form or a JSON body."""
        if json is not None:
            body = msgspec.json.encode(json, enc_hook=str)
            return cls("POST", _path(path, segments), body=body, content_type="application/json")
        body = urlencode([(name, _text(value)) for name, value in (form or {}).items()]).encode()
        return cls("POST", _path(path, segments), body=body, content_type="application/x-www-form-urlencoded")

    @classmethod
    def dns(cls, name: Value, *, below: LiteralString = "", kind: Literal["A", "TXT"] = "A") -> Self:
        """A DNS question about a name below the source's zone, whose base is ``dns://zone``; answered by `Records`.

        Args:
            name: an address is turned round, as it is for reverse lookups; everything else stands as it is.
            below: labels between the name and the zone.
            kind: of the records asked for.
        """
        labels = f"{_turned(name)}.{below}" if below else _turned(name)
        return cls("GET", "/" + quoted(labels), (("type", kind),))

    def url(self, base: str, extra: Iterable[tuple[str, str]] = ()) -> str:
        """The whole address below a base address, with parameters that are added when it is sent."""
        return base.removesuffix("/") + self.path + _query([*self.params, *extra])


def _path(path: str, segments: Sequence[Value]) -> str:
    return path + "".join("/" + quoted(segment) for segment in segments)


def _turned(name: Value) -> str:
    """The labels that a question about a value begins with."""
    if isinstance(name, IPv4 | IPv6):
        return ipaddress.ip_address(name.value).reverse_pointer.removesuffix(".arpa").rpartition(".")[0]
    return _text(name)


def _query(params: Iterable[tuple[str, Value]]) -> str:
    query = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in params)
    return "?" + query if query else ""


def _pairs(params: Iterable[tuple[str, Value | Sequence[Value]]]) -> Iterable[tuple[str, str]]:
    for name, value in params:
        if isinstance(value, str | int | Indicator):
            yield name, _text(value)
        else:
            yield from ((name, _text(one)) for one in value)


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Absent:
    """How a service says that it does not know an indicator, apart from `read` returning None."""

    statuses: frozenset[int] = frozenset()
    says: str = ""

    never: typing.ClassVar["Absent"]
    """It never does, or says so in an ordinary answer."""

    @classmethod
    def status(cls, *codes: int, says: str = "") -> Self:
        """By an HTTP status.

        Args:
            codes: the statuses.
            says: words that the body then has; without them it is somebody else's page, such as a gateway's.
        """
        return cls(frozenset(codes), says)

    def holds(self, status: int, body: bytes) -> bool:
        """Whether this response says so."""
        return status in self.statuses and self.says.encode() in body


Absent.never = Absent()


@dataclass(frozen=True)
class Refusal:
    """An HTTP status that means something else at this service than it usually does.

    Attributes:
        status: the HTTP status.
        error: what it means here.
        says: words that the body then has.
    """

    status: int
    error: type[SourceError]
    says: str = ""


@dataclass(frozen=True)
class Key:
    """How a service wants its key. The engine adds it when it sends; it is in no `Request`.

    Attributes:
        variable: the environment variable, the source's ``NAME_API_KEY``.
        aliases: other variables that people have it in, tried in this order.
        header: the header it goes into.
        prefix: what stands before it in the header.
        query: the query parameter it goes into, where no header is taken.
        form: the field of a form it goes into.
        basic: it is ``user:password``, sent by HTTP Basic authentication in the header ``Authorization``.
        optional: the source answers without one, with less.
        free: one can be had without paying.
        get: the page where a key is to be had.
    """

    variable: str
    _: KW_ONLY
    aliases: tuple[str, ...] = ()
    header: str = ""
    prefix: str = ""
    query: str = ""
    form: str = ""
    basic: bool = False
    optional: bool = False
    free: bool = True
    get: str

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable, the first that is set wins."""
        return (self.variable, *self.aliases)


Period = Literal["second", "minute", "hour", "day", "week", "month"]

_SECONDS: Mapping[Period, int] = types.MappingProxyType(
    {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400}
)


@dataclass(frozen=True)
class Limit:
    """So many requests in a period, as the vendor says.

    Seconds, minutes and hours are counted back from each request; days, weeks and months are those of the calendar
    unless the vendor counts them back too.

    Attributes:
        count: of requests.
        per: the period.
        zone: whose midnight begins a day, a week (on Monday) or a month: a name of the IANA time zone database.
        rolling: a day, a week or a month (of 30 days) is counted back from each request.
    """

    count: int
    _: KW_ONLY
    per: Period
    zone: str = "UTC"
    rolling: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """The limit that is written ``600/minute``."""
        count, _, per = text.partition("/")
        return cls(int(count), per=msgspec.convert(per, Period))

    @property
    def seconds(self) -> int:
        """How long the period is; a month has 30 days here."""
        return _SECONDS[self.per]

    def __str__(self) -> str:
        return f"{self.count}/{self.per}"


@dataclass(frozen=True)
class Keep:
    """How long an answer may be given again without asking.

    Attributes:
        found: seconds, where the source knew the indicator.
        not_found: seconds, where it did not: it may know it soon.
    """

    found: float = 6 * 3600
    not_found: float = 3600


@dataclass(frozen=True)
class Retired:
    """A service that no longer answers: never asked unless it is named.

    Attributes:
        since: when it stopped.
        reason: what was seen.
    """

    since: date
    reason: str


@dataclass(frozen=True)
class Ask(Generic[P]):
    """One request of a lookup, and how its answer is to be understood."""

    request: Request
    payload: type[P]
    absent: Absent
    tolerant: bool = False
    """A failure comes back as a value, instead of ending the lookup."""


Steps = Generator[Sequence[Ask[Any]], Sequence[Any], Reading]
"""A lookup as a conversation: yields what to send at the same time, is sent the payloads, returns its reading."""


def ask(request: Request, payload: type[P], absent: Absent = Absent.never) -> Generator[Any, Any, P | None]:
    """One step: ``answer = yield from ask(...)``; None if the service does not know it."""
    (answer,) = yield (Ask(request, payload, absent),)
    return typing.cast("P | None", answer)


def ask_all(
    requests: Iterable[Request], payload: type[P], absent: Absent = Absent.never
) -> Generator[Any, Any, list[P | None]]:
    """Several requests at the same time: ``answers = yield from ask_all(...)``, in the order of the requests."""
    answers = yield tuple(Ask(request, payload, absent) for request in requests)
    return list(answers)


def ask_each(
    requests: Iterable[Request], payload: type[P], absent: Absent = Absent.never
) -> Generator[Any, Any, list[P | SourceError | None]]:
    """As `ask_all`, for questions that stand for themselves: one that fails is a `SourceError` in its place."""
    answers = yield tuple(Ask(request, payload, absent, tolerant=True) for request in requests)
    return list(answers)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AnySource(ABC, Generic[I_contra]):
    """What every source declares. See `Source`, `SteppedSource` and `ListSource` for the ways of asking.

    Attributes:
        name: its file's name, or begins with it and an underscore.
        about: one sentence for people.
        base: scheme, host and path prefix of every request; can be set in the config.
        key: how the key is sent; None if there is none.
        limits: as the vendor says; () says that none are known.
        exposure: who learns of the indicator when it is asked.
        link: the page about the indicator, for people; it is never fetched.
        refusals: statuses that mean something else here than usual.
        accept: the media type asked for.
        timeout: seconds for one whole lookup.
        concurrency: lookups under way at once.
        redirects: may be followed (3 hops, https, public addresses); only without a key.
        max_bytes: of one answer, after decompression.
        requests: that one lookup takes at most, not counting what is tried again.
        keep: how long its answers may be given again without asking.
        version: raised when the requests of a lookup change, since answers to the old ones do not fit then.
        agent: what it is told of the program that asks, where a service takes only certain ones.
        terms: what a vendor demands of those who use it, where that matters: "non-commercial use only".
        personal: asking tells a third party about a person; only asked when it is named, or in a profile.
        unproven: neither the vendor's documentation nor a recorded answer was at hand; only asked when it is named.
        complete: it takes every type its provider offers a lookup for, in batches where it has them.
        directory: a list whose entries are base addresses: who is to be asked about an indicator, where that depends on
            it. What it does not know is asked at ``base``, as is everything where the base address was set by the user.
        package: of Python, whose data it reads; the extra that installs it is called like the source.
        own_platform: it is the user's own: who sets its base address has named it, and without one it is not asked.
        private_resolver: not to be asked through a public DNS resolver, which it does not answer truly.
        retired: set where the service no longer answers.
        evidence: what its opinion rests on, which is what it weighs in the overall verdict.
        repeats: sources whose opinion it hands on: where one of them says the same, it is counted once.
        present: what it calls malicious is so at present, however long ago that began.
    """

    name: str
    about: str
    base: str
    key: Key | None
    limits: tuple[Limit, ...]
    exposure: Exposure
    link: Callable[[I_contra], str]
    refusals: tuple[Refusal, ...] = ()
    accept: str = "application/json"
    timeout: float = 15
    concurrency: int = 10
    redirects: bool = False
    max_bytes: int = 16 * MIB
    requests: int = 1
    keep: Keep = Keep()
    version: int = 1
    agent: str = ""
    terms: str = ""
    personal: bool = False
    unproven: bool = False
    complete: bool = False
    directory: "ListSource[Any, Any] | None" = None
    package: str = ""
    own_platform: bool = False
    private_resolver: bool = False
    retired: Retired | None = None
    evidence: Evidence = Evidence.COMMUNITY
    repeats: tuple[str, ...] = ()
    present: bool = False

    @property
    @abstractmethod
    def types(self) -> tuple[type[Indicator], ...]:
        """The indicator types it takes: the annotation of its function's first parameter."""

    def takes(self, ioc: Indicator) -> bool:
        """Whether it takes this indicator's type."""
        return isinstance(ioc, self.types)


B = TypeVar("B")


@dataclass(frozen=True, kw_only=True)
class Batch(Generic[I_contra, B]):
    """How several indicators are asked about in one request.

    Attributes:
        size: indicators that one request takes at most.
        request: builds the request; the annotation of its first parameter, a sequence, says for which types.
        payload: what the answer is decoded to.
        apart: tells the answers apart: by the canonical text of each indicator, what a request of its own would have
            brought, ready to be written as JSON.
        missing: what a request of its own would have brought where an answer holds nothing about an indicator; None
            for what the source's ``absent`` says.
    """

    size: int
    request: Callable[[Sequence[I_contra]], Request]
    payload: type[B]
    apart: Callable[[B], Mapping[str, object]]
    missing: object = None

    @property
    def types(self) -> tuple[type[Indicator], ...]:
        """The indicator types that it takes."""
        return accepted(self.request)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Source(AnySource[I_contra], Generic[I_contra, P]):
    """One request, one answer: most sources.

    Attributes:
        absent: how the service says that it does not know an indicator.
        request: builds the request.
        payload: what the answer is decoded to: a `Payload`, a list of them, `Lines` of them, `str` for plain text.
        read: reads the payload; None where it says that the indicator is not known.
        batches: how several are asked about at once, if they can be.
    """

    absent: Absent
    request: Callable[[I_contra], Request]
    payload: type[P]
    read: Callable[[P], Reading]
    batches: tuple[Batch[Any, Any], ...] = ()

    @property
    def types(self) -> tuple[type[Indicator], ...]:
        """The annotation of ``request``."""
        return accepted(self.request)

    def lookup(self, ioc: I_contra) -> Steps:
        """The conversation about one indicator."""
        answer = yield from ask(self.request(ioc), self.payload, self.absent)
        return None if answer is None else self.read(answer)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SteppedSource(AnySource[I_contra]):
    """Several requests, or a reading that needs the indicator itself.

    Attributes:
        lookup: a generator function that yields from `ask`, `ask_all` or `ask_each` and returns its reading.
    """

    lookup: Callable[[I_contra], Steps]

    @property
    def types(self) -> tuple[type[Indicator], ...]:
        """The annotation of ``lookup``."""
        return accepted(self.lookup)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ListSource(AnySource[I_contra], Generic[I_contra, P]):
    """A list that is downloaded once, kept, and looked up on this machine: nobody learns of the indicator.

    Attributes:
        download: the request for the whole list.
        payload: what the list is decoded to: `str` for plain text, or as for `Source`.
        entries: the keys of the list, each with what `listed` is to be told; None if this is not the list. A key is
            the canonical text of an indicator; ``192.0.2.0/24`` stands for the addresses in it, and ``.example.org``
            for the name and all names below it, ``@example.org`` for its mail addresses,
            ``//example.org`` for all links to this host, ``AS64512/22``
            for the numbers whose first 22 of 32 bits are the same.
        listed: reads the entry of an indicator that is on the list.
        max_age: seconds until it is asked whether the list has changed.
    """

    download: Request
    payload: type[P]
    entries: Callable[[P], Mapping[str, str] | None]
    listed: Callable[[I_contra, str], Finding]
    max_age: float
    max_bytes: int = 128 * MIB

    @property
    def types(self) -> tuple[type[Indicator], ...]:
        """The annotation of ``listed``."""
        return accepted(self.listed)


@cache
def accepted(function: Callable[..., object]) -> tuple[type[Indicator], ...]:
    """The indicator types in the annotation of a function's first parameter."""
    hints = typing.get_type_hints(function)
    first = next(iter(hints.values()))
    if typing.get_origin(first) is Sequence:
        (first,) = typing.get_args(first)
    return typing.get_args(first) if isinstance(first, types.UnionType) else (first,)
