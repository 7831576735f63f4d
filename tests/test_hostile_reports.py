"""Texts that want to be more than text, in every field of a report that others fill, in every format."""

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec
import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st
from pymisp import MISPEvent
from rich.cells import cell_len
from rich.console import Console

from ioclib.changes import changes
from ioclib.findings import Relation
from ioclib.indicators import Mutex
from ioclib.plan import Plan
from ioclib.render import (
    Telling,
    answers_table,
    difference_lines,
    found_and_planned,
    fragment,
    json_text,
    line,
    overall_lines,
    overall_table,
    render,
)
from ioclib.report import Asked, RelatedEntry, Report
from tests.test_markdown import free, links
from tests.test_markdown import shape as markdown_shape
from tests.test_page import Page, shape
from tests.told import LINKS, entry, found, hostile, report

PAGE = "https://vendor.example/page"

TEXTS = {
    "HTML": "<b>x</b> <img src=https://evil.example/x.png onerror=alert(1)>",
    "script": "<script>alert(1)</script>",
    "script and comment": "</script><!-- <script>",
    "event handler": "\" onmouseover=alert(1) autofocus onfocus='alert(1)' x=\"",
    "end of everything": "]]></style></title></textarea></bdi></td></table>--><svg onload=alert(1)>",
    "entities": "&lt;script&gt; &#60;b&#62; &copy",
    "colours": "\x1b[31mred\x1b[0m \x1b[2J\x1b[H",
    "title of the window": "\x1b]0;owned\x07 \x1b]2;owned\x1b\\",
    "hyperlink of a terminal": "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIC8=\x07",
    "C1 controls": "\x9b31mred\x9d8;;https://evil.example/\x9c \x85 \x90q",
    "backspaces": "good\x08\x08\x08\x08evil\x7f\x7f \x0e\x0f \x05",
    "right to left": "\u202egpj.exe\u202c \u200f\u061c",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "zero width": "e\u200bv\u200ci\u200dl\u2060.\ufeffexample \u00ad",
    "invisible letters": "a\u034fb\u115fc\u1160d\u3164e\uffa0f\u17b4g",
    "variation selectors": "a\ufe0f\U000e0100\U000e01ef\u180b",
    "tag characters": "a\U000e0001\U000e0041\U000e0042\U000e007f \U000e0000",
    "annotations": "\ufff9a\ufffab\ufffb \U0001d173",
    "formula": "=cmd|' /C calc'!A0",
    "formulas": '+1+1 -1 @SUM(A1) =HYPERLINK("https://evil.example/")',
    "full-width formula": "\uff1d1+1",
    "formula behind a space": " \t=1+1",
    "formula behind a quote": '"=1+1',
    "formula behind an invisible letter": "\u034f=1+1",
    "NUL": "a\x00b\x00",
    "half of a character": "\ud800 \udfff \udcff",
    "line ends": "a\r\nb\rc\nd\x0be\x0cf\x1cg\x85h",
    "a forged line": "x\n203[.]0[.]113[.]66  virustotal  benign  nothing\nvirustotal: clean",
    "a forged row": 'x"\r\n"ipv4","203.0.113.66","benign',
    "separators of lines": "a\u2028b\u2029c",
    "end of JSON": '"}]}\n{"verdict":"benign","x":"',
    "heading": "\n\n# heading\n\n- item\n\n```\nfence\n",
    "links of Markdown": "[x](javascript:alert(1)) ![x](https://evil.example/x.png) [a]: https://evil.example/ <https://evil.example>",
    "marks of Markdown": "**b** _i_ ~~s~~ `code` ``` | cell | $x$ :smile: [^1] ***",
    "mentions": "@everyone #1 GH-12 !7 ~5 owner/repo#9 deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "template": "{{7*7}} {% raw %} ${7*7} <%= 7*7 %> #{7*7} {# #} %s %(x)s {0} {x!r}",
    "markup of rich": "[bold red]x[/] [link=https://evil.example/]y[/link] [/nothing] :skull: [@click=app.quit]z[/]",
    "quotes of patterns": "' OR [file:name = 'x'] \\' \\\\' \\",
    "controls of MISP": 'tlp:clear "quoted" misp:tool="x" |value2 \\n',
    "a marking": "tlp:clear",
    "another marking": "\uff54\uff4c\uff50\uff1aclear",
    "javascript": "javascript:alert(1) JaVaScRiPt:alert(1) java\tscript:alert(1) vbscript:x",
    "data": "data:text/html,<script>alert(1)</script> data:text/html;base64,PHNjcmlwdD4=",
    "its own host": "http://update-heron.example/x https://203.0.113.66/ update-heron.example",
    "a name in another script": "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444 \u00fcnter.example",
    "nothing": "",
    "spaces": " \u00a0\u3000 ",
    "accents on accents": "Z\u0351\u036b\u0343" * 100,
    "many dots": ".." * 3000 + "a." * 3000,
}
HUGE = {"letters": "A" * 5_000_000, "markup": "<b>=1\x1b[" * 600_000, "names": "evil.example " * 400_000}

