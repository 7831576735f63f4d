"""What ANY.RUN's TI Lookup is asked."""

import json
from typing import Any

import pytest

from ioclib.indicators import URL, Domain, IPv4, Sha1
from ioclib.sandbox import anyrun as simulated
from ioclib.sandbox.twin import Call
from ioclib.sources import anyrun

LINK = URL('http://evil.example/a"b\\c')


@pytest.mark.parametrize(
    ("ioc", "query"),
    [
        (IPv4("203.0.113.9"), 'destinationIP:"203.0.113.9"'),
        (Domain("evil.example"), 'domainName:"evil.example"'),
        (Sha1("ab" * 20), f'sha1:"{"ab" * 20}"'),
        (LINK, r'url:"http://evil.example/a\"b\\c"'),
    ],
)
def test_what_is_asked_is_one_quoted_term(ioc: Any, query: str) -> None:
    (asked,) = next(anyrun.lookup(ioc))
    assert json.loads(asked.request.body) == {"query": query}
    assert simulated.QUERY.fullmatch(query)


@pytest.mark.parametrize(
    ("key", "body", "status"),
    [
        (f"API-KEY {simulated.KEY}", {"query": 'url:"http://evil.example/"'}, 200),
        (f"API-KEY {simulated.KEY}", {"query": "url:http://evil.example/"}, 400),
        (f"API-KEY {simulated.KEY}", {"query": 'host:"evil.example"'}, 400),
        (f"API-KEY {simulated.KEY}", [], 400),
        (simulated.KEY, {"query": 'url:"http://evil.example/"'}, 401),
        (f"API-KEY {simulated.SPENT_KEY}", {"query": 'url:"http://evil.example/"'}, 429),
    ],
)
def test_the_simulation_refuses(key: str, body: object, status: int) -> None:
    headers = {"authorization": key, "content-type": "application/json"}
    path = "/v1/intelligence/api/search"
    sent = Call(method="POST", path=path, headers=headers, body=json.dumps(body).encode())
    assert simulated.TWIN.answer(sent).status == status
