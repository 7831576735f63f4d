"""The contract, for every source and every type that it takes. A new source gets these tests by being there."""

import inspect
import re
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar
from unittest.mock import AsyncMock
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from ioclib import client, sandbox
from ioclib.engine import Gate
from ioclib.engine.conversation import converse
from ioclib.extract import detect
from ioclib.indicators import URL, Domain, Indicator
from ioclib.plan import Policy, make_plan
from ioclib.registry import all_sources
from ioclib.sandbox import SandboxTransport
from ioclib.source import AnySource, Exposure, ListSource, Request, Source, SteppedSource
from ioclib.wire import WireRequest, WireResponse
from tests.doubles import told
from tests.replay import replay, samples_of

SOURCES = list(all_sources().values())
PROVEN = [one for one in SOURCES if not one.unproven]
ASKED = [one for one in PROVEN if not isinstance(one, ListSource)]
PAIRS = [pytest.param(one, kind, id=f"{one.name}-{kind.kind}") for one in SOURCES for kind in one.types]
SAMPLES = [
    pytest.param(one, sample, id=f"{one.name}-{case}") for one in SOURCES for case, sample in samples_of(one.name)
]

# Everything that means something in an address, and is legal in a link
TRICKY = URL("http://evil.example/a/../b?x=1&key=2;y=%2e%2e/%23#?&=+ é".replace(" ", "%20"))

# Known in the sandbox, of every type
WORLD = (
    "203.0.113.66",
    "2001:db8:66::66",
    "update-heron.example",
    "http://update-heron.example/gate.php",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
)


def by_name(source: AnySource[Any]) -> str:
    return source.name


async def first_requests(source: AnySource[Any], ioc: Indicator) -> Sequence[Request]:
    """What a source asks first; it is then told that the service is down."""
    if isinstance(source, ListSource):
        return [source.download]
    assert isinstance(source, Source | SteppedSource)
    asked: list[Request] = []

    down = WireResponse(status=503, headers={}, body=b"down")
    await converse(source, ioc, told(source, lambda _: down, asked))
    return asked


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_the_manifest_is_complete(source: AnySource[Any]) -> None:
    file = inspect.getmodule(source.link)
    assert file is not None
    stem = file.__name__.rpartition(".")[2]
    assert source.name == stem or source.name.startswith(f"{stem}_")
    assert re.fullmatch(r"[a-z][a-z0-9_]*", source.name)
    assert file.__doc__
    assert re.search(r"https://\S+", file.__doc__), "the docstring names the vendor's page"
    assert re.search(r"\(read \d{4}-\d{2}\)", file.__doc__), "and when it was read"
    assert source.about.endswith(".")
    assert source.types
    assert source.timeout > 0
    assert source.concurrency > 0
    assert urlsplit(source.base).scheme in {"https", "dns", "package"}
    assert not source.base.endswith("/")
    assert not (source.redirects and source.key), "a key is never carried to where a redirect points"


@pytest.mark.parametrize("source", [one for one in SOURCES if one.key], ids=by_name)
def test_the_key_has_the_names_that_people_expect(source: AnySource[Any]) -> None:
    key = source.key
    assert key is not None
    stem = source.name if f"{source.name}_API_KEY".upper() in key.variables else source.name.partition("_")[0]
    assert key.variable == f"{stem}_API_KEY".upper()
    assert [bool(key.header), bool(key.query), bool(key.form), key.basic].count(True) == 1, "in one place"
    assert urlsplit(key.get).scheme == "https"


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_a_source_file_does_nothing_but_declare(source: AnySource[Any]) -> None:
    code = inspect.getsource(sys.modules[source.link.__module__])
    words = re.sub(r'"""[\s\S]*?"""|#.*', "", code)
    assert not re.search(r"^\s*(raise|try|async|await|global|import os|import socket)\b", words, re.MULTILINE)
    assert "noqa" not in code
    assert "type: ignore" not in code


@pytest.mark.parametrize(("source", "kind"), PAIRS)
async def test_it_asks_below_its_base_with_everything_quoted(source: AnySource[Any], kind: type[Indicator]) -> None:
    ioc = TRICKY.sendable() if kind is URL else kind(kind.examples[-1])
    requests = await first_requests(source, ioc)
    assert requests
    for request in requests:
        assert request.path == "" or request.path.startswith("/")
        address = urlsplit("https://base.example" + request.url("/p"))
        assert address.netloc == "base.example"
        assert address.fragment == ""
        assert not re.search(r"[\s\"'<>\\^`{|}]|[^ -~]", request.path)
        assert ".." not in request.path.split("/")
        names = [name for name, _ in request.params]
        assert set(parse_qs(address.query, keep_blank_values=True)) == set(names), "nothing adds a parameter"
        if kind is URL and request.path.count("evil"):
            assert unquote(request.path).count(ioc.value) == 1, "a link is one segment"
        if request.body:
            assert request.method == "POST"
            assert request.content_type


