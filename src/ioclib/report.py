"""Answers become one frozen report: the public JSON document, schema 1.

The dataclasses here are the schema: `schema` derives the JSON Schema from them. It is frozen: within
schema 1 fields may be added, but none is removed, renamed or given another meaning.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Self, cast

import msgspec

from ioclib._version import __version__
from ioclib.answers import Answer, Failed, Found, NotFound, Skipped
from ioclib.errors import ErrorKind, InvalidIndicator, UnreadableFile
from ioclib.findings import Evidence, Relation, Verdict
from ioclib.indicators import Indicator, of_type
from ioclib.own import OwnLists
from ioclib.plan import ReasonKind
from ioclib.source import AnySource, Tlp
from ioclib.verdict import Overall, Said, Weights, weigh

SCHEMA: Literal[1] = 1

_NO_REPORT = "this is no report that `ioclib check --format json` has written"

PLACES = 10
"""So many of the places where an indicator stood are told."""

_NULL = msgspec.Raw(b"null")
_NOTHING = cast("msgspec.Raw", None)  # with any other default for a raw field msgspec decodes none

_NOT_ABLE = {
    ReasonKind.RETIRED,
    ReasonKind.UNPROVEN,
    ReasonKind.PERSONAL,
    ReasonKind.NO_ADDRESS,
    ReasonKind.DISABLED,
    ReasonKind.ACTIVE,
    ReasonKind.NOT_NEEDED,
}
"""Why a source is not asked of which nobody expects an answer: it is not missing from what is covered."""

# Characters that a terminal or a reader may obey, or that nobody sees: C1 controls, DEL, direction marks, what has no
# width, selectors of variants, tags, and what no font has. They only occur inside strings.
_OBEYED = re.compile(
    "[\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)


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
        evidence: what the verdict rests on; null unless it was found, or where that is not known.
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
    evidence: Evidence | None = None
    link: str = ""
    elapsed: float = 0.0
    age: float | None = None
    error: ErrorDetail | None = None
    reason: ReasonDetail | None = None
    results: msgspec.Raw = _NOTHING

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
                evidence = finding.evidence or answer.source.evidence
                return cls(**common, **known, related=named, evidence=evidence, outcome="found")
            case NotFound():
                return cls(**common, outcome="not_found")
            case Failed():
                return cls(**common, outcome="failed")
            case Skipped():
                return cls(**common, outcome="skipped")


class Asked(NamedTuple):
    """How an indicator came to be asked about.

    Attributes:
        written: as it was written by whoever asked.
        seen: where in files and texts it stood.
    """

    written: str
    seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judge:
    """By what overall verdicts are made, besides the answers.

    Attributes:
        weights: what opinions weigh.
        own: the user's own lists.
    """

    weights: Weights = field(default_factory=Weights)
    own: OwnLists = field(default_factory=OwnLists)

    def overall(
        self, ioc: Indicator, answers: Iterable[AnswerEntry], sources: Mapping[str, AnySource[Any]], now: datetime
    ) -> Overall:
        """What all answers about one indicator come to.

        Args:
            ioc: the indicator.
            answers: about it.
            sources: those that are known here, by name.
            now: as of when opinions are old or fresh (UTC).
        """
        said = [_said(one, sources.get(one.source)) for one in answers if not _beside_the_point(one)]
        return weigh(ioc.kind, [*said, *self.own.say_of(ioc)], now, self.weights)


def _beside_the_point(answer: AnswerEntry) -> bool:
    return answer.outcome == "skipped" and answer.reason is not None and answer.reason.kind in _NOT_ABLE


def _seen(answer: AnswerEntry, source: AnySource[Any] | None) -> datetime | None:
    """When the indicator was last seen to be what the source calls it; None if that is now, or not known."""
    if source and source.present and answer.verdict is Verdict.MALICIOUS:
        return None
    return answer.last_seen or answer.first_seen


def _said(answer: AnswerEntry, source: AnySource[Any] | None) -> Said:
    why = answer.error or answer.reason
    gone = answer.outcome in {"failed", "skipped"}
    return Said(
        source=answer.source,
        verdict=answer.verdict if answer.outcome == "found" else None,
        evidence=answer.evidence or (source.evidence if source else Evidence.COMMUNITY),
        repeats=source.repeats if source else (),
        seen=_seen(answer, source),
        tags=answer.tags,
        says=answer.summary or "",
        link=answer.link,
        missing=(why.kind if why else answer.outcome) if gone else None,
    )


@dataclass(frozen=True, kw_only=True)
class IndicatorEntry:
    """One indicator and its answers.

    Attributes:
        type: its type.
        value: its canonical form.
        given: as it was written by whoever asked.
        seen: where it stood in the files and texts that were given: ``mail.eml: body, line 3``; ten at most.
        overall: what all answers come to.
        answers: in the order of the sources' names.
    """

    type: str
    value: str
    given: str
    seen: tuple[str, ...]
    overall: Overall
    answers: tuple[AnswerEntry, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that was answered.

    Attributes:
        schema: the version of this document.
        made_by: the program and its version.
        started: when the run began (UTC).
        elapsed: seconds that it took.
        sandbox: whether the answers are the sandbox's inventions.
        tlp: who may learn of it: FIRST's Traffic Light Protocol 2.0.
        indicators: in the order in which they were given.
    """

    schema: Literal[1]
    made_by: str
    started: datetime
    elapsed: float
    sandbox: bool
    tlp: Tlp
    indicators: tuple[IndicatorEntry, ...]

    @classmethod
    def of(
        cls,
        given: Mapping[Indicator, Asked],
        answers: Iterable[Answer],
        *,
        started: datetime,
        elapsed: float,
        sandbox: bool = False,
        tlp: Tlp = Tlp.CLEAR,
        judge: Judge | None = None,
    ) -> Self:
        """The report of a run.

        Args:
            given: each indicator and how it came to be asked about.
            answers: in any order.
            started: when the run began (UTC).
            elapsed: seconds that it took.
            sandbox: whether the sandbox answered.
            tlp: who may learn of it.
            judge: makes the overall verdicts; with ioclib's own weights unless given.
        """
        entries: dict[Indicator, list[AnswerEntry]] = {ioc: [] for ioc in given}
        sources: dict[str, AnySource[Any]] = {}
        for answer in answers:
            entries[answer.ioc].append(AnswerEntry.of(answer))
            sources[answer.source.name] = answer.source
        told = [(ioc, asked, entries[ioc]) for ioc, asked in given.items()]
        return cls.of_entries(told, sources, judge, started=started, elapsed=elapsed, sandbox=sandbox, tlp=tlp)

    @classmethod
    def of_entries(
        cls,
        told: Iterable[tuple[Indicator, Asked, Sequence[AnswerEntry]]],
        sources: Mapping[str, AnySource[Any]],
        judge: Judge | None,
        *,
        started: datetime,
        elapsed: float,
        sandbox: bool,
        tlp: Tlp,
    ) -> Self:
        """The report of answers that were written down.

        Args:
            told: each indicator, how it came to be asked about, and the answers about it.
            sources: those that are known here, by name.
            judge: makes the overall verdicts; with ioclib's own weights unless given.
            started: when the run began (UTC).
            elapsed: seconds that it took.
            sandbox: whether the sandbox answered.
            tlp: who may learn of it.
        """
        judge = judge or Judge()
        return cls(
            schema=SCHEMA,
            made_by=f"ioclib {__version__}",
            started=started,
            elapsed=round(elapsed, 3),
            sandbox=sandbox,
            tlp=tlp,
            indicators=tuple(
                _judged(ioc, asked, answers, judge.overall(ioc, answers, sources, started))
                for ioc, asked, answers in told
            ),
        )

    @classmethod
    def read(cls, document: bytes, sources: Mapping[str, AnySource[Any]], judge: Judge | None = None) -> Self:
        """A report that was saved as JSON, with verdicts made anew from its answers, as of when it was started.

        Args:
            document: the JSON document.
            sources: those that are known here, by name; the opinion of any other counts as a report by others.
            judge: makes the overall verdicts; with ioclib's own weights unless given.

        Raises:
            UnreadableFile: it is no report of this schema; says what is wrong with it.
        """
        try:
            saved = msgspec.json.decode(document, type=_SavedReport)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UnreadableFile(f"{_NO_REPORT}: {error}") from None
        judge = judge or Judge()
        try:
            iocs = [of_type(one.type, one.value) for one in saved.indicators]
        except InvalidIndicator as error:
            raise UnreadableFile(f"{_NO_REPORT}: {error}") from None
        return cls(
            schema=saved.schema,
            made_by=saved.made_by,
            started=saved.started,
            elapsed=saved.elapsed,
            sandbox=saved.sandbox,
            tlp=saved.tlp,
            indicators=tuple(
                _judged(
                    ioc,
                    Asked(one.given, one.seen),
                    one.answers,
                    judge.overall(ioc, one.answers, sources, saved.started),
                )
                for ioc, one in zip(iocs, saved.indicators, strict=True)
            ),
        )

    @property
    def answers(self) -> tuple[AnswerEntry, ...]:
        """The answers for all indicators."""
        return tuple(answer for one in self.indicators for answer in one.answers)

    def _repr_html_(self) -> str:
        """What a notebook shows: a table, without script, and without links to any indicator."""
        # Jupyter looks for this method on the value itself; registering it from above would show nothing until somebody
        # happened to import the room that does so
        from ioclib.render import fragment

        return fragment(self)

    def to_json(self) -> bytes:
        """The report as one JSON document on one line, safe to print anywhere."""
        return as_json(self)

    def to_dict(self) -> dict[str, Any]:
        """The report as a dictionary that is ready for ``json.dumps``."""
        made: dict[str, Any] = json.loads(self.to_json())
        return made


