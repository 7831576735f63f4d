"""What every source keeps to. Each check takes a source, and says what is wrong, in sentences."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ioclib.answers import Failed
from ioclib.conformance.declaring import watched
from ioclib.conformance.samples import Sample, replay
from ioclib.extract import detect
from ioclib.indicators import URL, Indicator, types
from ioclib.plugins import unsound
from ioclib.source import AnySource, Exposure, ListSource, Request
from ioclib.wire import WireResponse

Check = Callable[[AnySource[Any]], Iterator[str]]

# Everything that means something in an address, and is legal in a link
TRICKY = URL("http://evil.example/a/../b?x=1&key=2;y=%2e%2e/%23#?&=+ é".replace(" ", "%20"))

_KEYS = re.compile(r"(api|auth|access)?[_-]?(key|token|secret|password)", re.IGNORECASE)
"""Parameters that hold a key, which the engine adds and no request has."""

_DOWN = WireResponse(status=503, headers={}, body=b"down")
_PAGE = b"<!doctype html><title>Sign in to continue</title>"


def manifest(source: AnySource[Any]) -> Iterator[str]:
    """What it declares of itself is all there, and of the right types."""
    module = inspect.getmodule(source.link)
    stem = module.__name__.rpartition(".")[2].removeprefix("ioclib_plugin_") if module else source.name
    yield from unsound(source, stem)
    if not source.about.endswith("."):
        yield "about is no sentence: it has no full stop"
    if module and not module.__doc__:
        yield "its file has no docstring, which says what it is and what makes its verdicts"


def key(source: AnySource[Any]) -> Iterator[str]:
    """Its key has the name that people expect, and a page where it is to be had."""
    if source.key is None:
        return
    stem = source.name if f"{source.name}_API_KEY".upper() in source.key.variables else source.name.partition("_")[0]
    if source.key.variable != f"{stem}_API_KEY".upper():
        yield f"its key is in {source.key.variable}, not in {source.name.upper()}_API_KEY"
    if urlsplit(source.key.get).scheme != "https":
        yield "key.get is no page where a key is to be had"


def declared_types(source: AnySource[Any]) -> Iterator[str]:
    """It takes types that there are, by the annotation of its function."""
    known = types()
    if not source.types:
        yield "it takes no type"
    for kind in source.types:
        if kind not in known:
            yield f"there is no type {kind.__name__}"


def quoting(source: AnySource[Any]) -> Iterator[str]:
    """It asks below its base, with everything quoted, and no key in it."""
    for ioc in _one_of_each(source):
        requests = replay(source, ioc, [_DOWN] * 100).requests
        if not requests:
            yield f"it asks nothing about {ioc!r}"
        for request in requests:
            yield from (f"of {ioc!r} it asks {one}" for one in misasked(source, ioc, request))


def misasked(source: AnySource[Any], ioc: Indicator, request: Request) -> Iterator[str]:
    """What is wrong with a request about an indicator."""
    address = urlsplit("https://base.example" + request.url("/p"))
    names = {name for name, _ in request.params}
    if request.path and not request.path.startswith("/"):
        yield f"{request.path!r}, which does not begin with a slash"
    if address.netloc != "base.example" or address.fragment or ".." in request.path.split("/"):
        yield f"{request.path!r}, which leads elsewhere"
    if re.search(r"[\s\"'<>\\^`{|}]|[^ -~]", request.path):
        yield f"{request.path!r}, where something is not quoted"
    if set(parse_qs(address.query, keep_blank_values=True)) != names:
        yield f"{address.query!r}, where something adds a parameter"
    if isinstance(ioc, URL) and "evil" in request.path and unquote(request.path).count(ioc.value) != 1:
        yield f"{request.path!r}, where the link is not one segment"
    if request.body and (request.method != "POST" or not request.content_type):
        yield "a body that is no POST, or of no type"
    if keys := [name for name in names if _KEYS.fullmatch(name) or (source.key and name == source.key.query)]:
        yield f"with the parameter {keys[0]}: the key is declared, and added when a request is sent"


def links(source: AnySource[Any]) -> Iterator[str]:
    """Its page for people is an address where everything is quoted."""
    for ioc in _one_of_each(source):
        link = source.link(ioc)
        address = urlsplit(link)
        quoted = re.fullmatch(r"[!-~]+", link) and not re.search(r"[\"'<>\\^`{|}]", link)
        if address.scheme != "https" or not address.hostname:
            yield f"its link {link!r} is no page"
        elif not quoted or "key=2" in link or "/../" in link:
            yield f"in its link {link!r} something is not quoted"


def strangers(source: AnySource[Any]) -> Iterator[str]:
    """A proxy's page, a captcha, a maintenance notice: failed, and neither found nor not found."""
    ioc = source.types[0](source.types[0].examples[0])
    for status in (200, 401, 403, 404, 429, 500, 503):
        page = WireResponse(status=status, headers={"content-type": "text/html"}, body=_PAGE)
        outcome = replay(source, ioc, [page] * 100).outcome
        if not isinstance(outcome, Failed):
            yield f"somebody else's page with status {status} is {type(outcome).__name__} to it, not Failed"


CHECKS: tuple[Check, ...] = (manifest, key, declared_types, quoting, links, strangers)


def on_sample(source: AnySource[Any], sample: Sample) -> Iterator[str]:
    """A sample is read as it expects, from no more requests than declared."""
    ioc = detect(sample.ask)
    if not source.takes(ioc):
        yield f"it asks about {ioc!r}, whose type the source does not take"
        return
    replayed = replay(source, ioc, sample.responses())
    yield from replayed.differences(sample.expect)
    if len(replayed.requests) > source.requests:
        yield f"it took {len(replayed.requests)} requests; the source says that {source.requests} are the most"
    for request in replayed.requests:
        yield from (f"it asks {one}" for one in misasked(source, ioc, request))


def missing_samples(source: AnySource[Any], samples: Mapping[str, Sample]) -> Iterator[str]:
    """Every outcome that matters has a sample."""
    if source.unproven:
        return
    outcomes = {one.expect.outcome for one in samples.values()}
    errors = {one.expect.error for one in samples.values()}
    if "found" not in outcomes:
        yield "there is no sample in which it is found"
    if isinstance(source, ListSource):
        return
    if "not_found" not in outcomes and source.exposure is not Exposure.TARGET:
        yield "there is no sample in which it is not found"
    if source.key and not source.key.optional and not errors & {"unauthorized", "forbidden"}:
        yield "there is no sample of a bad key: unauthorized or forbidden"
    if not errors & {"rate_limited", "quota_exhausted", "server_error"}:
        yield "there is no sample of a service that cannot: rate_limited, quota_exhausted or server_error"


def reaching_out(source: AnySource[Any], samples: Mapping[str, Sample]) -> Iterator[str]:
    """It reads no file, opens no connection and starts no program while it is asked."""
    asked = [(detect(one.ask), one.responses()) for one in samples.values()]
    asked += [(ioc, [_DOWN] * 100) for ioc in _one_of_each(source)]
    for ioc, responses in asked:
        replay(source, ioc, responses)  # once, so that what is loaded when it is first used is there
        with watched() as found:
            replay(source, ioc, responses)
            source.link(ioc)
        if found:
            yield f"it reaches out while it is asked about {ioc!r}: {', '.join(dict.fromkeys(found))}"


def _one_of_each(source: AnySource[Any]) -> Iterator[Indicator]:
    for kind in source.types:
        yield TRICKY.sendable() if kind is URL else kind(kind.examples[-1])
