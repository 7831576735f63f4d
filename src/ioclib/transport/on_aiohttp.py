"""`Transport` on aiohttp, for bulk: it takes a fraction of the processor time for each small answer.

One session per source, so that a slow or hostile host is alone with itself; all of them on one TLS context. What a
session would do of its own accord is switched off: redirects, cookies, proxies of the environment, decompression,
headers that nobody asked for, and a second try.
"""

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING

from ioclib.errors import SourceError, Timeout, UnexpectedAnswer, Unreachable
from ioclib.transport import words
from ioclib.transport.body import ACCEPT_ENCODING, Body, NotCompressed, TooLarge, headers_of
from ioclib.transport.network import Network, Proxy, quoted
from ioclib.wire import WireRequest, WireResponse

if TYPE_CHECKING:
    import aiohttp

_IDLE_SECONDS = 30
_SILENCE_SECONDS = 15
"""How long the other side may send nothing; the deadline of the whole is the engine's."""
_MAX_HEADERS = 128
_MAX_HEADER_BYTES = 64 * 1024


class AiohttpTransport:
    """`Transport` over the network, on aiohttp.

    Args:
        network: how it is reached.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._sessions: dict[tuple[str, bool], aiohttp.ClientSession] = {}
        self._context = ThreadPoolExecutor(1).submit(_warm_up, network)  # ready when the first request is

    async def fetch(self, request: WireRequest) -> WireResponse:
        """Send one request and read its whole answer; see `Transport.fetch`."""
        outcome = await self._outcome(request)
        if isinstance(outcome, SourceError):
            raise outcome  # here, where no error of the library is being handled that it would refer to
        return outcome

    async def aclose(self) -> None:
        """Close every connection."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    async def _outcome(self, request: WireRequest) -> WireResponse | SourceError:
        try:
            proxy = self._network.proxy_for(request.url)
            place = request.source, request.url.startswith("https:")
            session = self._sessions.get(place) or await self._open(place)
        except ValueError:
            return UnexpectedAnswer(words.NO_ADDRESS)
        except OSError:
            return Unreachable(words.NO_TRUST)
        return await _exchange(session, request, proxy)

    async def _open(self, place: tuple[str, bool]) -> "aiohttp.ClientSession":
        context: ssl.SSLContext | None = None
        if place[1]:
            context = await asyncio.shield(asyncio.wrap_future(self._context))  # others wait for it too
        if place not in self._sessions:
            self._sessions[place] = _session(context)
        return self._sessions[place]


def _warm_up(network: Network) -> ssl.SSLContext:
    import_module("aiohttp")  # it takes 140 ms, which are not for the loop
    return network.tls_context()


def _session(context: ssl.SSLContext | None) -> "aiohttp.ClientSession":
    import aiohttp

    return aiohttp.ClientSession(
        # how many connections there are is for the source's lane to say
        connector=aiohttp.TCPConnector(limit=0, ssl=context or True, keepalive_timeout=_IDLE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        # connecting includes what a proxy takes for it
        timeout=aiohttp.ClientTimeout(total=None, connect=_SILENCE_SECONDS, sock_read=_SILENCE_SECONDS),
        max_headers=_MAX_HEADERS,
        max_line_size=_MAX_HEADER_BYTES,
        max_field_size=_MAX_HEADER_BYTES,
        middlewares=(_once,),
    )


async def _once(request: "aiohttp.ClientRequest", send: "aiohttp.ClientHandlerType") -> "aiohttp.ClientResponse":
    """The session would send a GET again whose connection breaks: a request that no quota knows of."""
    import aiohttp

    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        raise aiohttp.ClientPayloadError from None


async def _exchange(
    session: "aiohttp.ClientSession", request: WireRequest, proxy: Proxy | None
) -> WireResponse | SourceError:
    import aiohttp

    try:
        return await _send(session, request, proxy)
    except TooLarge:
        return UnexpectedAnswer(words.too_large(request.max_bytes))
    except NotCompressed:
        return UnexpectedAnswer(words.NOT_COMPRESSED)
    except aiohttp.ConnectionTimeoutError:
        return Unreachable(words.NO_CONNECTION_IN_TIME)
    except TimeoutError:
        return Timeout(words.SILENT)
    except aiohttp.ClientHttpProxyError as error:
        return Unreachable(words.refused_by_proxy(error.status))
    except aiohttp.ClientSSLError:
        return Unreachable(words.NOT_SECURE)
    except aiohttp.ClientConnectorError:
        return Unreachable(words.NO_PROXY if proxy else words.NO_CONNECTION)
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError):
        return UnexpectedAnswer(words.NO_ADDRESS)
    except (aiohttp.ClientError, OSError):
        return Unreachable(words.BROKEN)


async def _send(
    session: "aiohttp.ClientSession", request: WireRequest, proxy: Proxy | None
) -> WireResponse | SourceError:
    from yarl import URL

    response = await session.request(
        request.method,
        URL(quoted(request.url), encoded=True),
        headers={"Accept-Encoding": ACCEPT_ENCODING, **request.headers, **_for_proxy(request, proxy)},
        data=request.body or None,
        allow_redirects=False,
        proxy=proxy.address if proxy else None,
        proxy_headers=proxy.headers if proxy else None,
    )
    try:
        if proxy and response.status == 407:
            return Unreachable(words.refused_by_proxy(407))
        headers = headers_of(response.raw_headers)
        body = Body(headers.get("content-encoding"), request.max_bytes)
        while chunk := await response.content.readany():
            body.feed(chunk)
        return WireResponse(status=response.status, headers=headers, body=body.end())
    finally:
        response.close()  # which leaves a connection alone whose answer was read to its end


def _for_proxy(request: WireRequest, proxy: Proxy | None) -> dict[str, str]:
    """The session tells a proxy its own headers only when it is asked for a tunnel."""
    return proxy.headers if proxy and request.url.startswith("http:") else {}
