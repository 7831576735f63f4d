"""A service that does everything wrong: its lookup fails with the right word, in time, and nobody else notices."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import trustme

from ioclib import Client, registry
from ioclib.source import Absent
from tests.doubles import source
from tests.servers import (
    MIB,
    Behave,
    Server,
    bomb,
    drip_body,
    drip_headers,
    endless_body,
    endless_headers,
    hang,
    hang_after_headers,
    head,
    raw,
    reply,
    reset,
    short,
)

JSON = "Content-Type: application/json"
GZIP = "Content-Encoding: gzip"
GOOD = b'{"score": 80}'

CASES: dict[str, tuple[Behave, str]] = {
    "hangs": (hang, "timeout"),
    "hangs after its headers": (hang_after_headers, "timeout"),
    "drips its body": (drip_body, "timeout"),
    "drips its headers": (drip_headers, "timeout"),
    "never ends its headers": (endless_headers, "unreachable"),
    "huge headers": (raw(head("X-Huge: " + "y" * 10 * MIB)), "unreachable"),
    "never ends its body": (endless_body, "unexpected_answer"),
    "resets": (reset, "unreachable"),
    "announces more than it sends": (short(GOOD, JSON), "unreachable"),
    "no HTTP": (raw(b"220 mail.example ESMTP\r\n\r\n", end=True), "unreachable"),
    "10 GB in 10 MB": (reply(bomb(1024 * MIB), GZIP), "unexpected_answer"),
    "compressed twice": (reply(gzip.compress(gzip.compress(GOOD)), GZIP), "unexpected_answer"),
    "not compressed as it says": (reply(GOOD, GZIP), "unexpected_answer"),
    "redirects for ever": (reply(b"", "Location: /hostile/check/8.8.8.8", status="302 Found"), "unexpected_answer"),
    "invalid JSON": (reply(b'{"score": 80', JSON), "unexpected_answer"),
    "JSON 2,000 levels deep": (
        reply(b'{"score": 80, "x": ' + b"[" * 2000 + b"]" * 2000 + b"}", JSON),
        "unexpected_answer",
    ),
    "control characters": (reply(b'{"score": 80, "note": "\x1b[2J"}', JSON), "unexpected_answer"),
    "HTML instead of JSON": (reply(b"<html>Sign in</html>", "Content-Type: text/html"), "unexpected_answer"),
    "200 with an error inside": (reply(b'{"error": "internal error"}', JSON), "unexpected_answer"),
    "nothing at all": (reply(b"", JSON), "unexpected_answer"),
}


@pytest.fixture(params=["httpx2", "aiohttp"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[trustme.CA]:
    """One of the HTTP clients, and an authority that it trusts."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("IOCLIB_CA_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("IOCLIB_TRANSPORT", request.param)
    yield ca


@pytest.mark.parametrize("case", CASES)
async def test_what_a_service_does_wrong(case: str, world: trustme.CA) -> None:
    behave, kind = CASES[case]
    async with Server(world.issue_cert("localhost")) as server:
        server.behaviours["/hostile/check/8.8.8.8"] = behave
        server.behaviours["/good/check/8.8.8.8"] = reply(GOOD, JSON)
        patience = {"good": 10, "hostile": 0.7 if kind == "timeout" else 10}
        known = {
            name: source(name, key=None, base=f"{server.address}/{name}", timeout=seconds, absent=Absent.never)
            for name, seconds in patience.items()
        }
        with patch.object(registry, "all_sources", lambda: known):
            async with Client(cache=False) as client:
                began = time.monotonic()
                report = await client.lookup("8.8.8.8")
                assert time.monotonic() - began < 5
    answers = {answer.source: answer for answer in report.answers}
    assert answers["good"].outcome == "found"
    assert answers["good"].elapsed <= answers["hostile"].elapsed or kind != "timeout"
    assert answers["hostile"].outcome == "failed"
    assert answers["hostile"].error
    assert answers["hostile"].error.kind == kind, answers["hostile"].error.message
