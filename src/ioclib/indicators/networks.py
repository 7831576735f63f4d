"""Networks and what they are made of: blocks of addresses, autonomous systems, network cards."""

import re
from ipaddress import ip_network
from typing import Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.addresses import IPv4, IPv6
from ioclib.indicators.base import Indicator, Reach, form, shown


class CIDR(Indicator):
    """A block of addresses, e.g. ``203.0.113.0/24`` or ``2001:db8::/32``; the host's bits are cleared."""

    __slots__ = ()
    kind = "cidr"
    pattern = form(
        r"""(?<![\w.:/])
        (?: \d{1,3}(?:\.\d{1,3}){3} | (?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3} )
        /\d{1,3} (?![\w/?\#&=%:-]|\.\w)""",
        re.VERBOSE,
    )
    examples = ("203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32")
    stix = "ipv4-addr:value"
    misp = "ip-dst"
    after = ("url",)

    @classmethod
    def parse(cls, text: str) -> Self:
        host, _, length = cls.matched(text).partition("/")
        address = IPv6(host) if ":" in host else IPv4(host)
        try:
            return cls._make(str(ip_network(f"{address}/{length}", strict=False)))
        except ValueError:
            raise InvalidIndicator(f"{shown(text)} is not a block of addresses: /{length} is too long") from None

    @property
    def reach(self) -> Reach:
        """That of its first address."""
        return self._first().reach

    def contains(self) -> tuple[Indicator, ...]:
        """Its first address."""
        return (self._first(),)

    def _first(self) -> IPv4 | IPv6:
        first = self.value.partition("/")[0]
        return IPv6(first) if ":" in first else IPv4(first)


class ASN(Indicator):
    """The number of an autonomous system, e.g. ``AS64500``; also written ``AS 64500`` and ``ASN: 64500``."""

    __slots__ = ()
    kind = "asn"
    # "as 64" is English: small letters need an N, or no space
    pattern = form(r"(?<![\w.@-])(?:(?:AS[Nn]?|asn)[:#]?\s?|as(?=\d{3}))\d{1,10}(?![\w@]|\.\w)")
    examples = ("AS64500", "AS4200000000")  # RFC 5398, RFC 6996
    stix = "autonomous-system:number"
    misp = "AS"
    cues = ("asn", *(f"as{between}{digit}" for between in ("", " ") for digit in range(1, 10)))
    after = ("url", "email")

    @classmethod
    def parse(cls, text: str) -> Self:
        number = int(re.sub(r"\D+", "", cls.matched(text), flags=re.ASCII))
        if not 0 < number < 2**32:
            raise InvalidIndicator(f"{shown(text)} is not an autonomous system: numbers go from 1 to {2**32 - 1}")
        return cls._make(f"AS{number}")


class MAC(Indicator):
    """The address of a network card, e.g. ``00:00:5e:00:53:af``: lower case, with colons."""

    __slots__ = ()
    kind = "mac"
    pattern = form(
        r"""(?: (?<![\w:.-]) | (?<=[G-Zg-z]:) | (?<=[G-Zg-z]\w:) | (?<=[G-Zg-z]\w\w:) )  # or a label: "BSSID:…"
        (?: [0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5}) | [0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2} )
        (?![\w:-]|\.\w)""",
        re.VERBOSE,
    )
    examples = ("00:00:5e:00:53:af", "02:00:00:c0:ff:ee")  # RFC 7042
    stix = "mac-addr:value"
    misp = "mac-address"

    @classmethod
    def parse(cls, text: str) -> Self:
        digits = re.sub(r"[:.-]", "", cls.matched(text).lower())
        return cls._make(":".join(digits[at : at + 2] for at in range(0, 12, 2)))
