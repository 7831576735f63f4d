"""The formats that a report can be had in."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from io import StringIO
from typing import Any, cast

import msgspec

from ioclib.extract import defang
from ioclib.render.as_markdown import markdown
from ioclib.render.as_misp import misp
from ioclib.render.as_page import page
from ioclib.render.as_stix import stix
from ioclib.render.exported import pages_of
from ioclib.render.pages import Pages
from ioclib.render.spreadsheet import csv_rows
from ioclib.render.table import answers_table, overall_table
from ioclib.render.telling import Telling
from ioclib.report import AnswerEntry, Report, as_json

_WIDTH = 120  # columns of a table that is not for a terminal

_TABLES = 20
"""Indicators whose answers are told in a table each: nobody reads more of them in a terminal."""

_KEPT = {"type", "started"}
"""Fields that stay as they are where everything else is defanged: they hold no indicator."""


class Form(StrEnum):
    """A format."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"
    STIX = "stix"
    MISP = "misp"


def written(report: Report, form: str, *, defanged: bool | None) -> str:
    """A report in one of the formats; see `ioclib.render`."""
    write = _WRITERS[Form(form)]
    text = write(report) if defanged is None else write(report, defanged=defanged)
    return text if text.endswith("\n") else text + "\n"


def jsonl_line(
    ioc_type: str, value: str, answer: AnswerEntry, *, pages: Pages, tlp: str, sandbox: bool, defanged: bool
) -> str:
    """One answer as a JSON document on one line.

    Args:
        ioc_type: the indicator's type.
        value: its canonical form.
        answer: one source's answer about it.
        pages: which of the sources' pages may be linked.
        tlp: who may learn of it.
        sandbox: whether it is the sandbox's invention.
        defanged: whether indicators are written so that nobody clicks on them.
    """
    about = {"type": ioc_type, "value": value, "tlp": tlp, "sandbox": sandbox}
    made = {**about, **{name: getattr(answer, name) for name in AnswerEntry.__dataclass_fields__}}
    return json_text(made, defanged=defanged, pages=pages)


def _as_json(report: Report, *, defanged: bool = False) -> str:
    return json_text(report, defanged=defanged, pages=pages_of(report))


def _as_jsonl(report: Report, *, defanged: bool = False) -> str:
    return "\n".join(_jsonl_lines(report, defanged=defanged))


def _jsonl_lines(report: Report, *, defanged: bool) -> Iterator[str]:
    run: dict[str, Any] = {"tlp": report.tlp, "sandbox": report.sandbox, "pages": pages_of(report)}
    for one in report.indicators:
        for answer in one.answers:
            yield jsonl_line(one.type, one.value, answer, **run, defanged=defanged)


def json_text(made: object, *, defanged: bool, pages: Pages | None = None) -> str:
    """Anything of ours as one JSON document on one line, safe to print anywhere.

    Args:
        made: a report, or what is made of some.
        defanged: whether indicators are written so that nobody clicks on them.
        pages: which of the sources' pages stay as they are even then; any that is one, if it is not said.
    """
    document = as_json(made)
    if not defanged:
        return document.decode()
    return as_json(_defanged(msgspec.json.decode(document), pages or Pages([]))).decode()


def _defanged(made: object, pages: Pages, name: str = "") -> object:
    """A document in which no indicator can be clicked; the sources' own answers, which hold some, are left out."""
    if name == "results":
        return None
    if isinstance(made, dict):
        return {key: _defanged(one, pages, key) for key, one in cast("dict[str, object]", made).items()}
    if isinstance(made, list):
        return [_defanged(one, pages) for one in cast("list[object]", made)]
    if not isinstance(made, str) or name in _KEPT or (name == "link" and pages.linked(made)):
        return made
    return defang(made)


def _as_table(report: Report, *, defanged: bool = True) -> str:
    from rich.console import Console

    telling = Telling(report, defanged)
    console = Console(file=StringIO(), width=_WIDTH, force_terminal=False, color_system=None)
    with console.capture() as captured:
        for one in telling.entries[:_TABLES]:
            names = [answer.source for answer in one.answers]
            console.print(answers_table(f"{telling.value(one)} ({one.type})", names, one.answers, telling.pages))
        console.print(overall_table(telling))
        if len(telling.entries) > _TABLES:
            console.print(f"Only the worst {_TABLES} are told in full: every other format has all answers.")
        console.print("\n".join(filter(None, (telling.notice, telling.marking))), markup=False, highlight=False)
    return captured.get()


_WRITERS: dict[Form, Callable[..., str]] = {
    Form.TABLE: _as_table,
    Form.JSON: _as_json,
    Form.JSONL: _as_jsonl,
    Form.CSV: csv_rows,
    Form.MARKDOWN: markdown,
    Form.HTML: page,
    Form.STIX: stix,
    Form.MISP: misp,
}
