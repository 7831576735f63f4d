"""The ledger of quotas: never over a limit, and every wait is exact; on a file, in memory and on Redis."""

import asyncio
import contextlib
import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from ioclib.errors import ConfigurationError
from ioclib.quota import GRANTED, Ledger, RedisLedger, SqliteLedger, Standing, Usage, Wait, lua
from ioclib.quota.windows import Window, from_micros, micros, windows_of
from ioclib.source import Limit
from tests import quota_workers
from tests.redis_server import CLOCK, SET_CLOCK, free_port, redis_server

SLOW = pytest.mark.slow
MICRO = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
START = datetime(2060, 3, 24, 12, tzinfo=UTC)  # a Wednesday, in a year when nothing in Redis expires under a test
FOUR = Limit(4, per="minute")
PLAN = (FOUR, Limit(500, per="day"))
KEY = "www.virustotal.com 1f3a"


class Clock:
    """A clock that stands still until it is set; also the one inside of a Redis."""

    def __init__(self, server: "redis.Redis | None" = None) -> None:
        self.now = START
        self._server = server
        self.set(START)

    def __call__(self) -> float:
        return micros(self.now) / 1e6

    def set(self, now: datetime) -> None:
        self.now = now
        if self._server:
            with self._server.pipeline() as pipe:
                pipe.delete("clock")
                pipe.rpush("clock", *(str(part) for part in divmod(micros(now), 1_000_000)))
                pipe.execute()

    def advance(self, by: timedelta | float) -> None:
        self.set(self.now + (by if isinstance(by, timedelta) else timedelta(microseconds=round(by * 1e6))))


@dataclass
class World:
    ledger: Ledger
    clock: Clock
    again: Callable[[], Ledger]
    """Opens the same numbers once more."""

    async def reserve(self, limits: Sequence[Limit] = PLAN, n: int = 1, key: str = KEY) -> Wait:
        return await self.ledger.reserve(key, limits, n)

    async def grab(self, times: int, limits: Sequence[Limit] = PLAN) -> None:
        for _ in range(times):
            assert await self.reserve(limits) == GRANTED

    async def used(self, *limits: Limit) -> list[int]:
        return [usage.used for usage in (await self.ledger.usage(KEY, limits)).usages]

    async def wait_exactly(self, wait: Wait, limits: Sequence[Limit], n: int = 1) -> None:
        """It is refused one microsecond before the wait is over, and granted when it is."""
        assert wait.seconds > 0
        self.clock.advance(timedelta(seconds=wait.seconds) - MICRO)
        assert (await self.reserve(limits, n)).seconds == pytest.approx(1e-6)
        self.clock.advance(MICRO)
        assert await self.reserve(limits, n) == GRANTED


@pytest.fixture(autouse=True)
def windows_are_worked_out_anew() -> None:
    """Mutants are tried in processes that have run the tests before."""
    windows_of.cache_clear()


@pytest.fixture(scope="session")
def server(redis_url: str) -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def settable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis's own clock is one that tests can set."""
    for name in ("RESERVE", "COOLDOWN", "SYNC", "USAGE"):
        script = getattr(lua, name)
        assert CLOCK in script
        monkeypatch.setattr(lua, name, script.replace(CLOCK, SET_CLOCK))


@pytest.fixture(params=["file", "memory", "redis"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    opened: list[Ledger] = []
    if request.param == "redis":
        request.getfixturevalue("settable")
        server = request.getfixturevalue("server")
        server.flushdb()
        clock = Clock(server)
    else:
        clock = Clock()

    def new() -> Ledger:
        ledger: Ledger
        if request.param == "redis":
            ledger = RedisLedger(request.getfixturevalue("redis_url"), clock=clock)
        else:
            ledger = SqliteLedger(tmp_path / "quota.db" if request.param == "file" else None, clock)
        opened.append(ledger)
        return ledger

    first = new()
    yield World(first, clock, new if request.param != "memory" else lambda: first)
    for ledger in opened:
        await ledger.aclose()


# Limits ---------------------------------------------------------------------------------------------------------------


async def test_the_fifth_of_four_a_minute_waits_until_the_first_is_a_minute_old(world: World) -> None:
    await world.grab(1)
    world.clock.advance(10)
    await world.grab(3)
    wait = await world.reserve()
    assert wait == Wait(50)
    await world.wait_exactly(wait, PLAN)
    assert await world.reserve() == Wait(10)


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [
        (Limit(2, per="second"), 1),
        (Limit(2, per="minute"), 60),
        (Limit(2, per="hour"), 3_600),
        (Limit(2, per="day", rolling=True), 86_400),
        (Limit(2, per="week", rolling=True), 604_800),
        (Limit(2, per="month", rolling=True), 2_592_000),
    ],
)
async def test_a_rolling_window_is_counted_back_from_each_request(world: World, limit: Limit, seconds: int) -> None:
    await world.grab(1, [limit])
    world.clock.advance(seconds / 4)
    await world.grab(1, [limit])
    assert await world.reserve([limit]) == Wait(seconds * 3 / 4)
    await world.wait_exactly(Wait(seconds * 3 / 4), [limit])
    assert await world.reserve([limit]) == Wait(seconds / 4)


@pytest.mark.parametrize(
    ("limit", "until"),
    [
        (Limit(2, per="day"), datetime(2060, 3, 25, tzinfo=UTC)),
        (Limit(2, per="day", zone="America/New_York"), datetime(2060, 3, 25, 4, tzinfo=UTC)),
        (Limit(2, per="day", zone="Asia/Kathmandu"), datetime(2060, 3, 24, 18, 15, tzinfo=UTC)),
        (Limit(2, per="week"), datetime(2060, 3, 29, tzinfo=UTC)),
        (Limit(2, per="week", zone="Europe/Berlin"), datetime(2060, 3, 28, 22, tzinfo=UTC)),
        (Limit(2, per="month"), datetime(2060, 4, 1, tzinfo=UTC)),
        (Limit(2, per="month", zone="Pacific/Kiritimati"), datetime(2060, 3, 31, 10, tzinfo=UTC)),
    ],
)
async def test_a_calendar_window_ends_at_the_vendors_midnight(world: World, limit: Limit, until: datetime) -> None:
    await world.grab(1, [limit])
    world.clock.advance(3_600)
    await world.grab(1, [limit])
    wait = await world.reserve([limit])
    assert wait == Wait((until - world.clock.now).total_seconds())
    assert (await world.ledger.usage(KEY, [limit])).usages == (Usage(limit, ((until, 2),)),)
    await world.wait_exactly(wait, [limit])
    assert await world.used(limit) == [1]


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 28, 23), (10, 31, 25)])
async def test_a_day_of_summer_time_is_an_hour_shorter_or_longer(
    world: World, month: int, day: int, hours: int
) -> None:
    limit = Limit(1, per="day", zone="Europe/Berlin")
    world.clock.set(datetime(2060, month, day, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC))
    await world.grab(1, [limit])
    assert await world.reserve([limit]) == Wait(hours * 3_600)


