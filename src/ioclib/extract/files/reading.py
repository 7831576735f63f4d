"""Any file, and the files inside it."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from ioclib.errors import UnreadableFile
from ioclib.extract.files import child, isolation, packed, rules, tables, text, trees, web
from ioclib.extract.files.formats import NoText, format_of
from ioclib.extract.files.pieces import (
    HEAD,
    Content,
    Enclosed,
    Format,
    Limits,
    Passage,
    Piece,
    Stated,
    Trouble,
    Wishes,
    inside,
    label,
    size,
)

_READERS: dict[Format, Callable[[Content, Wishes], Iterator[Piece]]] = {
    Format.TEXT: text.read,
    Format.CSV: tables.read,
    Format.JSON: trees.read,
    Format.JSON_LINES: trees.read_lines,
    Format.HTML: web.read,
    Format.YARA: rules.read_yara,
    Format.SIGMA: rules.read_sigma,
}
_HASHES = ("md5", "sha1", "sha256")
_MOST_TROUBLES = 5
_DEFAULTS = Limits()


def read_file(
    path: str | Path, *, passwords: tuple[str, ...] = (), scripts: bool = False, limits: Limits = _DEFAULTS
) -> Iterator[Passage | Stated]:
    """What is in a file, and in the files inside it.

    Args:
        path: the file, in any format.
        passwords: for what is encrypted; the customary ``infected`` is tried last, whatever is given.
        scripts: also read what people don't see of a page: its scripts, styles and comments.
        limits: how much it may cost.

    Raises:
        UnreadableFile: at the end, when everything that could be read was given: what could not, and why.
    """
    path = Path(path)
    try:
        with path.open("rb", buffering=0) as raw, BufferedReader(raw, HEAD) as stream:
            yield from _read(
                Content(path.name, stream, path if path.is_file() else None), Wishes(passwords, scripts, limits)
            )
    except OSError as error:
        raise UnreadableFile(f"{label(path.name)}: cannot be read: {error.strerror or error}") from error


def read_stream(
    stream: BinaryIO,
    name: str,
    *,
    passwords: tuple[str, ...] = (),
    scripts: bool = False,
    limits: Limits = _DEFAULTS,
) -> Iterator[Passage | Stated]:
    """The same of something that is being read already, such as the standard input. Text is not held in memory."""
    yield from _read(Content(name, BufferedReader(packed.Taken(stream), HEAD)), Wishes(passwords, scripts, limits))


def read_bytes(
    data: bytes,
    name: str,
    *,
    passwords: tuple[str, ...] = (),
    scripts: bool = False,
    limits: Limits = _DEFAULTS,
) -> Iterator[Passage | Stated]:
    """The same of what is in memory."""
    yield from _read(_in_memory(data, name), Wishes(passwords, scripts, limits))


def _in_memory(data: bytes, name: str) -> Content:
    return Content(name, BufferedReader(io.BytesIO(data), HEAD))


def _read(content: Content, wishes: Wishes) -> Iterator[Passage | Stated]:
    troubles: list[str] = []
    for piece in _Reading(wishes).pieces(content):
        if isinstance(piece, Trouble):
            where = label(content.name) if not piece.place else f"{label(content.name)}, {piece.place}"
            troubles.append(f"{where}: {label(piece.sentence, 300)}")
        else:
            yield piece
    if troubles:
        more = len(troubles) - _MOST_TROUBLES
        rest = [f"and {more} more like these"] if more > 0 else []
        raise UnreadableFile("; ".join(troubles[:_MOST_TROUBLES] + rest))


class _Reading:
    """One file with everything inside it, and what it may still cost."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._limits = wishes.limits
        self._seconds = wishes.limits.seconds
        self._bytes = wishes.limits.total
        self._members = wishes.limits.members
        self._characters = wishes.limits.total
        self._full = False

    def pieces(
        self, content: Content, place: str = "", depth: int = 0, *, attached: bool = False
    ) -> Iterator[Passage | Stated | Trouble]:
        """What is in a file that lies this deep in another; what goes wrong in it ends nothing but itself."""
        try:
            for piece in self._opened(content, depth):
                if isinstance(piece, Enclosed):
                    yield from self._enclosed(piece, place, depth, attached=attached)
                    continue
                if depth:
                    self._count(piece)
                yield _placed(piece, place)
        except NoText as wrong:
            if not depth:
                yield Trouble(str(wrong))
        except UnreadableFile as wrong:
            yield Trouble(str(wrong), place)
        except OSError as error:
            yield Trouble(f"cannot be read: {error.strerror or error}", place)

    def _opened(self, content: Content, depth: int) -> Iterator[Piece]:
        form = format_of(content.head, content.name)
        if form in packed.FORMATS:
            self._refuse_depth(depth)
            return self._opened(packed.unpacked(content, form, self._wishes), depth + 1)
        if form in child.READERS:
            return isolation.read(content, form, self._left(), self._spend)
        return _READERS[form](content, self._wishes)

    def _enclosed(
        self, file: Enclosed, place: str, depth: int, *, attached: bool
    ) -> Iterator[Passage | Stated | Trouble]:
        if self._full:
            return
        place = inside(place, file.place)
        self._members -= 1
        self._bytes -= len(file.data)
        if self._members < 0 or self._bytes < 0:
            self._full = True
            most = f"{self._limits.members} files or {size(self._limits.total)}"
            yield Trouble(f"goes beyond the {most} that are read inside one file: the rest is not read", place)
            return
        attached = attached or file.attached
        if attached:
            yield from _facts(file, place)
        try:
            self._refuse_depth(depth)
        except UnreadableFile as wrong:
            yield Trouble(str(wrong), place)
            return
        yield from self.pieces(_in_memory(file.data, file.name), place, depth + 1, attached=attached)

    def _refuse_depth(self, depth: int) -> None:
        if depth >= self._limits.depth:
            raise UnreadableFile(f"lies deeper than {self._limits.depth} files inside each other: it is not read")

    def _left(self) -> Wishes:
        if self._seconds <= 0:
            raise UnreadableFile(f"is not read: the {self._limits.seconds:.3g} seconds for the whole file are spent")
        left = replace(self._limits, seconds=self._seconds, total=max(self._bytes, 0), members=max(self._members, 0))
        return replace(self._wishes, limits=left)

    def _spend(self, seconds: float) -> None:
        self._seconds -= seconds

    def _count(self, piece: Passage | Stated | Trouble) -> None:
        self._characters -= len(piece.text) if isinstance(piece, Passage) else 0
        if self._characters < 0:
            raise UnreadableFile(
                f"holds more than the {size(self._limits.total)} of text that are read inside one file"
            )


def _placed(piece: Passage | Stated | Trouble, place: str) -> Passage | Stated | Trouble:
    match piece:
        case Passage(text=said, place=own):
            return Passage(_encodable(said), inside(place, own)) if place or not said.isascii() else piece
        case Stated(kind, value, own):
            return Stated(kind, _encodable(value), inside(place, own))
        case Trouble(sentence, own):
            return Trouble(sentence, inside(place, own))


def _encodable(said: str) -> str:
    """Without halves of characters, which JSON can hold and nobody can print."""
    if said.isascii():
        return said
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _facts(file: Enclosed, place: str) -> Iterator[Stated]:
    """What an attachment is, whatever is in it."""
    yield Stated("file_name", _encodable(label(file.name, 255)), place)
    for algorithm in _HASHES:
        yield Stated(algorithm, hashlib.new(algorithm, file.data, usedforsecurity=False).hexdigest(), place)
