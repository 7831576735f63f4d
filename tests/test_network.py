"""Proxies and certificates: what can be set, and a real proxy on loopback, on each client library."""

import base64
import itertools
import os
from collections.abc import AsyncIterator
from importlib import util
from pathlib import Path
from typing import Any, get_args

import pytest
import trustme

from ioclib import Client, ConfigurationError, config
from ioclib import transport as room
from ioclib.errors import SourceError
from ioclib.transport import Network, make_transport
from ioclib.transport.on_aiohttp import AiohttpTransport
from ioclib.transport.on_httpx2 import Httpx2Transport
from ioclib.wire import Library, Transport, WireRequest
from tests.servers import Proxy, Server, raw, reply

PASSWORD = "pass:wörd/0123456789"
USER = f"analyst:{PASSWORD}"
IN_URL = "analyst:pass%3Aw%C3%B6rd%2F0123456789@"
LIBRARIES: list[Any] = [one for one in get_args(Library) if one != "auto"]

library = pytest.mark.parametrize("library", LIBRARIES)


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return path


@pytest.fixture
async def server(ca: trustme.CA) -> AsyncIterator[Server]:
    async with Server(ca.issue_cert("intel.example", "gateway.example")) as server:
        server.behaviours["/x"] = reply(b"ok")
        yield server


@pytest.fixture
async def plain() -> AsyncIterator[Server]:
    async with Server() as server:
        server.behaviours["/x"] = reply(b"ok")
        yield server


async def body(transport: Transport, url: str) -> bytes:
    headers = {"X-Key": "k"}
    try:
        request = WireRequest(source="one", method="GET", url=url, headers=headers, max_bytes=100)
        return (await transport.fetch(request)).body
    finally:
        await transport.aclose()


async def problem(transport: Transport, url: str) -> tuple[str, str]:
    with pytest.raises(SourceError) as caught:
        await body(transport, url)
    assert caught.value.__context__ is None
    return str(caught.value.kind), caught.value.message


@library
async def test_through_a_tunnel(library: Library, server: Server, ca_file: Path) -> None:
    async with Proxy(server.port) as proxy:
        network = Network({"https": f"http://{proxy.host}"}, ca_file)
        assert await body(make_transport(library, network), "https://intel.example/x") == b"ok"
    assert proxy.targets == ["CONNECT intel.example:443"]
    assert b"X-Key" not in proxy.heads[0]
    assert b"X-Key: k" in server.heads[0]


@library
async def test_a_tunnel_with_a_password(library: Library, server: Server, ca_file: Path) -> None:
    async with Proxy(server.port, user=USER) as proxy:
        network = Network({"all": f"http://{IN_URL}{proxy.host}"}, ca_file)
        assert PASSWORD not in repr(network)
        assert "analyst" not in repr(network)
        assert await body(make_transport(library, network), "https://intel.example/x") == b"ok"
    assert b"Proxy-Authorization" not in server.heads[0]


@library
async def test_plain_http_with_a_password(library: Library, plain: Server) -> None:
    async with Proxy(plain.port, user=USER) as proxy:
        network = Network({"http": f"http://{IN_URL}{proxy.host}"})
        assert await body(make_transport(library, network), "http://intel.example/x?a=%2F") == b"ok"
    assert proxy.targets == ["GET http://intel.example/x?a=%2F"]
    assert b"X-Key: k" in plain.heads[0]


