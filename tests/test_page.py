"""Reports as HTML: everything is told, nothing of what others wrote is alive, and nothing leads to an indicator."""

import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioclib.render import fragment, page
from ioclib.report import Report
from ioclib.source import Tlp
from tests.told import LINKS, NASTY, NOW, entry, everything, found, hostile, report

VOID = {"meta", "path", "use", "circle", "br"}


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.headings: list[int] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def values(self, name: str) -> list[str]:
        return [value for _, one, value in self.attributes if one == name]

    @property
    def links(self) -> list[str]:
        return [value for tag, name, value in self.attributes if (tag, name) == ("a", "href") and value[0] != "#"]


def shape(html: str) -> tuple[object, ...]:
    """All that is alive in a page: its elements and attributes, without what they say."""
    made = Page(html)
    return made.tags, Counter((tag, name) for tag, name, _ in made.attributes)


def test_a_page_tells_everything_in_order() -> None:
    text = Page(page(everything(sandbox=True))).text
    told = [
        "TLP:AMBER",
        "SANDBOX: these answers are invented.",
        "Indicator report 2026",
        "12:00 UTC, in 2.5 s, by ioclib 0.1.0",
        "At a glance 5 indicators 1 malicious 1 suspicious 2 unknown 1 benign",
        "Unknown is not clean",
        "malicious confidence ",
        "203[.]0[.]113[.]66 ipv4 9 of 11 sources answered",
        "speak for it, 1 source against it. 9 of 11 sources answered.",
        "What decided",
        "malicious 11 of 92 engines",
        "last seen 2026-11-21; rests on reports by others",
        "What spoke against it harmless_list benign allowed",
        "Who did not answer slow timeout: no answer in 20 s virustotal quota: 500 of 500 requests are used; again at ",
        "Where it was seen mail[.]eml: body, line 3",
        "resolves to vps[.]bulletproof[.]example",
        "not shown 11 more",
        "8 found something, 1 does not know it, 1 failed, 1 skipped",
        "412 reports family GildedHeron; actor Heron Group; first seen 2026-11-21; last seen 2026-11-21; AS64500; NL;",
        "; its own confidence 90 of 100; tags tag0, tag1, tag2, tag3, tag4, tag5, tag6, tag7 and 4 more",
        "Failed: they may know it or not",
        "Do not know it",
        "Skipped: they were not asked",
        "Unknown: nobody who answered calls it harmful or harmless. That does not mean that it is clean.",
        "Unknown: nobody answered. That does not mean that it is clean.",
    ]
    places = [text.find(one) for one in told]
    assert [one for one, place in zip(told, places, strict=True) if place < 0] == []
    assert places == sorted(places)


@pytest.mark.parametrize("tlp", Tlp)
def test_a_page_is_marked_at_its_head_and_foot(tlp: Tlp) -> None:
    made = Page(page(everything(tlp=tlp)))
    assert made.text.startswith(f"TLP:{tlp.upper()} Indicator report, 2026-11-24 12:00 UTC TLP:{tlp.upper()} ")
    assert made.text.count(f"TLP:{tlp.upper()}") == 3
    assert "SANDBOX" not in made.text


def test_a_report_about_nothing_is_a_page_too() -> None:
    assert "0 indicators" in Page(page(report())).text
    assert "0 indicators" in Page(fragment(report())).text


def test_a_page_is_the_same_whenever_it_is_made() -> None:
    assert page(everything()) == page(everything())


def test_headings_are_in_order_and_tables_have_captions_and_scopes() -> None:
    made = Page(page(everything()))
    assert made.headings[0] == 1
    assert made.headings.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in zip(made.headings, made.headings[1:], strict=False))
    assert made.tags["caption"] == made.tags["table"]
    assert len(made.values("scope")) == made.tags["th"]
    assert ("html", "lang", "en") in made.attributes
    assert len(made.values("id")) == len(set(made.values("id")))
    assert {one.removeprefix("#") for one in made.values("href") if one[0] == "#"} <= set(made.values("id"))
    assert set(" ".join(made.values("aria-labelledby")).split()) <= set(made.values("id"))


def test_the_policy_knows_the_one_style_and_the_one_script_and_allows_nothing_else() -> None:
    html = page(everything())
    hashes = {}
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        hashes[tag] = b64encode(sha256(content.encode()).digest()).decode()
    (policy,) = [value for value in Page(html).values("content") if value.startswith("default-src")]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{hashes['script']}'; style-src 'sha256-{hashes['style']}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert html.index("Content-Security-Policy") < html.index("<style>")


@pytest.mark.parametrize("render", [page, fragment])
def test_no_element_has_a_style_or_a_handler_of_its_own(render) -> None:
    made = Page(render(everything()))
    names = {name for _, name, _ in made.attributes}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]
    assert not {"img", "iframe", "form", "object", "link", "base"} & set(made.tags)


def test_the_script_and_the_style_are_the_same_in_every_report() -> None:
    def ours(made: Report) -> list[str]:
        return re.findall(r"<(?:style|script)>.*?</", page(made), re.DOTALL)

    assert ours(everything()) == ours(report())


