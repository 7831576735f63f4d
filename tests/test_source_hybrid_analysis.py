"""What Hybrid Analysis is asked, and how its simulation refuses."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ioclib.indicators import URL, Authentihash, Domain, Imphash, IPv4, IPv6, Ssdeep
from ioclib.sandbox import hybrid_analysis as simulated
from ioclib.sandbox.twin import Call, Reply
from ioclib.sandbox.world import LOADER
from ioclib.sources import hybrid_analysis


@pytest.mark.parametrize(
    ("ioc", "field"),
    [
        (IPv4("203.0.113.9"), "host"),
        (IPv6("2001:db8::9"), "host"),
        (Domain("evil.example"), "domain"),
        (URL("http://evil.example/a?b=1&c=2"), "url"),
        (Imphash("ab" * 16), "imphash"),
        (Authentihash("ab" * 32), "authentihash"),
        (Ssdeep(Ssdeep.examples[0]), "ssdeep"),
    ],
)
def test_what_is_searched_for_goes_into_a_form(ioc: Any, field: str) -> None:
    (asked,) = next(hybrid_analysis.lookup(ioc))
    assert asked.request.content_type == "application/x-www-form-urlencoded"
    assert parse_qsl(asked.request.body.decode(), strict_parsing=True) == [(field, str(ioc))]


def reply(method: str, path: str, body: bytes = b"", query: tuple[tuple[str, str], ...] = (), **headers: str) -> Reply:
    named = {
        "api-key": simulated.KEY,
        "user-agent": "Falcon Sandbox",
        **{k.replace("_", "-"): headers[k] for k in headers},
    }
    return simulated.TWIN.answer(Call(method=method, path=f"/api/v2{path}", query=query, headers=named, body=body))


def test_the_simulation_refuses_other_clients_and_keys() -> None:
    assert b"API key" not in reply("GET", "/key/current", user_agent="curl/8").body
    assert b"API key" in reply("GET", "/key/current", api_key="nobody's").body
    assert reply("GET", "/key/current").status == 200
    spent = reply("GET", "/key/current", api_key=simulated.SPENT_KEY)
    assert (spent.status, json.loads(spent.headers["Api-Limits"])["limit_reached"]) == (429, True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/search/hash", 400),  # without a hash
        ("POST", "/search/hash", 405),  # as it was until 2025
        ("GET", f"/overview/{LOADER.sha256}", 200),
        ("GET", f"/overview/{LOADER.sha256}/summary", 200),
        ("GET", f"/overview/{LOADER.md5}", 404),
        ("GET", "/nothing", 404),
    ],
)
def test_the_simulation_has_these_routes(method: str, path: str, status: int) -> None:
    assert reply(method, path).status == status


def test_the_simulation_reads_no_json_and_joins_terms_by_and() -> None:
    json_body = reply("POST", "/search/terms", b'{"host":"203.0.113.66"}', content_type="application/json")
    assert json_body.status == 400
    form = "application/x-www-form-urlencoded"
    both = reply("POST", "/search/terms", b"host=203.0.113.66&filename=invoice_8841.exe", content_type=form)
    neither = reply("POST", "/search/terms", b"host=203.0.113.66&tag=x", content_type=form)
    assert [json.loads(one.body)["count"] for one in (both, neither)] == [1, 0]
