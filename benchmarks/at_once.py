"""One indicator, twelve sources that each answer after 200 ms, over TLS on loopback: how long does the lookup take?

    python -m benchmarks.at_once [--rounds 15]

The ratio is that of the whole lookup to the 200 ms. Rounds with and without a source that hangs alternate in one run;
of the former, what counts is when the last of the others landed.
"""

import argparse
import asyncio
import multiprocessing
import os
import ssl
import statistics
import tempfile
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import trustme

from ioclib import Client, registry
from ioclib.indicators import IPv4
from ioclib.source import Absent, AnySource, Exposure, Finding, Payload, Request, Source, Verdict, url

LATENCY = 0.2
SOURCES = 12
IP = IPv4("8.8.8.8")
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"score": 80}'


class Opinion(Payload):
    score: int


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
    )


def serve(certificate: str, ready: Connection) -> None:
    """Answers every request after the latency; paths below ``/hangs`` never."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(3600 if b" /hangs" in head else LATENCY)
                body = b'{"score": 80}'
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def landed(client: Client) -> float:
    """Seconds until the last source that does not hang has answered."""
    began, last = time.perf_counter(), 0.0
    async for answer in client.stream(IP):
        if not answer.source.name.startswith("hangs"):
            last = time.perf_counter() - began
    return last


async def measure(sources: Mapping[str, AnySource[Any]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"cold": [], "warm": [], "warm, one source hangs": []}
    for _ in range(3):
        with patch.object(registry, "all_sources", lambda: sources):
            async with Client(exclude=["hangs"]) as client:
                times["cold"].append(await landed(client))
    with patch.object(registry, "all_sources", lambda: sources):
        async with Client(exclude=["hangs"]) as plain, Client(timeout=2 * LATENCY) as hanging:
            await landed(plain), await landed(hanging)
            for _ in range(rounds):
                times["warm"].append(await landed(plain))
                times["warm, one source hangs"].append(await landed(hanging))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description="Twelve sources of 200 ms at once.")
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        ca, certificate = trustme.CA(), Path(folder) / "server.pem"
        ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
        ca.cert_pem.write_to_path(str(Path(folder) / "ca.pem"))
        os.environ["SSL_CERT_FILE"] = str(Path(folder) / "ca.pem")
        ours, theirs = multiprocessing.Pipe()
        server = multiprocessing.Process(target=serve, args=(str(certificate), theirs), daemon=True)
        server.start()
        base = f"https://127.0.0.1:{ours.recv()}"
        names = [*(f"s{number}" for number in range(SOURCES)), "hangs"]
        sources = MappingProxyType({name: source(name, f"{base}/{name}") for name in names})
        times = asyncio.run(measure(sources, rounds))
        server.terminate()
        server.join()
    print(f"{SOURCES} sources that answer after {LATENCY * 1000:.0f} ms over TLS; ratio of the lookup to that")
    for name, seconds in times.items():
        ratios = sorted(one / LATENCY for one in seconds)
        print(f"{name:<24} median {statistics.median(ratios):.3f}   lowest {ratios[0]:.3f}   highest {ratios[-1]:.3f}")


if __name__ == "__main__":
    main()
