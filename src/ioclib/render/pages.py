"""Which pages may be linked: those of sources, and never one on a host that is asked about."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import urlsplit

from ioclib.errors import InvalidIndicator
from ioclib.indicators import URL, Indicator, of_type

_LONGEST = 2_000

# What a browser takes as it stands: anything else in a link might be read in two ways
_LINK = re.compile(r"https://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_NAME = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z][a-z0-9-]*")  # a last label of digits would be an address in disguise


class Pages:
    """The sources' pages about some indicators."""

    def __init__(self, indicators: Iterable[tuple[str, str]]) -> None:
        """Of which indicators.

        Args:
            indicators: the type and the value of each.
        """
        self._indicators = tuple(indicators)

    def linked(self, link: str) -> str:
        """A source's page, if it may be linked: https, and not on a host that is asked about; empty otherwise."""
        if len(link) > _LONGEST or not _LINK.fullmatch(link):
            return ""
        try:
            parts = urlsplit(link)
            host, _ = (parts.hostname or "").removesuffix("."), parts.port
        except ValueError:
            return ""
        return "" if "@" in parts.netloc or not _is_host(host) or self._is_asked_about(host) else link

    @cached_property
    def _hosts(self) -> frozenset[str]:
        return frozenset(host for kind, value in self._indicators for host in _hosts_of(kind, value))

    @cached_property
    def _blocks(self) -> "tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]":
        return tuple(ipaddress.ip_network(value) for kind, value in self._indicators if kind == "cidr")

    def _is_asked_about(self, host: str) -> bool:
        labels = host.split(".")
        if any(".".join(labels[start:]) in self._hosts for start in range(len(labels))):
            return True
        address = _address(host)
        if isinstance(address, ipaddress.IPv6Address):
            address = address.ipv4_mapped or address
        return address is not None and (str(address) in self._hosts or any(address in one for one in self._blocks))


def _is_host(host: str) -> bool:
    return bool(_NAME.fullmatch(host)) or _address(host) is not None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _hosts_of(kind: str, value: str) -> Iterator[str]:
    try:
        pending: list[Indicator] = [of_type(kind, value)]
    except InvalidIndicator:
        pending = []
    yield value
    while pending:
        one = pending.pop()
        yield one.value
        if isinstance(one, URL):
            yield one.host  # also one that is no indicator, such as a single label
        pending += one.contains()
