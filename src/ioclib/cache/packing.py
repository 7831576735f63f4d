"""Answers as bytes: MessagePack, and deflated where that pays.

What cannot be unpacked was written by another version, or is damaged: it counts as never kept.
"""

import zlib
from typing import Literal

import msgspec

from ioclib.cache.kept import KeptAnswer, KeptResponse

MOST = 64 * 1024 * 1024
"""Bytes of an answer that is kept; and a shared cache that holds larger ones does not fill our memory."""

_LARGEST = MOST + 1024 * 1024
"""Bytes that are inflated at most: such an answer, and what frames it."""

_WORTHWHILE = 2048
"""From here on, 30 µs of deflating make a JSON body a quarter of its size or less; below, the row is small anyway."""

_PLAIN, _DEFLATED = b"\x01", b"\x02"
"""The first byte: a later format takes other ones."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[Literal["found", "not_found"], tuple[KeptResponse, ...]])


def size_of(kept: KeptAnswer) -> int:
    """About how many bytes it takes, before it is packed."""
    return sum(len(one.body) + len(one.content_type) + 16 for one in kept.exchanges)


def pack(kept: KeptAnswer) -> bytes | None:
    """All but when it was fetched, which is stored beside it; None if a header holds what is no text."""
    try:
        plain = _encoder.encode((kept.outcome, kept.exchanges))
    except UnicodeEncodeError:
        return None
    if len(plain) > _WORTHWHILE:
        deflated = zlib.compress(plain, zlib.Z_BEST_SPEED)
        if len(deflated) < len(plain):
            return _DEFLATED + deflated
    return _PLAIN + plain


def unpack(packed: bytes, fetched: float) -> KeptAnswer | None:
    """The answer, if these bytes are one."""
    form, content = packed[:1], memoryview(packed)[1:]
    try:
        if form == _DEFLATED:
            content = _inflated(content)
        elif form != _PLAIN:
            return None
        outcome, exchanges = _decoder.decode(content)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return KeptAnswer(exchanges, outcome, fetched)


def _inflated(content: memoryview) -> memoryview:
    """What was deflated, but never more than may have been kept."""
    inflate = zlib.decompressobj()
    plain = inflate.decompress(content, _LARGEST)
    if not inflate.eof:  # cut short, or larger than what is kept
        raise zlib.error
    return memoryview(plain)
