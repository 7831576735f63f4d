"""How answers are shown while they land: a live table on a terminal, plain lines elsewhere, or nothing."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

import click

from ioclib.answers import Answer, Skipped
from ioclib.extract import defang
from ioclib.indicators import Indicator
from ioclib.plan import Lookup, Plan, ReasonKind, Skip
from ioclib.report import AnswerEntry
from ioclib.source import Tlp

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

UNASKED = {ReasonKind.RETIRED, ReasonKind.UNPROVEN, ReasonKind.PERSONAL, ReasonKind.NO_ADDRESS}
"""Nobody expects these to be asked: a list of them would hide what matters. The report has them."""


class Window(Protocol):
    """Shows answers; a context in which they land."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, answer: Answer) -> None:
        """An answer has landed."""
        ...


class Silence:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put away."""

    def show(self, answer: Answer) -> None:
        """Not even this one."""


class Lines(Silence):
    """A line an answer."""

    def __init__(self, *, defanged: bool) -> None:
        self._defanged = defanged

    def show(self, answer: Answer) -> None:
        """Print it."""
        from ioclib.render import Pages, line

        if not (isinstance(answer.outcome, Skipped) and answer.outcome.reason.kind in UNASKED):
            link = Pages([(answer.ioc.kind, answer.ioc.value)]).linked(answer.link)
            click.echo(line(_shown(answer.ioc, defanged=self._defanged), AnswerEntry.of(answer), link))


class JsonLines(Silence):
    """A JSON document an answer."""

    def __init__(self, *, tlp: Tlp, sandbox: bool, defanged: bool) -> None:
        self._tlp = tlp
        self._sandbox = sandbox
        self._defanged = defanged

    def show(self, answer: Answer) -> None:
        """Print it."""
        from ioclib.render import Pages, jsonl_line

        entry, about = AnswerEntry.of(answer), (answer.ioc.kind, answer.ioc.value)
        run: dict[str, Any] = {"pages": Pages([about]), "tlp": self._tlp, "sandbox": self._sandbox}
        click.echo(jsonl_line(*about, entry, **run, defanged=self._defanged))


class Bar(Silence):
    """How many answers have landed, on standard error, and how long it takes until all have."""

    def __init__(self, expected: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("answers"), BarColumn(), MofNCompleteColumn(), TextColumn("left"), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("answers", total=expected)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, answer: Answer) -> None:  # noqa: ARG002 they are counted
        """One more."""
        self._progress.advance(self._task)


class LiveTables:
    """A table for each indicator, whose rows fill in."""

    def __init__(self, plan: Plan, *, defanged: bool) -> None:
        from rich.live import Live

        self._defanged = defanged
        self._expected: dict[Indicator, list[str]] = {}
        told = (skip for skip in plan.skips if skip.reason.kind not in UNASKED)
        planned: list[Lookup | Skip] = [*plan.lookups, *told]
        for one in planned:
            self._expected.setdefault(one.ioc, []).append(one.source.name)
        self._landed: dict[Indicator, list[AnswerEntry]] = {ioc: [] for ioc in self._expected}
        self._live = Live(get_renderable=self._tables, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.vertical_overflow = "visible"  # the last picture is the whole one
        self._live.stop()

    def show(self, answer: Answer) -> None:
        """Fill in its row."""
        if answer.source.name in self._expected[answer.ioc]:
            self._landed[answer.ioc].append(AnswerEntry.of(answer))

    def _tables(self) -> "Group":
        from rich.console import Group

        return Group(*(self._table(ioc, expected) for ioc, expected in self._expected.items()))

    def _table(self, ioc: Indicator, expected: list[str]) -> "Table":
        from ioclib.render import Pages, answers_table

        shown = _shown(ioc, defanged=self._defanged)
        pages = Pages([(ioc.kind, ioc.value)])
        return answers_table(f"{shown} ({ioc.kind})", expected, self._landed[ioc], pages, ours=True)


def _shown(ioc: Indicator, *, defanged: bool) -> str:
    return defang(ioc.value) if defanged else ioc.value
