"""Outlook messages (``.msg``), and what else comes in the same container.

The container is Microsoft's Compound File Binary format [MS-CFB], the names of the streams are those of
[MS-OXMSG] and [MS-OXPROPS] (read 2026-11).
"""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from ioclib.errors import UnreadableFile
from ioclib.extract.files import parsers, text, web
from ioclib.extract.files.pieces import Enclosed, Passage, Piece, Wishes, inside, label

_PROPERTIES = "__properties_version1.0"
_OLD_OFFICE = ("WordDocument", "Workbook", "Book", "PowerPoint Document")
_HEADERS = {
    "0C1A": "header From",
    "0C1F": "header From",
    "5D01": "header From",
    "0042": "header Sender",
    "0065": "header Sender",
    "5D02": "header Sender",
    "0E04": "header To",
    "0E03": "header Cc",
    "0050": "header Reply-To",
    "0037": "header Subject",
    "1035": "header Message-ID",
}
_TRANSPORT_HEADERS, _BODY, _HTML = "007D", "1000", "1013"
_RECIPIENT, _RECIPIENT_SMTP = "__recip_version1.0_#", ("3003", "39FE")
_ATTACHMENT, _DATA, _NAMES = "__attach_version1.0_#", "3701", ("3707", "3704", "3001")
_TEXT, _BYTES, _OBJECT = ("001F", "001E"), "0102", "000D"
_DEEPEST = 20


def read(data: BinaryIO, wishes: Wishes) -> Iterator[Piece]:
    """Read a message, and those that are forwarded in it."""
    raw = data.read()
    try:
        container = parsers.olefile().OleFileIO(io.BytesIO(raw))
    except (OSError, ValueError, IndexError) as error:
        raise UnreadableFile(f"is broken: {error}") from error
    if container.exists("EncryptedPackage"):
        raise UnreadableFile("is an encrypted Office document: save it without its password")
    if any(container.exists(name) for name in _OLD_OFFICE):
        raise UnreadableFile("is an Office document in its old format: save it as .docx, .xlsx or .pptx")
    if not container.exists(_PROPERTIES):
        raise UnreadableFile("is a compound file, but no Outlook message")
    yield from _Message(container, ()).pieces(wishes)


class _Message:
    """One message: a folder of streams."""

    def __init__(self, container: Any, path: tuple[str, ...]) -> None:
        self._container = container
        self._path = path

    def pieces(self, wishes: Wishes, place: str = "") -> Iterator[Piece]:
        for number, header in _HEADERS.items():
            yield from text.pieces(self._text(number), inside(place, header))
        yield from text.pieces(self._text(_TRANSPORT_HEADERS), inside(place, "headers"))
        for folder in self._folders(_RECIPIENT):
            yield from self._recipient(folder, place)
        yield from text.pieces(self._text(_BODY), inside(place, "body"))
        page = self._bytes(_HTML) or self._text(_HTML).encode()
        yield from web.passages(text.decoded(page), wishes, inside(place, "HTML body"))
        for folder in self._folders(_ATTACHMENT):
            yield from self._attachment(folder, wishes, place)

    def _recipient(self, folder: str, place: str) -> Iterator[Passage]:
        said = {self._text(number, folder) for number in _RECIPIENT_SMTP}
        for address in sorted(said):
            yield from text.pieces(address, inside(place, "recipient"))

    def _attachment(self, folder: str, wishes: Wishes, place: str) -> Iterator[Piece]:
        name = next(filter(None, (self._text(number, folder) for number in _NAMES)), "without a name")
        place = inside(place, f"attachment {label(name)}")
        forwarded = (*self._path, folder, f"__substg1.0_{_DATA}{_OBJECT}")
        if self._container.exists([*forwarded, _PROPERTIES]) and len(forwarded) < _DEEPEST:
            yield from _Message(self._container, forwarded).pieces(wishes, place)
        elif data := self._bytes(_DATA, folder):
            yield Enclosed(name, data, place, attached=True)

    def _folders(self, prefix: str) -> list[str]:
        depth = len(self._path)
        paths: list[list[str]] = self._container.listdir(streams=True, storages=True)
        return sorted(
            {
                path[depth]
                for path in paths
                if len(path) > depth and tuple(path[:depth]) == self._path and path[depth].startswith(prefix)
            }
        )

    def _text(self, number: str, *folder: str) -> str:
        wide, narrow = (self._stream(number + kind, *folder) for kind in _TEXT)
        return wide.decode("utf-16-le", "replace").rstrip("\0") if wide else text.decoded(narrow).rstrip("\0")

    def _bytes(self, number: str, *folder: str) -> bytes:
        return self._stream(number + _BYTES, *folder)

    def _stream(self, tag: str, *folder: str) -> bytes:
        path = [*self._path, *folder, f"__substg1.0_{tag}"]
        if not self._container.exists(path):
            return b""
        try:
            data: bytes = self._container.openstream(path).read()
        except OSError as error:
            raise UnreadableFile(f"is broken: {error}") from error
        return data
