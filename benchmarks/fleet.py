"""What a fleet costs its Redis: bytes and commands for each message of fifty lookups. Needs the extra ``cluster``.

A redis-server and one worker process are started on this machine; services are played by a server beside them.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import redis
from tests.redis_server import redis_server

from ioclib.fleet import CeleryExecutor
from ioclib.fleet.packing import packed_done
from ioclib.jobs.chunks import Chunk, Done, Item, Row

MESSAGES = 100
LOOKUPS = 50
KINDS: dict[str, tuple[str, Callable[[int], str]]] = {
    "addresses": ("ipv4", lambda number: f"8.{number >> 16}.{number >> 8 & 255}.{number & 255}"),
    "hashes": ("sha256", lambda number: f"{number:064x}"),
    "links": ("url", lambda number: f"https://www.example.org/{'a' * 60}/{number}"),
}
ANSWERS = {"small": 3, "large": 400}
"""Ports and names that are answered: some 100 bytes, and some 12 KB."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ports = 0

    def do_GET(self) -> None:
        names = [f"host-{number}.example.org" for number in range(self.ports)]
        about = {"ip": self.path[1:], "hostnames": names, "tags": [], "vulns": [], "cpes": []}
        body = json.dumps({**about, "ports": [*range(self.ports)]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 the name is not ours
        """Nothing."""


def chunk(kind: str, first: int) -> Chunk:
    name, value = KINDS[kind]
    return Chunk("shodan_internetdb", tuple(Item(n, name, value(n)) for n in range(first, first + LOOKUPS)), "clear")


def waiting(url: str) -> None:
    """Memory of messages for which there is no worker."""
    for kind in KINDS:
        with redis.Redis.from_url(url) as server:
            server.flushall()
            executor = CeleryExecutor(url)
            executor._send("0", chunk(kind, 0))
            before = info(server)["used_memory"]
            for number in range(1, MESSAGES + 1):
                executor._send(str(number), chunk(kind, number * LOOKUPS))
            print(f"{kind:9}  {(info(server)['used_memory'] - before) / MESSAGES:7,.0f} bytes for a message that waits")
            asyncio.run(executor.aclose())


def info(server: "redis.Redis") -> dict[str, Any]:
    return dict(server.info())


async def answered(url: str, first: int) -> tuple[float, int]:
    """Seconds for all messages, and the bytes of a result."""
    executor, sizes = CeleryExecutor(url, window=MESSAGES), [0]

    async def land(rows: Sequence[Row]) -> None:
        assert all(row.outcome == "found" for row in rows)
        sizes.append(len(packed_done(Done(tuple(rows), ()))))

    began = time.perf_counter()
    await asyncio.gather(*(executor.run(chunk("addresses", first + n * LOOKUPS), land) for n in range(MESSAGES)))
    took = time.perf_counter() - began
    await executor.aclose()
    return took, max(sizes)


def main() -> None:
    with redis_server() as url:
        waiting(url)
    with redis_server() as broker, redis_server() as quotas, ThreadingHTTPServer(("127.0.0.1", 0), Handler) as services:
        threading.Thread(target=services.serve_forever, daemon=True).start()
        settings = {
            "IOCLIB_BROKER_URL": broker,
            "IOCLIB_QUOTA_URL": quotas,
            "IOCLIB_SOURCES__SHODAN_INTERNETDB__BASE_URL": f"http://127.0.0.1:{services.server_port}",
            "IOCLIB_SOURCES__SHODAN_INTERNETDB__CONCURRENCY": "50",
        }
        with tempfile.TemporaryDirectory() as home, (Path(home) / "log").open("w+b") as log:
            command = [sys.executable, "-m", "ioclib", "worker"]
            worker = subprocess.Popen(
                command, env={**os.environ, **settings, "HOME": home, "XDG_CACHE_HOME": home}, stdout=log, stderr=log
            )
            try:
                while b" ready" not in (Path(home) / "log").read_bytes():
                    time.sleep(0.1)
                for number, (name, ports) in enumerate(ANSWERS.items()):
                    Handler.ports = ports
                    with redis.Redis.from_url(broker) as server, redis.Redis.from_url(quotas) as other:
                        before, other_before = info(server), info(other)
                        took, size = asyncio.run(answered(broker, number * 10**6))
                        after, other_after = info(server), info(other)
                    commands = (after["total_commands_processed"] - before["total_commands_processed"]) / MESSAGES
                    counted = other_after["total_commands_processed"] - other_before["total_commands_processed"]
                    traffic = sum(
                        after[f"total_net_{way}_bytes"] - before[f"total_net_{way}_bytes"]
                        for way in ("input", "output")
                    )
                    print(
                        f"{name:6} answers  {MESSAGES * LOOKUPS / took:,.0f} lookups a second; a message:"
                        f" {commands:.0f} commands, {traffic / MESSAGES:,.0f} bytes of traffic,"
                        f" {size:,} bytes of result, {counted / MESSAGES:.1f} commands of the quotas"
                    )
            finally:
                worker.terminate()
                worker.wait()


if __name__ == "__main__":
    main()
