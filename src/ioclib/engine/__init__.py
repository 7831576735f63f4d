"""Runs a plan: every lookup at once, each answer handed over as it lands."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping

from ioclib.answers import Answer, Failed, Outcome, Skipped
from ioclib.engine.door import Door
from ioclib.engine.lane import Lane
from ioclib.engine.reading import Blotter
from ioclib.errors import BrokenSource, Timeout
from ioclib.plan import Plan

__all__ = ["Blotter", "Door", "Lane", "run"]

_Landing = tuple[asyncio.Task[Outcome], float]


async def run(plan: Plan, lanes: Mapping[str, Lane], *, deadline: float) -> AsyncGenerator[Answer]:
    """Makes every lookup of a plan at once.

    Args:
        plan: what is asked, and what is not.
        lanes: by the name of the source.
        deadline: seconds until everything that has not landed is a timeout.

    Yields:
        Skips first, then each answer as it lands: exactly one for each lookup and skip.
    """
    began = time.monotonic()
    for skip in plan.skips:
        yield Answer(skip.ioc, skip.source, Skipped(skip.reason))
    landed: asyncio.Queue[_Landing | None] = asyncio.Queue()

    def land(task: asyncio.Task[Outcome]) -> None:
        landed.put_nowait((task, time.monotonic() - began))

    missing = {asyncio.create_task(lanes[one.source.name].lookup(one.ioc)): one for one in plan.lookups}
    for task in missing:
        task.add_done_callback(land)
    alarm = asyncio.get_running_loop().call_later(deadline, landed.put_nowait, None)
    try:
        while missing and (landing := await landed.get()):
            task, elapsed = landing
            lookup = missing.pop(task)
            yield Answer(lookup.ioc, lookup.source, _outcome(task), elapsed)
        late = Failed(Timeout(f"no answer before the deadline of {deadline:g} s"))
        for lookup in missing.values():
            yield Answer(lookup.ioc, lookup.source, late, time.monotonic() - began)
    finally:
        alarm.cancel()
        for task in missing:
            task.cancel()
        await asyncio.gather(*missing, return_exceptions=True)


def _outcome(task: asyncio.Task[Outcome]) -> Outcome:
    """A lane answers for whatever a service does; should its own code fail, that is said too."""
    if error := task.exception():
        return Failed(BrokenSource(f"{type(error).__name__} inside ioclib; please report it"))
    return task.result()
