"""SSLBL: certificates of botnets. https://sslbl.abuse.ch/blacklist/ (read 2026-11)

The list is looked up on this machine; that of addresses was given up in 2025. Verdict: a certificate was that of a
control server, malicious.
"""

import re
from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Verdict, when
from ioclib.indicators import Sha1
from ioclib.source import Exposure, Key, ListSource, Request, url

ROW = re.compile(r"[^,]+,(?P<key>[0-9A-Fa-f]{40}),.+")  # when it was listed, the SHA-1, why


def entries(text: str) -> Mapping[str, str] | None:
    rows = [ROW.fullmatch(row) for row in map(str.strip, text.splitlines()) if row and not row.startswith("#")]
    return {row["key"].lower(): row[0] for row in rows if row} if rows and all(rows) else None


def listed(_: Sha1, row: str) -> Finding:
    first, _digest, reason = row.split(",", 2)
    family = reason.removesuffix(" C&C")
    return Finding(
        verdict=Verdict.MALICIOUS,
        summary=f"certificate of {reason}, listed {first[:10]}",
        tags=(family,),
        family=family,
        first_seen=when(first),
    )


def link(digest: Sha1) -> str:
    return url("https://sslbl.abuse.ch/ssl-certificates/sha1", digest, "")


SOURCE: ListSource[Sha1, str] = ListSource(
    name="sslbl",
    about="Certificates of botnets' control servers, by their SHA-1.",
    base="https://sslbl.abuse.ch",
    key=Key(
        "SSLBL_API_KEY",
        aliases=("ABUSECH_API_KEY", "ABUSECH_AUTH_KEY"),
        header="Auth-Key",
        optional=True,
        get="https://auth.abuse.ch/",
    ),
    limits=(),
    evidence=Evidence.CURATED,
    exposure=Exposure.NONE,
    accept="text/csv",
    complete=True,
    download=Request.get("/blacklist/sslblacklist.csv"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=3600,
    link=link,
)
