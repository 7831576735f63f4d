"""What came of a lookup: found, not found, failed or skipped. Four things, never mixed."""

from dataclasses import dataclass
from typing import Any

from msgspec import Raw

from ioclib.errors import SourceError
from ioclib.indicators import Indicator
from ioclib.plan import Reason
from ioclib.source import AnySource, Finding


@dataclass(frozen=True)
class Found:
    """The source knows the indicator.

    Attributes:
        finding: what it knows.
        results: its own answer, as JSON.
    """

    finding: Finding
    results: Raw | None = None


@dataclass(frozen=True)
class NotFound:
    """The source answered that it does not know the indicator, which is no opinion of it."""

    results: Raw | None = None


@dataclass(frozen=True)
class Failed:
    """The source did not answer the question.

    Attributes:
        error: why.
        results: what it sent nevertheless, as JSON.
    """

    error: SourceError
    results: Raw | None = None


@dataclass(frozen=True)
class Skipped:
    """The source was not asked."""

    reason: Reason


Outcome = Found | NotFound | Failed | Skipped


@dataclass(frozen=True)
class Answer:
    """An outcome, and whose.

    Attributes:
        ioc: the indicator.
        source: who was asked.
        outcome: what came of it.
        elapsed: seconds from the moment it was to be asked until it was known.
        age: seconds since the source said so, where that was kept; None where it was asked just now.
        instead_of: why there is no answer of today, where an old one stands in.
    """

    ioc: Indicator
    source: AnySource[Any]
    outcome: Outcome
    elapsed: float = 0.0
    age: float | None = None
    instead_of: Failed | Skipped | None = None

    @property
    def link(self) -> str:
        """The page about the indicator, for people; empty where the source's code fails, as a plugin's may."""
        if isinstance(self.outcome, Found) and self.outcome.finding.link:
            return self.outcome.finding.link
        try:
            return str(self.source.link(self.ioc.sendable()))
        except Exception:  # noqa: BLE001 it is the loss of a link, not of the report
            return ""
