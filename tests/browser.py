"""Debian's Chromium without a window, spoken to over its DevTools pipe; nothing that a page asks for leaves it."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

_FLAGS = (
    "--headless",
    "--no-sandbox",  # root may not have one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--remote-debugging-pipe",
)


@dataclass
class Tab:
    """One page in a browser.

    Attributes:
        events: what the browser told of its own accord: what was logged, what was asked for.
        tried: the first line of each request that reached the proxy, behind which there is nothing.
    """

    _to: int
    _from: int
    tried: list[str]
    events: list[dict[str, Any]] = field(default_factory=list)
    _session: str | None = None
    _number: int = 0
    _buffer: bytes = b""

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command, and what came of it."""
        self._number += 1
        told: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            told["sessionId"] = self._session
        os.write(self._to, json.dumps(told).encode() + b"\0")
        while True:
            message = self._receive()
            if message.get("id") == self._number:
                assert "error" not in message, message["error"]
                return dict(message["result"])
            self.events.append(message)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            piece = os.read(self._from, 1 << 20)
            assert piece, "the browser is gone"
            self._buffer += piece
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))

    def attach(self) -> None:
        """Open an empty page, and listen to what it logs and asks for."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def open(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Show a file, and wait until it is loaded."""
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media="", features=[scheme])
        self.events.clear()
        self.send("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._receive())

    def run(self, script: str) -> Any:
        """The value of an expression in the page, which no policy of the page forbids."""
        result = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """One key, as from the keyboard."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def picture(self, *, whole: bool = False) -> bytes:
        """What is seen, as PNG."""
        return b64decode(self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"])

    def paper(self) -> bytes:
        """What is printed, as PDF."""
        made = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return b64decode(made["data"])

    @property
    def logged(self) -> list[str]:
        """What stands on the console."""
        entries = [event["params"] for event in self.events if event.get("method") == "Log.entryAdded"]
        thrown = [event["params"] for event in self.events if event.get("method") == "Runtime.exceptionThrown"]
        called = [event["params"] for event in self.events if event.get("method") == "Runtime.consoleAPICalled"]
        return [one["entry"]["text"] for one in entries] + [json.dumps(one) for one in (*thrown, *called)]

    @property
    def asked_for(self) -> list[str]:
        """Every address that the page wanted something from."""
        sent = [event["params"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [one["request"]["url"] for one in sent]


@contextmanager
def browser(home: Path) -> Iterator[Tab]:
    """A browser of which everything that leaves it ends in a proxy that writes it down.

    Args:
        home: a directory for its profile.
    """
    assert CHROMIUM
    (down, to), (back, up) = os.pipe(), os.pipe()
    down, up = (_moved(one) for one in (down, up))
    with _proxy() as (port, tried):
        arguments = [CHROMIUM, *_FLAGS, f"--user-data-dir={home}", f"--proxy-server=127.0.0.1:{port}", "about:blank"]
        # it listens on the descriptor 3 and speaks on 4
        shell = ["bash", "-c", f'exec "$@" 3<&{down} 4>&{up}', "bash", *arguments]
        with subprocess.Popen(
            shell, pass_fds=(down, up), env=_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            os.close(down)
            os.close(up)
            tab = Tab(to, back, tried)
            try:
                tab.attach()
                yield tab
            finally:
                process.terminate()
                process.wait(20)
                os.close(to)
                os.close(back)


def _moved(descriptor: int) -> int:
    """The same descriptor, out of the way of 3 and 4."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10)
    os.close(descriptor)
    return moved


def _environment(home: Path) -> Mapping[str, str]:
    return {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}


@contextmanager
def _proxy() -> Iterator[tuple[int, list[str]]]:
    tried: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(2)
                    try:
                        tried.append(connection.recv(1_000).partition(b"\r\n")[0].decode("latin-1"))
                    except OSError:
                        continue

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1], tried
        finally:
            server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
