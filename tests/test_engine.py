"""The engine: everything at once, each answer as it lands, and whatever a service does is an outcome."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioclib.answers import Answer, Failed, Found, NotFound, Outcome, Skipped
from ioclib.cache import Marks, MemoryOfLists, Origin
from ioclib.engine import Run
from ioclib.engine.listing import covering
from ioclib.engine.reading import Blotter, retry_at
from ioclib.errors import ErrorKind, RateLimited, Unauthorized, Unreachable
from ioclib.findings import Finding, Relation, related
from ioclib.indicators import URL, Domain, IPv4, IPv6
from ioclib.plan import Lookup, Plan, Reason, ReasonKind, Skip
from ioclib.source import Absent, Ask, ListSource, Refusal, Request, SteppedSource, Steps, ask, ask_all
from ioclib.wire import WireRequest, WireResponse
from tests.doubles import Opinion, Scripted, after, json_response, lane, link, read, source

IP = IPv4("198.51.100.7")
GOOD = b'{"score": 80, "note": "x", "unread": [1, 2.50, 123456789012345678901234567890]}'


def outcome_of(answer: Callable[[WireRequest], Any], **changes: Any) -> Any:
    return asyncio.run(lane(source(**changes), Scripted(answer)).lookup(IP))


def kind_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed), outcome
    return str(outcome.error.kind)


def failure_of(response: WireResponse, **changes: Any) -> ErrorKind:
    outcome = outcome_of(lambda _: response, **changes)
    assert isinstance(outcome, Failed), outcome
    return outcome.error.kind


async def stream(
    entries: Iterable[Lookup | Skip], lanes: dict[str, Any], deadline: float = 5
) -> AsyncGenerator[Answer]:
    async with Run(lambda one: lanes[one.name], timeout=deadline) as run:
        for entry in entries:
            run.start(entry)
        async for answer in run:
            yield answer


async def answers_of(plan: Plan, lanes: dict[str, Any], deadline: float = 5) -> list[Answer]:
    return [answer async for answer in stream([*plan.skips, *plan.lookups], lanes, deadline)]


# One lookup -----------------------------------------------------------------------------------------------------------


def test_an_answer_is_found_and_kept_as_it_was_sent() -> None:
    outcome = outcome_of(lambda _: json_response(GOOD))
    assert isinstance(outcome, Found)
    assert outcome.finding == Finding(verdict=outcome.finding.verdict, summary="score 80")
    assert outcome.finding.verdict == "malicious"
    assert bytes(outcome.results or b"") == GOOD


def test_results_are_one_line() -> None:
    outcome = outcome_of(lambda _: json_response(b'{\r\n  "score": 1,\n "note": "a\\nb"\n}\n'))
    assert isinstance(outcome, Found)
    assert b"\n" not in bytes(outcome.results or b"")
    assert json.loads(bytes(outcome.results or b"")) == {"score": 1, "note": "a\nb"}


def test_absent_by_status_and_by_payload() -> None:
    assert isinstance(outcome_of(lambda _: json_response(b'{"message": "no"}', 404)), NotFound)
    assert isinstance(outcome_of(lambda _: json_response(b'{"score": -1}')), NotFound)


def test_a_404_without_the_words_of_the_service_is_no_not_found() -> None:
    absent = Absent.status(404, says="NoSuchThing")
    assert failure_of(json_response(b'{"error": "no route"}', 404), absent=absent) == "unexpected_answer"
    assert isinstance(outcome_of(lambda _: json_response(b'{"e": "NoSuchThing"}', 404), absent=absent), NotFound)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"message": "bad"}', "bad_request"),
        (401, b"", "unauthorized"),
        (402, b"", "quota_exhausted"),
        (403, b"<html>", "forbidden"),
        (404, b"<html>", "unexpected_answer"),
        (408, b"", "timeout"),
        (410, b"", "unexpected_answer"),
        (422, b"{}", "bad_request"),
        (429, b'{"message": "slow down"}', "rate_limited"),
        (429, b'{"message": "daily limit of 100 reached"}', "quota_exhausted"),
        (301, b"", "unexpected_answer"),
        (500, b"oops", "server_error"),
        (503, b"<html>", "server_error"),
    ],
)
def test_statuses(status: int, body: bytes, kind: str) -> None:
    assert failure_of(json_response(body, status), absent=Absent.never) == kind


def test_a_refusal_of_the_manifest_comes_first() -> None:
    refusals = (Refusal(403, Unauthorized, says="unknown_key"),)
    assert failure_of(json_response(b'{"s": "unknown_key"}', 403), refusals=refusals) == "unauthorized"
    assert failure_of(json_response(b'{"s": "other"}', 403), refusals=refusals) == "forbidden"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"score": 80',
        b'{"score": 80}{"score": 1}',
        b'{"score": NaN}',
        b'{"score": 80, "note": "\xff"}',
        b'{"score": 80, "unread": "\xff\xfe"}',
        b'{"score": 80, "unread": ' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"note": "no score"}',
        b'{"score": {"value": 80}}',
        b"[]",
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_does_not_fit_is_an_unexpected_answer(body: bytes) -> None:
    assert failure_of(json_response(body)) == "unexpected_answer"


def test_an_unexpected_answer_names_the_field_and_keeps_what_was_sent() -> None:
    outcome = outcome_of(lambda _: json_response(b'{"score": null}'))
    assert isinstance(outcome, Failed)
    assert "$.score" in outcome.error.message
    assert bytes(outcome.results or b"") == b'{"score": null}'


def test_the_words_of_a_refusal_are_told() -> None:
    outcome = outcome_of(lambda _: json_response(b'{"error": {"code": 7, "message": "Wrong\\n  key"}}', 401))
    assert outcome.error.message == "HTTP 401: Wrong key"


def test_a_source_error_as_a_value_is_a_failure() -> None:
    outcome = outcome_of(lambda _: json_response(GOOD), read=lambda _: RateLimited("too fast"))
    assert kind_of(outcome) == "rate_limited"


def test_a_bug_in_a_source_is_an_outcome() -> None:
    def broken(_: Opinion) -> Finding:
        raise KeyError("what the service sent")

    outcome = outcome_of(lambda _: json_response(GOOD), read=broken)
    assert kind_of(outcome) == "broken_source"
    assert "KeyError" in outcome.error.message
    assert "what the service sent" not in outcome.error.message


def test_a_transport_error_is_a_failure() -> None:
    def refuse(_: WireRequest) -> WireResponse:
        raise Unreachable("no connection")

    assert outcome_of(refuse).error.kind == "unreachable"


def test_retry_at_comes_from_the_headers() -> None:
    before = datetime.now(UTC)
    outcome = outcome_of(lambda _: json_response(b"{}", 429, retry_after="60"))
    assert timedelta(seconds=59) < outcome.error.retry_at - before < timedelta(seconds=62)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:10 GMT"}, 10),
        ({"x-rate-limit-reset-after": "7"}, 7),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({}, None),
    ],
)
def test_retry_at(headers: dict[str, str], seconds: int | None) -> None:
    now = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
    found = retry_at(headers, now)
    assert (found - now if found else None) == (None if seconds is None else timedelta(seconds=seconds))


# What is sent ---------------------------------------------------------------------------------------------------------


def test_the_request_is_complete() -> None:
    transport = Scripted(lambda _: json_response(GOOD))
    asyncio.run(lane(source(), transport).lookup(IP))
    (sent,) = transport.sent
    assert sent.method == "GET"
    assert sent.url == "https://opinions.example/api/check/198.51.100.7"
    assert sent.headers["X-Key"] == "a-recognisable-key"
    assert sent.headers["User-Agent"].startswith("ioclib/")
    assert "a-recognisable-key" not in repr(sent)


def test_a_key_for_the_query_goes_there() -> None:
    from ioclib.source import Key

    transport = Scripted(lambda _: json_response(GOOD))
    one = source(key=Key("OPINIONS_API_KEY", query="token", get="https://opinions.example"))
    asyncio.run(lane(one, transport, secret="a+b/c=d&e").lookup(IP))
    assert transport.sent[0].url.endswith("?token=a%2Bb%2Fc%3Dd%26e")


# Redirects ------------------------------------------------------------------------------------------------------------


def redirect(target: str) -> WireResponse:
    return WireResponse(status=302, headers={"location": target}, body=b"")


def test_redirects_are_not_followed_unless_declared_and_never_with_a_key() -> None:
    transport = Scripted(lambda _: redirect("https://elsewhere.example.com/"))
    assert failure_of(redirect("https://elsewhere.example.com/")) == "unexpected_answer"
    asyncio.run(lane(source(redirects=True), transport).lookup(IP))
    assert len(transport.sent) == 1


@pytest.mark.parametrize(
    "target",
    ["http://192.0.2.1/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/x", "file:///etc/passwd",
     "https://localhost/", "https://0x7f.1/", "//169.254.169.254/latest", "gopher://x/"],
)  # fmt: skip
def test_a_redirect_leads_to_public_https_only(target: str) -> None:
    transport = Scripted(lambda _: redirect(target))
    outcome = asyncio.run(lane(source(key=None, redirects=True), transport, secret=None).lookup(IP))
    assert isinstance(outcome, Failed)
    assert kind_of(outcome) == "unexpected_answer"
    assert len(transport.sent) == 1


def test_an_endless_redirect_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    async def yes(_: str) -> bool:
        return True

    monkeypatch.setattr("ioclib.engine.door._may_be_followed", yes)
    transport = Scripted(lambda sent: redirect(sent.url + "x"))
    outcome = asyncio.run(lane(source(key=None, redirects=True), transport, secret=None).lookup(IP))
    assert isinstance(outcome, Failed)
    assert len(transport.sent) == 4, "the request and three hops"


# Several steps --------------------------------------------------------------------------------------------------------


def stepped(lookup: Any) -> SteppedSource[IPv4]:
    base = source()
    return SteppedSource(
        name="steps",
        about="Steps.",
        base=base.base,
        key=base.key,
        limits=(),
        exposure=base.exposure,
        link=link,
        lookup=lookup,
    )


def test_steps_see_each_other_and_results_are_a_list() -> None:
    def lookup(ip: IPv4) -> Steps:
        first = yield from ask(Request.get("/first", ip), Opinion)
        assert first
        second, third = yield from ask_all(
            [Request.get("/second", first.score), Request.get("/third")], Opinion, Absent.status(404)
        )
        return Finding(summary=f"{first.score} {second and second.score} {third}")

    def answer(sent: WireRequest) -> WireResponse:
        name = sent.url.split("/")[4]
        return json_response(b'{"score": %d}' % len(name), 404 if name == "third" else 200)

    transport = Scripted(answer)
    outcome = asyncio.run(lane(stepped(lookup), transport).lookup(IP))
    assert isinstance(outcome, Found)
    assert outcome.finding.summary == "5 6 None"
    assert json.loads(bytes(outcome.results or b"")) == [{"score": 5}, {"score": 6}, {"score": 5}]
    assert transport.sent[1].url.endswith("/second/5")


def test_steps_of_one_yield_are_sent_at_the_same_time() -> None:
    meeting = asyncio.Barrier(3)

    async def answer(_: WireRequest) -> WireResponse:
        await meeting.wait()
        return json_response(GOOD)

    def lookup(_: IPv4) -> Steps:
        yield from ask_all([Request.get("/x")] * 3, Opinion)
        return None

    assert isinstance(asyncio.run(lane(stepped(lookup), Scripted(answer)).lookup(IP)), NotFound)


def test_a_failed_step_fails_the_lookup_and_keeps_what_came() -> None:
    def lookup(_: IPv4) -> Steps:
        yield from ask(Request.get("/a"), Opinion)
        yield (Ask(Request.get("/b"), Opinion, Absent.never),)
        return None

    def answer(sent: WireRequest) -> WireResponse:
        return json_response(GOOD) if sent.url.endswith("/a") else json_response(b"", 500)

    outcome = asyncio.run(lane(stepped(lookup), Scripted(answer)).lookup(IP))
    assert isinstance(outcome, Failed)
    assert kind_of(outcome) == "server_error"
    assert bytes(outcome.results or b"") == GOOD


# Lists ----------------------------------------------------------------------------------------------------------------


def listed() -> ListSource[IPv4, str]:
    def on_list(_: IPv4, line: str) -> Finding:
        return Finding(summary=f"listed as {line}")

    def entries(text: str) -> dict[str, str] | None:
        return {line: line for line in text.split()} if text.startswith("198.") else None

    base = source()
    return ListSource(
        name="listed",
        about="A list.",
        base="https://lists.example",
        key=None,
        limits=(),
        exposure=base.exposure,
        link=link,
        download=Request.get("/all.txt"),
        payload=str,
        entries=entries,
        listed=on_list,
        max_age=60,
    )


def text_response(text: str, status: int = 200) -> WireResponse:
    return WireResponse(status=status, headers={"content-type": "text/plain"}, body=text.encode())


async def test_a_list_is_downloaded_once_and_looked_up_here() -> None:
    transport = Scripted(lambda _: text_response("198.51.100.7\n198.51.100.70\n"))
    one = lane(listed(), transport, secret=None)
    outcomes = await asyncio.gather(*(one.lookup(IPv4(ip)) for ip in ("198.51.100.7", "198.51.100.77", "1.1.1.1")))
    assert [type(outcome) for outcome in outcomes] == [Found, NotFound, NotFound]
    assert [sent.url for sent in transport.sent] == ["https://lists.example/all.txt"], "no indicator left"


async def test_a_kept_list_serves_until_it_is_old_and_when_no_new_one_is_to_be_had() -> None:
    now = [1000.0]
    lists = MemoryOfLists(clock=lambda: now[0])
    lists.save(Origin("listed", 1, "https://lists.example"), {IP.value: IP.value}, Marks())

    def at(seconds: float, answer: Any) -> tuple[Any, Scripted]:
        now[0] = 1000.0 + seconds
        transport = Scripted(answer)
        return lane(listed(), transport, secret=None, lists=lists, clock=lambda: now[0]), transport

    fresh, transport = at(59, lambda _: text_response("", 503))
    assert isinstance(await fresh.lookup(IP), Found)
    assert not transport.sent
    old, transport = at(3 * 3600, lambda _: text_response("<html>"))
    outcome = await old.lookup(IP)
    assert transport.sent
    assert outcome.finding.summary == "listed as 198.51.100.7 (list of 3 h ago)"
    too_old, _ = at(3 * 86400, lambda _: text_response("", 503))
    assert kind_of(await too_old.lookup(IP)) == "server_error"


async def test_a_list_is_asked_for_again_only_if_it_has_changed() -> None:
    now = [1000.0]
    marks = {"etag": '"e1"', "last-modified": "Tue, 24 Nov 2026 10:00:00 GMT"}
    answers = [
        WireResponse(status=200, headers=marks, body=b"198.51.100.7\n"),
        WireResponse(status=304, headers={}, body=b""),
        text_response("198.51.100.8\n"),
    ]
    transport = Scripted(lambda _: answers[len(transport.sent) - 1])
    lists = MemoryOfLists(clock=lambda: now[0])
    one = lane(listed(), transport, secret=None, lists=lists, clock=lambda: now[0])
    outcomes: list[Any] = []
    for at in (1000.0, 1061.0, 1100.0, 1200.0):  # new, old and unchanged, young again, old and changed
        now[0] = at
        outcomes.append(await one.lookup(IP))
    assert [type(outcome) for outcome in outcomes] == [Found, Found, Found, NotFound]
    assert outcomes[1].finding.summary == "listed as 198.51.100.7", "a list that has not changed is not old"
    told = [[sent.headers.get(name) for name in ("If-None-Match", "If-Modified-Since")] for sent in transport.sent]
    assert told == [[None, None], list(marks.values()), list(marks.values())]


async def test_not_modified_is_no_answer_to_who_has_nothing() -> None:
    outcome = await lane(listed(), Scripted(lambda _: text_response("", 304))).lookup(IP)
    assert kind_of(outcome) == "unexpected_answer"


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        (IPv4, "198.51.100.7", "198.51.100.7"),
        (IPv4, "198.51.100.7", "198.51.100.0/24"),
        (IPv4, "198.51.100.7", "0.0.0.0/0"),
        (IPv6, "2001:db8::1", "2001:db8::/32"),
        (Domain, "a.evil.example", ".evil.example"),
        (Domain, "evil.example", ".evil.example"),
        (Domain, "evil.example", "evil.example"),
        (URL, "http://evil.example/", "http://evil.example/"),
    ],
)
async def test_what_a_list_covers(kind: Any, text: str, key: str) -> None:
    assert key in covering(kind(text))


@pytest.mark.parametrize(
    "key", ["198.51.101.0/24", "a.evil.example", "evil.example.org", ".vil.example", ".a.evil.example"]
)
async def test_what_a_list_does_not_cover(key: str) -> None:
    assert key not in [*covering(IPv4("198.51.100.7")), *covering(Domain("evil.example"))]


async def test_a_source_that_cannot_read_its_list_is_broken() -> None:
    def entries(_: str) -> dict[str, str]:
        raise KeyError("x")

    broken = replace(listed(), entries=entries)
    outcome = await lane(broken, Scripted(lambda _: text_response("198.51.100.7\n"))).lookup(IP)
    assert kind_of(outcome) == "broken_source"


async def test_what_is_not_the_list_is_a_failure() -> None:
    outcome = await lane(listed(), Scripted(lambda _: text_response("<html>login"))).lookup(IP)
    assert kind_of(outcome) == "unexpected_answer"


# Many lookups ---------------------------------------------------------------------------------------------------------


async def test_all_lookups_are_under_way_at_the_same_time() -> None:
    names = [f"s{number}" for number in range(12)]
    meeting = asyncio.Barrier(len(names))

    async def answer(_: WireRequest) -> WireResponse:
        await meeting.wait()  # opens only when all twelve are here
        return json_response(GOOD)

    transport = Scripted(answer)
    lanes = {name: lane(source(name), transport) for name in names}
    plan = Plan(tuple(Lookup(IP, source(name)) for name in names), ())
    assert len(await answers_of(plan, lanes)) == 12


async def test_a_hanging_source_delays_nobody_and_becomes_a_timeout() -> None:
    transport = Scripted(lambda sent: after(3600, json_response(GOOD)) if "hangs" in sent.url else json_response(GOOD))
    names = ["hangs", "quick", "quicker"]
    lanes = {name: lane(source(name), transport) for name in names}
    plan = Plan(tuple(Lookup(IP, source(name)) for name in names), ())
    answers = await answers_of(plan, lanes, deadline=0.2)
    assert {answer.source.name for answer in answers[:2]} == {"quick", "quicker"}
    last = answers[2]
    assert isinstance(last.outcome, Failed)
    assert last.outcome.error.kind == "timeout"


async def test_who_reads_slowly_after_the_deadline_gets_one_answer_each() -> None:
    transport = Scripted(lambda sent: after(0.25 if "late" in sent.url else 3600, json_response(GOOD)))
    names = ["hangs", "late", "later"]
    lanes = {name: lane(source(name), transport) for name in names}
    plan = Plan(tuple(Lookup(IP, source(name)) for name in names), ())
    told: list[str] = []
    async for answer in stream(plan.lookups, lanes, 0.1):
        told.append(answer.source.name)
        await asyncio.sleep(0.3)  # meanwhile "late" would have landed
    assert sorted(told) == sorted(names)


async def test_a_sources_own_timeout() -> None:
    hanging = Scripted(lambda _: after(3600, json_response(GOOD)))
    outcome = await lane(source(), hanging, timeout=0.05).lookup(IP)
    assert kind_of(outcome) == "timeout"


async def test_a_lane_keeps_to_its_concurrency() -> None:
    under_way = highest = 0

    async def answer(_: WireRequest) -> WireResponse:
        nonlocal under_way, highest
        under_way += 1
        highest = max(highest, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        return json_response(GOOD)

    one = lane(source(), Scripted(answer), concurrency=3)
    await asyncio.gather(*(one.lookup(IPv4(f"198.51.100.{number}")) for number in range(20)))
    assert highest == 3


async def test_skips_come_first_and_every_lookup_has_exactly_one_answer() -> None:
    one, other = source("one"), source("other")
    plan = Plan((Lookup(IP, one),), (Skip(IP, other, Reason(ReasonKind.NO_KEY, "set it")),))
    answers = await answers_of(plan, {"one": lane(one, Scripted(lambda _: json_response(GOOD)))})
    assert [type(answer.outcome) for answer in answers] == [Skipped, Found]


async def test_whoever_stops_listening_stops_the_lookups() -> None:
    cancelled: list[str] = []
    asked = asyncio.Event()

    async def answer(sent: WireRequest) -> WireResponse:
        if "slow" not in sent.url:
            return json_response(GOOD)
        asked.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.append(sent.url)
            raise
        raise AssertionError

    transport = Scripted(answer)
    lanes = {name: lane(source(name), transport) for name in ("slow", "quick")}
    answers = stream([Lookup(IP, source("slow")), Lookup(IP, source("quick"))], lanes, deadline=60)
    assert isinstance((await anext(answers)).outcome, Found)
    await asyncio.wait_for(asked.wait(), 5)  # else there would be nothing to stop
    await answers.aclose()
    assert len(cancelled) == 1


# Keys in answers ------------------------------------------------------------------------------------------------------

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40)


@given(key=KEYS, before=st.text(max_size=20), after_it=st.text(max_size=20), escaped=st.booleans())
def test_no_key_survives_in_a_document(key: str, before: str, after_it: str, escaped: bool) -> None:
    spelt = "".join(f"\\u{ord(one):04x}" for one in key) if escaped else json.dumps(key)[1:-1]
    document = json.dumps({"echo": "X"}).replace("X", json.dumps(before)[1:-1] + spelt + json.dumps(after_it)[1:-1])
    cleaned = json.loads(Blotter([key]).clean(document.encode()))
    assert key.lower() not in cleaned["echo"].lower().replace("***", "\0")


@pytest.mark.parametrize("key", ["1234567890", 'quote"d-key', "back\\slash-key", "per%cent+key/=", "12.5e+10x"])
@pytest.mark.parametrize("echo", ['{"echo": %s}', '{"a": [{"b": "x" }, %s]}', "{%s: 1}", '["Bearer " , %s]'])
def test_an_echoed_key_leaves_the_document_whole(key: str, echo: str) -> None:
    document = (echo % json.dumps(key)).encode()
    cleaned = Blotter([key]).clean(document)
    assert json.loads(cleaned) == json.loads(echo % '"***"')


def test_a_key_that_is_a_number_is_found_in_numbers() -> None:
    assert json.loads(Blotter(["1234567890"]).clean(b'{"id": 1234567890, "n": 1}')) == {"id": "***", "n": 1}


def test_a_document_without_a_key_stays_as_it_was_sent() -> None:
    document = b'{ "a": 1.50, "b": "\\u0041\\/", "c": 123456789012345678901234567890 }'
    assert Blotter(["some-other-key"]).clean(document) == document


def test_a_large_body_is_searched_quickly() -> None:
    """A hundred keys and 20 MB: as one pattern with a hundred branches it took half a minute."""
    blotter = Blotter([f"{number:032x}" for number in range(100, 200)])
    body = b'{"rows": ["' + b"0123456789abcdef" * 1_300_000 + b'"]}'
    began = time.process_time()
    assert blotter.clean(body) == body
    plain = time.process_time()
    body.lower()
    assert plain - began < 100 * max(time.process_time() - plain, 0.005), "a matter of searches, not of branches"
    assert blotter.clean(body + b"\n" + f"{150:032X}".encode()).endswith(b"***")


def test_short_words_are_no_keys() -> None:
    assert Blotter(["test"]).clean(b'"a test of testing"') == b'"a test of testing"'


def test_read_is_pure() -> None:
    assert read(Opinion(score=30)) == read(Opinion(score=30))


# What a source may do wrong ------------------------------------------------------------------------------------------


def leave(_: object) -> None:
    raise SystemExit(3)


@pytest.mark.parametrize(
    "read",
    [leave, lambda _: {"verdict": "malicious"}, lambda _: True, lambda _: Finding(summary="x", related=("evil",))],  # type: ignore[arg-type]
)
async def test_whatever_a_source_returns_the_others_go_on(read: Any) -> None:
    outcome = await lane(source(read=read), Scripted(lambda _: json_response(GOOD))).lookup(IP)
    assert kind_of(outcome) == "broken_source"


async def test_an_indicator_is_not_related_to_itself() -> None:
    def read(_: object) -> Finding:
        return Finding(summary="x", related=related(Relation.SAME_AS, IPv4, [IP.value, "198.51.100.9"]))

    outcome: Any = await lane(source(read=read), Scripted(lambda _: json_response(GOOD))).lookup(IP)
    assert [one.ioc.value for one in outcome.finding.related] == ["198.51.100.9"]
