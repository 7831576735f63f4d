"""Views of a report for people: defanged, on one line each, and with nothing in them that a terminal obeys."""

from ioclib.render.lines import line
from ioclib.render.misp import misp
from ioclib.render.spreadsheet import csv_rows, inert
from ioclib.render.stix import stix
from ioclib.render.markdown import markdown
from ioclib.render.page import fragment, page
from ioclib.render.table import (
    answers_table,
    checkups_table,
    extracted_table,
    forecast_table,
    missing_keys,
    sources_table,
)
from ioclib.render.words import details, people, printable, summed_up, word

__all__ = [
    "answers_table",
    "checkups_table",
    "csv_rows",
    "details",
    "extracted_table",
    "forecast_table",
    "inert",
    "fragment",
    "line",
    "misp",
    "markdown",
    "missing_keys",
    "page",
    "people",
    "printable",
    "sources_table",
    "stix",
    "summed_up",
    "word",
]
