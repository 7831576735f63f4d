"""`lookup` and `stream` for scripts and notebooks: they work inside a running event loop too."""

from collections.abc import AsyncGenerator, Generator
from typing import Unpack

from ioclib.answers import Answer
from ioclib.client.front import Client
from ioclib.client.options import Given, Options, asked_about
from ioclib.client.threads import from_another_thread
from ioclib.report import Report


def lookup(*given: Given, **options: Unpack[Options]) -> Report:
    """Ask every source about one or several indicators, and wait for the report.

    Args:
        given: indicators, or texts of which each is one; the type is worked out.
        options: see `Options`.

    Raises:
        InvalidIndicator: a text is no indicator.
        ConfigurationError: an unknown source, an unusable key or setting.
    """
    client = Client(**options)

    async def reports() -> AsyncGenerator[Report]:
        async with client:
            yield await client.lookup(*given)

    (report,) = from_another_thread(reports)
    return report


def stream(*given: Given, **options: Unpack[Options]) -> Generator[Answer]:
    """Each source's answer as it lands, for scripts and notebooks; see `lookup`. Closing it stops the lookups."""
    client = Client(**options)
    asked_about(given)  # here, so that a typing error is told at once

    async def answers() -> AsyncGenerator[Answer]:
        async with client:
            async for answer in client.stream(*given):
                yield answer

    return from_another_thread(answers)
