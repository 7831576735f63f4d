"""What all answers come to, and what was found in files, in lines."""

from collections import Counter
from collections.abc import Iterator, Mapping

from ioclib.indicators import Indicator
from ioclib.plan import Plan
from ioclib.render.telling import Telling, plural
from ioclib.render.words import people
from ioclib.report import Asked

_SHOWN = 10
"""Indicators that are named."""


def overall_lines(telling: Telling) -> Iterator[str]:
    """What all answers come to, an indicator a line, the worst first."""
    for one in telling.entries:
        sure = f" ({one.overall.confidence} % sure)" if one.overall.confidence else ""
        missing = ", ".join(f"{line.source}: {line.word}" for line in telling.missing(one))
        covered = f"{telling.coverage(one)}{f' ({missing})' if missing else ''}"
        yield f"{telling.value(one)}  {one.overall.verdict}{sure}  {telling.why(one)}. {covered}"


def found_and_planned(asked: Mapping[Indicator, Asked], plan: Plan) -> str:
    """What was found in files, and who would be asked about it.

    Args:
        asked: the indicators.
        plan: the lookups.
    """
    types = ", ".join(f"{count} {kind}" for kind, count in Counter(ioc.kind for ioc in asked).most_common())
    shown = [people(ioc.value) for ioc in asked][:_SHOWN]
    left = f" and {len(asked) - _SHOWN} more" if len(asked) > _SHOWN else ""
    sources = {one.source.name for one in plan.lookups}
    internal = {one.ioc for one in plan.skips if one.reason.kind == "internal"}
    told = [
        f"found {plural(len(asked), 'indicator')}: {types}",
        f"  {', '.join(shown)}{left}",
        f"asking {plural(len(sources), 'source')}: {plural(len(plan.lookups), 'lookup')}",
    ]
    if internal:
        told.append(f"  not sent, since internal: {', '.join(people(ioc.value) for ioc in internal)}")
    return "\n".join(told)
