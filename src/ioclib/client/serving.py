"""The sandbox as a server on this machine."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ioclib import registry
from ioclib.client.here import sandbox_settings

if TYPE_CHECKING:
    from ioclib.sandbox.faults import Faults


@contextmanager
def serve_sandbox(port: int = 0, faults: "Faults | None" = None) -> Generator[tuple[str, dict[str, str]]]:
    """The sandbox as a server on this machine's loopback address, while the context lasts.

    Args:
        port: 0 takes a free one.
        faults: what the services do wrong.

    Yields:
        Its address, and the environment variables that point ioclib at it, with the keys that it accepts.

    Raises:
        ConfigurationError: the port is taken.
    """
    from ioclib import sandbox
    from ioclib.sandbox.responder import SandboxResponder
    from ioclib.sandbox.server import SandboxServer

    known, twins = registry.all_sources(), sandbox.by_host()
    with SandboxServer(port, faults) as server, SandboxResponder(faults) as responder:
        mounts = server.base_urls()
        environment = {name: secret.reveal() for name, secret in sandbox_settings(known).keys.items()}
        environment["IOCLIB_RESOLVER"] = responder.address
        for name, source in known.items():
            real = urlsplit(source.base)
            if real.scheme != "https" or real.netloc not in twins:
                continue
            variable = f"IOCLIB_SOURCES__{name.upper()}__BASE_URL"
            environment[variable] = mounts[twins[real.netloc].name] + real.path
        yield server.address, environment
