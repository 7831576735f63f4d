"""Single files, packed: gzip, bzip2, xz, zstd. They are unpacked as they are read, in bounded memory."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol

from ioclib.errors import UnreadableFile
from ioclib.extract.files import parsers
from ioclib.extract.files.pieces import HEAD, Content, Format, Wishes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_WINDOW = 128 << 20
"""What unpacking may keep of what it has unpacked."""
_SIP = 512
"""What is given to zstd at once; more could come out as gigabytes."""
_ALWAYS_FINE = 16 << 20
"""Below this nobody asks how well it was packed."""
_ENDINGS = {".gz", ".bz2", ".xz", ".zst", ".zstd"}


def unpacked(packed: Content, form: Format, wishes: Wishes) -> Content:
    """What is in a packed file.

    Args:
        packed: the file.
        form: how it is packed.
        wishes: how much it may grow.

    Raises:
        UnreadableFile: it cannot be opened; or later, when it is read: it is broken, or larger than anybody meant.
    """
    taken = Taken(packed.stream)
    opened = _OPENERS[form](taken, packed.head)
    name = PurePath(packed.name)
    name = name.with_suffix("") if name.suffix.lower() in _ENDINGS else name
    return Content(name.name, BufferedReader(_Growing(opened, taken, wishes.limits.ratio), HEAD))


class Readable(Protocol):
    """Bytes that are read once."""

    def read(self, size: int = -1, /) -> bytes: ...


class Taken(RawIOBase):
    """Counts what is taken out of a stream."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.amount = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        some = self._stream.read(size)
        self.amount += len(some)
        return some

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        some = self.read(len(view))
        view[: len(some)] = some
        return len(some)


class _Growing(RawIOBase):
    """Watches how much comes out, and says in our words what is wrong."""

    def __init__(self, opened: BufferedIOBase, taken: Taken, ratio: int) -> None:
        self._opened = opened
        self._taken = taken
        self._ratio = ratio
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        try:
            some = self._opened.read1(len(view))  # `readinto` would forget what came before an error
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise UnreadableFile(f"is broken: {error}") from error
        view[: len(some)] = some
        self._given += len(some)
        if self._given > max(_ALWAYS_FINE, self._ratio * self._taken.amount):
            raise UnreadableFile(f"unpacks to more than {self._ratio} times its size: it looks like a bomb")
        return len(some)


def _gzip(taken: Taken, _: bytes) -> BufferedIOBase:
    return gzip.GzipFile(fileobj=io.BufferedReader(taken, HEAD))


def _bzip2(taken: Taken, _: bytes) -> BufferedIOBase:
    return bz2.BZ2File(io.BufferedReader(taken, HEAD))


def _xz(taken: Taken, head: bytes) -> BufferedIOBase:
    try:
        lzma.LZMADecompressor(memlimit=_WINDOW).decompress(head, max_length=1)
    except lzma.LZMAError as error:
        raise UnreadableFile(f"cannot be unpacked: {error}") from error
    return lzma.LZMAFile(io.BufferedReader(taken, HEAD))


def _zstandard(taken: Taken, _: bytes) -> BufferedIOBase:
    return _Zstandard(parsers.zstandard(), taken)


class _Zstandard(BufferedIOBase):
    """Frames of zstd. The library's own reader takes a file that was cut off for one that has ended."""

    def __init__(self, zstandard: Any, taken: Taken) -> None:
        self._wrong = zstandard.ZstdError
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._taken = taken
        self._frame: Any = None
        self._unused = b""
        self._held = b""

    def read1(self, size: int = -1, /) -> bytes:
        while not self._held and (given := self._unused or self._taken.read(_SIP)):
            self._held = self._unpacked(given)
        if not self._held and self._frame:
            raise EOFError("it ends before its last frame does")
        some, self._held = self._held[:size], self._held[size:]
        return some

    def _unpacked(self, given: bytes) -> bytes:
        self._frame = self._frame or self._decompressor.decompressobj()
        try:
            some: bytes = self._frame.decompress(given)
        except self._wrong as error:
            raise OSError(str(error)) from error
        self._unused = b""
        if self._frame.eof:
            self._unused, self._frame = self._frame.unused_data, None
        return some


_OPENERS: dict[Format, Callable[[Taken, bytes], BufferedIOBase]] = {
    Format.GZIP: _gzip,
    Format.BZIP2: _bzip2,
    Format.XZ: _xz,
    Format.ZSTANDARD: _zstandard,
}
FORMATS = frozenset(_OPENERS)
