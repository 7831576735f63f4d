"""Stand-ins for the network and for sources."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from ioclib.answers import Outcome
from ioclib.cache import MemoryOfLists, NoAnswers
from ioclib.config import Secret
from ioclib.conformance import samples
from ioclib.engine import Blotter, Door, Flights, Freshness, Gate, Lane, Memory, Reply
from ioclib.engine.lane import Job
from ioclib.findings import Evidence
from ioclib.indicators import Indicator, IPv4
from ioclib.quota import SqliteLedger
from ioclib.report import AnswerEntry, IndicatorEntry
from ioclib.source import Absent, Exposure, Finding, Key, Payload, Request, Source, Verdict, url
from ioclib.verdict import Said, weigh
from ioclib.wire import WireRequest, WireResponse

told = samples.told


class Opinion(Payload):
    score: int
    note: str = ""


def request(ip: IPv4) -> Request:
    return Request.get("/check", ip)


def read(opinion: Opinion) -> Finding | None:
    if opinion.score < 0:
        return None
    return Finding(verdict=Verdict.of(opinion.score, suspicious=25, malicious=75), summary=f"score {opinion.score}")


def link(ip: IPv4) -> str:
    return url("https://opinions.example/ip", ip)


def source(name: str = "opinions", **changes: Any) -> Source[IPv4, Opinion]:
    """A simple source; any part of its manifest can be changed."""
    manifest: dict[str, Any] = {
        "name": name,
        "about": "Opinions.",
        "base": f"https://{name}.example/api",
        "key": Key("OPINIONS_API_KEY", header="X-Key", get="https://opinions.example/key"),
        "limits": (),
        "exposure": Exposure.VENDOR,
        "absent": Absent.status(404),
        "request": request,
        "payload": Opinion,
        "read": read,
        "link": link,
        **changes,
    }
    return Source(**manifest)


class Scripted:
    """A transport that answers by a function, and remembers what was sent."""

    def __init__(self, answer: Callable[[WireRequest], WireResponse | Awaitable[WireResponse]]) -> None:
        self.answer = answer
        self.sent: list[WireRequest] = []

    async def fetch(self, request: WireRequest) -> WireResponse:
        self.sent.append(request)
        reply = self.answer(request)
        return reply if isinstance(reply, WireResponse) else await reply

    async def aclose(self) -> None:
        """Nothing to close."""


def json_response(body: bytes, status: int = 200, **headers: str) -> WireResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WireResponse(status=status, headers={"content-type": "application/json", **named}, body=body)


def after(seconds: float, response: WireResponse) -> Awaitable[WireResponse]:
    return asyncio.sleep(seconds, response)


class OneLane(Lane):
    """A lane of which one lookup at a time is asked for."""

    async def reply(self, ioc: Indicator, *, patience: float = 60) -> Reply:
        landed: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.start(Job(ioc, None, patience, lambda _, reply: landed.set_result(reply)))
        return await landed

    async def lookup(self, ioc: Indicator) -> Outcome:
        return (await self.reply(ioc)).outcome


def lane(
    one: Any,
    transport: Any,
    *,
    secret: str | None = "a-recognisable-key",
    timeout: float = 5,
    concurrency: int = 10,
    lists: Any = None,
    ledger: Any = None,
    answers: Any = None,
    freshness: Freshness | None = None,
    clock: Callable[[], float] = time.time,
) -> OneLane:
    door = Door(one, one.base, Secret(secret) if secret else None, transport, one.limits)
    return OneLane(
        door,
        Gate(ledger or SqliteLedger(None), one.name, one.limits, one.name),
        Memory(door, answers or NoAnswers(), freshness or Freshness(), clock),
        Flights(object()),
        timeout=timeout,
        concurrency=concurrency,
        lists=lists or MemoryOfLists(),
        blotter=Blotter([secret] if secret else []),
        clock=clock,
    )


def judged(kind: str, value: str, *answers: AnswerEntry, evidence: Evidence, now: datetime) -> IndicatorEntry:
    """An indicator of a report, whose answers all rest on the same."""
    said = [
        Said(
            source=one.source,
            verdict=one.verdict,
            evidence=evidence,
            says=one.summary or "",
            link=one.link,
            missing=one.error.kind if one.error else None,
        )
        for one in answers
    ]
    overall = weigh(kind, said, now)
    return IndicatorEntry(type=kind, value=value, given=value, seen=(), overall=overall, answers=answers)
