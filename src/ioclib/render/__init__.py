"""Views of a report, for people and for programs: nothing in them can be clicked by mistake, or is obeyed by anything.

Everything is imported when it is first used: until the first answer little time is to be lost.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ioclib.render.as_markdown import markdown
    from ioclib.render.as_misp import misp
    from ioclib.render.as_page import fragment, page
    from ioclib.render.as_parquet import parquet_writer
    from ioclib.render.as_stix import stix
    from ioclib.render.differences import difference_lines
    from ioclib.render.forms import Form, json_text, jsonl_line
    from ioclib.render.lines import line
    from ioclib.render.pages import Pages
    from ioclib.render.runs import counts_table, ends_table, progress_line, progress_table
    from ioclib.render.spreadsheet import csv_rows, inert
    from ioclib.render.sums import found_and_planned, overall_lines
    from ioclib.render.table import (
        answers_table,
        checkups_table,
        extracted_table,
        forecast_table,
        missing_keys,
        overall_table,
        sources_table,
    )
    from ioclib.render.telling import Telling
    from ioclib.render.words import details, people, printable, summed_up, word
    from ioclib.report import Report

__all__ = [
    "Form",
    "Pages",
    "Telling",
    "answers_table",
    "checkups_table",
    "counts_table",
    "csv_rows",
    "details",
    "difference_lines",
    "ends_table",
    "extracted_table",
    "forecast_table",
    "found_and_planned",
    "fragment",
    "inert",
    "json_text",
    "jsonl_line",
    "line",
    "markdown",
    "misp",
    "missing_keys",
    "overall_lines",
    "overall_table",
    "page",
    "parquet_writer",
    "people",
    "printable",
    "progress_line",
    "progress_table",
    "render",
    "sources_table",
    "stix",
    "summed_up",
    "word",
]

_HOMES = {
    "differences": ("difference_lines",),
    "forms": ("Form", "json_text", "jsonl_line"),
    "lines": ("line",),
    "as_markdown": ("markdown",),
    "as_misp": ("misp",),
    "as_page": ("fragment", "page"),
    "as_parquet": ("parquet_writer",),
    "pages": ("Pages",),
    "runs": ("counts_table", "ends_table", "progress_line", "progress_table"),
    "spreadsheet": ("csv_rows", "inert"),
    "as_stix": ("stix",),
    "sums": ("found_and_planned", "overall_lines"),
    "table": (
        "answers_table",
        "checkups_table",
        "extracted_table",
        "forecast_table",
        "missing_keys",
        "overall_table",
        "sources_table",
    ),
    "telling": ("Telling",),
    "words": ("details", "people", "printable", "summed_up", "word"),
}


def render(report: "Report", form: str, *, defanged: bool | None = None) -> str:
    """A report in one of the formats.

    Args:
        report: the report.
        form: table, json, jsonl, csv, markdown, html, stix or misp.
        defanged: whether indicators are written so that nobody clicks on them; None takes what suits the format: so
            where people read, and exactly where machines do.

    Returns:
        The text, with an end of line at its end.

    Raises:
        ConfigurationError: the format needs an extra that is not installed; says which.
        ValueError: there is no such format.
    """
    from ioclib.render.forms import written

    return written(report, form, defanged=defanged)


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"ioclib.render.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
