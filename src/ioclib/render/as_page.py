"""A report as HTML: one page for everybody, and a fragment for notebooks.

Whatever comes from sources is escaped by jinja2; what is still alive in a page is one style and one script, both ours
and the same in every report, which the page's policy knows by their hashes.
"""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ioclib.findings import Verdict
from ioclib.render.telling import WORST_FIRST, Telling
from ioclib.report import Report

if TYPE_CHECKING:
    from jinja2 import Environment

_MARKS = {Verdict.MALICIOUS: "■", Verdict.SUSPICIOUS: "▲", Verdict.BENIGN: "○", Verdict.UNKNOWN: "–"}


def page(report: Report, *, defanged: bool = True) -> str:
    """A report as one HTML page that needs nothing else: no network, no other file.

    Args:
        report: what is to be told.
        defanged: whether indicators are made unclickable; they are never links, either way.

    Returns:
        The page; the same report always gives the same one.
    """
    style, script = _ours("page.css"), _ours("page.js")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        _templates()
        .get_template("page.html")
        .render(
            tell=Telling(report, defanged),
            policy=policy,
            ranks={verdict: rank for rank, verdict in enumerate(WORST_FIRST)},
            style=style,
            script=script,
        )
    )


def fragment(report: Report, *, defanged: bool = True) -> str:
    """A report as a compact HTML table for notebooks: no script, and no style that reaches beyond it.

    Args:
        report: what is to be told.
        defanged: whether indicators are made unclickable; they are never links, either way.
    """
    return _templates().get_template("fragment.html").render(tell=Telling(report, defanged), marks=_MARKS)


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("ioclib.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _ours(name: str) -> str:
    # a browser hashes what it reads, with every line end as a line feed
    return files("ioclib.render").joinpath("templates", name).read_text("utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
