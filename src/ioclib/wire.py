"""What crosses the wire: one request, one response, and the door that they pass through.

Plain frozen values, so that the HTTP client, the sandbox and a test double are interchangeable, and so that nobody
above or below the door imports an HTTP library.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlsplit

Library = Literal["auto", "httpx2", "aiohttp"]
"""Which HTTP client sends the requests."""

Trust = Literal["system", "bundled"]
"""Whose certificates are trusted: the operating system's, or those that the package certifi brings."""


@dataclass(frozen=True, kw_only=True)
class WireRequest:
    """One request, complete: with its key, which is why headers, address and body stay out of ``repr``.

    Attributes:
        source: the name of the source that asks; a transport keeps one client for each.
        method: ``GET`` or ``POST``.
        url: absolute, everything quoted.
        headers: names in any case.
        body: bytes; empty for a GET.
        max_bytes: how large the body of the answer may be, after decompression.
    """

    source: str
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    max_bytes: int


@dataclass(frozen=True, kw_only=True)
class WireResponse:
    """One response, read to its end.

    Attributes:
        status: the HTTP status.
        headers: names in lower case.
        body: bytes, decompressed.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Transport(Protocol):
    """The one door to the network, or to something that stands in for it."""

    async def fetch(self, request: WireRequest) -> WireResponse:
        """Send one request and read its whole answer; redirects come back as they are.

        Raises:
            Unreachable: no connection, or it broke.
            Timeout: the other side stopped answering.
            UnexpectedAnswer: the body is larger than ``max_bytes`` or cannot be decompressed.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


def resolver_address(text: str) -> tuple[str, int]:
    """Address and port of a DNS resolver, from ``192.0.2.53``, ``192.0.2.53:5353`` or ``[2001:db8::53]:5353``.

    Raises:
        ValueError: it is none of these.
    """
    parts = urlsplit(f"//{text}" if text.count(":") < 2 or "[" in text else f"//[{text}]")
    host, port = str(ipaddress.ip_address(parts.hostname or "")), 53 if parts.port is None else parts.port
    if port == 0 or parts.path or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("more or less than an address and a port")
    return host, port


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
