"""Labelled cases of overall verdicts: what sources said, and what a careful analyst makes of it."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from ioclib import detect, registry
from ioclib.indicators import Indicator
from ioclib.report import AnswerEntry, Judge
from ioclib.source import AnySource
from ioclib.verdict import Overall, Weights

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
VERDICTS = ("malicious", "suspicious", "benign", "unknown")


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        name: its own.
        group: what it is a case of.
        ioc: the indicator.
        label: what the answers come to.
        why: the label's reason.
        answers: what the sources said.
    """

    name: str
    group: str
    ioc: Indicator
    label: str
    why: str
    answers: tuple[AnswerEntry, ...]

    def overall(self, weights: Weights | None = None) -> Overall:
        """What ioclib makes of it."""
        return Judge(weights or Weights()).overall(self.ioc, self.answers, sources(), NOW)


@cache
def sources() -> Mapping[str, AnySource[Any]]:
    """Every built-in source."""
    return registry.without_plugins().sources


@cache
def cases(name: str) -> tuple[Case, ...]:
    """The cases of a file."""
    given = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))["case"]
    return tuple(
        Case(
            name=one["name"],
            group=one["group"],
            ioc=detect(one["ioc"]),
            label=one["label"],
            why=one["why"],
            answers=tuple(map(_answer, one["answers"])),
        )
        for one in given
    )


def _answer(said: Mapping[str, Any]) -> AnswerEntry:
    fields = {"outcome": "found", **said}
    if (error := fields.pop("error", None)) is not None:
        place = "error" if fields["outcome"] == "failed" else "reason"
        fields[place] = {"kind": error, "message": "", "retry_at": None}
    return msgspec.convert(fields, AnswerEntry)


def confusion(found: Iterable[tuple[str, str]]) -> str:
    """How often each label was given each verdict, as a table in Markdown."""
    counts = Counter(found)
    rows = [(label, *(str(counts[label, verdict]) for verdict in VERDICTS)) for label in VERDICTS]
    table = [("label", *VERDICTS), ("---",) * (len(VERDICTS) + 1), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in table)
