"""Data that an installed Python package brings: ``package://NAME/folder`` is every JSON file below that folder.

One document a line, in the order of their paths. The package's version is the ``ETag``, so that what was read from it
is read again only after an update.
"""

import asyncio
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ioclib.errors import UnexpectedAnswer, Unreachable
from ioclib.transport import words
from ioclib.wire import WireRequest, WireResponse


class PackageTransport:
    """Reads packages."""

    async def fetch(self, request: WireRequest) -> WireResponse:
        """The documents of a package.

        Raises:
            Unreachable: it is not installed.
            UnexpectedAnswer: they are larger than ``max_bytes``.
        """
        return await asyncio.to_thread(_fetched, request)

    async def aclose(self) -> None:
        """There is nothing to close."""


def _fetched(request: WireRequest) -> WireResponse:
    parts = urlsplit(request.url)
    name = parts.netloc
    spec = find_spec(name)  # it is not imported: data is all that is wanted of it
    if spec is None or not spec.submodule_search_locations:
        raise Unreachable(f"the package {name} is not installed")
    etag = f'"{metadata.version(name)}"'
    if request.headers.get("If-None-Match") == etag:
        return WireResponse(status=304, headers={}, body=b"")
    lines: list[bytes] = []
    size = 0
    folder = Path(spec.submodule_search_locations[0]) / unquote(parts.path).strip("/")
    for file in sorted(folder.rglob("*.json")):
        lines.append(file.read_bytes().replace(b"\r", b" ").replace(b"\n", b" "))  # never inside a string of JSON
        size += len(lines[-1]) + 1
        if size > request.max_bytes:
            raise UnexpectedAnswer(words.too_large(request.max_bytes))
    return WireResponse(
        status=200, headers={"content-type": "application/x-ndjson", "etag": etag}, body=b"\n".join(lines)
    )
