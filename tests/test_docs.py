"""Lists are derived: the pages that show them are made from the code, and this fails when they are stale.

``python -m tests.test_docs`` writes them anew.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import ioclib
from ioclib.extract import defang
from ioclib.indicators import types
from ioclib.registry import all_sources
from ioclib.source import AnySource
from ioclib.tiers import Tier, tier_of
from tests.doubles import source
from tests.pages import report_page, schema_file, verdict_page
from tests.replay import samples_of

DOCS = Path(__file__).resolve().parents[1] / "docs"
PACKAGE = Path(ioclib.__file__).parent
PROOFS = PACKAGE / "proofs.json"
SCHEMA = PACKAGE / "report.schema.json"


def types_page() -> str:
    """Every indicator type, as its class says."""
    rows = [
        f"| `{kind.kind}` | {(kind.__doc__ or '').strip().partition(chr(10))[0]} | `{defang(kind.examples[0])}` "
        f"| `{kind.stix}` | `{kind.misp}` |"
        for kind in types()
    ]
    return "\n".join(
        [
            "# Indicator types",
            "",
            "Made from the classes in `src/ioclib/indicators/`. The examples are invented, and defanged here.",
            "",
            "| type | what it is | example | STIX 2.1 | MISP |",
            "| --- | --- | --- | --- | --- |",
            *(row.replace("``", "`") for row in rows),
            "",
        ]
    )


def test_the_page_of_types_is_current() -> None:
    assert (DOCS / "types.md").read_text(encoding="utf-8") == types_page()


def proofs() -> dict[str, list[str]]:
    """The outcomes and errors that the samples of each source prove."""
    seen = {
        name: {word for _, sample in samples_of(name) for word in (sample.expect.outcome, sample.expect.error) if word}
        for name in all_sources()
    }
    return {name: sorted(words) for name, words in seen.items() if words}


def proofs_file() -> str:
    return json.dumps(proofs(), indent=1) + "\n"


def sources_page() -> str:
    """Every source, as its file says."""
    known = all_sources().values()
    tiers = {one.name: tier_of(one, proofs()) for one in known}
    counted = Counter(tier for tier in tiers.values() if tier)
    keyless = sum(1 for one in known if tiers[one.name] not in {None, "unproven"} and _is_keyless(one))
    return "\n".join(
        [
            "# Sources",
            "",
            "Made from the files in `src/ioclib/sources/`, and from the answers that their tests replay.",
            "",
            f"{', '.join(f'{counted[tier]} {tier}' for tier in reversed(Tier))}.",
            f"{keyless} of the proven ones answer without a key.",
            "",
            *(f"* *{tier}*: {TIERS[tier]}" for tier in reversed(Tier)),
            "",
            "`exposure` says who learns of the indicator: `none` stays on this machine, `vendor` is the service alone,",
            "`public` may be seen by strangers, `target` touches the indicator's own infrastructure.",
            "",
            "`evidence` says what an opinion rests on, and so what it weighs in [the overall verdict](verdict.md).",
            "",
            "| source | what it knows | types | key | exposure | limits | evidence | tier |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *(_row(one, tiers[one.name]) for one in known),
            "",
        ]
    )


TIERS = {
    Tier.UNPROVEN: "neither the vendor's documentation nor a recorded answer was at hand; asked only when it is named; "
    "a platform of your own is named by setting its address",
    Tier.BRONZE: "answers of both kinds, known and not known, are read as they should be",
    Tier.SILVER: "so are refusals: a bad key, a limit",
    Tier.GOLD: "and it takes all that its provider offers, in batches where it has them",
}


def _is_keyless(one: AnySource[Any]) -> bool:
    return one.key is None or one.key.optional


def _row(one: AnySource[Any], tier: Tier | None) -> str:
    kinds = ", ".join(kind.kind for kind in one.types)
    return (
        f"| `{one.name}` | {_about(one)} | {kinds} | {_key(one)} | {one.exposure.name.lower()} "
        f"| {', '.join(map(str, one.limits)) or '–'} | {one.evidence} | {'retired' if one.retired else tier or '–'} |"
    )


def _about(one: AnySource[Any]) -> str:
    only = "Asked only when it is named: it tells a third party about a person." if one.personal else ""
    gone = f"Retired since {one.retired.since}: {one.retired.reason}." if one.retired else ""
    terms = f"Terms: {one.terms.rstrip('.')}." if one.terms else ""
    return " ".join(filter(None, (one.about, only, gone, terms)))


def _key(one: AnySource[Any]) -> str:
    if one.key is None:
        return "none"
    more = [*(["optional"] if one.key.optional else []), *([] if one.key.free else ["paid"])]
    return f"[`{one.key.variable}`]({one.key.get})" + (f" ({', '.join(more)})" if more else "")


def test_the_page_of_sources_is_current() -> None:
    assert (DOCS / "sources.md").read_text(encoding="utf-8") == sources_page()


def test_what_the_package_knows_of_the_samples_is_current() -> None:
    assert PROOFS.read_text(encoding="utf-8") == proofs_file()


def test_the_pages_of_report_and_verdict_are_current() -> None:
    assert (DOCS / "report.md").read_text(encoding="utf-8") == report_page()
    assert (DOCS / "verdict.md").read_text(encoding="utf-8") == verdict_page()
    assert SCHEMA.read_text(encoding="utf-8") == schema_file()


@pytest.mark.parametrize(
    ("changes", "seen", "tier"),
    [
        ({"unproven": True}, ["found", "not_found"], "unproven"),
        ({}, ["found"], "unproven"),
        ({}, ["found", "not_found"], "bronze"),
        ({}, ["found", "not_found", "rate_limited"], "bronze"),
        ({"key": None}, ["found", "not_found", "rate_limited"], "silver"),
        ({}, ["found", "not_found", "rate_limited", "forbidden"], "silver"),
        ({"complete": True}, ["found", "not_found", "quota_exhausted", "unauthorized"], "gold"),
        ({"complete": True}, ["found", "not_found", "quota_exhausted"], "bronze"),
        ({"retired": all_sources()["threatminer"].retired}, ["found", "not_found"], None),
        ({"own_platform": True}, ["found", "not_found", "rate_limited", "forbidden"], "unproven"),
    ],
)
def test_a_tier_is_computed(changes: dict[str, Any], seen: list[str], tier: str | None) -> None:
    assert tier_of(source("one", **changes), {"one": seen}) == tier


def test_what_is_somebody_elses_has_no_tier() -> None:
    assert tier_of(source("one"), {}) is None


if __name__ == "__main__":
    PROOFS.write_text(proofs_file(), encoding="utf-8")
    SCHEMA.write_text(schema_file(), encoding="utf-8")
    (DOCS / "report.md").write_text(report_page(), encoding="utf-8")
    (DOCS / "verdict.md").write_text(verdict_page(), encoding="utf-8")
    (DOCS / "sources.md").write_text(sources_page(), encoding="utf-8")
    (DOCS / "types.md").write_text(types_page(), encoding="utf-8")