async def test_all_limits_or_none(world: World) -> None:
    await world.grab(4)
    assert (await world.reserve()).seconds
    assert await world.used(*PLAN) == [4, 4]


async def test_the_longest_wait_counts(world: World) -> None:
    limits = (FOUR, Limit(5, per="hour"))
    await world.grab(4, limits)
    world.clock.advance(60)
    await world.grab(1, limits)
    assert await world.reserve(limits) == Wait(3_540)


async def test_many_at_once(world: World) -> None:
    limits = (Limit(10, per="minute"),)
    for n in (3, 4, 2):
        assert await world.reserve(limits, n) == GRANTED
        world.clock.advance(10)
    assert await world.reserve(limits, 2) == Wait(30)
    assert await world.reserve(limits, 4) == Wait(30)
    assert await world.reserve(limits, 5) == Wait(40)
    assert await world.reserve(limits, 10) == Wait(50)
    await world.wait_exactly(Wait(50), limits, 10)


@pytest.mark.parametrize("n", [5, 0, -1])
async def test_what_never_fits_is_an_error(world: World, n: int) -> None:
    with pytest.raises(ValueError, match=str(n)):
        await world.reserve([Limit(500, per="day"), FOUR], n)


async def test_without_limits_only_a_cool_down_refuses(world: World) -> None:
    assert await world.reserve([], 1_000_000) == GRANTED
    await world.ledger.cooldown(KEY, world.clock.now + SECOND)
    assert await world.reserve([]) == Wait(1, cooling=True)


async def test_keys_do_not_share(world: World) -> None:
    for key in ("a", "a:cool", "{a}", "}{", "a b", "ä", "%7Ba%7D"):
        assert await world.reserve([Limit(1, per="day")], key=key) == GRANTED
        assert (await world.reserve([Limit(1, per="day")], key=key)).seconds


async def test_another_plan_of_the_vendor_finds_what_was_used(world: World) -> None:
    await world.grab(4, [FOUR])
    assert await world.reserve([Limit(6, per="minute")], 2) == GRANTED
    assert await world.reserve([Limit(3, per="minute")]) == Wait(60)
    assert await world.used(Limit(3, per="minute")) == [6]


async def test_of_two_limits_of_the_same_window_the_lower_one_counts(world: World) -> None:
    limits = (Limit(3, per="minute"), Limit(2, per="minute"), Limit(9, per="minute"))
    await world.grab(2, limits)
    assert await world.reserve(limits) == Wait(60)
    assert await world.used(*limits) == [2, 2, 2]


async def test_the_days_of_two_zones_are_two_windows(world: World) -> None:
    limits = [Limit(2, per="day"), Limit(2, per="day", zone="Asia/Tokyo"), Limit(2, per="day", rolling=True)]
    await world.grab(1, limits[:1])
    await world.grab(1, limits[:2])
    assert await world.used(*limits) == [2, 1, 0]


async def test_those_who_ask_at_the_same_time_in_one_process(world: World) -> None:
    other = world.again()
    waits = await asyncio.gather(*(ledger.reserve(KEY, PLAN) for ledger in (world.ledger, other) for _ in range(50)))
    assert waits.count(GRANTED) == 4


async def test_what_was_used_is_still_there_after_a_restart(world: World) -> None:
    await world.grab(3)
    await world.ledger.cooldown(KEY, world.clock.now + SECOND)
    again = world.again()
    if again is not world.ledger:
        await world.ledger.aclose()
    assert await again.reserve(KEY, PLAN) == Wait(1, cooling=True)
    world.clock.advance(1)
    assert await again.reserve(KEY, PLAN, 1) == GRANTED
    assert await again.reserve(KEY, PLAN, 2) == Wait(59)


