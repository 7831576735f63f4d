"""What is compared in `benchmarks.lookups`: each contender does the same work in a process of its own.

    python -m benchmarks.contenders NAME BASE CA [NUMBER]

prints one JSON object: seconds, seconds of processor time, MiB at the peak, and what else it was asked for.
"""

import asyncio
import gc
import json
import re
import resource
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from ioclib import Client, registry
from ioclib.answers import Found
from ioclib.indicators import IPv4
from ioclib.source import Absent, AnySource, Exposure, Finding, Payload, Request, Source, Verdict, url

WIDE = 100
"""Connections of a lane, and of a bare loop for each of its hosts."""

MANY, FEW = 100, 5
"""Indicators and sources of the second part."""

TWELVE = 12


class Opinion(Payload):
    score: int
    note: str = ""


def request(ip: IPv4) -> Request:
    return Request.get("/check", ip)


def read(opinion: Opinion) -> Finding:
    return Finding(verdict=Verdict.of(opinion.score, suspicious=25, malicious=75), summary=f"score {opinion.score}")


def link(ip: IPv4) -> str:
    return url("https://opinions.example/ip", ip)


def source(name: str, base: str) -> AnySource[Any]:
    return Source(
        name=name,
        about="An opinion.",
        base=base,
        key=None,
        limits=(),
        exposure=Exposure.VENDOR,
        absent=Absent.status(404),
        request=request,
        payload=Opinion,
        read=read,
        link=link,
        concurrency=WIDE,
    )


def sources(base: str, path: str, number: int) -> Mapping[str, AnySource[Any]]:
    return MappingProxyType({f"s{one}": source(f"s{one}", f"{base}/{path}/s{one}") for one in range(number)})


def address(number: int) -> IPv4:
    return IPv4(f"{11 + (number >> 16 & 63)}.{number >> 8 & 255}.{number & 255}.9")


def urls(base: str, path: str, number: int, each: int) -> list[str]:
    """What a bare loop asks: all that so many sources are asked about so many indicators."""
    return [f"{base}/{path}/s{one}/check/{address(ioc)}" for ioc in range(each) for one in range(number)]


# ioclib ---------------------------------------------------------------------------------------------------------------


async def ours(base: str, path: str, number: int, each: int, *, hanging: bool = False) -> dict[str, float]:
    """Everything on; seconds until the last answer of a source that does not hang."""
    known = dict(sources(base, path, number))
    if hanging:
        known["s0"] = source("s0", f"{base}/hangs/s0")
    last, count = 0.0, 0
    with patch.object(registry, "all_sources", lambda: known):
        began = time.perf_counter()
        async with Client(timeout=2.0 if hanging else 60.0) as client:
            async for answer in client.stream(*map(address, range(each))):
                if not (hanging and answer.source.name == "s0"):
                    last, count = time.perf_counter() - began, count + 1
                    assert isinstance(answer.outcome, Found), answer
    return {"seconds": last, "lookups": count}


async def warm(base: str) -> dict[str, float]:
    """The second of two lookups of one client, of twelve sources."""
    known = sources(base, "d200", TWELVE)
    with patch.object(registry, "all_sources", lambda: known):
        async with Client() as client:
            await client.lookup(address(0))
            began = time.perf_counter()
            await client.lookup(address(1))
            return {"seconds": time.perf_counter() - began}


