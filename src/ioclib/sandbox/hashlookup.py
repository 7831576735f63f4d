"""CIRCL hashlookup as its server serves it. https://www.circl.lu/services/hashlookup/ (read 2026-11)

A library of known files; there is no key. A malicious file is there because a feed of malware has it, and is told from
the others by ``KnownMalicious``; the flag alone proves little, since files of distributions carry it too.
"""

import re
import zlib
from typing import Any, Literal, cast

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD, File

LABELS = {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA-256"}
LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}
PARENTS = {"benign": 3, "suspicious": 12}
"""How many packages contain a file, by its nature."""

INFO = {"nsrl-version": "RDS Version 2026.09.1", "nsrl-NSRL-items": "165968856", "hashlookup-version": "1.4"}


def answer(call: Call) -> Reply:
    match call.method, call.segments:
        case "GET", ["info"]:
            return Reply.json(INFO)
        case "GET", ["lookup", ("md5" | "sha1" | "sha256") as kind, digest]:
            return _lookup(kind, digest)
        case "POST", ["bulk", ("md5" | "sha1") as kind]:
            return _bulk(kind, call)
        case "GET", [("parents" | "children") as relation, digest, count, _] if count.isdecimal():
            return _relatives(relation, digest)
        case _, ["info"] | ["lookup", "md5" | "sha1" | "sha256", _] | ["bulk", "md5" | "sha1"]:
            return _message(405, "The method is not allowed for the requested URL.")
        case _:  # also what has two slashes, another hash, or a bulk question about SHA-256
            return _message(404, "The requested URL was not found on the server.")


def _lookup(kind: str, digest: str) -> Reply:
    if not _is_hex(kind, digest):
        label = LABELS[kind]
        return _message(400, f"{label} value incorrect, expecting a {label} value in hex format")
    file = WORLD.files.get(digest.lower())
    if file is None:
        label = "SHA-1" if kind == "sha1" else LABELS[kind]
        return Reply.json({"message": f"Non existing {label}", "query": digest}, 404)
    return Reply.json(_record(file) | _package(file, "single") | _trust(file) | _sha256(file, kind))


def _bulk(kind: str, call: Call) -> Reply:
    document: object = call.json()
    hashes = cast("dict[str, object]", document).get("hashes") if isinstance(document, dict) else None
    if not isinstance(hashes, list):
        return _message(404, "JSON format incorrect. An array of hashes in the key 'hashes' is expected.")
    digests = [str(one) for one in cast("list[object]", hashes)]
    found = [WORLD.files[one.lower()] for one in digests if _is_hex(kind, one) and one.lower() in WORLD.files]
    return Reply.json([_record(file) | _package(file, "bulk") for file in found])


def _relatives(relation: str, digest: str) -> Reply:
    # Packages are not in the world: what contains a file is counted, but cannot be named.
    if not _is_hex("sha1", digest):
        return _message(400, "SHA1 value incorrect, expecting a SHA1 value in hex format")
    return _message(404, f"The SHA1 value has no known {'parent' if relation == 'parents' else 'child'}.")


def _is_hex(kind: str, digest: str) -> bool:
    return re.fullmatch(rf"[0-9a-fA-F]{{{LENGTHS[kind]}}}", digest) is not None


def _record(file: File) -> dict[str, Any]:
    """Strings throughout, hashes in upper case."""
    return {
        "CRC32": f"{zlib.crc32(file.content):08X}",
        "FileName": file.name,
        "FileSize": str(len(file.content)),
        "MD5": file.md5.upper(),
        "SHA-1": file.sha1.upper(),
        "mimetype": file.mime,
        "insert-timestamp": "1789371731.0909765",
        **({"KnownMalicious": "malshare.com"} if file.nature in {"malicious", "suspicious"} else {}),
        **({"source": file.known_source, "db": "nsrl_modern_rds"} if file.known_source else {}),
    }


def _package(file: File, form: Literal["single", "bulk"]) -> dict[str, Any]:
    """Objects in a single answer, their numbers in a bulk one."""
    if not file.known_source:
        return {}
    if form == "bulk":
        return {"OpSystemCode": "362", "ProductCode": "190742", "SpecialCode": ""}
    product = {"ApplicationType": "Editor", "ProductCode": "190742", "ProductName": "Harbour Editor", "MfgCode": "608"}
    system = {"OpSystemCode": "362", "OpSystemName": "TBD", "OpSystemVersion": "none", "MfgCode": "1006"}
    return {"OpSystemCode": system, "ProductCode": product, "SpecialCode": ""}


def _trust(file: File) -> dict[str, Any]:
    parents = PARENTS.get(file.nature, 0)
    trust = 50 + 5 * parents - (20 if file.nature in {"malicious", "suspicious"} else 0)
    counted = {"hashlookup:parent-total": parents} if parents else {}
    return {**counted, "hashlookup:trust": min(trust, 100)}


def _sha256(file: File, kind: str) -> dict[str, str]:
    return {"SHA-256": file.sha256.upper()} if kind == "sha256" else {}


def _message(status: int, text: str) -> Reply:
    return Reply.json({"message": text}, status)


TWIN = Twin(name="hashlookup", hosts=("hashlookup.circl.lu",), answer=answer)