@pytest.mark.parametrize("per", ["minute", "day"])
async def test_a_clock_that_is_set_back_grants_nothing_twice(world: World, per: Any) -> None:
    limit = Limit(4, per=per)
    world.clock.set(datetime(2060, 3, 24, 0, 0, 10, tzinfo=UTC))
    await world.grab(3, [limit])
    world.clock.advance(-20)  # for a day: yesterday
    await world.grab(1, [limit])
    assert await world.reserve([limit]) == Wait(60 if per == "minute" else 10)
    world.clock.advance(20)
    assert bool((await world.reserve([limit])).seconds) == (per == "minute")


async def test_a_restart_forgets_nothing_that_a_clock_can_be_set_back_to(world: World) -> None:
    await world.grab(4, [FOUR])
    world.clock.advance(90)
    again = world.again()
    assert await again.reserve("another key", [FOUR]) == GRANTED
    world.clock.advance(-60)
    assert await again.reserve(KEY, [FOUR]) == Wait(30)


async def test_a_clock_that_is_set_back_over_midnight_finds_yesterday(world: World) -> None:
    limit = Limit(4, per="day")
    world.clock.set(datetime(2060, 3, 23, 23, 59, 58, tzinfo=UTC))
    await world.grab(4, [limit])
    world.clock.advance(4)
    await world.grab(1, [limit])
    world.clock.advance(-3)
    assert await world.reserve([limit]) == Wait(1)


@pytest.mark.parametrize(("count", "late"), [(1_000, 0), (1_001, 0.02)])
async def test_more_than_a_thousand_are_told_apart_to_a_thousandth_of_the_window(
    world: World, count: int, late: float
) -> None:
    limit = Limit(count, per="minute")
    world.clock.advance(0.04)
    assert await world.reserve([limit], count) == GRANTED
    assert await world.reserve([limit]) == Wait(60 + late)


async def test_more_than_a_thousand_are_merged_and_never_too_many(world: World) -> None:
    limit = Limit(2_000, per="minute")
    granted: list[tuple[datetime, int]] = []
    dice = random.Random(4)
    for _ in range(300):
        n = dice.randrange(1, 60)
        if await world.reserve([limit], n) == GRANTED:
            granted.append((world.clock.now, n))
        world.clock.advance(timedelta(microseconds=dice.randrange(1_200_000)))
        recent = sum(n for at, n in granted if at > world.clock.now - 60 * SECOND)
        assert recent <= 2_000
        assert await world.used(limit) <= [sum(n for at, n in granted if at > world.clock.now - 60.06 * SECOND)]
    wait = await world.reserve([limit], 2_000)
    await world.wait_exactly(wait, [limit], 2_000)


# Cool-downs -----------------------------------------------------------------------------------------------------------


async def test_a_cool_down_is_not_shortened(world: World) -> None:
    for seconds in (5, 60, 30, -5):
        await world.ledger.cooldown(KEY, world.clock.now + seconds * SECOND)
    standing = await world.ledger.usage(KEY, PLAN)
    assert standing.cooling_until == world.clock.now + 60 * SECOND
    assert await world.reserve() == Wait(60, cooling=True)
    assert await world.used(*PLAN) == [0, 0]
    await world.wait_exactly(Wait(60), PLAN)
    assert (await world.ledger.usage(KEY, PLAN)).cooling_until is None


async def test_a_cool_down_in_the_past_is_none(world: World) -> None:
    await world.ledger.cooldown(KEY, world.clock.now - SECOND)
    await world.ledger.cooldown(KEY, world.clock.now)
    assert (await world.ledger.usage(KEY, ())).cooling_until is None
    world.clock.advance(-2)
    assert await world.reserve() == GRANTED


async def test_whether_the_cool_down_or_a_limit_lasts_longest(world: World) -> None:
    await world.grab(4)
    await world.ledger.cooldown(KEY, world.clock.now + 30 * SECOND)
    assert await world.reserve() == Wait(60, cooling=False)
    world.clock.advance(40)
    assert await world.reserve() == Wait(20, cooling=False)
    await world.ledger.cooldown(KEY, world.clock.now + 20 * SECOND)
    assert await world.reserve() == Wait(20, cooling=True)
    await world.ledger.cooldown(KEY, world.clock.now + 30 * SECOND)
    assert await world.reserve() == Wait(30, cooling=True)


# What the vendor says -------------------------------------------------------------------------------------------------


async def test_the_vendor_counts_more_than_we_do(world: World) -> None:
    await world.grab(1)
    await world.ledger.sync(KEY, FOUR, 1, world.clock.now + 20 * SECOND)
    assert await world.used(*PLAN) == [3, 1]
    await world.grab(1)
    assert await world.reserve() == Wait(20)
    await world.wait_exactly(Wait(20), PLAN)


async def test_the_vendor_counts_less_than_we_do(world: World) -> None:
    await world.grab(3)
    await world.ledger.sync(KEY, FOUR, 4, world.clock.now + 20 * SECOND)
    await world.ledger.sync(KEY, FOUR, 400, None)
    await world.ledger.sync(KEY, FOUR, 1, world.clock.now + 300 * SECOND)
    assert (await world.ledger.usage(KEY, [FOUR])).usages == (Usage(FOUR, ((world.clock.now + 60 * SECOND, 3),)),)
    await world.ledger.sync(KEY, FOUR, 0, world.clock.now + 20 * SECOND)
    assert await world.used(FOUR) == [4]


@pytest.mark.parametrize("remaining", [0, -3])
@pytest.mark.parametrize(
    ("limit", "seconds"), [(FOUR, 60), (Limit(4, per="day"), 43_200), (Limit(5_000, per="hour"), 3_600)]
)
async def test_nothing_is_left(world: World, limit: Limit, seconds: int, remaining: int) -> None:
    await world.ledger.sync(KEY, limit, remaining, None)
    await world.ledger.sync(KEY, limit, remaining, None)
    assert await world.used(limit) == [limit.count]
    await world.wait_exactly(await world.reserve([limit]), [limit])
    assert (world.clock.now - START).total_seconds() == seconds


