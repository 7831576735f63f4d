"""How lookups are paced: never over a quota, nothing asked twice, nothing tried that cannot help."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import stamina

from ioclib import Client, lookup, registry
from ioclib.answers import Failed, Found, NotFound, Skipped
from ioclib.cache import NoAnswers, RedisAnswers, SqliteAnswers
from ioclib.engine import Flights, Freshness, Reply, asking, breaker
from ioclib.engine.allowance import allowances
from ioclib.indicators import IPv4
from ioclib.quota import SqliteLedger
from ioclib.source import Keep, Limit, Request, SteppedSource, Steps, ask, ask_all
from ioclib.wire import WireRequest, WireResponse
from tests.doubles import Opinion, Scripted, after, json_response, lane, link, source

IP = IPv4("198.51.100.7")
GOOD = b'{"score": 80}'
MINUTE = (Limit(4, per="minute"),)


def ip(number: int) -> IPv4:
    return IPv4(f"198.51.100.{number}")


def good(_: WireRequest) -> WireResponse:
    return json_response(GOOD)


def sequence(*responses: WireResponse) -> Callable[[WireRequest], WireResponse]:
    """One response after the other, and then the last one for ever."""
    left = list(responses)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in life, but in a hurry."""
    stamina.set_testing(False)
    monkeypatch.setattr(asking, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(asking, "_LONGEST_PAUSE", 0.02)


# Quotas ---------------------------------------------------------------------------------------------------------------


async def test_what_is_over_the_quota_is_skipped_at_once_with_the_time_when_it_could_be_asked() -> None:
    transport = Scripted(good)
    one = lane(source(limits=MINUTE), transport)
    began = time.monotonic()
    replies = await asyncio.gather(*(one.reply(ip(number), patience=20) for number in range(10)))
    assert time.monotonic() - began < 5
    assert len(transport.sent) == 4
    assert [type(reply.outcome) for reply in replies] == [Found] * 4 + [Skipped] * 6, "first come, first served"
    last = replies[-1].outcome
    assert isinstance(last, Skipped)
    reason = last.reason
    assert reason.kind == "quota"
    assert reason.retry_at
    assert timedelta(seconds=50) < reason.retry_at - datetime.now(UTC) <= timedelta(seconds=61)
    assert "4/minute" in reason.message


async def test_a_turn_that_comes_in_time_is_waited_for() -> None:
    starts: list[float] = []

    def answer(_: WireRequest) -> WireResponse:
        starts.append(time.monotonic())
        return json_response(GOOD)

    transport = Scripted(answer)
    one = lane(source(limits=(Limit(2, per="second"),)), transport)
    replies = await asyncio.gather(*(one.reply(ip(number)) for number in range(5)))
    assert all(isinstance(reply.outcome, Found) for reply in replies)
    assert starts[2] - starts[0] >= 1
    assert starts[4] - starts[2] >= 1
    assert [sent.url[-1] for sent in transport.sent] == list("01234"), "first come, first served"


async def test_who_comes_last_is_told_at_once_that_the_queue_is_too_long() -> None:
    one = lane(source(limits=(Limit(1, per="second"),)), Scripted(good), concurrency=50)
    began = time.monotonic()
    first = asyncio.ensure_future(one.reply(ip(1), patience=3))
    others = [asyncio.ensure_future(one.reply(ip(number), patience=3)) for number in range(2, 40)]
    done, _ = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED, timeout=1)
    assert time.monotonic() - began < 0.9
    assert len(done) >= 35
    assert all(isinstance(task.result().outcome, Skipped) for task in done)
    assert isinstance((await first).outcome, Found)
    for task in others:
        task.cancel()


async def test_every_request_of_a_lookup_counts() -> None:
    def steps(_: IPv4) -> Steps:
        yield from ask(Request.get("/a"), Opinion)
        yield from ask(Request.get("/b"), Opinion)
        return None

    base = source()
    two = SteppedSource(
        name="steps", about="Steps.", base=base.base, key=None, limits=MINUTE, exposure=base.exposure, link=link,
        lookup=steps, requests=2,
    )  # fmt: skip
    transport = Scripted(good)
    one = lane(two, transport)
    outcomes = [(await one.reply(ip(number), patience=5)).outcome for number in range(3)]
    assert [type(outcome) for outcome in outcomes] == [NotFound, NotFound, Skipped]
    assert len(transport.sent) == 4


