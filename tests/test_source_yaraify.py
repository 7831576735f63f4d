"""What YARAify is asked, and what its simulation says."""

import json

import pytest

from ioclib.indicators import Hash, Imphash, Md5, Tlsh
from ioclib.sandbox import yaraify as simulated
from ioclib.sandbox.twin import Call
from ioclib.sandbox.world import ABUSECH_KEY, FILES, LOADER
from ioclib.sources import yaraify

TLSH = "8F31C0A47DB2E59613F8D04CB7A29E5510C3F68D47B1A02E9C5D3F7086E4B1A92D0C57"


@pytest.mark.parametrize(
    ("ioc", "asked"),
    [
        (Md5("ab" * 16), {"query": "lookup_hash", "search_term": "ab" * 16}),
        (Imphash("ab" * 16), {"query": "get_imphash", "search_term": "ab" * 16, "result_max": 100}),
        (Tlsh(TLSH), {"query": "get_tlsh", "search_term": f"T1{TLSH}", "result_max": 100}),
    ],
)
def test_what_is_asked(ioc: Hash | Imphash | Tlsh, asked: dict[str, object]) -> None:
    assert json.loads(yaraify.request(ioc).body) == asked


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": "lookup_hash", "search_term": LOADER.md5}, "ok"),
        ({"query": "lookup_hash", "search_term": "ab" * 16}, "no_results"),
        ({"query": "lookup_hash", "search_term": "ab"}, "illegal_search_term"),
        ({"query": "lookup_hash"}, "missing_search_term"),
        ({"query": "get_tlsh", "search_term": TLSH}, "illegal_search_term"),
        ({"query": "get_tlsh", "search_term": f"T1{TLSH}"}, "no_results"),
        ({"query": "scan_file"}, "unknown_query"),
        (None, "unknown_query"),
    ],
)
def test_the_simulation_says_so_with_200(body: object, status: str) -> None:
    sent = Call(method="POST", path="/api/v1/", headers={"auth-key": ABUSECH_KEY}, body=json.dumps(body).encode())
    answered = simulated.TWIN.answer(sent)
    assert (answered.status, json.loads(answered.body)["query_status"]) == (200, status)


def test_the_simulation_gives_no_more_than_it_is_asked_for() -> None:
    alike = [file for file in FILES if file.imphash == LOADER.imphash]
    assert len(alike) == 2
    body = {"query": "get_imphash", "search_term": LOADER.imphash, "result_max": 1}
    sent = Call(method="POST", path="/api/v1/", headers={"auth-key": ABUSECH_KEY}, body=json.dumps(body).encode())
    assert len(json.loads(simulated.TWIN.answer(sent).body)["data"]) == 1
