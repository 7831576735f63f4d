"""Twenty reports as people get them, read as a careful analyst would read them."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ioclib.extract import extract_file
from ioclib.indicators import Imphash, types
from tests import make_reports

pytest.importorskip("pypdfium2")

REPORTS = make_reports.FOLDER
EXPECTED: dict[str, dict[str, list[dict[str, str]]]] = json.loads((REPORTS / "EXPECTED.json").read_text("utf-8"))

Pair = tuple[str, str]


def pairs(listed: list[dict[str, str]]) -> set[Pair]:
    by_name = {kind.kind: kind for kind in types()}
    return {(one["type"], by_name[one["type"]](one["value"]).value.lower()) for one in listed}


def implied(expected: set[Pair]) -> set[Pair]:
    """What finding these finds by the way: hosts, and the parents of names and of techniques."""
    hosts = {urlsplit(value).hostname or "" for kind, value in expected if kind == "url"}
    hosts |= {value.rpartition("@")[2] for kind, value in expected if kind == "email"}
    hosts |= {value for kind, value in expected if kind in {"domain", "ipv4", "ipv6"}}
    names = {".".join(host.split(".")[start:]) for host in hosts for start in range(host.count("."))}
    techniques = {value.partition(".")[0] for kind, value in expected if kind == "attack"}
    networks = {value.partition("/")[0] for kind, value in expected if kind == "cidr"}
    return {(kind, host) for host in hosts | names | networks for kind in ("domain", "ipv4", "ipv6")} | {
        ("attack", one) for one in techniques
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_report_yields_what_an_analyst_would_take_from_it(name: str) -> None:
    expected, optional = (pairs(EXPECTED[name][part]) for part in ("expected", "optional"))
    found = {(one.ioc.kind, one.ioc.value.lower()) for one in extract_file(REPORTS / name)}
    assert expected - found == set()
    assert found - expected - optional - implied(expected) == set()


def test_the_reports_are_those_that_their_texts_make(tmp_path: Path) -> None:
    make_reports.main(tmp_path)
    for name in ("EXPECTED.json", *EXPECTED):
        assert (tmp_path / name).read_bytes() == (REPORTS / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "written", "found"),
    [
        ("a.json", '{"file": {"imphash": "%s"}}', {("imphash", "$.file.imphash")}),
        ("a.json", '{"file": {"hash": "%s"}}', {("md5", "$.file.hash")}),
        ("a.csv", "name,Import Hash\na,%s\n", {("imphash", "column Import Hash, row 2")}),
        ("a.json", '{"ja3s": ["%s"], "product_version": "198.51.100.7"}', {("ja3", "$.ja3s[0]")}),
        ("a.json", '{"mutexes": ["Global\\\\a-b"]}', {("mutex", "$.mutexes[0]")}),
    ],
)
def test_what_a_value_is_called_says_what_it_is(
    name: str, written: str, found: set[tuple[str, str]], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(written.replace("%s", Imphash.examples[0]))
    hits = list(extract_file(path))
    assert {(one.ioc.kind, one.place) for one in hits} == found
    assert all(one.start == 0 and one.end == len(one.written) and one.line == 0 for one in hits)
