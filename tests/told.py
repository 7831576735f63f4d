"""Reports for the tests of what people read: every outcome, and hostile text wherever others have a say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ioclib.errors import ErrorKind
from ioclib.findings import Evidence, Relation, Verdict
from ioclib.indicators import of_type
from ioclib.plan import ReasonKind
from ioclib.report import AnswerEntry, ErrorDetail, IndicatorEntry, Judge, ReasonDetail, RelatedEntry, Report
from ioclib.source import Tlp
from ioclib.verdict import Coverage, Grounds, Missing, Overall

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

NASTY = (
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x.png onerror=alert(1)>",
    "</style></script></title></textarea>--><svg onload=alert(1)>",
    "\" onmouseover=alert(1) style='position:fixed' x=\"",
    "{{ 7 * 7 }}{% raw %}{# #}",
    "[click](javascript:alert(1)) ![pixel](https://evil.example/p.png) <https://evil.example/>",
    "[a]: https://evil.example/ 'x'",
    "**bold** _it_ ~~no~~ # heading | cell | $x$ :smile: [^1] `code` ```",
    "` | <b>x</b> | `",
    "\n\n# heading\n\n- item\n\n```\nfence\n",
    "@everyone #1 GH-12 !7 &3 %4 ~5 owner/repo#9 deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "www.evil.example http://evil.example/ evil.example mailto:me@evil.example me@evil.example ftp://evil.example",
    "\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \x00 \x9b2J \ud800",
    "\u202egpj.exe\u2066 \u200b\ufeff\u2028\u2029",
    "\\` \\| \\\\",
    "&lt;b&gt; &#60;script&#62; &copy;",
    "A" * 5_000_000,
)

LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://",
    "data:text/html,<script>alert(1)</script>",
    "http://vendor.example/plain",
    "//vendor.example/",
    "https://update-heron.example/own",
    "https://cdn.update-heron.example./below",
    "https://UPDATE-HERON.example:443/case",
    "https://203.0.113.66/own",
    "https://3405803842/own-as-a-number",
    "https://0xcb.0.0x71.0x42/own-as-hex",
    "https://[::ffff:203.0.113.66]/own-as-ipv6",
    "https://update-heron.example:pass@vendor.example/",
    "https://vendor.example@update-heron.example/",
    "https://vendor.example\\@update-heron.example/",
    'https://vendor.example/"><script>alert(1)</script>',
    "https://vendor.example/ space",
    "https://vendor.example/\nline",
    "https://vendör.example/",
    "https://update%2Dheron.example/",
    "https://",
    "https:///path",
    "https://[",
    "https://vendor.example:port/",
    "https://vendor.example/" + "a" * 10_000,
)
"""None of them may be linked in a report about the indicators of `everything`."""


def found(
    source: str, verdict: Verdict = Verdict.MALICIOUS, summary: str = "11 of 92 engines", **more: Any
) -> AnswerEntry:
    link = more.pop("link", f"https://{source.replace('_', '-')}.vendor.example/203.0.113.66")
    return AnswerEntry(source=source, outcome="found", verdict=verdict, summary=summary, link=link, **more)


def entry(kind: str, value: str, *answers: AnswerEntry, seen: tuple[str, ...] = ()) -> IndicatorEntry:
    ioc = of_type(kind, value)
    overall = Judge().overall(ioc, answers, {}, NOW)
    return IndicatorEntry(type=kind, value=ioc.value, given=value, seen=seen, overall=overall, answers=answers)


def report(*entries: IndicatorEntry, tlp: Tlp = Tlp.AMBER, sandbox: bool = False) -> Report:
    return Report(
        schema=1,
        made_by="ioclib 0.1.0",
        started=NOW,
        elapsed=2.5,
        sandbox=sandbox,
        tlp=tlp,
        indicators=entries,
    )


def everything(**options: Any) -> Report:
    """Every verdict, and every outcome with all that can be told of it."""
    old = NOW - timedelta(days=3)
    return report(
        entry(
            "ipv4",
            "192.0.2.9",
            found("ip_api", Verdict.UNKNOWN, "AS64500"),
            AnswerEntry(source="shodan", outcome="not_found"),
        ),
        entry(
            "ipv4",
            "203.0.113.66",
            found(
                "abuseipdb",
                summary="412 reports",
                last_seen=old,
                first_seen=old,
                family="GildedHeron",
                actor="Heron Group",
                asn=64500,
                country="NL",
                confidence=90,
                tags=tuple(f"tag{number}" for number in range(12)),
                related=(
                    RelatedEntry(Relation.RESOLVES_TO, "domain", "vps.bulletproof.example"),
                    *(RelatedEntry(Relation.CONTACTS, "ipv4", f"198.51.100.{number}") for number in range(60)),
                ),
            ),
            *(found(f"list_{number}", age=7_200.0) for number in range(6)),
            found("harmless_list", Verdict.BENIGN, "allowed", last_seen=old),
            AnswerEntry(
                source="slow", outcome="failed", error=ErrorDetail(ErrorKind.TIMEOUT, "no answer in 20 s", None)
            ),
            AnswerEntry(source="silent", outcome="not_found", link="https://silent.vendor.example/203.0.113.66"),
            AnswerEntry(
                source="virustotal",
                outcome="skipped",
                link="https://virustotal.vendor.example/203.0.113.66",
                reason=ReasonDetail(ReasonKind.QUOTA, "500 of 500 requests are used", NOW + timedelta(hours=12)),
            ),
            seen=("mail.eml: body, line 3",),
        ),
        entry("domain", "update-heron.example", found("one_list", Verdict.SUSPICIOUS, "on a list")),
        entry("domain", "harbour-bank.example", found("a", Verdict.BENIGN, "fine"), found("b", Verdict.BENIGN, "fine")),
        entry("url", "http://update-heron.example/gate.php"),
        **options,
    )


def hostile(text: str, link: str = "https://vendor.example/page") -> Report:
    """The same text wherever somebody else's can stand."""
    grounds = Grounds(
        source=text,
        verdict=Verdict.MALICIOUS,
        evidence=Evidence.COMMUNITY,
        weight=1.5,
        repeats=text,
        seen=NOW,
        says=text,
        link=link,
    )
    overall = Overall(
        verdict=Verdict.MALICIOUS,
        confidence=50,
        reasons=(grounds,) * 3,
        against=(replace(grounds, verdict=Verdict.BENIGN),),
        coverage=Coverage(1, 3, (Missing(text, text), Missing("slow", text))),
    )
    answers = (
        AnswerEntry(
            source=text,
            outcome="found",
            verdict=Verdict.MALICIOUS,
            summary=text,
            tags=(text,) * 3,
            family=text,
            actor=text,
            country=text,
            related=(RelatedEntry(Relation.RELATED_TO, "mutex", text),),
            references=(text, link),
            link=link,
            age=60.0,
            error=ErrorDetail(ErrorKind.TIMEOUT, text, NOW),
        ),
        AnswerEntry(source=text, outcome="not_found", link=link),
        AnswerEntry(source="slow", outcome="failed", link=link, error=ErrorDetail(ErrorKind.TIMEOUT, text, NOW)),
        AnswerEntry(source=text, outcome="skipped", link=link, reason=ReasonDetail(ReasonKind.NO_KEY, text, None)),
    )
    shown = IndicatorEntry(type="mutex", value=text, given="as " + text, seen=(text,), overall=overall, answers=answers)
    made = report(shown, entry("domain", "update-heron.example"), entry("ipv4", "203.0.113.66"), tlp=Tlp.RED)
    return replace(made, made_by=text)
