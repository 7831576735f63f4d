"""Many indicators in one request: each lookup gets what a request of its own would have brought."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ioclib import Client
from ioclib.answers import Failed, Found, NotFound
from ioclib.cache import SqliteAnswers
from ioclib.extract import detect
from ioclib.indicators import Indicator, IPv4, IPv6
from ioclib.quota import SqliteLedger
from ioclib.registry import all_sources
from ioclib.sandbox import SandboxTransport
from ioclib.source import Absent, Batch, Limit, Payload, Request, Source
from ioclib.wire import WireRequest, WireResponse
from tests.doubles import OneLane, Scripted, json_response, lane, source


class Row(Payload):
    ip: str
    score: int


class Rows(Payload):
    rows: list[Row]


def request(ips: Sequence[IPv4]) -> Request:
    return Request.post("/many", json={"ips": list(ips)})


def apart(answer: Rows) -> Mapping[str, object]:
    return {row.ip: {"score": row.score, "note": "of many"} for row in answer.rows}


BATCH = Batch(size=3, request=request, payload=Rows, apart=apart)
IPS = [IPv4(f"198.51.100.{number}") for number in range(1, 8)]


def service(sent: WireRequest) -> WireResponse:
    """Knows the odd addresses."""
    if sent.method == "POST":
        asked = json.loads(sent.body)["ips"]
        rows = [{"ip": ip, "score": 80} for ip in reversed(asked) if int(ip[-1]) % 2]
        return json_response(json.dumps({"rows": rows}).encode())
    return json_response(b'{"score": 80}') if int(sent.url[-1]) % 2 else json_response(b"{}", 404)


async def outcomes(one: OneLane, iocs: Sequence[Indicator] = IPS) -> list[str]:
    return [type(outcome).__name__ for outcome in await asyncio.gather(*map(one.lookup, iocs))]


def batched(transport: Any, **changes: Any) -> OneLane:
    own = {name: changes.pop(name) for name in ("answers", "ledger") if name in changes}
    return lane(source(batches=(BATCH,), **changes), transport, **own)


async def test_several_go_together() -> None:
    transport = Scripted(service)
    assert await outcomes(batched(transport)) == 3 * ["Found", "NotFound"] + ["Found"]
    sizes = sorted(len(json.loads(sent.body)["ips"]) for sent in transport.sent if sent.method == "POST")
    assert sizes == [3, 3]
    assert [sent.method for sent in transport.sent].count("GET") == 1, "the one that was left goes by itself"


async def test_one_goes_by_itself_and_waits_for_nobody() -> None:
    transport = Scripted(service)
    assert await outcomes(batched(transport), IPS[:1]) == ["Found"]
    assert [sent.method for sent in transport.sent] == ["GET"]


async def test_other_types_go_by_themselves() -> None:
    def both(ip: IPv4 | IPv6) -> Request:
        return Request.get("/check", ip)

    transport = Scripted(service)
    await outcomes(batched(transport, request=both), [IPv6("2001:db8::1"), IPv6("2001:db8::3"), *IPS[:2]])
    assert sorted(sent.method for sent in transport.sent) == ["GET", "GET", "POST"]


async def test_what_is_said_of_one_that_is_missing() -> None:
    nothing = Batch(size=3, request=request, payload=Rows, apart=apart, missing={"score": -1})
    one = lane(source(batches=(nothing,), absent=Absent.never), Scripted(service))
    assert await outcomes(one, IPS[:2]) == ["Found", "NotFound"]


async def test_each_part_is_kept_like_an_answer_of_its_own() -> None:
    answers = SqliteAnswers(None)
    assert await outcomes(batched(Scripted(service), answers=answers), IPS[:3]) == ["Found", "NotFound", "Found"]
    again = Scripted(service)
    replies = [await batched(again, answers=answers).reply(ip) for ip in IPS[:3]]
    assert [type(one.outcome) for one in replies] == [Found, NotFound, Found]
    assert not again.sent
    assert all(one.age is not None for one in replies)
    found: Any = replies[0].outcome
    assert json.loads(bytes(found.results)) == {"score": 80, "note": "of many"}
    await answers.aclose()


async def test_a_batch_takes_one_permit() -> None:
    ledger = SqliteLedger(None)
    transport = Scripted(service)
    limited = batched(transport, ledger=ledger, limits=(Limit(1, per="day"),))
    assert await outcomes(limited, IPS[:3]) == ["Found", "NotFound", "Found"]
    assert await outcomes(limited, IPS[3:6]) == 3 * ["Skipped"]


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_who_takes_no_batch_is_asked_one_by_one(status: int) -> None:
    transport = Scripted(lambda sent: json_response(b"{}", status) if sent.method == "POST" else service(sent))
    one = batched(transport)
    assert await outcomes(one, IPS[:3]) == ["Found", "NotFound", "Found"]
    assert await outcomes(one, IPS[3:6]) == ["NotFound", "Found", "NotFound"]
    assert [sent.method for sent in transport.sent].count("POST") == 1, "it is not tried again"


@pytest.mark.parametrize(("status", "kind"), [(401, "unauthorized"), (429, "rate_limited")])
async def test_what_fails_fails_for_all(status: int, kind: str) -> None:
    transport = Scripted(lambda _: json_response(b"{}", status))
    replies = await asyncio.gather(*map(batched(transport).lookup, IPS[:3]))
    assert [one.error.kind for one in replies if isinstance(one, Failed)] == 3 * [kind]
    assert [sent.method for sent in transport.sent] == ["POST"]


async def test_a_source_that_cannot_tell_them_apart_is_broken() -> None:
    def wrong(_: Rows) -> Mapping[str, object]:
        raise KeyError

    bad = Batch(size=3, request=request, payload=Rows, apart=wrong)
    replies = await asyncio.gather(*map(lane(source(batches=(bad,)), Scripted(service)).lookup, IPS[:3]))
    assert {one.error.kind for one in replies if isinstance(one, Failed)} == {"broken_source"}
    assert len([one for one in replies if isinstance(one, Failed)]) == 3


async def test_who_is_called_off_takes_nobody_along() -> None:
    transport = Scripted(service)
    one = batched(transport)
    tasks = [asyncio.create_task(one.reply(ip)) for ip in IPS[:2]]
    await asyncio.sleep(0)
    tasks[0].cancel()
    assert isinstance((await tasks[1]).outcome, NotFound)


async def test_nobody_is_asked_twice_at_once() -> None:
    transport = Scripted(service)
    assert await outcomes(batched(transport), [IPS[0], IPS[0], IPS[1]]) == ["Found", "Found", "NotFound"]
    (sent,) = transport.sent
    assert json.loads(sent.body)["ips"] == [IPS[0].value, IPS[1].value]


# The sources that have one ------------------------------------------------------------------------------------------

IN_BATCHES = [one for one in all_sources().values() if isinstance(one, Source) and one.batches]
WORLD = [
    *("203.0.113.66", "198.51.100.23", "192.0.2.53", "192.0.2.254", "2001:db8:66::66", "2001:db8::9"),
    *("CVE-2021-44228", "CVE-2014-100001", "CVE-2026-10001", "CVE-1999-99999"),
]


@pytest.mark.parametrize("one", IN_BATCHES, ids=lambda one: one.name)
async def test_together_they_are_told_the_same_as_alone(one: Source[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    fetch = SandboxTransport.fetch

    async def counted(self: SandboxTransport, wire: WireRequest) -> WireResponse:
        sent.append(wire.url)
        return await fetch(self, wire)

    async def permitted(*_: object) -> None:
        return None

    monkeypatch.setattr(SandboxTransport, "fetch", counted)
    monkeypatch.setattr("ioclib.engine.gate.Gate.permit", permitted)
    texts = [text for text in WORLD if one.takes(detect(text))]
    async with Client(sandbox=True, sources=[one.name], cache=False) as client:
        alone = {text: (await client.lookup(text)).answers[0] for text in texts}
        requests = len(sent)
        sent.clear()
        together = {report.indicators[0].given: report.answers[0] async for report in client.bulk(texts)}
    assert together.keys() == alone.keys()
    assert len(sent) < requests
    for text, answer in together.items():
        same = ("outcome", "verdict", "summary", "tags", "asn", "country", "first_seen", "last_seen")
        for name in same:
            assert getattr(answer, name) == getattr(alone[text], name), (text, name)
