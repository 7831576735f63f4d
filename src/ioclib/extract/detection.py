"""What one pasted value is."""

import re

from ioclib.errors import InvalidIndicator
from ioclib.extract.defanging import refang
from ioclib.indicators import URL, Domain, Indicator, IPv4, IPv6, Reach, shown, types

_HASH_LENGTHS = "MD5 has 32, SHA-1 40, SHA-256 64"


def detect(text: str) -> Indicator:
    """The indicator that a pasted value is, refanged and canonical.

    Args:
        text: one value, as somebody pasted it.

    Raises:
        InvalidIndicator: what is wrong with it, in one sentence.
    """
    value = refang(text).strip("'\"`<>, ").rstrip(";")
    if not value:
        raise InvalidIndicator("an empty value is no indicator")
    if "://" not in value:
        for kind in types():
            if kind.pattern.fullmatch(value) and kind not in (URL, Domain):
                return kind(value)
    if re.search(r"\s", value):
        raise InvalidIndicator(f"{shown(text)} is more than one word: give one indicator at a time")
    if re.search(r"://|^[^/?#@]+\.[^/?#@]+[/?]", value):
        return URL(value)
    if value.count(":") > 1 or value.startswith("["):
        return IPv6(value)
    if re.fullmatch(r"[0-9A-Fa-f]{16,}", value):
        raise InvalidIndicator(f"{shown(text)} has {len(value)} hex digits: {_HASH_LENGTHS}")
    if re.fullmatch(r"[\d.]+(?::\d+)?|0[xX][0-9A-Fa-f.xX]+", value) and not value.isdecimal():
        return IPv4(value)
    name = Domain(value)
    if name.reach is Reach.SINGLE_LABEL:
        raise InvalidIndicator(f"{shown(text)} is no indicator that ioclib knows: {', '.join(k.kind for k in types())}")
    return name
