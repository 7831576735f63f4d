"""No test sees this machine's keys, settings or caches, and none reaches beyond loopback."""

import ipaddress
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
import stamina
from hypothesis import Phase, settings

from ioclib.client import here
from tests.redis_server import redis_server

# For mutation testing: the same examples every time, and none made smaller
settings.register_profile("mutants", derandomize=True, phases=(Phase.explicit, Phase.generate))

_HOMES = itertools.count()


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    if event not in {"socket.connect", "socket.sendto"}:
        return
    address = arguments[1]
    if isinstance(address, tuple) and not ipaddress.ip_address(address[0]).is_loopback:
        raise AssertionError(f"a test tried to connect to {address}")


sys.addaudithook(_only_loopback)


@pytest.fixture(autouse=True)
def own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every test has an empty home, and no variable that ioclib reads."""
    home = (
        tmp_path_factory.getbasetemp() / f"home-{next(_HOMES)}"
    )  # a numbered folder is found by looking at all others
    home.mkdir()
    for name in list(os.environ):
        if name.startswith("IOCLIB_") or name.endswith(("_KEY", "_APIKEY", "_TOKEN")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr(here, "is_missing", lambda one: bool(one.package))  # to read a million entries takes seconds
    monkeypatch.setenv("IOCLIB_RESOLVER", "127.0.0.1:9")  # nobody answers there
    return home


@pytest.fixture(autouse=True)
def nothing_is_tried_again() -> Iterator[None]:
    """Except where a test is about just that: it calls ``stamina.set_testing(False)``."""
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


@pytest.fixture
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a turn, as one does at the sandbox too: for tests that are not about pace."""
    monkeypatch.setattr("ioclib.engine.gate.Gate.permit", AsyncMock(return_value=None))


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url
