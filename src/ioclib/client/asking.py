"""The lookups of a chunk, made in this process: each item becomes one row, or is deferred."""

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from ioclib.answers import Answer, Failed, Skipped
from ioclib.client.front import Client
from ioclib.errors import ErrorKind, InvalidIndicator
from ioclib.indicators import Indicator, of_type
from ioclib.jobs.chunks import Chunk, Deferred, Item, Land, Row
from ioclib.plan import ReasonKind
from ioclib.report import AnswerEntry, ErrorDetail, as_json

LONGEST = 60.0
"""Seconds that a chunk takes at most."""

_A_WHILE = timedelta(seconds=10)
"""Until something is tried again of which nobody can tell when it could be: the quotas are out of reach."""

_WANTING_QUOTA = {ErrorKind.RATE_LIMITED, ErrorKind.QUOTA_EXHAUSTED}


async def asked(client: Client, chunk: Chunk, land: Land, *, within: float = LONGEST) -> list[Deferred]:
    """Makes the lookups of a chunk.

    Args:
        client: asks; its TLP is the chunk's.
        chunk: the lookups.
        land: is given the rows in small groups as they land, each exactly once.
        within: seconds that it may take.

    Returns:
        What could not be made for want of quota, or of time.

    Raises:
        ValueError: the client would ask by another TLP.
    """
    if client.tlp != chunk.tlp:
        raise ValueError(f"a chunk of TLP:{chunk.tlp} is not for a client of TLP:{client.tlp}")
    waiting, strange = _indicators(chunk.items)
    deferred: list[Deferred] = []
    async with aclosing(client.ask_of(chunk.source, waiting, within=within)) as groups:
        async for answers in groups:
            rows: list[Row] = []
            for answer in answers:
                ids, until = waiting.pop(answer.ioc), _until(answer)
                if until:
                    deferred += [Deferred(number, until.timestamp()) for number in ids]
                else:
                    rows += _rows(ids, AnswerEntry.of(answer))
            if rows:
                await land(rows)
    if strange := [*strange, *(number for ids in waiting.values() for number in ids)]:
        await land(_rows(strange, _unknown(chunk.source)))
    return deferred


def _indicators(items: Iterable[Item]) -> tuple[dict[Indicator, list[int]], list[int]]:
    """The numbers of each indicator, and those of which this version knows neither the type nor the form."""
    known: dict[Indicator, list[int]] = {}
    strange: list[int] = []
    for item in items:
        try:
            known.setdefault(of_type(item.type, item.value), []).append(item.id)
        except InvalidIndicator:
            strange.append(item.id)
    return known, strange


def _until(answer: Answer) -> datetime | None:
    """When a lookup could be made that was not made for want of quota; None for whatever else came of it.

    An old answer that stands in is none: a long run can wait for today's.
    """
    match answer.instead_of or answer.outcome:
        case Skipped(reason) if reason.kind in {ReasonKind.QUOTA, ReasonKind.COOLING_DOWN}:
            return reason.retry_at or datetime.now(UTC) + _A_WHILE
        case Failed(error) if error.kind in _WANTING_QUOTA:
            return error.retry_at
        case _:
            return None


def _rows(ids: Sequence[int], entry: AnswerEntry) -> list[Row]:
    answer = as_json(entry)
    return [Row(number, entry.outcome, answer) for number in ids]


def _unknown(source: str) -> AnswerEntry:
    why = f"whoever was to ask knows no source {source} that takes this type; is it of the same version?"
    return AnswerEntry(source=source, outcome="failed", error=ErrorDetail(ErrorKind.BROKEN_SOURCE, why, None))