FORMS = ("table", "json", "jsonl", "csv", "markdown", "html", "stix", "misp")
MACHINES = {"json", "jsonl", "stix", "misp"}

each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
each_huge_text = pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
each_way = pytest.mark.parametrize("defanged", [True, False], ids=["defanged", "exact"])


def placed(text: str, link: str = PAGE) -> Report:
    """The same text in every field that others fill, also in those that few formats tell."""
    made = hostile(text, link)
    first, *others = made.indicators
    kinds = ("mutex", "user_agent", "file_path", "regkey", "yara", "url", "domain", "asn", "attack", "nothing like it")
    whole = text.encode(errors="replace").decode()  # neither the engine nor `Report.read` takes any other answer
    first = replace(
        first,
        answers=tuple(
            replace(
                one,
                results=msgspec.Raw(json.dumps({whole: [whole]}, indent=1).encode()),
                related=tuple(RelatedEntry(Relation.RELATED_TO, kind, text) for kind in kinds),
            )
            for one in first.answers
        ),
    )
    return replace(made, indicators=(first, *others))


OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
NOTHING = {"Co", "Cn"}  # no letters at all, which programs may hand on as they are


def obeyed(text: str, but: str = "\n", *, kinds: set[str] = OBEYED | NOTHING) -> set[str]:
    """What a terminal, an editor or a browser obeys, or what nobody sees."""
    unseen = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
    return {
        one
        for one in set(text) - set(but)
        if unicodedata.category(one) in kinds
        or one in unseen
        or "\ufe00" <= one <= "\ufe0f"
        or "\U000e0000" <= one <= "\U000e0fff"
        or "\u180b" <= one <= "\u180f"
    }


def strings(made: object) -> Iterator[str]:
    """Every text of a JSON document."""
    if isinstance(made, dict):
        for name, one in made.items():
            yield name
            yield from strings(one)
    elif isinstance(made, list):
        for one in made:
            yield from strings(one)
    elif isinstance(made, str):
        yield made


def named(made: object, *names: str) -> Iterator[Any]:
    """What stands under a name anywhere in a JSON document."""
    if isinstance(made, dict):
        for name, one in made.items():
            if name in names:
                yield one
            yield from named(one, *names)
    elif isinstance(made, list):
        for one in made:
            yield from named(one, *names)


def inert_table(text: str, defanged: bool) -> None:
    shown = render(placed(text), "table", defanged=defanged)
    assert not obeyed(shown)
    assert max(map(cell_len, shown.splitlines())) <= 120


def inert_json(text: str, defanged: bool) -> None:
    shown = render(placed(text), "json", defanged=defanged)
    assert shown.count("\n") == 1
    assert not obeyed(shown, kinds=OBEYED)
    read = json.loads(shown)
    if defanged:
        assert list(named(read, "results")) == [None] * len(placed(text).answers)
    elif text.isascii():
        assert read["indicators"][0]["answers"][0]["summary"] == text
        assert read["indicators"][0]["answers"][0]["results"] == {text: [text]}


def inert_jsonl(text: str, defanged: bool) -> None:
    made = placed(text)
    shown = render(made, "jsonl", defanged=defanged)
    assert not obeyed(shown, kinds=OBEYED)
    read = [json.loads(one) for one in shown.splitlines()]  # which splits at U+2028 too
    assert len(read) == len(made.answers)
    assert {one["tlp"] for one in read} == {"red"}


def inert_csv(text: str, defanged: bool) -> None:
    shown = render(placed(text), "csv", defanged=defanged)
    assert shown.count("\r") == shown.count("\n") == shown.count("\r\n") == 7
    assert not obeyed(shown, "\r\n")
    rows = list(csv.DictReader(io.StringIO(shown, newline=""), strict=True))
    assert [row["outcome"] for row in rows] == ["found", "not_found", "failed", "skipped", "", ""]
    for cell in (cell for row in rows for cell in row.values()):
        assert unicodedata.normalize("NFKC", cell.lstrip(" \"'" if cell[:1] != "'" else ""))[:1] not in set("=+-@")
        assert len(cell) <= 32_767


@cache
def plain_markdown(defanged: bool) -> tuple[Counter[str], str]:
    shown = render(placed("nothing"), "markdown", defanged=defanged)
    return markdown_shape(shown), free(shown)


