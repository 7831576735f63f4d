"""Whether each source still answers as it should: one harmless indicator, asked of everybody.

A service that changes its address, its keys or its answers is found here on the day, and not by a report that says
less than it could.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any, Unpack

from ioclib.answers import Answer, Failed, Found, NotFound, Skipped
from ioclib.client import Client, Options
from ioclib.errors import ErrorKind
from ioclib.extract import detect
from ioclib.indicators import Indicator
from ioclib.listings import CheckupEntry, LimitEntry
from ioclib.source import AnySource, Exposure

HARMLESS = (
    "1.1.1.1", "2606:4700:4700::1111", "1.1.1.0/24", "AS13335", "example.com", "https://example.com/",
    "CVE-2021-44228", "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
    "3395856ce81f2b7382dee72602f798b642f14140", "44d88612fea8a8f36de82e1278abb02f",
)  # fmt: skip
"""Known to everybody, and nobody's secret: public resolvers, the name for examples (RFC 2606), EICAR's test file."""

IN_THE_SANDBOX = (
    "203.0.113.66", "2001:db8:66::66", "203.0.113.0/24", "AS64501", "update-heron.example",
    "http://update-heron.example/gate.php", "CVE-2021-44228", "clerk@harbour-bank.example",
)  # fmt: skip

_UNREACHED = {ErrorKind.UNREACHABLE, ErrorKind.TIMEOUT}
_KEY = {ErrorKind.UNAUTHORIZED, ErrorKind.FORBIDDEN}


async def examined(names: Iterable[str] = (), **options: Unpack[Options]) -> AsyncGenerator[CheckupEntry]:
    """Asks sources, and yields what came of it, once all of them have answered or are given up.

    Args:
        names: these sources; without any, all that may be asked unless they touch somebody or tell of a person.
        options: for the client; neither a cache nor old answers are used.

    Raises:
        ConfigurationError: an unknown source, an unusable key or setting.
    """
    wanted = tuple(names) or None
    options |= {"sources": wanted, "cache": False}
    async with Client(**options) as client:
        questions = dict(_questions(client, named=wanted is not None))
        answers = [answer async for answer in client.ask_each(questions)]
        left = await _left(client, questions)  # also what they have said of it just now
        for answer in answers:
            yield _checkup(answer, left.get(answer.source.name, ()), has_key=client.has_key(answer.source))


def _questions(client: Client, *, named: bool) -> Iterable[tuple[str, Indicator]]:
    texts = IN_THE_SANDBOX if client.sandbox else HARMLESS
    iocs = [detect(text) for text in texts]
    for source in client.chosen():
        if named or not (source.exposure is Exposure.TARGET or source.personal or source.unproven or source.retired):
            yield source.name, _for(source, iocs)


def _for(source: AnySource[Any], iocs: Iterable[Indicator]) -> Indicator:
    """An indicator for a source; of a rare type the example that its class gives."""
    known = next((ioc for ioc in iocs if source.takes(ioc)), None)
    return known or source.types[0](source.types[0].examples[0])


async def _left(client: Client, questions: Mapping[str, Indicator]) -> dict[str, tuple[LimitEntry, ...]]:
    forecast = await client.forecast(client.plan_each(questions))
    return {one.source: one.left for one in forecast}


def _checkup(answer: Answer, left: tuple[LimitEntry, ...], *, has_key: bool) -> CheckupEntry:
    asked: str | None = answer.ioc.value
    elapsed: float | None = round(answer.elapsed, 3)
    match answer.outcome:
        case Found() | NotFound():
            known = isinstance(answer.outcome, Found)
            said: dict[str, Any] = {
                "state": "healthy",
                "reachable": True,
                "key": has_key or None,
                "shape": True,
                "says": f"knows {asked}" if known else f"does not know {asked}, and says so in words that we know",
            }
        case Failed(error):
            said = {
                "state": "unhealthy",
                "reachable": error.kind not in _UNREACHED,
                "key": _key_accepted(error.kind) if has_key else None,
                "shape": False if error.kind is ErrorKind.UNEXPECTED_ANSWER else None,
                "says": f"{_WORDS.get(error.kind, error.kind)}: {error.message}",
            }
        case Skipped(reason):
            said = {"state": "skipped", "says": reason.message, "reachable": None, "key": None, "shape": None}
            asked = elapsed = None
    return CheckupEntry(source=answer.source.name, asked=asked, left=left, elapsed=elapsed, **said)


_WORDS = {
    ErrorKind.UNREACHABLE: "not reachable",
    ErrorKind.TIMEOUT: "hangs",
    ErrorKind.UNAUTHORIZED: "key not accepted",
    ErrorKind.FORBIDDEN: "not included in the key's plan",
    ErrorKind.UNEXPECTED_ANSWER: "the answer has changed",
    ErrorKind.SERVER_ERROR: "the service fails",
    ErrorKind.RATE_LIMITED: "asked too often",
    ErrorKind.QUOTA_EXHAUSTED: "the allowance is used up",
    ErrorKind.BAD_REQUEST: "refuses the question",
    ErrorKind.BROKEN_SOURCE: "the source's own code fails",
}


def _key_accepted(kind: ErrorKind) -> bool | None:
    if kind in _UNREACHED | {ErrorKind.SERVER_ERROR, ErrorKind.BROKEN_SOURCE}:
        return None
    return kind not in _KEY