async def test_a_reset_that_is_past_changes_nothing(world: World) -> None:
    await world.ledger.sync(KEY, FOUR, 0, world.clock.now)
    assert await world.used(FOUR) == [0]
    world.clock.advance(-1)
    assert await world.used(FOUR) == [0]


async def test_a_vendor_whose_day_ends_at_another_time(world: World) -> None:
    limit = Limit(10, per="day")
    await world.grab(4, [limit])
    await world.ledger.sync(KEY, limit, 0, world.clock.now + 20 * SECOND)
    assert await world.reserve([limit]) == Wait(20)
    world.clock.advance(20)
    assert await world.used(limit) == [4]


# How a key stands -----------------------------------------------------------------------------------------------------


async def test_usage_says_when_how_much_is_to_be_had_again(world: World) -> None:
    standing = await world.ledger.usage(KEY, PLAN)
    assert standing.usages == tuple(map(Usage, PLAN))
    assert [one.resets_at for one in standing.usages] == [None, None]
    await world.grab(1)
    world.clock.advance(10)
    await world.grab(1)
    usages = (await world.ledger.usage(KEY, PLAN)).usages
    tomorrow = datetime(2060, 3, 25, tzinfo=UTC)
    minute = world.clock.now + 60 * SECOND
    assert usages == (Usage(PLAN[0], ((minute - 10 * SECOND, 1), (minute, 1))), Usage(PLAN[1], ((tomorrow, 2),)))
    assert [one.resets_at for one in usages] == [minute, tomorrow]
    world.clock.advance(55)
    assert await world.used(*PLAN) == [1, 2]


@pytest.mark.parametrize(
    ("used", "reset", "cooling", "n", "seconds"),
    [
        (0, None, None, 0, 0),
        (0, None, None, 4, 0),
        (0, None, None, 5, 60),
        (0, None, None, 8, 60),
        (0, None, None, 9, 120),
        (1, 20, None, 3, 0),
        (1, 20, None, 4, 20),
        (1, 20, None, 5, 60),  # what starts now counts for a minute
        (1, 20, None, 7, 60),
        (1, 20, None, 8, 80),
        (1, 300, None, 3, 0),  # the vendor's reset may be later than ours
        (6, 20, None, 0, 0),
        (6, 20, None, 4, 20),
        (4, -1, None, 4, 0),  # its time is over since the standing was asked for
        (0, None, -1, 4, 0),
        (0, None, -1, 5, 60),
        (0, None, 30, 0, 0),
        (0, None, 30, 4, 30),
        (0, None, 30, 5, 90),
        (4, 30, 30, 4, 30),
        (4, 30, 30, 5, 90),
        (4, 50, 30, 1, 50),
        (4, 50, 30, 5, 110),
    ],
)
def test_how_long_a_run_takes(used: int, reset: int | None, cooling: int | None, n: int, seconds: int) -> None:
    stops = () if reset is None else ((START + reset * SECOND, used),)
    cooling_until = None if cooling is None else START + cooling * SECOND
    assert Standing((Usage(FOUR, stops),), cooling_until).seconds_for(n, START) == seconds


def test_what_was_asked_before_is_free_again_bit_by_bit() -> None:
    standing = Standing((Usage(FOUR, tuple((START + at * SECOND, 1) for at in (10, 20, 30, 40))),), None)
    assert [standing.seconds_for(n, START) for n in (1, 2, 4, 5, 8)] == [10, 20, 40, 70, 100]


@pytest.mark.parametrize(("used", "seconds"), [(0, [0, 0, 60, 60, 120]), (2, [30, 30, 90, 90, 150])])
def test_requests_that_are_made_together_leave_room_unused(used: int, seconds: list[int]) -> None:
    standing = Standing((Usage(FOUR, ((START + 30 * SECOND, used),) if used else ()),), None)
    assert [standing.seconds_for(n, START, 3) for n in (3, 4, 6, 7, 8)] == seconds


async def test_a_window_that_is_full_opens_bit_by_bit(world: World) -> None:
    for _ in range(4):
        await world.grab(1, [FOUR])
        world.clock.advance(10)
    standing = await world.ledger.usage(KEY, [FOUR])
    assert standing.seconds_for(1, world.clock.now) == (await world.reserve([FOUR])).seconds == 20


def test_a_run_takes_as_long_as_its_slowest_limit() -> None:
    usages = (Usage(FOUR), Usage(Limit(6, per="hour")), Usage(Limit(9, per="second")))
    for limits in (usages, usages[::-1]):
        assert [Standing(limits, None).seconds_for(n, START) for n in (4, 6, 7, 12, 13)] == [0, 60, 3_600, 3_660, 7_200]


# Windows --------------------------------------------------------------------------------------------------------------

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Asia/Tokyo",
]


def period(limit: Limit, now: datetime) -> Any:
    """Which period of the calendar a moment is in; they compare as they follow each other."""
    day = now.astimezone(ZoneInfo(limit.zone)).date()
    return {"day": day, "week": day.isocalendar()[:2], "month": (day.year, day.month)}[limit.per]


