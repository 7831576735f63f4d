"""Views of a report for people: defanged, on one line each, and with nothing in them that a terminal obeys."""

from ioclib.render.lines import line
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
    "details",
    "extracted_table",
    "forecast_table",
    "fragment",
    "line",
    "markdown",
    "missing_keys",
    "page",
    "people",
    "printable",
    "sources_table",
    "summed_up",
    "word",
]
