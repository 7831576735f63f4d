"""What one pasted value is: the same rules as for extraction, on the whole of it."""

import re
from functools import cache

from ioclib.errors import InvalidIndicator
from ioclib.extract.defanging import defang, refang, refanged
from ioclib.extract.scanning import Scanner
from ioclib.indicators import URL, Domain, Email, FilePath, Indicator, IPv4, IPv6, Reach, Registry, shown

_ENDS_LIKE_A_FILE = re.compile(r"\.\w{2,4}\Z")
_WORDS_OF_A_KEY = re.compile(r"(?:\s[A-Z0-9({]\S*)+")
_HASH_LENGTHS = "MD5 has 32, SHA-1 40, SHA-256 64, SHA-512 128"
# What may stand around a value that was pasted with too much: quotes, brackets, "SHA256=", "mailto:"
_AROUND = re.compile(r"(?:[\s\"'`<>()\[\]{}*.,;:=|-]|[A-Za-z][\w -]{0,20}[:=]|:\d{1,5}\b)*")


def detect(text: str) -> Indicator:
    """The indicator that a pasted value is, refanged and canonical; the likeliest one if it can be read as several.

    Args:
        text: one value, as somebody pasted it.

    Raises:
        InvalidIndicator: what is wrong with it, in one sentence.
    """
    return readings(text)[0]


def readings(text: str) -> tuple[Indicator, ...]:
    """Everything that a pasted value can be, the likeliest reading first: 32 hex digits are an MD5, or an imphash.

    Raises:
        InvalidIndicator: it is nothing; says what is wrong with it.
    """
    value = text.strip()
    if usual := _scanner().glance(value):
        return usual
    plain = refanged(value)
    if plain.changed and (usual := _scanner().glance(plain.text)):
        return usual
    found = _scanner().scan(value)
    if len(found) == 1:
        start, end, first, *_ = found[0]
        if _is_all(value[:start]) and _is_all(value[end:]):
            return (first, *(ioc for ioc in _scanner().glance(first.value) if ioc != first))
        if start == 0 and _goes_on(first, value[end:]):
            return (type(first)(value),)
    if len(found) > 1:
        raise InvalidIndicator(f"{shown(text)} holds {len(found)} indicators: give one at a time")
    return (_explained(text),)


@cache
def _scanner() -> Scanner:
    return Scanner(remember=2**16)


def _goes_on(first: Indicator, rest: str) -> bool:
    """Whether a pasted path goes on behind the space at which it ends in running text: up to a file, or in names."""
    if isinstance(first, FilePath):
        ends = _ENDS_LIKE_A_FILE.search
        return "\\" in first.value and not ends(first.value) and ends(rest) is not None
    return isinstance(first, Registry) and _WORDS_OF_A_KEY.fullmatch(rest) is not None


def _is_all(around: str) -> bool:
    return _AROUND.fullmatch(around) is not None


def _explained(text: str) -> Indicator:
    """What the rules for running text leave out, because only somebody who means it writes it; or what is wrong."""
    value = refang(text).strip("'\"`<>, ").rstrip(";")
    if not value:
        raise InvalidIndicator("an empty value is no indicator")
    if re.search(r"\s", value):
        raise InvalidIndicator(f"{shown(text)} is more than one word, and no indicator that ioclib knows")
    if "://" in value:
        return URL(value)
    if "@" in value:
        return Email(value)
    if value.count(":") > 1 or value.startswith("["):
        return IPv6(value)
    if re.fullmatch(r"[0-9A-Fa-f]{16,}", value):
        raise InvalidIndicator(f"{shown(text)} has {len(value)} hex digits: {_HASH_LENGTHS}")
    if re.fullmatch(r"[\d.]+(?::\d+)?|0[xX][0-9A-Fa-f.xX]+", value) and not value.isdecimal():
        return IPv4(value)
    name = Domain(value)
    if name.reach is Reach.SINGLE_LABEL:
        raise InvalidIndicator(f"{shown(text)} is no indicator that ioclib knows")
    if name.reach is Reach.PUBLIC:
        raise InvalidIndicator(
            f"{shown(text)} reads like a file or like code; as a name, write it as {shown(defang(value))}"
        )
    return name
