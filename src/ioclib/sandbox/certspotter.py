"""Cert Spotter's API. https://sslmate.com/help/reference/ct_search_api_v1 (read 2026-11)"""

from ioclib.sandbox.twin import Call, Reply, Twin
from ioclib.sandbox.world import WORLD

KEY, SPENT_KEY = "k5a0_harbour0000000000", "k5a0_harbour00000spent"


def answer(call: Call) -> Reply:
    key = call.headers.get("authorization", "").removeprefix("Bearer ")
    if key == SPENT_KEY:
        message = "You have exceeded the domain search rate limit for the Cert Spotter API."
        return Reply.json({"code": "rate_limited", "message": message}, 429)
    if key not in {"", KEY}:
        return Reply.json({"code": "not_authorized", "message": "Invalid API key."}, 401)
    if call.path != "/v1/issuances" or not (domain := call.param("domain")):
        return Reply.json({"code": "not_found", "message": "Not found."}, 404)
    name = WORLD.names.get(domain.lower())
    return Reply.json([_issuance(domain, number) for number in range(name.certificates if name else 0)])


def _issuance(domain: str, number: int) -> dict[str, object]:
    return {
        "id": str(8_800_000 + number),
        "tbs_sha256": f"{number:064x}",
        "dns_names": [domain, f"www.{domain}"],
        "not_before": f"2026-{9 + number % 3:02}-11T00:00:00Z",
        "not_after": "2027-02-11T00:00:00Z",
        "revoked": False,
    }


TWIN = Twin(name="certspotter", hosts=("api.certspotter.com",), answer=answer, key=KEY, spent_key=SPENT_KEY)
