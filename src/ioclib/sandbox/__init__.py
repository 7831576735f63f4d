"""Simulated providers behind the same door as the real ones: one invented world, no key, no network.

Each module here that has a ``TWIN`` or ``TWINS`` simulates a service from its documentation, as the vendor would write
it: nothing of ioclib's own sources is used, or they would only agree with their own mistakes. Nothing is registered by
hand: `twins` finds them.
"""

import asyncio
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from urllib.parse import parse_qsl, urlsplit

from ioclib.errors import UnexpectedAnswer, Unreachable
from ioclib.sandbox.faults import Faults, Trouble
from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.wire import WireRequest, WireResponse

__all__ = ["Faults", "SandboxTransport", "arrived", "by_host", "keys", "spent_keys", "twins"]


@cache
def twins() -> tuple[Twin, ...]:
    """Every simulated provider, in the order of their names."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    declared = (twin for module in modules for twin in _declared(module))
    return tuple(sorted(declared, key=lambda twin: twin.name))


def _declared(module: ModuleType) -> tuple[Twin, ...]:
    one: Twin | None = getattr(module, "TWIN", None)
    several: tuple[Twin, ...] = getattr(module, "TWINS", ())
    return (*several, one) if one else several


@cache
def by_host() -> Mapping[str, Twin]:
    """The simulated provider of each real host."""
    return {host: twin for twin in twins() for host in twin.hosts}


def keys() -> dict[str, str]:
    """A key that works, for each twin that takes one."""
    return {twin.name: twin.key for twin in twins() if twin.key}


def spent_keys() -> dict[str, str]:
    """A good key whose allowance is used up, for each twin that takes one."""
    return {twin.name: twin.spent_key for twin in twins() if twin.spent_key}


def arrived(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Call:
    """A request as a twin sees it: the path is still percent-encoded, the query is decoded."""
    return Call(
        method=method,
        path=path or "/",
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in headers.items()},
        body=body,
    )


class SandboxTransport:
    """A `Transport` that never leaves the process: a request goes to the twin of the host that it is for.

    Args:
        faults: what the services do wrong.
    """

    def __init__(self, faults: Faults | None = None) -> None:
        self._trouble = Trouble(faults or Faults())

    async def fetch(self, request: WireRequest) -> WireResponse:
        """The answer of the twin.

        Raises:
            Unreachable: no twin stands for this host.
            UnexpectedAnswer: the body is larger than ``max_bytes``.
        """
        twin = by_host().get(urlsplit(request.url).hostname or "")
        if twin:
            await asyncio.sleep(self._trouble.delay(twin, request.source))
        reply = _reply(request)
        if twin:
            reply = self._trouble.spoiled(twin, reply)
        if len(reply.body) > request.max_bytes:
            raise UnexpectedAnswer(f"The answer is larger than {request.max_bytes} bytes.")
        headers = {name.lower(): value for name, value in reply.headers.items()}
        return WireResponse(status=reply.status, headers=headers, body=reply.body)

    async def aclose(self) -> None:
        """There is no connection to close."""


def _reply(request: WireRequest) -> Reply:
    parts = urlsplit(request.url)
    twin = by_host().get(parts.hostname or "")
    if twin is None:
        raise Unreachable(f"The sandbox has no simulated service for {parts.hostname or 'an address without a host'}.")
    if not request.url.isascii() or not request.url.isprintable() or " " in request.url:
        return Reply.text("Bad Request", 400)  # no web server takes such a request line
    return twin.answer(arrived(request.method, parts.path, parts.query, request.headers, request.body))