async def test_a_lookup_that_runs_out_of_quota_half_way_has_failed() -> None:
    def steps(_: IPv4) -> Steps:
        for _turn in range(9):
            yield from ask(Request.get("/a"), Opinion)
        return None

    base = source()
    nine = SteppedSource(
        name="steps", about="Steps.", base=base.base, key=None, limits=MINUTE, exposure=base.exposure, link=link,
        lookup=steps,
    )  # fmt: skip
    outcome = (await lane(nine, Scripted(good)).reply(IP, patience=5)).outcome
    assert isinstance(outcome, Failed)
    assert outcome.error.kind == "quota_exhausted"
    assert outcome.error.retry_at


async def test_a_lookup_of_which_some_questions_were_asked_at_once_has_failed_and_was_not_skipped() -> None:
    def steps(_: IPv4) -> Steps:
        yield from ask_all([Request.get(f"/{name}") for name in "abcdef"], Opinion)
        return None

    base = source()
    six = SteppedSource(
        name="steps", about="Steps.", base=base.base, key=None, limits=MINUTE, exposure=base.exposure, link=link,
        lookup=steps,
    )  # fmt: skip
    transport = Scripted(good)
    outcome = (await lane(six, transport).reply(IP, patience=5)).outcome
    assert len(transport.sent) == 4
    assert isinstance(outcome, Failed)
    assert outcome.error.kind == "quota_exhausted"


async def test_a_429_is_not_tried_again_and_cools_the_key_for_every_process(tmp_path: Path, tries: None) -> None:
    transport = Scripted(lambda _: json_response(b"{}", 429, retry_after="600"))
    ledger, other_process = SqliteLedger(tmp_path / "quota"), SqliteLedger(tmp_path / "quota")
    refused = await lane(source(), transport, ledger=ledger).lookup(IP)
    assert isinstance(refused, Failed)
    assert refused.error.kind == "rate_limited"
    assert len(transport.sent) == 1
    later = await lane(source(), transport, ledger=other_process).lookup(ip(8))
    assert isinstance(later, Skipped)
    assert later.reason.kind == "cooling_down"
    assert later.reason.retry_at
    assert timedelta(seconds=590) < later.reason.retry_at - datetime.now(UTC) < timedelta(seconds=601)
    assert len(transport.sent) == 1
    await asyncio.gather(ledger.aclose(), other_process.aclose())


async def test_a_429_that_does_not_say_how_long_cools_longer_each_time() -> None:
    one = lane(source(), Scripted(lambda _: json_response(b"{}", 429)), ledger=_Forgetful())
    waits = []
    for number in range(3):
        outcome = await one.lookup(ip(number))
        assert isinstance(outcome, Failed)
        assert outcome.error.retry_at
        waits.append(round((outcome.error.retry_at - datetime.now(UTC)).total_seconds(), -1))
    assert waits == [60, 120, 240]


class _Forgetful(SqliteLedger):
    """Lets everybody in."""

    def __init__(self) -> None:
        super().__init__(None)

    async def cooldown(self, key: str, until: datetime) -> None:
        """Not here."""


