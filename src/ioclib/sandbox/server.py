"""The sandbox as an HTTP server on this machine: every twin below its name, the rest of the path as the vendor has it.

``http://127.0.0.1:PORT/virustotal/api/v3/files/...`` is what ``https://www.virustotal.com/api/v3/files/...`` would be.
For whatever can be told another base address: a config of ioclib, the vendors' own clients, curl.
"""

import logging
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Self, cast

from ioclib.errors import ConfigurationError
from ioclib.sandbox import arrived, twins
from ioclib.sandbox.faults import Faults, Trouble
from ioclib.sandbox.twin import Reply

LOOPBACK = "127.0.0.1"
MAX_BODY = 2**20  # no lookup of any provider comes near
IDLE = 60  # seconds until a silent connection is closed

_LOG = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())


class SandboxServer:
    """Serves all twins on loopback while it is entered as a context.

    Args:
        port: 0 takes a free one.
        faults: what the services do wrong.

    Raises:
        ConfigurationError: the port is taken.
    """

    def __init__(self, port: int = 0, faults: Faults | None = None) -> None:
        try:
            self._http = _Server((LOOPBACK, port), _Handler)
            self._http.trouble = Trouble(faults or Faults())
        except OSError as error:
            raise ConfigurationError(f"The sandbox cannot listen on {LOOPBACK}:{port}: {error.strerror}.") from None
        self._thread = Thread(target=self._http.serve_forever, name="ioclib-sandbox", daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, e.g. ``http://127.0.0.1:8080``."""
        return f"http://{LOOPBACK}:{self._http.server_port}"

    def base_urls(self) -> dict[str, str]:
        """The address that stands for ``https://HOST`` of each twin's service."""
        return {twin.name: f"{self.address}/{twin.name}" for twin in twins()}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    trouble: Trouble
    daemon_threads = True  # an idle client does not keep the process alive

    def handle_error(self, request: object, client_address: object) -> None:
        """Goes to the log, where the base class would print."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            _LOG.exception("The sandbox failed to answer %s on %s", client_address, request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "ioclib-sandbox"
    sys_version = ""
    timeout = IDLE
    wbufsize = -1  # header and body leave together: no 40 ms between them
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        try:
            length = int(self.headers.get("content-length", "0"))
        except ValueError:
            length = -1
        if "transfer-encoding" in self.headers or length < 0:
            return self._refuse(411, "A body needs its Content-Length.")
        if length > MAX_BODY:
            return self._refuse(413, f"A body may have {MAX_BODY} bytes.")
        return self._send(self._reply(self.rfile.read(length)))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _reply(self, body: bytes) -> Reply:
        target, _, query = self.path.partition("?")
        name, slash, rest = target.removeprefix("/").partition("/")
        if not name:
            return self._index()
        twin = next((twin for twin in twins() if twin.name == name), None)
        if twin is None:
            return Reply.json({"error": f"No simulated service is called {name}; GET / lists them."}, 404)
        trouble = cast("_Server", self.server).trouble
        sleep(trouble.delay(twin))
        method = "GET" if self.command == "HEAD" else self.command
        reply = twin.answer(arrived(method, slash + rest, query, dict(self.headers), body))
        return trouble.spoiled(twin, reply)

    def _index(self) -> Reply:
        address = f"http://{LOOPBACK}:{self.connection.getsockname()[1]}"
        listed = [{"name": one.name, "hosts": one.hosts, "address": f"{address}/{one.name}"} for one in twins()]
        return Reply.json({"sandbox": "Simulated providers; nothing here is real.", "twins": listed})

    def _refuse(self, status: int, message: str) -> None:
        self.close_connection = True  # the body is not read, so what follows is no request
        self._send(Reply.json({"error": message}, status))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Goes to the log, where the base class would print."""
        _LOG.debug(format, *args)
