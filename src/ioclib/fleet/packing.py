"""How a chunk and its answers travel: as texts, small ones."""

import base64
import zlib

import msgspec

from ioclib.jobs.chunks import Chunk, Done

_FAST = 1


def packed_chunk(chunk: Chunk) -> str:
    """A chunk as JSON."""
    return msgspec.json.encode(chunk).decode()


def unpacked_chunk(text: str) -> Chunk:
    """The chunk again.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return msgspec.json.decode(text, type=Chunk)


def packed_done(done: Done) -> str:
    """Answers, compressed: what services say is JSON of up to hundreds of kilobytes."""
    return base64.b85encode(zlib.compress(msgspec.msgpack.encode(done), _FAST)).decode()


def unpacked_done(text: str) -> Done:
    """The answers again.

    Raises:
        ValueError: they are none.
    """
    try:
        return msgspec.msgpack.decode(zlib.decompress(base64.b85decode(text)), type=Done)
    except zlib.error as error:
        raise ValueError(str(error)) from None
