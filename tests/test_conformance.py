"""The contract, for every source and every type that it takes. A new source gets these tests by being there.

What any source keeps to is in ``ioclib.conformance``, which plugins are checked by too; here is what is asked of the
sources that come with ioclib besides.
"""

import inspect
import re
import sys
from collections import Counter
from typing import Any, ClassVar
from unittest.mock import AsyncMock
from urllib.parse import urlsplit

import pytest

from ioclib import client, sandbox
from ioclib.conformance import doings
from ioclib.conformance.checks import CHECKS, Check, missing_samples, on_sample, reaching_out
from ioclib.engine import Gate
from ioclib.extract import detect
from ioclib.indicators import Domain, Indicator
from ioclib.plan import Policy, make_plan
from ioclib.registry import all_sources
from ioclib.sandbox import SandboxTransport
from ioclib.source import AnySource, ListSource
from ioclib.wire import WireRequest, WireResponse
from tests.replay import samples_of

SOURCES = list(all_sources().values())
PROVEN = [one for one in SOURCES if not one.unproven]
ASKED = [one for one in PROVEN if not isinstance(one, ListSource)]
PAIRS = [pytest.param(one, kind, id=f"{one.name}-{kind.kind}") for one in SOURCES for kind in one.types]
SAMPLES = [
    pytest.param(one, sample, id=f"{one.name}-{case}") for one in SOURCES for case, sample in samples_of(one.name)
]

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


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_it_conforms(source: AnySource[Any], check: Check) -> None:
    assert not list(check(source))


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_there_is_a_sample_of_what_matters(source: AnySource[Any]) -> None:
    assert not list(missing_samples(source, dict(samples_of(source.name))))


@pytest.mark.parametrize(("source", "sample"), SAMPLES)
def test_a_sample_is_read_as_expected(source: Any, sample: Any) -> None:
    assert not list(on_sample(source, sample))


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_it_reaches_out_to_nothing(source: AnySource[Any]) -> None:
    assert not list(reaching_out(source, dict(samples_of(source.name))))


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_a_source_file_does_nothing_but_declare(source: AnySource[Any]) -> None:
    code = inspect.getsource(sys.modules[source.link.__module__])
    assert not list(doings(code))
    assert "noqa" not in code
    assert "type: ignore" not in code


@pytest.mark.parametrize("source", SOURCES, ids=by_name)
def test_its_file_says_where_that_is_known_from(source: AnySource[Any]) -> None:
    told = sys.modules[source.link.__module__].__doc__ or ""
    assert re.search(r"https://\S+", told), "the docstring names the vendor's page"
    assert re.search(r"\(read \d{4}-\d{2}\)", told), "and when it was read"


@pytest.mark.parametrize(("source", "kind"), PAIRS)
def test_internal_indicators_are_not_for_it(source: AnySource[Any], kind: type[Indicator]) -> None:
    internal = {"ipv4": "10.1.2.3", "ipv6": "fd00::1", "domain": "db.corp", "url": "http://10.1.2.3/x"}
    if kind.kind not in internal:
        return
    plan = make_plan([kind(internal[kind.kind])], [source], Policy(chosen=frozenset({source.name}), active=True))
    assert not plan.lookups
    assert plan.skips[0].reason.kind == "internal"


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
