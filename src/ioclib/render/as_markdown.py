"""A report as Markdown for tickets: GitHub, GitLab, TheHive, and what imports from them.

Whatever is not ours stands in a code span. That is the one place in which no tracker looks for emphasis, links, tables,
HTML, mentions, references to issues or commits, footnotes or emoji; a backslash before a character does not keep
GitHub from notifying somebody whose name comes after it.
"""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from ioclib.findings import Verdict
from ioclib.render.telling import Line, Telling
from ioclib.report import IndicatorEntry, Report

# Ends of a code span, and of a cell of a table: neither can be escaped in a way that all trackers understand
_LOOKALIKES = str.maketrans({"`": "ˋ", "|": "¦"})

_MOST_OPINIONS = 8

_MARKS = {Verdict.MALICIOUS: "■", Verdict.SUSPICIOUS: "▲", Verdict.BENIGN: "○", Verdict.UNKNOWN: "–"}


def markdown(report: Report, *, defanged: bool = True) -> str:
    """A report as Markdown, ready to be pasted into a ticket.

    Args:
        report: what is to be told.
        defanged: whether indicators are made unclickable; they are never links, either way. Backticks and bars are
            told by characters that look like them, either way.

    Returns:
        The text; it ends in a line feed.
    """
    tell = Telling(report, defanged)
    lines = ["# Indicator report", "", f"**{tell.marking}**", ""]
    if tell.notice:
        lines += [f"**{tell.notice}** They come from simulated sources; nothing in this report is real.", ""]
    lines += [f"{tell.headline}. Run of {_code(tell.run)}.", ""]
    lines += _overview(tell)
    for entry in tell.entries:
        lines += _about(tell, entry)
    return "\n".join(lines).rstrip() + "\n"


def _overview(tell: Telling) -> list[str]:
    if not tell.entries:
        return []
    rows = (
        (
            _verdict(entry.overall.verdict),
            tell.confidence(entry),
            _code(tell.value(entry)),
            entry.type,
            tell.coverage(entry),
        )
        for entry in tell.entries
    )
    return _table(("Verdict", "Confidence", "Indicator", "Type", "Coverage"), rows)


def _about(tell: Telling, entry: IndicatorEntry) -> Iterator[str]:
    yield from (f"## {_code(tell.value(entry))}", "")
    if tell.given(entry):
        yield from (f"Given as {_code(tell.given(entry))}.", "")
    yield from (f"{tell.sentence(entry)} {tell.coverage(entry)}.", "")
    said = "What was said" if entry.overall.verdict is Verdict.UNKNOWN else "What decided"
    yield from _list(said, _opinions(tell.reasons(entry)))
    yield from _list("What spoke against it", _opinions(tell.against(entry)))
    yield from _list("Who did not answer", map(_absence, tell.missing(entry)))
    yield from _list("Where it was seen", map(_code, tell.seen(entry)))
    yield from _list(
        "Related indicators, as sources name them",
        (f"{kin.relation}: {', '.join(map(_code, kin.told))}" for kin in tell.related(entry)),
    )
    yield from _answers(tell, entry)


def _answers(tell: Telling, entry: IndicatorEntry) -> Iterator[str]:
    answers = tell.answers(entry)
    yield from ("### All answers", "", f"{answers.summary.capitalize()}.", "")
    if lines := (*answers.found, *answers.failed):
        yield from _table(
            ("Source", "Answer", "What it says"), ((_source(line), line.word, _says(line)) for line in lines)
        )
    # a row for each of them would fill the ticket: GitHub takes 65,536 characters
    if answers.not_known:
        yield from (f"Do not know it: {', '.join(map(_source, answers.not_known))}.", "")
    skipped: dict[str, list[str]] = {}
    for line in answers.skipped:
        skipped.setdefault(line.says, []).append(_source(line))
    yield from _list(
        "Skipped: they were not asked", (f"{', '.join(names)}: {_code(why)}" for why, names in skipped.items())
    )


def _list(heading: str, items: Iterable[str]) -> list[str]:
    made = [f"- {item}" for item in items]
    return [f"### {heading}", "", *made, ""] if made else []


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_row(headings), _row("---" for _ in headings), *map(_row, rows), ""]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _opinions(lines: Sequence[Line]) -> Iterator[str]:
    yield from map(_opinion, lines[:_MOST_OPINIONS])
    left = len(lines) - _MOST_OPINIONS
    if left > 0:
        yield f"{left} more: see all answers"


def _opinion(line: Line) -> str:
    return f"{_source(line)}: **{line.word}**, {_says(line)}"


def _absence(line: Line) -> str:
    return f"{_source(line)}: {_code(line.says or line.word)}"


def _says(line: Line) -> str:
    return "; ".join(map(_code, filter(None, (line.says, "; ".join(line.notes))))) or "–"


def _source(line: Line) -> str:
    return f"[{_code(line.source)}]({_target(line.link)})" if line.link else _code(line.source)


def _verdict(verdict: Verdict) -> str:
    return f"{_MARKS[verdict]} {verdict}"


def _code(text: str) -> str:
    """Somebody's text, in which nothing comes alive; a dash if there is none."""
    return f"`{text.translate(_LOOKALIKES)}`" if text else "–"


def _target(link: str) -> str:
    """A link's target, without a character that means something to Markdown."""
    return quote(link, safe=":/?#[]@!$&+,=%.-~")
