"""Tables for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.style import Style
from rich.table import Table
from rich.text import Text

from ioclib.listings import BUILT_IN, CheckupEntry, ForecastEntry, SourceEntry
from ioclib.render.pages import Pages
from ioclib.render.telling import Telling
from ioclib.render.words import ago, details, people, printable, word
from ioclib.report import AnswerEntry

_TOLD = {
    "none": "nobody",
    "vendor": "vendor",
    "public": "public",
    "target": "owner",
}
_STYLES = {
    "malicious": "bold red",
    "suspicious": "yellow",
    "benign": "green",
    "known": "",
    "not known": "dim",
    "failed": "magenta",
    "skipped": "dim",
}


def answers_table(
    title: str, expected: Iterable[str], answers: Iterable[AnswerEntry], pages: Pages, *, ours: bool = False
) -> Table:
    """One indicator's answers, with a row for each source that is still being asked.

    Args:
        title: the indicator, defanged.
        expected: the names of all sources that answer or are skipped.
        answers: what has landed.
        pages: which of the sources' pages may be linked.
        ours: whether reasons are our own words, of this run: then the page where a key is to be had may be clicked.
    """
    landed = {answer.source: answer for answer in answers}
    table = Table(title=Text(title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD, expand=True)
    table.add_column("source", no_wrap=True)
    table.add_column("answer", no_wrap=True)
    table.add_column("details", ratio=1)
    table.add_column("s", justify="right", no_wrap=True)
    for name in sorted(expected):
        answer = landed.get(name)
        if answer is None:
            table.add_row(Text(people(name), style="dim"), Text("asking …", style="dim italic"))
            continue
        style = _STYLES[word(answer)]
        time = "" if answer.outcome == "skipped" else f"{answer.elapsed:.2f}"
        link = "" if answer.outcome == "skipped" else pages.linked(answer.link)
        source = Text(people(name), Style(link=link) if link else "")
        told = Text(details(answer, link, ours=ours), style)
        table.add_row(source, Text(word(answer), style), told, Text(time, "dim"))
    return table


def overall_table(telling: Telling) -> Table:
    """What all answers come to, an indicator a row, the worst first."""
    table = Table(title=telling.headline, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, expand=True)
    table.add_column("indicator", overflow="fold", ratio=2)
    table.add_column("verdict", no_wrap=True)
    table.add_column("%", justify="right", no_wrap=True)
    table.add_column("why", ratio=3)
    table.add_column("answered", no_wrap=True)
    for one in telling.entries:
        style, coverage = _STYLES.get(one.overall.verdict, ""), one.overall.coverage
        table.add_row(
            Text(telling.value(one)),
            Text(one.overall.verdict, style),
            Text(telling.confidence(one)),
            Text(telling.why(one)),
            Text(f"{coverage.answered} of {coverage.able}"),
        )
    return table


def sources_table(sources: Sequence[SourceEntry]) -> Table:
    """Every source and its state."""
    table = Table(box=box.SIMPLE_HEAD)
    plugins = any(one.origin != BUILT_IN for one in sources)
    for heading in ("source", "takes", "exposure", "limits", "key", "tier", "state", *(["from"] if plugins else [])):
        table.add_column(heading, no_wrap=heading in {"source", "exposure"}, overflow="fold")
    for one in sources:
        style = "" if one.state == "ready" else "dim"
        limits, key = ", ".join(one.limits) or "–", one.key.variable if one.key else "none needed"
        cells = [printable(one.name), ", ".join(one.types), one.exposure or "–", limits, key, one.tier or "–"]
        cells += [printable(_state(one)), *([printable(one.origin)] if plugins else [])]
        table.add_row(*(Text(cell, style) for cell in cells))
    return table


def _state(one: SourceEntry) -> str:
    if one.state == "ready" and one.key and not one.key.set:
        return "ready, also without its key"
    return one.state.replace("_", " ") if one.state in {"ready", "no_key"} else f"{one.state}: {one.note}"


def forecast_table(forecast: Sequence[ForecastEntry], now: datetime) -> Table:
    """What a plan would take of each source.

    Args:
        forecast: by source.
        now: in UTC.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in ("source", "told", "lookups", "requests", "left of limits", "last in"):
        number = heading in {"lookups", "requests"}
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for one in forecast:
        left = "\n".join(f"{limit.left} of {limit.limit}" for limit in one.left) or "none known"
        last = ago((one.last_at - now).total_seconds()) if one.last_at else ""
        lookups = f"{one.lookups}, {one.kept} kept" if one.kept else str(one.lookups)
        table.add_row(one.source, _TOLD[one.exposure], lookups, str(one.requests), left, last)
    return table


_YES_OR_NO = {True: "yes", False: "no", None: "–"}


def checkups_table(checkups: Sequence[CheckupEntry]) -> Table:
    """What came of asking each source."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("source", "reached", "key", "shape", "time", "left"):
        table.add_column(heading, no_wrap=True)
    for one in checkups:
        time = "–" if one.elapsed is None else f"{one.elapsed:.1f} s"
        tightest = min(one.left, key=lambda limit: limit.left, default=None)
        left = f"{tightest.left} of {tightest.limit}" if tightest else "–"
        seen = [_YES_OR_NO[found] for found in (one.reachable, one.key, one.shape)]
        cells = (one.source, *seen, time, left)
        style = "" if one.state == "healthy" else "bold red"
        table.add_row(*(Text(cell, style) for cell in cells))
    return table


def missing_keys(sources: Sequence[SourceEntry]) -> list[str]:
    """A line for each key that is not set: where it is to be had."""
    keys = {one.key.variable: one.key.get for one in sources if one.key and not one.key.set}
    return [f"{variable:<28} {page}" for variable, page in keys.items()]


def extracted_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The indicators that were found in files; no column of which all cells would say the same or nothing."""
    several = len({row["file"] for row in rows}) > 1
    columns = {
        "type": [row["type"] for row in rows],
        "value": [people(row["value"]) for row in rows],
        "file": [printable(row["file"]) if several else "" for row in rows],
        "place": [people(row["place"]) for row in rows],
        "line": [str(row["line"] or "") for row in rows],
        "context": [people(row["context"]) for row in rows],
    }
    shown = {heading: cells for heading, cells in columns.items() if any(cells) or heading == "value"}
    table = Table(box=box.SIMPLE_HEAD)
    for heading in shown:
        table.add_column(
            heading, overflow="fold", no_wrap=heading in {"type", "line"}, max_width=32 if heading == "file" else None
        )
    for cells in zip(*shown.values(), strict=True):
        table.add_row(*map(Text, cells))
    return table
