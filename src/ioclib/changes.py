"""What has changed from one report to a later one: a pure function of both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ioclib.findings import Verdict
from ioclib.report import AnswerEntry, IndicatorEntry, RelatedEntry, Report

Fact = str | int | datetime | tuple[str, ...] | None
"""What a field of an answer may hold."""

_FACTS = ("verdict", "summary", "family", "actor", "first_seen", "last_seen", "asn", "country", "confidence")
LISTS = ("tags", "references", "related")
"""Fields of which a change says what was left out and what was added."""


@dataclass(frozen=True)
class FactChange:
    """One thing that a source says otherwise than before.

    Attributes:
        field: of the answer, as the report names it; ``outcome`` where a source answered before and does not now, or
            the other way round.
        old: what was said; null if nothing.
        new: what is said; null if nothing.
    """

    field: str
    old: Fact
    new: Fact


@dataclass(frozen=True)
class SourceChange:
    """What one source says otherwise of an indicator.

    Attributes:
        source: its name.
        changes: each of them.
    """

    source: str
    changes: tuple[FactChange, ...]


@dataclass(frozen=True, kw_only=True)
class IndicatorChange:
    """What has changed about an indicator.

    Attributes:
        type: its type.
        value: its canonical form.
        state: ``new`` or ``gone`` if it stands in only one of the reports, else ``changed``.
        old_verdict: the overall verdict before; null if it is new.
        new_verdict: the overall verdict now; null if it is gone.
        old_confidence: of the verdict before.
        new_confidence: of the verdict now.
        sources: who says something otherwise, in the order of their names.
    """

    type: str
    value: str
    state: Literal["new", "gone", "changed"]
    old_verdict: Verdict | None
    new_verdict: Verdict | None
    old_confidence: int | None
    new_confidence: int | None
    sources: tuple[SourceChange, ...]


@dataclass(frozen=True)
class Changes:
    """All differences of two reports.

    Attributes:
        old: when the older was started (UTC).
        new: when the newer was.
        sandbox: whether any of the answers are the sandbox's inventions.
        indicators: what has changed, in the order of the newer report, what is gone at the end.
        unchanged: how many indicators are as they were.
    """

    old: datetime
    new: datetime
    sandbox: bool
    indicators: tuple[IndicatorChange, ...]
    unchanged: int


def changes(old: Report, new: Report) -> Changes:
    """What has changed from one report to a later one."""
    before = {(one.type, one.value): one for one in old.indicators}
    after = {(one.type, one.value): one for one in new.indicators}
    found = [
        change for key in dict.fromkeys([*after, *before]) if (change := _changed(before.get(key), after.get(key)))
    ]
    unchanged = len(before.keys() | after.keys()) - len(found)
    return Changes(old.started, new.started, old.sandbox or new.sandbox, tuple(found), unchanged)


def _changed(old: IndicatorEntry | None, new: IndicatorEntry | None) -> IndicatorChange | None:
    known = new or old
    if known is None:
        return None
    sources = tuple(_by_source(old, new)) if old and new else ()
    if old and new and not sources and old.overall.verdict == new.overall.verdict:
        return None
    return IndicatorChange(
        type=known.type,
        value=known.value,
        state="changed" if old and new else "new" if new else "gone",
        old_verdict=old.overall.verdict if old else None,
        new_verdict=new.overall.verdict if new else None,
        old_confidence=old.overall.confidence if old else None,
        new_confidence=new.overall.confidence if new else None,
        sources=sources,
    )


def _by_source(old: IndicatorEntry, new: IndicatorEntry) -> Iterator[SourceChange]:
    before, after = _answers(old), _answers(new)
    for name in sorted(before.keys() | after.keys()):
        if differences := tuple(_differences(before.get(name), after.get(name))):
            yield SourceChange(name, differences)


def _answers(entry: IndicatorEntry) -> Mapping[str, AnswerEntry]:
    return {one.source: one for one in entry.answers}


def _differences(old: AnswerEntry | None, new: AnswerEntry | None) -> Iterator[FactChange]:
    before, after = (old.outcome if old else None), (new.outcome if new else None)
    if before != after:
        yield FactChange("outcome", before, after)
    if not (old and new and before == after == "found"):
        return
    for field in _FACTS:
        if getattr(old, field) != getattr(new, field):
            yield FactChange(field, getattr(old, field), getattr(new, field))
    for field in LISTS:
        yield from _of_lists(field, *(tuple(map(_written, getattr(each, field))) for each in (old, new)))


def _written(one: str | RelatedEntry) -> str:
    return one if isinstance(one, str) else f"{one.relation} {one.value}"


def _of_lists(field: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[FactChange]:
    """What was left out and what was added; the order says nothing."""
    gone, added = (tuple(one for one in some if one not in others) for some, others in ((old, new), (new, old)))
    if gone or added:
        yield FactChange(field, gone or None, added or None)
