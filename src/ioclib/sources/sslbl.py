"""SSLBL: certificates and JA3 fingerprints of botnets. https://sslbl.abuse.ch/blacklist/ (read 2026-11)

Both lists are looked up on this machine; that of addresses was given up in 2025.

Verdict: a certificate was that of a control server: malicious. Harmless programs have the same JA3 as malware, and
nobody tried the list on them: suspicious.
"""

import re
from collections.abc import Mapping

from ioclib.findings import Finding, Verdict, when
from ioclib.indicators import Ja3, Sha1
from ioclib.source import Exposure, Key, ListSource, Request, url

CERTIFICATE = re.compile(r"[^,]+,(?P<key>[0-9A-Fa-f]{40}),.+")  # when it was listed, the SHA-1, why
FINGERPRINT = re.compile(r"(?P<key>[0-9A-Fa-f]{32}),[^,]*,[^,]*,.+")  # the JA3, when it was seen first and last, why

KEY = Key(
    "SSLBL_API_KEY",
    aliases=("ABUSECH_API_KEY", "ABUSECH_AUTH_KEY"),
    header="Auth-Key",
    optional=True,
    get="https://auth.abuse.ch/",
)


def entries(text: str, line: re.Pattern[str]) -> Mapping[str, str] | None:
    rows = [line.fullmatch(row) for row in map(str.strip, text.splitlines()) if row and not row.startswith("#")]
    return {row["key"].lower(): row[0] for row in rows if row} if rows and all(rows) else None


def certificates(text: str) -> Mapping[str, str] | None:
    return entries(text, CERTIFICATE)


def fingerprints(text: str) -> Mapping[str, str] | None:
    return entries(text, FINGERPRINT)


def certificate(_: Sha1, row: str) -> Finding:
    first, _digest, reason = row.split(",", 2)
    return finding(Verdict.MALICIOUS, f"certificate of {reason}, listed {first[:10]}", reason, first)


def fingerprint(_: Ja3, row: str) -> Finding:
    _digest, first, last, reason = row.split(",", 3)
    return finding(Verdict.SUSPICIOUS, f"JA3 of {reason}, seen {first[:10]} to {last[:10]}", reason, first, last)


def finding(verdict: Verdict, summary: str, reason: str, first: str, last: str | None = None) -> Finding:
    family = reason.removesuffix(" C&C")
    return Finding(
        verdict=verdict, summary=summary, tags=(family,), family=family, first_seen=when(first), last_seen=when(last)
    )


def link(digest: Sha1) -> str:
    return url("https://sslbl.abuse.ch/ssl-certificates/sha1", digest, "")


def link_ja3(digest: Ja3) -> str:
    return url("https://sslbl.abuse.ch/ja3-fingerprints", digest, "")


CERTIFICATES: ListSource[Sha1, str] = ListSource(
    name="sslbl",
    about="Certificates of botnets' control servers, by their SHA-1.",
    base="https://sslbl.abuse.ch",
    key=KEY,
    limits=(),
    exposure=Exposure.NONE,
    accept="text/csv",
    complete=True,
    download=Request.get("/blacklist/sslblacklist.csv"),
    payload=str,
    entries=certificates,
    listed=certificate,
    max_age=3600,
    link=link,
)

JA3: ListSource[Ja3, str] = ListSource(
    name="sslbl_ja3",
    about="JA3 fingerprints of malware.",
    base="https://sslbl.abuse.ch",
    key=KEY,
    limits=(),
    exposure=Exposure.NONE,
    accept="text/csv",
    complete=True,
    download=Request.get("/blacklist/ja3_fingerprints.csv"),
    payload=str,
    entries=fingerprints,
    listed=fingerprint,
    max_age=3600,
    link=link_ja3,
)

SOURCES = (CERTIFICATES, JA3)
