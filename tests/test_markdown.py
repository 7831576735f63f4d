"""Reports as Markdown: everything is told, and what a tracker makes of it has no life that is not ours."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ioclib.render import markdown
from ioclib.report import Report
from ioclib.source import Tlp
from tests.told import LINKS, NASTY, entry, everything, found, hostile, report

# HTML is let through and whatever looks like a link is linked: more than any tracker does
TRACKER = MarkdownIt("commonmark", {"html": True, "linkify": True, "typographer": True}).enable(
    ["table", "strikethrough", "linkify", "replacements", "smartquotes"]
)


def tokens(text: str) -> list[Token]:
    made: list[Token] = []
    for token in TRACKER.parse(text):
        made += [token, *(token.children or [])]
    return made


def shape(text: str) -> Counter[str]:
    """What comes alive, without what it says."""
    return Counter(token.type for token in tokens(text))


def links(text: str) -> list[str]:
    return [str(token.attrs["href"]) for token in tokens(text) if token.type == "link_open"]


def free(text: str) -> str:
    """What stands outside of code, in which trackers look for names and numbers."""
    return " ".join(token.content for token in tokens(text) if token.type == "text")


def test_everything_is_told_in_order() -> None:
    text = markdown(everything(sandbox=True))
    told = [
        "# Indicator report\n",
        "**TLP:AMBER**",
        "**SANDBOX: these answers are invented.**",
        "5 indicators: 1 malicious, 1 suspicious, 2 unknown, 1 benign.",
        "2026-11-24 12:00 UTC",
        "| `203[.]0[.]113[.]66` | ipv4 | 9 of 11 sources answered |",
        "## `203[.]0[.]113[.]66`",
        "### What decided",
        "[`list_0`](https://list-0.vendor.example/203.0.113.66): **malicious**, `11 of 92 engines`; `no date given",
        "### What spoke against it",
        "**benign**, `allowed`",
        "- `slow`: `timeout: no answer in 20 s`",
        "- `virustotal`: `quota: 500 of 500 requests are used; again at 2026-11-25 00:00 UTC`",
        "### Where it was seen\n\n- `mail[.]eml: body, line 3`",
        "- resolves to: `vps[.]bulletproof[.]example`",
        "8 found something, 1 does not know it, 1 failed, 1 skipped.",
        "`412 reports`; `family GildedHeron; actor Heron Group;",
        "| failed | `timeout: no answer in 20 s` |",
        "Do not know it: [`silent`](https://silent.vendor.example/203.0.113.66).",
        "### Skipped: they were not asked\n\n- `virustotal`: `quota:",
        "Unknown: nobody answered. That does not mean that it is clean.",
    ]
    places = [text.find(one) for one in told]
    assert [one for one, place in zip(told, places, strict=True) if place < 0] == []
    assert places == sorted(places)
    assert text.endswith("\n")
    assert text == markdown(everything(sandbox=True))


@pytest.mark.parametrize("tlp", Tlp)
def test_the_marking_is_told(tlp: Tlp) -> None:
    text = markdown(everything(tlp=tlp))
    assert f"\n**TLP:{tlp.upper()}**\n" in text
    assert "SANDBOX" not in text


def test_a_report_about_nothing_is_told_too() -> None:
    assert "0 indicators." in markdown(report())


def test_the_tables_are_tables() -> None:
    made = shape(markdown(everything()))
    assert made["table_open"] == 5
    assert made["heading_open"] == 19


@pytest.mark.parametrize("defanged", [True, False])
@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_text_of_others_is_never_alive(text: str, defanged: bool) -> None:
    assert inert(hostile(text), defanged=defanged)


@given(st.text(st.characters(), min_size=1))
def test_whatever_others_write_is_never_alive(text: str) -> None:
    assert inert(hostile("x" + text))


@given(st.text("`|\\[]()<>!*_~#@&;:-+= \n\t'\"a1$^", min_size=1), st.booleans())
def test_whatever_means_something_to_markdown_is_never_alive(text: str, defanged: bool) -> None:
    assert inert(hostile("x" + text), defanged=defanged)


def inert(made: Report, *, defanged: bool = True) -> bool:
    text, plain = markdown(made, defanged=defanged), markdown(hostile("nothing"), defanged=defanged)
    assert shape(text) == shape(plain)
    assert free(text) == free(plain)
    assert set(links(text)) == {"https://vendor.example/page"}
    assert len(text) < 60_000
    return text.count("\n") == plain.count("\n")


def test_nothing_outside_of_code_can_be_taken_for_somebody_or_something() -> None:
    text = free(markdown(everything(), defanged=False))
    assert not re.search(r"[@!&%~$]|#\d|://|\b[0-9a-f]{7,40}\b", text)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_that_leads_elsewhere_than_to_a_source_is_none(link: str) -> None:
    assert links(markdown(hostile("x", link))) == []


@pytest.mark.parametrize(
    "link",
    [
        "https://vendor.example/a)(b",
        "https://vendor.example/a'b\"*_c_*[x](y)~~z~~",
        "https://vendor.example/?q=&lt;&copy;=1",
        "https://vendor.example/)![x](https://evil.example/",
    ],
)
def test_a_link_cannot_leave_its_place(link: str) -> None:
    text = markdown(hostile("x", link))
    assert {one.split("/")[2] for one in links(text)} <= {"vendor.example"}
    assert free(text) == free(markdown(hostile("x")))


def test_a_link_still_leads_where_it_led() -> None:
    link = "https://vendor.example/search?q=a_b&x=%7B1%7D#part"
    assert set(links(markdown(hostile("x", link)))) == {link}


def test_values_can_be_told_exactly_and_are_not_linked_even_then() -> None:
    text = markdown(everything(), defanged=False)
    assert "## `http://update-heron.example/gate.php`" in text
    assert "[.]" not in text
    assert all(".vendor.example/" in one for one in links(text))


def test_a_few_indicators_fit_into_a_ticket() -> None:
    one = entry("ipv4", "203.0.113.66", *(found(f"source_{number:02}") for number in range(45)))
    assert len(markdown(report(*[one] * 5))) < 65_536
