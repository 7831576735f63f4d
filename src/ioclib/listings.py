"""What is told of sources, limits and plans: the rows of what `sources`, `plan` and `doctor` print."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

BUILT_IN = "ioclib"
"""Where a source comes from that comes with ioclib."""


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
