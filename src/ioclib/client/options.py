"""How a lookup is made, and of what."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from ioclib.extract import Extracted, detect
from ioclib.indicators import Indicator
from ioclib.report import PLACES, Asked

if TYPE_CHECKING:
    from ioclib.sandbox.faults import Faults

Given = str | Indicator | Extracted
"""An indicator, a text that is one, or one that was found in a text."""


class Options(TypedDict, total=False):
    """How a lookup is made; every one may be left out.

    Attributes:
        sources: ask only these sources, by name.
        exclude: do not ask these.
        profile: a selection of sources with a deadline: quick, full, passive, or one of the config; what the other
            options say counts more.
        timeout: seconds until a report is made of what has landed; 20 unless the config says otherwise.
        tlp: who may learn of the indicators: red, amber+strict, amber, green or clear; clear unless the config says
            otherwise.
        active: also ask sources that touch the indicator's own infrastructure.
        include_internal: send internal indicators too, but for those that the config names.
        cache: use what was kept, and keep what may be kept.
        max_age: seconds; answers that were kept longer are not used, however long their source lets them live.
        plugins: also ask the sources that do not come with ioclib; none of them is in the sandbox.
        sandbox: ask the simulated providers instead; nothing leaves the machine.
        faults: what the simulated providers do wrong.
    """

    sources: Iterable[str] | None
    exclude: Iterable[str]
    profile: str | None
    timeout: float | None
    tlp: str | None
    active: bool
    include_internal: bool
    cache: bool
    max_age: float | None
    plugins: bool
    sandbox: bool
    faults: "Faults | None"


def asked_about(given: Iterable[Given]) -> dict[Indicator, Asked]:
    """Each indicator and how it came to be asked about, without repetitions.

    Raises:
        InvalidIndicator: a text is no indicator.
    """
    found: dict[Indicator, Asked] = {}
    for one in given:
        ioc, asked = origin(one)
        before = found.setdefault(ioc, asked)
        if len(before.seen) < PLACES and not set(asked.seen) <= set(before.seen):
            found[ioc] = Asked(before.written, (*before.seen, *asked.seen))
    return found


def origin(given: Given) -> tuple[Indicator, Asked]:
    """The indicator, and how it came to be asked about.

    Raises:
        InvalidIndicator: a text is no indicator.
    """
    if isinstance(given, str):
        return detect(given), Asked(given)
    if isinstance(given, Indicator):
        return given, Asked(given.value)
    where = ", ".join(filter(None, (given.place, f"line {given.line}" if given.line else "")))
    return given.ioc, Asked(given.written, (where,) if where else ())