@pytest.mark.parametrize(("source", "kind"), PAIRS)
def test_its_link_is_a_quoted_page(source: AnySource[Any], kind: type[Indicator]) -> None:
    ioc = TRICKY.sendable() if kind is URL else kind(kind.examples[-1])
    link = source.link(ioc)
    address = urlsplit(link)
    assert address.scheme == "https"
    assert address.hostname
    assert re.fullmatch(r"[!-~]+", link)
    assert not re.search(r"[\"'<>\\^`{|}]", link)
    assert "key=2" not in link, "what the indicator says is no parameter of the page"
    assert "/../" not in link


@pytest.mark.parametrize(("source", "kind"), PAIRS)
def test_internal_indicators_are_not_for_it(source: AnySource[Any], kind: type[Indicator]) -> None:
    internal = {"ipv4": "10.1.2.3", "ipv6": "fd00::1", "domain": "db.corp", "url": "http://10.1.2.3/x"}
    if kind.kind not in internal:
        return
    plan = make_plan([kind(internal[kind.kind])], [source], Policy(chosen=frozenset({source.name}), active=True))
    assert not plan.lookups
    assert plan.skips[0].reason.kind == "internal"


@pytest.mark.parametrize("source", ASKED, ids=by_name)
def test_there_is_a_sample_of_what_matters(source: AnySource[Any]) -> None:
    expected = [sample.expect for _, sample in samples_of(source.name)]
    outcomes = {one.outcome for one in expected}
    assert "found" in outcomes
    if source.exposure is not Exposure.TARGET:
        assert "not_found" in outcomes
    errors = {one.error for one in expected}
    if source.key and not source.key.optional:
        assert errors & {"unauthorized", "forbidden"}
    assert errors & {"rate_limited", "quota_exhausted", "server_error"}


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
async def test_a_sample_is_read_as_expected(source: Any, sample: Any) -> None:
    replayed = await replay(source, sample.ask, [one.response() for one in sample.answers])
    read = replayed.as_expected()
    for name in sample.expect.__struct_fields__:
        if (expected := getattr(sample.expect, name)) is not None:
            assert read.get(name) == expected, name


@pytest.mark.parametrize("source", ASKED, ids=by_name)
@pytest.mark.parametrize("status", [200, 401, 403, 404, 429, 500, 503])
async def test_a_page_of_somebody_else_is_never_an_answer(source: Any, status: int) -> None:
    """A proxy's page, a captcha, a maintenance notice: failed, and neither found nor not found."""
    page = b"<!doctype html><title>Sign in to continue</title>"
    kind = next(iter(source.types))
    ioc = kind(kind.examples[0])

    answer = WireResponse(status=status, headers={"content-type": "text/html"}, body=page)
    outcome = await converse(source, ioc, told(source, lambda _: answer))
    assert type(outcome).__name__ == "Failed", outcome


def test_every_source_has_its_twin() -> None:
    hosts = sandbox.by_host()
    for source in PROVEN:
        assert urlsplit(source.base).netloc in hosts, source.name


def test_the_types_of_a_source_are_its_annotation() -> None:
    assert Domain in all_sources()["virustotal"].types


class Counting(SandboxTransport):
    """The sandbox, which counts what each source asks."""

    asked: ClassVar[Counter[str]] = Counter()

    async def fetch(self, request: WireRequest) -> WireResponse:
        self.asked[request.source] += 1
        return await super().fetch(request)


@pytest.mark.parametrize("source", ASKED, ids=by_name)
async def test_a_lookup_takes_no_more_requests_than_it_says(
    source: AnySource[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "SandboxTransport", Counting)
    monkeypatch.setattr(Gate, "permit", AsyncMock(return_value=None))
    async with client.Client(sandbox=True, sources=[source.name], active=True, cache=False) as one:
        for text in WORLD:
            if source.takes(detect(text)):
                Counting.asked.clear()
                await one.lookup(text)
                assert 1 <= Counting.asked[source.name] <= source.requests, text
