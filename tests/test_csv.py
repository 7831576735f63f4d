"""The report as comma-separated values."""

import csv
import dataclasses
import io
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioclib.errors import ErrorKind
from ioclib.findings import Verdict
from ioclib.plan import ReasonKind
from ioclib.render import csv_rows, inert
from ioclib.render.spreadsheet import COLUMNS
from ioclib.report import AnswerEntry, ErrorDetail, IndicatorEntry, ReasonDetail, Report
from ioclib.source import Tlp
from ioclib.verdict import Coverage, Overall

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LINK = "https://opinions.example/ip/198.51.100.7"


def report(*answers: AnswerEntry, value: str = "198.51.100.7", **changes: Any) -> Report:
    overall = Overall(verdict=Verdict.MALICIOUS, confidence=87, reasons=(), against=(), coverage=Coverage(1, 1, ()))
    entry = IndicatorEntry(
        type="ipv4", value=value, given="198[.]51.100.7", seen=(), overall=overall, answers=tuple(answers)
    )
    made = Report(
        schema=1, made_by="ioclib 1", started=NOW, elapsed=1, sandbox=False, tlp=Tlp.CLEAR, indicators=(entry,)
    )
    return dataclasses.replace(made, **changes)


def found(**changes: Any) -> AnswerEntry:
    known: dict[str, Any] = {"outcome": "found", "verdict": Verdict.MALICIOUS, "summary": "bad", "link": LINK}
    return AnswerEntry(source="opinions", **known | changes)


def rows(made: Report, *, defanged: bool = True) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_rows(made, defanged=defanged), newline=""), strict=True))


def test_one_row_an_answer_with_all_that_it_says() -> None:
    answer = found(
        summary="seen with evil.example",
        tags=("a", "b"),
        family="Heron",
        actor="Gilded",
        first_seen=NOW,
        last_seen=NOW,
        asn=64500,
        country="NL",
        confidence=70,
    )
    (row,) = rows(report(answer, sandbox=True, tlp=Tlp.AMBER_STRICT))
    assert tuple(row) == COLUMNS
    assert row == {
        "type": "ipv4",
        "value": "198[.]51[.]100[.]7",
        "given": "198[.]51[.]100[.]7",
        "overall": "malicious",
        "confidence": "87",
        "source": "opinions",
        "outcome": "found",
        "verdict": "malicious",
        "summary": "seen with evil[.]example",
        "tags": "a; b",
        "family": "Heron",
        "actor": "Gilded",
        "first_seen": "2026-11-24T12:00:00Z",
        "last_seen": "2026-11-24T12:00:00Z",
        "asn": "64500",
        "country": "NL",
        "source_confidence": "70",
        "link": LINK,
        "why": "",
        "tlp": "amber+strict",
        "sandbox": "SANDBOX: these answers are invented",
        "started": "2026-11-24T12:00:00Z",
    }


def test_what_could_not_be_found_out_says_why() -> None:
    made = rows(
        report(
            AnswerEntry(source="a", outcome="failed", error=ErrorDetail(ErrorKind.TIMEOUT, "too slow", None)),
            AnswerEntry(source="b", outcome="skipped", reason=ReasonDetail(ReasonKind.NO_KEY, "set it", None)),
            AnswerEntry(source="c", outcome="not_found"),
        )
    )
    assert [(row["outcome"], row["verdict"], row["why"]) for row in made] == [
        ("failed", "", "timeout: too slow"),
        ("skipped", "", "no_key: set it"),
        ("not_found", "", ""),
    ]


def test_an_indicator_without_answers_has_a_row_and_no_indicator_at_all_the_header() -> None:
    (row,) = rows(report())
    assert (row["value"], row["outcome"], row["tlp"]) == ("198[.]51[.]100[.]7", "", "clear")
    assert csv_rows(report(indicators=())) == ",".join(COLUMNS) + "\r\n"


def test_values_are_exact_where_they_are_not_defanged() -> None:
    (row,) = rows(report(found(summary="evil.example")), defanged=False)
    assert (row["value"], row["summary"]) == ("198.51.100.7", "evil.example")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://plain.example/", 'https://a.example/"onclick', "x\n"])
def test_only_pages_behind_tls_are_linked_to(link: str) -> None:
    assert rows(report(found(link=link)))[0]["link"] == ""


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "'=1", '" \'=1', "＝1", "＋1", "－1", "＠a",
     "﹦1", "−1", "\u200e=1", "\x00=1", "\ufeff=1", "“=1"],
)  # fmt: skip
def test_no_spelling_of_a_formula_gets_through(text: str) -> None:
    assert str(inert(text)).startswith("'")


def test_our_numbers_stay_numbers_and_a_word_stays_a_word() -> None:
    assert [inert(cell) for cell in (64500, -1, 0, None, "a-b", "5", True)] == [64500, -1, 0, None, "a-b", "5", "True"]


def test_a_line_is_one_line_whatever_a_source_says() -> None:
    said = "a\r\nb\u2028c\x1b[31md\u202ee\ud800f"
    text = csv_rows(report(found(summary=said, tags=(said,), family=said)))
    assert text.count("\r\n") == 2 and text.count("\n") == 2
    assert rows(report(found(summary=said)))[0]["summary"] == "a b c [31md e f"
    text.encode()


def test_a_huge_text_is_cut() -> None:
    (row,) = rows(report(found(summary="=" * 5_000_000)))
    assert len(row["summary"]) == 32_000


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    cell = str(inert(text))
    first = unicodedata.normalize("NFKC", cell.strip(" \t\r\n")[:1])
    assert first not in {"=", "+", "-", "@"}
    assert cell.isprintable()


@given(st.text(alphabet=st.sampled_from("=+-@＝＋－＠'\"\t\r\n\x00 a,;\u202e"), max_size=12))
def test_no_cell_of_a_report_is_a_formula(text: str) -> None:
    made = report(found(summary=text, tags=(text,), family=text, actor=text, link=text), value=text)
    (row,) = rows(made, defanged=False)
    for cell in row.values():
        assert cell.lstrip('" \t')[:1] not in set("=+-@＝＋－＠")


def test_a_big_report_has_a_row_for_each_answer() -> None:
    answers = [dataclasses.replace(found(), source=f"s{number}") for number in range(60)]
    big = report(*answers)
    made = csv_rows(dataclasses.replace(big, indicators=big.indicators * 500))
    assert made.count("\r\n") == 30_001
