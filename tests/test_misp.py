"""The report as a MISP event."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymisp import MISPEvent

from ioclib.errors import ErrorKind
from ioclib.findings import Evidence, Relation, Verdict
from ioclib.indicators import types
from ioclib.render import misp
from ioclib.report import AnswerEntry, ErrorDetail, IndicatorEntry, RelatedEntry, Report
from ioclib.source import Tlp
from tests.doubles import judged

NOW = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
LINK = "https://opinions.example/about/it"
SEEN = NOW - timedelta(days=1)
HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e\x00\ud800 '=1+1' \\ javascript:alert(1) http://evil.example/"
EXAMPLES = [(kind.kind, value, kind.misp) for kind in types() for value in kind.examples]
SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
MD5 = "44d88612fea8a8f36de82e1278abb02f"


def found(**changes: Any) -> AnswerEntry:
    known: dict[str, Any] = {
        "source": "opinions",
        "outcome": "found",
        "verdict": Verdict.MALICIOUS,
        "summary": "bad",
        "link": LINK,
        "last_seen": SEEN,
    }
    return AnswerEntry(**known | changes)


def entry(kind: str, value: str, *answers: AnswerEntry, evidence: Evidence = Evidence.CURATED) -> IndicatorEntry:
    return judged(kind, value, *answers, evidence=evidence, now=NOW)


def report(*entries: IndicatorEntry, tlp: Tlp = Tlp.CLEAR, sandbox: bool = False) -> Report:
    return Report(schema=1, made_by="ioclib 1", started=NOW, elapsed=1, sandbox=sandbox, tlp=tlp, indicators=entries)


def loaded(made: str) -> Any:
    """The event as MISP's own library reads it."""
    event: Any = MISPEvent()
    event.load(made)
    return event


def attributes(event: Any) -> list[Any]:
    return [*event.attributes, *(one for part in event.objects if part.name != "report" for one in part.attributes)]


@pytest.mark.parametrize(("kind", "value", "type_"), EXAMPLES)
def test_every_type_is_loaded_as_it_was_written(kind: str, value: str, type_: str) -> None:
    event = loaded(misp(report(entry(kind, value, found(family="Heron")))))
    (one,) = attributes(event)
    assert (one.type, one.value, one.to_ids) == (type_, value.removeprefix("AS") if type_ == "AS" else value, True)
    known = event.describe_types["category_type_mappings"]
    assert type_ in known[one.category]
    assert one.comment.startswith(f"{kind}: malicious, confidence ")
    assert "opinions: bad" in one.comment
    assert "Heron" in [tag.name for tag in one.tags]


def test_the_event_says_when_how_bad_and_who_may_learn_of_it() -> None:
    made = misp(report(entry("domain", "evil.example", found()), tlp=Tlp.AMBER_STRICT))
    event = loaded(made)
    assert [tag.name for tag in event.tags] == ["tlp:amber+strict"]
    assert (str(event.date), event.timestamp) == ("2026-11-24", NOW.replace(microsecond=0))
    wanted = ("1", "2", "0")
    assert (event.threat_level_id, event.analysis, event.distribution) in {wanted, tuple(map(int, wanted))}
    assert json.loads(made)["Event"]["published"] is False


@pytest.mark.parametrize(
    ("verdict", "threat", "analysis"), [("malicious", "1", "2"), ("benign", "3", "2"), ("unknown", "4", "0")]
)
def test_only_what_is_malicious_is_for_detection(verdict: str, threat: str, analysis: str) -> None:
    made = json.loads(misp(report(entry("domain", "evil.example", found(verdict=Verdict(verdict))))))["Event"]
    assert made["Attribute"][0]["to_ids"] is (verdict == "malicious")
    assert (made["threat_level_id"], made["analysis"]) == (threat, analysis)


def test_the_same_report_is_the_same_event_and_nothing_has_an_identifier_twice() -> None:
    one = report(entry("domain", "evil.example", found(), found(source="b")), entry("url", "http://evil.example/a"))
    assert misp(one) == misp(one)
    names = [line for line in json.dumps(json.loads(misp(one)), indent=0).splitlines() if line.startswith('"uuid"')]
    assert len(names) == len(set(names)) > 5


