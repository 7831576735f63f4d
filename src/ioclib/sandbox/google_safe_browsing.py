"""Google Safe Browsing v5, simulated. https://developers.google.com/safe-browsing/reference/rest (read 2026-11)

Only ``hashes:search``. Answers are protobuf, as the real ones are, whatever is asked for; only errors are JSON.
"""

import binascii
import hashlib
from base64 import b64decode
from urllib.parse import urlsplit

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import LINKS, NAMES, WORLD

KEY = "AIza" + "SandboxKey" * 3 + "00000"
SPENT_KEY = "AIza" + "SandboxOut" * 3 + "00000"

SERVICE = "safebrowsing.googleapis.com"
THREATS = {"malware": 1, "phishing": 2, "unwanted": 3}  # the numbers of MALWARE, SOCIAL_ENGINEERING, UNWANTED_SOFTWARE
CANARY = 1  # an attribute: not to be acted on
CACHE_SECONDS = 300
ALPHABET = str.maketrans("-_", "+/")  # JSON's form of protobuf takes either alphabet of base64


def answer(call: Call) -> Reply:
    match call.param("key") or call.headers.get("x-goog-api-key"):
        case None:  # unverified
            return error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
        case key if key == SPENT_KEY:
            message = (
                f"Quota exceeded for quota metric 'API calls' and limit 'API calls per day' of service '{SERVICE}'."
            )
            return error(429, "RESOURCE_EXHAUSTED", message, "RATE_LIMIT_EXCEEDED")
        case key if key != KEY:
            message = "API key not valid. Please pass a valid API key."
            return error(400, "INVALID_ARGUMENT", message, "API_KEY_INVALID")
        case _:
            pass
    if call.method != "GET" or call.path != "/v5/hashes:search":
        return Reply.text("<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>", 404, "text/html; charset=UTF-8")
    prefixes = [decoded(text) for text in call.params("hashPrefixes")]
    if not 1 <= len(prefixes) <= 1000 or any(len(prefix) != 4 for prefix in prefixes):
        return error(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
    hashes = [field(1, field(1, digest) + details) for digest, details in LIST.items() if digest[:4] in prefixes]
    duration = field(2, field(1, CACHE_SECONDS))
    return Reply(200, b"".join([*hashes, duration]), {"content-type": "application/x-protobuf"})


def error(status: int, code: str, message: str, reason: str | None = None) -> Reply:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": SERVICE},
    }
    details = {"details": [info]} if reason else {}
    return Reply.json({"error": {"code": status, "message": message, "status": code, **details}}, status)


def decoded(text: str) -> bytes:
    """Base64; nothing for what is none, such as a plus sign that was not quoted and arrives as a space."""
    try:
        return b64decode(text.translate(ALPHABET), validate=True)
    except (binascii.Error, ValueError):
        return b""


def field(number: int, value: int | bytes) -> bytes:
    """One field of a protobuf message: a number, or something with a length (bytes, a message, packed numbers)."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def detail(threat: int, *attributes: int) -> bytes:
    packed = field(2, b"".join(map(varint, attributes))) if attributes else b""
    return field(2, field(1, threat) + packed)


def sha256(expression: str) -> bytes:
    return hashlib.sha256(expression.encode()).digest()


def expression(url: str) -> str:
    """The most exact of the expressions that a client derives from a link: no scheme, no user, no port, no fragment."""
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


def threat_list() -> dict[bytes, bytes]:
    """Full hashes and what they are listed for: bad links as they are, bad names as a whole."""
    listed: dict[bytes, bytes] = {}
    for link in LINKS:
        digest = sha256(expression(link.url))
        if link.threat:
            # what is on trial for a worse threat is not to be acted on
            trial = detail(THREATS["malware"], CANARY) if link.threat == "unwanted" else b""
            listed[digest] = detail(THREATS[link.threat]) + trial
        else:  # something else that begins with the same four bytes: a client has to compare the whole hash
            listed[digest[:4] + sha256("something else")[4:]] = detail(THREATS["malware"])
    for name in NAMES:
        if name.nature == "malicious":
            threats = {one.threat for one in WORLD.links_of(name.domain) if one.threat}
            listed[sha256(f"{name.domain}/")] = b"".join(detail(THREATS[threat]) for threat in sorted(threats))
    return listed


LIST = threat_list()

TWIN = Twin(name="google_safe_browsing", hosts=(SERVICE,), key=KEY, spent_key=SPENT_KEY, answer=answer)
