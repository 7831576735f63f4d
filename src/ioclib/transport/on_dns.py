"""DNS questions, by the resolver of this machine or the one that is set: ``dns://zone/label?type=A``.

The answer comes back as JSON, ``{"data": ["127.0.0.2"]}``, so that it is kept, read and shown like every other. A name
that does not exist has no data; a resolver that cannot or will not answer is a failure, and never "no such name".
"""

import ipaddress
import re
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from ioclib.errors import Forbidden, Rejected, ServerFault, SourceError, Timeout, Unreachable
from ioclib.wire import WireRequest, WireResponse, resolver_address

if TYPE_CHECKING:
    import dns.asyncresolver
    import dns.rrset

_LIFETIME = 10.0
"""Seconds for one question, with its repetitions."""

_REFUSED = 5
"""The response code of a resolver that does not answer this client, or this question (RFC 1035)."""

_EVERYBODYS = (
    "1.0.0.0/24 1.1.1.0/24 2606:4700:4700::/48 "  # Cloudflare
    "8.8.4.0/24 8.8.8.0/24 2001:4860:4860::/48 "  # Google
    "9.9.9.0/24 149.112.112.0/24 2620:fe::/48 "  # Quad9
    "208.67.220.0/24 208.67.222.0/24 2620:119:35::/48 2620:119:53::/48 "  # OpenDNS
    "4.2.2.0/29 64.6.64.0/23 76.76.2.0/24 76.76.10.0/24 94.140.14.0/24 94.140.15.0/24 185.228.168.0/23"
)
_PUBLIC = tuple(map(ipaddress.ip_network, _EVERYBODYS.split()))


def public_resolver(chosen: str | None) -> str | None:
    """The address of the resolver, if it is one that everybody may use: block lists do not answer those truly.

    Args:
        chosen: the one that is set; None stands for this machine's.
    """
    found = [resolver_address(chosen)[0]] if chosen else _of_this_machine()
    return next((one for one in found if any(ipaddress.ip_address(one) in block for block in _PUBLIC)), None)


def _of_this_machine() -> list[str]:
    """Its resolvers, on systems that write them into a file: cheap, since every run wants to know."""
    if sys.platform == "win32":
        return []
    try:
        text = Path("/etc/resolv.conf").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [one for one in re.findall(r"^\s*nameserver\s+([0-9a-fA-F.:]+)", text, re.MULTILINE) if _is_address(one)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class DnsTransport:
    """Asks a resolver.

    Args:
        resolver: its address, ``192.0.2.53`` or ``192.0.2.53:5353``; None takes this machine's.
    """

    def __init__(self, resolver: str | None = None) -> None:
        self._chosen = resolver

    async def fetch(self, request: WireRequest) -> WireResponse:
        """The records that answer a question.

        Raises:
            SourceError: there is no answer.
        """
        parts = urlsplit(request.url)
        name = f"{unquote(parts.path).strip('/')}.{parts.hostname}."
        kind = parse_qs(parts.query)["type"][0]
        records = await self._ask(name, kind)
        data: list[Any] = list(records or ())
        body = msgspec.json.encode({"data": [_text(record) for record in data]})
        return WireResponse(status=200, headers={"content-type": "application/json"}, body=body)

    async def aclose(self) -> None:
        """There is no connection to close."""

    async def _ask(self, name: str, kind: str) -> "dns.rrset.RRset | None":
        import dns.exception
        import dns.resolver

        try:
            answer = await self._resolver.resolve(
                name, kind, search=False, raise_on_no_answer=False, lifetime=_LIFETIME
            )
        except dns.resolver.NXDOMAIN:
            return None
        except (dns.exception.DNSException, OSError) as error:
            raise _as_ours(error) from None
        return answer.rrset

    @cached_property
    def _resolver(self) -> "dns.asyncresolver.Resolver":
        import dns.asyncresolver
        import dns.resolver

        resolver = dns.asyncresolver.Resolver(configure=self._chosen is None)
        if self._chosen:
            address, port = resolver_address(self._chosen)
            resolver.nameservers = [address]
            resolver.port = port
        resolver.cache = dns.resolver.LRUCache(1000)  # as long as the records allow: test points are asked often
        return resolver


def _text(record: object) -> str:
    """A record's value; the strings of a text joined, since where they were cut means nothing."""
    strings: tuple[bytes, ...] | None = getattr(record, "strings", None)
    return str(record) if strings is None else b"".join(strings).decode("utf-8", "replace")


def _as_ours(error: Exception) -> SourceError:
    import dns.exception
    import dns.name
    import dns.resolver

    match error:
        case dns.exception.Timeout():
            return Timeout("the DNS resolver does not answer")
        case dns.resolver.NoNameservers():
            tried = cast("list[tuple[Any, ...]]", error.kwargs["errors"])
            if any(response is not None and response.rcode() == _REFUSED for *_, response in tried):
                return Forbidden("the DNS resolver refuses the question")
            return ServerFault("the DNS resolver gets no answer from the name servers of the service")
        case dns.resolver.NoResolverConfiguration():
            return Unreachable("this machine has no DNS resolver; set resolver to the address of one")
        case dns.name.LabelTooLong() | dns.name.NameTooLong() | dns.exception.SyntaxError():
            return Rejected("the indicator is too long for a DNS question")
        case _:
            return Unreachable("the DNS resolver cannot be asked")