async def in_bulk(base: str, number: int) -> dict[str, float]:
    """Reports as they are done."""
    known = sources(base, "d0", FEW)
    count = 0
    with patch.object(registry, "all_sources", lambda: known):
        async with Client() as client:
            began = time.perf_counter()
            async for report in client.bulk(address(one) for one in range(number // FEW)):
                count += len(report.answers)
            return {"seconds": time.perf_counter() - began, "lookups": count}


async def in_a_job(base: str, number: int) -> dict[str, float]:
    """As a job: planned, asked chunk by chunk, and every row on the disk when it is done."""
    from ioclib.client.jobs import LongRun, job_of, ledger_of

    known = sources(base, "d0", FEW)
    iocs = [("ipv4", address(one).value, address(one).value) for one in range(number // FEW)]
    with patch.object(registry, "all_sources", lambda: known):
        async with Client() as client:
            ledger = ledger_of()
            began = time.perf_counter()
            job, _ = await job_of(ledger, "benchmark", iocs, tlp=client.tlp, sandbox=False)
            assert await LongRun(client, ledger, job).run()
            seconds = time.perf_counter() - began
            counts = await ledger.counts(job.name)
            await ledger.aclose()
    return {"seconds": seconds, "lookups": sum(one["found"] for one in counts.values())}


async def from_cache(base: str, number: int) -> dict[str, float]:
    """Lookups that were answered before; a source of the network is not asked again."""
    known = sources(base, "d0", FEW)
    with patch.object(registry, "all_sources", lambda: known):
        async with Client() as client:
            iocs = [address(one) for one in range(number // FEW)]
            async for _ in client.bulk(iocs):
                pass
            began, count = time.perf_counter(), 0
            async for report in client.bulk(iocs):
                assert all(answer.age is not None for answer in report.answers)
                count += len(report.answers)
            return {"seconds": time.perf_counter() - began, "lookups": count}


# Bare loops -----------------------------------------------------------------------------------------------------------


async def bare_httpx2(base: str, ca: str, targets: list[str], *, before: int = 0) -> dict[str, float]:
    """The same client, used as ioclib uses it, in a loop of three lines: one pool for each source, one TLS context."""
    import httpx2

    began = time.perf_counter()
    context = httpx2.create_ssl_context() if ca else False
    pools: dict[str, httpx2.AsyncHTTPTransport] = {}
    limits = httpx2.Limits(max_connections=WIDE, max_keepalive_connections=WIDE)

    async def one(target: str) -> None:
        name = target.removeprefix(base).split("/")[2]
        if name not in pools:
            pools[name] = httpx2.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits)
        response = await pools[name].handle_async_request(httpx2.Request("GET", target))
        json.loads(await response.aread())

    return await _raced(one, targets, pools, before, began)


async def bare_aiohttp(base: str, targets: list[str], *, before: int = 0) -> dict[str, float]:
    """aiohttp in a loop of three lines: one session for each source."""
    import aiohttp

    began = time.perf_counter()
    sessions: dict[str, aiohttp.ClientSession] = {}

    async def one(target: str) -> None:
        name = target.removeprefix(base).split("/")[2]
        if name not in sessions:
            sessions[name] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=WIDE))
        async with sessions[name].get(target) as response:
            json.loads(await response.read())

    return await _raced(one, targets, sessions, before, began)


async def _raced(
    one: Callable[[str], Awaitable[None]], targets: list[str], pools: Mapping[str, Any], before: int, began: float
) -> dict[str, float]:
    """All at once, but no more at the same time than there are connections; the first are not counted."""
    if before:
        await asyncio.gather(*map(one, targets[:before]))
        began = time.perf_counter()
    rest, wide = iter(targets[before:]), WIDE * FEW

    async def worker() -> None:
        for target in rest:
            await one(target)

    await asyncio.gather(*(worker() for _ in range(min(wide, len(targets)))))
    seconds = time.perf_counter() - began
    for pool in pools.values():
        await (pool.aclose() if hasattr(pool, "aclose") else pool.close())
    return {"seconds": seconds, "lookups": len(targets) - before}


async def of_2022(targets: list[str]) -> dict[str, float]:
    """A new client for each request, one indicator after the other, as many tools do."""
    import httpx2

    began = time.perf_counter()

    async def one(target: str) -> None:
        async with httpx2.AsyncClient() as client:
            (await client.get(target)).json()

    for first in range(0, len(targets), FEW):
        await asyncio.gather(*map(one, targets[first : first + FEW]))
    return {"seconds": time.perf_counter() - began, "lookups": len(targets)}


async def executor_gets(base: str, number: int) -> dict[str, float]:
    """The rows of kept answers, got one by one through a thread; a hundred at a time wait for theirs."""
    from ioclib.config import cache_folder

    await in_bulk(base, number)
    with sqlite3.connect(cache_folder() / "answers.sqlite3") as connection:
        table, key = _table(connection)
        keys = [row[0] for row in connection.execute(f"SELECT {key} FROM {table} LIMIT ?", (number,))]
    thread = ThreadPoolExecutor(1)
    loop = asyncio.get_running_loop()
    query = f"SELECT * FROM {table} WHERE {key} = ?"
    mine = await loop.run_in_executor(thread, sqlite3.connect, cache_folder() / "answers.sqlite3")
    began = time.perf_counter()
    rest: Iterator[str] = iter(keys)

    async def worker() -> None:
        for one in rest:
            row = await loop.run_in_executor(thread, lambda key: mine.execute(query, (key,)).fetchone(), one)
            assert row

    await asyncio.gather(*(worker() for _ in range(WIDE)))
    return {"seconds": time.perf_counter() - began, "lookups": len(keys)}


def _table(connection: sqlite3.Connection) -> tuple[str, str]:
    """The table of answers, and its key."""
    (table,) = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'answer%'"
    ).fetchone()
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return table, next(row[1] for row in rows if row[5])


# Memory ---------------------------------------------------------------------------------------------------------------


async def streamed(number: int) -> dict[str, float]:
    """So many indicators through the engine, answered by a transport that sends nothing anywhere."""
    from ioclib.client import front
    from ioclib.wire import WireRequest, WireResponse

    class Echo:
        async def fetch(self, _: WireRequest) -> WireResponse:
            return WireResponse(status=200, headers={"content-type": "application/json"}, body=b'{"score": 80}')

        async def aclose(self) -> None:
            """Nothing to close."""

    known = sources("https://opinions.example", "x", 1)
    count = 0
    with (
        patch.object(registry, "all_sources", lambda: known),
        patch.object(front, "make_transport", lambda *_, **__: Echo()),
    ):
        async with Client(cache=False) as client:
            began = time.perf_counter()
            async for report in client.bulk(address(one) for one in range(number)):
                count += len(report.answers)
            return {"seconds": time.perf_counter() - began, "lookups": count}


def main() -> None:
    name, base, ca, *rest = sys.argv[1:]
    number = int(rest[0]) if rest else 0
    many = urls(base, "d200", FEW, MANY)
    once = urls(base, "d200", TWELVE, 2)
    contenders: dict[str, Callable[[], Awaitable[dict[str, float]]]] = {
        "cold": lambda: ours(base, "d200", TWELVE, 1),
        "cold bare": lambda: bare_httpx2(base, ca, once[:TWELVE]),
        "warm": lambda: warm(base),
        "warm bare": lambda: bare_httpx2(base, ca, once, before=TWELVE),
        "many": lambda: ours(base, "d200", FEW, MANY),
        "many hanging": lambda: ours(base, "d200", FEW, MANY, hanging=True),
        "many bare httpx2": lambda: bare_httpx2(base, ca, many),
        "many bare aiohttp": lambda: bare_aiohttp(base, many),
        "many of 2022": lambda: of_2022(many),
        "bulk": lambda: in_bulk(base, number),
        "job": lambda: in_a_job(base, number),
        "bulk bare httpx2": lambda: bare_httpx2(base, ca, urls(base, "d0", FEW, number // FEW)),
        "bulk bare aiohttp": lambda: bare_aiohttp(base, urls(base, "d0", FEW, number // FEW)),
        "cached": lambda: from_cache(base, number),
        "cached bare": lambda: executor_gets(base, number),
        "streamed": lambda: streamed(number),
    }
    for module in ("httpx2", "httpcore2", "anyio._backends._asyncio", "aiohttp", "certifi"):
        import_module(module)  # on all sides: what starting costs is the fifth part
    gc.collect()
    busy = time.process_time()
    measured = asyncio.run(_measured(contenders[name]))
    measured["cpu"] = time.process_time() - busy
    measured["peak"] = peak()
    print(json.dumps(measured))


def peak() -> float:
    """MiB of this process alone; what `resource` says counts the parent's too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _measured(contender: Callable[[], Awaitable[dict[str, float]]]) -> dict[str, float]:
    return await contender()


if __name__ == "__main__":
    main()
