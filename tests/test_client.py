"""The front door, as people use it: in scripts, in a running loop, in a notebook."""

import asyncio
import json
import subprocess
import sys
import threading
from typing import Any

import pytest

import ioclib
from ioclib import (
    Client,
    Domain,
    Failed,
    Found,
    InvalidIndicator,
    IPv4,
    NotFound,
    Sha256,
    Skipped,
    lookup,
    stream,
)
from ioclib.errors import ConfigurationError
from ioclib.wire import WireRequest, WireResponse
from tests.doubles import Scripted, after, json_response

pytestmark = pytest.mark.usefixtures("unpaced")

C2 = "203.0.113.66"
UNLIMITED = ("doh_reverse", "otx", "shodan_internetdb", "tor")
"""Sources that are asked as often as one likes."""


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """The network, counted: whatever is asked, the service is down."""
    transport = Scripted(lambda _: json_response(b"{}", 503))
    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: transport)
    return transport


def test_lookup_in_a_script() -> None:
    report = lookup("203[.]0[.]113[.]66", sandbox=True)
    assert report.sandbox
    assert report.indicators[0].given == "203[.]0[.]113[.]66"
    assert {answer.verdict for answer in report.answers} >= {"malicious", "unknown"}
    assert json.loads(json.dumps(report.to_dict())) == report.to_dict()


async def test_lookup_in_a_running_loop() -> None:
    assert lookup(C2, sandbox=True).indicators[0].value == C2
    assert IPv4(C2).get_result(sandbox=True)["indicators"][0]["value"] == C2
    assert len(list(stream(C2, sandbox=True))) > 10


def test_get_result_of_every_type() -> None:
    for text in (C2, "2001:db8:66::66", "update-heron.example", "http://update-heron.example/gate.php"):
        ioc = ioclib.detect(text)
        result = ioc.get_result(sandbox=True)
        assert result["indicators"][0]["type"] == ioc.kind
        assert any(answer["outcome"] == "found" for answer in result["indicators"][0]["answers"])


def test_stream_hands_over_answers_one_by_one() -> None:
    answers = list(stream(C2, sandbox=True))
    assert {type(answer.outcome) for answer in answers} >= {Found, Skipped}
    assert len({answer.source.name for answer in answers}) == len(answers)


async def test_the_async_client() -> None:
    async with Client(sandbox=True) as one:
        report = await one.lookup(Domain("update-heron.example"))
        again = await one.lookup("update-heron.example", C2)
        answers = [answer async for answer in one.stream(C2)]
    assert [entry.type for entry in again.indicators] == ["domain", "ipv4"]
    assert report.indicators[0].answers
    assert any(isinstance(answer.outcome, NotFound) for answer in answers)


async def test_bulk_gives_a_report_for_each() -> None:
    texts = [f"203.0.113.{number}" for number in range(60, 80)]
    async with Client(sandbox=True, sources=UNLIMITED) as one:
        reports = [report async for report in one.bulk([*texts, "", "\n", texts[0]], window=4)]
    assert sorted(report.indicators[0].value for report in reports) == sorted([*texts, texts[0]])
    assert {len(report.answers) for report in reports} == {len(UNLIMITED)}


async def test_bulk_feeds_on_no_more_than_its_window() -> None:
    fed = 0

    def endless() -> Any:
        nonlocal fed
        while True:
            fed += 1
            yield f"203.0.113.{fed % 250 + 1}"

    async with Client(sandbox=True, sources=UNLIMITED) as one:
        reports = one.bulk(endless(), window=4)
        for _ in range(10):
            await anext(reports)
        await reports.aclose()
    assert fed <= 10 + 2 * 4


def test_stopping_a_stream_stops_its_thread() -> None:
    before = threading.active_count()
    answers = stream(C2, sandbox=True)
    next(answers)
    answers.close()
    assert threading.active_count() == before


def test_a_slow_source_arrives_last_and_the_others_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(sent: WireRequest) -> Any:
        return after(0.3, json_response(b"{}", 503)) if sent.source == "robtex" else json_response(b"{}", 503)

    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: Scripted(answer))
    names = [one.source.name for one in stream("8.8.8.8") if not isinstance(one.outcome, Skipped)]
    assert names[-1] == "robtex"


def test_the_deadline_turns_what_is_missing_into_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(sent: WireRequest) -> Any:
        return after(3600, json_response(b"{}")) if sent.source == "robtex" else json_response(b"{}", 503)

    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: Scripted(answer))
    answers = {one.source: one for one in lookup("8.8.8.8", timeout=0.2).answers}
    robtex = answers["robtex"].error
    assert robtex
    assert robtex.kind == "timeout"
    others = [one.error.kind for name, one in answers.items() if one.error and name != "robtex"]
    assert set(others) == {"server_error"}


@pytest.mark.parametrize(
    "text", ["10.0.0.1", "db.corp", "http://192.168.1.1/admin", "::ffff:10.1.1.1", "http://intranet/"]
)
def test_nothing_internal_leaves(text: str, counting: Scripted) -> None:
    report = lookup(text, active=True)
    assert counting.sent == []
    assert {answer.reason.kind for answer in report.answers if answer.reason} == {"internal"}
    assert all(answer.outcome == "skipped" for answer in report.answers)


def test_unless_it_is_asked_for(counting: Scripted) -> None:
    lookup("10.0.0.1", include_internal=True)
    assert counting.sent


