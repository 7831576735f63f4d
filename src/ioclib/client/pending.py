"""Indicators of a long run, until all of their answers have landed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ioclib.answers import Answer
from ioclib.indicators import Indicator
from ioclib.report import Asked, Judge, Report
from ioclib.source import Tlp


@dataclass
class Pending:
    """An indicator of a long run, until all of its answers have landed."""

    given: list[Asked]
    missing: int = 0
    answers: list[Answer] = field(default_factory=list[Answer])
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def take(self, answer: Answer) -> None:
        """An answer has landed."""
        self.answers.append(answer)
        self.missing -= 1

    def reports(self, ioc: Indicator, *, sandbox: bool, tlp: Tlp, judge: Judge) -> Iterator[Report]:
        """One for each time that it was given."""
        elapsed = (datetime.now(UTC) - self.started).total_seconds()
        for asked in self.given:
            yield Report.of(
                {ioc: asked},
                self.answers,
                started=self.started,
                elapsed=elapsed,
                sandbox=sandbox,
                tlp=tlp,
                judge=judge,
            )
