"""Plays recorded answers to a source, without a network: what the conformance tests stand on.

A sample is a JSON file ``tests/samples/NAME/CASE.json``::

    {"ask": "203.0.113.9",
     "answers": [{"status": 200, "headers": {}, "body": {…}}],   # one a request, in the order they are sent;
                                                                 # "body" JSON, "text" text, "base64" bytes
     "expect": {"outcome": "found", "verdict": "malicious", "summary": "…", "error": null, …}}

What ``expect`` leaves out is not compared; times are written as ``2026-09-14T07:42:11+00:00``, related indicators as
``resolves-to 203.0.113.9``.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ioclib.answers import Failed, Found, NotFound, Outcome
from ioclib.engine.conversation import Conversing, converse
from ioclib.extract import detect
from ioclib.indicators import Indicator
from ioclib.source import ListSource, Request
from ioclib.wire import WireResponse
from tests.doubles import Scripted, lane, told

SAMPLES = Path(__file__).parent / "samples"


class Recorded(msgspec.Struct, forbid_unknown_fields=True):
    status: int = 200
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw()
    text: str | None = None
    base64: str | None = None

    def response(self) -> WireResponse:
        if self.base64 is not None:
            return WireResponse(status=self.status, headers=self.headers, body=base64.b64decode(self.base64))
        if self.text is not None:
            headers = {"content-type": "text/plain", **self.headers}
            return WireResponse(status=self.status, headers=headers, body=self.text.encode())
        headers = {"content-type": "application/json", **self.headers}
        return WireResponse(status=self.status, headers=headers, body=bytes(self.body))


class Expected(msgspec.Struct, forbid_unknown_fields=True):
    outcome: str
    verdict: str | None = None
    summary: str | None = None
    tags: list[str] | None = None
    link: str | None = None
    family: str | None = None
    actor: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    asn: int | None = None
    country: str | None = None
    confidence: int | None = None
    related: list[str] | None = None
    references: list[str] | None = None
    error: str | None = None


class Sample(msgspec.Struct, forbid_unknown_fields=True):
    ask: str
    answers: list[Recorded]
    expect: Expected


def samples_of(name: str) -> Iterator[tuple[str, Sample]]:
    for path in sorted((SAMPLES / name).glob("*.json")):
        yield path.stem, msgspec.json.decode(path.read_bytes(), type=Sample)


@dataclass
class Replayed:
    outcome: Outcome
    requests: list[Request]

    def as_expected(self) -> dict[str, Any]:
        """What a sample's ``expect`` would say of it."""
        match self.outcome:
            case Found(finding=finding):
                return {
                    "outcome": "found",
                    "verdict": str(finding.verdict),
                    "summary": finding.summary,
                    "tags": list(finding.tags),
                    "link": finding.link,
                    "family": finding.family,
                    "actor": finding.actor,
                    "first_seen": finding.first_seen.isoformat() if finding.first_seen else None,
                    "last_seen": finding.last_seen.isoformat() if finding.last_seen else None,
                    "asn": finding.asn,
                    "country": finding.country,
                    "confidence": finding.confidence,
                    "related": [f"{one.relation} {one.ioc.value}" for one in finding.related],
                    "references": list(finding.references),
                }
            case NotFound():
                return {"outcome": "not_found"}
            case Failed(error=error):
                return {"outcome": "failed", "error": str(error.kind)}
            case _:
                return {"outcome": "skipped"}


async def replay(
    source: Conversing | ListSource[Any, Any], ioc: Indicator | str, responses: Sequence[WireResponse]
) -> Replayed:
    ioc = detect(ioc) if isinstance(ioc, str) else ioc
    if isinstance(source, ListSource):
        one = lane(source, Scripted(lambda _: responses[0]), secret=None)
        return Replayed(await one.lookup(ioc), [source.download])
    requests: list[Request] = []
    left = iter(responses)
    outcome = await converse(source, ioc.sendable(), told(source, lambda _: next(left), requests))
    assert not list(left), "the source did not ask for every answer of the sample"
    return Replayed(outcome, requests)