def inert_markdown(text: str, defanged: bool) -> None:
    shown = render(placed(f"x{text}"), "markdown", defanged=defanged)
    assert not obeyed(shown)
    assert (markdown_shape(shown), free(shown)) == plain_markdown(defanged)
    assert set(links(shown)) <= {PAGE}


PAGES: dict[str, Callable[[Report, bool], str]] = {
    "page": lambda made, defanged: render(made, "html", defanged=defanged),
    "fragment": lambda made, defanged: fragment(made, defanged=defanged),
    "notebook": lambda made, _: made._repr_html_(),
}


@cache
def plain_shape(name: str, defanged: bool) -> tuple[object, ...]:
    return shape(PAGES[name](placed("nothing"), defanged))


def inert_html(text: str, defanged: bool) -> None:
    made = placed(f"x{text}")
    for name, written in PAGES.items():
        shown = written(made, defanged)
        assert not obeyed(shown)
        read = Page(shown)
        assert (read.tags, Counter((tag, name) for tag, name, _ in read.attributes)) == plain_shape(name, defanged)
        assert set(read.links) == {PAGE}


def inert_stix(text: str, defanged: bool) -> None:
    shown = render(placed(text), "stix", defanged=defanged)
    assert not obeyed(shown, kinds=OBEYED)
    bundle = stix2.parse(shown, allow_custom=False)
    assert set(named(json.loads(shown), "url")) <= {PAGE}
    assert {one.name for one in bundle.objects if one.type == "marking-definition"} == {"TLP:RED"}
    for one in bundle.objects:
        for told in strings(json.loads(one.serialize())):
            assert told == text.encode(errors="replace").decode() or told[:1] == "[" or not obeyed(told)


def inert_misp(text: str, defanged: bool) -> None:
    shown = render(placed(text), "misp", defanged=defanged)
    assert not obeyed(shown, kinds=OBEYED)
    event = MISPEvent()
    event.load(shown)
    assert [tag.name for tag in event.tags] == ["tlp:red"]
    attributes = [*event.attributes, *(one for part in event.objects for one in part.attributes)]
    assert {str(one.value) for one in attributes if one.type == "link"} <= {PAGE}
    for tag in (tag for one in attributes for tag in one.tags):
        assert not re.match("(?i)tlp:|misp:", unicodedata.normalize("NFKC", tag.name))
        assert 0 < len(tag.name) <= 255
    values = text.encode(errors="replace").decode()
    for told in strings(json.loads(shown)):
        assert told in {values, values.strip()} or not obeyed(told)


INERT: dict[str, Callable[[str, bool], None]] = {
    "table": inert_table,
    "json": inert_json,
    "jsonl": inert_jsonl,
    "csv": inert_csv,
    "markdown": inert_markdown,
    "html": inert_html,
    "stix": inert_stix,
    "misp": inert_misp,
}


def test_every_format_is_tried() -> None:
    assert set(INERT) == set(FORMS)


@pytest.mark.parametrize("form", FORMS)
@each_way
def test_text_of_others_is_inert_in_every_format(defanged: bool, form: str) -> None:
    for text in TEXTS.values():  # as a test of its own each would take longer to set up than to run
        INERT[form](text, defanged)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None)
@given(text=st.text(st.characters(categories=None), max_size=40), defanged=st.booleans())
def test_any_text_is_inert_in_every_format(text: str, defanged: bool, form: str) -> None:
    INERT[form](text, defanged)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=1000, deadline=None)
@given(text=st.text(st.characters(categories=None)), defanged=st.booleans())
def test_really_any_text_is_inert_in_every_format(text: str, defanged: bool, form: str) -> None:
    INERT[form](text, defanged)


def lines_for_people(made: Report, *, defanged: bool = True) -> list[str]:
    """What `ioclib check` and `ioclib diff` print, a line each."""
    telling = Telling(made, defanged)
    before = placed("something else")
    one = made.indicators[0]
    known = Mutex._make(one.value)  # the type would refuse it, a plugin's might not
    return [
        *(line("203[.]0[.]113[.]66", answer) for answer in made.answers),
        *overall_lines(telling),
        *difference_lines(changes(_same_names(before), _same_names(made)), defanged=defanged),
        *difference_lines(changes(before, made), defanged=defanged),
        *found_and_planned({known: Asked(one.given, one.seen)}, Plan((), ())).splitlines(),
    ]


def _same_names(made: Report) -> Report:
    """Sources and an indicator that both reports have: then everything else is compared."""
    first, *others = made.indicators
    answers = tuple(replace(one, source=f"source_{number}") for number, one in enumerate(first.answers))
    return replace(made, indicators=(replace(first, value="same", answers=answers), *others))


