"""What has changed between two reports, for people."""

from collections.abc import Iterator
from datetime import datetime

from ioclib.changes import LISTS, Changes, Fact, FactChange, IndicatorChange
from ioclib.render.telling import minute, plural
from ioclib.render.words import people, printable

_MOST = 20
"""Of labels, pages and related indicators, so many are told."""


def difference_lines(made: Changes, *, defanged: bool = True) -> Iterator[str]:
    """A line for each indicator, and one below it for each thing that a source says otherwise.

    Args:
        made: the differences.
        defanged: whether what could be clicked is made unclickable.
    """
    if made.sandbox:
        yield "SANDBOX: these answers are invented."
    for one in made.indicators:
        yield _headline(one, defanged=defanged)
        for source in one.sources:
            told = "; ".join(_fact(change, defanged=defanged) for change in source.changes)
            yield f"  {printable(source.source)}: {told}"
    kinds = [one.state for one in made.indicators]
    counts = ", ".join(f"{kinds.count(state)} {state}" for state in ("changed", "new", "gone") if state in kinds)
    yield (
        f"{plural(len(kinds) + made.unchanged, 'indicator')} from {minute(made.old)} to {minute(made.new)}: "
        f"{counts + ', ' if counts else ''}{made.unchanged} unchanged"
    )


def _headline(one: IndicatorChange, *, defanged: bool) -> str:
    shown = f"{_text(one.value, defanged=defanged)} ({one.type})"
    if one.state != "changed":
        return f"{shown}: {one.state}, {one.new_verdict or one.old_verdict}"
    if one.old_verdict == one.new_verdict:
        return f"{shown}: still {one.new_verdict}"
    return f"{shown}: {one.old_verdict} -> {one.new_verdict}"


def _fact(change: FactChange, *, defanged: bool) -> str:
    if change.field in LISTS:
        gone, added = (_listed(some, defanged=defanged) for some in (("-", change.old), ("+", change.new)))
        return f"{change.field}{gone}{added}"
    old, new = (_value(one, defanged=defanged) for one in (change.old, change.new))
    return f"{change.field.replace('_', ' ')}: {old} -> {new}"


def _listed(some: tuple[str, Fact], *, defanged: bool) -> str:
    sign, texts = some[0], some[1] if isinstance(some[1], tuple) else ()
    told = "".join(f" {sign}{_text(one, defanged=defanged)}" for one in texts[:_MOST])
    return f"{told} {sign}{len(texts) - _MOST} more" if len(texts) > _MOST else told


def _value(value: Fact, *, defanged: bool) -> str:
    if value is None:
        return "nothing"
    return minute(value) if isinstance(value, datetime) else _text(str(value), defanged=defanged)


def _text(text: str, *, defanged: bool) -> str:
    return people(text) if defanged else printable(text)
