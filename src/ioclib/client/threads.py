"""An async generator, for those who cannot wait."""

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import suppress
from typing import TypeVar, cast

T = TypeVar("T")


def from_another_thread(make: Callable[[], AsyncGenerator[T]]) -> Generator[T]:
    """Iterates over an async generator that runs in a thread and an event loop of its own."""
    landed: queue.SimpleQueue[tuple[T] | BaseException | None] = queue.SimpleQueue()
    stops: list[Callable[[], object]] = []

    async def pump() -> None:
        loop, task = asyncio.get_running_loop(), cast("asyncio.Task[None]", asyncio.current_task())
        stops.append(lambda: loop.call_soon_threadsafe(task.cancel))
        async for one in make():
            landed.put((one,))

    def work() -> None:
        end: BaseException | None = None
        try:
            asyncio.run(pump())
        except BaseException as error:  # noqa: BLE001 it is raised again where the answers are awaited
            end = error
        landed.put(end)

    thread = threading.Thread(target=work, name="ioclib", daemon=True)
    thread.start()
    try:
        while isinstance(one := landed.get(), tuple):
            yield one[0]
        if one is not None:
            raise one
    finally:
        with suppress(RuntimeError):  # its loop has ended by itself
            for stop in stops:
                stop()
        thread.join()
