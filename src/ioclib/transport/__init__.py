"""The only door to the network, and the only room that imports an HTTP client or a DNS resolver.

There are two behind the same protocol, which behave alike: whoever uses one cannot tell which it is. No error of a
client library gets out of here, because their texts and tracebacks hold addresses and headers.
"""

from collections.abc import Mapping
from importlib.util import find_spec

from ioclib.errors import ConfigurationError
from ioclib.transport.network import Network
from ioclib.transport.on_dns import DnsTransport, public_resolver
from ioclib.transport.on_httpx2 import Httpx2Transport
from ioclib.transport.on_package import PackageTransport
from ioclib.wire import Library, Transport, WireRequest, WireResponse

__all__ = ["Network", "make_transport", "public_resolver"]


def make_transport(library: Library, network: Network, *, bulk: bool = False) -> Transport:
    """The way out to the network, for requests and for DNS questions.

    Args:
        library: the client library; ``auto`` takes aiohttp for bulk when it is installed, and httpx2 otherwise.
        network: how it is reached.
        bulk: whether thousands of requests are to be expected.

    Raises:
        ConfigurationError: something that the settings ask for is not installed.
    """
    if network.trust == "bundled" and find_spec("certifi") is None:
        raise ConfigurationError("trust is 'bundled', but the package certifi is missing: pip install 'ioclib[roots]'")
    others: dict[str, Transport] = {"dns": DnsTransport(network.resolver), "package": PackageTransport()}
    return _ByScheme(make_http(library, network, bulk=bulk), others)


class _ByScheme:
    """Takes each request the way that its address names; HTTP is the usual one."""

    def __init__(self, http: Transport, others: Mapping[str, Transport]) -> None:
        self._http = http
        self._others = others

    async def fetch(self, request: WireRequest) -> WireResponse:
        return await self._others.get(request.url.partition(":")[0], self._http).fetch(request)

    async def aclose(self) -> None:
        for way in (self._http, *self._others.values()):
            await way.aclose()


def make_http(library: Library, network: Network, *, bulk: bool) -> Transport:
    """The HTTP client among the ways out; see `make_transport`."""
    if library == "httpx2" or (library == "auto" and not bulk):
        return Httpx2Transport(network)
    if find_spec("aiohttp") is not None:
        from ioclib.transport.on_aiohttp import AiohttpTransport

        return AiohttpTransport(network)
    if library == "aiohttp":
        raise ConfigurationError("transport is 'aiohttp', but it is not installed: pip install 'ioclib[fast]'")
    return Httpx2Transport(network)
