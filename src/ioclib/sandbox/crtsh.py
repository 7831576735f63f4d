"""crt.sh as its operator serves it. https://github.com/crtsh/certwatch_db and crtsh-web (read 2026-11)

There is no key. Whatever is not asked for as JSON is a page for people.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import NAMES, Name

LOGS_BEGAN = datetime(2018, 4, 1, tzinfo=UTC)
TODAY = datetime(2026, 11, 24, tzinfo=UTC)
LIFETIME = timedelta(days=89, hours=23, minutes=59, seconds=59)

IDENTITY = ("q", "Identity", "dNSName", "CN")
FINGERPRINT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)


def answer(call: Call) -> Reply:
    if call.method != "GET":
        return _page("405 Method Not Allowed", 405)
    if call.path not in {"/", "/json"}:
        return _page("404 Not Found", 404)
    wanted = next((value for name in IDENTITY if (value := call.param(name))), None)
    asks_json = (
        call.path == "/json" or call.param("output") == "json" or call.headers.get("accept") == "application/json"
    )
    if not asks_json or wanted is None or FINGERPRINT.fullmatch(wanted):
        return _page(f"Criteria: {wanted or 'none'}")  # a certificate by its fingerprint is there for people only
    rows = [row for name in NAMES for row in _rows(name, _like(wanted))]
    if call.param("exclude") == "expired":
        rows = [row for row in rows if row["not_after"] > _stamp(TODAY)]
    if call.param("deduplicate") == "Y":
        rows = rows[::2]
    rows.sort(key=lambda row: row["id"], reverse=True)
    return Reply.json(rows, access_control_allow_origin="*")


def _like(wanted: str) -> re.Pattern[str]:
    """SQL's ILIKE."""
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(one, re.escape(one)) for one in wanted), re.IGNORECASE)


def _rows(name: Name, wanted: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    """Two rows a certificate: as it was announced to the logs, and as it was issued."""
    first = max(datetime.fromisoformat(name.registered).replace(tzinfo=UTC), LOGS_BEGAN)
    for number in range(name.certificates):
        issued = (first + number * (TODAY - first) / name.certificates).replace(microsecond=0)
        names = [name.domain, f"www.{name.domain}" if number else f"*.{name.domain}"]
        matching = [one for one in names if wanted.fullmatch(one)]
        serial = hashlib.sha256(f"{name.domain}{number}".encode()).hexdigest()[:36]
        for twin in range(2) if matching else ():
            yield {
                "issuer_ca_id": 900001,
                "issuer_name": "C=XX, O=Example Trust, CN=ET DV R1",
                "common_name": name.domain,
                "name_value": "\n".join(matching),
                "id": int(issued.timestamp()) * 10 + twin,
                "entry_timestamp": f"{_stamp(issued)}.{798 - twin}",
                "not_before": _stamp(issued),
                "not_after": _stamp(issued + LIFETIME),
                "serial_number": serial,
                "result_count": len(matching) + 1,
            }


def _stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S")


def _page(text: str, status: int = 200) -> Reply:
    page = f"<!DOCTYPE html>\n<HTML><HEAD><TITLE>crt.sh</TITLE></HEAD><BODY>{text}</BODY></HTML>"
    return Reply.text(page, status, "text/html; charset=UTF-8")


TWIN = Twin(name="crtsh", hosts=("crt.sh",), answer=answer)
