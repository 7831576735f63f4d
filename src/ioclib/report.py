"""Answers become one frozen report: the public JSON document, schema 1.

The dataclasses here are the schema: `schema` derives the JSON Schema from them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

import msgspec

from ioclib.answers import Answer, Failed, Found, NotFound, Skipped
from ioclib.errors import ErrorKind
from ioclib.findings import Relation, Verdict
from ioclib.indicators import Indicator
from ioclib.plan import ReasonKind

SCHEMA: Literal[1] = 1

BUILT_IN = "ioclib"
"""Where a source comes from that comes with ioclib."""

_NULL = msgspec.Raw(b"null")

# Characters that a terminal or a reader may obey: C1 controls, DEL, direction marks. They only occur inside strings.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class ErrorDetail:
    """Why a source failed.

    Attributes:
        kind: one of a few words that a program can act on.
        message: one sentence for people.
        retry_at: when it may be asked again (UTC), if the source said so.
    """

    kind: ErrorKind
    message: str
    retry_at: datetime | None


@dataclass(frozen=True)
class ReasonDetail:
    """Why a source was skipped.

    Attributes:
        kind: one of a few words that a program can act on.
        message: one sentence for people, with what to do about it.
        retry_at: when it could be asked (UTC), if that is a matter of time.
    """

    kind: ReasonKind
    message: str
    retry_at: datetime | None


@dataclass(frozen=True)
class RelatedEntry:
    """An indicator that a source names beside the one that was asked about.

    Attributes:
        relation: how the indicator that was asked about stands to it, such as ``resolves-to``.
        type: its type.
        value: its canonical form.
    """

    relation: Relation
    type: str
    value: str


_TOLD = (
    "verdict", "summary", "tags", "family", "actor", "first_seen", "last_seen", "asn", "country", "confidence",
    "references",
)  # fmt: skip
"""What a finding says in the same words as an answer of the report."""


@dataclass(frozen=True, kw_only=True)
class AnswerEntry:
    """One source's answer for one indicator.

    Attributes:
        source: the source's name.
        outcome: what came of the lookup.
        verdict: the source's own opinion; null unless it was found.
        summary: one line for people; null unless it was found.
        tags: the source's labels.
        family: the malware family, if the source names one; so with all that follows up to ``references``.
        actor: the threat actor or the campaign.
        first_seen: when the source saw it first (UTC).
        last_seen: when the source saw it last (UTC).
        asn: the number of the autonomous system that announces it.
        country: two letters of ISO 3166.
        confidence: how sure the source says it is, 0 to 100.
        related: other indicators that the source names, with how they stand to this one.
        references: pages that the source names.
        link: the page about the indicator, for people.
        elapsed: seconds from the start of the run until the answer was there.
        age: seconds since the source gave this answer, if it is one that was kept; null if it is of now.
        error: set if it failed, also where an answer that was kept stands in for it.
        reason: set if it was skipped, also where an answer that was kept stands in for it.
        results: the source's own answer with every field and value as sent: JSON, text as a string, several steps as
            a list; null where there is none.
    """

    source: str
    outcome: Literal["found", "not_found", "failed", "skipped"]
    verdict: Verdict | None = None
    summary: str | None = None
    tags: tuple[str, ...] = ()
    family: str | None = None
    actor: str | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    asn: int | None = None
    country: str | None = None
    confidence: int | None = None
    related: tuple[RelatedEntry, ...] = ()
    references: tuple[str, ...] = ()
    link: str
    elapsed: float
    age: float | None = None
    error: ErrorDetail | None = None
    reason: ReasonDetail | None = None
    results: msgspec.Raw

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """An answer as it stands in the report."""
        common: dict[str, Any] = {
            "source": answer.source.name,
            "link": answer.link,
            "elapsed": round(answer.elapsed, 3),
            "age": None if answer.age is None else round(answer.age),
            "results": _NULL if isinstance(answer.outcome, Skipped) else answer.outcome.results or _NULL,
        }
        match answer.instead_of or answer.outcome:
            case Failed(error):
                common["error"] = ErrorDetail(error.kind, error.message, error.retry_at)
            case Skipped(reason):
                common["reason"] = ReasonDetail(reason.kind, reason.message, reason.retry_at)
            case _:
                pass
        match answer.outcome:
            case Found(finding):
                known = {name: getattr(finding, name) for name in _TOLD}
                named = tuple(RelatedEntry(one.relation, one.ioc.kind, one.ioc.value) for one in finding.related)
                return cls(**common, **known, related=named, outcome="found")
            case NotFound():
                return cls(**common, outcome="not_found")
            case Failed():
                return cls(**common, outcome="failed")
            case Skipped():
                return cls(**common, outcome="skipped")


@dataclass(frozen=True)
class IndicatorEntry:
    """One indicator and its answers.

    Attributes:
        type: its type.
        value: its canonical form.
        given: as it was written by whoever asked.
        answers: in the order of the sources' names.
    """

    type: str
    value: str
    given: str
    answers: tuple[AnswerEntry, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that was answered.

    Attributes:
        schema: the version of this document.
        started: when the run began (UTC).
        elapsed: seconds that it took.
        sandbox: whether the answers are the sandbox's inventions.
        indicators: in the order in which they were given.
    """

    schema: Literal[1]
    started: datetime
    elapsed: float
    sandbox: bool
    indicators: tuple[IndicatorEntry, ...]

    @classmethod
    def of(
        cls,
        given: Mapping[Indicator, str],
        answers: Iterable[Answer],
        *,
        started: datetime,
        elapsed: float,
        sandbox: bool,
    ) -> Self:
        """The report of a run.

        Args:
            given: each indicator and how it was written.
            answers: in any order.
            started: when the run began (UTC).
            elapsed: seconds that it took.
            sandbox: whether the sandbox answered.
        """
        entries: dict[Indicator, list[AnswerEntry]] = {}
        for answer in answers:
            entries.setdefault(answer.ioc, []).append(AnswerEntry.of(answer))
        indicators = tuple(
            IndicatorEntry(ioc.kind, ioc.value, text, tuple(sorted(entries.get(ioc, ()), key=lambda one: one.source)))
            for ioc, text in given.items()
        )
        return cls(schema=SCHEMA, started=started, elapsed=round(elapsed, 3), sandbox=sandbox, indicators=indicators)

    @property
    def answers(self) -> tuple[AnswerEntry, ...]:
        """The answers for all indicators."""
        return tuple(answer for one in self.indicators for answer in one.answers)

    def to_json(self) -> bytes:
        """The report as one JSON document on one line, safe to print anywhere."""
        return safe_json(msgspec.json.encode(self))

    def to_dict(self) -> dict[str, Any]:
        """The report as a dictionary that is ready for ``json.dumps``."""
        made: dict[str, Any] = json.loads(self.to_json())
        return made


