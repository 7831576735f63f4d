"""What the formats for other programs have in common."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from ioclib.render.pages import Pages
from ioclib.render.words import people, printable
from ioclib.report import AnswerEntry, IndicatorEntry, Report
from ioclib.verdict import Grounds

SANDBOX = "SANDBOX: these answers are invented"

_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)  # what is said to be older is a mistake
_MOST = 20  # lines about one thing, in a text for people


def pages_of(report: Report) -> Pages:
    """Which of the sources' pages may be linked in a report."""
    return Pages((one.type, one.value) for one in report.indicators)


def told(*, defanged: bool) -> Callable[[str], str]:
    """How somebody's text is told to people: on one line, and with nothing to click on if it is defanged."""
    return people if defanged else printable


def in_words(report: Report, entry: IndicatorEntry, *, defanged: bool) -> str:
    """What all answers about an indicator come to, in lines for people.

    Args:
        report: to which it belongs.
        entry: the indicator.
        defanged: whether indicators and links to them are made harmless.
    """
    return "\n".join(_lines(report, entry, told(defanged=defanged)))


def _lines(report: Report, entry: IndicatorEntry, tell: Callable[[str], str]) -> Iterator[str]:
    overall = entry.overall
    if report.sandbox:
        yield SANDBOX
    yield f"{tell(entry.value)} ({entry.type}): {overall.verdict}, confidence {overall.confidence} of 100"
    yield from _part("Reasons", [_opinion(one, tell) for one in overall.reasons])
    yield from _part("Against it", [_opinion(one, tell) for one in overall.against])
    coverage = overall.coverage
    yield f"Coverage: {coverage.answered} of {coverage.able} sources that could answer did"
    gone = [one for one in entry.answers if one.outcome in {"failed", "skipped"}]
    yield from _part("Not known", [tell(one.source) for one in entry.answers if one.outcome == "not_found"])
    yield from _part("Failed", [f"{tell(one.source)}: {why(one, tell)}" for one in gone if one.outcome == "failed"])
    yield from _part("Skipped", [f"{tell(one.source)}: {why(one, tell)}" for one in gone if one.outcome == "skipped"])


def _part(heading: str, said: list[str]) -> Iterator[str]:
    if said:
        yield f"{heading}:"
        yield from (f"- {one}" for one in said[:_MOST])
    if len(said) > _MOST:
        yield f"- and {len(said) - _MOST} more"


def _opinion(one: Grounds, tell: Callable[[str], str]) -> str:
    repeated = f", repeats {tell(one.repeats)}" if one.repeats else ""
    says = f": {tell(one.says)}" if one.says else ""
    return f"{tell(one.source)} ({one.verdict}, {one.evidence}, weight {one.weight:g}{repeated}){says}"


def why(answer: AnswerEntry, tell: Callable[[str], str]) -> str:
    """Why there is no answer of now."""
    told_why = answer.error or answer.reason
    return tell(f"{told_why.kind}: {told_why.message}") if told_why else "no reason given"


def exact(value: str) -> str:
    """The value as it is, but for halves of characters, which no JSON may hold."""
    return value.encode(errors="replace").decode()


def times_of(answers: Iterable[AnswerEntry]) -> Iterator[datetime]:
    """When the sources have seen it, as far as that can be."""
    for answer in answers:
        for moment in (answer.first_seen, answer.last_seen):
            if moment and moment >= _OLDEST:
                yield moment