@given(
    st.sampled_from(ZONES),
    st.sampled_from(["day", "week", "month"]),
    st.timedeltas(-25_000 * DAY, 10_000 * DAY),
)
def test_a_period_ends_where_the_calendar_says_so(zone: str, per: Any, since: timedelta) -> None:
    limit = Limit(1, per=per, zone=zone)
    now = START + since
    window = Window.of(limit)
    end = from_micros(window.ends(micros(now)))
    assert end > now
    assert period(limit, end - MICRO) == period(limit, now) < period(limit, end)
    before, this, following, last = map(from_micros, window.starts(micros(now)))
    assert before < this <= now < following == end < last
    assert period(limit, before - MICRO) < period(limit, before)
    assert from_micros(window.ends(micros(before))) == this
    assert from_micros(window.ends(micros(following))) == last


def test_a_day_that_a_zone_left_out() -> None:
    before = datetime(2011, 12, 30, 9, tzinfo=UTC)  # Samoa went from the 29th to the 31st
    window = Window.of(Limit(1, per="day", zone="Pacific/Apia"))
    assert from_micros(window.ends(micros(before))) == before.replace(hour=10)
    assert from_micros(window.ends(micros(before.replace(hour=10)))) == before.replace(day=31, hour=10)


def test_the_week_begins_on_monday() -> None:
    end = from_micros(Window.of(Limit(1, per="week")).ends(micros(START)))
    assert end.date() == date(2060, 3, 29)
    assert end.weekday() == 0


# A model --------------------------------------------------------------------------------------------------------------

SPANS = {"minute": 60 * SECOND, "hour": 3600 * SECOND, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
PLANS = [
    (FOUR, Limit(7, per="day")),
    (Limit(3, per="hour"), Limit(5, per="day", zone="Europe/Berlin"), Limit(9, per="month", zone="America/New_York")),
    (
        Limit(5, per="day", rolling=True),
        Limit(8, per="week", zone="Asia/Kathmandu"),
        Limit(9, per="month", rolling=True),
    ),
]
STARTS = [
    datetime(2060, 3, 27, 22, 59, 30, tzinfo=UTC),  # summer time begins in Berlin
    datetime(2060, 10, 30, 21, 59, 59, tzinfo=UTC),  # and ends
    datetime(2060, 2, 28, 23, 59, 1, tzinfo=UTC),
    datetime(2061, 1, 1, 4, 59, 59, 999_999, tzinfo=UTC),
]
STEPS = st.one_of(
    st.sampled_from([MICRO, SECOND, 59 * SECOND, 60 * SECOND - MICRO, 60 * SECOND, 3600 * SECOND, DAY, 7 * DAY]),
    st.timedeltas(timedelta(0), timedelta(minutes=2)),
    st.timedeltas(timedelta(0), timedelta(days=40)),
)


class Model(RuleBasedStateMachine):
    """The ledger against a list of what was granted when."""

    ledger: Ledger
    clock: Clock
    new: Callable[[], tuple[Ledger, Clock]]

    @initialize(limits=st.sampled_from(PLANS), start=st.sampled_from(STARTS))
    def begin(self, limits: tuple[Limit, ...], start: datetime) -> None:
        self.runner = asyncio.Runner()
        self.ledger, self.clock = self.new()
        self.clock.set(start)
        self.latest = start
        self.limits = limits
        self.granted: list[tuple[datetime, int]] = []
        self.corrections: list[tuple[Limit, datetime, int]] = []
        self.cooling = datetime.min.replace(tzinfo=UTC)

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.ledger.aclose())
            self.runner.close()

    def used(self, limit: Limit, now: datetime) -> int:
        rolling = limit.rolling or limit.per in {"minute", "hour"}
        return sum(n for other, until, n in self.corrections if other == limit and until > now) + sum(
            n
            for at, n in self.granted
            if (at + SPANS[limit.per] > now if rolling else period(limit, at) >= period(limit, now))
        )

    def fits(self, now: datetime, n: int) -> bool:
        return all(self.used(limit, now) + n <= limit.count for limit in self.limits)

    def reserve(self, n: int) -> Wait:
        """What the ledger says, checked against the model."""
        wait = self.runner.run(self.ledger.reserve("key", self.limits, n))
        now = self.clock.now
        if not wait.seconds:
            assert self.fits(now, n)
            assert self.cooling <= now
            self.granted.append((now, n))
            return wait
        then = now + timedelta(seconds=wait.seconds)
        assert self.fits(then, n)
        assert self.cooling <= then
        assert not self.fits(then - MICRO, n) or self.cooling > then - MICRO
        assert wait.cooling == (self.cooling == then)
        return wait

    @rule(n=st.integers(1, 3))
    def ask(self, n: int) -> None:
        self.reserve(n)

    @rule(n=st.integers(1, 3))
    def ask_until_it_is_granted(self, n: int) -> None:
        wait = self.reserve(n)
        if wait.seconds:
            self.advance(timedelta(seconds=wait.seconds) - MICRO)
            assert self.reserve(n).seconds == pytest.approx(1e-6)
            self.advance(MICRO)
            assert self.reserve(n) == GRANTED

    @rule(by=STEPS)
    def advance(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.latest = max(self.latest, self.clock.now)

    @precondition(lambda self: self.clock.now > self.latest - 59 * SECOND)
    @rule(by=st.integers(1, 59))
    def set_the_clock_back(self, by: int) -> None:
        self.clock.set(max(self.clock.now - by * SECOND, self.latest - 59 * SECOND))

    @rule(by=st.timedeltas(timedelta(seconds=-10), timedelta(minutes=3)))
    def cool(self, by: timedelta) -> None:
        self.runner.run(self.ledger.cooldown("key", self.clock.now + by))
        if by > timedelta(0):
            self.cooling = max(self.cooling, self.clock.now + by)

    @rule(
        which=st.integers(0, 2),
        remaining=st.integers(-1, 9),
        reset=st.timedeltas(timedelta(seconds=-10), timedelta(minutes=3)),
    )
    def hear_from_the_vendor(self, which: int, remaining: int, reset: timedelta) -> None:
        limit = self.limits[which % len(self.limits)]
        until = self.clock.now + reset
        self.runner.run(self.ledger.sync("key", limit, remaining, until))
        missing = limit.count - max(remaining, 0) - self.used(limit, self.clock.now)
        if missing > 0 and reset > timedelta(0):
            self.corrections.append((limit, until, missing))

    @rule()
    def look(self) -> None:
        standing = self.runner.run(self.ledger.usage("key", self.limits))
        assert [usage.used for usage in standing.usages] == [self.used(limit, self.clock.now) for limit in self.limits]
        assert standing.cooling_until == (self.cooling if self.cooling > self.clock.now else None)


def in_memory() -> tuple[Ledger, Clock]:
    clock = Clock()
    return SqliteLedger(None, clock), clock


def check(new: Callable[[], tuple[Ledger, Clock]], examples: int) -> None:
    machine = type("Model", (Model,), {"new": staticmethod(new)})
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, deadline=None))