async def test_what_the_service_says_is_left_is_believed() -> None:
    headers = {"content-type": "application/json", "x-ratelimit-limit": "1000", "x-ratelimit-remaining": "1"}
    transport = Scripted(lambda _: WireResponse(status=200, headers=headers, body=GOOD))
    one = lane(source(limits=(Limit(1000, per="day"),)), transport)
    outcomes = [(await one.reply(ip(number), patience=1)).outcome for number in range(3)]
    assert [type(outcome) for outcome in outcomes] == [Found, Found, Skipped]


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY, HOUR, MIN = Limit(1000, per="day"), Limit(200, per="hour"), Limit(5, per="minute")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "7"}, [(DAY, 7, None)]),
        ({"x-ratelimit-limit": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795521610"},
         [(MIN, 0, datetime(2026, 11, 24, 12, 0, 10, tzinfo=UTC))]),
        ({"x-ratelimit-limit": "200", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "90"},
         [(HOUR, 3, NOW + timedelta(seconds=90))]),
        ({"x-rate-limit-window": "hour", "x-rate-limit-limit": "60", "x-rate-limit-remaining": "9",
          "x-rate-limit-reset": "2026-11-24T13:00:00.000Z", "x-rate-limit-reset-after": "3600"},
         [(HOUR, 9, NOW + timedelta(hours=1))]),
        ({"api-limits": '{"limits":{"minute":5,"hour":200},"used":{"minute":2,"hour":200},"limit_reached":true}'},
         [(HOUR, 0, None), (MIN, 3, None)]),
        ({"x-requests-remaining-day": "12", "x-requests-remaining-second": "1"}, [(DAY, 12, None)]),
        ({"x-ratelimit-limit": "77", "x-ratelimit-remaining": "7"}, []),
        ({"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "many"}, []),
        ({"api-limits": "none"}, []),
        ({"content-type": "application/json"}, []),
    ],
)  # fmt: skip
def test_headers(headers: dict[str, str], expected: list[Any]) -> None:
    assert sorted(allowances(headers, (DAY, HOUR, MIN), NOW), key=str) == sorted(expected, key=str)


# Tried again ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_fault_of_the_service_is_tried_again(status: int, tries: None) -> None:
    transport = Scripted(sequence(json_response(b"", status), json_response(b"", status), json_response(GOOD)))
    assert isinstance(await lane(source(), transport).lookup(IP), Found)
    assert len(transport.sent) == 3


async def test_it_is_not_tried_for_ever(tries: None) -> None:
    transport = Scripted(lambda _: json_response(b"", 503))
    outcome = await lane(source(), transport).lookup(IP)
    assert isinstance(outcome, Failed)
    assert outcome.error.kind == "server_error"
    assert len(transport.sent) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
async def test_what_would_be_answered_in_the_same_way_is_not_tried_again(status: int, tries: None) -> None:
    transport = Scripted(lambda _: json_response(b"{}", status))
    await lane(source(), transport).lookup(IP)
    assert len(transport.sent) == 1


async def test_when_the_service_says_when_it_is_asked_then(tries: None) -> None:
    starts: list[float] = []

    def answer(_: WireRequest) -> WireResponse:
        starts.append(time.monotonic())
        return json_response(b"", 503, retry_after="1") if len(starts) == 1 else json_response(GOOD)

    assert isinstance(await lane(source(), Scripted(answer)).lookup(IP), Found)
    assert 0.9 < starts[1] - starts[0] < 3


async def test_and_not_at_all_if_that_is_too_late(tries: None) -> None:
    transport = Scripted(lambda _: json_response(b"", 503, retry_after="60"))
    outcome = await lane(source(), transport).lookup(IP)
    assert isinstance(outcome, Failed)
    assert outcome.error.retry_at
    assert len(transport.sent) == 1


async def test_every_try_takes_from_the_quota(tries: None) -> None:
    transport = Scripted(lambda _: json_response(b"", 503))
    one = lane(source(limits=(Limit(2, per="minute"),)), transport)
    outcome = await one.lookup(IP)
    assert isinstance(outcome, Failed)
    assert outcome.error.kind == "server_error", "what the service said counts, not that it could not be asked again"
    assert len(transport.sent) == 2


# Left alone -----------------------------------------------------------------------------------------------------------


async def test_a_source_that_fails_again_and_again_is_left_alone_and_probed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breaker, "_FIRST", 0.2)
    healthy = False

    async def answer(_: WireRequest) -> WireResponse:
        await asyncio.sleep(0.01)
        return json_response(GOOD) if healthy else json_response(b"", 500)

    transport = Scripted(answer)
    one = lane(source(), transport, concurrency=1, ledger=_Forgetful())
    outcomes = [await one.lookup(ip(number)) for number in range(8)]
    assert [type(outcome) for outcome in outcomes] == [Failed] * 5 + [Skipped] * 3
    assert isinstance(outcomes[-1], Skipped)
    assert outcomes[-1].reason.kind == "cooling_down"
    assert "5 times in a row" in outcomes[-1].reason.message
    await asyncio.sleep(0.25)
    wide = [one.lookup(ip(number)) for number in range(20, 23)]
    assert [type(outcome) for outcome in await asyncio.gather(*wide)] == [Failed, Skipped, Skipped], "one probe"
    healthy = True
    await asyncio.sleep(0.25)
    assert isinstance(await one.lookup(ip(30)), Skipped), "twice as long, the second time"
    await asyncio.sleep(0.25)
    assert isinstance(await one.lookup(ip(31)), Found)
    assert isinstance(await one.lookup(ip(32)), Found)


