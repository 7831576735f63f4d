"""E-mail (``.eml``, ``.mht``): headers, bodies with the links under their buttons, and what is attached."""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from email import message_from_binary_file
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import BinaryIO, cast

from ioclib.extract.files import text, web
from ioclib.extract.files.pieces import Enclosed, Passage, Piece, Wishes, inside, label

_FOLD = re.compile(r"\r?\n[ \t]+|[\r\n]+")
_SOFT_LINE_END = re.compile(r"(?<!^--) \r?\n(?:>+ ?)?", re.MULTILINE)
"""Where "format=flowed; delsp=yes" has wrapped a line (RFC 3676, section 4); a quoted one is quoted on."""
_SIGNATURES = {"arc-message-signature", "arc-seal", "dkim-signature", "x-google-dkim-signature"}
_NOT_SHOWN = "attachment"
_LONGEST_TO_PARSE = 1 << 16
"""The parsers of headers take quadratic time."""


def read(data: BinaryIO, wishes: Wishes) -> Iterator[Piece]:
    """Read a message, and those that are forwarded in it."""
    data.seek(len(BOM_UTF8) if data.read(len(BOM_UTF8)) == BOM_UTF8 else 0)
    pending: list[tuple[Message, str, bool]] = [(message_from_binary_file(data), "", True)]
    number = 0
    while pending:
        part, place, is_message = pending.pop()
        if is_message:
            yield from _headers(part, place)
        if part.is_multipart():
            forwarded = part.get_content_maintype() == "message"
            place = inside(place, "forwarded message") if forwarded else place
            parts = cast("list[Message]", part.get_payload())
            pending += [(one, place, forwarded) for one in reversed(parts)]
        else:
            number += 1
            yield from _part(part, place, number, wishes)


def _headers(message: Message, place: str) -> Iterator[Passage]:
    for name, value in message.raw_items():
        if name.lower() not in _SIGNATURES and (said := _readable(str(value))):
            yield Passage(said, inside(place, f"header {label(name, 60)}"))


def _readable(value: str) -> str:
    """A header as people see it."""
    value = _FOLD.sub(" ", text.decoded(value.encode("utf-8", "surrogateescape"))).strip()
    if "=?" not in value or len(value) > _LONGEST_TO_PARSE:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, MessageError):
        return value


def _part(part: Message, place: str, number: int, wishes: Wishes) -> Iterator[Piece]:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data:
        return
    for header in ("Content-Type", "Content-Disposition"):
        if len(str(part.get(header, ""))) > _LONGEST_TO_PARSE:
            del part[header]
    kind = part.get_content_type()
    name = _readable(_told(part.get_filename))
    if name or part.get_content_disposition() == _NOT_SHOWN or part.get_content_maintype() != "text":
        name = name or f"part {number} ({kind})"
        yield Enclosed(name, data, inside(place, f"attachment {label(name)}"), attached=True)
        return
    body = text.decoded(data, _told(part.get_content_charset) or None)
    if _told(lambda: str(part.get_param("delsp", ""))).lower() == "yes":
        body = _SOFT_LINE_END.sub("", body)
    if kind == "text/html":
        yield from web.passages(body, wishes, inside(place, "HTML body"))
    else:
        yield from text.pieces(body, inside(place, "body"))


def _told(ask: Callable[[], str | None]) -> str:
    """What a header's parameter says; "" if nothing, or what no library reads: it is no reason to lose the rest."""
    try:
        return ask() or ""
    except (LookupError, TypeError, ValueError):
        return ""
