"""What is known of the world's mailboxes, and of those who use its sites: HIBP, EmailRep, Hudson Rock. (read 2026-11)

https://haveibeenpwned.com/API/v3, https://docs.sublimesecurity.com/reference/get_-email,
https://www.hudsonrock.com/free-tools
"""

from typing import Any

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import KNOWN_MAILBOX, SENDER, VICTIM

HIBP_KEY, HIBP_SPENT_KEY = "5a0db0c5" * 4, "5a0dffff" * 4
EMAILREP_KEY, EMAILREP_SPENT_KEY = "sandbox5a0db0c5", "sandbox5a0dffff"

BREACH: dict[str, Any] = {
    "Name": "HarbourForum",
    "Title": "Harbour Forum",
    "Domain": "harbour-bank.example",
    "BreachDate": "2024-05-04",
    "PwnCount": 1200,
    "DataClasses": ["Email addresses"],
    "IsMalware": False,
    "IsStealerLog": False,
}
STEALER_LOG = {**BREACH, "Name": "StealerLogs2026", "Domain": "", "BreachDate": "2026-10-01", "IsStealerLog": True}


def hibp(call: Call) -> Reply:
    if not call.headers.get("user-agent"):
        return Reply.json({"statusCode": 403, "message": "The request must include a user agent header."}, 403)
    match call.method, call.segments:
        case "GET", ["api", "v3", "breaches"]:
            return Reply.json([BREACH] if call.param("domain") == BREACH["Domain"] else [])
        case "GET", ["api", "v3", "breachedaccount", account]:
            return _account(account, call)
        case _:
            return Reply.text("", 404)


def _account(account: str, call: Call) -> Reply:
    key = call.headers.get("hibp-api-key")
    if key == HIBP_SPENT_KEY:
        said = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 2 seconds."}
        return Reply.json(said, 429, retry_after="2")
    if key != HIBP_KEY:
        return Reply.json({"statusCode": 401, "message": "Access denied due to invalid hibp-api-key."}, 401)
    if "@" not in account:
        return Reply.json({"statusCode": 400, "message": "Invalid account."}, 400)
    found = [BREACH, STEALER_LOG] if account == VICTIM else []
    if not found:
        return Reply.text("", 404)
    return Reply.json(found if call.param("truncateResponse") == "false" else [{"Name": one["Name"]} for one in found])


def emailrep(call: Call) -> Reply:
    key = call.headers.get("key")
    if key is None:
        reason = "the unauthenticated API is currently disabled. please use an API key"
        return Reply.json({"status": "fail", "reason": reason}, 429)
    if key == EMAILREP_SPENT_KEY:
        reason = "exceeded daily limit. please wait 24 hrs or visit emailrep.io/key for an api key."
        return Reply.json({"status": "fail", "reason": reason}, 429)
    if key != EMAILREP_KEY:
        return Reply.json({"status": "fail", "reason": "invalid api key"}, 401)
    address = "/".join(call.segments)
    if call.method != "GET" or "@" not in address:
        return Reply.json({"status": "fail", "reason": "invalid email address"}, 400)
    bad, known = address == SENDER, address in {VICTIM, KNOWN_MAILBOX}
    details = {
        "blacklisted": bad,
        "malicious_activity": bad,
        "malicious_activity_recent": bad,
        "credentials_leaked": address == VICTIM,
        "first_seen": "05/24/2019" if known else "11/02/2026" if bad else "never",
        "last_seen": "11/20/2026" if known or bad else "never",
        "disposable": False,
        "new_domain": bad,
        "spoofable": False,
    }
    reputation = "low" if bad else "high" if known else "none"
    seen = {"reputation": reputation, "suspicious": bad, "references": 4 if known or bad else 0}
    return Reply.json({"email": address, **seen, "details": details})


def hudsonrock(call: Call) -> Reply:
    match call.method, call.segments:
        case "GET", ["api", "json", "v2", "osint-tools", "search-by-domain"] if call.param("domain"):
            return Reply.json(_site(exposed=call.param("domain") == "harbour-bank.example"))
        case "GET", ["api", "json", "v2", "osint-tools", "search-by-email"] if call.param("email"):
            return Reply.json(_victim(infected=call.param("email") == VICTIM))
        case "GET", ["api", "json", "v2", "osint-tools", "search-by-ip"] if call.param("ip"):
            return Reply.json(_victim(infected=call.param("ip") == "198.51.100.23"))
        case _:
            return Reply.json({"error": "Bad Request"}, 400)


def _site(*, exposed: bool) -> dict[str, Any]:
    counts = {"total": 12, "employees": 1, "users": 11, "third_parties": 2} if exposed else {}
    empty = {"total": 0, "totalStealers": 30_000_000, "employees": 0, "users": 0, "third_parties": 0}
    families = {"total": 12, "HeronStealer": 9, "RustStealer": 3} if exposed else {"total": 0}
    last = "2026-10-01T03:04:05.000Z" if exposed else None
    return {**empty, **counts, "stealerFamilies": families, "last_employee_compromised": last}


def _victim(*, infected: bool) -> dict[str, Any]:
    if not infected:
        return {"message": "It is not associated with a computer infected by an info-stealer.", "stealers": []}
    stealer = {
        "date_compromised": "2026-10-01T06:55:00.000Z",
        "stealer_family": "HeronStealer",
        "computer_name": "DESKTOP-H",
        "ip": "198.51.*.**",
        "top_passwords": ["h****r"],
    }
    return {"message": "It is associated with a computer that was infected.", "stealers": [stealer]}


TWINS = (
    Twin(name="hibp", hosts=("haveibeenpwned.com",), answer=hibp, key=HIBP_KEY, spent_key=HIBP_SPENT_KEY),
    Twin(name="emailrep", hosts=("emailrep.io",), answer=emailrep, key=EMAILREP_KEY, spent_key=EMAILREP_SPENT_KEY),
    Twin(name="hudsonrock", hosts=("cavalier.hudsonrock.com",), answer=hudsonrock),
)
