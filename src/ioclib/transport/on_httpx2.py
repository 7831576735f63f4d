"""`Transport` on httpx2.

One small connection pool per source (and proxy), so that a slow or hostile host is alone with itself; all of them on
one TLS context. The library's own session layer is left out on purpose: it logs addresses, keeps cookies and would
follow redirects.
"""

import asyncio
import ssl
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ioclib.errors import SourceError, Timeout, UnexpectedAnswer, Unreachable
from ioclib.transport import words
from ioclib.transport.body import ACCEPT_ENCODING, Body, NotCompressed, TooLarge, headers_of
from ioclib.transport.network import Network, Proxy, quoted
from ioclib.wire import WireRequest, WireResponse

if TYPE_CHECKING:
    import httpcore2
    import httpx2

_IDLE_SECONDS = 30
_SILENCE_SECONDS = 15
"""How long the other side may send nothing; the deadline of the whole is the engine's."""


class Httpx2Transport:
    """`Transport` over the network, on httpx2.

    Args:
        network: how it is reached.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._pools: dict[tuple[str, Proxy | None], httpx2.AsyncHTTPTransport] = {}
        self._context: asyncio.Task[ssl.SSLContext] | None = None

    async def fetch(self, request: WireRequest) -> WireResponse:
        """Send one request and read its whole answer; see `Transport.fetch`."""
        outcome = await self._outcome(request)
        if isinstance(outcome, SourceError):
            raise outcome  # here, where no error of the library is being handled that it would refer to
        return outcome

    async def aclose(self) -> None:
        """Close every connection."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    async def _outcome(self, request: WireRequest) -> WireResponse | SourceError:
        try:
            proxy = self._network.proxy_for(request.url)
            pool = self._pools.get((request.source, proxy)) or await self._open(request.source, proxy)
        except ValueError:
            return UnexpectedAnswer(words.NO_ADDRESS)
        except OSError:
            return Unreachable(words.NO_TRUST)
        return await _exchange(pool, request, proxy)

    async def _open(self, source: str, proxy: Proxy | None) -> "httpx2.AsyncHTTPTransport":
        if self._context is None:
            self._context = asyncio.create_task(asyncio.to_thread(_warm_up, self._network))
        context = await asyncio.shield(self._context)  # others wait for it too
        if (source, proxy) not in self._pools:
            import httpx2

            # how many connections there are is for the source's lane to say
            limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=_IDLE_SECONDS)
            through = httpx2.Proxy(proxy.address, headers=proxy.headers) if proxy else None
            self._pools[source, proxy] = httpx2.AsyncHTTPTransport(
                verify=context, trust_env=False, limits=limits, proxy=through
            )
        return self._pools[source, proxy]


def _warm_up(network: Network) -> ssl.SSLContext:
    for late in ("httpcore2", "anyio._backends._asyncio"):  # the library would import them in the middle of the loop
        import_module(late)
    return network.tls_context()


async def _exchange(
    pool: "httpx2.AsyncHTTPTransport", request: WireRequest, proxy: Proxy | None
) -> WireResponse | SourceError:
    import httpx2

    try:
        return await _send(pool, request, proxy)
    except TooLarge:
        return UnexpectedAnswer(words.too_large(request.max_bytes))
    except NotCompressed:
        return UnexpectedAnswer(words.NOT_COMPRESSED)
    except httpx2.ConnectTimeout:
        return Unreachable(words.NO_CONNECTION_IN_TIME)
    except httpx2.TimeoutException:
        return Timeout(words.SILENT)
    except httpx2.ProxyError as error:
        return Unreachable(words.refused_by_proxy(int(str(error).partition(" ")[0])))
    except httpx2.ConnectError as error:
        if _is_tls(error):
            return Unreachable(words.NOT_SECURE)
        return Unreachable(words.NO_PROXY if proxy else words.NO_CONNECTION)
    except (httpx2.InvalidURL, httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, ValueError):
        return UnexpectedAnswer(words.NO_ADDRESS)
    except (httpx2.TransportError, httpx2.StreamError):
        return Unreachable(words.BROKEN)


async def _send(
    pool: "httpx2.AsyncHTTPTransport", request: WireRequest, proxy: Proxy | None
) -> WireResponse | SourceError:
    opening = _Opening()
    try:
        response = await pool.handle_async_request(_prepared(request, opening))
    except asyncio.CancelledError:
        await opening.abandon()
        raise
    try:
        if proxy and response.status_code == 407:
            return Unreachable(words.refused_by_proxy(407))
        headers = headers_of(response.headers.raw)
        body = Body(headers.get("content-encoding"), request.max_bytes)
        async for chunk in response.aiter_raw():
            body.feed(chunk)
        return WireResponse(status=response.status_code, headers=headers, body=body.end())
    finally:
        await response.aclose()


class _Opening:
    """The connection that a request opens, until it is secure: the library forgets it when it is cancelled before."""

    __slots__ = ("_stream",)

    def __init__(self) -> None:
        self._stream: httpcore2.AsyncNetworkStream | None = None

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Is told by the library of all that happens to the request."""
        if event == "connection.connect_tcp.complete":
            self._stream = info["return_value"]
        elif event == "connection.start_tls.complete":
            self._stream = None

    async def abandon(self) -> None:
        if self._stream:
            await self._stream.aclose()


def _prepared(request: WireRequest, opening: _Opening) -> "httpx2.Request":
    import httpx2

    url = quoted(request.url)
    if not urlsplit(url).hostname:
        raise ValueError
    extensions: dict[str, object] = {
        "timeout": {"connect": _SILENCE_SECONDS, "read": _SILENCE_SECONDS, "write": _SILENCE_SECONDS, "pool": None},
        "trace": opening.trace,
    }
    path = url.find("/", url.find("://") + 3)
    if path > 0:  # the library would tidy it up: `/a/../b` becomes `/b`
        extensions["target"] = url[path:].encode("ascii")
    return httpx2.Request(
        request.method,
        url,
        headers={"Accept-Encoding": ACCEPT_ENCODING, **request.headers},
        content=request.body or None,
        extensions=extensions,
    )


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
