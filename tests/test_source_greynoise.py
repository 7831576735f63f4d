"""GreyNoise: many addresses in one request."""

from collections import Counter

import pytest

from ioclib import sandbox
from ioclib.client import Client
from ioclib.sandbox import SandboxTransport
from ioclib.wire import WireRequest, WireResponse


async def test_addresses_are_asked_about_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()

    class Counting(SandboxTransport):
        async def fetch(self, request: WireRequest) -> WireResponse:
            asked[request.method] += 1
            return await super().fetch(request)

    monkeypatch.setattr(sandbox, "SandboxTransport", Counting)
    texts = ["203.0.113.66", "198.51.100.140", "192.0.2.53", "203.0.113.200"]
    async with Client(sandbox=True, sources=["greynoise"], cache=False) as client:
        report = await client.lookup(*texts)
    verdicts = [one.answers[0].verdict or one.answers[0].outcome for one in report.indicators]
    assert verdicts == ["malicious", "benign", "benign", "not_found"]
    assert asked == {"POST": 1}