@each_way
def test_lines_stay_lines(defanged: bool) -> None:
    for text in TEXTS.values():
        shown = lines_for_people(placed(f"x{text}"), defanged=defanged)
        assert len(shown) == len(lines_for_people(placed("nothing"), defanged=defanged))
        assert not obeyed("".join(shown), but="")
        assert max(map(len, shown)) < 30_000


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(categories=None)))
def test_lines_stay_lines_whatever_is_in_them(text: str) -> None:
    shown = lines_for_people(placed(f"x{text}"))
    assert len(shown) == len(lines_for_people(placed("nothing")))
    assert not obeyed("".join(shown), but="")


@each_text
def test_differences_are_one_document_on_one_line(text: str) -> None:
    shown = json_text(changes(placed("something else"), placed(text)), defanged=False)
    assert not obeyed(shown, but="", kinds=OBEYED)
    json.loads(shown)


def on_a_terminal(made: Report) -> str:
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system="truecolor")
    with console.capture() as captured:
        for one in made.indicators:
            names = [answer.source for answer in one.answers]
            console.print(answers_table(one.type, names, one.answers, Telling(made).pages))
        console.print(overall_table(Telling(made)))
    return captured.get()


LINKED = re.compile(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\")


@each_text
def test_a_terminal_obeys_nothing_but_our_colours_and_links(text: str) -> None:
    shown = on_a_terminal(placed(text))
    assert set(LINKED.findall(shown)) <= {PAGE, ""}
    assert not obeyed(re.sub(r"\x1b\[[\d;]*m", "", LINKED.sub("", shown)))


@pytest.mark.parametrize("link", LINKS)
def test_no_format_links_to_anything_but_a_page_of_a_source(link: str) -> None:
    made = placed("x", link)
    assert set(LINKED.findall(on_a_terminal(made))) <= {""}
    assert not any(row["link"] for row in csv.DictReader(io.StringIO(render(made, "csv"))))
    assert set(named(json.loads(render(made, "stix")), "url")) == set()
    attributes = named(json.loads(render(made, "misp")), "Attribute")
    assert not [one for some in attributes for one in some if one["type"] == "link"]
    assert Page(render(made, "html")).links == Page(fragment(made)).links == links(render(made, "markdown")) == []


@pytest.mark.parametrize("link", ["http://update-heron.example/x", "https://update-heron.example/x", "https://["])
def test_a_line_does_not_keep_what_a_source_only_says_is_its_own_page(link: str) -> None:
    answer = found("opinions", summary=f"see {link} and http://update-heron.example/x", link=link)
    assert "update-heron.example" not in line("update-heron[.]example", answer)
    made = report(entry("domain", "update-heron.example", answer))
    assert "update-heron.example" not in render(made, "table") + on_a_terminal(made)


@pytest.mark.parametrize("form", FORMS)
def test_whoever_reads_defanged_text_finds_nothing_to_click(form: str) -> None:
    text = "see http://update-heron.example/x, www.evil.example and me@evil.example"
    shown = render(placed(text, "https://update-heron.example/x"), form, defanged=True)
    if form not in {"stix", "misp"}:  # there values are exact, whoever reads them
        assert "update-heron.example" not in shown
        assert "evil.example" not in shown


@pytest.mark.parametrize("form", ["table", "markdown", "html", "csv"])
@pytest.mark.parametrize("defanged", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["defanged", "exact"])
@each_huge_text
def test_nobody_reads_five_megabytes(text: str, defanged: bool, form: str) -> None:
    assert len(render(placed(text), form, defanged=defanged)) < (1_500_000 if form == "csv" else 150_000)


@each_huge_text
def test_nobody_reads_five_megabytes_in_lines(text: str) -> None:
    made = placed(text)
    assert max(map(len, lines_for_people(made))) < 30_000
    assert len(on_a_terminal(made)) < 150_000
    assert len(made._repr_html_()) < 20_000


@pytest.mark.slow
@pytest.mark.parametrize("form", sorted(MACHINES))
def test_five_megabytes_are_read_back_by_machines(form: str) -> None:
    INERT[form](HUGE["markup"], False)


def test_a_thousand_labels_are_not_all_told() -> None:
    many = tuple(f"label {number} " + "x" * 200 for number in range(1000))
    near = tuple(RelatedEntry(Relation.CONTACTS, "domain", f"n{number}.evil.example") for number in range(1000))
    old = report(entry("ipv4", "203.0.113.66", found("a")))
    new = report(entry("ipv4", "203.0.113.66", found("a", tags=many, references=many, related=near)))
    assert len("\n".join(difference_lines(changes(old, new)))) < 30_000
    for form in ("table", "markdown", "html"):
        assert len(render(new, form)) < 60_000
