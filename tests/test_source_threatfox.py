"""What ThreatFox is asked, and how its simulation refuses."""

import json
from typing import Any

import pytest

from ioclib.indicators import URL, Domain, IPv4, IPv6, Md5, Sha1, Sha256
from ioclib.sandbox import threatfox as simulated
from ioclib.sandbox.twin import Call
from ioclib.sandbox.world import ABUSECH_KEY, ABUSECH_SPENT_KEY, LOADER
from ioclib.sources import threatfox

EXACT, INEXACT = {"query": "search_ioc", "exact_match": True}, {"query": "search_ioc", "exact_match": False}


@pytest.mark.parametrize(
    ("ioc", "asked"),
    [
        (IPv4("203.0.113.9"), [INEXACT | {"search_term": "203.0.113.9"}]),  # held with a port
        (IPv6("2001:db8::9"), [INEXACT | {"search_term": "2001:db8::9"}]),
        (Domain("evil.example"), [EXACT | {"search_term": "evil.example"}]),
        (URL("http://evil.example/a/"), [EXACT | {"search_term": "http://evil.example/a/"}]),
        (
            URL("http://evil.example"),  # held with or without a slash
            [EXACT | {"search_term": "http://evil.example/"}, EXACT | {"search_term": "http://evil.example"}],
        ),
        (Sha1("ab" * 20), [EXACT | {"search_term": "ab" * 20}]),
        (Md5("ab" * 16), [EXACT | {"search_term": "ab" * 16}, {"query": "search_hash", "hash": "ab" * 16}]),
        (Sha256("ab" * 32), [EXACT | {"search_term": "ab" * 32}, {"query": "search_hash", "hash": "ab" * 32}]),
    ],
)
def test_what_is_asked(ioc: Any, asked: list[dict[str, object]]) -> None:
    requests = threatfox.requests(ioc)
    assert [json.loads(request.body) for request in requests] == asked
    assert {request.url(threatfox.SOURCE.base) for request in requests} == {"https://threatfox-api.abuse.ch/api/v1/"}


def reply(body: object, path: str = "/api/v1/", key: str = ABUSECH_KEY, method: str = "POST") -> tuple[int, Any]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    answered = simulated.TWIN.answer(Call(method=method, path=path, headers={"auth-key": key}, body=sent))
    return answered.status, json.loads(answered.body) if answered.body.startswith(b"{") else {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"query=search_ioc&search_term=evil.example", "no_json"),
        ([], "no_json"),
        ({"query": "search_ioc"}, "illegal_search_term"),
        ({"query": "search_ioc", "search_term": "ab"}, "illegal_search_term"),
        ({"query": "search_ioc", "search_term": "203.0.113.66", "exact_match": True}, "no_result"),
        ({"query": "search_ioc", "search_term": "3.0.113.66:4"}, "ok"),  # a part of a word
        ({"query": "search_hash", "hash": LOADER.sha1}, "illegl_hash"),
        ({"query": "search_hash", "hash": LOADER.md5}, "ok"),
        ({"query": "ioc", "id": 1}, "no_result"),
        ({"query": "submit_ioc"}, "unknown_operation"),
    ],
)
def test_the_simulation_says_so_with_200(body: object, status: str) -> None:
    code, document = reply(body)
    assert (code, document["query_status"]) == (200, status)


def test_the_simulation_refuses_by_status() -> None:
    asked = {"query": "search_ioc", "search_term": "evil.example"}
    assert reply(asked, key="") == (401, {"error": "Unauthorized"})
    assert reply(asked, key="nobody's") == (403, {"query_status": "unknown_auth_key"})
    assert reply(asked, key=ABUSECH_SPENT_KEY) == (200, {"query_status": "rate_limited"})
    assert reply(asked, path="/api/v1")[0] == 301
    assert reply(asked, path="/v1/")[0] == 404
    assert reply(asked, method="GET")[0] == 405
