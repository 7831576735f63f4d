"""The report as a STIX 2.1 bundle."""

import dataclasses
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stix2
from stix2validator import ValidationOptions, validate_string

from ioclib.errors import ConfigurationError, ErrorKind
from ioclib.extract import extract_file
from ioclib.findings import Evidence, Relation, Verdict
from ioclib.indicators import types
from ioclib.render import stix
from ioclib.report import AnswerEntry, ErrorDetail, IndicatorEntry, RelatedEntry, Report
from ioclib.source import Tlp
from tests.doubles import judged

NOW = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
LINK = "https://opinions.example/about/it"
HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e\x00\ud800 '=1+1' \\ javascript:alert(1) http://evil.example/"
EXAMPLES = [(kind.kind, value) for kind in types() for value in kind.examples]
SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"


def found(**changes: Any) -> AnswerEntry:
    known: dict[str, Any] = {
        "source": "opinions",
        "outcome": "found",
        "verdict": Verdict.MALICIOUS,
        "summary": "bad",
        "link": LINK,
        "first_seen": NOW - timedelta(days=3),
        "last_seen": NOW - timedelta(days=1),
    }
    return AnswerEntry(**known | changes)


def entry(kind: str, value: str, *answers: AnswerEntry, evidence: Evidence = Evidence.ANALYSIS) -> IndicatorEntry:
    return judged(kind, value, *answers, evidence=evidence, now=NOW)


def report(*entries: IndicatorEntry, **changes: Any) -> Report:
    made = Report(
        schema=1, made_by="ioclib 1", started=NOW, elapsed=1, sandbox=False, tlp=Tlp.CLEAR, indicators=entries
    )
    return dataclasses.replace(made, **changes)


def of(made: str, type_: str) -> list[dict[str, Any]]:
    return [one for one in json.loads(made)["objects"] if one["type"] == type_]


def validated(made: str) -> str:
    # our identifiers are made from what they stand for (version 5); the sources' pages have no hashes
    options = ValidationOptions(strict=True, version="2.1", disabled="uuid-check,extref-hashes")
    result: Any = validate_string(made, options)
    assert not [str(one) for one in result.errors]
    assert not [str(one) for one in result.warnings]
    stix2.parse(made, allow_custom=False)
    return made


@pytest.mark.parametrize(("kind", "value"), EXAMPLES)
@pytest.mark.parametrize("verdict", [Verdict.MALICIOUS, Verdict.BENIGN, Verdict.UNKNOWN])
def test_every_type_is_valid_and_read_back(kind: str, value: str, verdict: Verdict, tmp_path: Any) -> None:
    made = validated(stix(report(entry(kind, value, found(verdict=verdict, family="Heron", tags=("c2",))))))
    (note,) = of(made, "note")
    names = {one["id"] for one in json.loads(made)["objects"]}
    assert note["object_refs"] and set(note["object_refs"]) <= names
    if kind in {"telegram", "yara", "imphash", "ja3", "ja4", "authentihash"} or kind in _CURRENCIES:
        return  # these STIX has only as patterns of ours, or as any account
    file = tmp_path / "bundle.json"
    file.write_text(made)
    assert (kind, value) in {(one.ioc.kind, one.ioc.value) for one in extract_file(file)}


_CURRENCIES = {"bch", "btc", "dash", "doge", "eth", "ltc", "sol", "trx", "xmr", "xrp", "zec"}


@pytest.mark.parametrize("tlp", list(Tlp))
def test_everything_is_marked(tlp: Tlp) -> None:
    objects = json.loads(validated(stix(report(entry("ipv4", "198.51.100.7", found()), tlp=tlp))))["objects"]
    (mark,) = (one for one in objects if one["type"] == "marking-definition")
    extension = mark["extensions"]["extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"]
    assert (mark["name"], extension["tlp_2_0"]) == (f"TLP:{tlp.upper()}", tlp)
    assert all(one["object_marking_refs"] == [mark["id"]] for one in objects if one is not mark)


def test_the_same_report_is_the_same_bundle_and_another_is_another() -> None:
    one = report(entry("ipv4", "198.51.100.7", found()))
    assert stix(one) == stix(one)
    ids = [json.loads(stix(made))["id"] for made in (one, dataclasses.replace(one, started=NOW + timedelta(days=1)))]
    assert ids[0] != ids[1]


def test_what_is_bad_is_looked_for_and_what_is_not_is_only_observed() -> None:
    bad, good = (
        stix(report(entry("domain", "evil.example", found(verdict=one), evidence=Evidence.CURATED)))
        for one in (Verdict.MALICIOUS, Verdict.BENIGN)
    )
    (indicator,) = of(bad, "indicator")
    assert indicator["pattern"] == "[domain-name:value = 'evil.example']"
    assert indicator["indicator_types"] == ["malicious-activity"]
    assert indicator["confidence"] > 0
    assert indicator["external_references"] == [{"source_name": "opinions", "url": LINK}]
    assert not of(good, "indicator") and of(good, "domain-name") and of(good, "observed-data")


def test_when_and_by_whom_it_was_seen() -> None:
    made = stix(report(entry("domain", "evil.example", found(), found(source="b", first_seen=NOW, last_seen=None))))
    (observed,) = of(made, "observed-data")
    assert (observed["first_observed"], observed["last_observed"]) == (
        "2026-11-21T12:00:00.123456Z",
        "2026-11-24T12:00:00.123456Z",
    )
    (sighting,) = of(made, "sighting")
    (source,) = (one for one in of(made, "identity") if one["name"] == "opinions")
    assert sighting["where_sighted_refs"] == [source["id"]]
    assert sighting["last_seen"] == "2026-11-23T12:00:00.123456Z"


