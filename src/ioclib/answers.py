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
        elapsed: seconds from the start of the run until it was known.
    """

    ioc: Indicator
    source: AnySource[Any]
    outcome: Outcome
    elapsed: float = 0.0

    @property
    def link(self) -> str:
        """The page about the indicator, for people."""
        if isinstance(self.outcome, Found) and self.outcome.finding.link:
            return self.outcome.finding.link
        return self.source.link(self.ioc.sendable())
