"""SSLBL: JA3 fingerprints of botnets. https://sslbl.abuse.ch/blacklist/ (read 2026-11)

The list is looked up on this machine. Verdict: harmless programs have the same JA3 as malware, and nobody tried the
list on them, so suspicious.
"""

import re
from collections.abc import Mapping

from ioclib.findings import Evidence, Finding, Verdict, when
from ioclib.indicators import Ja3
from ioclib.source import Exposure, Key, ListSource, Request, url

ROW = re.compile(r"(?P<key>[0-9A-Fa-f]{32}),[^,]*,[^,]*,.+")  # the JA3, when it was seen first and last, why


def entries(text: str) -> Mapping[str, str] | None:
    rows = [ROW.fullmatch(row) for row in map(str.strip, text.splitlines()) if row and not row.startswith("#")]
    return {row["key"].lower(): row[0] for row in rows if row} if rows and all(rows) else None


def listed(_: Ja3, row: str) -> Finding:
    _digest, first, last, reason = row.split(",", 3)
    return Finding(
        verdict=Verdict.SUSPICIOUS,
        summary=f"JA3 of {reason}, seen {first[:10]} to {last[:10]}",
        tags=(reason,),
        family=reason,
        first_seen=when(first),
        last_seen=when(last),
    )


def link(digest: Ja3) -> str:
    return url("https://sslbl.abuse.ch/ja3-fingerprints", digest, "")


SOURCE: ListSource[Ja3, str] = ListSource(
    name="sslbl_ja3",
    about="JA3 fingerprints of malware.",
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
    download=Request.get("/blacklist/ja3_fingerprints.csv"),
    payload=str,
    entries=entries,
    listed=listed,
    max_age=3600,
    link=link,
)
