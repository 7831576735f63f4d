"""The overall verdict: as a careful analyst labels it, and by the rule that is written down."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioclib import Client, ConfigurationError, detect, lookup
from ioclib.findings import Evidence, Verdict
from ioclib.own import OwnList, OwnLists
from ioclib.registry import without_plugins
from ioclib.verdict import Overall, Said, Weights, weigh
from tests.verdicts import Case, cases

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LABELLED = ("cases", "held_out", "second", "third")
HARM = {Verdict.MALICIOUS: 2, Verdict.SUSPICIOUS: 1, Verdict.UNKNOWN: 0, Verdict.BENIGN: 0}


def said(source: str, verdict: str | None = None, evidence: str = "community", days: float = 0) -> Said:
    seen = NOW - timedelta(days=days)
    opinion = Verdict(verdict) if verdict else None
    return Said(source=source, verdict=opinion, evidence=Evidence(evidence), seen=seen)


def of(*all_said: Said, kind: str = "ipv4", weights: Weights | None = None) -> Overall:
    return weigh(kind, all_said, NOW, weights)


@pytest.mark.parametrize("name", LABELLED)
def test_it_is_what_an_analyst_says(name: str) -> None:
    known = cases(name)
    right = sum(one.overall().verdict == one.label for one in known)
    assert right >= 0.95 * len(known)


def test_there_are_enough_cases_of_every_kind() -> None:
    known = [one for name in LABELLED for one in cases(name)]
    assert len(known) >= 150
    assert len({one.name for one in known}) == len(known)
    groups = {one.group for one in known}
    assert {"benign service", "tor exit", "cdn address", "shared hosting", "sinkhole"} < groups
    assert {"expired campaign", "fresh campaign", "conflicting sources"} < groups
    assert all(one.why.strip() for one in known)


@pytest.mark.parametrize("case", [one for name in LABELLED for one in cases(name)], ids=lambda one: one.name)
def test_no_benign_service_is_called_malicious(case: Case) -> None:
    if case.label == "benign":
        assert case.overall().verdict != "malicious"


ANY_SAID = st.builds(
    Said,
    source=st.sampled_from("abcdefgh"),
    verdict=st.sampled_from([None, *Verdict]),
    evidence=st.sampled_from([one for one in Evidence if one is not Evidence.OWN]),
    repeats=st.lists(st.sampled_from("abcdefgh"), max_size=2).map(tuple),
    seen=st.none() | st.datetimes(datetime(2015, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 the zone is added
    tags=st.lists(st.sampled_from(["well-known", "tor-exit", "many-names", "sinkhole", "x"]), max_size=2).map(tuple),
    missing=st.none(),
)
ALL_SAID = st.lists(ANY_SAID, max_size=8, unique_by=lambda one: one.source)
KINDS = st.sampled_from(["ipv4", "domain", "url", "sha256", "email"])


@given(KINDS, ALL_SAID)
def test_the_order_of_the_answers_does_not_matter(kind: str, heard: list[Said]) -> None:
    assert of(*heard, kind=kind) == of(*reversed(heard), kind=kind)


@given(KINDS, ALL_SAID, st.sampled_from(["timeout", "quota", None]))
def test_silence_and_failures_change_no_verdict_and_raise_no_confidence(
    kind: str, heard: list[Said], missing: str | None
) -> None:
    before = of(*heard, kind=kind)
    after = of(*heard, Said(source="z", missing=missing), kind=kind)
    assert after.verdict == before.verdict
    assert after.confidence <= before.confidence


@given(
    KINDS,
    st.lists(st.builds(Said, source=st.sampled_from("abc"), missing=st.sampled_from([None, "timeout"])), max_size=3),
)
def test_who_says_nothing_never_makes_anything_benign(kind: str, heard: list[Said]) -> None:
    assert of(*heard, kind=kind).verdict is Verdict.UNKNOWN
    assert of(*heard, kind=kind).confidence == 0


@given(KINDS, ALL_SAID)
def test_who_finds_it_malicious_makes_it_no_better(kind: str, heard: list[Said]) -> None:
    before = of(*heard, kind=kind).verdict
    after = of(*heard, said("z", "malicious", "curated"), kind=kind).verdict
    assert HARM[after] >= HARM[before]
    assert not (before is not Verdict.BENIGN and after is Verdict.BENIGN)


@given(KINDS, ALL_SAID)
def test_who_vouches_for_it_makes_it_no_worse(kind: str, heard: list[Said]) -> None:
    assert HARM[of(*heard, said("z", "benign", "vouched"), kind=kind).verdict] <= HARM[of(*heard, kind=kind).verdict]


@given(KINDS, ALL_SAID)
def test_every_opinion_is_told_and_every_source_counted(kind: str, heard: list[Said]) -> None:
    overall = of(*heard, kind=kind)
    opinions = {one.source for one in heard if one.verdict not in {None, Verdict.UNKNOWN}}
    assert opinions <= {one.source for one in (*overall.reasons, *overall.against)}
    assert overall.coverage.able == len(heard)
    assert 0 <= overall.confidence <= 100


def test_no_single_report_by_others_makes_an_address_malicious() -> None:
    assert of(said("abuseipdb", "malicious")).verdict == "suspicious"
    assert of(said("virustotal", "malicious", "scan")).verdict == "suspicious"
    assert of(said("virustotal", "malicious", "scan"), kind="sha256").verdict == "malicious"


def test_who_repeats_another_is_not_counted_again() -> None:
    first, echo = said("a", "malicious"), replace(said("b", "malicious"), repeats=("a",))
    assert of(first, said("b", "malicious")).verdict == "malicious"
    overall = of(first, echo)
    assert overall.verdict == "suspicious"
    assert [(one.source, one.weight, one.repeats) for one in overall.reasons] == [("a", 1.5, None), ("b", 0.0, "a")]
    assert of(replace(first, verdict=None), echo).reasons[0].weight == 1.5  # nobody whom it could repeat


@pytest.mark.parametrize(
    ("kind", "days", "verdict"),
    [
        ("ipv4", 3, "malicious"),
        ("ipv4", 60, "suspicious"),
        ("domain", 30, "malicious"),
        ("domain", 400, "suspicious"),
        ("sha256", 3000, "malicious"),
    ],
)
def test_opinions_age_as_what_they_are_of_changes_hands(kind: str, days: float, verdict: str) -> None:
    assert of(said("urlhaus", "malicious", "curated", days), kind=kind).verdict == verdict


def test_what_is_shared_is_not_answerable_for_each_of_its_users() -> None:
    heard = [said("a", "malicious"), said("b", "malicious"), said("c", "malicious")]
    assert of(*heard).verdict == "malicious"
    exit_of_tor = replace(said("tor", "suspicious", "listed"), tags=("tor-exit",))
    assert of(*heard, exit_of_tor).verdict == "suspicious"
    assert of(*heard, exit_of_tor, said("feodo", "malicious", "curated")).verdict == "malicious"
    cloud = replace(said("lists", "unknown", "vouched"), tags=("well-known",), says="a cloud")
    overall = of(*heard, cloud, said("feodo", "malicious", "curated"))
    assert overall.verdict == "suspicious"
    assert "a cloud" in [one.says for one in overall.against]
    assert of(*heard, cloud, kind="url").verdict == "malicious"  # a page has one owner


def test_a_sinkhole_is_of_the_time_before_and_no_danger() -> None:
    overall = of(
        said("otx", "malicious", days=2000), replace(said("rdap", "unknown"), says="Sinkhole Operator"), kind="domain"
    )
    assert overall.verdict == "suspicious"
    assert of(said("otx", "malicious", days=2000), kind="domain").verdict == "unknown"


def test_coverage_names_who_is_missing() -> None:
    coverage = of(said("a", "unknown"), Said(source="b"), Said(source="c", missing="quota")).coverage
    assert (coverage.answered, coverage.able) == (2, 3)
    assert [(one.source, one.why) for one in coverage.missing] == [("c", "quota")]


def test_every_source_that_is_repeated_exists() -> None:
    known = without_plugins().sources
    assert {name for one in known.values() for name in one.repeats} <= known.keys()


def own(tmp_path: Path, allow: str = "", deny: str = "") -> OwnLists:
    files = [tmp_path / "allow.txt", tmp_path / "deny.txt"]
    for file, text in zip(files, (allow, deny), strict=True):
        file.write_text(text, encoding="utf-8")
    return OwnLists(*(OwnList.read([file]) for file in files))


@pytest.mark.parametrize(
    ("text", "allowed", "denied"),
    [
        ("partner.example", "allow.txt, line 2", None),
        ("www.partner.example", "allow.txt, line 2", None),
        ("notpartner.example", None, None),
        ("https://partner.example/x", None, None),  # whose page it is, is another question
        ("https://cdn.example/lib.js#v1", "allow.txt, line 4", None),
        ("198.51.100.77", "allow.txt, line 3", None),
        ("198.51.100.0/25", "allow.txt, line 3", None),
        ("198.51.0.0/16", None, None),
        ("evil.example", None, "deny.txt, line 1"),
        ("http://mail.evil.example/login", None, "deny.txt, line 1"),
        ("someone@evil.example", None, "deny.txt, line 1"),
        ("2001:db8::7", None, "deny.txt, line 2"),
        ("http://[2001:db8::7]/", None, "deny.txt, line 2"),
    ],
)
def test_lists_of_ones_own(tmp_path: Path, text: str, allowed: str | None, denied: str | None) -> None:
    allow = "# ours\npartner[.]example  # since 2020\n198.51.100.0/24\nhttps://cdn.example/lib.js#v1\n\n"
    lists = own(tmp_path, allow=allow, deny="evil.example\n2001:db8::/32\n")
    heard = {one.source: one.says for one in lists.say_of(detect(text))}
    wanted = {"allow list": allowed, "deny list": denied}
    assert heard == {name: f"on your {name}: {where}" for name, where in wanted.items() if where}


@pytest.mark.parametrize(
    ("allow", "says"),
    [("good.example\nno indicator at all\n", r"allow\.txt, line 2: "), (None, "cannot be read")],
)
def test_a_list_that_cannot_be_used_is_told(tmp_path: Path, allow: str | None, says: str) -> None:
    file = tmp_path / "allow.txt"
    if allow is not None:
        file.write_text(allow, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says):
        OwnList.read([file])


def _config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("IOCLIB_CONFIG", str(file))


def test_own_lists_and_weights_come_from_the_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "deny.txt").write_text("evil.example\n", encoding="utf-8")
    _config(
        monkeypatch,
        tmp_path,
        f"""
        [policy]
        internal = ["evil.example"]
        [verdict]
        deny = ["{(tmp_path / "deny.txt").as_posix()}"]
        weights = {{ own = 4 }}
        """,
    )
    overall = lookup("evil.example", sources=["doh"]).indicators[0].overall
    assert overall.verdict == "malicious"
    assert [(one.source, one.weight, one.evidence) for one in overall.reasons] == [("deny list", 4.0, "own")]
    assert overall.coverage.able == 1


@pytest.mark.parametrize(
    "wrong", ["weights = { community = -1 }", "weights = { rumours = 1 }", 'allow = ["/nowhere/at/all"]']
)
def test_what_cannot_be_used_is_a_mistake_in_the_config(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: str
) -> None:
    _config(monkeypatch, tmp_path, f"[verdict]\n{wrong}\n")
    with pytest.raises(ConfigurationError):
        Client()


def test_weights_can_be_changed() -> None:
    heard: Sequence[Said] = [said("threatfox", "malicious", "curated")]
    assert of(*heard).verdict == "malicious"
    assert of(*heard, weights=Weights(curated=1)).verdict == "suspicious"
    assert of(*heard, weights=Weights(curated=0)).verdict == "unknown"


def test_what_sandboxes_saw_beside_a_file_is_said_once_and_says_little() -> None:
    seen = [said(name, "suspicious", "analysis") for name in ("anyrun", "hybrid_analysis", "triage")]
    overall = of(*seen, kind="domain")
    assert [(one.evidence, one.repeats) for one in overall.reasons] == [
        ("seen-with", None),
        ("seen-with", "anyrun"),
        ("seen-with", "anyrun"),
    ]
    assert of(*seen, said("greynoise", "benign")).verdict == "benign"
    assert of(said("triage", "malicious", "analysis"), kind="domain").verdict == "malicious"  # a configuration names it


def test_what_is_popular_needs_more_and_is_harmless_where_only_noise_speaks_against_it() -> None:
    popular = replace(said("warninglists", "unknown", "vouched"), tags=("popular",))
    clean = said("virustotal", "benign", "scan")
    noise = said("triage", "suspicious", "analysis")
    assert of(noise, clean, kind="domain").verdict == "suspicious"
    assert of(noise, clean, popular, kind="domain").verdict == "benign"
    assert of(popular, kind="domain").verdict == "unknown"
    curated = said("urlhaus", "malicious", "curated", days=1)
    assert of(curated, kind="domain").verdict == "malicious"
    assert of(curated, popular, kind="domain").verdict == "suspicious"
    assert of(curated, said("gsb", "malicious", "curated"), popular, kind="domain").verdict == "malicious"


def test_a_known_scanner_is_reported_for_what_it_is_known_for() -> None:
    reports = [said("abuseipdb", "malicious"), said("dshield", "malicious", "listed")]
    assert of(*reports, said("crowdsec", "malicious")).verdict == "malicious"
    known = replace(said("greynoise", "benign"), tags=("known-scanner",))
    assert of(*reports, said("crowdsec", "malicious"), known).verdict == "suspicious"


def test_anybody_can_write_sinkhole_into_a_report() -> None:
    fresh = said("threatfox", "malicious", "curated")
    assert of(fresh, replace(said("otx", "suspicious"), tags=("sinkhole",)), kind="domain").verdict == "malicious"
    assert of(fresh, replace(said("rdap", "unknown"), tags=("server hold",)), kind="domain").verdict == "suspicious"


def test_what_is_bad_at_present_is_not_old() -> None:
    from ioclib.report import AnswerEntry, Judge

    old = datetime(2024, 1, 1, tzinfo=UTC)
    for verdict, weight in (("malicious", 2.5), ("suspicious", 0.15)):
        answer = AnswerEntry(source="urlhaus", outcome="found", verdict=Verdict(verdict), first_seen=old)
        overall = Judge().overall(detect("198.51.100.7"), [answer], without_plugins().sources, NOW)
        assert [one.weight for one in overall.reasons] == [weight]


def test_what_is_known_need_not_be_harmless() -> None:
    known, engines = said("hashlookup", "benign", "curated"), said("virustotal", "suspicious", "scan")
    assert of(known, engines, kind="sha256").verdict == "benign"
    assert of(known, engines, said("triage", "suspicious", "analysis"), kind="sha256").verdict == "suspicious"
    vouched = said("warninglists", "benign", "vouched")
    assert of(vouched, engines, said("triage", "suspicious", "analysis"), kind="sha256").verdict == "benign"
    assert of(known, said("virustotal", "malicious", "scan"), kind="sha256").verdict == "suspicious"
