"""abuse.ch YARAify, simulated. https://yaraify.abuse.ch/api/ (read 2026-11)

Whatever was uploaded is there, good or bad, with the rules that match it; many of these say nothing. Files that
resemble another one are found by its imphash and its TLSH.
"""

import hashlib
import re

from ioclib.sandbox.abusech import document, refusal, status
from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import ABUSECH_KEY, ABUSECH_SPENT_KEY, FILES, WORLD, File

HOST = "yaraify-api.abuse.ch"
HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}")
PIVOTS = {"get_imphash": re.compile(r"[0-9a-f]{32}"), "get_tlsh": re.compile(r"T1[0-9A-F]{70}")}
RESULTS = 25  # of a pivot, unless more are asked for

Record = dict[str, object]


def answer(call: Call) -> Reply:
    if refused := refusal(call, HOST):
        return refused
    sent = document(call)
    match sent:
        case None:
            return status("unknown_query")
        case {"query": "lookup_hash", "search_term": str(term)}:
            return lookup(term) if HASH.fullmatch(term) else status("illegal_search_term")
        case {"query": ("get_imphash" | "get_tlsh") as query, "search_term": str(term)}:
            if not PIVOTS[query].fullmatch(term):
                return status("illegal_search_term")
            return pivot(query.removeprefix("get_"), term, sent.get("result_max", RESULTS))
        case {"query": "lookup_hash" | "get_imphash" | "get_tlsh"}:
            return status("missing_search_term")
        case _:  # scans and other pivots: nothing that a lookup asks for
            return status("unknown_query")


def lookup(digest: str) -> Reply:
    file = WORLD.files.get(digest)
    if file is None:
        return status("no_results")
    return Reply.json({"query_status": "ok", "data": {"metadata": metadata(file), "tasks": [task(file)]}})


def pivot(name: str, term: str, most: object) -> Reply:
    files = [one for one in map(metadata, FILES) if one[name] == term]
    if not files:
        return status("no_results")
    return Reply.json({"query_status": "ok", "data": files[: int(str(most))]})


def metadata(file: File) -> Record:
    return {
        "file_name": file.name,
        "file_size": len(file.content),
        "file_type_mime": file.mime,
        "first_seen": file.first_seen,
        "last_seen": file.last_seen if file.family else None,
        "sightings": 3 if file.family else 1,
        "sha256_hash": file.sha256,
        "md5_hash": file.md5,
        "sha1_hash": file.sha1,
        "sha3_384": hashlib.sha3_384(file.content).hexdigest(),
        "imphash": file.imphash,
        "ssdeep": None,
        "tlsh": "T1" + hashlib.sha512(file.content).hexdigest()[:70].upper(),
        "telfhash": None,
        "gimphash": None,
        "dhash_icon": None,
    }


def task(file: File) -> Record:
    dropped = [one for one in map(WORLD.file_named, file.drops) if one]
    return {
        "task_id": f"{file.md5[:8]}-0000-4000-8000-{file.md5[8:20]}",
        "time_stamp": file.first_seen,
        "file_name": file.name,
        "task_parameters": {"clamav_scan": True, "unpack": True, "share_file": True},
        "clamav_results": [f"Win.Loader.{file.family}-9"] if file.family and file.drops else [],
        "static_results": [
            rule("pe_with_rich_header"),
            *([rule("win_heron_auto", file.family)] if file.family else []),
        ],
        "unpack_results": [
            {
                "unpacked_file_name": one.name,
                "unpacked_md5": one.md5,
                "unpacked_sha256": one.sha256,
                "unpacked_yara_matches": [],
            }
            for one in dropped
        ],
    }


def rule(name: str, family: str | None = None) -> Record:
    return {
        "rule_name": name,
        "author": "sandbox",
        "description": None,
        "date": None,
        "tlp": "TLP:WHITE",
        "reference": None,
        "malpedia_family": f"win.{family.lower()}" if family else None,
    }


TWIN = Twin(name="yaraify", hosts=(HOST,), key=ABUSECH_KEY, spent_key=ABUSECH_SPENT_KEY, answer=answer)