@library
@pytest.mark.parametrize("user", ["", "analyst:wrong@"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_wants_another_password(
    library: Library, server: Server, ca_file: Path, user: str, scheme: str
) -> None:
    async with Proxy(server.port, user=USER) as proxy:
        network = Network({"all": f"http://{user}{proxy.host}"}, ca_file)
        kind, message = await problem(make_transport(library, network), f"{scheme}://intel.example/x")
    assert kind == "unreachable"
    assert message.startswith("the proxy wants a user name and a password")
    assert "wrong" not in message
    assert not server.heads


@library
@pytest.mark.parametrize("status", ["502 Bad Gateway", "403 No", "503"])
async def test_a_proxy_that_refuses(library: Library, server: Server, ca_file: Path, status: str) -> None:
    async with Proxy(server.port, refuse=status) as proxy:
        network = Network({"https": f"http://{proxy.host}"}, ca_file)
        told = await problem(make_transport(library, network), "https://intel.example/x")
    assert told == ("unreachable", f"the proxy lets nothing through to the service ({status[:3]})")


@library
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there(library: Library, ca_file: Path, scheme: str) -> None:
    network = Network({"all": "http://analyst:secret@127.0.0.1:1"}, ca_file)
    told = await problem(make_transport(library, network), f"{scheme}://intel.example/x")
    assert told == ("unreachable", "no connection to the proxy")


@library
async def test_the_certificate_behind_a_proxy_is_checked(library: Library, server: Server, ca_file: Path) -> None:
    async with Proxy(server.port) as proxy:
        for file, host in ((None, "intel.example"), (ca_file, "elsewhere.example")):
            network = Network({"https": f"http://{proxy.host}"}, file)
            told = await problem(make_transport(library, network), f"https://{host}/x")
            assert told == ("unreachable", "no secure connection")
    assert not server.heads


@library
async def test_a_tunnel_is_used_again(library: Library, server: Server, ca_file: Path) -> None:
    async with Proxy(server.port) as proxy:
        transport = make_transport(library, Network({"https": f"http://{proxy.host}"}, ca_file))
        for _ in range(3):
            request = WireRequest(source="x", method="GET", url="https://intel.example/x", headers={}, max_bytes=9)
            await transport.fetch(request)
        await transport.aclose()
    assert len(proxy.heads) == 1


@library
async def test_this_machine_is_reached_without_a_proxy(library: Library, plain: Server) -> None:
    network = Network({"all": "http://127.0.0.1:1"})
    assert await body(make_transport(library, network), f"http://localhost:{plain.port}/x") == b"ok"
    assert await body(make_transport(library, network), f"http://127.0.0.1:{plain.port}/x") == b"ok"


@pytest.mark.parametrize(
    ("listed", "host", "taken"),
    [
        ("", "intel.example", True),
        ("intel.example", "intel.example", False),
        ("INTEL.example", "Intel.Example", False),
        ("intel.example", "api.intel.example", False),
        (".intel.example", "api.intel.example", False),
        ("*.intel.example", "api.intel.example", False),
        ("intel.example", "notintel.example", True),
        ("example.org, intel.example ,", "intel.example", False),
        ("*", "intel.example", False),
        ("intel.example:8443", "intel.example:8443", False),
        ("intel.example:8443", "intel.example", True),
        ("10.0.0.0/8", "10.1.2.3", False),
        ("10.0.0.0/8", "11.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:8080", False),
        ("2001:db8::/32", "[2001:db8::7]:443", False),
        (" , ", "intel.example", True),
    ],
)
def test_no_proxy(listed: str, host: str, taken: bool) -> None:
    network = Network({"https": "http://proxy.example:8080", "no": listed})
    assert (network.proxy_for(f"https://{host}/x?y=z") is not None) is taken


def test_each_scheme_takes_its_own_proxy() -> None:
    network = Network({"http": "http://one.example:1", "all": "http://two.example:2"})
    found = [network.proxy_for(f"{scheme}://intel.example/") for scheme in ("http", "https")]
    assert [one and one.address for one in found] == ["http://one.example:1", "http://two.example:2"]
    assert Network({"http": "http://one.example:1"}).proxy_for("https://intel.example/") is None
    assert Network().proxy_for("https://intel.example/") is None


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir")
    for name in itertools.chain(names, map(str.upper, names)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.touch(0o600)
    monkeypatch.setenv("IOCLIB_CONFIG", str(path))
    return path


def test_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{IN_URL}proxy.example:8080")
    monkeypatch.setenv("http_proxy", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "intern.example")
    settings = config.load(())
    assert settings.proxies == {
        "https": f"http://{IN_URL}proxy.example:8080",
        "http": "http://proxy.example:3128",
        "no": "intern.example",
    }
    assert "pass%3A" not in repr(settings)
    basic = base64.b64encode(USER.encode()).decode()
    assert set(settings.secrets()) == {PASSWORD, "pass%3Aw%C3%B6rd%2F0123456789", basic}


def test_what_is_set_wins_over_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://never.looked.at")
    monkeypatch.setenv("NO_PROXY", "intern.example")
    file.write_text("proxy = 'http://file.example:1'")
    assert config.load(()).proxies == {"all": "http://file.example:1", "no": "intern.example"}
    monkeypatch.setenv("IOCLIB_PROXY", "variable.example:2")
    assert config.load(()).proxies == {"all": "http://variable.example:2", "no": "intern.example"}
    monkeypatch.setenv("IOCLIB_PROXY", "none")
    assert config.load(()).proxies == {}


@pytest.mark.parametrize(
    "value",
    [
        "socks5://user:hush@proxy.example:1080",
        "https://user:hush@proxy.example",
        "http://user:hush@",
        "http://user:hush@proxy.example:port",
        "http://user:hush@proxy.example/path",
        "http://user:hush@proxy.example/?x",
        "http://user:hush@proxy.example:80\r\nX: y",
        "http://user:hush@[proxy",
        "http://user:hu sh@proxy.example",
    ],
)
@pytest.mark.parametrize("place", ["HTTPS_PROXY", "ALL_PROXY", "IOCLIB_PROXY", "file"])
def test_a_proxy_that_cannot_be_used(file: Path, monkeypatch: pytest.MonkeyPatch, value: str, place: str) -> None:
    if place == "file":
        file.write_text(f"proxy = {value!r}".replace("'", '"'))
    else:
        monkeypatch.setenv(place, value)
    with pytest.raises(ConfigurationError) as caught:
        config.load(())
    assert str(caught.value).startswith(f"proxy in {file}" if place == "file" else place)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_trust_and_transport(file: Path, monkeypatch: pytest.MonkeyPatch, ca_file: Path) -> None:
    settings = config.load(())
    assert (settings.transport, settings.trust, settings.ca_file) == ("auto", "system", None)
    file.write_text(f"transport = 'aiohttp'\ntrust = 'bundled'\nca_file = '{ca_file}'")
    settings = config.load(())
    assert (settings.transport, settings.trust, settings.ca_file) == ("aiohttp", "bundled", ca_file)
    monkeypatch.setenv("IOCLIB_TRANSPORT", "httpx2")
    monkeypatch.setenv("IOCLIB_TRUST", "system")
    monkeypatch.setenv("IOCLIB_CA_FILE", "~/ca.pem")
    (Path(os.environ["HOME"]) / "ca.pem").write_bytes(ca_file.read_bytes())
    settings = config.load(())
    assert (settings.transport, settings.trust) == ("httpx2", "system")
    assert settings.ca_file == Path(os.environ["HOME"]) / "ca.pem"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("trust", "everyone", "is 'everyone': it is one of system, bundled"),
        ("transport", "requests", "is 'requests': it is one of auto, httpx2, aiohttp"),
        ("ca_file", "/does/not/exist.pem", ": /does/not/exist.pem cannot be read"),
        ("ca_file", __file__, f": {__file__} holds no certificate in PEM form"),
    ],
)
def test_wrong_values(file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    file.write_text(f"{name} = '{value}'")
    with pytest.raises(ConfigurationError) as caught:
        config.load(())
    assert str(caught.value) == f"{name} in {file}{'' if says[0] == ':' else ' '}{says}"
    file.write_text("")
    monkeypatch.setenv(f"IOCLIB_{name.upper()}", value)
    with pytest.raises(ConfigurationError, match=f"^IOCLIB_{name.upper()}"):
        config.load(())


def test_the_file_that_openssl_is_told_to_take(monkeypatch: pytest.MonkeyPatch, ca_file: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    assert config.load(()).ca_file is None
    monkeypatch.setenv("SSL_CERT_FILE", "/does/not/exist.pem")
    with pytest.raises(ConfigurationError, match=r"SSL_CERT_FILE: /does/not/exist.pem cannot be read"):
        config.load(())


def test_which_library_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(library: Library, *, bulk: bool = False) -> type:
        return type(room.make_http(library, Network(), bulk=bulk))

    assert taken("auto") is taken("httpx2") is taken("httpx2", bulk=True) is Httpx2Transport
    assert taken("aiohttp") is taken("auto", bulk=True) is AiohttpTransport
    monkeypatch.setattr(
        room, "find_spec", lambda name: None if name in {"aiohttp", "certifi"} else util.find_spec(name)
    )
    assert taken("auto", bulk=True) is Httpx2Transport
    with pytest.raises(ConfigurationError, match=r"pip install 'ioclib\[fast\]'"):
        taken("aiohttp")
    with pytest.raises(ConfigurationError, match=r"pip install 'ioclib\[roots\]'"):
        make_transport("auto", Network(trust="bundled"))


@library
async def test_a_lookup_through_a_proxy_repeats_no_password(
    library: Library, server: Server, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    basic = base64.b64encode(USER.encode()).decode()
    echo = f'{{"status": "{IN_URL} {PASSWORD} {basic}"}}'.encode()
    answer = b"HTTP/1.1 400 No\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(echo), echo)
    server.behaviours["/ipquery/8.8.8.8"] = raw(answer)
    async with Proxy(server.port, user=USER) as proxy:
        monkeypatch.setenv("IOCLIB_SOURCES__ROBTEX__BASE_URL", "https://gateway.example")
        monkeypatch.setenv("IOCLIB_PROXY", f"http://{IN_URL}{proxy.host}")
        monkeypatch.setenv("IOCLIB_CA_FILE", str(ca_file))
        monkeypatch.setenv("IOCLIB_TRANSPORT", library)
        async with Client(sources=["robtex"]) as client:
            report = await client.lookup("8.8.8.8")
    assert proxy.targets == ["CONNECT gateway.example:443"]
    assert server.heads
    told = str(report.to_dict())
    assert "bad_request" in told
    for secret in (PASSWORD, IN_URL.split(":")[1].removesuffix("@"), basic):
        assert secret not in told