def on(server: "redis.Redis", url: str) -> Callable[[], tuple[Ledger, Clock]]:
    def new() -> tuple[Ledger, Clock]:
        server.flushdb()
        clock = Clock(server)
        return RedisLedger(url, clock=clock), clock

    return new


def test_sqlite_does_what_the_model_does() -> None:
    check(in_memory, 60)


@pytest.mark.usefixtures("settable")
def test_redis_does_what_the_model_does(server: "redis.Redis", redis_url: str) -> None:
    check(on(server, redis_url), 30)


@pytest.mark.slow
def test_sqlite_does_what_the_model_does_a_thousand_times() -> None:
    check(in_memory, 1_000)


@pytest.mark.slow
@pytest.mark.usefixtures("settable")
def test_redis_does_what_the_model_does_a_thousand_times(server: "redis.Redis", redis_url: str) -> None:
    check(on(server, redis_url), 1_000)


# Several processes ----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[int], str]:
    """Where the numbers of a round are: a new file, or the one Redis."""
    if request.param == "redis":
        request.getfixturevalue("server").flushdb()
        url = request.getfixturevalue("redis_url")
        return lambda _: url
    return lambda number: str(tmp_path / f"{number}.db")


def race(places: list[tuple[str, str]], offsets: Sequence[float]) -> list[int]:
    """How many were granted in each round, to all processes together."""
    spawn = multiprocessing.get_context("spawn")
    barrier, results = spawn.Barrier(len(offsets)), spawn.Queue()
    workers = [spawn.Process(target=quota_workers.race, args=(places, offset, barrier, results)) for offset in offsets]
    for worker in workers:
        worker.start()
    granted: Counter[int] = Counter()
    for _ in range(len(places) * len(workers)):
        number, count = results.get(timeout=quota_workers.PATIENCE)
        granted[number] += count
    for worker in workers:
        worker.join()
    return [granted[number] for number in range(len(places))]


@pytest.mark.slow
def test_four_processes_are_granted_four(place: Callable[[int], str]) -> None:
    assert race([(place(number), f"key {number}") for number in range(3)], (0, 0, 0, 0)) == [4] * 3


@pytest.mark.slow
def test_four_processes_are_granted_four_in_each_of_thirty_rounds(place: Callable[[int], str]) -> None:
    assert race([(place(number), f"key {number}") for number in range(30)], (0, 0, 0, 0)) == [4] * 30


@pytest.mark.parametrize(
    ("rounds", "offsets"),
    [(3, (0, 60)), pytest.param(30, (0, 60), marks=SLOW), pytest.param(30, (-60, 0, 86_400, -4e6), marks=SLOW)],
)
def test_clients_whose_clocks_differ(
    server: "redis.Redis", redis_url: str, rounds: int, offsets: Sequence[float]
) -> None:
    server.flushdb()
    places = [(redis_url, f"key {number}") for number in range(rounds)]
    assert race(places, offsets) == [4] * rounds


@pytest.mark.usefixtures("settable")
@pytest.mark.parametrize("offset", [-4e7, -86_400, -60, 60, 86_400, 4e7])
async def test_a_client_whose_clock_is_wrong(server: "redis.Redis", redis_url: str, offset: float) -> None:
    server.flushdb()
    clock = Clock(server)
    right = RedisLedger(redis_url, clock=clock)
    wrong = RedisLedger(redis_url, clock=lambda: clock() + offset)
    limits = (Limit(2, per="minute"), Limit(3, per="day"), Limit(500, per="month", zone="Asia/Tokyo"))
    assert [(await ledger.reserve("key", limits)).seconds for ledger in (wrong, right, wrong)] == [0, 0, 60]
    assert await wrong.usage("key", limits) == await right.usage("key", limits)
    clock.advance(60)
    assert await wrong.reserve("key", limits) == GRANTED
    assert await wrong.reserve("key", limits) == await right.reserve("key", limits) == Wait(43_140)
    await wrong.sync("key", limits[0], 0, None)
    clock.set(datetime(2060, 3, 25, tzinfo=UTC))
    await wrong.sync("key", limits[1], 0, None)
    assert await right.reserve("key", limits) == Wait(86_400)
    await wrong.cooldown("key", from_micros(round((clock() + offset) * 1e6)) + 2 * DAY)
    assert await right.reserve("key", limits) == Wait(172_800, cooling=True)
    await right.aclose()
    await wrong.aclose()


