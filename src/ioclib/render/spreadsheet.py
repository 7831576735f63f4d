"""Comma-separated values that any spreadsheet opens without running anything.

defusedcsv is not enough for this: it looks at the first character only, so that a space, a quote or a full-width sign
before the formula gets past it, it leaves controls and line ends in, and it changes text that is none (``|``).
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from ioclib.extract import defang, refang
from ioclib.render.exported import SANDBOX, pages_of
from ioclib.render.pages import Pages
from ioclib.render.words import visible
from ioclib.report import AnswerEntry, IndicatorEntry, Report

COLUMNS = (
    "type", "value", "given", "overall", "confidence", "source", "outcome", "verdict", "summary", "tags", "family",
    "actor", "first_seen", "last_seen", "asn", "country", "source_confidence", "link", "why", "tlp", "sandbox",
    "started",
)  # fmt: skip
"""The header, always in this order."""

LONGEST = 32_000  # of a cell; Excel's own end is 32,767

Cell = str | int | None

# \u2212 is the only minus sign that no normal form turns into one
_BEGIN_FORMULAS = frozenset("=+-@\u2212")
_QUOTES = "'\"`´‘’‚‛“”„‟«»‹› "


def inert(cell: object) -> Cell:
    """A cell that no spreadsheet takes for a formula, on one line, with nothing in it that a reader obeys.

    Args:
        cell: anything; whole numbers stay numbers, None stays empty.
    """
    if cell is None or (isinstance(cell, int) and not isinstance(cell, bool)):
        return cell
    text = str(cell)[: 4 * LONGEST]
    text = " ".join(visible(text).split())[:LONGEST]
    # ＝ and ﹦ are formulas to some spreadsheets: their compatibility form tells
    first = unicodedata.normalize("NFKC", text.lstrip(_QUOTES)[:1])[:1]
    return "'" + text[: LONGEST - 1] if first in _BEGIN_FORMULAS else text


def csv_rows(report: Report, *, defanged: bool = True) -> str:
    """The report as CSV (RFC 4180): a header, then a row for each answer; an indicator without any has one too.

    Args:
        report: what was answered.
        defanged: whether indicators and links to them are made harmless; links to the sources' pages are never.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    pages = pages_of(report)
    for entry in report.indicators:
        for row in _rows(report, entry, pages, defanged=defanged):
            writer.writerow(map(inert, row))
    return written.getvalue()


def _rows(report: Report, entry: IndicatorEntry, pages: Pages, *, defanged: bool) -> Iterator[list[Cell]]:
    def shown(text: str | None) -> str | None:
        return defang(text[: 4 * LONGEST]) if text and defanged else text

    given = shown(refang(entry.given)) if defanged else entry.given
    about: list[Cell] = [entry.type, shown(entry.value), given, entry.overall.verdict, entry.overall.confidence]
    run: list[Cell] = [report.tlp, SANDBOX if report.sandbox else "", _moment(report.started)]
    for answer in entry.answers:
        yield [
            *about,
            shown(answer.source),
            answer.outcome,
            answer.verdict,
            shown(answer.summary),
            shown("; ".join(answer.tags)),
            shown(answer.family),
            shown(answer.actor),
            _moment(answer.first_seen),
            _moment(answer.last_seen),
            answer.asn,
            shown(answer.country),
            answer.confidence,
            pages.linked(answer.link),
            shown(_why(answer)),
            *run,
        ]
    if not entry.answers:
        yield [*about, *[None] * (len(COLUMNS) - len(about) - len(run)), *run]


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _why(answer: AnswerEntry) -> str | None:
    """Why there is no answer of now, if there is none."""
    why = answer.error or answer.reason
    return f"{why.kind}: {why.message}" if why else None
