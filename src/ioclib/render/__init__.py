"""Views of a report for people: defanged, on one line each, and with nothing in them that a terminal obeys."""

from ioclib.render.differences import difference_lines
from ioclib.render.forms import Form, json_text, jsonl_line, render
from ioclib.render.lines import found_and_planned, line, overall_lines
from ioclib.render.markdown import markdown
from ioclib.render.misp import misp
from ioclib.render.page import fragment, page
from ioclib.render.pages import Pages
from ioclib.render.spreadsheet import csv_rows, inert
from ioclib.render.stix import stix
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

__all__ = [
    "Form",
    "Pages",
    "Telling",
    "answers_table",
    "checkups_table",
    "csv_rows",
    "details",
    "difference_lines",
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
    "people",
    "printable",
    "render",
    "sources_table",
    "stix",
    "summed_up",
    "word",
]