def exhausted(place: str, keys: int, kill_after: float | None) -> Counter[str]:
    """What a process was granted, which is killed in the middle or left to end."""
    command = [sys.executable, "-m", "tests.quota_workers", place, str(keys)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = [process.stdout.readline()]
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(process.pid, signal.SIGKILL)
    lines += process.stdout
    process.stdout.close()
    process.wait()
    assert ("done\n" in lines) == (kill_after is None)
    return Counter(line.strip() for line in lines if line.endswith("\n") and line != "done\n")


def check_kills(place: str, kills: Sequence[float], keys: int) -> None:
    granted: Counter[str] = Counter()
    for kill_after in [*kills, None]:
        granted += exhausted(place, keys, kill_after)
    assert max(granted.values()) == 4
    assert granted.total() >= 4 * keys - len(kills)  # what was granted to the dead is spent


@pytest.mark.slow
def test_killed_and_started_again(place: Callable[[int], str]) -> None:
    check_kills(place(0), [0.02], keys=400)
    assert not Path(place(0) + ".broken").exists()


@pytest.mark.slow
def test_killed_and_started_again_often(place: Callable[[int], str]) -> None:
    check_kills(place(0), [0.005 * number for number in range(20)], keys=2_500)


# Where the numbers are ------------------------------------------------------------------------------------------------


async def test_what_is_past_is_pruned(tmp_path: Path) -> None:
    clock = Clock()
    limits = (Limit(2, per="second"), Limit(10_000_000, per="hour"), Limit(500, per="day"))
    for key in ("one", "two"):
        ledger = SqliteLedger(tmp_path / "quota.db", clock)
        for _ in range(100):
            clock.advance(0.6 if key == "one" else 3_600)
            assert await ledger.reserve(key, limits) == GRANTED
        await ledger.aclose()
        clock.advance(100 * DAY)
    ledger = SqliteLedger(tmp_path / "quota.db", clock)
    await ledger.reserve("two", limits)
    await ledger.aclose()
    connection = sqlite3.connect(tmp_path / "quota.db")
    assert connection.execute("SELECT key, count(*) FROM hit GROUP BY key").fetchall() == [("two", 3)]
    connection.close()


async def test_what_is_past_is_pruned_while_it_is_counted(tmp_path: Path) -> None:
    clock = Clock()
    ledger = SqliteLedger(tmp_path / "quota.db", clock)
    for _ in range(100):
        clock.advance(30)
        assert await ledger.reserve("key", [FOUR]) == GRANTED
    await ledger.aclose()
    with contextlib.closing(sqlite3.connect(tmp_path / "quota.db")) as connection:
        assert connection.execute("SELECT count(*) FROM hit").fetchone() == (4,)  # of a minute, and of the one before


@pytest.mark.usefixtures("settable")
async def test_a_long_log_in_redis_has_one_entry_for_each_slot(server: "redis.Redis", redis_url: str) -> None:
    server.flushdb()
    clock = Clock(server)
    ledger = RedisLedger(redis_url, clock=clock)
    for _ in range(300):
        clock.advance(timedelta(milliseconds=10))
        assert await ledger.reserve("key", [Limit(5_000, per="minute")]) == GRANTED
    await ledger.aclose()
    assert server.zcard("ioclib:quota:{key}:rolling minute") == pytest.approx(300 * 10 / 60, abs=1)


@pytest.mark.usefixtures("settable")
async def test_redis_prunes_what_is_past(server: "redis.Redis", redis_url: str) -> None:
    server.flushdb()
    clock = Clock(server)
    ledger = RedisLedger(redis_url, clock=clock)
    for _ in range(100):
        clock.advance(30)
        assert await ledger.reserve("key", [FOUR]) == GRANTED
    await ledger.aclose()
    assert server.zcard("ioclib:quota:{key}:rolling minute") == 4  # those of a minute, and of the minute before


@pytest.mark.usefixtures("settable")
async def test_redis_keeps_what_is_past_as_long_as_it_counted(server: "redis.Redis", redis_url: str) -> None:
    server.flushdb()
    clock = Clock(server)
    ledger = RedisLedger(redis_url, clock=clock)
    for _ in range(3):
        clock.advance(20)
        assert await ledger.reserve("key", [FOUR]) == GRANTED
    await ledger.aclose()
    left = server.pttl("ioclib:quota:{key}:rolling minute") / 1_000
    assert time.time() + left == pytest.approx((clock.now + 120 * SECOND).timestamp(), abs=2)


async def test_redis_forgets_by_itself(server: "redis.Redis", redis_url: str) -> None:
    server.flushdb()
    ledger = RedisLedger(redis_url)
    await ledger.reserve("a {key}", (Limit(1, per="second"), *PLAN, Limit(5, per="month")))
    await ledger.sync("a {key}", FOUR, 0, None)
    await ledger.cooldown("a {key}", datetime.now(UTC) + 60 * SECOND)
    await ledger.aclose()
    names = list(server.scan_iter())
    assert len(names) == 5
    assert all(0 < server.pttl(name) <= 62 * 86_400_000 for name in names)
    assert len({name[name.index(b"{") : name.index(b"}")] for name in names}) == 1


async def test_real_time_on_redis(server: "redis.Redis", redis_url: str) -> None:
    server.flushdb()
    ledger = RedisLedger(redis_url)
    limits = (Limit(2, per="second"), Limit(9, per="day"))
    assert await ledger.reserve("key", limits, 2) == GRANTED
    wait = await ledger.reserve("key", limits)
    assert 0.5 < wait.seconds <= 1
    server.script_flush()  # as a restarted Redis does
    await asyncio.sleep(wait.seconds)
    assert await ledger.reserve("key", limits) == GRANTED
    await ledger.aclose()


async def test_a_connection_that_redis_closed(server: "redis.Redis", redis_url: str) -> None:
    server.flushdb()
    ledger = RedisLedger(redis_url)
    await asyncio.gather(*(ledger.reserve("key", PLAN) for _ in range(3)))
    server.client_kill_filter(_type="normal", skipme=True)
    await asyncio.sleep(0.05)
    waits = await asyncio.gather(*(ledger.reserve("key", PLAN) for _ in range(3)))
    assert waits.count(GRANTED) == 1
    await ledger.aclose()


async def test_hundreds_at_once_on_redis(server: "redis.Redis", redis_url: str) -> None:
    server.flushdb()
    ledger = RedisLedger(redis_url)
    others = len(server.client_list())
    waits = await asyncio.gather(*(ledger.reserve("key", [Limit(500, per="day")]) for _ in range(600)))
    assert waits.count(GRANTED) == 500
    assert len(server.client_list()) - others <= 16
    await ledger.aclose()


# Errors ---------------------------------------------------------------------------------------------------------------

PASSWORD = "hunter2secret"


async def failure(url: str) -> str:
    ledger = RedisLedger(url, timeout=0.2)
    with pytest.raises(OSError, match=r"^the Redis of quota_url cannot be used: [^\n]+$") as caught:
        await ledger.reserve("key", PLAN)
    await ledger.aclose()
    assert PASSWORD not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return str(caught.value)


async def test_a_redis_that_is_not_there() -> None:
    assert (await failure(f"redis://me:{PASSWORD}@127.0.0.1:{free_port()}/0")).endswith("no connection can be made")


async def test_a_redis_that_does_not_answer() -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    began = time.monotonic()
    assert (await failure(f"redis://:{PASSWORD}@127.0.0.1:{port}/0")).endswith("it does not answer in time")
    assert time.monotonic() - began < 2
    assert len(writers) == 1, "it may have counted the first"
    for writer in writers:
        writer.close()
    server.close()


async def test_a_redis_that_hangs_up_is_tried_twice() -> None:
    tries: list[None] = []

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tries.append(None)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await failure(f"redis://127.0.0.1:{port}/0")).endswith("no connection can be made")
    assert len(tries) == 2
    server.close()


