"""What a response holds: headers by name, and a body that is decompressed in bounded steps.

Decompression is ours for two reasons: the client libraries disagree about what is bad (compressed twice, cut short),
and a limit on what comes out holds only where every step of it is bounded.
"""

import zlib
from collections.abc import Iterable

ACCEPT_ENCODING = "gzip, deflate"

_MAX_MEMBERS = 1000
"""Of one gzip stream: each costs a copy of what follows it."""


class TooLarge(Exception):
    """The body is larger than its limit."""


class NotCompressed(Exception):
    """The body is not compressed as it says, or was cut short."""


class Body:
    """Collects a body of at most so many bytes; neither of its methods is called again after it has raised.

    Args:
        codings: the ``Content-Encoding``; one that is not known is left to whoever reads the body.
        max_bytes: how large the body may be, when it is decompressed.
    """

    __slots__ = ("_chunks", "_room", "_stages")

    def __init__(self, codings: str | None, max_bytes: int) -> None:
        self._chunks: list[bytes] = []
        self._room = max_bytes
        self._stages = _stages(codings, max_bytes) if codings else ()

    def feed(self, chunk: bytes) -> None:
        """Take what has come.

        Raises:
            TooLarge: there is more than the limit.
            NotCompressed: it is not what the headers say.
        """
        for stage in self._stages:
            chunk = stage.feed(chunk)
        self._room -= len(chunk)
        if self._room < 0:
            raise TooLarge
        self._chunks.append(chunk)

    def end(self) -> bytes:
        """The whole body.

        Raises:
            NotCompressed: it was cut short.
        """
        if any(stage.unfinished for stage in self._stages):
            raise NotCompressed
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)


class _Inflater:
    """One coding: gzip of one or several members, or deflate with or without its header.

    What goes in is limited like what comes out: a stream that expands to nothing must not go on for ever.
    """

    def __init__(self, coding: str, max_bytes: int) -> None:
        self._gzip = coding != "deflate"
        self._zlib = zlib.decompressobj(31) if self._gzip else None
        self._members = 1
        self._started = False
        self._in = max_bytes + max_bytes // 8 + 1024
        self._out = max_bytes

    @property
    def unfinished(self) -> bool:
        return self._started and self._zlib is not None and not self._zlib.eof

    def feed(self, data: bytes) -> bytes:
        self._in -= len(data)
        if self._in < 0:
            raise TooLarge
        out: list[bytes] = []
        try:
            while data:
                data = self._step(data, out)
        except zlib.error:
            raise NotCompressed from None
        return out[0] if len(out) == 1 else b"".join(out)

    def _step(self, data: bytes, out: list[bytes]) -> bytes:
        """Inflates up to the end of a member; returns what follows it."""
        if self._zlib is None:
            self._zlib = zlib.decompressobj(15 if data[0] & 15 == 8 else -15)
        if self._zlib.eof:
            if not self._gzip or not data.startswith(b"\x1f"):
                return b""  # padding, which every client overlooks
            self._members += 1
            if self._members > _MAX_MEMBERS:
                raise NotCompressed
            self._zlib = zlib.decompressobj(31)
        self._started = True
        piece = self._zlib.decompress(data, self._out + 1)
        self._out -= len(piece)
        if self._out < 0:
            raise TooLarge
        out.append(piece)
        return self._zlib.unused_data


def _stages(codings: str, max_bytes: int) -> tuple[_Inflater, ...]:
    """The last coding was applied last, so it comes off first."""
    names = [name.strip().lower() for name in codings.split(",")]
    return tuple(_Inflater(name, max_bytes) for name in reversed(names) if name in {"gzip", "x-gzip", "deflate"})


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name in lower case; what comes several times is joined."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), _text(raw_value)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