def test_without_keys_a_newcomer_gets_answers(counting: Scripted) -> None:
    report = lookup("8.8.8.8")
    asked = {sent.source for sent in counting.sent}
    assert asked >= {"doh_reverse", "greynoise_community", "robtex", "shodan_internetdb", "tor", "urlscan"}
    skipped = {answer.source: answer.reason.kind for answer in report.answers if answer.reason}
    assert skipped["virustotal"] == "no_key"
    assert skipped["threatminer"] == "retired"


def test_the_target_is_not_touched_unless_allowed(monkeypatch: pytest.MonkeyPatch, counting: Scripted) -> None:
    monkeypatch.setenv("SCREENSHOTAPI_API_KEY", "some-key")
    lookup("https://example.com/")
    assert "screenshotapi" not in {sent.source for sent in counting.sent}
    lookup("https://example.com/", active=True)
    assert "screenshotapi" in {sent.source for sent in counting.sent}


def test_choosing_sources(counting: Scripted) -> None:
    report = lookup("8.8.8.8", sources=["robtex", "doh_reverse"])
    assert {answer.source for answer in report.answers} == {"robtex", "doh_reverse"}
    report = lookup("8.8.8.8", exclude=["robtex"])
    assert "robtex" not in {answer.source for answer in report.answers}


def test_a_base_address_replaces_every_request_of_its_source(
    monkeypatch: pytest.MonkeyPatch, counting: Scripted
) -> None:
    for name in ("DOH", "TOR", "ROBTEX"):
        monkeypatch.setenv(f"IOCLIB_SOURCES__{name}__BASE_URL", f"http://127.0.0.1:9/gateway/{name.lower()}/")
    lookup("8.8.8.8", "example.com", sources=["doh", "tor", "robtex"])
    assert counting.sent
    for sent in counting.sent:
        assert sent.url.startswith(f"http://127.0.0.1:9/gateway/{sent.source}")
        assert "//" not in sent.url.removeprefix("http://")


def test_only_prefixes_leave_for_safe_browsing(monkeypatch: pytest.MonkeyPatch, counting: Scripted) -> None:
    monkeypatch.setenv("GOOGLE_SAFE_BROWSING_API_KEY", "some-key")
    lookup("https://secret-host.example.com/secret/path?secret=1", sources=["google_safe_browsing"])
    (sent,) = counting.sent
    assert "secret" not in sent.url
    assert sent.body == b""


def test_not_an_indicator_is_told_before_anything_is_sent(counting: Scripted) -> None:
    for ask in (lookup, stream):
        with pytest.raises(InvalidIndicator):
            ask("8.8.8.8", "no indicator at all")
    assert not counting.sent


def test_the_sandbox_never_opens_the_network(counting: Scripted) -> None:
    lookup(
        C2,
        "update-heron.example",
        Sha256("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        sandbox=True,
    )
    assert not counting.sent


def test_many_threads_may_look_up_at_the_same_time() -> None:
    reports: list[Any] = []
    threads = [threading.Thread(target=lambda: reports.append(lookup(C2, sandbox=True))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({report.indicators[0].answers[0].summary for report in reports}) == 1
    assert len(reports) == 5


async def test_leaving_the_client_early_leaves_nothing_behind() -> None:
    async with Client(sandbox=True) as one:
        async for _ in one.stream(C2):
            break
    for _ in range(10):  # the event loop closes the generator when it comes by
        await asyncio.sleep(0)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


def test_a_failure_is_an_outcome_and_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: WireRequest) -> WireResponse:
        raise MemoryError

    monkeypatch.setattr("ioclib.client.front.make_transport", lambda *_, **__: Scripted(broken))
    outcomes = [answer.outcome for answer in stream("8.8.8.8") if not isinstance(answer.outcome, Skipped)]
    assert outcomes
    for outcome in outcomes:
        assert isinstance(outcome, Failed)
        assert outcome.error.kind == "broken_source"


def test_who_names_a_source_loads_no_other() -> None:
    code = (
        "import sys; from ioclib import Client; Client(sources=iter(['shodan_internetdb', 'tor']));"
        "print(*sorted(name for name in sys.modules if name.startswith('ioclib.sources.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ioclib.sources.shodan", "ioclib.sources.tor"]


@pytest.mark.parametrize("name", ["virustotall", "shodan_", "_", "", "shodan_internetdb_x", "__init__", "..tor"])
def test_a_name_that_nobody_has_is_told(name: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no source"):
        Client(sources=[name])


# Platforms of the user's own ------------------------------------------------------------------------------------------

PLATFORMS = {"misp", "opencti"}


@pytest.mark.parametrize("options", [{}, {"profile": "quick"}])
def test_an_own_platform_is_asked_once_its_address_and_key_are_set(
    options: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = Domain("example.com")
    skipped = {one.source.name: one.reason.kind for one in Client(**options).plan([domain]).skips}
    assert {skipped[name] for name in PLATFORMS} == {"no_address"}
    for name in PLATFORMS:
        monkeypatch.setenv(f"IOCLIB_SOURCES__{name.upper()}__BASE_URL", f"https://{name}.corp.example")
        monkeypatch.setenv(f"{name.upper()}_API_KEY", "a-key-of-ones-own")
    one = Client(**options)
    assert {lookup.source.name for lookup in one.plan([domain]).lookups} >= PLATFORMS
    assert {entry.name: entry.tier for entry in one.sources() if entry.name in PLATFORMS} == dict.fromkeys(
        PLATFORMS, "unproven"
    )


def test_an_own_platform_answers_in_the_sandbox() -> None:
    report = lookup("update-heron.example", sandbox=True)
    assert {one.source for one in report.answers if one.verdict == "malicious"} >= PLATFORMS
