"""What a response means: pure, and in one place for all sources.

    absent? -> status? -> one JSON document -> payload

A response becomes one JSON document first, strictly decoded and with every key blotted out; the payload is then read
from that document, so that what is reported and what is judged are the same.
"""

import re
import typing
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from types import GenericAlias
from typing import Any, NamedTuple, cast
from urllib.parse import quote

import msgspec

from ioclib.errors import (
    Forbidden,
    QuotaExhausted,
    RateLimited,
    Rejected,
    ServerFault,
    SourceError,
    Timeout,
    Unauthorized,
    UnexpectedAnswer,
)
from ioclib.source import AnySource, Ask, Lines
from ioclib.wire import WireResponse

_ALLOWANCE = re.compile(
    rb"quota|daily|\bday\b|week|month|credit", re.IGNORECASE
)  # words of a 429 that a pause does not cure
_PROTOBUF = "application/x-protobuf"
_USUAL_TYPES = {"text/html", "text/plain", "text/xml", "application/xml", "application/json", _PROTOBUF}
_SAID = (
    "message",
    "error",
    "errors",
    "reason",
    "error_message",
    "detail",
    "description",
    "query_status",
    "status_message",
)


class Blotter:
    """Replaces every configured key by ``***``, as it is and percent-encoded, in any case.

    Args:
        keys: the keys; what is shorter than 6 characters is a word, not a key.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        spellings = {spelling for key in keys if len(key) >= 6 for spelling in (key, quote(key, safe=""))}
        longest_first = sorted(spellings, key=len, reverse=True)
        escaped = [msgspec.json.encode(one).decode()[1:-1] for one in longest_first]
        self._in_text = _any_of(longest_first)
        written = "|".join(map(re.escape, [*longest_first, *escaped]))
        self._in_bytes = re.compile(written.encode(), re.IGNORECASE) if written else None
        self._in_lower_case = tuple({one.lower().encode() for one in (*longest_first, *escaped)})

    def _is_in(self, body: bytes) -> bool:
        """Whether a key is in there; a hundred searches for one word each are faster than one for a hundred words."""
        lower = body.lower()
        return any(one in lower for one in self._in_lower_case)

    def clean(self, body: bytes) -> bytes:
        """The body of a response without any key, even one that is written with the escapes of JSON."""
        if self._in_bytes is None:
            return body
        if self._is_in(body):
            return self._without(body)
        if b"\\" in body and self._is_in(_without_escapes(body)):
            return self._without(body)
        return body

    def _without(self, body: bytes) -> bytes:
        """Value by value where it is JSON; anything else, byte by byte."""
        try:
            return b"\n".join(msgspec.json.encode(self._cleaned(one)) for one in _documents(body))
        except (ValueError, RecursionError):
            return self._in_bytes.sub(b"***", body) if self._in_bytes else body

    def _cleaned(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._in_text.sub("***", value) if self._in_text else value
        if isinstance(value, dict):
            pairs = cast("dict[str, Any]", value).items()
            return {self._cleaned(name): self._cleaned(member) for name, member in pairs}
        if isinstance(value, list):
            return [self._cleaned(member) for member in cast("Sequence[Any]", value)]
        return "***" if self._in_text and self._in_text.search(str(value)) else value


def _without_escapes(body: bytes) -> bytes:
    """JSON as it would be written without needless escapes; nothing if it is none."""
    try:
        return b"\n".join(map(msgspec.json.encode, _documents(body)))
    except (ValueError, RecursionError):
        return b""


def _documents(body: bytes) -> list[Any]:
    """The JSON document that a body is, or those of its lines."""
    try:
        return [msgspec.json.decode(body)]
    except ValueError:
        return [msgspec.json.decode(line) for line in body.splitlines() if line.strip()]


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None


class Read(NamedTuple):
    """What a response says.

    Attributes:
        payload: decoded; None if it says that the indicator is not known; or why it is no answer to the question.
        document: the response as JSON.
    """

    payload: Any
    document: msgspec.Raw | None = None


def understood(source: AnySource[Any], asked: Ask[Any], response: WireResponse) -> Read:
    """A response, read as the answer to a question."""
    document = document_of(response, asked.payload)
    try:
        payload = payload_of(source, asked, response, document)
    except SourceError as error:
        payload = error
    return Read(payload, document if isinstance(document, msgspec.Raw) else None)


def document_of(response: WireResponse, payload: type[Any]) -> msgspec.Raw | UnexpectedAnswer:
    """A response as one JSON document on one line, with every field and value as sent."""
    try:
        if sort_of(response) == _PROTOBUF:
            from ioclib.engine import protobuf

            return msgspec.Raw(protobuf.to_json(response.body, payload))
        if payload is str:
            return msgspec.Raw(msgspec.json.encode(response.body.decode("utf-8")))
        if _is_lines(cast("Hashable", payload)):
            rows = (line for line in response.body.splitlines() if line.strip())
            return msgspec.Raw(b"[" + b",".join(_checked(row) for row in rows) + b"]")
        return msgspec.Raw(_checked(response.body))
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, and so is a failed UTF-8 decoding
        said_to_be = f" ({sort})" if (sort := sort_of(response)) else ""
        return UnexpectedAnswer(f"the answer is not {'text' if payload is str else 'JSON'}{said_to_be}")


def sort_of(response: WireResponse) -> str:
    """The media type of a response; empty for an unusual one, which may be an echo of what was sent."""
    sort = response.headers.get("content-type", "").partition(";")[0].strip()
    return sort if sort in _USUAL_TYPES else ""


def _checked(body: bytes) -> bytes:
    msgspec.json.decode(body)  # the whole of it, also what nobody reads
    return body.replace(b"\r", b" ").replace(b"\n", b" ").strip()  # line breaks inside strings are always escaped


def payload_of(
    source: AnySource[Any], asked: Ask[Any], response: WireResponse, document: msgspec.Raw | UnexpectedAnswer
) -> Any:
    """The payload of a response; None if it says that the indicator is not known.

    Raises:
        SourceError: the response is no answer to the question.
    """
    somebody_elses_page = isinstance(document, UnexpectedAnswer) and response.body.strip()
    if asked.absent.holds(response.status, response.body) and not somebody_elses_page:
        return None
    if error := _refusal(source, response, document):
        raise error
    if isinstance(document, UnexpectedAnswer):
        raise document
    try:
        decoded = _decoder(cast("Hashable", asked.payload)).decode(document)
    except msgspec.ValidationError as wrong:
        raise UnexpectedAnswer(f"the answer has another shape than documented: {wrong}") from None
    return Lines(tuple(decoded)) if _is_lines(cast("Hashable", asked.payload)) else decoded


@cache
def _decoder(payload: Hashable) -> msgspec.json.Decoder[Any]:
    whole = GenericAlias(list, typing.get_args(payload)) if _is_lines(payload) else payload
    return msgspec.json.Decoder(whole, strict=False)  # many services send numbers as strings


@cache
def _is_lines(payload: Hashable) -> bool:
    return typing.get_origin(payload) is Lines


def _refusal(
    source: AnySource[Any], response: WireResponse, document: msgspec.Raw | UnexpectedAnswer
) -> SourceError | None:
    kind = _kind(source, response)
    if kind is None:
        return None
    said = _said(document)
    return kind(f"HTTP {response.status}" + (f": {said}" if said else ""), retry_at=retry_at(response.headers))


def _kind(source: AnySource[Any], response: WireResponse) -> type[SourceError] | None:
    status = response.status
    for refusal in source.refusals:
        if refusal.status == status and refusal.says.encode() in response.body:
            return refusal.error
    match status:
        case _ if 200 <= status < 300:
            return None
        case 401 | 407:
            return Unauthorized
        case 402:
            return QuotaExhausted
        case 403:
            return Forbidden
        case 408:
            return Timeout
        case 429:
            return QuotaExhausted if _ALLOWANCE.search(response.body) else RateLimited
        case _ if status >= 500:
            return ServerFault
        case 404 | 405 | 410:  # not this source's "not found": another route or another server answered
            return UnexpectedAnswer
        case _ if status >= 400:
            return Rejected
        case _:
            return UnexpectedAnswer


def _said(document: msgspec.Raw | UnexpectedAnswer) -> str:
    """What a service says of its refusal, in its own words, cut short."""
    if isinstance(document, UnexpectedAnswer):
        return ""
    said: Any = msgspec.json.decode(document)
    for _ in range(3):
        match said:
            case [first, *_]:
                said = first
            case {}:
                said = next((said[name] for name in _SAID if said.get(name)), None)
            case _:
                break
    return " ".join(said.split())[:200] if isinstance(said, str) else ""


def retry_at(headers: Mapping[str, str], now: datetime | None = None) -> datetime | None:
    """When a service may be asked again (UTC), if its headers say so: in seconds or as a date."""
    from email.utils import parsedate_to_datetime

    now = now or datetime.now(UTC)
    for name in ("retry-after", "x-rate-limit-reset-after", "x-ratelimit-reset-after", "x-ratelimit-reset"):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"\d{10}", value):  # seconds since 1970
            return datetime.fromtimestamp(int(value), UTC)
        if re.fullmatch(r"\d{1,8}(?:\.\d+)?", value):
            return now + timedelta(seconds=float(value))
        try:
            date = parsedate_to_datetime(value)
        except ValueError:
            continue
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    return None
