"""The only door to the network, and the only module that imports an HTTP client.

One small connection pool per source, so that a slow or hostile host is alone with itself; all of them on one TLS
context, which is made once and off the event loop. The client's own session layer is left out on purpose: it logs
addresses, keeps cookies and would follow redirects. No error of the library gets out of here, because its texts and
tracebacks hold addresses and headers.
"""

import asyncio
import ssl
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ioclib.errors import SourceError, Timeout, UnexpectedAnswer, Unreachable
from ioclib.wire import WireRequest, WireResponse

if TYPE_CHECKING:
    import httpx2

_IDLE_SECONDS = 30
_SILENCE_SECONDS = 15
"""How long the other side may send nothing; the deadline of the whole is the engine's."""


class HttpTransport:
    """`Transport` over the network."""

    def __init__(self) -> None:
        self._pools: dict[str, httpx2.AsyncHTTPTransport] = {}
        self._context: asyncio.Task[ssl.SSLContext] | None = None

    async def fetch(self, request: WireRequest) -> WireResponse:
        """Send one request and read its whole answer; see `Transport.fetch`."""
        pool = await self._pool(request.source)
        problem = await _exchange(pool, request)
        if isinstance(problem, SourceError):
            raise problem
        return problem

    async def aclose(self) -> None:
        """Close every connection."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    async def _pool(self, source: str) -> "httpx2.AsyncHTTPTransport":
        if self._context is None:
            self._context = asyncio.create_task(asyncio.to_thread(_tls_context))
        context = await asyncio.shield(self._context)  # others wait for it too
        if source not in self._pools:
            import httpx2

            # how many connections there are is for the source's lane to say
            limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=_IDLE_SECONDS)
            self._pools[source] = httpx2.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits)
        return self._pools[source]


@cache
def _tls_context() -> ssl.SSLContext:
    """One for the whole process: reading some 140 root certificates takes 20 ms."""
    import httpx2

    for late in ("httpcore2", "anyio._backends._asyncio"):  # the client would import them in the middle of the loop
        import_module(late)
    return httpx2.create_ssl_context()


async def _exchange(pool: "httpx2.AsyncHTTPTransport", request: WireRequest) -> WireResponse | SourceError:
    import httpx2

    silence = {"connect": _SILENCE_SECONDS, "read": _SILENCE_SECONDS, "write": _SILENCE_SECONDS, "pool": None}
    try:
        sent = httpx2.Request(
            request.method,
            request.url,
            headers={"Accept-Encoding": "gzip, deflate", **request.headers},
            content=request.body or None,
            extensions={"timeout": silence},
        )
        response = await pool.handle_async_request(sent)
        try:
            body = await _bounded(response, request.max_bytes)
        finally:
            await response.aclose()
        if body is None:
            return UnexpectedAnswer(f"the answer is larger than {request.max_bytes} bytes")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return WireResponse(status=response.status_code, headers=headers, body=body)
    except httpx2.ConnectTimeout:
        return Unreachable("no connection in time")
    except httpx2.TimeoutException:
        return Timeout("the service stopped answering")
    except httpx2.DecodingError:
        return UnexpectedAnswer("the answer cannot be decompressed")
    except httpx2.ConnectError as error:
        return Unreachable("no secure connection" if _is_tls(error) else "no connection")
    except (httpx2.TransportError, httpx2.StreamError):
        return Unreachable("the connection broke")
    except (httpx2.InvalidURL, UnicodeError, ValueError):
        return UnexpectedAnswer("the address cannot be asked")


async def _bounded(response: "httpx2.Response", max_bytes: int) -> bytes | None:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > max_bytes:
            return None
    return bytes(body)


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
