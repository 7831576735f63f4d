"""ScreenshotAPI.net as its vendor serves it. https://www.screenshotapi.net/docs/ (read 2026-11)

It renders pages and judges nothing: every link of the world that resolves gives a picture, whatever its nature.
"""

import hashlib
import struct
import zlib
from collections import Counter
from typing import cast
from urllib.parse import urlsplit

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import HOSTS, WORLD

KEY = "SANDB0X-SANDB0X-SANDB0X-SANDB0X"
SPENT_KEY = "SPENT00-SPENT00-SPENT00-SPENT00"

BUCKET = "https://screenshotapi-dot-net.storage.googleapis.com"
FILE_TYPES = ("png", "jpeg", "jpg", "webp", "pdf")
SWITCHES = (
    "full_page",
    "fresh",
    "enable_caching",
    "lazy_load",
    "extract_text",
    "extract_html",
    "block_ads",
    "dark_mode",
)
NUMBERS = ("width", "height", "delay", "timeout", "ttl")


def answer(call: Call) -> Reply:
    # The address without /v3 is the older one; whether it still answers is not documented: here it does not.
    if call.path != "/v3/screenshot":
        return _error("not_found", 404)
    if call.method not in {"GET", "POST"}:
        return _error("method_not_allowed", 405)
    fields = [*call.query, *_body(call).items()]
    given = dict(fields)
    match given.get("token"):
        case _ if max(Counter(name for name, _ in fields).values(), default=0) > 1:
            return _error("invalid_input_syntax")  # an unquoted link brings parameters of its own
        case token if token == SPENT_KEY:
            return _error("quota_exceeded", 429)  # the rows of 401 and 429 are not in the public table of errors
        case token if token != KEY:
            return _error("invalid_token", 401)
        case _:
            return _shot(given)


def _body(call: Call) -> dict[str, str]:
    if call.method != "POST":
        return {}
    document: object = call.json()
    if not isinstance(document, dict):
        return call.form()
    return {name: str(value) for name, value in cast("dict[str, object]", document).items()}


def _shot(given: dict[str, str]) -> Reply:
    if error := _invalid(given):
        return _error(error)
    link = given["url"]
    if error := _unreachable(urlsplit(link).hostname or ""):
        return _error(error)
    if given.get("output") == "image":
        return Reply(200, PICTURE, {"content-type": "image/png"})  # whatever the file type: only its arrival counts
    name = f"{urlsplit(link).netloc}_{hashlib.sha256(link.encode()).hexdigest()[:12]}".replace(".", "_")
    kind = given.get("file_type", "png")
    shot = {
        "screenshot": f"{BUCKET}/{name}.{kind}",
        "url": link,
        "created_at": "2026-11-24T06:16:16.602Z",
        "is_fresh": given.get("fresh") == "true",
        "token": given["token"],
        "file_type": kind,
        "full_page": given.get("full_page", "false"),  # a string, beside a true boolean
        "ttl": "2026-12-24T06:16:10.806Z",
    }
    if given.get("extract_text") == "true":
        shot["extracted_text"] = f"{BUCKET}/text_{name}.txt"
    if given.get("extract_html") == "true":
        shot["extracted_html"] = f"{BUCKET}/html_{name}.html"
    return Reply.json(shot)


def _invalid(given: dict[str, str]) -> str | None:
    link = given.get("url", "")
    if not link:
        return "url_required"
    if urlsplit(link).scheme not in {"http", "https"} or not urlsplit(link).hostname:
        return "invalid_url"
    if given.get("file_type", "png") not in FILE_TYPES:
        return "invalid_file_type"
    wrong_switch = any(given.get(name, "true") not in {"true", "false"} for name in SWITCHES)
    wrong_number = any(not given.get(name, "0").isdecimal() for name in NUMBERS)
    if wrong_switch or wrong_number or given.get("output", "json") not in {"json", "image"}:
        return "invalid_input_syntax"
    return None


def _unreachable(host: str) -> str | None:
    """The browser's own error, for a host that is not in the world."""
    resolving = {name for one in HOSTS for name in one.names}
    if host in WORLD.names or host in WORLD.hosts or host in resolving:
        return None
    return "ERR_CONNECTION_TIMED_OUT" if host.replace(".", "").isdecimal() or ":" in host else "ERR_NAME_NOT_RESOLVED"


def _error(code: str, status: int = 400) -> Reply:
    return Reply.json({"error": code}, status)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PICTURE = b"\x89PNG\r\n\x1a\n" + b"".join(
    _chunk(kind, content)
    for kind, content in (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\x00\xff")),
        (b"IEND", b""),
    )
)
"""One white pixel."""

TWIN = Twin(name="screenshotapi", hosts=("shot.screenshotapi.net",), key=KEY, spent_key=SPENT_KEY, answer=answer)
