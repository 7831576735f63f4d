"""The public JSON document."""

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema
import msgspec
import pytest

from ioclib import Client, __version__, lookup
from ioclib.answers import Answer, Failed, Found, NotFound, Skipped
from ioclib.errors import ErrorKind, RateLimited
from ioclib.indicators import Domain, IPv4
from ioclib.plan import Reason, ReasonKind
from ioclib.report import Asked, Report, safe_json, schema
from ioclib.source import Finding, Relation, Verdict, related
from tests.doubles import source

pytestmark = pytest.mark.usefixtures("unpaced")

IP = IPv4("198.51.100.7")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def report(*answers: Answer) -> Report:
    return Report.of({IP: Asked("198[.]51.100.7")}, answers, started=NOW, elapsed=1.23456, sandbox=False)


def every_outcome() -> Report:
    raw = msgspec.Raw(b'{"n":12345678901234567890123, "f":1.50}')
    outcomes: dict[str, Any] = {
        "d_found": Found(
            Finding(
                verdict=Verdict.BENIGN,
                summary="good",
                tags=("a", "b"),
                first_seen=NOW,
                asn=64500,
                country="nl",
                related=related(Relation.RESOLVED_FROM, Domain, ["evil.example", "not a name", None]),
                references=("https://vendor.example/blog", "javascript:alert(1)"),
            ),
            raw,
        ),
        "c_not_found": NotFound(),
        "b_failed": Failed(RateLimited("slow down", retry_at=NOW)),
        "a_skipped": Skipped(Reason(ReasonKind.NO_KEY, "set it")),
    }
    return report(*(Answer(IP, source(name), outcome, 0.12345) for name, outcome in outcomes.items()))


def test_the_shape() -> None:
    made = json.loads(every_outcome().to_json())
    empty: dict[str, Any] = {
        "verdict": None,
        "summary": None,
        "tags": [],
        **dict.fromkeys(["family", "actor", "first_seen", "last_seen", "asn", "country", "confidence"]),
        "related": [],
        "references": [],
        "evidence": None,
        "age": None,
        "error": None,
        "reason": None,
        "results": None,
    }
    page = {"link": "https://opinions.example/ip/198.51.100.7", "elapsed": 0.123}
    assert made == {
        "schema": 1,
        "made_by": f"ioclib {__version__}",
        "started": "2026-11-24T12:00:00Z",
        "elapsed": 1.235,
        "sandbox": False,
        "tlp": "clear",
        "indicators": [
            {
                "type": "ipv4",
                "value": "198.51.100.7",
                "given": "198[.]51.100.7",
                "seen": [],
                "overall": {
                    "verdict": "benign",
                    "confidence": made["indicators"][0]["overall"]["confidence"],
                    "reasons": [
                        {
                            "source": "d_found",
                            "verdict": "benign",
                            "evidence": "community",
                            "weight": 1.5,
                            "repeats": None,
                            "seen": "2026-11-24T12:00:00Z",
                            "says": "good",
                            "link": "https://opinions.example/ip/198.51.100.7",
                        }
                    ],
                    "against": [],
                    "coverage": {
                        "answered": 2,
                        "able": 4,
                        "missing": [
                            {"source": "a_skipped", "why": "no_key"},
                            {"source": "b_failed", "why": "rate_limited"},
                        ],
                    },
                },
                "answers": [
                    {
                        "source": "a_skipped",
                        "outcome": "skipped",
                        **empty,
                        **page,
                        "reason": {"kind": "no_key", "message": "set it", "retry_at": None},
                    },
                    {
                        "source": "b_failed",
                        "outcome": "failed",
                        **empty,
                        **page,
                        "error": {"kind": "rate_limited", "message": "slow down", "retry_at": "2026-11-24T12:00:00Z"},
                    },
                    {"source": "c_not_found", "outcome": "not_found", **empty, **page},
                    {
                        "source": "d_found",
                        "outcome": "found",
                        **empty,
                        **page,
                        "verdict": "benign",
                        "summary": "good",
                        "tags": ["a", "b"],
                        "first_seen": "2026-11-24T12:00:00Z",
                        "asn": 64500,
                        "country": "NL",
                        "related": [{"relation": "resolved-from", "type": "domain", "value": "evil.example"}],
                        "references": ["https://vendor.example/blog"],
                        "evidence": "community",
                        "results": {"n": 12345678901234567890123, "f": 1.5},
                    },
                ],
            }
        ],
    }
    fields = (
        "source outcome verdict summary tags family actor first_seen last_seen asn country confidence related "
        "references evidence link elapsed age error reason results"
    ).split()
    assert list(made) == ["schema", "made_by", "started", "elapsed", "sandbox", "tlp", "indicators"]
    assert list(made["indicators"][0]["answers"][0]) == fields


def test_results_are_as_sent() -> None:
    assert b'{"n":12345678901234567890123, "f":1.50}' in every_outcome().to_json()


def test_the_document_is_one_line_and_deterministic() -> None:
    assert every_outcome().to_json() == every_outcome().to_json()
    assert b"\n" not in every_outcome().to_json()


def test_the_schema_describes_it() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    validator.validate(json.loads(every_outcome().to_json()))
    for text in ("203.0.113.66", "update-heron.example", "10.0.0.1", "http://update-heron.example/gate.php"):
        validator.validate(lookup(text, sandbox=True, active=True).to_dict())
    wrong = json.loads(every_outcome().to_json())
    wrong["indicators"][0]["answers"][0]["outcome"] = "clean"
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(wrong)


def test_the_schema_knows_every_kind() -> None:
    text = json.dumps(schema())
    for kind in (*ErrorKind, *ReasonKind, *Verdict):
        assert f'"{kind}"' in text


@pytest.mark.parametrize("character", ["\x1b", "\x9b", "\x7f", "\u202e", "\u2066", "\u2028", "\x00", "\x85"])
def test_nothing_in_it_is_obeyed_by_a_terminal(character: str) -> None:
    hostile = f"a{character}b"
    raw = msgspec.Raw(msgspec.json.encode({hostile: [hostile]}))
    made = report(Answer(IP, source(), Found(Finding(summary=hostile, tags=(hostile,)), raw))).to_json()
    assert character not in made.decode()
    answer = json.loads(made)["indicators"][0]["answers"][0]
    assert answer["summary"] == hostile
    assert answer["results"] == {hostile: [hostile]}


def test_safe_json_changes_nothing_else() -> None:
    document = '{"ä": "🐟 \\u001b \\\\"}'.encode()
    assert safe_json(document) == document


def test_a_report_of_nothing() -> None:
    assert report().to_dict()["indicators"][0]["answers"] == []


async def test_one_answer_for_each_source_that_takes_the_type() -> None:
    async with Client(sandbox=True) as client:
        made = await client.lookup("203.0.113.66", "update-heron.example", "203.0.113.66")
        takers = {one.name for one in client.sources() if "ipv4" in one.types}
    assert [one.value for one in made.indicators] == ["203.0.113.66", "update-heron.example"]
    assert {answer.source for answer in made.indicators[0].answers} == takers