@pytest.mark.parametrize("render", [page, fragment])
@pytest.mark.parametrize("defanged", [True, False])
@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_text_of_others_is_never_alive(render, text: str, defanged: bool) -> None:
    html = render(hostile(text), defanged=defanged)
    assert shape(html) == shape(render(hostile("nothing"), defanged=defanged))
    assert len(html) < 100_000
    obeyed = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
    assert not re.search(obeyed, html)
    html.encode()


@given(st.text(st.characters(), min_size=1))
def test_whatever_others_write_is_never_alive(text: str) -> None:
    # a word that is not all space: then nothing that is told only where there is something goes missing
    assert shape(page(hostile("x" + text))) == shape(page(hostile("nothing")))
    assert shape(fragment(hostile("x" + text))) == shape(fragment(hostile("nothing")))


@pytest.mark.parametrize("text", [one for one in NASTY if "evil.example" in one])
def test_nothing_can_be_clicked_by_mistake(text: str) -> None:
    for render in (page, fragment):
        told = Page(render(hostile(text))).text
        assert "evil.example" not in told
        assert "evil[.]example" in told


def test_values_can_be_told_exactly_and_are_not_linked_even_then() -> None:
    made = Page(page(everything(), defanged=False))
    assert "http://update-heron.example/gate.php" in made.text
    assert "[.]" not in made.text
    lists = (f"list-{number}" for number in range(6))
    asked = ("abuseipdb", *lists, "harmless-list", "silent", "ip-api", "one-list", "a", "b")
    assert {urlsplit(one).hostname for one in made.links} == {f"{name}.vendor.example" for name in asked}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("render", [page, fragment])
def test_a_link_that_leads_elsewhere_than_to_a_source_is_none(render, link: str) -> None:
    assert Page(render(hostile("x", link))).links == []


@pytest.mark.parametrize(
    "link",
    [
        "https://vendor.example/ip/203.0.113.66",
        "https://vendor.example/search?q=update-heron.example&x=%7B(1)%7D#a",
        "https://not-update-heron.example/",
        "https://misp/events/7",
        "https://192.0.2.5:8443/events/7",
        "https://[2001:db8::5]/events/7",
    ],
)
def test_a_source_s_page_is_linked(link: str) -> None:
    made = Page(page(hostile("x", link)))
    assert set(made.links) == {link}
    outward = [value for tag, name, value in made.attributes if (tag, name) == ("a", "rel")]
    assert outward == ["noopener noreferrer nofollow"] * len(made.links)
    assert set(Page(fragment(hostile("x", link))).links) == {link}


@pytest.mark.parametrize(
    ("kind", "value", "link"),
    [
        ("cidr", "198.51.100.0/24", "https://198.51.100.7/"),
        ("email", "me@evil.example", "https://evil.example/"),
        ("url", "http://203.0.113.66:8080/x", "https://203.0.113.66/"),
        ("url", "http://[2001:db8::66]/x", "https://[2001:DB8:0::66]/"),
        ("url", "http://intranet/x", "https://intranet/y"),
        ("domain", "evil.example", "https://a.b.evil.example/"),
    ],
)
def test_no_link_leads_to_the_host_of_an_indicator(kind: str, value: str, link: str) -> None:
    one = entry(kind, value, found("source", link=link))
    assert Page(page(report(one))).links == []
    assert Page(page(report(replace(one, value="else", type="mutex")))).links != []


def test_who_was_skipped_is_not_linked() -> None:
    assert "https://virustotal.vendor.example/203.0.113.66" not in page(everything())


def test_the_worst_comes_first() -> None:
    html = page(everything())
    verdicts = re.findall(r'data-key="(\d)"><span class="verdict (\w+)"', html)
    assert [name for _, name in verdicts] == ["malicious", "suspicious", "unknown", "unknown", "benign"]
    assert [rank for rank, _ in verdicts] == sorted(rank for rank, _ in verdicts)


def test_a_moment_without_a_zone_is_told_as_utc() -> None:
    assert "2026-11-24 12:00 UTC" in page(replace(everything(), started=NOW.replace(tzinfo=None)))


def test_a_fragment_says_the_main_thing_of_each_indicator() -> None:
    made = Page(fragment(everything(sandbox=True)))
    assert "TLP:AMBER SANDBOX: these answers are invented. 5 indicators: 1 malicious" in made.text
    assert "203[.]0[.]113[.]66 ■ malicious" in made.text
    assert "list_0 : 11 of 92 engines 9 of 11 sources answered" in made.text
    assert "unknown – nobody who answered" in made.text


def test_a_fragment_keeps_its_style_to_itself_and_has_no_script() -> None:
    html = fragment(everything())
    assert "<script" not in html
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    rules = re.findall(r"^([^{}]+)\{", style, re.MULTILINE)
    assert rules
    assert all(part.strip().startswith(".ioclib-report") for rule in rules for part in rule.split(","))


def test_a_notebook_shows_the_fragment() -> None:
    assert everything()._repr_html_() == fragment(everything())
