"""Hybrid Analysis, simulated. https://www.hybrid-analysis.com/docs/api/v2 (read 2026-11)

It ran every file of the world, some in vain; reports are found by hash, or by what a file talked to. Clients that do
not call themselves Falcon Sandbox are refused, whatever key they have.
"""

import hashlib
import json
import re
from typing import Literal

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import FILES, WORLD, File

KEY = "kx0sandbox81c5e3b2f9a7d64e0b1c3d5f7a9e2b4d6f8a1c3e5b7d9f1a3c5e7"
SPENT_KEY = "kx0sandbox81c5e3b2f9a7d64e0b1c3d5f7a9e2b4d6f8a1c3e5b7d9f1a3c5e8"
LIMITS = {"minute": 200, "hour": 2000}

HASH = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
TERMS = {
    "domain",
    "host",
    "port",
    "url",
    "filename",
    "vx_family",
    "tag",
    "imphash",
    "ssdeep",
    "authentihash",
    "verdict",
}
VERDICTS = {"malicious": "malicious", "suspicious": "suspicious", "benign": "whitelisted", "unremarkable": None}

Record = dict[str, object]


def answer(call: Call) -> Reply:
    key = call.headers.get("api-key", "")
    if "Falcon" not in call.headers.get("user-agent", ""):
        return message(403, "Access denied")
    if key == SPENT_KEY:
        return message(429, "Exceeded maximum API requests per minute(200). Please try again later.", "minute")
    if key != KEY:
        return message(403, "Invalid API key" if key else "API key is missing")
    match call.method, call.segments[2:] if call.path.startswith("/api/v2/") else []:
        case "GET", ["search", "hash"]:
            return search(call.param("hash") or "")
        case "GET", ["overview", sha256]:
            return overview(sha256, short=False)
        case "GET", ["overview", sha256, "summary"]:
            return overview(sha256, short=True)
        case "POST", ["search", "terms"]:
            return terms(call.form())
        case "GET", ["key", "current"]:
            return reply({"api_key": key, "auth_level": 100, "auth_level_name": "default"})
        case _, ["search", "hash" | "terms"] | ["overview", *_]:
            return message(405, "Method not allowed")
        case _:
            return message(404, "Not found")


def reply(document: object, status: int = 200, spent: Literal["minute", ""] = "") -> Reply:
    used = LIMITS if spent else {"minute": 1, "hour": 1}
    limits = {"limits": LIMITS, "used": used, "limit_reached": bool(spent)}
    reached = {"name_of_reached_limit": spent} if spent else {}
    return Reply.json(document, status, Api_Version="2.35.0", Api_Limits=json.dumps(limits | reached))


def message(status: int, text: str, spent: Literal["minute", ""] = "") -> Reply:
    return reply({"message": text}, status, spent)


def invalid(field: str, error: str) -> Reply:
    errors = [{"field": field, "errors": [error]}]
    return reply({"message": "Failed to get data due to validation errors", "validation_errors": errors}, 400)


def number(file: File) -> str:
    return file.sha256[:24]


def search(digest: str) -> Reply:
    if not HASH.fullmatch(digest):
        return invalid("hash", "Invalid hash")
    file = WORLD.files.get(digest.lower())
    if file is None:
        return message(404, "Requested hash not found")
    done = {
        "id": number(file),
        "environment_id": 160,
        "environment_description": "Windows 10 64 bit",
        "state": "SUCCESS",
        "error_type": None,
        "error_origin": None,
        "verdict": VERDICTS[file.nature],
    }
    failed = {"id": number(file)[::-1], "state": "ERROR", "error_type": "FILE_TYPE_BAD_ERROR", "verdict": None}
    return reply({"sha256s": [file.sha256], "reports": [done | failed, done]})


def overview(sha256: str, *, short: bool) -> Reply:
    file = WORLD.files.get(sha256.lower())
    if file is None or len(sha256) != len(file.sha256):
        return message(404, "Sample not found")
    detected, engines = file.engines
    summary: Record = {
        "sha256": file.sha256,
        "last_file_name": file.name,
        "threat_score": 100 if file.nature == "malicious" else None,
        "verdict": VERDICTS[file.nature],
        "analysis_start_time": f"{file.last_seen.replace(' ', 'T')}+00:00",
        "multiscan_result": 100 * detected // engines,
    }
    details: Record = {
        "other_file_name": [],
        "url_analysis": False,
        "size": len(file.content),
        "type": file.mime,
        "type_short": ["peexe", "executable"],
        "tags": list(file.tags),
        "architecture": "WINDOWS",
        "vx_family": file.family,
        "scanners": [],
        "related_children_hashes": [],
        "reports": [number(file)],
        "whitelisted": file.nature == "benign",
        "submitted_at": f"{file.first_seen.replace(' ', 'T')}+00:00",
    }
    return reply(summary if short else summary | details)


def terms(form: dict[str, str]) -> Reply:
    asked = {name: value for name, value in form.items() if name in TERMS}
    if not asked:  # a JSON body is not read
        return invalid("search_terms", "At least one search term is required")
    rows = [row(file) for file in FILES if all(has(file, name, value) for name, value in asked.items())]
    named = [{"id": name, "value": value} for name, value in asked.items()]
    return reply({"search_terms": named, "count": len(rows), "result": rows})


def has(file: File, name: str, value: str) -> bool:
    match name:
        case "domain" | "host":
            return value.lower() in file.contacts
        case "url":
            return any(value in one for one in file.contacts if "://" in one)  # also a part of one
        case "imphash":
            return value == file.imphash
        case "authentihash":
            return value == authentihash(file)
        case "filename":
            return value == file.name
        case _:
            return False


def authentihash(file: File) -> str:
    return hashlib.sha256(b"without the signature: " + file.content).hexdigest()


def row(file: File) -> Record:
    detected, engines = file.engines
    return {
        "verdict": VERDICTS[file.nature],
        "av_detect": str(100 * detected // engines),
        "threat_score": 100 if file.nature == "malicious" else None,
        "vx_family": file.family,
        "job_id": number(file),
        "sha256": file.sha256,
        "environment_id": 160,
        "analysis_start_time": file.last_seen,
        "submit_name": file.name,
        "environment_description": "Windows 10 64 bit",
        "size": len(file.content),
        "type": None,
        "type_short": file.type,
    }


TWIN = Twin(
    name="hybrid_analysis",
    hosts=("hybrid-analysis.com", "www.hybrid-analysis.com"),
    key=KEY,
    spent_key=SPENT_KEY,
    answer=answer,
)
