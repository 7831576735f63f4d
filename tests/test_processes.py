"""The command line in several processes at once, against a real server: what leaves the machine, all told."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ADDRESSES = [f"8.8.8.{number}" for number in range(1, 7)]


class Counted(ThreadingHTTPServer):
    """Remembers the paths that it was asked for."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paths: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Counted

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        time.sleep(0.2)
        body = b'{"ip": "8.8.8.8", "ports": [53], "hostnames": [], "tags": [], "vulns": [], "cpes": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 the name is not ours
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Counted]:
    with Counted() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def checking(server: Counted, quota_url: str = "") -> "subprocess.Popen[bytes]":
    """One process that asks about six addresses, with four requests a minute for all."""
    name = "IOCLIB_SOURCES__SHODAN_INTERNETDB"
    settings = {f"{name}__BASE_URL": f"http://127.0.0.1:{server.server_port}", f"{name}__LIMITS": "4/minute"}
    if quota_url:
        settings["IOCLIB_QUOTA_URL"] = quota_url
    command = ["-m", "ioclib", "check", *ADDRESSES, "--source", "shodan_internetdb", "--no-cache", "--quiet"]
    return subprocess.Popen([sys.executable, *command], env={**os.environ, **settings})


@pytest.mark.slow
@pytest.mark.parametrize("shared", ["file", "redis"])
def test_four_processes_send_four_requests(server: Counted, shared: str, redis_url: str) -> None:
    processes = [checking(server, redis_url if shared == "redis" else "") for _ in range(4)]
    for process in processes:
        assert process.wait(60) == 0
    assert len(server.paths) == 4


@pytest.mark.slow
def test_killed_in_the_middle_and_begun_again_they_send_no_more(server: Counted, own_world: Path) -> None:
    processes = [checking(server) for _ in range(4)]
    end = time.monotonic() + 30
    while not server.paths and time.monotonic() < end:
        time.sleep(0.01)
    for process in processes:
        process.kill()
        process.wait()
    assert checking(server).wait(60) == 0
    assert 1 <= len(server.paths) <= 4
