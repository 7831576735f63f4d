"""Domain names."""

import re
from functools import cache
from typing import TYPE_CHECKING, Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, Reach, shown

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

# RFC 6761, RFC 6762, RFC 8375, ICANN's .internal (2024), and what companies use without asking
_INTERNAL_SUFFIXES = (".local", ".internal", ".lan", ".home.arpa", ".corp", ".localhost", ".test", ".invalid")
_DOCUMENTATION_SUFFIX = ".example"

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_FULL_STOPS = str.maketrans("。．｡", "...")  # as IDNA reads them


class Domain(Indicator):
    """A domain or host name, e.g. ``login.example``: lower case, punycode, no final dot, no port."""

    __slots__ = ()
    kind = "domain"
    pattern = re.compile(
        r"(?<![\w.@-])(?:[^\W_][\w-]{0,62}\.){1,60}(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59})(?![\w-])", re.IGNORECASE
    )
    examples = ("mail.example", "xn--bcher-kva.example")

    @classmethod
    def parse(cls, text: str) -> Self:
        name, _, port = text.strip().removeprefix("*.").partition(":")
        if port and not port.isdecimal():
            raise InvalidIndicator(f"{shown(text)} is not a domain: a colon does not belong into a name")
        name = a_labels(name)
        made = cls._make(name)
        last = name.rpartition(".")[2]
        if made.reach is Reach.PUBLIC and _suffixes().publicsuffix(last) is None:
            raise InvalidIndicator(f"{shown(text)} is not a domain: no public suffix ends in .{last}")
        return made

    @property
    def reach(self) -> Reach:
        """Public unless the name can only be resolved inside some network."""
        dotted = "." + self.value
        if dotted.endswith(_DOCUMENTATION_SUFFIX):
            return Reach.DOCUMENTATION
        if dotted.endswith(_INTERNAL_SUFFIXES):
            return Reach.INTERNAL_NAME
        return Reach.PUBLIC if "." in self.value else Reach.SINGLE_LABEL

    @property
    def registrable(self) -> str:
        """The part that somebody registered (``example.co.uk`` of ``a.b.example.co.uk``), by the public suffix list."""
        return _suffixes().privatesuffix(self.value) or ".".join(self.value.split(".")[-2:])


def a_labels(name: str) -> str:
    """A host name in lower case and punycode, without a final dot.

    Raises:
        InvalidIndicator: a label is empty, too long or holds a character that no name has.
    """
    ascii_name = name.translate(_FULL_STOPS).removesuffix(".").lower()
    if not ascii_name.isascii():
        try:
            ascii_name = ascii_name.encode("idna").decode().lower()
        except UnicodeError:
            raise InvalidIndicator(f"{shown(name)} is not a domain: it has no punycode form") from None
    if "," in ascii_name:
        raise InvalidIndicator(f"{shown(name)} is not a domain: comma in a name")
    for label in ascii_name.split("."):
        if not _LABEL.fullmatch(label):
            raise InvalidIndicator(f"{shown(name)} is not a domain: {shown(label)} cannot be part of a name")
    if len(ascii_name) > 253:
        raise InvalidIndicator(f"{shown(name)} is not a domain: longer than 253 characters")
    return ascii_name


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList  # 60 ms: not before the first name

    return PublicSuffixList(accept_unknown=False)
