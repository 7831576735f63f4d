"""A source's own door: adds what a request must not know (base address, key) and decides on redirects."""

import asyncio
import dataclasses
import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from ioclib._version import __version__
from ioclib.config import Secret
from ioclib.errors import InvalidIndicator, UnexpectedAnswer
from ioclib.indicators import URL, Reach
from ioclib.indicators.addresses import reach_of
from ioclib.source import AnySource, Limit, Request
from ioclib.wire import Transport, WireRequest, WireResponse

USER_AGENT = f"ioclib/{__version__}"

_HOPS = 3


@dataclass(frozen=True)
class Door:
    """Attributes:
    source: whose it is.
    base: scheme, host and path prefix of its every request.
    secret: its key.
    transport: the way out.
    limits: in force for it.
    directory: where it is looked up at which base address an indicator is to be asked about, if that differs.
    """

    source: AnySource[Any]
    base: str
    secret: Secret | None
    transport: Transport
    limits: tuple[Limit, ...] = ()
    directory: "Door | None" = None

    async def send(self, request: Request, base: str | None = None) -> WireResponse:
        """Send a request of the source.

        Args:
            request: the request.
            base: the base address, if it is another than usual.

        Raises:
            SourceError: there is no answer.
        """
        headers, params = self._credentials()
        headers |= {"User-Agent": self.source.agent or USER_AGENT, "Accept": self.source.accept}
        headers |= dict(request.conditions)
        if request.content_type:
            headers["Content-Type"] = request.content_type
        return await self._follow(
            WireRequest(
                source=self.source.name,
                method=request.method,
                url=request.url(base or self.base, params),
                headers=headers,
                body=self._with_key(request.body),
                max_bytes=self.source.max_bytes,
            )
        )

    def _with_key(self, body: bytes) -> bytes:
        """A form, with the key where that is one of its fields."""
        key = self.source.key
        if key is None or not key.form or self.secret is None:
            return body
        return body + b"&" + urlencode({key.form: self.secret.reveal()}).encode()

    def _credentials(self) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """The key, as a header or as a query parameter."""
        key = self.source.key
        if key is None or self.secret is None:
            return {}, []
        if key.basic:
            return {"Authorization": f"Basic {self.secret.basic()}"}, []
        if key.header:
            return {key.header: key.prefix + self.secret.reveal()}, []
        return {}, [(key.query, self.secret.reveal())] if key.query else []

    async def _follow(self, sent: WireRequest) -> WireResponse:
        """Redirects are followed only where the source declares it, and never with a key."""
        response = await self.transport.fetch(sent)
        hops = _HOPS if self.source.redirects and self.source.key is None else 0
        while hops and 300 <= response.status < 400 and "location" in response.headers:
            target = urljoin(sent.url, response.headers["location"])
            if not await _may_be_followed(target):
                raise UnexpectedAnswer("the service redirects to something else than https on a public address")
            sent = dataclasses.replace(sent, url=target)
            response = await self.transport.fetch(sent)
            hops -= 1
        return response


def is_public(address: str) -> bool:
    """Whether an address is https to a host that is nobody's own, by its name alone."""
    try:
        link = URL(address)
    except InvalidIndicator:
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" and "@" not in parts.netloc and link.reach is Reach.PUBLIC


async def _may_be_followed(target: str) -> bool:
    if not is_public(target):
        return False
    try:
        found = await asyncio.get_running_loop().getaddrinfo(urlsplit(target).hostname, 443, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(reach_of(ipaddress.ip_address(address[0])) is Reach.PUBLIC for *_, address in found)
