"""A worker: takes chunks, makes their lookups, and gives back what came of them.

Celery hands each chunk to a thread, which waits. What asks is one event loop beside them, with one client: all
chunks of the process share its connections, its quotas and its cache.
"""

import asyncio
import logging
import os
import platform
import threading
import time
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar, cast

from ioclib.client import Client
from ioclib.client.asking import LONGEST, asked
from ioclib.fleet.app import TASK, broker_url, make_app, wanted_key
from ioclib.fleet.packing import packed_done, unpacked_chunk
from ioclib.jobs.chunks import Chunk, Done, Row

T = TypeVar("T")

_AGAIN = 5
"""Seconds until a worker begins again that Celery has ended."""

_FAILED = 1
"""Celery's exit code if something has ended it; it is a text if somebody has, over the network."""

_QUIET = ("celery.app.trace", "celery.worker.strategy", "httpx2", "asyncio")
"""They tell of every single chunk."""

_log = logging.getLogger(__name__)


def work(*, concurrency: int, longest: float = LONGEST) -> int:
    """Works until it is told to stop: SIGTERM, or Ctrl-C, lets it finish the chunks that it has.

    Args:
        concurrency: chunks at the same time.
        longest: seconds that a chunk takes at most; a chunk that a killed worker had is taken up after four times that.

    Returns:
        The exit code.

    Raises:
        ConfigurationError: quotas would not be shared, there is no broker, or something else that is set is unusable.
    """
    app = make_app(broker_url(), longest=longest)
    desk = Desk(longest)
    try:
        _log_to_stderr(desk.start())
        _register(app, desk)
        _log.warning("ioclib worker %s takes %s chunks at a time", os.getpid(), concurrency)
        while True:
            worker = app.Worker(
                pool="threads",
                concurrency=concurrency,
                hostname=f"ioclib-{os.getpid()}@{platform.node()}",
                quiet=True,  # its banner
                without_gossip=True,
                without_mingle=True,
            )
            worker.start()
            if worker.exitcode != _FAILED or _told_to_stop():
                return worker.exitcode if isinstance(worker.exitcode, int) else 0
            _log.error("Celery has given up, as it may when its Redis is killed: beginning again in %s s", _AGAIN)
            time.sleep(_AGAIN)
    finally:
        desk.stop()


def _told_to_stop() -> bool:
    """Whether somebody has ended this process, rather than an error."""
    from celery.worker import state  # pyright: ignore[reportMissingTypeStubs]

    said = cast("Any", state)
    return said.should_stop is not None or said.should_terminate is not None


class Desk:
    """The one place of a process where lookups are made: an event loop in a thread, and a client.

    Args:
        longest: seconds that a chunk takes at most.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ioclib-desk", daemon=True)
        self._clients: dict[str, Client] = {}

    def start(self) -> Client:
        """Begins.

        Returns:
            The client for chunks without a marking.

        Raises:
            ConfigurationError: something that is set is unusable.
        """
        self._thread.start()
        return self._here(self._client("clear"))

    def stop(self) -> None:
        """Ends what is under way, and closes all connections."""
        if self._thread.is_alive():
            self._here(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def done(self, chunk: Chunk) -> Done:
        """Makes the lookups of a chunk; for threads."""
        return self._here(self._asked(chunk))

    def _here(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _client(self, tlp: str) -> Client:
        """One for each marking: it decides what may be asked, and where answers may be kept."""
        if tlp not in self._clients:
            self._clients[tlp] = Client(tlp=tlp)
        return self._clients[tlp]

    async def _asked(self, chunk: Chunk) -> Done:
        rows: list[Row] = []

        async def land(landed: Sequence[Row]) -> None:
            rows.extend(landed)

        async with asyncio.timeout(2 * self._longest):  # no service can make it so long: it is for what nobody foresees
            deferred = await asked(await self._client(chunk.tlp), chunk, land, within=self._longest)
        return Done(tuple(rows), tuple(deferred))

    async def _close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


def _register(app: Any, desk: Desk) -> None:
    def run_chunk(task: Any, name: str, text: str) -> str | None:
        """Makes the lookups of a chunk, if the executor of this name still waits for them; else None."""
        if not app.backend.client.sismember(wanted_key(name), task.request.id):
            return None  # it is delivered again, or whoever has sent it has given up
        return packed_done(desk.done(unpacked_chunk(text)))

    app.task(run_chunk, name=TASK, bind=True)


def _leave_it(**_: object) -> None:
    """Celery sets logging up unless somebody else says that they do."""


class _Clean(logging.Formatter):
    """Log lines without keys: what clients of services and of Redis say may hold one."""

    def __init__(self, client: Client) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._client = client

    def format(self, record: logging.LogRecord) -> str:
        return self._client.clean(super().format(record))


def _log_to_stderr(client: Client) -> None:
    from celery.signals import setup_logging  # pyright: ignore[reportMissingTypeStubs]

    cast("Any", setup_logging).connect(_leave_it, weak=False)
    handler = logging.StreamHandler()
    handler.setFormatter(_Clean(client))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