@dataclass(frozen=True)
class KeyEntry:
    """The key that a source wants.

    Attributes:
        variable: the environment variable.
        aliases: other variables that are read.
        optional: whether it answers without one.
        free: whether one can be had without paying.
        set: whether one is set here.
        get: where one is to be had.
    """

    variable: str
    aliases: tuple[str, ...]
    optional: bool
    free: bool
    set: bool
    get: str


@dataclass(frozen=True, kw_only=True)
class SourceEntry:
    """One source, as ``ioclib sources`` lists it.

    Attributes:
        name: its name.
        about: what it knows.
        types: the indicator types that it takes.
        key: null if it takes none.
        exposure: who learns of an indicator when it is asked: none, vendor, public or target; null if it is broken.
        limits: such as ``4/minute``.
        tier: how well it is proven: unproven, bronze, silver or gold; null for one that is retired or somebody else's.
        terms: what its vendor demands of those who use it; empty if nothing that matters.
        state: ready, or why it is not asked: a kind of reason, such as no_key; broken for a plugin that is.
        note: what to do about that.
        origin: ``ioclib``, or where a plugin comes from: a file, or a package and its version.
    """

    name: str
    about: str = ""
    types: tuple[str, ...] = ()
    key: KeyEntry | None = None
    exposure: str | None = None
    limits: tuple[str, ...] = ()
    tier: str | None = None
    terms: str = ""
    state: str
    note: str | None
    origin: str


@dataclass(frozen=True)
class LimitEntry:
    """How much of a limit is left.

    Attributes:
        limit: such as ``4/minute``.
        left: requests.
        resets_at: when all of it is to be had again (UTC); null if nothing is used.
    """

    limit: str
    left: int
    resets_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ForecastEntry:
    """What a plan would take of one source.

    Attributes:
        source: its name.
        exposure: who would learn of the indicators: none, vendor, public or target.
        lookups: how many indicators it would be asked about.
        kept: how many of them need no asking, since the answer was kept.
        requests: that the others would take at most.
        left: of its limits.
        last_at: when the last request could start (UTC), if they cannot all start at once.
    """

    source: str
    exposure: str
    lookups: int
    kept: int
    requests: int
    left: tuple[LimitEntry, ...]
    last_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CheckupEntry:
    """What came of asking one source.

    Attributes:
        source: its name.
        asked: the indicator that it was asked about; null if it was not asked.
        state: healthy, unhealthy, or skipped.
        reachable: whether it answered at all; null if that is not known.
        key: whether it took the key; null if none was sent, or that is not known.
        shape: whether its answer has the shape that its documentation promises; null if there was no answer to look at.
        says: one sentence: what is wrong and with what field, or that all is well.
        left: of its limits.
        elapsed: seconds.
    """

    source: str
    asked: str | None
    state: Literal["healthy", "unhealthy", "skipped"]
    reachable: bool | None
    key: bool | None
    shape: bool | None
    says: str
    left: tuple[LimitEntry, ...]
    elapsed: float | None


def safe_json(document: bytes) -> bytes:
    """The same JSON document, with characters that a terminal would obey written as escapes."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", document.decode()).encode()


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report, derived from the types here."""
    made = msgspec.json.schema(Report)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "ioclib report", **made}
