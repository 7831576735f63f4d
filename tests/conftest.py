"""No test sees this machine's keys, settings or caches, and none reaches beyond loopback."""

import ipaddress
import os
import sys
from pathlib import Path

import pytest


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not ipaddress.ip_address(address[0]).is_loopback:
        raise AssertionError(f"a test tried to connect to {address}")


sys.addaudithook(_only_loopback)


@pytest.fixture(autouse=True)
def own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every test has an empty home, and no variable that ioclib reads."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith("IOCLIB_") or name.endswith(("_KEY", "_APIKEY", "_TOKEN")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("COLUMNS", "140")
    return home
