"""Hashes of files: lower-case hex digits, told apart by their number."""

import re
from typing import Self

from ioclib.indicators.base import Indicator


class _HexHash(Indicator):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls._make(cls.matched(text).lower())


class Md5(_HexHash):
    """An MD5 of a file, e.g. ``44d88612fea8a8f36de82e1278abb02f``."""

    __slots__ = ()
    kind = "md5"
    pattern = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32}(?![0-9A-Za-z])")
    examples = ("44d88612fea8a8f36de82e1278abb02f",)


class Sha1(_HexHash):
    """A SHA-1 of a file, e.g. ``3395856ce81f2b7382dee72602f798b642f14140``."""

    __slots__ = ()
    kind = "sha1"
    pattern = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{40}(?![0-9A-Za-z])")
    examples = ("3395856ce81f2b7382dee72602f798b642f14140",)


class Sha256(_HexHash):
    """A SHA-256 of a file, e.g. ``275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f``."""

    __slots__ = ()
    kind = "sha256"
    pattern = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{64}(?![0-9A-Za-z])")
    examples = ("275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",)


Hash = Md5 | Sha1 | Sha256