def test_an_analysis_of_a_file_and_its_family() -> None:
    answers = found(source="Any.Run 2", family="Gilded Heron")
    made = validated(stix(report(entry("sha256", SHA256, answers))))
    (analysis,) = of(made, "malware-analysis")
    assert (analysis["product"], analysis["result"]) == ("any-run-2", "malicious")
    (malware,) = of(made, "malware")
    assert (malware["name"], malware["is_family"]) == ("Gilded Heron", True)
    assert {one["relationship_type"] for one in of(made, "relationship")} == {"based-on", "indicates"}
    community = entry("sha256", SHA256, answers, evidence=Evidence.COMMUNITY)
    assert not of(stix(report(community)), "malware-analysis")


def test_related_indicators_in_the_standards_own_words_where_it_has_them() -> None:
    ip, domain = ("ipv4", "198.51.100.7"), ("domain", "evil.example")
    near = (
        RelatedEntry(Relation.RESOLVES_TO, *ip),
        RelatedEntry(Relation.RESOLVES_TO, "url", "http://evil.example/"),
        RelatedEntry(Relation.CONTACTED_BY, "sha256", SHA256),
        RelatedEntry(Relation.RELATED_TO, "ja3", "5eb63bbbe01eeed093cb22bb8f5acdc3"),
    )
    made = validated(stix(report(entry(*domain, found(verdict=Verdict.UNKNOWN, related=near)))))
    kinds = [(one["relationship_type"], one.get("description")) for one in of(made, "relationship")]
    assert kinds == [("resolves-to", None), ("related-to", "resolves-to"), ("related-to", "contacted-by")]
    other = RelatedEntry(Relation.RESOLVED_FROM, *domain)
    (turned,) = of(stix(report(entry(*ip, found(verdict=Verdict.UNKNOWN, related=(other,))))), "relationship")
    assert turned["source_ref"].startswith("domain-name--") and turned["target_ref"].startswith("ipv4-addr--")


def test_the_note_says_what_nobody_could_answer() -> None:
    failed = AnswerEntry(source="down", outcome="failed", error=ErrorDetail(ErrorKind.TIMEOUT, "too slow", None))
    absent = AnswerEntry(source="absent", outcome="not_found")
    made = stix(report(entry("ipv4", "198.51.100.7", found(), failed, absent), sandbox=True))
    (note,) = of(validated(made), "note")
    for said in (
        "SANDBOX: these answers are invented",
        "Coverage: 2 of 3 sources that could answer did",
        "Not known:\n- absent",
        "Failed:\n- down: timeout: too slow",
        "- opinions (malicious, analysis, weight 3): bad",
    ):
        assert said in note["content"]
    assert note["labels"] == ["sandbox"]
    assert {one["name"] for one in of(made, "identity")} == {"ioclib", "opinions"}
    assert any(one.get("definition_type") == "statement" for one in of(made, "marking-definition"))


@pytest.mark.parametrize("defanged", [True, False])
def test_only_what_people_read_is_defanged(defanged: bool) -> None:
    made = stix(report(entry("domain", "evil.example", found(summary="at evil.example"))), defanged=defanged)
    assert of(made, "domain-name")[0]["value"] == "evil.example"
    assert of(made, "indicator")[0]["pattern"] == "[domain-name:value = 'evil.example']"
    assert (" at evil.example" in of(made, "note")[0]["content"]) is not defanged
    assert ("evil.example" in of(made, "indicator")[0]["name"]) is not defanged


def test_hostile_texts_stay_texts() -> None:
    hostile = found(
        source=HOSTILE,
        summary=HOSTILE * 1000,
        family=HOSTILE,
        tags=(HOSTILE,),
        actor=HOSTILE,
        link="javascript:alert(1)",
    )
    made = validated(stix(report(entry("sha256", SHA256, hostile)), defanged=True))
    made.encode()
    assert "\\u202e" not in made and "\\u001b" not in made and "\\ud800" not in made and "\\u0000" not in made
    assert "http://evil.example" not in of(made, "note")[0]["content"]
    assert not any("url" in one for part in json.loads(made)["objects"] for one in part.get("external_references", []))


def test_dates_that_cannot_be_are_left_out() -> None:
    odd = found(first_seen=datetime(1, 1, 1, tzinfo=UTC), last_seen=None)
    turned = found(source="b", first_seen=NOW, last_seen=NOW - timedelta(days=5))
    made = validated(stix(report(entry("domain", "evil.example", odd, turned))))
    assert of(made, "observed-data")[0]["first_observed"].startswith("2026-11-19")


@pytest.mark.parametrize("value", ["it's", "a\\b", "\\'", "x' OR file:name = 'y", "\\\\'] OR [url:value = 'a"])
def test_quotes_do_not_end_a_pattern(value: str) -> None:
    made = validated(stix(report(entry("mutex", value, found()))))
    (indicator,) = of(made, "indicator")
    tree = stix2.pattern_visitor.create_pattern_object(indicator["pattern"], version="2.1")
    assert tree.operand.rhs.value.replace("\\'", "'").replace("\\\\", "\\") == value


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stix2", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'ioclib\[stix\]'"):
        stix(report())
