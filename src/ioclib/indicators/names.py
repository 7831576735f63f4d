"""Domain names."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, Reach, form, shown

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

# RFC 6761, RFC 6762, RFC 8375, ICANN's .internal (2024), and what companies use without asking
_INTERNAL_SUFFIXES = (".local", ".internal", ".lan", ".home.arpa", ".corp", ".localhost", ".test", ".invalid")
_DOCUMENTATION_SUFFIX = ".example"

FILE_ENDINGS = frozenset("py sh pl rs md zip mov cc so ps cab pub mk bat java class pm target".split())
"""Suffixes that are far more often the ending of a file's name."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LABELS = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL.pattern}\.)*{_LABEL.pattern}")
_LAST_LABEL = re.compile(r"^(?!//)(?:\S*\.)?([^\s.]+)", re.MULTILINE)  # of a rule: "com", "*.ck", "co.za"
_FULL_STOPS = str.maketrans("。．｡", "...")  # as IDNA reads them


class Domain(Indicator):
    """A domain or host name, e.g. ``login.example``: lower case, punycode, no final dot, no port."""

    __slots__ = ()
    kind = "domain"
    pattern = form(
        r"(?<![\w.@-])(?:[^\W_][\w-]{0,62}\.){1,60}(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59})(?![\w-])", re.IGNORECASE
    )
    # With a digit or a hyphen it is no word of a language or of a program, nor with some endings; what has other
    # characters is refused first
    usual = form(
        r"(?=[a-z0-9.-]*+\Z)(?:(?<!/)[a-z]{2,63}+\.(?:com|org|biz|xyz|ru|cn|de)"
        r"|(?:[a-z0-9-]{1,63}+\.){0,3}?(?=[a-z]*+[0-9-])[a-z0-9-]{3,63}+\.(?:com?\.)?[a-z]{2,24})"
    )
    examples = ("mail.example", "xn--bcher-kva.example")
    stix = "domain-name:value"
    misp = "domain"
    after = ("url", "email", "onion", "registry", "file_path", "user_agent", "mutex")

    @classmethod
    def parse(cls, text: str) -> Self:
        name = bare_name(text)
        made = cls._make(name)
        if name.endswith(".onion"):  # RFC 7686: never to be asked of a resolver
            raise InvalidIndicator(f"{shown(text)} is not a domain: .onion is only known inside Tor")
        if not has_public_suffix(name) and made.reach is Reach.PUBLIC:
            raise InvalidIndicator(
                f"{shown(text)} is not a domain: no public suffix ends in .{name.rpartition('.')[2]}"
            )
        return made

    @classmethod
    def of_usual(cls, text: str) -> Self | None:
        """If it can be registered, and does not end like a file."""
        return cls._make(text) if is_registrable(text, _endings_of_names()) else None

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

    @property
    def is_customers(self) -> bool:
        """Whether it is one that somebody else hands out below a name of theirs, such as ``x.github.io``."""
        suffix = _suffixes().publicsuffix(self.value)
        return suffix not in {None, self.value} and suffix != _registries().publicsuffix(self.value)


def bare_name(text: str) -> str:
    """A host name as `a_labels` makes it, of a text that may have a port or a leading ``*.``.

    Raises:
        InvalidIndicator: it is not a host name.
    """
    name, _, port = text.strip().removeprefix("*.").partition(":")
    if port and not port.isdecimal():
        raise InvalidIndicator(f"{shown(text)} is not a domain: a colon does not belong into a name")
    return a_labels(name)


def a_labels(name: str) -> str:
    """A host name in lower case and punycode, without a final dot.

    Raises:
        InvalidIndicator: a label is empty, too long or holds a character that no name has.
    """
    ascii_name = name.removesuffix(".").lower()
    if not ascii_name.isascii():
        try:
            ascii_name = ascii_name.translate(_FULL_STOPS).removesuffix(".").encode("idna").decode().lower()
        except UnicodeError:
            raise InvalidIndicator(f"{shown(name)} is not a domain: it has no punycode form") from None
    if _LABELS.fullmatch(ascii_name):
        return ascii_name
    if "," in ascii_name:
        raise InvalidIndicator(f"{shown(name)} is not a domain: comma in a name")
    for label in ascii_name.split("."):
        if not _LABEL.fullmatch(label):
            raise InvalidIndicator(f"{shown(name)} is not a domain: {shown(label)} cannot be part of a name")
    raise InvalidIndicator(f"{shown(name)} is not a domain: longer than 253 characters")


def is_registrable(name: str, endings: frozenset[str] | None = None) -> bool:
    """Whether a name of letters, digits, hyphens and single dots can be registered: no label has a hyphen at an end."""
    return (
        name.rpartition(".")[2] in (endings or _top_levels())
        and not ("-" in name and (".-" in name or "-." in name or name[0] == "-"))
        and len(name) <= 253
    )


def has_public_suffix(name: str) -> bool:
    """Whether a canonical name ends in a suffix under which names are registered."""
    return name.rpartition(".")[2] in _top_levels()


@cache
def _top_levels() -> frozenset[str]:
    """The last labels of the public suffix list, in both spellings; the whole list takes 60 ms to read, this 10."""
    from publicsuffixlist import PSLFILE

    labels = frozenset(_LAST_LABEL.findall(Path(PSLFILE).read_text(encoding="utf-8")))
    # the list has them normalised already, which is what the codec "idna" takes its time for
    return labels.union(f"xn--{label.encode('punycode').decode()}" for label in labels if not label.isascii())


@cache
def _endings_of_names() -> frozenset[str]:
    """The top levels that are neither endings of files nor Tor's."""
    return _top_levels() - FILE_ENDINGS - {"onion"}


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)


@cache
def _registries() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False, only_icann=True)