async def test_a_wrong_key_is_no_reason_to_leave_it_alone() -> None:
    one = lane(source(), Scripted(lambda _: json_response(b"{}", 401)))
    outcomes = [await one.lookup(ip(number)) for number in range(8)]
    assert all(isinstance(outcome, Failed) for outcome in outcomes)


# Asked once -----------------------------------------------------------------------------------------------------------


async def test_twenty_who_ask_the_same_at_once_send_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Scripted(lambda _: after(0.05, json_response(GOOD)))
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    with patch.object(registry, "all_sources", lambda: {"opinions": source(key=None)}):
        async with Client(cache=False) as one:
            reports = await asyncio.gather(*(one.lookup("8.8.8.8") for _ in range(20)))
    assert len(transport.sent) == 1
    assert {report.answers[0].outcome for report in reports} == {"found"}


def test_twenty_threads_too(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Scripted(lambda _: after(0.3, json_response(GOOD)))
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    found: list[str] = []
    with patch.object(registry, "all_sources", lambda: {"opinions": source(key=None)}):
        threads = [
            threading.Thread(target=lambda: found.append(lookup("8.8.8.8").answers[0].outcome)) for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == ["found"] * 20
    assert len(transport.sent) == 1


async def test_one_that_is_called_off_leaves_the_question_to_the_next() -> None:
    flights: Flights[str] = Flights("here")
    soon = asyncio.get_running_loop().time() + 60
    began = asyncio.Event()
    asked: list[str] = []

    async def first() -> str:
        asked.append("first")
        began.set()
        await asyncio.sleep(3600)
        return "never"

    async def second() -> str:
        asked.append("second")
        return "answer"

    leader = asyncio.create_task(flights.share("q", first, soon))
    await began.wait()
    follower, third = (
        asyncio.create_task(flights.share("q", second, soon)),
        asyncio.create_task(flights.share("q", second, soon)),
    )
    impatient = asyncio.create_task(flights.share("q", second, soon))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    leader.cancel()
    assert await follower == "answer"
    assert await third == "answer"
    assert asked.count("second") <= 2


# Kept -----------------------------------------------------------------------------------------------------------------


class Kept:
    """A lane whose answers are kept, on a day that can be turned."""

    def __init__(self, answer: Any, *, freshness: Freshness | None = None, **changes: Any) -> None:
        self.now = 1_000_000.0
        self.transport = Scripted(answer)
        self.answers = SqliteAnswers(None, clock=lambda: self.now)
        one = source(keep=Keep(found=3600, not_found=60), **changes)
        self.lane = lane(
            one, self.transport, answers=self.answers, freshness=freshness, clock=lambda: self.now, ledger=_Forgetful()
        )

    async def ask(self, ioc: IPv4 = IP) -> Any:
        return await self.lane.reply(ioc)


async def test_a_finding_is_not_asked_for_again_until_its_time_is_over() -> None:
    kept = Kept(good)
    first = await kept.ask()
    kept.now += 3599
    again = await kept.ask()
    assert len(kept.transport.sent) == 1
    assert first.age is None
    assert again.age == 3599
    assert again.outcome == first.outcome
    assert bytes(again.outcome.results) == GOOD
    kept.now += 2
    assert (await kept.ask()).age is None
    assert len(kept.transport.sent) == 2


async def test_not_found_has_a_time_of_its_own() -> None:
    kept = Kept(lambda _: json_response(b"{}", 404))
    assert isinstance((await kept.ask()).outcome, NotFound)
    kept.now += 59
    assert isinstance((await kept.ask()).outcome, NotFound)
    assert len(kept.transport.sent) == 1
    kept.now += 2
    await kept.ask()
    assert len(kept.transport.sent) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
async def test_a_failure_is_never_kept(status: int) -> None:
    kept = Kept(sequence(json_response(b"{}", status), json_response(GOOD)))
    assert isinstance((await kept.ask()).outcome, Failed)
    assert isinstance((await kept.ask()).outcome, Found)


async def test_an_old_answer_stands_in_for_a_source_that_is_down_and_says_so() -> None:
    kept = Kept(sequence(json_response(GOOD), json_response(b"", 503)))
    await kept.ask()
    kept.now += 86_400
    reply = await kept.ask()
    assert isinstance(reply.outcome, Found)
    assert reply.age == 86_400
    assert isinstance(reply.instead_of, Failed)
    assert reply.instead_of.error.kind == "server_error"
    kept.now += 7 * 86_400
    assert isinstance((await kept.ask()).outcome, Failed), "too old for anything"


async def test_but_not_for_one_that_refuses_the_key() -> None:
    kept = Kept(sequence(json_response(GOOD), json_response(b"{}", 401)))
    await kept.ask()
    kept.now += 86_400
    assert isinstance((await kept.ask()).outcome, Failed)


async def test_an_old_answer_stands_in_when_the_quota_is_used_up() -> None:
    kept = Kept(good, limits=(Limit(1, per="day"),))
    await kept.ask()
    kept.now += 7200
    reply = await kept.lane.reply(IP, patience=1)
    assert isinstance(reply.outcome, Found)
    assert isinstance(reply.instead_of, Skipped)
    assert reply.instead_of.reason.kind == "quota"


async def test_an_old_answer_stands_in_when_the_time_is_over() -> None:
    slow = after(3600, json_response(GOOD))
    kept = Kept(lambda _: slow)
    await kept.answers.put(
        kept.lane._memory.key(IP),
        (await _kept_answer(kept)),
        kept.now + 86_400,
    )
    kept.now += 7200
    reply = await kept.lane.reply(IP, patience=0.1)
    assert isinstance(reply.outcome, Found)
    assert isinstance(reply.instead_of, Failed)
    assert reply.instead_of.error.kind == "timeout"


async def _kept_answer(kept: Kept) -> Any:
    from ioclib.cache import KeptAnswer, KeptResponse

    return KeptAnswer((KeptResponse(200, "application/json", GOOD),), "found", kept.now)


async def test_nothing_older_than_was_asked_for_is_used() -> None:
    kept = Kept(sequence(json_response(GOOD), json_response(b"", 503)), freshness=Freshness(at_most=600))
    await kept.ask()
    kept.now += 599
    assert isinstance((await kept.ask()).outcome, Found)
    kept.now += 2
    assert isinstance((await kept.ask()).outcome, Failed)


async def test_no_key_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite3"
    answers = SqliteAnswers(file)
    transport = Scripted(lambda _: json_response(b'{"score": 80, "note": "you sent a-recognisable-key"}'))
    one = lane(source(), transport, answers=answers)
    assert isinstance(await one.lookup(IP), Found)
    await answers.aclose()
    everything = _bytes_in(tmp_path)
    assert b"sent" in everything
    assert b"a-recognisable-key" not in everything


def _bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_another_reading_of_the_same_body_is_a_miss() -> None:
    """The answers of an older version of a source may not fit any more."""
    kept = Kept(good)
    await kept.answers.put(kept.lane._memory.key(IP), _other_shape(kept.now), kept.now + 86_400)
    reply = await kept.ask()
    assert isinstance(reply.outcome, Found)
    assert reply.age is None


def _other_shape(now: float) -> Any:
    from ioclib.cache import KeptAnswer, KeptResponse

    return KeptAnswer((KeptResponse(200, "application/json", b'{"points": 1}'),), "found", now)


# Many lookups ---------------------------------------------------------------------------------------------------------


async def test_a_source_that_hangs_does_not_hold_up_a_long_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(sent: WireRequest) -> Any:
        return after(3600, json_response(GOOD)) if sent.source == "hangs" else json_response(GOOD)

    transport = Scripted(answer)
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    known = {name: source(name, key=None, timeout=0.3) for name in ("hangs", "quick")}
    with patch.object(registry, "all_sources", lambda: known):
        async with Client(cache=False) as one:
            began = time.monotonic()
            reports = [report async for report in one.bulk(f"8.8.{n // 200}.{n % 200}" for n in range(400))]
    assert len(reports) == 400
    assert time.monotonic() - began < 10, "after a few failures, the source that hangs is left alone"
    quick = [answer for report in reports for answer in report.answers if answer.source == "quick"]
    assert {answer.outcome for answer in quick} == {"found"}
    assert sum(sent.source == "hangs" for sent in transport.sent) <= 20


# Machines that share a Redis ------------------------------------------------------------------------------------------


async def two_machines(url: str, transport: Scripted, ioc: IPv4) -> list[Reply]:
    """What each of two machines makes of the same lookup at the same time."""
    kept = [RedisAnswers(url), RedisAnswers(url)]
    replies = await asyncio.gather(*(lane(source(), transport, answers=one).reply(ioc) for one in kept))
    await asyncio.gather(*(one.aclose() for one in kept))
    return replies


async def test_two_machines_that_share_a_redis_ask_once(redis_url: str) -> None:
    transport = Scripted(lambda _: after(0.2, json_response(GOOD)))
    replies = await two_machines(redis_url, transport, ip(77))
    assert all(isinstance(reply.outcome, Found) for reply in replies)
    assert sorted(reply.age is None for reply in replies) == [False, True]
    assert len(transport.sent) == 1


async def test_who_waits_for_another_machine_that_fails_asks_for_itself(redis_url: str) -> None:
    answers = sequence(json_response(b"{}", 401), json_response(GOOD))
    transport = Scripted(lambda sent: after(0.1, answers(sent)))
    replies = await two_machines(redis_url, transport, ip(78))
    assert {type(reply.outcome) for reply in replies} == {Found, Failed}
    assert len(transport.sent) == 2


class Latecomer(RedisAnswers):
    """One that looks for an answer just before another machine has it, and wants to ask just after."""

    other: Callable[[], Awaitable[object]] | None = None

    async def claim(self, key: str, seconds: float) -> bool:
        if self.other:
            other, self.other = self.other, None
            await other()
        return await super().claim(key, seconds)


async def test_who_comes_a_moment_late_looks_again_before_asking(redis_url: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(breaker, "_FIRST", 0.01)
    answers = sequence(*[json_response(b"", 500)] * 5, json_response(GOOD))
    transport = Scripted(answers)
    theirs = RedisAnswers(redis_url)
    ours = Latecomer(redis_url)
    mine = lane(source(), transport, answers=ours, ledger=_Forgetful())
    for number in range(5):
        await mine.lookup(ip(90 + number))  # until it is left alone, and then tried with one lookup
    ours.other = lambda: lane(source(), Scripted(good), answers=theirs).reply(ip(79))
    await asyncio.sleep(0.05)
    assert (await mine.reply(ip(79))).age is not None
    assert len(transport.sent) == 5, "the other machine's answer will do"
    assert isinstance(await mine.lookup(ip(80)), Found), "and somebody may still try the source"
    await asyncio.gather(theirs.aclose(), ours.aclose())


def test_what_is_not_for_others_is_never_in_a_shared_cache(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOCLIB_CACHE_URL", redis_url)
    assert isinstance(Client()._keeping.answers, RedisAnswers)
    for tlp in ("red", "amber+strict"):
        assert isinstance(Client(tlp=tlp)._keeping.answers, SqliteAnswers)
    assert isinstance(Client(cache=False)._keeping.answers, NoAnswers)
    assert isinstance(Client(sandbox=True)._keeping.answers, SqliteAnswers)


def test_a_password_in_an_address_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOCLIB_QUOTA_URL", "redis://:correct%20horse@127.0.0.1:1/0")
    report = lookup("8.8.8.8", sources=["robtex"])
    (answer,) = report.answers
    assert answer.reason
    assert answer.reason.kind == "quota", "who cannot count does not ask"
    assert "horse" not in report.to_json().decode()
    assert Client()._blotter.clean(b'"correct horse"') == b'"***"'


async def test_a_lookup_of_several_requests_waits_until_all_of_them_fit() -> None:
    """Three requests a lookup, ten a minute."""
    async with Client(sandbox=True, sources=["threatminer"], include_internal=True) as client:
        assert await client.room("threatminer") == (3, 0)
        [report async for report in client.bulk(["198.51.100.1", "198.51.100.2", "198.51.100.3"])]
        room, wait = await client.room("threatminer")
    assert room == 0
    assert 50 < wait <= 60
