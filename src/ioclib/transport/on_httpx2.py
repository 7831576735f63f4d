"""`Transport` on httpx2, or rather on httpcore2, the part of it that sends requests.

The client that httpx2 puts on top is left out on purpose: it logs addresses, keeps cookies, would follow redirects, and
takes a tenth of a second to load. One pool of the library for each connection, and a stack of these for each source
(and proxy): the library looks through its whole pool for each request, so that a hundred connections in one pool cost
more than the requests; and a slow or hostile host is alone with itself. All of them on one TLS context.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from ioclib.errors import SourceError, Timeout, UnexpectedAnswer, Unreachable
from ioclib.transport import words
from ioclib.transport.body import ACCEPT_ENCODING, Body, NotCompressed, TooLarge, headers_of
from ioclib.transport.network import Network, Proxy, quoted
from ioclib.wire import WireRequest, WireResponse

if TYPE_CHECKING:
    import httpcore2

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
        self._idle: dict[tuple[str, Proxy | None], deque[_Idle]] = {}
        self._busy: set[httpcore2.AsyncConnectionPool] = set()
        self._context = ThreadPoolExecutor(1).submit(_warm_up, network)  # ready when the first request is

    async def fetch(self, request: WireRequest) -> WireResponse:
        """Send one request and read its whole answer; see `Transport.fetch`."""
        outcome = await self._outcome(request)
        if isinstance(outcome, SourceError):
            raise outcome  # here, where no error of the library is being handled that it would refer to
        return outcome

    async def aclose(self) -> None:
        """Close every connection."""
        pools = [*self._busy, *(one.pool for idle in self._idle.values() for one in idle)]
        self._busy.clear()
        self._idle.clear()
        for pool in pools:
            await pool.aclose()

    async def _outcome(self, request: WireRequest) -> WireResponse | SourceError:
        try:
            proxy = self._network.proxy_for(request.url)
            idle = self._idle.setdefault((request.source, proxy), deque())
            pool = idle.pop().pool if idle else await self._open(proxy)
        except ValueError:
            return UnexpectedAnswer(words.NO_ADDRESS)
        except OSError:
            return Unreachable(words.NO_TRUST)
        self._busy.add(pool)
        try:
            return await _exchange(pool, request, proxy)
        finally:
            await self._put_back(pool, idle)

    async def _put_back(self, pool: "httpcore2.AsyncConnectionPool", idle: "deque[_Idle]") -> None:
        """The one that was used last is taken first; those at the bottom, which nobody takes any more, are closed."""
        if pool in self._busy:  # else everything has been closed meanwhile
            self._busy.discard(pool)
            now = time.monotonic()
            idle.append(_Idle(pool, now))
            if idle[0].since < now - _IDLE_SECONDS:
                await idle.popleft().pool.aclose()

    async def _open(self, proxy: Proxy | None) -> "httpcore2.AsyncConnectionPool":
        context = await asyncio.shield(asyncio.wrap_future(self._context))  # others wait for it too
        import httpcore2

        # how many connections there are is for the source's lane to say
        limits: dict[str, Any] = {"max_connections": None, "keepalive_expiry": _IDLE_SECONDS}
        if proxy is None:
            return httpcore2.AsyncConnectionPool(ssl_context=context, **limits)
        headers = [*proxy.headers.items()]
        return httpcore2.AsyncHTTPProxy(proxy.address, proxy_headers=headers, ssl_context=context, **limits)


class _Idle(NamedTuple):
    """One connection's pool.

    Attributes:
        pool: it.
        since: seconds, by the monotonic clock.
    """

    pool: "httpcore2.AsyncConnectionPool"
    since: float


def _warm_up(network: Network) -> ssl.SSLContext:
    for late in ("httpcore2", "anyio._backends._asyncio"):  # the library would import them in the middle of the loop
        import_module(late)
    return network.tls_context()


async def _exchange(
    pool: "httpcore2.AsyncConnectionPool", request: WireRequest, proxy: Proxy | None
) -> WireResponse | SourceError:
    import httpcore2

    try:
        return await _send(pool, request, proxy)
    except TooLarge:
        return UnexpectedAnswer(words.too_large(request.max_bytes))
    except NotCompressed:
        return UnexpectedAnswer(words.NOT_COMPRESSED)
    except httpcore2.ConnectTimeout:
        return Unreachable(words.NO_CONNECTION_IN_TIME)
    except httpcore2.TimeoutException:
        return Timeout(words.SILENT)
    except httpcore2.ProxyError as error:
        return Unreachable(words.refused_by_proxy(int(str(error).partition(" ")[0])))
    except httpcore2.ConnectError as error:
        if _is_tls(error):
            return Unreachable(words.NOT_SECURE)
        return Unreachable(words.NO_PROXY if proxy else words.NO_CONNECTION)
    except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol, ValueError):
        return UnexpectedAnswer(words.NO_ADDRESS)
    except (httpcore2.NetworkError, httpcore2.ProtocolError):
        return Unreachable(words.BROKEN)


async def _send(
    pool: "httpcore2.AsyncConnectionPool", request: WireRequest, proxy: Proxy | None
) -> WireResponse | SourceError:
    opening = _Opening()
    try:
        response = await pool.handle_async_request(_prepared(request, opening))
    except asyncio.CancelledError:
        await opening.abandon()
        raise
    try:
        if proxy and response.status == 407:
            return Unreachable(words.refused_by_proxy(407))
        headers = headers_of(response.headers)
        body = Body(headers.get("content-encoding"), request.max_bytes)
        async for chunk in response.aiter_stream():
            body.feed(chunk)
        return WireResponse(status=response.status, headers=headers, body=body.end())
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


def _prepared(request: WireRequest, opening: _Opening) -> "httpcore2.Request":
    import httpcore2

    url = quoted(request.url)
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError
    headers = {"Host": parts.netloc.rpartition("@")[2], "Accept-Encoding": ACCEPT_ENCODING, **request.headers}
    if request.body:
        headers["Content-Length"] = str(len(request.body))
    path = url.find("/", url.find("://") + 3)
    target = url[path:] if path > 0 else "/" + (f"?{parts.query}" if parts.query else "")
    return httpcore2.Request(
        request.method,
        # in its parts, since the library would tidy it up: `/a/../b` becomes `/b`
        httpcore2.URL(scheme=parts.scheme, host=parts.hostname, port=parts.port, target=target),
        headers=[*headers.items()],
        content=request.body or None,
        extensions={
            "timeout": {"connect": _SILENCE_SECONDS, "read": _SILENCE_SECONDS, "write": _SILENCE_SECONDS, "pool": None},
            "trace": opening.trace,
        },
    )


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
