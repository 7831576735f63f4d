"""IP addresses, in every spelling that reaches a machine."""

import ipaddress
import re
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Self

from ioclib.errors import InvalidIndicator
from ioclib.indicators.base import Indicator, Reach, form, shown

_DOCUMENTATION = tuple(
    ipaddress.ip_network(block)
    # RFC 5737, RFC 3849, RFC 9637
    for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")  # RFC 8215: for use inside one network
_OBFUSCATED = re.compile(r"(?:^|\.)0[xX0-7]|^\d{8,10}$")  # "4.2" is a version, though a browser would take it


class IPv4(Indicator):
    """An IPv4 address, e.g. ``203.0.113.7``; a port behind it is dropped.

    Also the spellings that a browser takes: ``0x7f.1``, ``2130706433``. Leading zeros in a full dotted quad are
    dropped, as everybody who writes them in a report means.
    """

    __slots__ = ()
    kind = "ipv4"
    pattern = form(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])")
    usual = form(r"[0-9]{1,3}+(?:\.[0-9]{1,3}+){3}")
    examples = ("203.0.113.7", "198.51.100.200")
    stix = "ipv4-addr:value"
    misp = "ip-dst"
    after = ("url", "email", "cidr", "ipv6", "registry", "file_path", "user_agent")

    @classmethod
    def parse(cls, text: str) -> Self:
        host = text.strip().removesuffix(".")
        if _packed(AF_INET, host):  # four numbers, none with leading zeros: the usual case
            return cls._make(host)
        if not cls.pattern.fullmatch(host):
            number = loose_ipv4(host) if _OBFUSCATED.search(host) else None
            if number is None:
                raise InvalidIndicator(f"{shown(text)} is not an IPv4 address: four numbers from 0 to 255, with dots")
            return cls._make(str(ipaddress.IPv4Address(number)))
        octets = [int(octet) for octet in host.partition(":")[0].split(".")]
        if wrong := [octet for octet in octets if octet > 255]:
            raise InvalidIndicator(f"{shown(text)} is not an IPv4 address: octet {wrong[0]} is above 255")
        return cls._make(".".join(map(str, octets)))

    @classmethod
    def of_usual(cls, text: str) -> Self | None:
        """If no number is above 255 or has leading zeros."""
        try:
            inet_pton(AF_INET, text)
        except OSError:
            return None
        return cls._make(text)

    @property
    def reach(self) -> Reach:
        """Public only if the address is routed on the Internet."""
        return reach_of(ipaddress.IPv4Address(self.value))


class IPv6(Indicator):
    """An IPv6 address, e.g. ``2001:db8::7``: compressed and in lower case; brackets, port and zone are dropped."""

    __slots__ = ()
    kind = "ipv6"
    pattern = form(r"(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}(?![\w:])")
    # not behind a colon, where it is the rest of something; with three digits in a group it is no time, no MAC address
    usual = form(r"(?<!:)(?=[0-9a-f:]*[0-9a-f]{3})[0-9a-f]{1,4}:(?>(?:[0-9a-f]{0,4}:){1,6})[0-9a-f]{1,4}")
    examples = ("2001:db8::7", "2001:db8:bad:cafe::1")
    stix = "ipv6-addr:value"
    misp = "ip-dst"
    after = ("url", "email", "cidr", "mac")

    @classmethod
    def parse(cls, text: str) -> Self:
        host = text.strip()
        if bracketed := re.fullmatch(r"\[([^\]]*)\](?::\d{1,5})?", host):
            host = bracketed[1]
        packed = _packed(AF_INET6, host.partition("%")[0])
        if packed is None:
            raise InvalidIndicator(f"{shown(text)} is not an IPv6 address")
        return cls._make(inet_ntop(AF_INET6, packed))  # RFC 5952

    @classmethod
    def of_usual(cls, text: str) -> Self | None:
        """If it is one, and as short as it can be."""
        packed = _packed(AF_INET6, text)
        return cls._make(text) if packed and inet_ntop(AF_INET6, packed) == text else None

    @property
    def reach(self) -> Reach:
        """Public only if the address, or the IPv4 address that is written inside it, is routed on the Internet."""
        return reach_of(ipaddress.IPv6Address(self.value))


Address = IPv4 | IPv6


def _packed(family: int, text: str) -> bytes | None:
    try:
        return inet_pton(family, text)
    except (OSError, ValueError):
        return None


def reach_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Reach:
    """Where an address means something; one that carries an IPv4 address inside has the reach of that."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64_LOCAL:
            return Reach.PRIVATE
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return reach_of(inner)
    if any(address in block for block in _DOCUMENTATION):
        return Reach.DOCUMENTATION
    if address.is_loopback:
        return Reach.LOOPBACK
    if address.is_link_local:
        return Reach.LINK_LOCAL
    if address.is_reserved or address.is_multicast or address.is_unspecified:
        return Reach.RESERVED
    return Reach.PUBLIC if address.is_global else Reach.PRIVATE


def loose_ipv4(host: str, *, octal: bool = True) -> int | None:
    """The IPv4 address that a browser would read here, as a number: up to four parts, decimal, hex or octal.

    Follows the WHATWG URL standard's IPv4 parser (https://url.spec.whatwg.org/#concept-ipv4-parser, read 2026-11).
    """
    parts = host.removesuffix(".").split(".")
    if not 1 <= len(parts) <= 4:
        return None
    numbers: list[int] = []
    for part in parts:
        if re.fullmatch(r"0[xX][0-9A-Fa-f]{0,16}", part):
            numbers.append(int(part[2:] or "0", 16))
        elif octal and re.fullmatch(r"0[0-7]{1,24}", part):
            numbers.append(int(part, 8))
        elif re.fullmatch(r"[0-9]{1,20}", part):
            numbers.append(int(part))
        else:
            return None
    *front, last = numbers
    if any(number > 255 for number in front) or last >= 256 ** (5 - len(numbers)):
        return None
    return last + sum(number << (24 - 8 * index) for index, number in enumerate(front))
