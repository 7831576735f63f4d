"""What people are told of a report, before it is set in HTML or Markdown: every text is harmless, every link vetted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from ioclib.findings import Evidence, Verdict
from ioclib.render.pages import Pages
from ioclib.render.words import ago, people, printable, word
from ioclib.report import AnswerEntry, ErrorDetail, IndicatorEntry, ReasonDetail, Report
from ioclib.verdict import Grounds

WORST_FIRST = (Verdict.MALICIOUS, Verdict.SUSPICIOUS, Verdict.UNKNOWN, Verdict.BENIGN)

_NO_CLEAN_BILL = "That does not mean that it is clean."
_RESTS_ON = {
    Evidence.VOUCHED: "a list of what is harmless",
    Evidence.SCAN: "a scan by many engines",
    Evidence.ANALYSIS: "an analysis of it",
    Evidence.SEEN_WITH: "having been seen with what does harm",
    Evidence.CURATED: "the work of analysts",
    Evidence.COMMUNITY: "reports by others",
    Evidence.LISTED: "a place on a list",
    Evidence.CONTEXT: "context only",
    Evidence.OWN: "your own list",
}
_MOST_REASONS = 3
_MOST_TAGS = 8
_MOST_RELATED = 50


@dataclass(frozen=True)
class Line:
    """What is told of one source.

    Attributes:
        source: its name.
        link: its page about the indicator; empty if there is none to be linked.
        word: its opinion, or what became of it, in a word.
        says: the same in words.
        notes: what else is known, such as dates and tags.
    """

    source: str
    link: str
    word: str
    says: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kin:
    """Indicators that sources name beside the one that was asked about.

    Attributes:
        relation: how it stands to them, in words.
        told: they.
    """

    relation: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """All answers about one indicator by what came of them, so that none is taken for another."""

    found: tuple[Line, ...]
    failed: tuple[Line, ...]
    not_known: tuple[Line, ...]
    skipped: tuple[Line, ...]

    @property
    def summary(self) -> str:
        """How many of each."""
        counts = (
            (len(self.found), "found something"),
            (len(self.not_known), "does not know it" if len(self.not_known) == 1 else "do not know it"),
            (len(self.failed), "failed"),
            (len(self.skipped), "skipped"),
        )
        return ", ".join(f"{count} {what}" for count, what in counts if count) or "nobody was asked"


@dataclass(frozen=True)
class Telling:
    """A report, as people are told of it.

    Attributes:
        report: the report.
        defanged: whether what could be clicked is made unclickable.
    """

    report: Report
    defanged: bool = True

    @property
    def marking(self) -> str:
        """Who may learn of it, in the words of the Traffic Light Protocol."""
        return f"TLP:{self.report.tlp.upper()}"

    @property
    def notice(self) -> str:
        """What must be known before anything is believed; empty if nothing."""
        return "SANDBOX: these answers are invented." if self.report.sandbox else ""

    @property
    def title(self) -> str:
        """For a tab or the name of a file: without any indicator."""
        return f"{self.marking} Indicator report, {minute(self.report.started)}"

    @property
    def run(self) -> str:
        """When the run was, how long it took, and who made it."""
        return f"{minute(self.report.started)}, in {self.report.elapsed:.1f} s, by {self.text(self.report.made_by)}"

    @cached_property
    def entries(self) -> tuple[IndicatorEntry, ...]:
        """The indicators, the worst first."""
        return tuple(
            sorted(
                self.report.indicators,
                key=lambda one: (WORST_FIRST.index(one.overall.verdict), -one.overall.confidence),
            )
        )

    @property
    def counts(self) -> tuple[tuple[Verdict, int], ...]:
        """How many indicators have which verdict; also those that none has."""
        counts = Counter(one.overall.verdict for one in self.report.indicators)
        return tuple((verdict, counts[verdict]) for verdict in WORST_FIRST)

    @property
    def unknowns(self) -> bool:
        """Whether anything is unknown, which some take for clean."""
        return bool(dict(self.counts)[Verdict.UNKNOWN])

    @property
    def headline(self) -> str:
        """How many indicators there are, with which verdicts."""
        told = ", ".join(f"{count} {verdict}" for verdict, count in self.counts if count)
        return f"{plural(len(self.report.indicators), 'indicator')}{': ' if told else ''}{told}"

    def text(self, text: str) -> str:
        """Somebody's text, on one line and harmless."""
        return people(text) if self.defanged else printable(text)

    def link(self, link: str) -> str:
        """A source's page, if it may be linked: https, and not on a host that the report is about."""
        return self.pages.linked(link)

    @cached_property
    def pages(self) -> Pages:
        """Which of the sources' pages may be linked."""
        return Pages((one.type, one.value) for one in self.report.indicators)

    def value(self, entry: IndicatorEntry) -> str:
        """The indicator."""
        return self.text(entry.value)

    def given(self, entry: IndicatorEntry) -> str:
        """The indicator as it was written, where that is not how it is told anyway."""
        given = self.text(entry.given)
        return "" if given in {self.value(entry), printable(entry.value)} else given

    def sentence(self, entry: IndicatorEntry) -> str:
        """The overall verdict in one plain sentence, or two."""
        overall = entry.overall
        if overall.verdict is not Verdict.UNKNOWN:
            against = plural(len(overall.against), "source") if overall.against else "none"
            verb = "speaks" if len(overall.reasons) == 1 else "speak"
            return (
                f"{overall.verdict.capitalize()}, with a confidence of {overall.confidence} of 100: "
                f"{plural(len(overall.reasons), 'source')} {verb} for it, {against} against it."
            )
        if overall.reasons:
            said = plural(len(overall.reasons), "source")
            verb = "says" if len(overall.reasons) == 1 else "say"
            return f"Unknown: what {said} {verb} is not enough for a verdict. {_NO_CLEAN_BILL}"
        if not overall.coverage.answered:
            return f"Unknown: nobody answered. {_NO_CLEAN_BILL}"
        return f"Unknown: nobody who answered calls it harmful or harmless. {_NO_CLEAN_BILL}"

    def why(self, entry: IndicatorEntry) -> str:
        """What decided, in a line."""
        told = [f"{line.source}: {line.says}" for line in self.reasons(entry)[:_MOST_REASONS]]
        left = len(entry.overall.reasons) - _MOST_REASONS
        return "; ".join([*told, *([f"and {left} more"] if left > 0 else [])]) or "nobody has an opinion of it"

    def confidence(self, entry: IndicatorEntry) -> str:
        """How sure the verdict is; a dash where there is none to be sure of."""
        return "–" if entry.overall.verdict is Verdict.UNKNOWN else str(entry.overall.confidence)

    def coverage(self, entry: IndicatorEntry) -> str:
        """How many of the sources that could answer did."""
        coverage = entry.overall.coverage
        return f"{coverage.answered} of {plural(coverage.able, 'source')} answered"

    def covered(self, entry: IndicatorEntry) -> float:
        """The share of sources that answered, of those that could."""
        coverage = entry.overall.coverage
        return round(coverage.answered / coverage.able, 4) if coverage.able else 0.0

    def reasons(self, entry: IndicatorEntry) -> tuple[Line, ...]:
        """What decided, the weightiest first."""
        return tuple(map(self._opinion, entry.overall.reasons))

    def against(self, entry: IndicatorEntry) -> tuple[Line, ...]:
        """What spoke against it."""
        return tuple(map(self._opinion, entry.overall.against))

    def _opinion(self, grounds: Grounds) -> Line:
        notes = (
            f"last seen {day(grounds.seen)}" if grounds.seen else "no date given",
            f"rests on {_RESTS_ON[grounds.evidence]}",
            f"hands on what {self.text(grounds.repeats)} says, and was not counted again" if grounds.repeats else "",
        )
        return Line(
            self.text(grounds.source),
            self.link(grounds.link),
            grounds.verdict,
            self.text(grounds.says),
            tuple(filter(None, notes)),
        )

    def missing(self, entry: IndicatorEntry) -> tuple[Line, ...]:
        """Who could have answered and did not, and why."""
        answers = {answer.source: answer for answer in entry.answers}
        return tuple(
            Line(
                self.text(one.source),
                self._page(answers[one.source]) if one.source in answers else "",
                _spaced(self.text(one.why)),
                self._why(answers[one.source]) if one.source in answers else "",
            )
            for one in entry.overall.coverage.missing
        )

    def seen(self, entry: IndicatorEntry) -> tuple[str, ...]:
        """Where the indicator stood."""
        return tuple(map(self.text, entry.seen))

    def related(self, entry: IndicatorEntry) -> tuple[Kin, ...]:
        """What sources name beside it, each once; not more than people read."""
        named = list(dict.fromkeys((one.relation, one.value) for answer in entry.answers for one in answer.related))
        kin: dict[str, list[str]] = {}
        for relation, value in named[:_MOST_RELATED]:
            kin.setdefault(relation.replace("-", " "), []).append(self.text(value))
        told = [Kin(relation, tuple(values)) for relation, values in kin.items()]
        left = len(named) - _MOST_RELATED
        return (*told, Kin("not shown", (f"{left} more",))) if left > 0 else tuple(told)

    def answers(self, entry: IndicatorEntry) -> Answers:
        """Every answer."""
        lines: dict[str, list[Line]] = {"found": [], "failed": [], "not_found": [], "skipped": []}
        for answer in entry.answers:
            lines[answer.outcome].append(self._answer(answer))
        return Answers(*(tuple(lines[outcome]) for outcome in ("found", "failed", "not_found", "skipped")))

    def _answer(self, answer: AnswerEntry) -> Line:
        gone = answer.outcome in {"failed", "skipped"}
        says = self._why(answer) if gone else self.text(answer.summary or "")
        return Line(self.text(answer.source), self._page(answer), word(answer), says, tuple(self._notes(answer)))

    def _page(self, answer: AnswerEntry) -> str:
        # who was not asked may have had no business with the indicator: nobody is led there
        return "" if answer.outcome == "skipped" else self.link(answer.link)

    def _why(self, answer: AnswerEntry) -> str:
        why = answer.error or answer.reason
        return self._told(why) if why else ""

    def _told(self, why: ErrorDetail | ReasonDetail) -> str:
        later = f"; again at {minute(why.retry_at)}" if why.retry_at else ""
        return f"{_spaced(why.kind)}: {self.text(why.message)}{later}"

    def _notes(self, answer: AnswerEntry) -> Iterator[str]:
        if answer.age is not None:
            why = answer.error or answer.reason
            yield f"answer of {ago(answer.age)} ago{f', since {self._told(why)}' if why else ''}"
        if answer.family:
            yield f"family {self.text(answer.family)}"
        if answer.actor:
            yield f"actor {self.text(answer.actor)}"
        if answer.first_seen:
            yield f"first seen {day(answer.first_seen)}"
        if answer.last_seen:
            yield f"last seen {day(answer.last_seen)}"
        if answer.asn is not None:
            yield f"AS{answer.asn}"
        if answer.country:
            yield self.text(answer.country)
        if answer.confidence is not None:
            yield f"its own confidence {answer.confidence} of 100"
        if answer.tags:
            left = len(answer.tags) - _MOST_TAGS
            yield "tags " + self._listed(answer.tags[:_MOST_TAGS]) + (f" and {left} more" if left > 0 else "")

    def _listed(self, texts: Iterable[str]) -> str:
        return ", ".join(map(self.text, texts))


def plural(count: int, thing: str) -> str:
    """How many of a thing."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def day(moment: datetime) -> str:
    """A moment's day (UTC)."""
    return f"{_utc(moment):%Y-%m-%d}"


def minute(moment: datetime) -> str:
    """A moment to the minute (UTC)."""
    return f"{_utc(moment):%Y-%m-%d %H:%M} UTC"


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:  # never the clock of this machine: the same report must be told the same everywhere
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # within hours of the first or the last moment that there is
        return moment.replace(tzinfo=UTC)


def _spaced(kind: str) -> str:
    return kind.replace("_", " ")
