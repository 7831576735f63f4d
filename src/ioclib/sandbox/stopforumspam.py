"""StopForumSpam's API, simulated. https://www.stopforumspam.com/usage (read 2026-11)

One value gets an object, several an array. What is wrong is said with status 200.
"""

import hashlib
import ipaddress
import re
from dataclasses import dataclass

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import SENDER, WORLD

FIELDS = ("ip", "email", "emailhash", "username")
AT_MOST = 15
"""Values in one call."""

Record = dict[str, object]


@dataclass(frozen=True)
class Spam:
    """What was reported of somebody."""

    frequency: int
    confidence: float
    lastseen: str = "2026-11-22 20:14:09"
    blacklisted: bool = False


SPAM = {
    "203.0.113.66": Spam(31, 92.4),
    "198.51.100.23": Spam(255, 99.95, blacklisted=True),
    "198.51.100.77": Spam(64, 97.1),
    "2001:db8:66::66": Spam(2, 21.5),
    SENDER: Spam(12, 95.5),
    "offers@shared-files.example": Spam(1, 14.3),
}

BY_HASH = {hashlib.md5(who.encode(), usedforsecurity=False).hexdigest(): spam for who, spam in SPAM.items()}


def answer(call: Call) -> Reply:
    if call.path not in {"/api", "/api/"}:
        return Reply.text("<html><body><h1>404 Not Found</h1></body></html>", 404, "text/html")
    asked = [(name.removesuffix("[]"), value) for name, value in questions(call) if name.removesuffix("[]") in FIELDS]
    flags = dict(call.query)
    if "json" not in flags and flags.get("f") != "json":
        return Reply.text('<response success="true"/>', content_type="text/xml")
    if not asked:
        return error("nothing to query")
    if len(asked) > AT_MOST:
        return error("too many queries")
    for name, value in asked:
        if not is_valid(name, value):
            return error(f"invalid {name}")
    entries = {name: [entry(name, value) for one, value in asked if one == name] for name, _ in asked}
    return Reply.json({"success": 1} | {name: all_ if len(all_) > 1 else all_[0] for name, all_ in entries.items()})


def questions(call: Call) -> list[tuple[str, str]]:
    return [*call.query, *call.form().items()] if call.method == "POST" else list(call.query)


def error(text: str) -> Reply:
    return Reply.json({"success": 0, "error": text})


def is_valid(name: str, value: str) -> bool:
    return is_address(value) if name == "ip" else PATTERNS[name].fullmatch(value) is not None


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


PATTERNS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "emailhash": re.compile(r"[0-9a-f]{32}"),
    "username": re.compile(r".+"),
}


def entry(name: str, value: str) -> Record:
    spam = BY_HASH.get(value) if name == "emailhash" else SPAM.get(value.lower())
    found: Record = {"value": value, "appears": int(spam is not None), "frequency": spam.frequency if spam else 0}
    if spam:
        found |= {"lastseen": spam.lastseen, "confidence": spam.confidence}
        found |= {"blacklisted": 1} if spam.blacklisted else {}
    host = WORLD.hosts.get(value)
    if name == "ip" and host:
        found |= {"asn": host.asn, "country": host.country.lower()} | ({"torexit": 1} if host.tor_exit else {})
    return found


TWIN = Twin(
    name="stopforumspam",
    hosts=("api.stopforumspam.org", "europe.stopforumspam.org", "www.stopforumspam.com"),
    answer=answer,
)