def test_a_file_has_all_its_hashes_and_a_name_its_addresses() -> None:
    hashes = (
        RelatedEntry(Relation.SAME_AS, "md5", MD5),
        RelatedEntry(Relation.SAME_AS, "md5", "d41d8cd98f00b204e9800998ecf8427e"),
        RelatedEntry(Relation.DROPS, "sha1", "3395856ce81f2b7382dee72602f798b642f14140"),
    )
    addresses = (
        RelatedEntry(Relation.RESOLVES_TO, "ipv4", "198.51.100.7"),
        RelatedEntry(Relation.RESOLVES_TO, "ipv6", "2001:db8::7"),
    )
    event = loaded(
        misp(
            report(
                entry("sha256", SHA256, found(related=hashes)),
                entry("domain", "evil.example", found(related=addresses)),
                entry("url", "http://evil.example/a", found()),
            )
        )
    )
    known = {
        part.name: [(one.object_relation, one.value, one.to_ids) for one in part.attributes]
        for part in event.objects
        if part.name != "report"
    }
    assert known == {
        "file": [("sha256", SHA256, True), ("md5", MD5, False)],
        "domain-ip": [
            ("domain", "evil.example", True),
            ("ip", "198.51.100.7", False),
            ("ip", "2001:db8::7", False),
        ],
        "url": [("url", "http://evil.example/a", True)],
    }


def test_objects_are_those_of_the_published_templates(tmp_path: Any) -> None:
    related = (RelatedEntry(Relation.RESOLVED_FROM, "domain", "evil.example"),)
    entries = [
        entry("ipv4", "198.51.100.7", found(related=related)),
        entry("md5", MD5),
        entry("url", "http://e.example/"),
    ]
    event = loaded(misp(report(*entries)))
    for part in event.objects:
        template = json.loads((event.misp_objects_path / part.name / "definition.json").read_bytes())
        assert part.template_uuid == template["uuid"]
        assert int(part.template_version) <= int(template["version"])
        assert part["meta-category"] == template["meta-category"]
        for one in part.attributes:
            assert template["attributes"][one.object_relation]["misp-attribute"] == one.type


def test_the_summary_refers_to_what_it_is_about_and_to_the_sources() -> None:
    failed = AnswerEntry(source="down", outcome="failed", error=ErrorDetail(ErrorKind.TIMEOUT, "too slow", None))
    event = loaded(misp(report(entry("domain", "evil.example", found(), failed), sandbox=True)))
    (summary,) = event.objects
    said = {one.object_relation: one.value for one in summary.attributes}
    assert "Failed:\n- down: timeout: too slow" in said["summary"]
    assert said["summary"].startswith("SANDBOX: these answers are invented")
    assert said["link"] == LINK
    assert summary.references[0].referenced_uuid == event.attributes[0].uuid
    assert event.info.startswith("SANDBOX: ")
    assert "ioclib:sandbox" in [tag.name for tag in event.tags]
    assert event.analysis in {1, "1"}


def test_sightings_are_when_sources_saw_it_and_a_false_positive_is_what_ones_own_list_allows() -> None:
    seen = loaded(misp(report(entry("domain", "evil.example", found(), found(source="b", last_seen=None)))))
    assert [(one.type, one.source, int(one.date_sighting)) for one in seen.attributes[0].sightings] == [
        ("0", "opinions", int(SEEN.timestamp()))
    ]
    allowed = found(source="allow list", verdict=Verdict.BENIGN, last_seen=None)
    own = loaded(misp(report(entry("domain", "good.example", allowed, evidence=Evidence.OWN))))
    assert [(one.type, one.source) for one in own.attributes[0].sightings] == [("1", "allow list")]
    others = loaded(misp(report(entry("domain", "good.example", allowed, evidence=Evidence.CURATED))))
    assert not others.attributes[0].sightings


def test_no_source_can_change_who_may_learn_of_it() -> None:
    tags = ("tlp:clear", " TLP:CLEAR", "tlp :clear", "pap:clear", 'misp-galaxy:tool="x"', "c2")
    event = loaded(misp(report(entry("domain", "evil.example", found(tags=tags, family="tlp:clear")), tlp=Tlp.RED)))
    assert [tag.name for tag in event.attributes[0].tags] == ['ioclib:source="opinions"', "c2"]


@pytest.mark.parametrize("defanged", [True, False])
def test_only_what_people_read_is_defanged(defanged: bool) -> None:
    event = loaded(misp(report(entry("domain", "evil.example", found(summary="at evil.example"))), defanged=defanged))
    assert event.attributes[0].value == "evil.example"
    assert ("at evil.example" in event.attributes[0].comment) is not defanged
    assert ("evil.example" in event.objects[0].attributes[0].value) is not defanged


def test_hostile_texts_stay_texts() -> None:
    hostile = found(
        source=HOSTILE,
        summary=HOSTILE * 1000,
        family=HOSTILE,
        tags=(HOSTILE,),
        actor=HOSTILE,
        link="javascript:alert(1)",
    )
    made = misp(report(entry("sha256", SHA256, hostile)), defanged=True)
    assert len(made) < 20_000
    assert "\\u202e" not in made and "\\u001b" not in made and "\\ud800" not in made and "\\u0000" not in made
    event = loaded(made)
    assert "http://evil.example" not in event.objects[0].attributes[0].comment
    assert not [one for part in event.objects for one in part.attributes if one.type == "link"]
