"""How the network is reached: which proxy, and whose certificates are trusted."""

import base64
import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from ioclib.wire import Trust, is_loopback

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True)
class Proxy:
    """A proxy without its password in the address.

    Attributes:
        address: scheme, host and port.
        authorization: the value of ``Proxy-Authorization``, if it wants one.
    """

    address: str
    authorization: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What the proxy is sent with a request."""
        return {"Proxy-Authorization": self.authorization} if self.authorization else {}


@dataclass(frozen=True)
class Network:
    """How the network is reached.

    Attributes:
        proxies: addresses by ``http``, ``https`` and ``all``; ``no`` has the hosts that are reached without.
        ca_file: certificates in PEM form that are trusted in addition.
        trust: whose certificates are trusted: the ``system``'s, or the ``bundled`` ones of the package certifi.
        resolver: the address of the DNS resolver, with or without a port; None takes this machine's.
    """

    proxies: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    ca_file: Path | None = None
    trust: Trust = "system"
    resolver: str | None = None

    def proxy_for(self, url: str) -> Proxy | None:
        """The proxy that a URL takes; what is on this machine takes none."""
        if not self.proxies:
            return None
        parts = urlsplit(url)
        address = self.proxies.get(parts.scheme) or self.proxies.get("all")
        if not address or is_loopback(parts.hostname or ""):
            return None
        if _is_listed(parts.hostname or "", parts.netloc.lower(), self.proxies.get("no", "")):
            return None
        return _proxy(address)

    def tls_context(self) -> ssl.SSLContext:
        """One for the whole process: reading some 140 certificates takes 20 ms, which is for another thread.

        Raises:
            OSError: a file of certificates cannot be read.
        """
        return _tls_context(self.trust, self.ca_file)


def _is_listed(host: str, netloc: str, listed: str) -> bool:
    """Whether a host is in ``NO_PROXY``: a name stands for all below it, and there may be ports, networks and ``*``."""
    for entry in listed.lower().split(","):
        name = entry.strip().removeprefix("*").lstrip(".")
        if name in {host, netloc} or entry.strip() == "*":
            return True
        if name and (host.endswith(f".{name}") or netloc.endswith(f".{name}") or _is_within(host, name)):
            return True
    return False


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


@cache
def _proxy(address: str) -> Proxy:
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Proxy(f"{parts.scheme}://{host}", authorization)


@cache
def _tls_context(trust: Trust, ca_file: Path | None) -> ssl.SSLContext:
    """Never one that reads the system's store again at each handshake, as a plain one of truststore does on Linux."""
    import httpcore2

    if trust == "bundled":
        import certifi

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(certifi.where())
    else:
        context = httpcore2.default_ssl_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def quoted(url: str) -> str:
    """A URL as it is sent: byte for byte, except for what no request line may hold and the fragment."""
    url = url.partition("#")[0]
    return url if url.isascii() and url.isprintable() and " " not in url else quote(url, safe=_PRINTABLE)