async def test_a_server_that_quotes_what_it_was_sent() -> None:
    async def quoting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.read(1_000):
            writer.write(b"-ERR unknown command, with args beginning with: " + repr(line).encode() + b"\r\n")
        writer.close()

    server = await asyncio.start_server(quoting, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    told = await failure(f"redis://me:{PASSWORD}@127.0.0.1:{port}/0")
    assert told == "the Redis of quota_url cannot be used: it answered with an error"
    server.close()


async def test_a_wrong_password(tmp_path: Path) -> None:
    with redis_server("--requirepass", "another") as url:
        assert (await failure(url)).endswith("does not accept the user name or the password")
        address = url.replace("redis://", f"redis://:{PASSWORD}@")
        assert (await failure(address)).endswith("does not accept the user name or the password")
        ledger = RedisLedger(url.replace("redis://", "redis://:another@"))
        assert await ledger.reserve("key", PLAN) == GRANTED
        await ledger.aclose()


async def test_a_redis_on_a_socket_of_this_machine(tmp_path: Path) -> None:
    socket = tmp_path / "redis.sock"
    with redis_server("--unixsocket", str(socket)):
        ledger = RedisLedger(f"unix://{socket}?db=1")
        assert await ledger.reserve("key", PLAN) == GRANTED
        await ledger.aclose()


async def test_a_redis_that_refuses(server: "redis.Redis", redis_url: str) -> None:
    server.flushdb()
    server.set("ioclib:quota:{key}:rolling minute", "no set")
    assert await failure(redis_url) == "the Redis of quota_url cannot be used: it answered WRONGTYPE"


@pytest.mark.parametrize(
    "url", [f"redis://:{PASSWORD}/@127.0.0.1:1/0", f"http://{PASSWORD}@127.0.0.1", PASSWORD, f"redis://h:{PASSWORD}"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^quota_url is no address of a Redis, such as redis://[a-z.]+:6379/0$"
    ) as caught:
        RedisLedger(url)
    assert PASSWORD not in repr(caught.value)


def test_redis_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(ConfigurationError, match=r"^quota_url needs the extra: pip install 'ioclib\[redis\]'$"):
        RedisLedger("redis://127.0.0.1")


async def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path)
    with pytest.raises(OSError, match=str(tmp_path)):
        await ledger.reserve("key", PLAN)
    await ledger.aclose()


def test_a_run_over_days_ends_in_the_minutes_after_midnight() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    usages = (Usage(FOUR), Usage(Limit(500, per="day")))
    hours = 12 * 3600
    assert [Standing(usages, None).seconds_for(n, noon) for n in (500, 501, 504, 505, 1_001)] == [
        124 * 60,
        hours,
        hours,
        hours + 60,
        hours + 86_400,
    ]
