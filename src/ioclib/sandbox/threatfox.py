"""abuse.ch ThreatFox, simulated. https://threatfox.abuse.ch/api/ (read 2026-11)

It holds the control servers of the world's malware, with their ports, the links that deliver it, and its samples. A
search finds parts of words unless it is told to be exact.
"""

import hashlib
import re
from collections.abc import Iterator

from ioclib.sandbox.abusech import document, refusal, status
from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import ABUSECH_KEY, ABUSECH_SPENT_KEY, FILES, LINKS, WORLD, File

HOST = "threatfox-api.abuse.ch"
HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
SHORTEST = 3  # characters of a search term

DESCRIPTIONS = {
    "botnet_cc": "Indicator that identifies a botnet command&control server (C&C)",
    "payload_delivery": "Indicator that identifies a malware distribution server (payload delivery)",
    "payload": "Indicator that identifies a malware sample (payload)",
}
CONFIDENCE = {"botnet_cc": 100, "payload_delivery": 75, "payload": 50}

Record = dict[str, object]


def answer(call: Call) -> Reply:
    if refused := refusal(call, HOST):
        return refused
    sent = document(call)
    if sent is None:
        return status("no_json")
    match sent:
        case {"query": "search_ioc", "search_term": str(term)}:
            return search(term.lower(), exact=sent.get("exact_match") is True)
        case {"query": "search_ioc"}:
            return status("illegal_search_term", "The search term you have provided is not valid")
        case {"query": "search_hash", "hash": str(digest)} if HASH.fullmatch(digest):
            return found([row for file, row in ROWS if file and digest in {file.md5, file.sha256} and is_network(row)])
        case {"query": "search_hash"}:
            return status("illegl_hash", "The hash you have provided is not valid")  # spelt so
        case {"query": "ioc", "id": number}:
            return found([row for _, row in ROWS if row["id"] == str(number)])
        case _:  # lists, families and submissions: nothing that a lookup asks for
            return status("unknown_operation")


def search(term: str, *, exact: bool) -> Reply:
    if len(term) < SHORTEST:
        return status("illegal_search_term", "The search term you have provided is not valid")
    texts = ((str(row["ioc"]).lower(), row) for _, row in ROWS)
    return found([row for text, row in texts if (term == text if exact else term in text)])


def found(rows: list[Record]) -> Reply:
    if not rows:
        return status("no_result", "Your search did not yield any results")
    return Reply.json({"query_status": "ok", "data": rows})


def is_network(row: Record) -> bool:
    return row["threat_type"] != "payload"


def rows() -> Iterator[tuple[File | None, Record]]:
    """What was submitted, and the sample that it belongs to."""
    for file in FILES:
        if file.family:
            yield file, record(file.sha256, "sha256_hash", "payload", file)
            for server in file.c2:
                yield file, record(*endpoint(server), "botnet_cc", file)
    for link in LINKS:
        if link.threat == "malware" and link.online:
            sample = WORLD.file_named(link.payload)
            yield sample, record(link.url, "url", "payload_delivery", sample, is_compromised=sample is None)


def endpoint(server: str) -> tuple[str, str]:
    """A control server as it is held: an address never without a port."""
    host, _, port = server.partition(":")
    known = WORLD.hosts.get(host)
    return (f"{host}:{port or known.ports[-1]}", "ip:port") if known else (server, "domain")


def record(ioc: str, kind: str, threat: str, file: File | None, *, is_compromised: bool = False) -> Record:
    family = file.family if file else None
    return {
        "id": str(1_500_000 + int(hashlib.sha256(ioc.encode()).hexdigest()[:5], 16)),
        "ioc": ioc,
        "threat_type": threat,
        "threat_type_desc": DESCRIPTIONS[threat],
        "ioc_type": kind,
        "ioc_type_desc": f"{kind} of malware",
        "malware": f"win.{family.lower()}" if family else "unknown",
        "malware_printable": family or "Unknown malware",
        "malware_alias": None,
        "malware_malpedia": None,
        "is_compromised": is_compromised,
        "confidence_level": CONFIDENCE[threat],
        "first_seen": "2026-09-14 08:01:27 UTC",
        "last_seen": "2026-11-02 18:03:55 UTC" if threat == "botnet_cc" else None,
        "reference": None,
        "reporter": "sandbox",
        "tags": list(file.tags) if file else None,
        "malware_samples": [sample(file)] if file else [],
    }


def sample(file: File) -> Record:
    return {
        "time_stamp": f"{file.first_seen} UTC",
        "md5_hash": file.md5,
        "sha256_hash": file.sha256,
        "malware_bazaar": f"https://bazaar.abuse.ch/sample/{file.sha256}/",
    }


ROWS = tuple(rows())

TWIN = Twin(name="threatfox", hosts=(HOST,), key=ABUSECH_KEY, spent_key=ABUSECH_SPENT_KEY, answer=answer)