@dataclass(frozen=True, kw_only=True)
class _Saved:
    """An indicator and its answers, before anything is made of them."""

    type: str
    value: str
    given: str = ""
    seen: tuple[str, ...] = ()
    answers: tuple[AnswerEntry, ...]


@dataclass(frozen=True, kw_only=True)
class _SavedReport:
    schema: Literal[1]
    made_by: str = ""
    started: datetime
    elapsed: float = 0.0
    sandbox: bool = False
    tlp: Tlp = Tlp.CLEAR
    indicators: tuple[_Saved, ...]


def _judged(ioc: Indicator, asked: Asked, answers: Iterable[AnswerEntry], overall: Overall) -> IndicatorEntry:
    return IndicatorEntry(
        type=ioc.kind,
        value=ioc.value,
        given=asked.written or ioc.value,
        seen=asked.seen[:PLACES],
        overall=overall,
        answers=tuple(sorted(answers, key=lambda one: one.source)),
    )


def as_json(made: object) -> bytes:
    """Anything of ours as one JSON document on one line, safe to print anywhere."""
    try:
        document = msgspec.json.encode(made)
    except UnicodeEncodeError:  # the name of a file, which need not be text
        document = msgspec.json.encode(_whole(made))
    # an answer of a saved report may have been set on several lines since; in strings line ends are always escaped
    return safe_json(document.replace(b"\r", b" ").replace(b"\n", b" "))


def _whole(made: Any) -> Any:
    """The same with a question mark for each half of a character, which no JSON may hold."""
    if is_dataclass(made):
        return {one.name: _whole(getattr(made, one.name)) for one in fields(made)}
    if isinstance(made, dict):
        return {_whole(name): _whole(one) for name, one in cast("dict[str, object]", made).items()}
    if isinstance(made, list | tuple):
        return [_whole(one) for one in cast("Iterable[Any]", made)]
    return made.encode(errors="replace").decode() if isinstance(made, str) else made


def safe_json(document: bytes) -> bytes:
    """The same JSON document, with characters that a terminal would obey written as escapes."""
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], document.decode()).encode()


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report, derived from the types here."""
    made = msgspec.json.schema(Report)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "ioclib report", **made}
